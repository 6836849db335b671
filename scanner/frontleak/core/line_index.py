"""Byte offset -> line and column."""

import codecs
from typing import Final

_PIECE: Final = 1 << 16
_FIRST_OF_FOUR: Final = b"\xf0\xf1\xf2\xf3\xf4"


class LineIndex:
    """Turns byte offsets of one text into 1-based lines and columns.

    Columns count UTF-16 code units, as editors and SARIF do; a byte that is not valid UTF-8 counts one. Asked in
    ascending order, each byte is looked at once, so thousands of findings on one long line stay cheap; any order works.
    """

    def __init__(self, text: bytes) -> None:
        self._text = text
        self._offset = 0
        self._line = 1
        self._column = 1

    def position(self, offset: int) -> tuple[int, int]:
        """Return (line, column) of a byte offset."""
        if offset < self._offset:
            self._offset, self._line, self._column = 0, 1, 1
        newlines = self._text.count(b"\n", self._offset, offset)
        start = self._offset
        if newlines:
            self._line += newlines
            self._column = 1
            start = self._text.rindex(b"\n", self._offset, offset) + 1
        self._column += self._width(start, offset)
        self._offset = offset
        return self._line, self._column

    def _width(self, start: int, end: int) -> int:
        """Return the UTF-16 code units of a part of the text, decoded by pieces: a line may be as long as the file."""
        width = 0
        while start < end:
            stop = min(end, start + _PIECE)
            decoded, used = codecs.utf_8_decode(self._text[start:stop], "surrogateescape", stop == end)
            width += utf16_length(decoded)
            start += used
        return width


def utf16_length(text: str) -> int:
    """Return the number of UTF-16 code units of a text: two for each character that UTF-8 writes as four bytes."""
    if text.isascii():
        return len(text)
    encoded = text.encode("utf-8", "surrogatepass")
    return len(text) + len(encoded) - len(encoded.translate(None, _FIRST_OF_FOUR))
