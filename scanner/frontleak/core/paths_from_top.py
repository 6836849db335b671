"""Paths in identities: from the top of the project, so that every working directory gives the same fingerprints."""

import os
from collections.abc import Sequence

from frontleak.core.paths import slashes
from frontleak.core.repository import project_top


class PathsFromTop:
    """Converts paths as displayed to paths from the top of their project.

    Where nothing marks a top, paths count from the working directory, and those outside of it from the scanned folder:
    `frontleak ignore` then writes its file into the working directory, which becomes the top by that.
    """

    def __init__(self, here: str, named: Sequence[str]) -> None:
        """Store the working directory (absolute, with forward slashes) and the paths that were passed to the scan."""
        self._here = here
        folders = (path if os.path.isdir(path) else os.path.dirname(path) for path in named)
        self._named = sorted({slashes(os.path.join(here, os.path.normpath(folder))) for folder in folders}, key=len)
        self._tops: dict[str, str] = {}
        self._known: dict[str, str] = {}

    def __call__(self, path: str) -> str:
        """Return the path of a file or folder from the top of its project; empty for the top itself.

        Args:
            path: absolute, or from the working directory; with forward slashes.
        """
        known = self._known.get(path)
        if known is None:
            absolute = self._absolute(path)
            known = self._known[path] = _within(absolute, self.top_of(path))
        return known

    def top_of(self, path: str) -> str:
        """Return the absolute folder of the top of the project that a file or folder is in."""
        absolute = self._absolute(path)
        folder = absolute if os.path.isdir(absolute) else os.path.dirname(absolute)
        if folder not in self._tops:
            self._tops[folder] = project_top(folder) or self._unmarked(folder)
        return self._tops[folder]

    def _absolute(self, path: str) -> str:
        return slashes(os.path.normpath(os.path.join(self._here, path)))

    def _unmarked(self, folder: str) -> str:
        return next((each for each in (self._here, *self._named) if _is_within(folder, each)), folder)


def _is_within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder.rstrip('/')}/")


def _within(path: str, folder: str) -> str:
    """Return a path from a folder that it is in."""
    return "" if path == folder else path.removeprefix(f"{folder.rstrip('/')}/")
