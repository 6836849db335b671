"""What to scan: a source yields file entries, and a worker reads each entry into a blob."""

from collections import Counter
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple, Protocol

from frontleak.core.diagnostic import Diagnostic
from frontleak.core.origins import FileOrigin
from frontleak.core.vocabulary import Exposure
from frontleak.files.listed_folder import UNKNOWN, Identity


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

    left_out: Counter[Cause]
    """Number of files and folders left out; complete once `entries` is exhausted."""

    def entries(self) -> Iterator[FileEntry | Diagnostic]:
        """Yield files to scan, and diagnostics for the others, in an order that depends only on the source."""
        ...
