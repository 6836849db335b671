"""What to scan: a source yields file entries, and a worker reads each entry into a blob."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from frontleak.core.diagnostic import Diagnostic
from frontleak.core.origins import FileOrigin
from frontleak.core.vocabulary import Exposure


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

    @property
    def origin(self) -> FileOrigin:
        """Where the bytes come from."""
        return FileOrigin(path=self.shown)


@dataclass(slots=True)
class LeftOut:
    """How many files and folders a walk left out, by cause."""

    ignored: int = 0
    """Files and folders ignored by a `.gitignore`."""
    excluded: int = 0
    """Files and folders excluded by `--exclude`."""
    pruned: int = 0
    """Folders that are never entered."""


class FileSource(Protocol):
    """A source of files to scan."""

    left_out: LeftOut
    """Counts, complete once `entries` is exhausted."""

    def entries(self) -> Iterator[FileEntry | Diagnostic]:
        """Yield files to scan and skips for those that cannot be, in an order that depends only on the source."""
        ...
