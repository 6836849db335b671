"""Positions in a text as the protocol counts them.

Source: https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/#position. Lines and
columns are 0-based; a line ends with LF, CRLF or CR; columns count UTF-16 code units unless editor and server agree on
another encoding. Offsets of findings are bytes of UTF-8, and an index counts the characters of a Python string.
"""

import re
from bisect import bisect_right
from typing import Final, NamedTuple

_LINE_END: Final = re.compile(r"\r\n|[\n\r]")
_UNITS: Final = {"utf-16": ("utf-16-le", 2), "utf-8": ("utf-8", 1)}
"""Encoding of the protocol -> codec, and bytes of one unit. In UTF-32, a column is an index."""
BOM: Final = "\ufeff"


class Spot(NamedTuple):
    """A position of the protocol."""

    line: int
    column: int


class Positions:
    """The positions of one text, which does not change."""

    def __init__(self, text: str, encoding: str = "utf-16") -> None:
        """Store a text.

        Args:
            text: with a byte order mark, if the editor sends one.
            encoding: `utf-8`, `utf-16` or `utf-32`.
        """
        self._text = text
        self._encoding = encoding
        self._starts = [0, *(found.end() for found in _LINE_END.finditer(text))]
        self._data: bytes | None = None
        self._known = (0, 0)
        self._seen = (0, 0, 0)
        """Line, index and column that were asked for last."""

    def index(self, line: int, column: int) -> int:
        """Return the index of a position; one behind the end of its line, or of the text, is that end."""
        if line >= len(self._starts):
            return len(self._text)
        start, end = self._starts[line], self.line_end(line)
        prefix = self._text[start : min(end, start + column)]
        if self._encoding not in _UNITS or prefix.isascii():
            return start + len(prefix)
        codec, size = _UNITS[self._encoding]
        units = prefix.encode(codec, "surrogatepass")
        return start + len(units[: _whole(units, column * size, codec)].decode(codec, "surrogatepass"))

    def spot(self, index: int) -> Spot:
        """Return the position of an index. In ascending order, each character of a long line is read once."""
        line = bisect_right(self._starts, index) - 1
        start, column = self._starts[line], 0
        if self._seen[0] == line and start <= self._seen[1] <= index:
            _, start, column = self._seen
        part = self._text[start:index]
        if self._encoding not in _UNITS or part.isascii():
            column += len(part)
        else:
            codec, size = _UNITS[self._encoding]
            column += len(part.encode(codec, "surrogatepass")) // size
        self._seen = (line, index, column)
        return Spot(line, column)

    def line_start(self, line: int) -> int:
        """Return the index of the first character of a line."""
        return self._starts[line]

    def line_end(self, line: int) -> int:
        """Return the index behind the last character of a line, before what ends it."""
        if line + 1 >= len(self._starts):
            return len(self._text)
        end = self._starts[line + 1]
        return end - 2 if self._text.endswith("\r\n", 0, end) else end - 1

    def index_of_byte(self, offset: int) -> int:
        """Return the index of a byte of the text in UTF-8 without its byte order mark.

        In ascending order, each byte is read once.
        """
        before = int(self._text.startswith(BOM))
        if self._text.isascii():
            return offset
        if self._data is None:
            self._data = self._text[before:].encode("utf-8", "surrogatepass")
        known, index = self._known if self._known[0] <= offset else (0, 0)
        index += len(_decoded(self._data[known:offset]))
        self._known = (offset, index)
        return index + before

    def byte_of_index(self, index: int) -> int:
        """Return the offset of a character in the text in UTF-8 without its byte order mark."""
        return len(self._text[int(self._text.startswith(BOM)) : index].encode("utf-8", "surrogatepass"))


def utf8(text: str) -> bytes:
    """Return a text as it is scanned: in UTF-8, without a byte order mark; half a character is kept as it is."""
    return text.removeprefix(BOM).encode("utf-8", "surrogatepass")


def _whole(units: bytes, end: int, codec: str) -> int:
    """Return where the character begins that a column points into, or else the column; in bytes."""
    if codec == "utf-8":
        while 0 < end < len(units) and units[end] & 0xC0 == 0x80:
            end -= 1
        return end
    is_low = end + 1 < len(units) and 0xDC <= units[end + 1] <= 0xDF
    return end - 2 if end and is_low and 0xD8 <= units[end - 1] <= 0xDB else end


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:  # within a character
        return data.decode("utf-8", "replace")
