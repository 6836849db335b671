"""Values that stand for a secret and are none: one character repeated, or a run such as abcdef or 123456."""

from itertools import pairwise
from typing import Final

_LOOKED_AT: Final = 64


def is_placeholder(secret: bytes) -> bool:
    """Say whether more than half of the neighbouring bytes are equal or follow one another.

    In random letters and digits about one pair in twenty does. The first 64 bytes are looked at.
    """
    differences = [a - b for a, b in pairwise(secret[:_LOOKED_AT])]
    close = differences.count(0) + differences.count(1) + differences.count(-1)
    return bool(differences) and close * 2 > len(differences)
