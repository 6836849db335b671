"""Fake secrets for the examples of rules, drawn from a rule's sample grammar with a fixed seed."""

import functools
import random
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from json import dumps

from frontleak.rules.checksum import BASE62, CHECKSUM_LENGTH, crc32_base62
from frontleak.rules.jwt_claims import EXPIRY, satisfying
from frontleak.rules.regex_ast import Chars, Choice, RegexNode, Repeat, Seq, parse


def draw(grammar: str, seed: str, *, checksum: bool = False, jwt: Mapping[str, str] | None = None) -> str:
    """Return a text that matches the grammar, always the same for the same grammar and seed.

    `checksum` replaces the last six characters with the CRC of GitHub and npm tokens. `jwt` ignores the grammar and
    returns a token whose claims satisfy these conditions.
    """
    rng = random.Random(f"frontleak/{seed}")  # noqa: S311 - fakes must be reproducible, not unpredictable
    if jwt is not None:
        return _jwt(jwt, rng)
    text = "".join(_characters(parse(grammar), rng))
    return text[:-CHECKSUM_LENGTH] + crc32_base62(text[:-CHECKSUM_LENGTH].rpartition("_")[2]) if checksum else text


def _characters(node: RegexNode, rng: random.Random) -> list[str]:
    match node:
        case Chars(members):
            return [rng.choice(_letters(members))]
        case Seq(items):
            return [c for item in items for c in _characters(item, rng)]
        case Choice(options):
            return _characters(rng.choice(options), rng)
        case Repeat(Chars(members), least, most):  # most of a secret
            choice, letters = rng.choice, _letters(members)
            return [choice(letters) for _ in range(rng.randint(least, most))]
        case Repeat(item, least, most):
            return [c for _ in range(rng.randint(least, most)) for c in _characters(item, rng)]


@functools.cache
def _letters(members: frozenset[int]) -> str:
    return "".join(map(chr, sorted(members)))


def _jwt(claims: Mapping[str, str], rng: random.Random) -> str:
    def part(value: Mapping[str, object]) -> str:
        return urlsafe_b64encode(dumps(value, separators=(",", ":")).encode()).rstrip(b"=").decode()

    reference = "".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=20))
    usual = {"iss": "supabase", "ref": reference, "iat": 1_700_000_000, EXPIRY: 2_000_000_000}
    payload = {name: value for name, value in usual.items() if name not in claims} | satisfying(claims)
    signature = "".join(rng.choices(BASE62, k=43))
    return f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{part(payload)}.{signature}"
