"""The source files below a folder of which the scan named only some files."""

from collections.abc import Callable, Iterator

from frontleak.core.diagnostic import Diagnostic
from frontleak.files.walk import FileWalk
from frontleak.files.walk_rules import load_walk_rules
from frontleak.modulegraph.source_listing import SourceListing
from frontleak.scanning.inputs import may_be_source
from frontleak.scanning.options import ScanOptions


class WalkedSources:
    """Walks folders, and tells what the answer depends on."""

    def __init__(self, options: ScanOptions) -> None:
        """Set the options of the scan."""
        self._options = options
        self._listings: dict[str, SourceListing] = {}

    @property
    def key(self) -> str:
        """The options that decide which files are listed."""
        return f"{self._options.largest} {int(self._options.gitignore)}"

    def below(self, folder: str) -> Iterator[str]:
        """Yield the absolute paths of the source files of an absolute folder."""
        walk = FileWalk([folder], load_walk_rules(), max_size=self._options.largest, gitignore=self._options.gitignore)
        is_certain = True
        for entry in walk.entries():
            if isinstance(entry, Diagnostic):
                is_certain = False
            elif may_be_source(entry):
                yield entry.path
        if is_certain and not walk.has_links:
            self._listings[folder] = SourceListing(tuple(walk.folders), walk.tracked_in)

    def listing(self, folder: str) -> SourceListing | None:
        """Return what the last answer for a folder was made of; None if that is more than what a listing tells."""
        return self._listings.get(folder)


class CommittedSources:
    """Lists the source files of a commit or the index, and tells what the answer depends on besides the tree."""

    key = "git"

    def __init__(self, below: Callable[[str], Iterator[str]]) -> None:
        """Set what lists the absolute paths of the source files of an absolute folder."""
        self._below = below
        self._folders: dict[str, set[str]] = {}

    def below(self, folder: str) -> Iterator[str]:
        """Yield the absolute paths of the source files of an absolute folder."""
        folders = self._folders[folder] = {folder}
        for path in self._below(folder):
            folders.add(path.rpartition("/")[0])
            yield path

    def listing(self, folder: str) -> SourceListing | None:
        """Return what the last answer for a folder was made of: who can see a file depends on what is next to it."""
        folders = self._folders.get(folder)
        return SourceListing(sorted(folders), ()) if folders is not None else None
