"""Frequencies of bytes in ordinary minified code, from which the rarity of a literal is told."""

import functools
import string
from math import log2, prod
from typing import Final

BYTE_RATES: Final = {
    **dict.fromkeys(range(256), 0.0005),
    **dict.fromkeys(b"!\"'()*+,-./:;<=>?[]{}|&_$", 0.012),
    **dict.fromkeys(string.ascii_lowercase.encode(), 0.025),
    **dict.fromkeys(string.ascii_uppercase.encode(), 0.004),
    **dict.fromkeys(string.digits.encode(), 0.006),
    32: 0.03,
}
"""Byte -> occurrences per byte of ordinary minified code."""
_PLACES: Final = 6
"""Parts of a text that are compared."""


@functools.cache
def _rarity() -> bytes:
    """Return how rare each byte is in ordinary code: byte -> twentieths of a bit."""
    return bytes(round(-20 * log2(BYTE_RATES[byte])) for byte in range(256))


def ordinary_rate(text: bytes) -> float:
    """Return how often a literal occurs per byte of random text with the frequencies of minified code."""
    return prod(BYTE_RATES[c] for c in text)


def rarest_part(text: bytes, length: int) -> int:
    """Return where a part of some length begins that is rare in ordinary code; 0 for a shorter text."""
    rest = len(text) - length
    if rest <= 0:
        return 0
    rarity = text.translate(_rarity())
    return max(range(0, rest + 1, max(1, rest // _PLACES)), key=lambda start: sum(rarity[start : start + length]))
