"""Text near a match: the `near` pattern a rule requires, and the facts of a context."""

from bisect import bisect_left
from typing import Final

from frontleak.rules.expressions import compiled
from frontleak.rules.pattern_rule import MATCH_TIMEOUT, Context, FactPattern, NearbyText

_VALUES_PER_FACT: Final = 4
_NEIGHBOURS: Final = 50
"""Matches of a fact considered on either side of a span."""
_MOST_AHEAD: Final = 1 << 14
"""Bytes searched beyond the range of a span."""
_OVERLAP: Final = 300
"""Bytes searched again, so that a fact across the end of a search is found by the next one."""


class NearbyFinder:
    """Checks for a match of `near` close to a span of one text; query spans in ascending order.

    Each byte is searched once, regardless of the number of spans. A match that crosses the end of the range counts.
    """

    def __init__(self, near: NearbyText, text: bytes) -> None:
        self._near = near
        self._text = text
        self._searched_to = 0
        self._ahead = 0
        self._found: list[tuple[int, int]] = []

    def holds(self, start: int, end: int) -> bool:
        """Return whether the pattern matches within range of the span.

        Raises:
            TimeoutError: the search exceeded its time limit.
        """
        reach_from, reach_to = max(0, start - self._near.within), min(len(self._text), end + self._near.within)
        position = max(0, reach_from - self._near.longest, self._searched_to)
        if position <= reach_to:
            # where spans are dense, few long searches replace one for each span
            self._ahead = min(_MOST_AHEAD, 2 * self._ahead + _OVERLAP) if reach_from < self._searched_to else 0
            last = min(len(self._text), reach_to + self._ahead)
            found = compiled(self._near.pattern).finditer(
                self._text, position, min(len(self._text), last + self._near.longest), timeout=MATCH_TIMEOUT
            )
            self._found += (match.span() for match in found if match.start() <= last)
            self._searched_to = last + 1
        if self._found:
            self._found = [span for span in self._found if span[1] >= reach_from]
        return any(begin <= reach_to for begin, _ in self._found)


class ContextFinder:
    """Finds the facts of a context near spans of one text; query spans in ascending order.

    Each byte is searched once, regardless of the number of spans.
    """

    def __init__(self, context: Context, text: bytes) -> None:
        self._context = context
        self._text = text
        self._searched_to = 0
        self._ahead = 0
        self._found: dict[str, list[tuple[int, int, str]]] = {name: [] for name in context.facts}

    def near(self, start: int, end: int) -> dict[str, tuple[str, ...]]:
        """Return the values of each fact within range of the span, nearest first, at most four per fact.

        Raises:
            TimeoutError: a search exceeded its time limit.
        """
        self._search(max(0, start - self._context.within), min(len(self._text), end + self._context.within))
        facts: dict[str, tuple[str, ...]] = {}
        for name, found in self._found.items():
            if not found:
                continue
            middle = bisect_left(found, (start,))
            close = found[max(0, middle - _NEIGHBOURS) : middle + _NEIGHBOURS]
            by_distance = sorted((max(0, b - end, start - e), value) for b, e, value in close)
            values = dict.fromkeys(value for distance, value in by_distance if distance <= self._context.within)
            if values:
                facts[name] = tuple(values)[:_VALUES_PER_FACT]
        return facts

    def _search(self, low: int, high: int) -> None:
        if high <= self._searched_to:
            return
        # where findings are dense, few long searches replace one for each finding
        self._ahead = min(_MOST_AHEAD, 2 * self._ahead + _OVERLAP) if low < self._searched_to else 0
        low, high = max(low, self._searched_to), min(len(self._text), high + self._ahead)
        lowered = self._text[low:high].lower()
        for name, written in self._context.facts.items():
            found = {
                (*match.span(), match.group("value").decode("utf-8", "replace"))
                for each in written
                if _may_match(each, lowered)
                for match in compiled(each.pattern).finditer(self._text, low, high, timeout=MATCH_TIMEOUT)
            }
            if not found:
                continue
            earlier = self._found[name]
            earlier += sorted(fact for fact in found if not earlier or fact > earlier[-1])
        self._searched_to = max(low, high - _OVERLAP) if high < len(self._text) else high


def _may_match(fact: FactPattern, lowered: bytes) -> bool:
    """Return whether a text in lower case holds what every match holds; most expressions need not be compiled."""
    return not fact.literals or any(literal.encode("latin-1") in lowered for literal in fact.literals)
