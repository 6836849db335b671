"""Detects placeholders for secrets: a repeated character, a run such as abcdef or 123456, or words that ask for one."""

from operator import sub
from typing import Final

from frontleak.core.lazy_regex import LazyRegex

_CHECKED_BYTES: Final = 64
_CLOSE: Final = frozenset({-1, 0, 1})
"""Differences of adjacent bytes."""
_ASKING: Final = LazyRegex(
    rb"(?i:(?:your|change|replace|insert|enter|put|paste)(?:[-_. ](?:[a-z]{1,14}|[0-9]{1,3})){2,})"
)
"""`your-random-secret-at-least-32-chars`, `YOUR_SECRET_HERE`: nothing but words."""


def is_placeholder(secret: bytes) -> bool:
    """Return whether words ask for a secret, or more than half of the pairs of adjacent bytes are equal or consecutive.

    In random letters and digits about one pair in twenty is. Only the first 64 bytes are checked for pairs.
    """
    if _ASKING.fullmatch(secret):
        return True
    checked = secret[:_CHECKED_BYTES]
    close = sum(map(_CLOSE.__contains__, map(sub, checked, checked[1:])))
    return len(checked) > 1 and close * 2 > len(checked) - 1
