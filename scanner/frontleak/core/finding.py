"""Findings and their places. Offsets are in bytes; lines and columns are 1-based."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from frontleak.core.origins import FileOrigin, Origin
from frontleak.core.records import dataclass, field
from frontleak.core.rule import Rule
from frontleak.core.secret import Secret
from frontleak.core.suppression import Suppression
from frontleak.core.vocabulary import Confidence, Exposure, Role, RuleKind, Severity

if TYPE_CHECKING:
    from frontleak.core.history import History
    from frontleak.core.verdict import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """A position in an original source file, found through a source map."""

    path: str
    """Relative to the working directory if the file exists there, else the map's name for it without the scheme."""
    line: int
    """1-based."""
    column: int
    """1-based, in UTF-16 code units."""
    exists: bool
    """Whether the file exists on disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The location of a secret, or a whole file."""

    origin: Origin
    """The file or stream."""
    line: int
    """1-based."""
    column: int
    """1-based, in UTF-16 code units, as in editors and SARIF."""
    end_line: int
    """Line of the last character."""
    end_column: int
    """Column after the last character, in UTF-16 code units."""
    offset: int
    """Byte offset of the secret in the text of the file: UTF-8, without a byte order mark."""
    length: int
    """Length of the secret in bytes; 0 for a whole file."""
    exposure: Exposure
    """Who can see this place."""
    via: tuple[str, ...] = ()
    """Decoders that revealed it, outermost first; empty if it is in plain text."""
    label: str = ""
    """Position in a structure, such as the JSON path `props.pageProps.token`; empty if unknown."""
    original: Original | None = None
    """The original position from the source map."""
    stale_twin: bool = False
    """Whether it is in a compressed copy that differs from the file next to it."""
    role: Role | None = None
    """What it is for the variable that the finding is about; None in any other finding."""
    rule_id: str = ""
    """Id of the rule that detected it; empty for that of its finding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One file on the import path from a client entry point to a misuse."""

    origin: FileOrigin
    """The file."""
    line: int
    """1-based line of the import of the next file, or of the misuse itself; 1 for a whole entry point."""
    column: int
    """1-based, in UTF-16 code units."""
    why: str = ""
    """Why the first file is an entry point, such as `'use client'`; empty for the others."""
    text: str = ""
    """Redacted text of the line, for reports."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A leaked secret, a misuse, or a served file that should not be there, with all its places."""

    rule: Rule = field(repr=False)
    """The rule that found it: its title, reason and references."""
    severity: Severity
    """How bad it is."""
    confidence: Confidence
    """How certain it is."""
    exposure: Exposure
    """The widest exposure of its places."""
    place: Place
    """The primary place."""
    also_at: tuple[Place, ...] = ()
    """Other places of the same secret; or of the same cause, each with its role."""
    secret: Secret | None = None
    """The value, always displayed redacted; None where nothing is secret, such as a file or a misuse in code."""
    snippet: str
    """At most 100 printable characters around the place, with every secret redacted; empty for a file."""
    context: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Facts found near the secret, such as `project_id` and `dataset`, nearest first; or facts about served files."""
    secret_rule: Rule | None = field(default=None, repr=False)
    """The rule that found the secret, of a finding about code that brings in its value; None for the finding's own."""
    severity_without_secret: Severity | None = None
    """How bad such a finding is whatever its secret may do."""
    fingerprint: str
    """Identity across rebuilds, from rule, identity and logical path: 32 hexadecimal digits."""
    advice: str = ""
    """A sentence to add to the fix of the rule; empty when there is none."""
    suppression: Suppression | None = None
    """Why it is suppressed; None if it is not."""
    import_path: tuple[Hop, ...] = ()
    """From the client entry point to the place, both included; only for code findings."""
    shipped: str = ""
    """What reaches the browser, as a sentence without its full stop; only for code findings."""
    verdict: "Verdict | None" = None
    """Result of verification with the vendor; None without `--verify`."""
    history: "History | None" = None
    """When the secret came into the repository and when it went; None unless the history was scanned."""

    @property
    def rule_id(self) -> str:
        """Id of its rule."""
        return self.rule.id

    @property
    def kind(self) -> RuleKind:
        """Kind of its rule."""
        return self.rule.kind

    @property
    def title(self) -> str:
        """Short description, from its rule."""
        return self.rule.name

    @property
    def why(self) -> str:
        """What an attacker can do, from its rule."""
        return self.rule.why

    @property
    def fix(self) -> str:
        """What to do: the fix of its rule, and the advice for this project."""
        return f"{self.rule.fix} {self.advice}" if self.advice else self.rule.fix
