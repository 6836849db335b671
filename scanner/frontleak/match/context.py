"""What stands near a match: the `near` a rule asks for, and the facts of a context."""

from bisect import bisect_left
from typing import Final

from frontleak.rules.pattern_rule import MATCH_TIMEOUT, Context, NearbyText, compiled

_MOST_VALUES: Final = 4
_LOOKED_AT: Final = 50
_OVERLAP: Final = 300


class NearbyFinder:
    """Answers whether something stands near a span, for spans of one text asked in ascending order.

    Each byte is searched once, however many spans ask about it. A match that crosses the end of the reach counts.
    """

    def __init__(self, near: NearbyText, text: bytes) -> None:
        self._near = near
        self._text = text
        self._searched_to = 0
        self._found: list[tuple[int, int]] = []

    def holds(self, start: int, end: int) -> bool:
        """Say whether the pattern matches within reach of the span.

        Raises:
            TimeoutError: the search took too long.
        """
        reach_from, reach_to = max(0, start - self._near.within), min(len(self._text), end + self._near.within)
        position = max(0, reach_from - self._near.longest, self._searched_to)
        if position <= reach_to:
            found = compiled(self._near.pattern).finditer(
                self._text, position, min(len(self._text), reach_to + self._near.longest), timeout=MATCH_TIMEOUT
            )
            self._found += (match.span() for match in found if match.start() <= reach_to)
            self._searched_to = reach_to + 1
        self._found = [span for span in self._found if span[1] >= reach_from]
        return any(begin <= reach_to for begin, _ in self._found)


class ContextFinder:
    """Reads the facts of a context near spans of one text, asked in ascending order.

    Each byte is searched once, however many spans ask about it.
    """

    def __init__(self, context: Context, text: bytes) -> None:
        self._context = context
        self._text = text
        self._searched_to = 0
        self._found: dict[str, list[tuple[int, int, str]]] = {name: [] for name in context.facts}

    def near(self, start: int, end: int) -> dict[str, tuple[str, ...]]:
        """Return the values of each fact within reach of the span, nearest first, at most four a fact.

        Raises:
            TimeoutError: a search took too long.
        """
        self._search(max(0, start - self._context.within), min(len(self._text), end + self._context.within))
        facts: dict[str, tuple[str, ...]] = {}
        for name, found in self._found.items():
            middle = bisect_left(found, (start,))
            close = found[max(0, middle - _LOOKED_AT) : middle + _LOOKED_AT]
            reached = [(max(0, b - end, start - e), value) for b, e, value in close]
            values = dict.fromkeys(value for distance, value in sorted(reached) if distance <= self._context.within)
            if values:
                facts[name] = tuple(values)[:_MOST_VALUES]
        return facts

    def _search(self, low: int, high: int) -> None:
        low = max(low, self._searched_to)
        if low >= high:
            return
        for name, patterns in self._context.facts.items():
            found = {
                (*match.span(), match.group("value").decode("utf-8", "replace"))
                for pattern in patterns
                for match in compiled(pattern).finditer(self._text, low, high, timeout=MATCH_TIMEOUT)
            }
            known = self._found[name]
            known += sorted(fact for fact in found if not known or fact > known[-1])
        # a fact that crosses `high` is found next time: a little is read again
        self._searched_to = max(low, high - _OVERLAP) if high < len(self._text) else high
