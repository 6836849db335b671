"""The files of one source tree, looked at through an interface that knows nothing outside it."""

import os
import stat
from typing import Final, NamedTuple, Protocol

_MOST_READ: Final = 1_000_000
"""Bytes of the largest configuration file that is read."""
_MOST_PATH: Final = 4_000
"""Characters of the longest path."""


def joined(folder: str, path: str) -> str | None:
    """Return the path that another path leads to from a folder; None when it leaves the root or is no path.

    Both count from the root of a tree, as in `Files`; a path that begins with a slash counts from the root itself.
    """
    if len(path) > _MOST_PATH or "\0" in path:
        return None
    parts = folder.split("/") if folder and not path.startswith("/") else []
    for part in path.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


class FileTree(Protocol):
    """A tree of files. Paths count from its root, with forward slashes, and without `.` or `..`; the root is empty."""

    def is_file(self, path: str) -> bool:
        """Say whether a regular file stands at a path."""

    def names(self, folder: str) -> frozenset[str]:
        """Return the names of the files and folders in a folder; none when it cannot be listed."""

    def read(self, path: str) -> bytes | None:
        """Return what is in a file; None when there is none, or it is too large to be a configuration file."""

    def canonical(self, path: str) -> str:
        """Return the path at which a file stands that is reached through links; the path itself without links."""


class DiskFileTree:
    """The files below a folder on disk, each folder listed once; links out of it lead nowhere."""

    def __init__(self, root: str) -> None:
        """Remember the folder, which need not exist."""
        self._root = os.path.realpath(root)
        self._inside = self._root.rstrip(os.sep) + os.sep
        self._folders: dict[str, _FolderListing] = {}

    def is_file(self, path: str) -> bool:
        """See `Files`."""
        folder, _, name = path.rpartition("/")
        listed = self._folder(folder)
        if name not in listed.links:
            return name in listed.files
        return self._real_file(path) is not None

    def names(self, folder: str) -> frozenset[str]:
        """See `Files`."""
        return self._folder(folder).names

    def read(self, path: str) -> bytes | None:
        """See `Files`."""
        real = self._real_file(path) if self.is_file(path) else None
        if real is None:
            return None
        try:
            with open(real, "rb") as file:
                data = file.read(_MOST_READ + 1)
        except OSError:
            return None
        return data if len(data) <= _MOST_READ else None

    def canonical(self, path: str) -> str:
        """See `Files`."""
        folder, _, name = path.rpartition("/")
        listed = self._folder(folder)
        if not listed.linked and name not in listed.links:
            return path
        real = self._real_file(path)
        return path if real is None else real[len(self._inside) :].replace(os.sep, "/")

    def _real_file(self, path: str) -> str | None:
        """Return the absolute path of a regular file inside the root, links followed."""
        real = self._real(path)
        try:
            return real if real and stat.S_ISREG(os.stat(real).st_mode) else None
        except (OSError, ValueError):
            return None

    def _real(self, path: str) -> str | None:
        if len(path) > _MOST_PATH or "\0" in path:
            return None
        try:
            real = os.path.realpath(self._inside + path)
        except (OSError, ValueError):
            return None
        return real if real == self._root or real.startswith(self._inside) else None

    def _folder(self, path: str) -> "_FolderListing":
        known = self._folders.get(path)
        if known is not None:
            return known
        if len(path) > _MOST_PATH:
            return _NOTHING
        unknown = [path]
        while (above := unknown[-1].rpartition("/")[0]) not in self._folders and unknown[-1]:
            unknown.append(above)
        for each in reversed(unknown):
            above, _, name = each.rpartition("/")
            if each and name not in self._folders[above].names:
                return _NOTHING
            self._folders[each] = self._listed(each)
        return self._folders[path]

    def _listed(self, path: str) -> "_FolderListing":
        real = self._real(path)
        if real is None:
            return _NOTHING
        files, links, names = [], [], []
        try:
            with os.scandir(real) as entries:
                for entry in entries:
                    names.append(entry.name)
                    if entry.is_symlink():
                        links.append(entry.name)
                    elif entry.is_file():
                        files.append(entry.name)
        except OSError:
            return _NOTHING
        linked = real.replace(os.sep, "/") != (self._inside.replace(os.sep, "/") + path).rstrip("/")
        return _FolderListing(frozenset(names), frozenset(files), frozenset(links), linked)


class _FolderListing(NamedTuple):
    names: frozenset[str]
    """All its entries."""
    files: frozenset[str]
    """Regular files."""
    links: frozenset[str]
    """Symbolic links, wherever they lead."""
    linked: bool
    """Whether the folder was reached through a link."""


_NOTHING: Final = _FolderListing(frozenset(), frozenset(), frozenset(), linked=False)
