"""Placeholders, which are not secrets."""

import pytest

from frontleak.core.placeholders import is_placeholder
from tests.support.shipped import fake, shipped

NONE = {
    "nothing": b"",
    "one character": b"x",
    "random letters": b"hQ7mWb2ZkXr9Tf4L",
    "steps of two": b"acegikmoqsuwy",
    "half a run": b"abcdefgh" + b"QmWb2ZkXr9",
    "random bytes": bytes([7, 200, 31, 90, 155, 3, 77]),
    "a word alone": b"your",
    "two words": b"change-it",
    "words with a random one": b"your-secret-hQ7mWb2ZkXr9",
    "words that ask for nothing": b"my-horse-battery-staple",
}


@pytest.mark.parametrize("value", NONE.values(), ids=NONE)
def test_no_placeholder_is(value: bytes) -> None:
    assert not is_placeholder(value)


SOME = {
    "one character repeated": b"x" * 20,
    "the alphabet": b"abcdefghijklmnopqrstuvwxyz",
    "digits": b"0123456789",
    "digits downwards": b"9876543210",
    "two identical characters": b"xx",
    "a run after a prefix": b"sk" + b"abcdefghijklmnop" * 5,
    "zeros with a prefix": b"sk_" + b"0" * 24,
    "words that ask for a secret": b"your-random-secret-at-least-32-chars",
    "words in capitals": b"YOUR_SECRET_HERE",
    "words that ask for a change": b"change_me_in_production",
}


@pytest.mark.parametrize("value", SOME.values(), ids=SOME)
def test_a_placeholder_is(value: bytes) -> None:
    assert is_placeholder(value)


def test_a_fake_of_a_rule_is_taken_for_a_placeholder_by_rare_chance_only() -> None:
    fakes = [(item.rule.id, seed) for item in shipped() if not item.rule.plain for seed in range(20)]
    taken = [rule for rule, seed in fakes if is_placeholder(fake(rule, seed).encode())]
    assert len(taken) == len(set(taken)), "a rule's fakes look like placeholders"
    assert len(taken) * 5000 <= len(fakes), taken
