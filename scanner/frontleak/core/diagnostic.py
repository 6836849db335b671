"""What could not be done: the one type for skipped files, failed steps and limits that were reached."""

from enum import StrEnum
from typing import Final

from frontleak.core.origins import Origin
from frontleak.core.records import dataclass

_SHORTEST_CUT: Final = 20
"""Fewest characters of a message that is looked at: `shown_names.SHORTEST`."""


class Level(StrEnum):
    """How much a diagnostic matters."""

    NOTE = "note"
    """A setting, a rule of the walk or a limit of the tool left something out; the scan is complete all the same."""
    INCOMPLETE = "incomplete"
    """Something went wrong (unreadable, timed out, cut off): the scan is incomplete, exit code 3."""


class Code(StrEnum):
    """What happened, for programs that read reports."""

    UNREADABLE = "unreadable"
    DELETED = "deleted"
    TOO_LARGE = "too-large"
    LINK = "link"
    NOT_A_FILE = "not-a-file"
    TIMED_OUT = "timed-out"
    TOO_MANY_FINDINGS = "too-many-findings"
    RUN_LIMIT = "run-limit"
    """A limit of the whole run; listed once, for the first file that was affected."""
    OUT_OF_MEMORY = "out-of-memory"
    WORKER_DIED = "worker-died"
    ARCHIVE = "archive"
    """A compressed file or archive that could not be read, or not to its end."""
    RECORDING = "recording"
    """A recording of a site that was not read to its end, or that lacks what the site sent."""
    SITE = "site"
    """Something that a deployed site serves and that was not asked for, or not received whole."""
    DECODING = "decoding"
    """Encoded text that was not decoded, or not all of it."""
    IGNORE_COMMENT = "ignore-comment"
    """A comment that was meant to silence findings and silences nothing."""
    EXPIRED = "expired"
    """An entry that ignored a finding until a date in the past."""
    IGNORE_PATTERNS = "ignore-patterns"
    """An ignore file with more patterns than are applied."""
    GIT = "git"
    """Part of a git repository that was not read: a blob that a partial clone lacks, a submodule, a damaged index."""
    SOURCE_MAP = "source-map"
    SOURCE_CODE = "source-code"
    """Source code that was not analysed, or whose imports were not followed."""
    ENV_FILE = "env-file"
    """A line of an env file that sets no variable, or a file of variables that was not read."""
    VERDICT_CACHE = "verdict-cache"


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """Something that was not scanned, not read or not done, and why."""

    level: Level
    """Whether it makes the scan incomplete."""
    code: Code
    """What happened, for programs."""
    origin: Origin
    """The file; `origin.display` is its path as reports show it."""
    message: str
    """Why, as the end of a sentence that begins with the path; names in it are cut as those of paths."""

    def __post_init__(self) -> None:
        if len(self.message) >= _SHORTEST_CUT:
            from frontleak.core.shown_names import shown_name  # noqa: PLC0415 - most scans have no diagnostics

            object.__setattr__(self, "message", shown_name(self.message))

    @property
    def is_advice(self) -> bool:
        """Whether it is about what the team wrote, such as an expired entry: nothing was left out of the scan."""
        return self.code in {Code.IGNORE_COMMENT, Code.EXPIRED}

    @property
    def incomplete(self) -> bool:
        """Whether it makes the scan incomplete."""
        return self.level is Level.INCOMPLETE


def note(code: Code, origin: Origin, message: str) -> Diagnostic:
    """Return a diagnostic that leaves the scan complete."""
    return Diagnostic(level=Level.NOTE, code=code, origin=origin, message=message)


def incomplete(code: Code, origin: Origin, message: str) -> Diagnostic:
    """Return a diagnostic that makes the scan incomplete."""
    return Diagnostic(level=Level.INCOMPLETE, code=code, origin=origin, message=message)
