"""The prefilter pass with the standard library's `re`, for platforms without a Hyperscan wheel: slower, same hits."""

from collections.abc import Sequence
from operator import attrgetter

from frontleak.core.lazy_regex import LazyRegex
from frontleak.match.interface import MOST_HITS, Hits, offsets_of
from frontleak.rules.pattern_rule import Prefilter


class RegexPass:
    """Prefilters run one by one, each only if its literal occurs in the text."""

    def __init__(self, prefilters: Sequence[Prefilter]) -> None:
        """Prepare the prefilters: an expression is compiled when its literal first occurs, because all take seconds."""
        self._prefilters: dict[bytes, list[tuple[int, Prefilter, LazyRegex]]] = {}
        for index, each in enumerate(prefilters):
            expression = LazyRegex(each.expression.encode("ascii"))
            self._prefilters.setdefault(each.literal.encode("latin-1"), []).append((index, each, expression))

    def hits(self, text: bytes | memoryview) -> list[Hits]:
        """See `Pass`."""
        data = bytes(text)
        lowered = data.lower()
        found: list[Hits] = []
        for literal, prefilters in self._prefilters.items():
            if literal not in lowered:
                continue
            for index, prefilter, expression in prefilters:
                match = expression.search(data)
                if match is None:
                    continue
                offsets = offsets_of()
                while match is not None and len(offsets) < MOST_HITS:
                    offsets.append(match.start())
                    match = expression.search(data, match.start() + 1)
                found.append(Hits(index, offsets, prefilter.before_most, prefilter.before_least))
        found.sort(key=attrgetter("prefilter"))
        return found
