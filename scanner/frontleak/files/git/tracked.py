"""Which files of a checkout git tracks: a walk reads them even where a `.gitignore` names them, as git does."""

import os
from collections.abc import Iterable, Iterator
from typing import Final

from frontleak.files.git.index_file import IndexEntry, IndexFileError, entries_of, git_folder, index_bytes

_MOST_SEARCHES: Final = 32
"""Paths that are searched in the bytes of an index; from then on, reading its entries is cheaper."""
_PLAIN: Final = (b"DIRC\0\0\0\x02", b"DIRC\0\0\0\x03")
"""Beginnings of an index that has each path in full."""
_SPLIT: Final = b"link"
"""Signature of the part of an index that names another file."""


class TrackedFiles:
    """The files of one checkout that git tracks; the index is read when the first path is asked for."""

    def __init__(self, top: str) -> None:
        """Keep the top of the checkout: absolute, with forward slashes."""
        self._top = f"{top.rstrip('/')}/"
        self._folder = ""
        self._data: bytes | None = None
        self._searches = 0
        self._paths: set[str] | None = None
        self.problem = ""
        """Why the index was not read, as the end of a sentence that begins with its name; empty if it was."""

    def holds(self, path: str, *, is_folder: bool) -> bool:
        """Return whether git tracks a file, or a file in a folder, given by its absolute path."""
        if not path.startswith(self._top):
            return False
        if self._data is None:
            self._data = self._read()
        inside = path[len(self._top) :]
        if self._paths is None and self._is_missing(self._data, inside, is_folder=is_folder):
            return False
        if self._paths is None:
            self._paths = set(self._listed(self._data))
        return f"{inside}/" in self._paths if is_folder else inside in self._paths

    def _read(self) -> bytes:
        self._folder = git_folder(self._top) or ""
        try:
            return index_bytes(self._folder) if self._folder else b""
        except IndexFileError as error:
            self.problem = str(error)
            return b""

    def _is_missing(self, data: bytes, inside: str, *, is_folder: bool) -> bool:
        """Return whether the bytes of the index show that a path is not in it; False if they do not tell."""
        if not data:
            return True
        self._searches += 1
        if self._searches > _MOST_SEARCHES or not data.startswith(_PLAIN) or _SPLIT in data:
            return False
        return os.fsencode(inside) + (b"/" if is_folder else b"\0") not in data

    def _listed(self, data: bytes) -> Iterator[str]:
        try:
            return _with_folders(entries_of(data, self._folder))
        except IndexFileError as error:
            self.problem = str(error)
            return iter(())


def _with_folders(entries: Iterable[IndexEntry]) -> Iterator[str]:
    """Yield each path, and each folder with a slash at its end."""
    last = ""
    for entry in entries:
        path = os.fsdecode(entry.path)
        yield path
        above = path.rpartition("/")[0]
        if above == last:
            continue
        last = above
        while above:
            yield f"{above}/"
            above = above.rpartition("/")[0]
