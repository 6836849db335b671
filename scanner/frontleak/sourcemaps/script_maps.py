"""The inline maps of a script, and the map of each module inside `eval("...")`."""

import re
from bisect import bisect_right
from functools import cached_property
from typing import Final, NamedTuple

from frontleak.decode.maps.escaped_lines import EscapedLines
from frontleak.decode.maps.inline import InlineMap, inline_map

_INLINE: Final = re.compile(rb"sourceMappingURL=(?i:data:application/json)")
_EVAL: Final = re.compile(rb'\beval\((?:[\w.$]{1,60}\()?(?=")')
_STRING: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)


class EvalModule(NamedTuple):
    """A position in the code of a module that is in a string and has its own map."""

    map: InlineMap
    """The map at the end of the module."""
    line: int
    """1-based, in the module."""
    column: int
    """1-based, in UTF-16 code units."""


class ScriptMaps:
    """The inline maps of one script."""

    def __init__(self, script: bytes) -> None:
        self._script = script
        self._lines = EscapedLines(script)

    @cached_property
    def all(self) -> tuple[InlineMap, ...]:
        """All inline maps, in order."""
        found = (inline_map(self._script, match.start()) for match in _INLINE.finditer(self._script))
        return tuple(inline for inline in found if inline is not None)

    def holding(self, offset: int) -> InlineMap | None:
        """Return the map around a byte offset."""
        before = bisect_right(self.all, offset, key=lambda inline: inline.start)
        return self.all[before - 1] if before and offset < self.all[before - 1].end else None

    def module(self, offset: int) -> EvalModule | None:
        """Return the position of a byte offset in its module; None outside of modules with their own map."""
        after = bisect_right(self.all, offset, key=lambda inline: inline.start)
        if after == len(self.all):
            return None
        start, end = self._evaluated[bisect_right(self._evaluated, offset, key=lambda span: span[0]) - 1]
        inline = self.all[after]
        if not start < offset < end or not start < inline.start < end:
            return None
        place = self._lines.place(start + 1, offset)
        return EvalModule(inline, *place) if place else None

    @cached_property
    def _evaluated(self) -> tuple[tuple[int, int], ...]:
        """Byte spans of the string arguments of `eval`, with their quotes."""
        spans = [(0, 0)]
        for match in _EVAL.finditer(self._script):
            if match.end() >= spans[-1][1] and (string := _STRING.match(self._script, match.end())):
                spans.append(string.span())
        return tuple(spans)
