"""Conversion of byte offsets to lines and columns."""

import codecs
from typing import Final

_CHUNK: Final = 1 << 16
_LEAD_OF_FOUR: Final = b"\xf0\xf1\xf2\xf3\xf4"


class LineIndex:
    """Converts byte offsets of one text to 1-based lines and columns.

    Columns count UTF-16 code units, as in editors and SARIF; an invalid UTF-8 byte counts one. Offsets may come in any
    order; in ascending order each byte is read once, so thousands of findings on one long line stay cheap.
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
        """Return the UTF-16 length of a slice, decoded in chunks: a line may be as long as the file."""
        width = 0
        while start < end:
            stop = min(end, start + _CHUNK)
            decoded, used = codecs.utf_8_decode(self._text[start:stop], "surrogateescape", stop == end)
            width += utf16_length(decoded)
            start += used
        return width


def utf16_length(text: str) -> int:
    """Return the number of UTF-16 code units in a text: two per character of four UTF-8 bytes, else one."""
    if text.isascii():
        return len(text)
    encoded = text.encode("utf-8", "surrogatepass")
    return len(text) + len(encoded) - len(encoded.translate(None, _LEAD_OF_FOUR))
