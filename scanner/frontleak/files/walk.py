"""Walks the named files and folders on disk, in the order given."""

import os
import stat
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePath

from frontleak.core.diagnostic import Code, Diagnostic, incomplete
from frontleak.core.origins import FileOrigin
from frontleak.core.paths import display_path, slashes
from frontleak.core.repository import repository_root
from frontleak.files.exposure import ExposureMap
from frontleak.files.file_entries import FileEntries
from frontleak.files.folder_walk import Choice, FolderWalk, WalkFolder
from frontleak.files.interface import Cause, FileEntry, LeftOut
from frontleak.files.listed_folder import identity_of
from frontleak.files.omissions import Exclusions, Omissions, Tracked, dropped_patterns, ignore_files_above
from frontleak.files.walk_rules import WalkRules


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
        target: str = "",
    ) -> None:
        """Store what to walk; exclude patterns count from a folder, or else from the working directory.

        Skipping a file over `max_size` but not over `expected_size` bytes is incomplete. `left_out` is called with
        each file and folder that is left out. Of a `target`, only what is on the way to it is looked at.

        Raises:
            InputError: named paths do not exist; the error lists all of them.
            ConfigError: an exclude pattern is invalid.
        """
        missing = [path for path in paths if not os.path.lexists(path)]
        if missing:
            from frontleak.files.missing_paths import not_there  # noqa: PLC0415 - only for a mistake

            raise not_there(missing)
        self._here = slashes(os.getcwd())
        self._paths = paths
        self._max_size = max_size
        self._expected_size = expected_size
        exclusions = Exclusions(exclude, exclude_folder, self._here)
        self._choice = Choice(walk_rules, exclusions, Omissions(self._here, left_out), Tracked(), gitignore, target)
        self.named_excluded = 0
        """Named paths that the exclude patterns leave out."""
        self.folders: list[str] = []
        """Absolute paths of the folders that were listed."""
        self.has_links = False
        """Whether a link to a folder was followed."""

    @property
    def left_out(self) -> Counter[Cause]:
        """See `FileSource.left_out`."""
        return self._choice.omissions.counts

    @property
    def tracked_in(self) -> tuple[str, ...]:
        """The tops of the checkouts whose index was asked for a file that a `.gitignore` names."""
        return self._choice.tracked.tops

    def entries(self) -> Iterator[FileEntry | Diagnostic]:
        """See `FileSource.entries`."""
        seen: set[str] = set()
        yield from self._choice.exclusions.dropped
        for path in dict.fromkeys(slashes(os.path.abspath(path)) for path in self._paths):
            for entry in self._walk_named(path):
                key = entry.path if isinstance(entry, FileEntry) else f"skip:{entry.origin.path}"
                if key not in seen:
                    seen.add(key)
                    yield entry

    def _walk_named(self, path: str) -> Iterator[FileEntry | Diagnostic]:
        """Yield what is at a named path, absolute, with forward slashes."""
        root = path if os.path.isdir(path) else path.rpartition("/")[0]
        shown = display_path(self._here, path)
        origin = FileOrigin(path=shown or ".")
        try:
            status = os.stat(path)
        except OSError as error:
            yield incomplete(Code.UNREADABLE, origin, f"cannot be read: {error.strerror or error}")
            return
        is_folder = stat.S_ISDIR(status.st_mode)
        self._choice.exclusions.enter(root)
        if shown and self._choice.exclusions.hold_named(path, is_folder=is_folder):
            self._choice.omissions.add("excluded", path)
            self.named_excluded += 1
            return
        exposures = ExposureMap(root)
        files = FileEntries(exposures, max_size=self._max_size, expected_size=self._expected_size)
        if is_folder:
            yield from self._walk_folder(path, shown, status, exposures, files)
        else:
            yield files.of(origin.path, path, status, is_link=os.path.islink(path))

    def _walk_folder(
        self, path: str, shown: str, status: os.stat_result, exposures: ExposureMap, files: FileEntries
    ) -> Iterator[FileEntry | Diagnostic]:
        checkout = repository_root(path) or ""
        built = self._is_built(path, checkout or self._here)
        ignores = ignore_files_above(path) if self._choice.gitignore and not built else ()
        for file in ignores:
            above = display_path(self._here, file.folder.rstrip("/"))
            yield from dropped_patterns(file, FileOrigin(path=f"{above}/.gitignore" if above else ".gitignore"))
        walk = FolderWalk(self._choice, exposures, files, (os.path.realpath(path), os.path.realpath(checkout or path)))
        walk.folders = self.folders  # of all named folders
        yield from walk.entries(WalkFolder(path, shown, ignores, built, identity_of(status), checkout))
        self.has_links = self.has_links or walk.has_links
        yield from self._choice.tracked.unread(self._here)

    def _is_built(self, folder: str, above: str) -> bool:
        """Return whether a folder, or one that it is in, is build output by its name, as far up as another folder."""
        if folder == above:
            return False
        inside = folder.startswith(f"{above.rstrip('/')}/")
        parts = PurePath(folder[len(above) :] if inside else folder).parts
        return any(self._choice.rules.build_output.holds(part, folder) for part in parts)
