"""Byte offset in a JSON string -> line and column in its value."""

import re
from bisect import bisect_right
from typing import Final, NamedTuple

from frontleak.core.line_index import utf16_length
from frontleak.decode.maps.json_cursor import in_escape, json_string_value

_PIECE: Final = 1 << 15
_REACH: Final = 256
# A piece ends before an escape or a multi-byte character, or after more characters than one escape has.
_CUT: Final = re.compile(rb"(?<=[^\\])(?=[\\\xc2-\xf4])|[ !#-\[\]-~]{6}")


class _LineMark(NamedTuple):
    offset: int
    line: int
    column: int


class EscapedLines:
    """Converts byte offsets in the JSON strings of one text to 1-based lines and columns in their values.

    Columns count UTF-16 code units. A string is decoded once, in pieces, up to the largest offset looked up; a
    smaller offset costs one piece.
    """

    def __init__(self, text: bytes) -> None:
        self._text = text
        self._marks: dict[int, list[_LineMark]] = {}

    def place(self, start: int, offset: int) -> tuple[int, int] | None:
        """Return (line, column) of an offset, or of the escape around it, in the string that begins at `start`.

        Return None if the bytes from `start` to the offset are not the inside of a JSON string.
        """
        while in_escape(self._text, start, offset):
            offset -= 1
        marks = self._marks.setdefault(start, [_LineMark(start, 1, 1)])
        while (at := marks[-1].offset + _PIECE) + _REACH < offset:
            cut = _CUT.search(self._text, at, at + _REACH)
            mark = self._after(marks[-1], cut.end() if cut else at)
            if mark is None:
                return None
            marks.append(mark)
        mark = self._after(marks[bisect_right(marks, offset, key=lambda mark: mark.offset) - 1], offset)
        return mark and (mark.line, mark.column)

    def _after(self, mark: _LineMark, offset: int) -> _LineMark | None:
        """Return the mark at an offset, or None if the bytes before it are not valid."""
        value = json_string_value(self._text[mark.offset : offset])
        if value is None:
            return None
        breaks = value.count("\n")
        width = utf16_length(value[value.rfind("\n") + 1 :])
        return _LineMark(offset, mark.line + breaks, width + (1 if breaks else mark.column))
