"""The cheap checks a rule may ask of a captured secret."""

import json
import math
from collections import Counter
from collections.abc import Mapping

from scanner.rules.checksum import CHECKSUM_LENGTH, crc32_base62
from scanner.rules.rule import Require


def satisfied(secret: bytes, require: Require) -> bool:
    """Say whether a secret passes every check."""
    text = secret.decode("latin-1")
    return (
        sum(c.isdigit() for c in text) >= require.digits
        and sum("A" <= c <= "Z" for c in text) >= require.upper
        and sum("a" <= c <= "z" for c in text) >= require.lower
        and (not require.entropy or entropy(secret) >= require.entropy)
        and (not require.checksum or _checksum_holds(text))
        and (require.jwt is None or _claims_hold(text, require.jwt))
        and (not require.plugin or not _is_noise_to_plugin(text))
    )


def _is_noise_to_plugin(text: str) -> bool:
    from scanner.detect.detect_secrets import is_noise  # noqa: PLC0415 - only with --plugins

    return is_noise(text)


def entropy(secret: bytes) -> float:
    """Return the Shannon entropy in bits a byte, over the secret's own bytes: 0 for one repeated byte."""
    total = len(secret)
    return -sum(count / total * math.log2(count / total) for count in Counter(secret).values())


def _checksum_holds(text: str) -> bool:
    body, checksum = text[:-CHECKSUM_LENGTH], text[-CHECKSUM_LENGTH:]
    return crc32_base62(body.rpartition("_")[2]) == checksum


def _claims_hold(text: str, claims: Mapping[str, str]) -> bool:
    parts = text.split(".")
    if len(parts) != 3:
        return False
    from base64 import urlsafe_b64decode  # noqa: PLC0415 - few secrets are tokens of this kind

    try:
        payload = json.loads(urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, RecursionError):
        return False
    return isinstance(payload, dict) and all(payload.get(claim) == value for claim, value in claims.items())
