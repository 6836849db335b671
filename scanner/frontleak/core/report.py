"""The sealed result of a scan."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from frontleak.core.diagnostic import Diagnostic
from frontleak.core.finding import Finding
from frontleak.core.records import dataclass, field
from frontleak.core.rule import Rule

if TYPE_CHECKING:
    from frontleak.core.site_request import SiteRequest
    from frontleak.core.verdict import Call


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowing:
    """What a configuration file left out of a scan. It may be part of the scanned tree."""

    file: str
    """Display path of the file."""
    exclude: bool = False
    """Whether its patterns exclude paths, not those of the command line."""
    max_file_size: bool = False
    """Whether its file size applies."""
    fail_on: str = ""
    """Its severity if it makes fewer findings fail than the default; else empty."""
    rules: tuple[str, ...] = ()
    """Ids of the rules that it disabled, sorted."""
    excluded: int = 0
    """Files and folders that its patterns excluded."""
    too_large: int = 0
    """Files over its size that the default includes."""

    @property
    def is_empty(self) -> bool:
        """Whether it left nothing out."""
        return not (self.excluded or self.too_large or self.rules or self.fail_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Counts of what was read and left out."""

    files: Mapping[str, int]
    """Number of files by kind."""
    bytes: Mapping[str, int]
    """Number of bytes by kind."""
    views: Mapping[str, int] = field(default_factory=dict)
    """View kind -> number of views, besides the raw bytes."""
    maps_used: int = 0
    """Files with findings that a source map mapped back to the original."""
    maps_missing: int = 0
    """Files with findings and a missing or broken source map."""
    code: Mapping[str, int] = field(default_factory=dict)
    """Source files by outcome: `files` (imports followed), `parsed`, and `damaged` (parsed only in part)."""
    ignored: int = 0
    """Files and folders excluded by a `.gitignore`."""
    excluded: int = 0
    """Files and folders excluded by `--exclude`."""
    all_named_excluded: bool = False
    """Whether every path that was named is excluded on purpose."""
    pruned: int = 0
    """Folders that are never entered, such as `node_modules` and caches."""
    commits: int = 0
    """Commits whose changes were read; 0 unless the history was scanned."""
    unchanged: int = 0
    """Findings on lines that a range of commits does not add."""
    is_git: bool = False
    """Whether a repository was asked for files, so that none is a usual answer: nothing staged, nothing changed."""
    narrowing: Narrowing | None = None
    """What a configuration file left out; None if nothing."""


class BaselineEntry(NamedTuple):
    """A finding at one place, as a baseline lists it; sorts by path, rule and id."""

    path: str
    """From the folder of the baseline, with content hashes in names replaced."""
    rule: str
    id: str
    """HMAC of rule, identity and path under the key of the baseline, as 32 hexadecimal digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The sealed result of a scan, as passed to report formats."""

    findings: tuple[Finding, ...]
    """Findings that count, worst first."""
    hidden: tuple[Finding, ...]
    """Keys that are public by design and secrets found only in server output, unless shown by option."""
    suppressed: tuple[Finding, ...]
    """Suppressed findings, each with its reason."""
    skipped: tuple[Diagnostic, ...]
    """What was not scanned, with reasons."""
    coverage: Coverage
    """What was scanned."""
    rules: Mapping[str, Rule]
    """Rule id -> rule, for formats that describe rules."""
    rules_digest: str
    """Identity of the rule set."""
    tool_version: str
    """Version of this package."""
    seconds: float
    """Wall time of the scan."""
    repository: str = ""
    """Absolute root of the repository that the working directory is in; empty if it is in none."""
    baseline_entries: tuple[BaselineEntry, ...] = ()
    """What a baseline would list: accepted and new findings that nothing else suppresses; empty without a baseline."""
    calls: "tuple[Call, ...] | None" = None
    """Every verification request; None without `--verify`."""
    requests: "tuple[SiteRequest, ...] | None" = None
    """Every request to a deployed site, in order; None for what is not fetched."""
    revealed: Mapping[str, str] = field(default_factory=dict)
    """Secret digest -> value; empty unless `--reveal` was given."""
