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
}


@pytest.mark.parametrize("value", SOME.values(), ids=SOME)
def test_a_placeholder_is(value: bytes) -> None:
    assert is_placeholder(value)


def test_a_fake_of_a_rule_is_taken_for_a_placeholder_by_rare_chance_only() -> None:
    fakes = [(item.rule.id, seed) for item in shipped() if not item.rule.plain for seed in range(20)]
    taken = [rule for rule, seed in fakes if is_placeholder(fake(rule, seed).encode())]
    assert len(taken) == len(set(taken)), "a rule's fakes look like placeholders"
    assert len(taken) * 5000 <= len(fakes), taken
