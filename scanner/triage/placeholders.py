"""Values that stand for a secret and are none: one character repeated, or a run such as abcdef or 123456."""

from itertools import pairwise


def is_placeholder(secret: bytes) -> bool:
    """Say whether more than half of the neighbouring bytes are equal or follow one another.

    In random letters and digits about one pair in twenty does.
    """
    pairs = len(secret) - 1
    return pairs > 0 and sum(abs(a - b) <= 1 for a, b in pairwise(secret)) * 2 > pairs
