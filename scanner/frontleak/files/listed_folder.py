"""Opens what a walk has listed in the folder it was listed in, even if another has taken its place since.

Somebody who may write to a scanned tree could replace a folder by a link that leads out of it, between listing and
reading. Where the platform can open a file relative to an open folder, no moment is left for that.
"""

import os
from typing import Final

Identity = tuple[int, int]
"""Device and inode of a folder, or of the target of a link."""
UNKNOWN: Final[Identity] = (0, 0)
HAS_FOLDERS: Final = os.open in os.supports_dir_fd and os.scandir in os.supports_fd
"""Whether the platform opens files relative to a folder and lists an open one: not Windows."""
_FOLDER: Final = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0)


class ReplacedError(OSError):
    """Something else is where a folder, or the target of a link, was listed."""


def identity_of(status: os.stat_result) -> Identity:
    """Return the identity of what was looked at; `UNKNOWN` where the platform does not tell."""
    return (status.st_dev, status.st_ino) if status.st_ino else UNKNOWN


def open_folder(path: str, identity: Identity) -> tuple[int, Identity]:
    """Return a descriptor of a folder, for listing and for opening what is in it, and its identity.

    The descriptor is -1 where the platform has none.

    Raises:
        ReplacedError: another folder is at its path.
        OSError: it cannot be opened.
    """
    if not HAS_FOLDERS:
        return -1, _checked(os.stat(path), identity)
    descriptor = os.open(path, _FOLDER)
    try:
        return descriptor, _checked(os.fstat(descriptor), identity)
    except OSError:
        os.close(descriptor)
        raise


def _checked(status: os.stat_result, identity: Identity) -> Identity:
    found = identity_of(status)
    if identity not in {UNKNOWN, found}:
        raise ReplacedError
    return found


class ListedFolder:
    """The folder of the file that was opened last: a walk lists all files of a folder in a row."""

    def __init__(self) -> None:
        """Start with no folder."""
        self._path = ""
        self._identity = UNKNOWN
        self._descriptor = -1

    def open(self, path: str, flags: int, identity: Identity) -> int:
        """Return a descriptor of a file.

        Args:
            path: of the file.
            flags: for opening it.
            identity: of its folder when that was listed.

        Raises:
            ReplacedError: the folder is another one.
            OSError: the file cannot be opened.
        """
        folder, _, name = path.rpartition("/")
        if not HAS_FOLDERS:
            descriptor = os.open(path, flags)
            try:
                _checked(os.stat(folder or "/"), identity)
            except OSError:
                os.close(descriptor)
                raise
            return descriptor
        if (folder, identity) != (self._path, self._identity) or self._descriptor < 0:
            self._enter(folder, identity)
        return os.open(name, flags, dir_fd=self._descriptor)

    def _enter(self, folder: str, identity: Identity) -> None:
        self.close()
        self._descriptor, _ = open_folder(folder or "/", identity)
        self._path, self._identity = folder, identity

    def close(self) -> None:
        """Close the folder."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
