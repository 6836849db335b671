"""What is reported: a finding and its places. Offsets are bytes; lines and columns are 1-based."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from frontleak.core.origins import FileOrigin, Origin
from frontleak.core.secret import Secret
from frontleak.core.vocabulary import Confidence, Exposure, RuleKind, Severity, Suppression

if TYPE_CHECKING:
    from frontleak.core.verdict import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """A place in a source file, found through a source map."""

    path: str
    """Relative to the working directory when such a file exists there, else as the map names it, without its scheme."""
    line: int
    """1-based."""
    column: int
    """1-based, in UTF-16 code units."""
    exists: bool
    """Whether the file was found on disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a secret stands, or which file is meant."""

    origin: Origin
    """The file or stream."""
    line: int
    """1-based."""
    column: int
    """1-based, in UTF-16 code units, as editors and SARIF count."""
    end_line: int
    """Line of the last character."""
    end_column: int
    """Column just after the last character, in UTF-16 code units."""
    offset: int
    """Byte offset of the secret in the (UTF-8) data."""
    length: int
    """Length of the secret in bytes; 0 where the whole file is meant."""
    exposure: Exposure
    """Who gets to see this place."""
    via: tuple[str, ...] = ()
    """How the bytes had to be read to see it, outermost first; empty when it stands there in plain text."""
    label: str = ""
    """Where in a structure it stands, such as the JSON path `props.pageProps.token`; empty when nothing is known."""
    original: Original | None = None
    """Where a source map leads."""
    stale_twin: bool = False
    """In a compressed copy whose content differs from the file beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One file on the way from an entry of browser code to a misuse."""

    origin: FileOrigin
    """The file."""
    line: int
    """1-based, of the import that leads on, or of the misuse itself; 1 for an entry as a whole."""
    column: int
    """1-based, in UTF-16 code units."""
    why: str = ""
    """Why the first file is an entry, such as `'use client'`; empty for the others."""
    text: str = ""
    """The line, as a report may show it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is reported about one secret, or about one file that ought not to be where it is."""

    rule_id: str
    """Id of the rule that found it."""
    kind: RuleKind = RuleKind.PATTERN
    """Kind of that rule: what the finding is about."""
    title: str
    """What was found, in a few words."""
    severity: Severity
    """How bad it is."""
    confidence: Confidence
    """How sure it is."""
    exposure: Exposure
    """The widest exposure of its places."""
    place: Place
    """The place to look at first."""
    also_at: tuple[Place, ...] = ()
    """The other places the same secret stands in."""
    secret: Secret
    """The value, redacted wherever it is shown; of a finding about a file its logical path, which is not shown."""
    snippet: str
    """At most 100 printable characters round the secret, every secret in them redacted; empty for a file."""
    context: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Facts read near the secret, such as `project_id` and `dataset`, nearest first; or about a folder's files."""
    fingerprint: str
    """Identity of the finding across rebuilds: rule, secret and logical path, 32 hexadecimal digits."""
    why: str
    """What an attacker can do."""
    fix: str
    """What to do about it."""
    references: tuple[str, ...]
    """Where the facts come from."""
    suppression: Suppression | None = None
    """Why it does not count, if it does not."""
    import_path: tuple[Hop, ...] = ()
    """The way from an entry of browser code to the place, both included; of a finding about code."""
    shipped: str = ""
    """What the browser gets, as a sentence without its full stop; of a finding about code."""
    verdict: "Verdict | None" = None
    """What the vendor said about it; None when verification was not asked for."""
