"""Access to the files of one source tree, and to nothing outside it."""

import os
import stat
from typing import Final, NamedTuple, Protocol, runtime_checkable

from frontleak.core.digests import blake2b

LARGEST_CONFIG: Final = 1_000_000
"""Bytes of the largest readable configuration file."""
_MOST_PATH: Final = 4_000
"""Characters of the longest path."""


def joined(folder: str, path: str) -> str | None:
    """Return a path joined to a folder and normalised; None when it leaves the root or is not a valid path.

    The folder and the result are relative to the root of a tree, as in `FileTree`; a path with a leading slash starts
    at the root.
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
    """A tree of files. Paths are relative to its root, with forward slashes, without `.` or `..`; the root is empty."""

    def is_file(self, path: str) -> bool:
        """Return whether a path is a regular file."""

    def names(self, folder: str) -> frozenset[str]:
        """Return the names of the files and folders in a folder; empty when it cannot be listed."""

    def read(self, path: str) -> bytes | None:
        """Return the content of a file; None when it is missing or too large for a configuration file."""

    def canonical(self, path: str) -> str:
        """Return the path with symbolic links resolved."""

    def linked(self, path: str) -> str | None:
        """Return the folder that a symbolic link leads to; None if it is no link or leads out of the tree."""


@runtime_checkable
class WatchedTree(FileTree, Protocol):
    """A tree that tells whether it is as it was."""

    @property
    def kind(self) -> str:
        """What its files come from."""

    def state(self, before: int) -> "TreeState | None":
        """Return what the answers so far were made of; None when that is not certain.

        Args:
            before: nanoseconds since the epoch; what changed later may have changed again within the same tick.
        """

    def is_in(self, state: "TreeState") -> bool:
        """Return whether the tree would answer as it did when it was in a state."""


class TreeState(NamedTuple):
    """All that answers of a tree on disk were made of."""

    folders: dict[str, tuple[int, int, str]]
    """Listed folder -> time of its last change in nanoseconds, inode, digest of its entries."""
    files: dict[str, tuple[int, int, int]]
    """File that was read -> its size in bytes, time of change in nanoseconds and inode, or numbers of a blob of git."""
    tracked: str = ""
    """Digest of the paths of a tree of git; empty for a tree on disk."""


class DiskFileTree:
    """The files below a folder on disk. Each folder is listed once; links out of the tree are not followed."""

    kind = "disk"

    def __init__(self, root: str) -> None:
        """Keep the folder, which need not exist."""
        self._root = os.path.realpath(root)
        self._inside = self._root.rstrip(os.sep) + os.sep
        self._folders: dict[str, _FolderListing] = {}
        self._changed: dict[str, tuple[int, int]] = {}
        self._read: dict[str, tuple[int, int, int]] = {}
        self._is_certain = True
        """Whether `state` tells all: no link was followed and every file could be read."""

    def is_file(self, path: str) -> bool:
        """See `FileTree`."""
        folder, _, name = path.rpartition("/")
        listed = self._folder(folder)
        if name not in listed.links:
            return name in listed.files
        return self._real_file(path) is not None

    def names(self, folder: str) -> frozenset[str]:
        """See `FileTree`."""
        return self._folder(folder).names

    def read(self, path: str) -> bytes | None:
        """See `FileTree`."""
        real = self._real_file(path) if self.is_file(path) else None
        if real is None:
            return None
        try:
            with open(real, "rb") as file:
                self._read[path] = _facts(os.fstat(file.fileno()))
                data = file.read(LARGEST_CONFIG + 1)
        except OSError:
            self._is_certain = False
            return None
        return data if len(data) <= LARGEST_CONFIG else None

    def canonical(self, path: str) -> str:
        """See `FileTree`."""
        folder, _, name = path.rpartition("/")
        listed = self._folder(folder)
        if not listed.linked and name not in listed.links:
            return path
        real = self._real_file(path)
        return path if real is None else real[len(self._inside) :].replace(os.sep, "/")

    def linked(self, path: str) -> str | None:
        """See `FileTree`."""
        folder, _, name = path.rpartition("/")
        if name not in self._folder(folder).links:
            return None
        self._is_certain = False
        real = self._real(path)
        return None if real is None else real[len(self._inside) :].replace(os.sep, "/")

    def state(self, before: int) -> TreeState | None:
        """See `WatchedTree`."""
        changed = {path: self._changed.get(path, (before, 0)) for path in self._folders}
        times = (*(time for time, _ in changed.values()), *(time for _, time, _ in self._read.values()))
        if not self._is_certain or any(time >= before for time in times):
            return None
        folders = {path: (*changed[path], listing.digest()) for path, listing in self._folders.items()}
        return TreeState(folders, dict(self._read))

    def is_in(self, state: TreeState) -> bool:
        """See `WatchedTree`."""
        try:
            for path, (time, inode, digest) in state.folders.items():
                found = os.lstat(self._inside + path)
                is_same = (found.st_mtime_ns, found.st_ino) == (time, inode) and stat.S_ISDIR(found.st_mode)
                if not is_same and self._folder(path).digest() != digest:
                    return False
            for path, facts in state.files.items():
                found = os.lstat(self._inside + path)
                if _facts(found) != facts or not stat.S_ISREG(found.st_mode):
                    return False
        except (OSError, ValueError):
            return False
        return self._is_certain

    def _real_file(self, path: str) -> str | None:
        """Return the absolute path of a regular file inside the root, with links resolved."""
        real = self._real(path)
        if real is None or real.replace(os.sep, "/") != self._inside.replace(os.sep, "/") + path:
            self._is_certain = False
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
        listing = self._folders.get(path)
        if listing is not None:
            return listing
        if len(path) > _MOST_PATH:
            return _EMPTY
        unlisted = [path]
        while (above := unlisted[-1].rpartition("/")[0]) not in self._folders and unlisted[-1]:
            unlisted.append(above)
        for each in reversed(unlisted):
            above, _, name = each.rpartition("/")
            if each and name not in self._folders[above].names:
                return _EMPTY
            self._folders[each] = self._list(each)
        return self._folders[path]

    def _list(self, path: str) -> "_FolderListing":
        real = self._real(path)
        if real is None:
            self._is_certain = False
            return _EMPTY
        files, links, names = [], [], []
        try:
            facts = os.stat(real)
            self._changed[path] = facts.st_mtime_ns, facts.st_ino
            with os.scandir(real) as entries:
                for entry in entries:
                    names.append(entry.name)
                    if entry.is_symlink():
                        links.append(entry.name)
                    elif entry.is_file():
                        files.append(entry.name)
        except OSError:
            self._is_certain = False
            return _EMPTY
        linked = real.replace(os.sep, "/") != (self._inside.replace(os.sep, "/") + path).rstrip("/")
        self._is_certain = self._is_certain and not linked
        return _FolderListing(frozenset(names), frozenset(files), frozenset(links), linked)


class _FolderListing(NamedTuple):
    names: frozenset[str]
    """All entries."""
    files: frozenset[str]
    """Regular files."""
    links: frozenset[str]
    """Symbolic links to any target."""
    linked: bool
    """Whether the folder was reached through a link."""

    def digest(self) -> str:
        """Return a digest of the entries."""
        state = blake2b(digest_size=12)
        for names in (self.names, self.files, self.links):
            state.update("\0".join(sorted(names)).encode("utf-8", "surrogateescape") + b"\0\0")
        return state.hexdigest()


def _facts(found: os.stat_result) -> tuple[int, int, int]:
    """Return what tells a version of a file from another."""
    return found.st_size, found.st_mtime_ns, found.st_ino


_EMPTY: Final = _FolderListing(frozenset(), frozenset(), frozenset(), linked=False)
