"""A rule ready to run: patterns expanded, heads derived, expressions compiled when first needed."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from frontleak.core.rule import Rule
from frontleak.core.vocabulary import RuleKind

if TYPE_CHECKING:
    import regex

MATCH_TIMEOUT: Final = 2.0
"""Seconds one attempt of an expression in a window may take."""


@functools.cache
def compiled(pattern: str) -> "regex.Pattern[bytes]":
    """Compile a free-spacing pattern over bytes; each is compiled once a process, and only when it is needed."""
    import regex  # noqa: PLC0415 - 15 ms that a scan without a single hit does not need

    return regex.compile(pattern.encode("ascii"), regex.VERBOSE | regex.VERSION0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prefilter:
    """What the engine looks for in its pass over the bytes."""

    expression: str
    """In syntax that `re`, `regex` and Hyperscan share."""
    least: int
    """Shortest match in bytes."""
    most: int
    """Longest match in bytes."""
    literal: str
    """A text every match contains, in lower case; the longest that was found, perhaps empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NearbyText:
    """What must stand near a secret."""

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
    """At least so many."""
    upper: int = 0
    """At least so many."""
    lower: int = 0
    """At least so many."""
    entropy: float = 0.0
    """At least so many bits a character (Shannon, over the secret's own characters)."""
    checksum: str = ""
    """Name of a checksum, or empty."""
    jwt: Mapping[str, str] | None = None
    """Claims the payload must have, or None."""
    plugin: str = ""
    """Name of the plugin whose own heuristics are asked too, or empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternRule(Rule):
    """A rule about a secret, compiled from its `RuleSyntax`."""

    kind: RuleKind = RuleKind.PATTERN
    pattern: str
    """Expanded expression with one group named `secret`."""
    longest: int
    """Longest match of the pattern in bytes."""
    prefilter: Prefilter
    """What the pass over the bytes looks for."""
    prefilter_of_near: bool
    """True when the head is that of `near`, because the pattern alone is not distinctive."""
    near: NearbyText | None
    require: Validators
    allow: frozenset[str]
    """Documented dummies, exact."""
    context: str
    """Id of the context whose facts are read near a secret, or empty."""
    verify: str
    """Name of a verifier, or empty."""
    plain: bool = False
    """True when what is captured is no secret itself, so that it is shown as it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Facts that are read near a secret, such as the project it belongs to."""

    id: str
    within: int
    """Bytes on either side of the secret."""
    facts: Mapping[str, tuple[str, ...]]
    """Name of the fact -> expanded expressions, each with one group named `value`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """A place where a decoder can read the bytes in another way; looked for in the same pass as the rules."""

    name: str
    """Name of the decoder that is asked."""
    prefilter: Prefilter
    """What the pass over the bytes looks for."""
