"""HARs in stores: told and opened as those on disk, through ranges, or as a whole where a server sends none."""

import io
import zipfile
from collections.abc import Iterator
from functools import partial
from typing import BinaryIO, Final

from frontleak.core.diagnostic import Diagnostic
from frontleak.files.recordings.entries import HarEntry
from frontleak.files.recordings.har import SAMPLE, begins_har, har_entries
from frontleak.files.recordings.har_home import HarHome, HarInZip, MissingBodyError, is_har_zip
from frontleak.files.stores.entries import StoreEntry
from frontleak.files.stores.reader import StoreReader
from frontleak.files.stores.store import StoreError

_MOST_WHOLE: Final = 256 << 20
"""Bytes of a HAR that is read as a whole."""


class HarInStore:
    """A HAR that is an object, whose attached bodies are the objects beside it."""

    def __init__(self, reader: StoreReader, entry: StoreEntry) -> None:
        """Store what reads it; it is opened for the first record."""
        self._reader, self._entry = reader, entry

    def open(self) -> BinaryIO:
        """Return the object; see `HarHome`."""
        return _opened(self._reader, self._entry)

    def body(self, name: str, max_size: int) -> bytes:
        """Return the bytes of the object beside it; see `HarHome`."""
        data = self._reader.body(self._entry, f"{self._entry.shown.rpartition('/')[0]}/{name}", max_size)
        if data is None:
            raise MissingBodyError("is not there, too large or cannot be read")
        return data


def har_home(reader: StoreReader, entry: StoreEntry) -> HarHome:
    """Return where the HAR of an object is, by the end of its name."""
    if entry.shown.lower().endswith(".zip"):
        return HarInZip(lambda: zipfile.ZipFile(_opened(reader, entry)))
    return HarInStore(reader, entry)


def is_har_object(reader: StoreReader, entry: StoreEntry) -> bool:
    """Return whether an object is a HAR, by its name and its first bytes, or a ZIP with one and its bodies."""
    name = entry.shown.lower()
    if name.endswith(".zip"):
        return is_har_zip(partial(_opened, reader, entry))
    try:
        return name.endswith(".har") and begins_har(reader.whole(entry.store, entry.path, SAMPLE))
    except StoreError:
        return False


def records_of(reader: StoreReader, entry: StoreEntry, max_size: int) -> Iterator[HarEntry | Diagnostic]:
    """Yield the records of a HAR; `max_size` is the bytes of the largest body that is scanned."""
    for each in har_entries(entry.path, entry.shown, max_size, har_home(reader, entry)):
        yield each._replace(file=entry) if isinstance(each, HarEntry) else each


def _opened(reader: StoreReader, entry: StoreEntry) -> BinaryIO:
    """Open an object.

    Raises:
        OSError: it cannot be read.
    """
    try:
        file = reader.open(entry)
        file.read(1)
        file.seek(0)
    except OSError:
        try:
            data = reader.whole(entry.store, entry.path, _MOST_WHOLE)
        except StoreError as error:
            raise OSError(0, str(error)) from None
        if len(data) > _MOST_WHOLE:
            raise
        return io.BytesIO(data)
    return file
