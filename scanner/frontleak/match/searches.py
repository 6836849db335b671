"""Which of some expressions match in a text: all of them in one pass over it, where Hyperscan is installed."""

import re
from collections.abc import Callable, Sequence


class Searches:
    """Some expressions in ASCII, which mean the same to `re` and to Hyperscan: no lookaround, no back-references."""

    def __init__(self, expressions: Sequence[str]) -> None:
        """Keep the expressions; nothing is compiled yet."""
        self.expressions = expressions
        self._among: Callable[[bytes], int] | None = None

    def among(self, text: bytes) -> int:
        """Return which match somewhere in a text: bit n stands for expression n."""
        if self._among is None:
            self._among = _in_one_pass(self.expressions) or _one_by_one(self.expressions)
        return self._among(text)


def _in_one_pass(expressions: Sequence[str]) -> Callable[[bytes], int] | None:
    """Return what finds all expressions at once; None where Hyperscan is not installed or does not run."""
    try:
        from frontleak.match.hyperscan_pass import HyperscanSearches  # noqa: PLC0415 - absent on some platforms
    except ImportError:
        return None
    return HyperscanSearches.of(expressions)


def _one_by_one(expressions: Sequence[str]) -> Callable[[bytes], int]:
    patterns = [re.compile(expression.encode()) for expression in expressions]
    return lambda text: sum(1 << number for number, each in enumerate(patterns) if each.search(text) is not None)
