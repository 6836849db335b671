"""Finds one file as a walk over its folder would: with its exposure, or not at all if the walk leaves it out."""

import os
from collections.abc import Sequence

from frontleak.core.diagnostic import Diagnostic
from frontleak.core.vocabulary import Exposure
from frontleak.files.exposure import ExposureMap
from frontleak.files.ignore import IgnoreFile
from frontleak.files.interface import FileEntry
from frontleak.files.walk import FileWalk, _WalkFolder, display_path
from frontleak.files.walk_rules import WalkRules


class WalkTo(FileWalk):
    """A walk over a folder that enters only what is on the way to one file."""

    def __init__(
        self,
        folder: str,
        target: str,
        walk_rules: WalkRules,
        *,
        max_size: int,
        gitignore: bool,
        exclude: Sequence[str],
        exclude_folder: str,
    ) -> None:
        """Store the way; both paths are absolute, with forward slashes.

        Raises:
            InputError: the folder does not exist.
            ConfigError: an exclude pattern is invalid.
        """
        self._target = target
        super().__init__(
            [folder],
            walk_rules,
            max_size=max_size,
            gitignore=gitignore,
            exclude=exclude,
            exclude_folder=exclude_folder,
        )

    def entry(self) -> FileEntry | None:
        """Return the file; None if the walk leaves it out, or if it is no file."""
        return next(
            (each for each in self.entries() if isinstance(each, FileEntry) and each.path == self._target), None
        )

    def _entry(
        self, entry: "os.DirEntry[str]", folder: _WalkFolder, ignores: tuple[IgnoreFile, ...]
    ) -> _WalkFolder | FileEntry | Diagnostic | None:
        path = f"{folder.path.rstrip('/')}/{entry.name}"
        if path != self._target and not self._target.startswith(f"{path}/"):
            return None
        return super()._entry(entry, folder, ignores)


def entry_not_on_disk(folder: str, target: str, here: str) -> FileEntry:
    """Return a file that is not on disk yet, or no longer: nothing says that git ignores it.

    Args:
        folder: that is scanned, absolute.
        target: path of the file, absolute.
        here: what displayed paths count from, absolute.
    """
    exposures = ExposureMap(folder)
    exposure = exposures.exposure(target)
    sent = exposures.sent_parts(target) if exposure is Exposure.SERVER else ()
    placed = exposures.is_placed(target)
    return FileEntry(display_path(here, target), target, 0, exposure, placed=placed, sent=sent)
