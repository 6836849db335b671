"""The prefilter pass with the standard library's `re`, for platforms without a Hyperscan wheel: slower, same hits."""

import re
from collections.abc import Sequence

from frontleak.match.interface import Hit
from frontleak.rules.pattern_rule import Prefilter


class RegexPass:
    """Prefilters run one by one, each only if its literal occurs in the text."""

    def __init__(self, prefilters: Sequence[Prefilter]) -> None:
        self._prefilters = [(each, re.compile(each.expression.encode("ascii"))) for each in prefilters]

    def hits(self, text: bytes | memoryview) -> list[Hit]:
        """See `Pass`."""
        data = bytes(text)
        lowered = data.lower()
        found: list[Hit] = []
        for index, (prefilter, expression) in enumerate(self._prefilters):
            if prefilter.literal.encode("latin-1") not in lowered:
                continue
            least, most = prefilter.before_least, prefilter.before_most
            match = expression.search(data)
            while match:
                if (start := match.start()) >= least:
                    found.append(Hit(index, max(0, start - most), start - least))
                match = expression.search(data, start + 1)
        return found
