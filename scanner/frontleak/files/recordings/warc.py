"""WARC files: lists their records, reads them by offset, and finds bodies by URL."""

import io
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, Final

from frontleak.core.blob import Blob
from frontleak.core.diagnostic import Code, Diagnostic, incomplete
from frontleak.core.origins import FileOrigin
from frontleak.core.run_budget import RunBudget
from frontleak.files.interface import FileEntry
from frontleak.files.read import opened
from frontleak.files.recordings.cdx import CdxIndex, index_on_disk, offsets_in
from frontleak.files.recordings.entries import WarcEntry
from frontleak.files.recordings.http_message import status_of
from frontleak.files.recordings.unpacked import WarcError
from frontleak.files.recordings.warc_record import WarcRecord
from frontleak.files.recordings.warc_stream import MISSING, WarcStream, has_fastwarc
from frontleak.files.stores.entries import StoreEntry

_OK: Final = range(200, 300)
_STATUS_LINE: Final = 100
"""Bytes of a response in which its status is."""
_PER_RECORD: Final = 2_000
"""Bytes that take as long as a record without any: so many small ones are work for several processes."""
_BODIES: Final = ("response", "resource")
"""Types of records that hold bodies."""

Archive = FileEntry | StoreEntry
"""A file or an object that is a WARC."""
Opener = Callable[[Any], BinaryIO]
"""Opens an archive for reading at any offset."""


Indexed = Callable[[Any], CdxIndex | None]
"""Returns the index beside an archive; None if there is none."""


def open_file(entry: FileEntry) -> BinaryIO:
    """Open an archive on disk.

    Raises:
        OSError: it cannot be opened, or is not what was listed.
    """
    return open(opened(entry), "rb")


def index_beside(entry: FileEntry) -> CdxIndex | None:
    """Return the index beside an archive on disk; None if there is none."""
    return index_on_disk(entry.path)


def missing(shown: str) -> Diagnostic:
    """Return why a WARC is not scanned where the extra is not installed."""
    return incomplete(Code.RECORDING, FileOrigin(path=shown), MISSING)


def warc_entries(
    file: Archive, max_size: int, opener: Opener = open_file, indexed: Indexed = index_beside
) -> Iterator[WarcEntry | Diagnostic]:
    """Yield the records of a WARC as they are found, and a diagnostic for what cannot be read.

    Args:
        file: the archive.
        max_size: bytes of the largest body that is scanned.
        opener: opens it.
        indexed: finds its index, if it is damaged.
    """
    if not has_fastwarc():
        yield missing(file.shown)
        return
    origin = FileOrigin(path=file.shown)
    try:
        with opener(file) as stream:
            yield from _listed(file, stream, max_size, indexed)
    except WarcError as error:
        yield incomplete(Code.RECORDING, origin, f"{error}; nothing of it was scanned")
    except OSError as error:
        yield incomplete(Code.UNREADABLE, origin, f"cannot be read: {error.strerror or type(error).__name__}")


def _listed(file: Archive, stream: BinaryIO, max_size: int, indexed: Indexed) -> Iterator[WarcEntry | Diagnostic]:
    archive = WarcStream(stream)
    entry: WarcEntry | None = None
    number = 0
    try:
        for number, record in enumerate(archive, start=1):
            if record.offset is None:  # it has no address: one worker reads all from the record before it on, in order
                at, first = (0, 1) if entry is None else (entry.offset, entry.number)
                yield WarcEntry(file, at, archive.size - at, first, to_end=True)
                return
            if entry is not None:
                yield entry
            entry = WarcEntry(file, record.offset, min(record.size, max_size) + _PER_RECORD, number)
        if entry is not None:
            yield entry
        else:
            yield incomplete(Code.RECORDING, file.origin, "has no records, so nothing of it was scanned")
    except WarcError as error:
        if entry is not None and not error.in_record:
            yield entry
        yield from _after_damage(file, error, number - error.in_record, archive.size, max_size, indexed)


def _after_damage(
    file: Archive, error: WarcError, number: int, size: int, max_size: int, indexed: Indexed
) -> Iterator[WarcEntry | Diagnostic]:
    """Yield what an index tells of the rest, and the diagnostic."""
    origin = FileOrigin(path=file.shown)
    message = f"{error} after byte {error.at:,}: {_read(number)}"
    index = indexed(file)
    if index is None:
        yield incomplete(Code.RECORDING, origin, f"{message}; with a CDX index beside it, those behind it can be too")
        return
    try:
        offsets = [at for at in offsets_in(index, file.path, error.at) if at < size]
    except OSError as problem:
        why = problem.strerror or type(problem).__name__
        yield incomplete(Code.RECORDING, origin, f"{message}; its index {index.name} cannot be read: {why}")
        return
    for at, end in zip(offsets, [*offsets[1:], size], strict=True):
        yield WarcEntry(file, at, min(end - at, max_size), 0)
    yield incomplete(Code.RECORDING, origin, f"{message}; its index {index.name} led to {len(offsets):,} more")


def _read(number: int) -> str:
    if not number:
        return "nothing of it could be read"
    return f"only the {number:,} record{'' if number == 1 else 's'} before it could be read"


class WarcFile:
    """A WARC that a worker reads records of."""

    def __init__(self, open_archive: Callable[[], BinaryIO], shown: str, max_size: int, budget: RunBudget) -> None:
        """Store how it is opened; that happens for the first record."""
        self._open, self._shown, self._max_size, self._budget = open_archive, shown, max_size, budget
        self._file: BinaryIO | None = None
        self._other: BinaryIO | None = None
        """Reads bodies of other records while the first is in the middle of one."""
        self._index: dict[int, int] | None = None

    @property
    def _origin(self) -> FileOrigin:
        return FileOrigin(path=self._shown)

    def parts(self, entry: WarcEntry) -> Iterator[Blob | Diagnostic]:
        """Yield the blobs of a record, or of all records from it on, or why there are none."""
        try:
            if entry.to_end:
                yield from self.all_parts(entry.offset, entry.number)
            else:
                yield from self._parts_at(entry.offset, entry.number)
        except WarcError as error:
            yield incomplete(Code.RECORDING, self._origin, f"has a record at byte {entry.offset:,} that {error}")
        except OSError as error:
            why = error.strerror or type(error).__name__
            yield incomplete(Code.UNREADABLE, self._origin, f"cannot be read: {why}")

    def _parts_at(self, offset: int, number: int) -> Iterator[Blob | Diagnostic]:
        record = WarcStream(self._stream, offset).one()
        if record is None:
            raise WarcError("is cut off", offset)
        found = WarcRecord(record, shown=self._shown, offset=offset, number=number)
        yield from found.parts(self._max_size, self._budget)

    def all_parts(self, offset: int = 0, first: int = 1) -> Iterator[Blob | Diagnostic]:
        """Yield the blobs of all records, and at the end why there are no more.

        Args:
            offset: where to begin.
            first: number of the record there.
        """
        number, at = first - 1, offset
        try:
            for number, record in enumerate(WarcStream(self._stream, offset), start=first):
                at = at if record.offset is None else record.offset
                found = WarcRecord(record, shown=self._shown, offset=at, number=number)
                yield from found.parts(self._max_size, self._budget)
            if number < first:
                yield incomplete(Code.RECORDING, self._origin, "has no records, so nothing of it was scanned")
        except WarcError as error:
            number -= error.in_record
            yield incomplete(Code.RECORDING, self._origin, f"{error}: {_read(number)}")

    def body(self, url: str) -> bytes | None:
        """Return the body of the first successful response of a URL; None if there is none.

        The first call reads the whole archive once more.
        """
        try:
            if self._other is None:
                self._other = self._open()
            if self._index is None:
                self._index = self._urls(self._other)
            at = self._index.get(hash(url))
            record = None if at is None else WarcStream(self._other, at).one()
            if record is None or at is None:
                return None
            found = WarcRecord(record, shown=self._shown, offset=at, number=0)
            first = next(found.parts(self._max_size, self._budget), None) if found.url == url else None
            return first.data if isinstance(first, Blob) else None
        except (OSError, WarcError):
            return None

    def _urls(self, stream: BinaryIO) -> dict[int, int]:
        """Return where the bodies are, by the hash of their URL: a large archive has a million of them."""
        index: dict[int, int] = {}
        try:
            for record in WarcStream(stream):
                if record.offset is not None and record.header(b"WARC-Type").lower() in _BODIES:
                    start = record.beginning(_STATUS_LINE)
                    if not start.startswith(b"HTTP/") or status_of(start) in _OK:
                        found = WarcRecord(record, shown="", offset=0, number=0)
                        index.setdefault(hash(found.url), record.offset)
        except WarcError:
            pass  # the listing tells of it
        return index

    @property
    def _stream(self) -> BinaryIO:
        if self._file is None:
            self._file = self._open()
        return self._file

    def close(self) -> None:
        """Close the file."""
        for each in (self._file, self._other):
            if each is not None:
                each.close()
        self._file = self._other = None


def warc_of_bytes(data: bytes, shown: str, max_size: int, budget: RunBudget) -> WarcFile:
    """Return a WARC whose bytes are at hand: a member of an archive, a blob of git, standard input."""
    return WarcFile(lambda: io.BytesIO(data), shown, max_size, budget)
