"""Reads a blob of a repository, and the files that its tree has next to it."""

import os
from collections.abc import Callable
from typing import Final

from frontleak.core.blob import Blob
from frontleak.core.diagnostic import Code, Diagnostic, incomplete
from frontleak.core.paths import slashes
from frontleak.files.git.command import Git
from frontleak.files.git.listing import oversized
from frontleak.files.git.objects import ObjectReader
from frontleak.files.git.staged import INDEX
from frontleak.files.interface import BlobEntry, FileEntry
from frontleak.files.read import read_item, to_blob

_SHORT: Final = 10


class BlobReader:
    """Reads the blobs of one repository in one process; a process of git serves it."""

    def __init__(self, git: Git) -> None:
        self._objects = ObjectReader(git)

    def read(self, entry: BlobEntry, max_size: int) -> Blob | Diagnostic:
        """Return a blob, or why it was not read; `max_size` is in bytes."""
        found = self._objects.blob(entry.blob, max_size)
        if found.data is not None:
            return to_blob(entry.origin, found.data, entry.exposure, placed=entry.placed)
        if not found.problem:
            return oversized(entry, found.size, 0)
        message = f"{found.problem} (blob {entry.blob[:_SHORT]}): the clone is partial, or damaged; nothing is fetched"
        advice = f"`git cat-file -e {entry.blob}` fetches it, `git fsck` finds damage"
        return incomplete(Code.GIT, entry.origin, f"{message}; {advice}")

    def beside(self, entry: BlobEntry) -> Callable[[str, int], bytes | None]:
        """Return a function: absolute path, most bytes -> the bytes of that file in the tree of an entry, or None.

        Of the index, files that it does not have are read from the work tree.
        """
        top = entry.path.removesuffix(entry.inside)

        def read(path: str, most: int) -> bytes | None:
            absolute = slashes(os.path.normpath(path))
            if not absolute.startswith(top):
                return None
            held = self._objects.blob(f"{entry.tree}:{absolute[len(top) :]}", most).data
            is_inside = held is None and slashes(os.path.realpath(absolute)).startswith(slashes(os.path.realpath(top)))
            if not is_inside or entry.tree != INDEX:
                return held
            found = read_item(FileEntry(absolute, absolute, 0, entry.exposure), most)
            return found.data if isinstance(found, Blob) else None

        return read

    def close(self) -> None:
        """End the process of git."""
        self._objects.close()
