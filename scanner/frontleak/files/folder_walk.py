"""Walks one named folder: lists each folder in it once, and decides of each entry what becomes of it."""

import os
import stat
from collections.abc import Iterator
from operator import attrgetter
from typing import Final, NamedTuple

from frontleak.core.diagnostic import Code, Diagnostic, incomplete, note
from frontleak.core.origins import FileOrigin
from frontleak.core.records import dataclass, replace
from frontleak.core.vocabulary import Exposure
from frontleak.files.env_file import is_env_file
from frontleak.files.exposure import ExposureMap
from frontleak.files.file_entries import FileEntries
from frontleak.files.ignore import IgnoreFile, is_ignored, read_ignore_file
from frontleak.files.interface import FileEntry
from frontleak.files.listed_folder import Identity, ReplacedError, identity_of, open_folder
from frontleak.files.omissions import Exclusions, Omissions, Tracked, dropped_patterns
from frontleak.files.walk_rules import WalkRules

_REPOSITORIES: Final = frozenset({".git", ".hg", ".svn", ".jj"})
"""Pruned folders that nobody expects to be scanned, so they are not counted."""
_NAME: Final = attrgetter("name")


@dataclass(frozen=True, slots=True)
class WalkFolder:
    """A folder to list."""

    path: str
    """Absolute, with forward slashes."""
    shown: str
    """As displayed in reports; empty for the working directory."""
    ignores: tuple[IgnoreFile, ...]
    """Outermost first."""
    built: bool
    """Whether it is inside build output, where `.gitignore` is not honoured."""
    identity: Identity
    """What was found at the path; what has taken its place is not listed."""
    top: str = ""
    """Top of the checkout it is in; empty outside of one."""
    ignored: bool = False
    """Whether a `.gitignore` ignores it, so that only files which git tracks count."""


class Choice(NamedTuple):
    """What a walk takes and what it leaves out."""

    rules: WalkRules
    exclusions: Exclusions
    omissions: Omissions
    tracked: Tracked
    gitignore: bool
    """Whether `.gitignore` files are honoured."""
    target: str = ""
    """Absolute path of the only file that is wanted: nothing is looked at but what is on the way; empty for all."""


class FolderWalk:
    """A walk over a named folder and what links in it lead to, in the same repository."""

    def __init__(self, choice: Choice, exposures: ExposureMap, files: FileEntries, tops: tuple[str, ...]) -> None:
        """Store what to take, who can see files, what makes their entries, and where links may lead to (real paths)."""
        self._choice = choice
        self._has_exclusions = bool(choice.exclusions)
        self._exposures = exposures
        self._files = files
        self._tops = tops
        self._entered: set[Identity] = set()
        self._links: list[WalkFolder] = []
        """Links to folders outside what was walked so far; followed once everything else is listed."""
        self.folders: list[str] = []
        """Absolute paths of the folders that were listed."""
        self.has_links = False
        """Whether a link to a folder was followed."""

    def entries(self, top: WalkFolder) -> Iterator[FileEntry | Diagnostic]:
        """Yield the files of a folder and of all folders in it, in name order, then those that only a link leads to."""
        self._entered.add(top.identity)
        yield from self._walk(top)
        self.has_links = bool(self._links)
        while self._links:
            folder = self._links.pop(0)
            try:
                status = os.stat(folder.path)
            except OSError:
                continue
            if not self._entered_before(status):  # each once, so that links in a circle end
                yield from self._walk(folder)

    # --- folders ---

    def _walk(self, top: WalkFolder) -> Iterator[FileEntry | Diagnostic]:
        stack = [top]
        while stack:
            folder = stack.pop()
            inner: list[WalkFolder] = []
            self.folders.append(folder.path)
            try:
                descriptor, identity = open_folder(folder.path, folder.identity)
                if identity != folder.identity:
                    folder = replace(folder, identity=identity)
                try:
                    yield from self._list(folder, descriptor, inner)
                finally:
                    if descriptor >= 0:
                        os.close(descriptor)
            except ReplacedError:
                message = "was not listed: it was replaced after the folder above it was listed"
                yield incomplete(Code.LINK, FileOrigin(path=folder.shown or "."), message)
            except OSError as error:
                origin = FileOrigin(path=folder.shown or ".")
                yield incomplete(Code.UNREADABLE, origin, f"cannot be listed: {error.strerror or error}")
            stack += reversed(inner)

    def _list(self, folder: WalkFolder, descriptor: int, inner: list[WalkFolder]) -> Iterator[FileEntry | Diagnostic]:
        """Yield the files of a folder, and add the folders in it to `inner`."""
        with os.scandir(descriptor if descriptor >= 0 else folder.path) as listing:
            entries = sorted(listing, key=_NAME)
        names = set(map(_NAME, entries))
        self._exposures.enter(folder.path, names)
        if ".git" in names and folder.top != folder.path:
            folder = replace(folder, top=folder.path)
        ignores = folder.ignores
        if self._choice.gitignore and not folder.built and ".gitignore" in names:
            own = read_ignore_file(folder.path)
            if own:
                ignores = (*ignores, own)
                path = f"{folder.shown}/.gitignore" if folder.shown else ".gitignore"
                yield from dropped_patterns(own, FileOrigin(path=path))
        if self._choice.target:
            entries = [entry for entry in entries if self._is_on_the_way(f"{folder.path.rstrip('/')}/{entry.name}")]
        for entry in entries:
            found = self._entry(entry, folder, ignores)
            if isinstance(found, WalkFolder):
                inner.append(found)
            elif found is not None:
                yield found

    def _is_on_the_way(self, path: str) -> bool:
        return path == self._choice.target or self._choice.target.startswith(f"{path}/")

    # --- entries ---

    def _entry(
        self, entry: "os.DirEntry[str]", folder: WalkFolder, ignores: tuple[IgnoreFile, ...]
    ) -> WalkFolder | FileEntry | Diagnostic | None:
        """Return a folder to walk, a file to scan, a diagnostic, or None if the entry is left out."""
        name = entry.name
        path = f"{folder.path}/{name}"
        shown = f"{folder.shown}/{name}" if folder.shown else name
        link = entry.is_symlink()
        try:
            status = os.stat(path) if link else entry.stat(follow_symlinks=False)
        except OSError as error:
            origin, why = FileOrigin(path=shown), f"cannot be read: {error.strerror or error}"
            return note(Code.LINK, origin, "is a broken link") if link else incomplete(Code.UNREADABLE, origin, why)
        is_folder = stat.S_ISDIR(status.st_mode)
        if is_folder and self._is_pruned(name, path):
            return self._served_repository(path, shown) if name == ".git" else None
        if self._has_exclusions and self._is_excluded(path, is_folder=is_folder):
            return None
        built = folder.built or (is_folder and self._choice.rules.build_output.holds(name, path))
        ignored = folder.ignored or (not built and bool(ignores) and is_ignored(ignores, path, is_folder=is_folder))
        if ignored and not self._choice.tracked.holds(folder.top, path, is_folder=is_folder and not link):
            return self._ignored(name, path, shown, status, link=link, in_ignored=folder.ignored)
        outside = link and not self._is_inside(path)
        if outside or not is_folder:
            listed_in = identity_of(status) if link else folder.identity
            return _leads_outside(shown) if outside else self._files.of(shown, path, status, listed_in, is_link=link)
        inner = WalkFolder(path, shown, ignores, built and not ignored, identity_of(status), folder.top, ignored)
        if link:
            self._links.append(inner)
        return None if link or self._entered_before(status) else inner

    def _is_pruned(self, name: str, path: str) -> bool:
        if not self._choice.rules.prune.holds(name, path) or self._is_served_package(name, path):
            return False
        if name not in _REPOSITORIES:
            self._choice.omissions.add("pruned", path)
        return True

    def _is_served_package(self, name: str, path: str) -> bool:
        """Return whether a folder of packages is in build output that browsers are served, as `dist/node_modules`."""
        return (
            name == "node_modules"
            and self._exposures.is_build_output(path)
            and self._exposures.exposure(f"{path}/x") is Exposure.SERVED
        )

    def _is_excluded(self, path: str, *, is_folder: bool) -> bool:
        excluded = self._choice.exclusions.hold(path, is_folder=is_folder)
        if excluded:
            self._choice.omissions.add("excluded", path)
        return excluded

    def _served_repository(self, path: str, shown: str) -> FileEntry | Diagnostic | None:
        """Return the `.git/config` of a repository inside build output, which would be served too."""
        config = f"{path}/config"
        if not self._exposures.is_build_output(path) or os.path.islink(path) or os.path.islink(config):
            return None
        if not os.path.isfile(config) or self._is_excluded(path, is_folder=True):
            return None
        return self._files.of(f"{shown}/config", config, os.stat(config))

    def _ignored(
        self, name: str, path: str, shown: str, status: os.stat_result, *, link: bool, in_ignored: bool
    ) -> FileEntry | Diagnostic | None:
        """Leave out an entry that git ignores; of an `.env` file, a build still publishes the public variables.

        `in_ignored` tells that git ignores its folder as a whole, which nobody builds.
        """
        if (
            is_env_file(name)
            and not in_ignored
            and stat.S_ISREG(status.st_mode)
            and self._exposures.exposure(path) is Exposure.SOURCE
            and (not link or self._is_inside(path))
        ):
            found = self._files.of(shown, path, status, is_link=link)
            return found._replace(only_public=True) if isinstance(found, FileEntry) else found
        self._choice.omissions.add("ignored", path)
        return None

    def _is_inside(self, path: str) -> bool:
        """Return whether a link leads to a place in the scanned folder or in its repository."""
        real = os.path.realpath(path)
        return any(real == top or real.startswith(top.rstrip(os.sep) + os.sep) for top in self._tops)

    def _entered_before(self, status: os.stat_result) -> bool:
        identity = (status.st_dev, status.st_ino)
        if identity in self._entered and status.st_ino:
            return True
        self._entered.add(identity)
        return False


def _leads_outside(shown: str) -> Diagnostic:
    return note(Code.LINK, FileOrigin(path=shown), "is a link that points outside the repository")
