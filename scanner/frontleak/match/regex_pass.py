"""The prefilter pass with the standard library's `re`, for platforms without a Hyperscan wheel: slower, same hits."""

import re
from collections.abc import Sequence
from operator import attrgetter
from typing import Final

from frontleak.core.lazy_regex import LazyRegex
from frontleak.match.interface import MOST_HITS, Hits, offsets_of
from frontleak.rules.pattern_rule import Prefilter

_GAP: Final = re.compile(r"\[[^]]+\]\{0,(\d+)\}")
"""Characters that an expression may begin with: it tries them at each byte of a text: seconds a megabyte."""


class RegexPass:
    """Prefilters run one by one, each only if its literal occurs in the text, and what is behind its gap."""

    def __init__(self, prefilters: Sequence[Prefilter]) -> None:
        """Prepare the prefilters: an expression is compiled when its literal first occurs, because all take seconds."""
        self._prefilters: dict[bytes, list[tuple[int, Prefilter, LazyRegex]]] = {}
        self._behind_gaps: dict[int, tuple[LazyRegex, int]] = {}
        for index, each in enumerate(prefilters):
            expression = LazyRegex(each.expression.encode("ascii"))
            self._prefilters.setdefault(each.literal.encode("latin-1"), []).append((index, each, expression))
            if gap := _GAP.match(each.expression):
                behind = LazyRegex(each.expression[gap.end() :].encode("ascii"))
                self._behind_gaps[index] = (behind, int(gap[1]))

    def hits(self, text: bytes | memoryview) -> list[Hits]:
        """See `Pass`."""
        data = bytes(text)
        lowered = data.lower()
        found: list[Hits] = []
        for literal, prefilters in self._prefilters.items():
            if literal not in lowered:
                continue
            for index, prefilter, expression in prefilters:
                start = self._earliest(index, data)
                match = None if start is None else expression.search(data, start)
                if match is None:
                    continue
                offsets = offsets_of()
                while match is not None and len(offsets) < MOST_HITS:
                    offsets.append(match.start())
                    match = expression.search(data, match.start() + 1)
                found.append(Hits(index, offsets, prefilter.before_most, prefilter.before_least))
        found.sort(key=attrgetter("prefilter"))
        return found

    def _earliest(self, index: int, data: bytes) -> int | None:
        """Return the offset before which no match of a prefilter begins; None if there is no match."""
        if index not in self._behind_gaps:
            return 0
        behind, longest_gap = self._behind_gaps[index]
        first = behind.search(data)
        return None if first is None else max(0, first.start() - longest_gap)
