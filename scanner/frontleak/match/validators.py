"""Cheap checks on a captured secret (`require` in a rule)."""

import functools
import json
import math
import time
from collections import Counter
from collections.abc import Mapping
from typing import Final

from frontleak.rules.checksum import CHECKSUM_LENGTH, crc32_base62
from frontleak.rules.jwt_claims import holds
from frontleak.rules.pattern_rule import Validators

_DIGITS: Final = b"0123456789"
_UPPER: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LOWER: Final = b"abcdefghijklmnopqrstuvwxyz"

_WEIGHTS: Final = (0.0, *(count * math.log2(count) for count in range(1, 256)))
"""Count -> count times its logarithm."""
_MOST_KNOWN: Final = 8192
"""Values whose entropy is kept: several rules check the same value."""


def is_valid(secret: bytes, require: Validators) -> bool:
    """Return whether a secret passes every check."""
    return (
        may_hold_valid(secret, require)
        and (not require.entropy or entropy(secret) >= require.entropy)
        and (not require.checksum or _has_valid_checksum(secret.decode("latin-1")))
        and (require.jwt is None or _has_claims(secret.decode("latin-1"), require.jwt))
        and (not require.url_expires or _url_expires(secret.decode("latin-1"), require.url_expires))
        and (not require.plugin or not _is_noise_to_plugin(secret.decode("latin-1")))
    )


def may_hold_valid(run: bytes, require: Validators) -> bool:
    """Return whether a run of bytes may have a secret that passes: it has the digits and the letters of one."""
    return (
        _count(run, _DIGITS) >= require.digits
        and _count(run, _UPPER) >= require.upper
        and _count(run, _LOWER) >= require.lower
    )


def _count(secret: bytes, members: bytes) -> int:
    return len(secret) - len(secret.translate(None, members))


def _is_noise_to_plugin(text: str) -> bool:
    from frontleak.match.plugins.detect_secrets import is_noise  # noqa: PLC0415 - only with --plugins

    return is_noise(text)


@functools.lru_cache(_MOST_KNOWN)
def entropy(secret: bytes) -> float:
    """Return the Shannon entropy in bits per byte over the secret's own bytes: 0 for one repeated byte."""
    total = len(secret)
    counts = Counter(secret).values()
    if total < len(_WEIGHTS):
        weighted = sum(map(_WEIGHTS.__getitem__, counts))
    else:
        weighted = sum(count * math.log2(count) for count in counts)
    return math.log2(total) - weighted / total if total else 0.0


def _has_valid_checksum(text: str) -> bool:
    body, checksum = text[:-CHECKSUM_LENGTH], text[-CHECKSUM_LENGTH:]
    return crc32_base62(body.rpartition("_")[2]) == checksum


def _has_claims(text: str, claims: Mapping[str, str]) -> bool:
    parts = text.split(".")
    if len(parts) != 3:
        return False
    from base64 import urlsafe_b64decode  # noqa: PLC0415 - few secrets are JWTs

    try:
        payload = json.loads(urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, RecursionError):
        return False
    return isinstance(payload, dict) and holds(payload, claims, time.time())


def _url_expires(text: str, words: str) -> bool:
    from frontleak.match.signed_urls import url_expiry  # noqa: PLC0415 - few secrets are signed URLs

    return url_expiry(text, time.time()) in words.split("|")
