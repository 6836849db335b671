"""The sealed result of a scan."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from frontleak.core.diagnostic import Skip
from frontleak.core.finding import Finding
from frontleak.core.rule import Rule

if TYPE_CHECKING:
    from frontleak.core.verdict import Call


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What was read."""

    files: Mapping[str, int]
    """Number of files by kind."""
    bytes: Mapping[str, int]
    """Number of bytes by kind."""
    views: Mapping[str, int] = field(default_factory=dict)
    """Kind of reading -> how many were made beside the bytes as they stand."""
    maps_used: int = 0
    """Files whose findings a source map led home."""
    maps_missing: int = 0
    """Files with findings whose source map is missing or broken."""
    code: Mapping[str, int] = field(default_factory=dict)
    """`files` whose imports were followed, `parsed` ones, and `damaged` ones that could be parsed only in part."""
    ignored: int = 0
    """Files and folders left out because of a `.gitignore`."""
    excluded: int = 0
    """Files and folders left out because of `--exclude`."""
    pruned: int = 0
    """Folders such as `node_modules` and caches that are never entered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The sealed result of a scan: what reporters get."""

    findings: tuple[Finding, ...]
    """What counts, worst first."""
    hidden: tuple[Finding, ...]
    """Keys that are public by design, and secrets that only server output holds, which were not asked for."""
    suppressed: tuple[Finding, ...]
    """What does not count, each with its reason."""
    skipped: tuple[Skip, ...]
    """What was not scanned, and why."""
    coverage: Coverage
    """What was."""
    rules: Mapping[str, Rule]
    """Rule id -> rule, for reporters that describe rules."""
    rules_digest: str
    """Identity of the rule set."""
    tool_version: str
    """Version of this package."""
    seconds: float
    """Wall time of the scan."""
    calls: "tuple[Call, ...] | None" = None
    """Every call that was made to verify secrets; None when that was not asked for."""
    revealed: Mapping[str, str] = field(default_factory=dict)
    """Secret digest -> value; empty unless `--reveal` was given."""
