"""Walks files and folders on disk."""

import os
import stat
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from frontleak.core.diagnostic import Code, Diagnostic, incomplete, note
from frontleak.core.origins import FileOrigin
from frontleak.core.paths import slashes
from frontleak.core.records import dataclass, replace
from frontleak.core.repository import repository_root
from frontleak.core.vocabulary import Exposure
from frontleak.files.archives.magic_numbers import is_web_archive
from frontleak.files.env_file import is_env_file
from frontleak.files.exposure import ExposureMap
from frontleak.files.ignore import (
    MOST_PATTERNS,
    IgnoreFile,
    check_patterns,
    compile_patterns,
    excludes,
    is_ignored,
    read_ignore_file,
)
from frontleak.files.interface import Cause, FileEntry, LeftOut
from frontleak.files.listed_folder import UNKNOWN, Identity, ReplacedError, identity_of, open_folder
from frontleak.files.read import too_large
from frontleak.files.walk_rules import WalkRules

if TYPE_CHECKING:
    from frontleak.files.git.tracked import TrackedFiles

_REPOSITORIES: Final = frozenset({".git", ".hg", ".svn", ".jj"})
"""Pruned folders that nobody expects to be scanned, so they are not counted."""


@dataclass(frozen=True, slots=True)
class _WalkFolder:
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


class FileWalk:
    """A walk over the named files and folders, in the order given; each folder is walked in name order.

    A named path is scanned even if a `.gitignore` ignores it or its folder is in the list of pruned folders.
    """

    def __init__(
        self,
        paths: Sequence[str],
        walk_rules: WalkRules,
        *,
        max_size: int,
        expected_size: int = 0,
        gitignore: bool = True,
        exclude: Sequence[str] = (),
        exclude_folder: str = "",
        left_out: Callable[[LeftOut], None] | None = None,
    ) -> None:
        """Store what to walk; exclude patterns count from a folder, or else from the working directory.

        Skipping a file over `max_size` but not over `expected_size` bytes is incomplete. `left_out` is called with
        each file and folder that is left out.

        Raises:
            InputError: named paths do not exist; the error lists all of them.
            ConfigError: an exclude pattern is invalid.
        """
        missing = [path for path in paths if not os.path.lexists(path)]
        if missing:
            from frontleak.files.missing_paths import not_there  # noqa: PLC0415 - only for a mistake

            raise not_there(missing)
        check_patterns(exclude)
        self.left_out: Counter[Cause] = Counter()
        self._tell = left_out
        self._paths = paths
        self._rules = walk_rules
        self._max_size = max_size
        self._expected_size = expected_size
        self._gitignore = gitignore
        self._here = slashes(os.getcwd())
        self._exclude = compile_patterns(exclude, exclude_folder or self._here) if exclude else None
        self._moves = not exclude_folder
        self.named_excluded = 0
        """Named paths that the exclude patterns leave out."""
        self._root = ""
        self._repository = ""
        self._named_root = ""
        self._exposure_map = ExposureMap(self._here)
        self._tracked: dict[str, TrackedFiles] = {}
        """By top of a checkout."""
        self._entered: set[tuple[int, int]] = set()
        self._links: list[_WalkFolder] = []
        """Links to folders outside what was walked so far; followed once everything else is listed."""
        self.folders: list[str] = []
        """Absolute paths of the folders that were listed."""
        self.has_links = False
        """Whether a link to a folder was followed."""
        self._notes: list[Diagnostic] = []
        if self._exclude:
            self._note_dropped(self._exclude, FileOrigin(path="."), "exclude patterns")

    def entries(self) -> Iterator[FileEntry | Diagnostic]:
        """See `FileSource.entries`."""
        seen: set[str] = set()
        yield from self._notes
        for path in dict.fromkeys(slashes(os.path.abspath(path)) for path in self._paths):
            for entry in self._walk_named(path):
                key = entry.path if isinstance(entry, FileEntry) else f"skip:{entry.origin.path}"
                if key not in seen:
                    seen.add(key)
                    yield entry

    def _walk_named(self, path: str) -> Iterator[FileEntry | Diagnostic]:
        absolute = slashes(os.path.abspath(path))
        self._named_root = absolute if os.path.isdir(absolute) else absolute.rpartition("/")[0]
        self._exposure_map = ExposureMap(self._named_root)
        shown = display_path(self._here, absolute)
        origin = FileOrigin(path=shown or ".")
        try:
            status = os.stat(path)
        except OSError as error:
            yield incomplete(Code.UNREADABLE, origin, f"cannot be read: {error.strerror or error}")
            return
        if shown and self._is_named_excluded(absolute, is_folder=stat.S_ISDIR(status.st_mode)):
            return
        if stat.S_ISDIR(status.st_mode):
            self._root = os.path.realpath(path)
            self._entered = {identity_of(status)}
            built = any(self._is_build_output(absolute, part) for part in self._parts_in_repository(absolute))
            self._notes.clear()
            ignores = self._outer_ignores(absolute) if self._gitignore and not built else ()
            yield from self._notes
            top = repository_root(absolute)
            self._repository = os.path.realpath(top or path)
            yield from self._walk(_WalkFolder(absolute, shown, ignores, built, identity_of(status), top or ""))
            yield from self._walk_links()
            yield from self._unread_indexes()
        else:
            built = any(self._is_build_output(absolute, part) for part in self._parts_in_repository(absolute)[:-1])
            yield self._file(origin.path, absolute, status, is_link=os.path.islink(path))

    def _is_named_excluded(self, path: str, *, is_folder: bool) -> bool:
        """Return whether exclude patterns leave out a named path, itself or through one of its folders."""
        if self._exclude is None:
            return False
        patterns = self._patterns_for(self._exclude, path)
        if not excludes(patterns, path, is_folder=is_folder):
            return False
        self._leave_out("excluded", path)
        self.named_excluded += 1
        return True

    def _patterns_for(self, patterns: IgnoreFile, path: str) -> IgnoreFile:
        """Return patterns as they hold for a path: those of the command line move with a path outside their folder."""
        if not self._moves or path.startswith(patterns.folder):
            return patterns
        return replace(patterns, folder=f"{self._named_root.rstrip('/')}/")

    def _parts_in_repository(self, absolute: str) -> tuple[str, ...]:
        root = repository_root(absolute) or self._here
        if absolute == root:
            return ()
        inside = absolute.startswith(f"{root.rstrip('/')}/")
        return PurePath(absolute[len(root) :] if inside else absolute).parts

    def _is_build_output(self, path: str, name: str) -> bool:
        return self._rules.build_output.holds(name, path)

    def _outer_ignores(self, folder: str) -> tuple[IgnoreFile, ...]:
        """Return the ignore files of the parent folders, from the repository root down, without the folder's own."""
        root = repository_root(folder)
        if root is None:
            return ()
        files = [read_ignore_file(root, ".git/info/exclude")]
        above, parts = root, PurePath(os.path.relpath(folder, root)).parts
        for part in parts if folder != root else ():
            files.append(read_ignore_file(above))
            above = f"{above.rstrip('/')}/{part}"
        for file in files:
            if file:
                shown = display_path(self._here, file.folder.rstrip("/"))
                self._note_dropped(file, FileOrigin(path=f"{shown}/.gitignore" if shown else ".gitignore"))
        return tuple(file for file in files if file)

    def _note_dropped(self, file: IgnoreFile, origin: FileOrigin, what: str = "patterns") -> None:
        if file.dropped:
            message = f"has more than {MOST_PATTERNS:,} {what}; the last {file.dropped:,} were not applied"
            self._notes.append(note(Code.IGNORE_PATTERNS, origin, message))

    def _walk(self, top: _WalkFolder) -> Iterator[FileEntry | Diagnostic]:
        stack = [top]
        while stack:
            folder = stack.pop()
            inner: list[_WalkFolder] = []
            self.folders.append(folder.path)
            try:
                descriptor, identity = open_folder(folder.path, folder.identity)
                try:
                    yield from self._list(replace(folder, identity=identity), descriptor, inner)
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

    def _list(self, folder: _WalkFolder, descriptor: int, inner: list[_WalkFolder]) -> Iterator[FileEntry | Diagnostic]:
        """Yield the files of a folder, and add the folders in it to `inner`."""
        with os.scandir(descriptor if descriptor >= 0 else folder.path) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
        names = {entry.name for entry in entries}
        self._exposure_map.enter(folder.path, names)
        if ".git" in names and folder.top != folder.path:
            folder = replace(folder, top=folder.path)
        ignores = folder.ignores
        if self._gitignore and not folder.built and ".gitignore" in names:
            own = read_ignore_file(folder.path)
            ignores = (*ignores, own) if own else ignores
            if own and own.dropped:
                self._notes.clear()
                path = f"{folder.shown}/.gitignore" if folder.shown else ".gitignore"
                self._note_dropped(own, FileOrigin(path=path))
                yield from self._notes
        for entry in entries:
            found = self._entry(entry, folder, ignores)
            if isinstance(found, _WalkFolder):
                inner.append(found)
            elif found is not None:
                yield found

    def _walk_links(self) -> Iterator[FileEntry | Diagnostic]:
        """Walk the folders that only a link leads to: each once, so that links in a circle end."""
        self.has_links = self.has_links or bool(self._links)
        while self._links:
            folder = self._links.pop(0)
            try:
                status = os.stat(folder.path)
            except OSError:
                continue
            if not self._entered_before(status):
                yield from self._walk(folder)

    def _entry(
        self, entry: "os.DirEntry[str]", folder: _WalkFolder, ignores: tuple[IgnoreFile, ...]
    ) -> _WalkFolder | FileEntry | Diagnostic | None:
        """Return a folder to walk, a file to scan, a diagnostic, or None if the entry is left out."""
        path = f"{folder.path}/{entry.name}"
        shown = f"{folder.shown}/{entry.name}" if folder.shown else entry.name
        link = entry.is_symlink()
        try:
            status = os.stat(path) if link else entry.stat(follow_symlinks=False)
        except OSError as error:
            origin, why = FileOrigin(path=shown), f"cannot be read: {error.strerror or error}"
            return note(Code.LINK, origin, "is a broken link") if link else incomplete(Code.UNREADABLE, origin, why)
        is_folder = stat.S_ISDIR(status.st_mode)
        built = folder.built or (is_folder and self._rules.build_output.holds(entry.name, path))
        if self._is_left_out(entry.name, path, is_folder=is_folder):
            return self._served_repository(path, shown) if is_folder and entry.name == ".git" else None
        ignored = folder.ignored or (not built and bool(ignores) and is_ignored(ignores, path, is_folder=is_folder))
        if ignored and not self._is_tracked(folder.top, path, is_folder=is_folder and not link):
            return self._ignored(entry, path, shown, status, in_ignored=folder.ignored)
        outside = link and not self._in_repository(path)
        if outside or not is_folder:
            listed_in = identity_of(status) if link else folder.identity
            return self._file(shown, path, status, listed_in, is_link=link, outside=outside)
        inner = _WalkFolder(path, shown, ignores, built and not ignored, identity_of(status), folder.top, ignored)
        if link:
            self._links.append(inner)
        return None if link or self._entered_before(status) else inner

    def _ignored(
        self, entry: "os.DirEntry[str]", path: str, shown: str, status: os.stat_result, *, in_ignored: bool
    ) -> FileEntry | Diagnostic | None:
        """Leave out an entry that git ignores; of an `.env` file, a build still publishes the public variables.

        `in_ignored` tells that git ignores its folder as a whole, which nobody builds.
        """
        link = entry.is_symlink()
        if (
            is_env_file(entry.name)
            and not in_ignored
            and stat.S_ISREG(status.st_mode)
            and self._exposure_map.exposure(path) is Exposure.SOURCE
            and (not link or self._in_repository(path))
        ):
            found = self._file(shown, path, status, is_link=link)
            return found._replace(only_public=True) if isinstance(found, FileEntry) else found
        self._leave_out("ignored", path)
        return None

    def _is_left_out(self, name: str, path: str, *, is_folder: bool) -> bool:
        if is_folder and self._rules.prune.holds(name, path) and not self._is_served_package(name, path):
            if name not in _REPOSITORIES:
                self._leave_out("pruned", path)
            return True
        return self._exclude is not None and self._excluded(path, is_folder=is_folder)

    def _is_tracked(self, top: str, path: str, *, is_folder: bool) -> bool:
        """Return whether git tracks an ignored file, or a file in an ignored folder."""
        if not top:
            return False
        tracked = self._tracked.get(top)
        if tracked is None:
            from frontleak.files.git.tracked import TrackedFiles  # noqa: PLC0415 - only where something is ignored

            tracked = self._tracked[top] = TrackedFiles(top)
        return tracked.holds(path, is_folder=is_folder)

    @property
    def tracked_in(self) -> tuple[str, ...]:
        """The tops of the checkouts whose index was asked for a file that a `.gitignore` names."""
        return tuple(self._tracked)

    def _unread_indexes(self) -> Iterator[Diagnostic]:
        for top, tracked in self._tracked.items():
            if tracked.problem:
                origin = FileOrigin(path=f"{display_path(self._here, top) or '.'}/.git/index".removeprefix("./"))
                message = f"{tracked.problem}, so git-ignored files that are in the repository were left out"
                yield note(Code.GIT, origin, message)

    def _is_served_package(self, name: str, path: str) -> bool:
        """Return whether a folder of packages is in build output that browsers are served, as `dist/node_modules`."""
        return (
            name == "node_modules"
            and self._exposure_map.is_build_output(path)
            and self._exposure_map.exposure(f"{path}/x") is Exposure.SERVED
        )

    def _served_repository(self, path: str, shown: str) -> FileEntry | Diagnostic | None:
        """Return the `.git/config` of a repository inside build output, which would be served too."""
        config = f"{path}/config"
        if not self._exposure_map.is_build_output(path) or os.path.islink(path) or os.path.islink(config):
            return None
        if not os.path.isfile(config) or (self._exclude and self._excluded(path, is_folder=True)):
            return None
        return self._file(f"{shown}/config", config, os.stat(config))

    def _file(
        self,
        shown: str,
        path: str,
        status: os.stat_result,
        listed_in: Identity = UNKNOWN,
        *,
        is_link: bool = False,
        outside: bool = False,
    ) -> FileEntry | Diagnostic:
        if outside:
            return note(Code.LINK, FileOrigin(path=shown), "is a link that points outside the repository")
        if not stat.S_ISREG(status.st_mode):
            return note(Code.NOT_A_FILE, FileOrigin(path=shown), "is not a regular file")
        if status.st_size > self._max_size and not is_web_archive(path):  # its records are read one by one
            report = incomplete if status.st_size <= self._expected_size else note
            return report(Code.TOO_LARGE, FileOrigin(path=shown), too_large(status.st_size))
        exposure, placed = self._exposure_map.exposure(path), self._exposure_map.is_placed(path)
        sent = self._exposure_map.sent_parts(path) if exposure is Exposure.SERVER else ()
        return FileEntry(shown, path, status.st_size, exposure, is_link, listed_in=listed_in, placed=placed, sent=sent)

    def _excluded(self, path: str, *, is_folder: bool) -> bool:
        if self._exclude is None:
            return False
        patterns = self._patterns_for(self._exclude, path)
        if not path.startswith(patterns.folder):
            return False
        if patterns.verdict(path, is_folder=is_folder) is not True:
            return False
        self._leave_out("excluded", path)
        return True

    def _leave_out(self, cause: Cause, path: str) -> None:
        self.left_out[cause] += 1
        if self._tell is not None:
            self._tell(LeftOut(display_path(self._here, path), cause))

    def _in_repository(self, path: str) -> bool:
        """Return whether a link leads to a place in the scanned folder or in its repository."""
        real = os.path.realpath(path)
        tops = (self._root, self._repository)
        return any(real == top or real.startswith(top.rstrip(os.sep) + os.sep) for top in tops)

    def _entered_before(self, status: os.stat_result) -> bool:
        identity = (status.st_dev, status.st_ino)
        if identity in self._entered and status.st_ino:
            return True
        self._entered.add(identity)
        return False


def display_path(here: str, absolute: str) -> str:
    """Return a path as displayed in reports: relative to the working directory if inside it, else absolute."""
    return "" if absolute == here else absolute.removeprefix(f"{here.rstrip('/')}/")
