"""Compiled pattern rules: macros expanded and prefilters derived; expressions are compiled on first use."""

from collections.abc import Mapping
from typing import Final

from frontleak.core.records import dataclass
from frontleak.core.rule import Rule
from frontleak.core.vocabulary import RuleKind

CODE: Final = "code"
"""Name of the triggers that mark source code as a candidate for misuse checks."""
MATCH_TIMEOUT: Final = 0.5
"""Seconds allowed for one search of an expression in a window; ordinary ones take microseconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prefilter:
    """An expression for the engine's pass over the bytes."""

    expression: str
    """In the syntax shared by `re`, `regex` and Hyperscan."""
    least: int
    """Shortest match in bytes."""
    most: int
    """Longest match in bytes."""
    literal: str
    """Longest known literal, in lower case, that every match contains; may be empty."""
    before_least: int = 0
    """Fewest bytes from the beginning of the rule's match to that of this expression."""
    before_most: int = 0
    """Most such bytes; 0 if the expression is the beginning of the rule's pattern."""
    is_at_edge: bool = False
    """Whether a match begins at the left edge of a token (macro `edge`): never in the middle of base64 data."""
    reach: int = 0
    """Most bytes from the beginning of a match to the hit of the value gate (`frontleak.rules.value_gate`) behind it; 0
    for a prefilter that is looked for everywhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NearbyText:
    """A pattern that must match near a secret."""

    pattern: str
    """Expanded expression."""
    within: int
    """Bytes on either side of the secret."""
    longest: int
    """Longest match of the pattern in bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """Cheap checks on the captured secret."""

    digits: int = 0
    """Minimum number."""
    upper: int = 0
    """Minimum number."""
    lower: int = 0
    """Minimum number."""
    entropy: float = 0.0
    """Minimum in bits per byte (Shannon, over the secret's own bytes)."""
    checksum: str = ""
    """Name of a checksum, or empty."""
    jwt: Mapping[str, str] | None = None
    """Conditions for the claims of the payload (`frontleak.rules.jwt_claims`), or None."""
    url_expires: str = ""
    """Allowed words of `frontleak.rules.jwt_claims.EXPIRIES` for a signed URL, joined by `|`; or empty."""
    assigned: str = ""
    """What the name of the value must call it, of `frontleak.match.assigned.KINDS`; or empty."""
    plugin: str = ""
    """Name of the plugin whose heuristics also apply, or empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternRule(Rule):
    """A rule for a secret, compiled from its `RuleSyntax`."""

    kind: RuleKind = RuleKind.PATTERN
    pattern: str
    """Expanded expression with one group named `secret`."""
    longest: int
    """Longest match of the pattern in bytes."""
    prefilter: Prefilter
    """Expression for the engine's pass."""
    secret_run: str = ""
    """Expression for the longest runs that hold every secret; empty if none is known."""
    prefilter_of_near: bool
    """True if the prefilter comes from `near` because the pattern alone is not distinctive."""
    near: NearbyText | None
    require: Validators
    allow: frozenset[str]
    """Documented dummy values, exact."""
    context: str
    """Id of the context that reads facts near the secret, or empty."""
    verify: str
    """Name of a verifier, or empty."""
    pair: str = ""
    """Id of the rule for the id that belongs to this secret, or empty."""
    pair_within: int = 0
    """Most bytes between the secret and its id."""
    plain: bool = False
    """True if the captured text is not secret and is displayed in full."""


@dataclass(frozen=True, slots=True)
class FactPattern:
    """One way in which a fact is written."""

    pattern: str
    """Expanded expression with one group named `value`."""
    literals: tuple[str, ...] = ()
    """In lower case; every match holds at least one of them. Empty if that is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Facts to read near a secret, such as its project."""

    id: str
    within: int
    """Bytes on either side of the secret."""
    facts: Mapping[str, tuple[FactPattern, ...]]
    """Name of the fact -> the ways in which it is written."""
    shown: tuple[str, ...] = ()
    """Facts whose values are part of a public address and are shown whatever they look like."""
    source: str = ""
    """Where it is defined, as `file:line`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """An expression that calls a decoder; part of the same pass as the rules."""

    name: str
    """Name of the decoder."""
    prefilter: Prefilter
    """Expression for the engine's pass."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginnings:
    """Literal texts with which secrets begin, for the decoders of strings that code puts together; Latin-1."""

    sure: tuple[str, ...] = ()
    """Rare in ordinary code."""
    short: tuple[str, ...] = ()
    """Also beginnings of words and class names: `sk`."""


NO_BEGINNINGS: Final = Beginnings()
