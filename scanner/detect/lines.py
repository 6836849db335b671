"""Byte offset -> line and column."""


class Lines:
    """Turns byte offsets of one text into 1-based lines and columns.

    Columns count UTF-16 code units, as editors and SARIF do; a byte that is not valid UTF-8 counts one. Asked in
    ascending order, each byte is looked at once, so thousands of findings on one long line stay cheap; any order works.
    """

    def __init__(self, text: bytes) -> None:
        self._text = text
        self._offset = 0
        self._line = 1
        self._column = 1

    def place(self, offset: int) -> tuple[int, int]:
        """Return (line, column) of a byte offset."""
        if offset < self._offset:
            self._offset, self._line, self._column = 0, 1, 1
        newlines = self._text.count(b"\n", self._offset, offset)
        start = self._offset
        if newlines:
            self._line += newlines
            self._column = 1
            start = self._text.rindex(b"\n", self._offset, offset) + 1
        self._column += utf16_length(self._text[start:offset])
        self._offset = offset
        return self._line, self._column


def utf16_length(text: bytes) -> int:
    """Return the number of UTF-16 code units of UTF-8 text; an invalid byte counts one."""
    if text.isascii():
        return len(text)
    decoded = text.decode("utf-8", "surrogateescape")
    return len(decoded) + sum(c > "\uffff" for c in decoded)
