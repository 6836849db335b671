"""Detects placeholders for secrets: a repeated character, a run such as abcdef or 123456, or words that ask for one."""

from operator import sub
from typing import Final

from frontleak.core.lazy_regex import LazyRegex

_CHECKED_BYTES: Final = 64
_CLOSE: Final = frozenset({-1, 0, 1})
"""Differences of adjacent bytes."""
_MOST: Final = 0.5
"""Share of such pairs in a secret. Of the examples of three other scanners, those with more are typed by hand, even
where hardly more than half of them is a run (`a1b2c3d4e5f67890abcdef1234567890`); see bench/SUITES.md."""
_ASKING: Final = LazyRegex(
    rb"(?i:(?:your|change|replace|insert|enter|put|paste)(?:[-_. ](?:[a-z]{1,14}|[0-9]{1,3})){2,})"
)
"""`your-random-secret-at-least-32-chars`, `YOUR_SECRET_HERE`: nothing but words."""


def is_placeholder(secret: bytes) -> bool:
    """Return whether words ask for a secret, or more than half of the pairs of adjacent bytes are equal or consecutive.

    In random letters and digits about one pair in twenty is.
    """
    return bool(_ASKING.fullmatch(secret)) or run_share(secret) > _MOST


def run_share(secret: bytes) -> float:
    """Return the share of the pairs of adjacent bytes that are equal or consecutive, of the first 64 bytes: 0 to 1."""
    checked = secret[:_CHECKED_BYTES]
    close = sum(map(_CLOSE.__contains__, map(sub, checked, checked[1:])))
    return close / (len(checked) - 1) if len(checked) > 1 else 0.0
