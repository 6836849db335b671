"""Recognises a token's vendor from its form, by the rules that name a verifier."""

from collections.abc import Iterable

from frontleak.rules.expressions import compiled
from frontleak.rules.pattern_rule import MATCH_TIMEOUT, PatternRule
from frontleak.verify import registry
from frontleak.verify.interface import Verifier


def recognised(token: bytes, rules: Iterable[PatternRule]) -> tuple[Verifier, ...]:
    """Return the verifiers whose vendors issue tokens of this form, in the order of the registry.

    What a rule requires beyond its expression (nearby text, entropy) does not count: the user says it is a token.
    """
    names = {rule.verify for rule in rules if rule.verify and _has_form(token, rule)}
    return tuple(verifier for verifier in registry.VERIFIERS if verifier.name in names)


def _has_form(token: bytes, rule: PatternRule) -> bool:
    """Return whether the token alone, and all of it, is a secret of a rule."""
    try:
        match = compiled(rule.pattern).fullmatch(token, timeout=MATCH_TIMEOUT)
    except TimeoutError:
        return False
    return match is not None and match.span("secret") == (0, len(token))
