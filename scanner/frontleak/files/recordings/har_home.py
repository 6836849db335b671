"""Where a HAR is: a file with others next to it, a ZIP as Playwright writes it, or memory."""

import io
import os
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import partial
from typing import BinaryIO, Final, Protocol

from frontleak.core.blob import Blob
from frontleak.core.diagnostic import Code
from frontleak.core.vocabulary import Exposure
from frontleak.files.interface import FileEntry
from frontleak.files.read import read_item, too_large

_ATTACHED: Final = re.compile(r"[0-9a-f]{40}(?:\.[\w.-]{1,40})?")
"""Name of a body in a ZIP of Playwright: a SHA-1 and an ending (packages/trace, har.ts)."""
_END: Final = struct.Struct("<4s4H2LH")
"""The end of a ZIP (APPNOTE.TXT 6.3.10, 4.3.16)."""
_MOST_MEMBERS: Final = 50_000
_MOST_DIRECTORY: Final = 16 * 1024 * 1024
"""Bytes of the directory of a ZIP, of which `zipfile` makes an object for each member."""
_MOST_HAR: Final = 256 * 1024 * 1024
"""Bytes of a HAR in a ZIP, which is read as a whole."""
_ERRORS: Final = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, KeyError)
"""What `zipfile` raises for what is damaged, encrypted or packed in a way that it does not know."""


Opener = Callable[[], BinaryIO]
"""Opens something for reading at any offset; raises OSError where that fails."""


class MissingBodyError(Exception):
    """A body is not where the HAR says; the text says why, as the end of a sentence about the file."""

    def __init__(self, message: str, *, is_note: bool = False) -> None:
        """Keep the reason, and whether it was left out on purpose."""
        super().__init__(message)
        self.is_note = is_note


class HarHome(Protocol):
    """Opens a HAR, and reads the bodies that it has in files."""

    def open(self) -> BinaryIO:
        """Return the HAR as a stream that can be sought in.

        Raises:
            OSError: it cannot be read.
        """
        ...

    def body(self, name: str, max_size: int) -> bytes:
        """Return the bytes of an attached body; the name has no folder.

        Raises:
            MissingBodyError: it is not there, too large or damaged.
        """
        ...


class HarOnDisk:
    """A HAR whose attached bodies are in its folder."""

    def __init__(self, path: str) -> None:
        """Store the path to open."""
        self._path = path

    def open(self) -> BinaryIO:
        """Return the file."""
        return open(self._path, "rb")

    def body(self, name: str, max_size: int) -> bytes:
        """Return the bytes of the file next to it; links are not followed out of the folder."""
        path = os.path.join(os.path.dirname(self._path), name)
        found = read_item(FileEntry(name, path, 0, Exposure.SERVED), max_size)
        if isinstance(found, Blob):
            return found.data
        raise MissingBodyError(found.message, is_note=found.code is Code.TOO_LARGE)


class HarInZip:
    """A HAR and its bodies in one ZIP."""

    def __init__(self, opener: Callable[[], zipfile.ZipFile]) -> None:
        """Store what opens the ZIP, which closes what it reads when it goes."""
        self._opener = opener
        self._zip: zipfile.ZipFile | None = None

    def open(self) -> BinaryIO:
        """Return the HAR, read as a whole."""
        try:
            name = next(each for each in self._opened().namelist() if each.lower().endswith(".har"))
            return io.BytesIO(self._read(name, _MOST_HAR))
        except (*_ERRORS, StopIteration) as error:
            raise OSError("the ZIP is damaged or encrypted") from error
        except MissingBodyError as error:
            raise OSError(f"the HAR in it {error}") from error

    def body(self, name: str, max_size: int) -> bytes:
        """Return the bytes of a member."""
        try:
            return self._read(name, max_size)
        except KeyError as error:
            raise MissingBodyError("is not in it") from error
        except (*_ERRORS, OSError) as error:
            raise MissingBodyError("is damaged or encrypted") from error

    def _read(self, name: str, most: int) -> bytes:
        with self._opened().open(name) as member:
            data = member.read(most + 1)
        if len(data) > most:
            raise MissingBodyError(f"has {too_large(len(data), 'more than ')}", is_note=True)
        return data

    def _opened(self) -> zipfile.ZipFile:
        if self._zip is None:
            self._zip = self._opener()
        return self._zip


class HarInMemory:
    """A HAR that was read from standard input."""

    def __init__(self, data: bytes) -> None:
        """Store its bytes."""
        self._data = data

    def open(self) -> BinaryIO:
        """Return the bytes as a stream."""
        return io.BytesIO(self._data)

    def body(self, name: str, max_size: int) -> bytes:  # noqa: ARG002 - the interface
        """Raise: there is nothing next to it."""
        raise MissingBodyError("is not part of standard input: name the HAR instead")


def home_of(path: str) -> HarHome:
    """Return where the HAR of a path is, by the end of its name."""
    return HarInZip(partial(zipfile.ZipFile, path)) if path.lower().endswith(".zip") else HarOnDisk(path)


def is_har_zip(opener: Opener) -> bool:
    """Return whether what is opened is a ZIP with a HAR and nothing else but bodies that it may name."""
    try:
        with opener() as file:
            if not _has_small_directory(file):
                return False
            with zipfile.ZipFile(file) as archive:
                names = archive.namelist()
    except (*_ERRORS, OSError):
        return False
    hars = [name for name in names if name.lower().endswith(".har") and "/" not in name]
    others = [name for name in names if name not in hars]
    return len(hars) == 1 and len(names) <= _MOST_MEMBERS and all(map(_ATTACHED.fullmatch, others))


def _has_small_directory(file: BinaryIO) -> bool:
    """Return whether a ZIP says that its directory is small, without reading it; one of more than 4 GB is none."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _END.size - 0xFFFF))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or at + _END.size > len(tail) or b"PK\x06\x07" in tail:
        return False
    *_, count, directory, _, _ = _END.unpack_from(tail, at)
    return bool(count <= _MOST_MEMBERS and directory <= _MOST_DIRECTORY)
