"""Random texts are told from those that people choose."""

import pytest

from frontleak.core.randomness import RANDOM, bits_per_letter, is_guessable
from frontleak.core.vocabulary import Exposure
from frontleak.rules.samples import draw
from frontleak.selfcheck.pattern_rules import fakes
from tests.support.shipped import shipped

CHOSEN = (
    *("", "x", "hunter2!", "changeme", "correct-horse-battery-staple", "P@ssw0rd2024!Production", "123456789012345678"),
    *("qwertyuiopasdfghjkl", "abcdefghijklmnop1234567890", "hunter2hunter2hunter2hunter2", "Summer2024!Winter2025!"),
    *("MyVeryLongCompanyPasswordForProduction2024!", "letmein-please-now-and-then-again", "aaaaaaaaaaaaaaaaaaaaaaaaa"),
    *("postgres://app:hunter2@db12x8kq9zab34cd56.internal.example.com/production", "2024-01-01-2025-01-01"),
)


@pytest.mark.parametrize("value", CHOSEN)
def test_what_people_choose_can_be_guessed(value: str) -> None:
    assert is_guessable(value.encode())


CHOSEN_BY_PEOPLE = ("password", "wallet-mnemonic")
"""How the ids of rules end whose values people choose, or that are made of words."""

FEW_BITS = {
    *("debounce-io-api-key", "flickr-secret", "flutterwave-test-key", "ipinfo-token", "mockaroo-api-key"),
    *("myintervals-api-token", "uclassify-api-key"),
}
"""Rules whose values are random but have no more than 64 bits."""


def test_secrets_of_vendors_cannot() -> None:
    guessed = total = 0
    for item in shipped():
        if item.rule.plain or item.rule.exposure is Exposure.PUBLIC:
            continue
        if item.rule.id.endswith(CHOSEN_BY_PEOPLE) or item.rule.id in FEW_BITS:
            continue
        for seed in range(10):
            value = fakes(item.syntax.samples, item.rule, f"random/{seed}")["sample"]
            guessed, total = guessed + is_guessable(value.encode()), total + 1
    assert total > 3000
    assert guessed * 500 < total


@pytest.mark.parametrize("grammar", ["[A-Za-z0-9]{20}", "[a-f0-9]{32}", "[a-z]{24}", "[A-Za-z0-9+/]{40}"])
def test_random_texts_cannot(grammar: str) -> None:
    assert sum(is_guessable(draw(grammar, f"randomness/{seed}").encode()) for seed in range(1000)) <= 5


def test_bytes_of_any_kind_are_judged() -> None:
    for value in (b"\xff" * 100, bytes(range(256)) * 100, "é".encode() * 50, b"\0"):
        assert isinstance(is_guessable(value), bool)


def test_names_are_no_random_texts() -> None:
    for name in ("createClient", "PreviewableContentBlock", "NEXT_PUBLIC_SANITY_API_TOKEN", "railroad", "mermaid"):
        assert bits_per_letter(name) < RANDOM
    assert bits_per_letter("12345") == 0
