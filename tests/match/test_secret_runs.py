"""An expression is compiled only where a text has a run that may be a secret of its rule."""

import pytest
import regex

from frontleak.match import engine
from frontleak.match.engine import Engine
from frontleak.rules.expressions import compiled
from tests.support.made import found_by, make_rule, make_set

RULE = make_rule("(?i:acme)_key[=:]\\s?(?P<secret>[0-9a-f]{32})(?![0-9a-f])", name="acme")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Expressions that the engine asks for."""
    patterns: list[str] = []

    def counted(pattern: str) -> regex.Pattern[bytes]:
        patterns.append(pattern)
        return compiled(pattern)

    monkeypatch.setattr(engine, "compiled", counted)
    return patterns


@pytest.mark.parametrize(
    ("text", "times"),
    [
        (b"acme_key=secret; acme_key: value", 0),
        (b"acme_key=0123456789abcdef; " * 9, 0),
        (b"acme_key=" + b"0af3" * 8, 1),
        (b"acme_key=x; " * 9 + b"acme_key: " + b"0af3" * 8, 1),
    ],
)
def test_only_a_run_near_a_hit_asks_for_the_expression(text: bytes, times: int, asked: list[str]) -> None:
    found = found_by(Engine(make_set(RULE)), text)
    assert len(asked) == times
    assert len(found) == times


@pytest.mark.parametrize(
    ("text", "times"),
    [
        (b"acme_key=aNameOfAFunctionThatIsLongEnough", 0),
        (b"acme_key=aNameOfAFunctionThatIsLongEnough1", 0),
        (b"acme_key=not_capital_but_12_digits", 0),
        (b"acme_key=aNameOfAFunctionThatIsLongEnough12", 1),
    ],
)
def test_a_run_without_the_digits_or_capitals_of_a_secret_asks_for_nothing(
    text: bytes, times: int, asked: list[str]
) -> None:
    rule = make_rule("acme_key=(?P<secret>[A-Za-z0-9_]{16,40})", name="acme", require={"digits": 2, "upper": 1})
    assert len(found_by(Engine(make_set(rule)), text)) == times
    assert len(asked) == times


def test_a_secret_of_any_bytes_has_no_run() -> None:
    rule = make_rule("acme_password=(?P<secret>[!-~]{8,40})", name="any")
    assert not rule.secret_run
    assert found_by(Engine(make_set(rule)), b"acme_password=a,b;c(d)e")
