"""Spans of text in which some bytes were made of several."""

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable

from scanner.decode.interface import SpanMap


class EscapedSpans(SpanMap):
    """Leads home from text in which some bytes were made of several; where, is found out when it is asked for."""

    __slots__ = ("_find", "_homes", "_origin", "_sizes", "_views")

    def __init__(self, origin: int, escapes: Callable[[], Iterable[tuple[int, int, int]]]) -> None:
        """Take the offset of the whole in the parent, and what gives (offset from there, bytes, decoded bytes)."""
        super().__init__((), 0)
        self._origin, self._find = origin, escapes
        self._views: array[int] | None = None
        self._homes, self._sizes = array("q"), array("b")

    def home(self, start: int, end: int) -> tuple[int, int]:
        return self._lead(start)[0], self._lead(end - 1)[1]

    def _lead(self, offset: int) -> tuple[int, int]:
        if self._views is None:
            self._views = array("q")
            shrunk = 0
            for at, size, decoded in self._find():
                self._views.append(at - shrunk)
                self._homes.append(at)
                self._sizes.extend((size, decoded))
                shrunk += size - decoded
        index = bisect_right(self._views, offset) - 1
        if index < 0:
            return self._origin + offset, self._origin + offset + 1
        home, size, decoded = self._origin + self._homes[index], self._sizes[2 * index], self._sizes[2 * index + 1]
        past = offset - self._views[index]
        if past < decoded:
            return home, home + size
        return home + size + past - decoded, home + size + past - decoded + 1
