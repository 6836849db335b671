"""What a list of the source files of a folder was made of."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol


class SourceListing(NamedTuple):
    """What a list of files was made of: names in folders, ignore files, and an index of git."""

    folders: Sequence[str]
    """Absolute paths of the listed folders."""
    tracked_in: Sequence[str]
    """Tops of the checkouts whose index was asked whether git tracks a file."""


class SourceListings(Protocol):
    """Lists source files, and tells what the list was made of."""

    @property
    def key(self) -> str:
        """The options that decide which files are listed."""

    def below(self, folder: str) -> Iterator[str]:
        """Yield the absolute paths of the source files of an absolute folder."""

    def listing(self, folder: str) -> SourceListing | None:
        """Return what the last answer for a folder was made of; None if that is more than what a listing tells."""
