"""Why a rule does not report what its expression matches: the first check of the engine that refuses it."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Final, NamedTuple

from frontleak.core.records import replace
from frontleak.match.context import NearbyFinder
from frontleak.match.engine import Engine
from frontleak.match.interface import Hits, offsets_of
from frontleak.match.signed_urls import url_expiry
from frontleak.match.validators import entropy, is_valid
from frontleak.rules.pattern_rule import PatternRule, Validators

_COUNTED: Final[Mapping[str, str]] = {"digits": "digits", "upper": "capital letters", "lower": "small letters"}


class Candidate(NamedTuple):
    """A span that the expression of a rule matches."""

    start: int
    end: int
    refusal: str
    """The first check that refuses it, as a field of the rule with its reason; empty if the rule takes it."""


def candidates(engine: Engine, rule: PatternRule, text: bytes) -> Iterator[Candidate]:
    """Yield the spans in a text that the expression of a rule matches, leftmost first, then longest.

    The whole text is searched, without a prefilter, and spans overlap: this is for texts that a person tries.

    Raises:
        TimeoutError: a search exceeded its time limit.
    """
    near = NearbyFinder(rule.near, text) if rule.near else None
    anywhere = Hits(0, offsets_of([len(text)]), most=len(text))
    for start, end in engine.candidates(replace(rule, secret_run=""), text, anywhere):  # also what `require` refuses
        if rule.near and near and not near.holds(start, end):
            yield Candidate(start, end, f"near: its pattern matches nowhere within {rule.near.within} bytes")
        else:
            yield Candidate(start, end, refusal(text[start:end], rule.require))


def refusal(secret: bytes, require: Validators) -> str:
    """Return the first field of `require` that refuses a secret, with the reason; or an empty text."""
    for name in (field.name for field in fields(Validators)):
        wanted = getattr(require, name)
        if not is_valid(secret, replace(Validators(), **{name: wanted})):
            return f"require.{name}: {_reason(name, wanted, secret)}"
    return ""


def _reason(name: str, wanted: object, secret: bytes) -> str:
    if name in _COUNTED:
        return f"fewer than {wanted} {_COUNTED[name]}"
    if name == "entropy":
        return f"{entropy(secret):.2f} bits per byte, and {wanted} are needed"
    if name == "checksum":
        return f"the last characters are not its {wanted}"
    if name == "jwt":
        return "its claims are others, or it is no JWT"
    if name == "url_expires":
        return f"{url_expiry(secret.decode('latin-1'), time.time())!r}, and {wanted!r} is needed"
    return f"{wanted} takes it for noise"
