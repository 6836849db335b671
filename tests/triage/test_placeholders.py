"""Placeholders, which are not secrets."""

import pytest

from frontleak.triage.placeholders import is_placeholder
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


def test_no_fake_of_any_rule_is_taken_for_a_placeholder() -> None:
    taken = [
        (item.rule.id, seed)
        for item in shipped()
        if not item.rule.plain
        for seed in range(20)
        if is_placeholder(fake(item.rule.id, seed).encode())
    ]
    assert not taken
