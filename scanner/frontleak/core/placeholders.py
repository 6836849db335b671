"""Detects placeholders for secrets: one character repeated, or a run such as abcdef or 123456."""

from operator import sub
from typing import Final

_CHECKED_BYTES: Final = 64
_CLOSE: Final = frozenset({-1, 0, 1})
"""Differences of adjacent bytes."""


def is_placeholder(secret: bytes) -> bool:
    """Return whether more than half of the pairs of adjacent bytes are equal or consecutive.

    In random letters and digits about one pair in twenty is. Only the first 64 bytes are checked.
    """
    checked = secret[:_CHECKED_BYTES]
    close = sum(map(_CLOSE.__contains__, map(sub, checked, checked[1:])))
    return len(checked) > 1 and close * 2 > len(checked) - 1
