"""The types that travel between the stages. All are frozen; offsets are bytes, lines and columns are 1-based."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import quote, quote_from_bytes

from scanner.secret import Secret, printable

if TYPE_CHECKING:
    from scanner.verdict import Call, Verdict


class Severity(StrEnum):
    """How bad a finding is, worst first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the worst; larger is milder."""
        return tuple(Severity).index(self)


class Confidence(StrEnum):
    """How sure a finding is the real thing, surest first."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        """0 for the surest."""
        return tuple(Confidence).index(self)


class Exposure(StrEnum):
    """Who gets to see the place a secret stands in."""

    SERVED = "served"
    """Sent to browsers."""
    SERVER = "server"
    """Stays on the server."""
    SOURCE = "source"
    """In a source tree: whether it ships depends on the build."""
    PUBLIC = "public-by-design"
    """A key that is meant to be in a browser."""


class RuleKind(StrEnum):
    """What a rule is about."""

    PATTERN = "pattern"
    """A secret, known by its shape."""
    FILE = "file"
    """A file that ought not to be served, known by its name and content."""
    USAGE = "usage"
    """What source code does with a token, known by its syntax tree."""
    ENV_NAME = "env-name"
    """A variable of the environment, known by its name."""
    CONFIG = "config"
    """A setting of a framework or bundler that publishes a secret."""

    @property
    def is_code(self) -> bool:
        """Whether it is about what source code does, rather than about a secret or file that is there."""
        return self in {RuleKind.USAGE, RuleKind.ENV_NAME, RuleKind.CONFIG}


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyRule:
    """What every rule says, of whatever kind: by this it is listed, chosen, documented and described in reports."""

    id: str
    """Kebab-case, stable for ever, and no other rule's of any kind."""
    kind: RuleKind
    """What it is about."""
    name: str
    """What it finds, in a few words."""
    severity: Severity
    """How bad that is."""
    confidence: Confidence
    """How sure it is."""
    exposure: Exposure | None = None
    """`public-by-design`, or None where the place decides."""
    why: str
    """What an attacker can do."""
    fix: str
    """What to do about it."""
    references: tuple[str, ...]
    """Where the facts come from; at least one."""
    source: str
    """Where the rule was written, as `file:line`."""


_HASHED_NAME: Final = re.compile(
    r"(?<=[.\-_])(?:[0-9a-f]{6,64}|(?=[A-Za-z0-9_-]*[0-9A-Z])[A-Za-z0-9_-]{8}|[A-Za-z0-9]{9,32}(?<=[0-9A-Z]))(?=\.)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOrigin:
    """A file on disk."""

    path: str
    """As shown: relative to the working directory where possible, with forward slashes."""

    @property
    def display(self) -> str:
        """The path as text that is safe on a terminal."""
        return printable(os.fsencode(self.path).decode("utf-8", "backslashreplace"))

    @property
    def uri(self) -> str:
        """The path as a relative or `file:` URI reference, percent-encoded from its bytes."""
        encoded = quote_from_bytes(
            os.fsencode(self.path), safe="/:~+@!$&',;=()" if os.name == "nt" else "/~+@!$&',;=()"
        )
        return f"file://{encoded}" if encoded.startswith("/") else encoded

    @property
    def known_as(self) -> str:
        """The path whose last name tells what the bytes are."""
        return self.path

    @property
    def logical_path(self) -> str:
        """The path without the content hashes build tools put into file names: `app.4f3c2a.js` -> `app.[hash].js`."""
        folder, _, name = self.display.rpartition("/")
        return f"{folder}/{_HASHED_NAME.sub('[hash]', name)}" if folder else _HASHED_NAME.sub("[hash]", name)


@dataclass(frozen=True, slots=True, kw_only=True)
class StdinOrigin:
    """Standard input."""

    path: str = "<stdin>"
    """Always `<stdin>`."""

    @property
    def display(self) -> str:
        """`<stdin>`."""
        return self.path

    @property
    def uri(self) -> str:
        """`stdin`, percent-encoded."""
        return quote("stdin")

    @property
    def known_as(self) -> str:
        """Empty: no name tells what the bytes are."""
        return ""

    @property
    def logical_path(self) -> str:
        """`<stdin>`."""
        return self.path


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberOrigin:
    """Something inside a compressed file or an archive."""

    container: FileOrigin | StdinOrigin
    """The file on disk."""
    member: str
    """Path inside it, `!/` between nested archives; empty for the content of a lone compressed file (`app.js.gz`)."""

    @property
    def path(self) -> str:
        """`container!/member`, or the container alone."""
        return f"{self.container.path}!/{self.member}" if self.member else self.container.path

    @property
    def display(self) -> str:
        """The path as text that is safe on a terminal."""
        return FileOrigin(path=self.path).display

    @property
    def uri(self) -> str:
        """The path as a URI reference."""
        return FileOrigin(path=self.path).uri

    @property
    def known_as(self) -> str:
        """The path inside the innermost archive, or that of a lone compressed file without its ending."""
        return self.member.rpartition("!/")[2] or os.path.splitext(self.container.path)[0]

    @property
    def logical_path(self) -> str:
        """The path without content hashes, and without the ending of a lone compressed file: the twin of `app.js`."""
        if self.member:
            return FileOrigin(path=self.path).logical_path
        return FileOrigin(path=os.path.splitext(self.container.path)[0]).logical_path


Origin = FileOrigin | StdinOrigin | MemberOrigin


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """Bytes to scan, and where they came from."""

    origin: Origin
    """Where the bytes came from."""
    data: bytes
    """The bytes; UTF-16 text has been rewritten as UTF-8."""
    exposure: Exposure = Exposure.SOURCE
    """Who gets to see these bytes."""
    kind: str = "text"
    """`text`, `utf-16` (rewritten) or `binary`."""


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
class ChainLink:
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


class Suppression(Enum):
    """Why a finding does not count."""

    DOCUMENTED_DUMMY = "the value is a published example"
    PLACEHOLDER = "the value is a placeholder: one character or one run over and over"


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
    chain: tuple[ChainLink, ...] = ()
    """The way from an entry of browser code to the place, both included; of a finding about code."""
    shipped: str = ""
    """What the browser gets, as a sentence without its full stop; of a finding about code."""
    verdict: "Verdict | None" = None
    """What the vendor said about it; None when verification was not asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skip:
    """Something that was not scanned."""

    origin: Origin
    """What."""
    reason: str
    """Why, as the end of a sentence that begins with the path."""
    incomplete: bool
    """True when something went wrong (unreadable, timed out), False when a setting or rule of the walk left it out."""


class Note(NamedTuple):
    """A file that a rule has something to say about once a build; a tuple because thousands come back from workers."""

    rule_id: str
    """Id of the rule."""
    path: str
    """As shown; of a compressed copy without its ending, so that it counts once beside the file."""


class BlobResult(NamedTuple):
    """What the scan of one blob gave; a tuple because thousands come back from workers."""

    findings: tuple[Finding, ...] = ()
    """In order of offset."""
    skips: tuple[Skip, ...] = ()
    """What could not be done in this blob."""
    kind: str = ""
    """Kind of the blob; empty when it could not be read."""
    size: int = 0
    """Bytes scanned."""
    views: Mapping[str, int] | None = None
    """Kind of reading -> how many were made; None when the bytes were only read as they stand."""
    map_found: bool | None = None
    """Whether the source map of a file with findings could be used; None when none was asked for."""
    values: Mapping[str, bytes] | None = None
    """Secret digest -> value, for the parent process; None unless secrets are to be revealed or verified."""
    notes: tuple[Note, ...] = ()
    """What becomes one finding a build."""
    code: str = ""
    """Absolute path of the file when it is source code that is worth analysing, else empty."""


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
    rules: Mapping[str, AnyRule]
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
