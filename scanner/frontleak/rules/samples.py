"""Fake secrets for the examples of rules, drawn from a rule's sample grammar with a fixed seed."""

import functools
import random
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from json import dumps
from typing import TypeVar

from frontleak.rules.checksum import BASE62, CHECKSUM_LENGTH, crc32_base62
from frontleak.rules.jwt_claims import EXPIRY, satisfying
from frontleak.rules.regex_ast import Chars, Choice, RegexNode, Repeat, Seq, parse

T = TypeVar("T")


def draw(grammar: str, seed: str, *, checksum: bool = False, jwt: Mapping[str, str] | None = None) -> str:
    """Return a text that matches the grammar, always the same for the same grammar and seed.

    `checksum` replaces the last six characters with the CRC of GitHub and npm tokens. `jwt` ignores the grammar and
    returns a token whose claims satisfy these conditions.
    """
    rng = random.Random(f"frontleak/{seed}")  # noqa: S311 - fakes must be reproducible, not unpredictable
    if jwt is not None:
        return _jwt(jwt, rng)
    characters: list[str] = []
    _draw(parse(grammar), rng, characters)
    text = "".join(characters)
    return text[:-CHECKSUM_LENGTH] + crc32_base62(text[:-CHECKSUM_LENGTH].rpartition("_")[2]) if checksum else text


def _draw(node: RegexNode, rng: random.Random, drawn: list[str]) -> None:
    """Append the characters of a text that a node matches."""
    match node:
        case Chars(members):
            drawn.append(_one_of(_letters(members), rng.getrandbits))
        case Seq(items):
            for item in items:
                _draw(item, rng, drawn)
        case Choice(options):
            _draw(_one_of(options, rng.getrandbits), rng, drawn)
        case Repeat(Chars(members), least, most):  # most of a secret
            letters, bits = _letters(members), rng.getrandbits
            drawn += [_one_of(letters, bits) for _ in range(rng.randint(least, most))]
        case Repeat(item, least, most):
            for _ in range(rng.randint(least, most)):
                _draw(item, rng, drawn)


def _one_of(items: Sequence[T], bits: Callable[[int], int]) -> T:
    """Return what `random.choice` returns, in a third of its time: a check of all rules draws millions."""
    size = len(items)
    length = size.bit_length()
    at = bits(length)
    while at >= size:
        at = bits(length)
    return items[at]


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
