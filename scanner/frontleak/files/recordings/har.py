"""HAR files: lists their records, and finds bodies by URL."""

import os
import re
import stat
from collections.abc import Iterator
from typing import BinaryIO, Final

from frontleak.core.blob import Blob
from frontleak.core.diagnostic import Code, Diagnostic, incomplete
from frontleak.core.origins import FileOrigin
from frontleak.files.recordings.entries import HarEntry
from frontleak.files.recordings.exchange import Exchange, ExchangeError
from frontleak.files.recordings.har_home import HarHome, home_of, is_har_zip
from frontleak.files.recordings.json_stream import JsonStream, JsonStreamError

_ENTRIES: Final = (b"log", b"entries")
_BEGINNING: Final = re.compile(rb'(?:\xef\xbb\xbf)?\s*+\{\s*+"log"\s*+:\s*+\{')
SAMPLE: Final = 4096
"""Bytes that tell a HAR."""
_PER_BODY: Final = 3
"""Most bytes of a record per byte of its body: base64 takes 4/3, escapes in JSON more; headers are small."""


def begins_har(data: bytes) -> bool:
    """Return whether some bytes are the beginning of a HAR."""
    return _BEGINNING.match(data) is not None


def is_har(path: str) -> bool:
    """Return whether a file is a HAR, by its name and its first bytes, or a ZIP with one and its bodies."""
    if not path.lower().endswith((".har", ".zip")):
        return False
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return False
        if path.lower().endswith(".zip"):
            return is_har_zip(lambda: open(path, "rb"))
        with open(path, "rb") as file:
            return begins_har(file.read(SAMPLE))
    except (OSError, ValueError):
        return False


def har_entries(path: str, shown: str, max_size: int, home: HarHome | None = None) -> Iterator[HarEntry | Diagnostic]:
    """Yield the records of a HAR as they are found, and a diagnostic for what cannot be read.

    Args:
        path: to open.
        shown: as displayed.
        max_size: bytes of the largest body that is scanned.
        home: where the HAR is; None for what the path tells.
    """
    number = 0
    origin = FileOrigin(path=shown)
    try:
        with (home or home_of(path)).open() as file:
            stream = JsonStream(file, max_size * _PER_BODY)
            for number, element in enumerate(stream.elements(_ENTRIES), start=1):
                yield HarEntry(shown, path, element.start, len(element.data), number)
            if not stream.found:
                yield incomplete(Code.RECORDING, origin, "has no list log.entries, so nothing of it was scanned")
    except JsonStreamError as error:
        read = f"{number:,} record{'' if number == 1 else 's'} before it"
        message = f"{error} at byte {error.at:,}: only the {read} could be read"
        yield incomplete(Code.RECORDING, origin, f"{message}; record the site again")
    except OSError as error:
        yield incomplete(Code.UNREADABLE, origin, f"cannot be read: {error.strerror or error}")


class HarFile:
    """A HAR file that a worker reads records of."""

    def __init__(self, path: str, shown: str, max_size: int, home: HarHome | None = None) -> None:
        """Store where it is; it is opened for the first record. Without a home, the path tells it."""
        self._path, self._shown, self._max_size = path, shown, max_size
        self._home = home or home_of(path)
        self._file: BinaryIO | None = None
        self._index: dict[str, tuple[int, int, int]] | None = None

    def parts(self, entry: HarEntry) -> Iterator[Blob | Diagnostic]:
        """Yield the blobs of a record, or why there are none."""
        try:
            yield from self._exchange(entry.start, entry.size, entry.number).parts(self._max_size)
        except ExchangeError as error:
            yield incomplete(Code.RECORDING, entry.origin, f"{error}; it was not scanned")
        except OSError as error:
            yield incomplete(Code.UNREADABLE, entry.origin, f"cannot be read: {error.strerror or error}")

    def body(self, url: str) -> bytes | None:
        """Return the body of the first successful response of a URL; None if there is none.

        The first call reads the whole file once more.
        """
        try:
            if self._index is None:
                self._index = self._urls()
            found = self._index.get(url)
            return None if found is None else self._exchange(*found).body(self._max_size)
        except (OSError, ExchangeError):
            return None

    def _urls(self) -> dict[str, tuple[int, int, int]]:
        """Return where the records with a body are, by URL."""
        index: dict[str, tuple[int, int, int]] = {}
        for entry in har_entries(self._path, self._shown, self._max_size, self._home):
            if isinstance(entry, HarEntry):
                try:
                    exchange = self._exchange(entry.start, entry.size, entry.number)
                except ExchangeError:
                    continue
                if exchange.has_body:
                    index.setdefault(exchange.url, (entry.start, entry.size, entry.number))
        return index

    def _exchange(self, start: int, size: int, number: int) -> Exchange:
        if self._file is None:
            self._file = self._home.open()  # stays open for the next record
        self._file.seek(start)
        return Exchange(self._file.read(size), number, self._shown, self._home)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None
