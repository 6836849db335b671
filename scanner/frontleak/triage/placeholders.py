"""Detects placeholders for secrets: one character repeated, or a run such as abcdef or 123456."""

from itertools import pairwise
from typing import Final

_CHECKED_BYTES: Final = 64


def is_placeholder(secret: bytes) -> bool:
    """Return whether more than half of the pairs of adjacent bytes are equal or consecutive.

    In random letters and digits about one pair in twenty is. Only the first 64 bytes are checked.
    """
    differences = [a - b for a, b in pairwise(secret[:_CHECKED_BYTES])]
    close = differences.count(0) + differences.count(1) + differences.count(-1)
    return bool(differences) and close * 2 > len(differences)
