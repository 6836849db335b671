"""The prefilter pass with the standard library's `re`, for platforms without a Hyperscan wheel: slower, same hits."""

from collections.abc import Sequence

from frontleak.core.lazy_regex import LazyRegex
from frontleak.match.interface import MOST_HITS, Hits, offsets_of
from frontleak.rules.pattern_rule import Prefilter


class RegexPass:
    """Prefilters run one by one, each only if its literal occurs in the text."""

    def __init__(self, prefilters: Sequence[Prefilter]) -> None:
        """Prepare the prefilters: an expression is compiled when its literal first occurs, because all take seconds."""
        self._prefilters = [
            (each, each.literal.encode("latin-1"), LazyRegex(each.expression.encode("ascii"))) for each in prefilters
        ]

    def hits(self, text: bytes | memoryview) -> list[Hits]:
        """See `Pass`."""
        data = bytes(text)
        lowered = data.lower()
        found: list[Hits] = []
        for index, (prefilter, literal, expression) in enumerate(self._prefilters):
            if literal not in lowered:
                continue
            offsets = offsets_of()
            match = expression.search(data)
            while match and len(offsets) < MOST_HITS:
                offsets.append(match.start())
                match = expression.search(data, match.start() + 1)
            if offsets:
                found.append(Hits(index, offsets, prefilter.before_most, prefilter.before_least))
        return found
