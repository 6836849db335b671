"""What to scan: a source yields file entries, and a worker reads each entry into a blob."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, Protocol

from frontleak.core.diagnostic import Diagnostic
from frontleak.core.origins import CommitOrigin, FileOrigin
from frontleak.core.vocabulary import Exposure
from frontleak.files.listed_folder import UNKNOWN, Identity

if TYPE_CHECKING:
    from frontleak.files.recordings.entries import ResponseEntry


class FileEntry(NamedTuple):
    """A file to read and scan; a tuple, because thousands are sent to workers."""

    shown: str
    """Path to display."""
    path: str
    """Path to open."""
    size: int
    """Size in bytes when it was listed."""
    exposure: Exposure
    """Who can see the file."""
    is_link: bool = False
    """Whether the path may be a symbolic link; otherwise one that replaces the file is not followed."""
    only_public: bool = False
    """Whether it is an `.env` file that git ignores, of which only the public variables are read."""
    listed_in: Identity = UNKNOWN
    """The folder in which it was listed; of a link, its target. What has taken its place is not read."""
    placed: bool = True
    """Whether it is in a source tree or in recognised build output; otherwise it counts as served."""
    sent: tuple[str, ...] = ()
    """Of a file that stays on the server, the paths of the parts that are sent (`decode/sent_parts.py`)."""

    @property
    def origin(self) -> FileOrigin:
        """Where the bytes come from."""
        return FileOrigin(path=self.shown)


class BlobEntry(NamedTuple):
    """A blob in a git repository to read and scan; a tuple, because thousands are sent to workers."""

    shown: str
    """Path to display: where the work tree has the file, or would have it."""
    path: str
    """The same path, absolute."""
    size: int
    """Size in bytes; 0 if it was not asked for."""
    exposure: Exposure
    """Who can see the file."""
    blob: str
    """Full hexadecimal id of the bytes."""
    inside: str
    """Path from the top of the repository."""
    tree: str
    """Name of the tree that has the files next to it: the id of a commit, or empty for the index."""
    is_history: bool = False
    """Whether reports name the commit."""
    placed: bool = True
    """Whether it is in a source tree or in recognised build output; otherwise it counts as served."""

    @property
    def origin(self) -> FileOrigin:
        """Where the bytes come from."""
        if self.is_history:
            return CommitOrigin(path=self.shown, commit=self.tree, blob=self.blob, inside=self.inside)
        return FileOrigin(path=self.shown)


class GitSelection(NamedTuple):
    """What of a git repository is scanned instead of the work tree."""

    source: Literal["staged", "diff", "history"]
    range: str = ""
    """What the command line names for `diff` and `history`; empty for everything that the refs reach."""

    @property
    def text(self) -> str:
        """What is scanned, in words."""
        if self.source == "staged":
            return "what is staged"
        return f"what {self.range} adds" if self.source == "diff" else f"the history of {self.range or 'all branches'}"


Cause = Literal["ignored", "excluded", "pruned"]
"""Why a walk left something out: a `.gitignore`, `--exclude`, or the list of folders that are never entered."""


_IN_WORDS: Final[dict[Cause, str]] = {
    "ignored": "git-ignored",
    "excluded": "excluded",
    "pruned": "a folder that is never entered",
}


class LeftOut(NamedTuple):
    """A file or folder that a walk left out."""

    shown: str
    """Path to display."""
    cause: Cause

    @property
    def why(self) -> str:
        """The cause in words."""
        return _IN_WORDS[self.cause]


class FileSource(Protocol):
    """A source of files to scan."""

    @property
    def left_out(self) -> Counter[Cause]:
        """Number of files and folders left out; complete once `entries` is exhausted."""
        ...

    def entries(self) -> Iterator["FileEntry | BlobEntry | ResponseEntry | Diagnostic"]:
        """Yield files to scan, and diagnostics for the others, in an order that depends only on the source."""
        ...
