"""What can be scanned: a target yields items, and a worker reads each item into a blob."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from frontleak.core.diagnostic import Skip
from frontleak.core.origins import FileOrigin
from frontleak.core.vocabulary import Exposure


class FileEntry(NamedTuple):
    """A file that is to be read and scanned; a tuple because thousands are sent to workers."""

    shown: str
    """The path as shown."""
    path: str
    """The path as opened."""
    size: int
    """Bytes when it was listed."""
    exposure: Exposure
    """Who gets to see it."""

    @property
    def origin(self) -> FileOrigin:
        """Where its bytes come from."""
        return FileOrigin(path=self.shown)


@dataclass(slots=True)
class LeftOut:
    """How much a walk left out, by cause."""

    ignored: int = 0
    """Files and folders a `.gitignore` names."""
    excluded: int = 0
    """Files and folders `--exclude` names."""
    pruned: int = 0
    """Folders that are never entered."""


class FileSource(Protocol):
    """Something that can be scanned."""

    left_out: LeftOut
    """Counts; complete once `entries` has been exhausted."""

    def entries(self) -> Iterator[FileEntry | Skip]:
        """Yield what is to be scanned, and what cannot be, in an order that depends on the target alone."""
        ...
