"""The literal beginnings of secrets as the finders of fold candidates use them."""

import re
from functools import lru_cache

from frontleak.core.lazy_regex import LazyRegex
from frontleak.rules.pattern_rule import Beginnings


class PieceForms:
    """Expressions for quoted pieces and lists of character codes that may begin a secret."""

    __slots__ = ("_heads", "begins", "sure")

    def __init__(self, found: Beginnings) -> None:
        """Prepare the expressions for some beginnings."""
        self.sure = tuple(text.encode("latin-1") for text in found.sure)
        """Beginnings that are rare in ordinary code."""
        every = [*self.sure, *(text.encode("latin-1") for text in found.short)]
        self._heads = tuple({text[:_CODES] for text in every})
        texts = b"|".join([*map(re.escape, every), b"Bearer", b"Basic", b"[Tt]oken "])
        self.begins = LazyRegex(rb"[\"'`](?:%s)" % texts)
        """A quote and a beginning, or the name of a scheme of authorization."""

    def has_codes(self, codes: bytes) -> bool:
        """Return whether some characters begin like a secret."""
        return codes.startswith(self._heads)


_CODES = 3
"""Characters of a beginning that are compared with a list of codes."""


@lru_cache(8)
def piece_forms(found: Beginnings) -> PieceForms:
    """Return the expressions for some beginnings, compiled once per process."""
    return PieceForms(found)
