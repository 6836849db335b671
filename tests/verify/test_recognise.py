"""A token's vendor is recognised from its form alone, by the rules that name a verifier."""

from dataclasses import replace

import pytest

from frontleak.rules.pattern_rule import PatternRule
from frontleak.verify import registry
from frontleak.verify.recognise import recognised
from frontleak.verify.vendors.sanity import SANITY
from tests.acceptance.support import token
from tests.support.made import make_rule
from tests.support.shipped import fake, full_set

OTHER = replace(SANITY, name="other")
THIRD = replace(SANITY, name="third")


def rule(pattern: str, verify: str, near: str = "") -> PatternRule:
    """Build a rule that names a verifier."""
    return replace(make_rule(pattern, name=f"rule-{verify or 'none'}", near=near), verify=verify)


@pytest.fixture(autouse=True)
def _registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "VERIFIERS", (SANITY, OTHER, THIRD))


def names(value: str, *rules: PatternRule) -> list[str]:
    """Return the names of the verifiers that recognise a token."""
    return [verifier.name for verifier in recognised(value.encode(), rules)]


SILENT = {
    "no rule": ("key12345", []),
    "a rule without a verifier": ("key12345", [rule("(?P<secret>key[0-9]{5})", "")]),
    "a verifier that is not there": ("key12345", [rule("(?P<secret>key[0-9]{5})", "nobody")]),
    "more before it": ("x-key12345", [rule("(?P<secret>key[0-9]{5})", "other")]),
    "more after it": ("key12345-x", [rule("(?P<secret>key[0-9]{5})", "other")]),
    "a part of it": ("id=key12345", [rule("id=(?P<secret>key[0-9]{5})", "other")]),
    "a form that needs text around it": ("key12345", [rule('"(?P<secret>key[0-9]{5})"', "other")]),
}


@pytest.mark.parametrize(("value", "rules"), SILENT.values(), ids=SILENT)
def test_what_is_not_recognised(value: str, rules: list[PatternRule]) -> None:
    assert names(value, *rules) == []


def test_every_vendor_whose_rules_fit_is_named_once_in_the_order_of_the_registry() -> None:
    loose, strict = "(?P<secret>shopkey[a-z0-9]{5})", "(?P<secret>shopkey[0-9]{5})"
    rules = [rule(loose, "third"), rule(strict, "other"), rule(strict, "other", near="shop-name")]
    assert names("shopkey12345", *rules) == ["other", "third"]
    assert names("shopkeyabcde", *rules) == ["third"]
    assert names("shopkey12345", rules[2]) == ["other"], "text near a secret is no part of its form"


@pytest.mark.parametrize("tail", [52, 78, 79, 178, 240])
def test_tokens_of_sanity(tail: int) -> None:
    assert names(token(tail=tail), *full_set().rules) == ["sanity"]
    assert names(f"{token(tail=178)}-stAbC123", *full_set().rules) == ["sanity"], "a session's"


@pytest.mark.parametrize("value", ["hello", "sk", token(tail=20), "sk-" + "a1" * 24])
def test_what_has_no_form_of_sanity(value: str) -> None:
    assert names(value, *full_set().rules) == []


def test_secrets_of_other_vendors_are_not_sanitys() -> None:
    for other in full_set().rules:
        if not other.verify and not other.exposure:
            assert names(fake(other.id), *full_set().rules) == [], other.id
