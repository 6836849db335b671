"""Fakes are drawn from grammars, the same in every run."""

import re

import pytest

from frontleak.rules.checksum import CHECKSUM_LENGTH, crc32_base62
from frontleak.rules.embeddings import EMBEDDINGS
from frontleak.rules.samples import draw
from tests.support.shipped import fake


def test_a_sample_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    assert draw("[a-z]{20}", "one") == draw("[a-z]{20}", "one")
    assert draw("[a-z]{20}", "one") != draw("[a-z]{20}", "two")


@pytest.mark.parametrize(
    "grammar",
    [
        r"sk_[a-f0-9]{8}",
        r"(a|bc|d{3})-x?",
        r"\d{1,3}\.[A-Z]{2}",
        r"a \ b \# c",
        r"(?:x{2}|y){2}",
        r"[^a-zA-Z\x80-\xff]{9}",
    ],
    ids=[
        "a prefix and a class",
        "a choice",
        "counts",
        "free spacing",
        "a repeated choice",
        "a negated class",
    ],
)
def test_a_sample_matches_its_grammar(grammar: str) -> None:
    for seed in range(20):
        assert re.fullmatch(grammar, draw(grammar, str(seed)), re.VERBOSE | re.ASCII | re.DOTALL)


def test_every_length_and_option_is_drawn_sooner_or_later() -> None:
    drawn = {draw("(a|b){1,2}", str(seed)) for seed in range(200)}
    assert drawn == {"a", "b", "aa", "ab", "ba", "bb"}


def test_the_checksum_of_nothing_is_six_zeros_and_others_have_six_digits() -> None:
    assert crc32_base62("") == "0" * CHECKSUM_LENGTH
    assert all(re.fullmatch("[0-9A-Za-z]{6}", crc32_base62(str(number))) for number in range(500))


def test_the_checksum_is_the_crc_in_base_62() -> None:
    """The CRC-32 check value, that of 123456789, is 0xCBF43926: 3jZpYG in base 62."""
    assert crc32_base62("123456789") == to_base_62(0xCBF43926)


def to_base_62(number: int) -> str:
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    return "".join(digits[number // 62**power % 62] for power in range(5, -1, -1))


@pytest.mark.parametrize("rule_id", ["github-token", "npm-access-token"])
def test_fakes_of_vendors_with_a_checksum_carry_it(rule_id: str) -> None:
    for seed in range(20):
        prefix, _, body = fake(rule_id, seed).partition("_")
        assert prefix
        assert body[-CHECKSUM_LENGTH:] == crc32_base62(body[:-CHECKSUM_LENGTH])


def test_a_fake_token_of_claims_holds_them() -> None:
    token = draw("ignored", "seed", jwt={"role": "service_role"})
    assert re.fullmatch(r"eyJ[\w-]+\.eyJ[\w-]+\.\w{43}", token)
    assert token == draw("ignored", "seed", jwt={"role": "service_role"})
    assert token != draw("ignored", "seed", jwt={"role": "anon"})


EMBEDDED = {
    "plain": 'a"b\nc',
    "single quotes": "a'b\nc",
    "template literal": "a`b\nc",
    "JSON string": 'a\\"b\\nc',
    "JSON string in a JSON string": 'a\\\\\\"b\\\\nc',
    "HTML attribute": "a&quot;b\nc",
    "numeric HTML entity": "a&#34;b\nc",
    "URL": "a%22b%0Ac",
    "JavaScript \\u escape": "a\\u0022b\\nc",
    "JavaScript \\x escape": "a\\x22b\\nc",
}


def test_the_embeddings_are_those_a_build_writes() -> None:
    assert {name: write('a"b\nc') for name, write in EMBEDDINGS} == EMBEDDED
