"""Finds one file as a walk over its folder would: with its exposure, or not at all if the walk leaves it out."""

from collections.abc import Sequence

from frontleak.core.paths import display_path
from frontleak.files.exposure import ExposureMap
from frontleak.files.interface import FileEntry
from frontleak.files.walk import FileWalk
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
            target=target,
        )

    def entry(self) -> FileEntry | None:
        """Return the file; None if the walk leaves it out, or if it is no file."""
        return next(
            (each for each in self.entries() if isinstance(each, FileEntry) and each.path == self._target), None
        )


def entry_not_on_disk(folder: str, target: str, here: str) -> FileEntry:
    """Return a file that is not on disk yet, or no longer: nothing says that git ignores it.

    Args:
        folder: that is scanned, absolute.
        target: path of the file, absolute.
        here: what displayed paths count from, absolute.
    """
    exposure, placed, sent = ExposureMap(folder).of_file(target)
    return FileEntry(display_path(here, target), target, 0, exposure, placed=placed, sent=sent)
