"""Which of some expressions match in a text: all of them in one pass over it, where Hyperscan is installed."""

import re
from collections.abc import Callable, Sequence
from typing import Final

_FEW: Final = 100
"""Texts that are searched one expression after the other: compiling a database takes as long as two hundred texts."""


class Searches:
    """Some expressions over bytes, which mean the same to `re` and to Hyperscan: no lookaround, no back-references."""

    def __init__(self, expressions: Sequence[bytes]) -> None:
        """Keep the expressions; nothing is compiled yet."""
        self._expressions = expressions
        self._patterns: list[Callable[[bytes], object]] = []
        self._left = _FEW
        self._pass: Callable[[bytes], int] | None = None

    def among(self, text: bytes) -> int:
        """Return which match somewhere in a text: bit n stands for expression n."""
        if self._pass is None:
            self._left -= 1
            if not self._patterns:
                self._patterns = [re.compile(expression).search for expression in self._expressions]
            if self._left >= 0:
                return self._one_by_one(text)
            self._pass = _hyperscan_pass(self._expressions) or self._one_by_one
        return self._pass(text)

    def _one_by_one(self, text: bytes) -> int:
        return sum(1 << number for number, search in enumerate(self._patterns) if search(text) is not None)


def _hyperscan_pass(expressions: Sequence[bytes]) -> Callable[[bytes], int] | None:
    """Return a pass for all expressions; None where Hyperscan is not installed or does not run."""
    try:
        import hyperscan  # noqa: PLC0415 - optional, and only needed for many texts

        database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        flags = [hyperscan.HS_FLAG_SINGLEMATCH] * len(expressions)
        database.compile(expressions=list(expressions), ids=list(range(len(expressions))), flags=flags)
    except ImportError:
        return None
    except hyperscan.error:
        return None

    def among(text: bytes) -> int:
        found = 0

        def on_match(number: int, _start: int, _end: int, _flags: int, _context: object) -> None:
            nonlocal found
            found |= 1 << number

        if text:
            database.scan(text, match_event_handler=on_match)
        return found

    return among
