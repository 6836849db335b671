"""Reads the records of a WARC in order. The only importer of fastwarc, which is an extra.

fastwarc stops in silence where a file is cut off in the header of a record. So a record of our own is put after the
last byte: if it does not come out at the end, the file is cut off. Format:
https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/
"""

import io
import os
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from frontleak.core.records import dataclass
from frontleak.files.recordings.unpacked import (
    LZ4,
    Plain,
    Source,
    SourceError,
    Unpacked,
    WarcError,
    dictionary_of,
    format_of,
)

MISSING: Final = 'is a web archive (WARC), which was not scanned: pip install "frontleak[warc]"'
"""Why a WARC is not scanned without the extra, and the way out."""
_MOST_HEADER: Final = 1 << 20
"""Bytes of the longest header of a record."""
_FREE: Final = 64 << 20
_RATIO: Final = 200
"""Bytes of a record per byte that is left of the file; applies to records of more than `_FREE` bytes."""
_READ: Final = 1 << 20
_END_URI: Final = b"urn:x-frontleak:end-of-file"
_END: Final = (
    b"WARC/1.1\r\nWARC-Type: metadata\r\nWARC-Target-URI: " + _END_URI + b"\r\nContent-Length: 0\r\n\r\n\r\n\r\n"
)


def has_fastwarc() -> bool:
    """Return whether the extra is installed."""
    try:
        import fastwarc.warc  # noqa: F401, PLC0415 - an extra, and few scans read web archives
    except ImportError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class RawRecord:
    """A record whose content is not read yet."""

    record: Any
    """As fastwarc gives it."""
    offset: int | None
    """Byte offset at which the file can be read for it; None if it is compressed together with the one before."""

    @property
    def size(self) -> int:
        """Bytes of its content, as it claims."""
        length: int = self.record.content_length
        return length

    def header(self, name: bytes) -> str:
        """Return a header; empty if it has none."""
        found: bytes = self.record.headers.get_bytes(name) or b""
        return found.decode("utf-8", "replace").strip()

    def beginning(self, size: int) -> bytes:
        """Return the first bytes of its content.

        Raises:
            WarcError: it is damaged.
        """
        return self._read(size)

    def content(self, most: int) -> bytes | None:
        """Return its content; None if it has more than `most` bytes.

        Raises:
            WarcError: it is damaged or cut off.
        """
        if self.size > most:
            return None
        buffer = io.BytesIO()
        while part := self._read(_READ):
            buffer.write(part)
        if buffer.tell() != self.size:
            raise WarcError("is cut off", in_record=True)
        return buffer.getvalue()

    def skip(self) -> None:
        """Step over what is left of its content.

        Raises:
            WarcError: it is damaged or cut off.
        """
        try:
            self.record.consume()
            is_whole = self.record.reader.tell() == self.size
        except WarcError as error:
            raise WarcError(str(error), in_record=True) from None
        except SourceError:
            raise
        except OSError:
            raise WarcError("is damaged", in_record=True) from None
        if not is_whole:
            raise WarcError("is cut off", in_record=True)

    def _read(self, size: int) -> bytes:
        try:
            part: bytes = self.record.reader.read(size)
        except WarcError as error:
            raise WarcError(str(error), in_record=True) from None
        except SourceError:
            raise
        except OSError:
            raise WarcError("is damaged", in_record=True) from None
        return part


class WarcStream:
    """The records of a WARC from a byte offset on.

    Iterating yields each record before its content is read; what is left of it is skipped then.
    """

    def __init__(self, stream: BinaryIO, start: int = 0) -> None:
        """Read from a seekable stream.

        Args:
            stream: the whole archive; it stays open.
            start: byte offset of a record.

        Raises:
            WarcError: its dictionary cannot be read.
        """
        self.size = stream.seek(0, os.SEEK_END)
        """Bytes of the archive."""
        self._start = start
        stream.seek(0)
        head = stream.read(4)
        if head == LZ4:
            raise WarcError("is compressed with lz4, which is not read: recompress it (`fastwarc recompress`)")
        self._format = format_of(head)
        dictionary = dictionary_of(stream) if self._format else b""
        self._source: Source = (
            Unpacked(stream, start, self._format, dictionary) if self._format else Plain(stream, start)
        )

    def one(self) -> RawRecord | None:
        """Return the first record, or None if there is none.

        Raises:
            WarcError: it cannot be read.
        """
        record = self._next(_records(self._source), self._start)
        return None if record is None else RawRecord(record, self._start)

    def __iter__(self) -> Iterator[RawRecord]:
        """Yield the records.

        Raises:
            WarcError: the archive is damaged or cut off; all records before were yielded.
        """
        end = _Ended(self._source)
        records = _records(end)
        last = self._start
        while True:
            record = self._next(records, last)
            if record is None:
                raise WarcError("is cut off", last)
            if record.headers.get_bytes(b"WARC-Target-URI") == _END_URI:
                if record.stream_pos < end.size:  # what was left of a header ran into our record
                    raise WarcError("is cut off", last)
                return
            offset = self._source.offset_of(record.stream_pos)
            last = last if offset is None else offset
            left = max(_FREE, _RATIO * (self.size - last)) if self._format else self.size - last
            if record.content_length > left:
                raise WarcError(f"has a record that claims {record.content_length:,} bytes", last)
            raw = RawRecord(record, offset)
            yield raw
            try:
                raw.skip()
            except WarcError as error:
                error.at = last
                raise

    def _next(self, records: Iterator[Any], last: int) -> Any | None:
        try:
            return next(records, None)
        except WarcError as error:
            raise WarcError(str(error), last) from None
        except SourceError:
            raise
        except OSError:
            raise WarcError("is damaged", last) from None  # a message may quote what was read


class _Ended:
    """A source with our own record after its end."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._end = _END
        self.size = 0
        """Bytes before our record, as far as they were read."""

    def read(self, size: int, /) -> bytes:
        if part := self._source.read(size):
            self.size += len(part)
            return part
        part, self._end = self._end[:size], self._end[size:]
        return part


class _Stream:
    """What fastwarc asks of a stream: it asks where it is once, and never seeks."""

    def __init__(self, source: "Source | _Ended") -> None:
        self.read = source.read

    def tell(self) -> int:
        return 0


def _records(source: "Source | _Ended") -> Iterator[Any]:
    from fastwarc.warc import ArchiveIterator  # noqa: PLC0415 - an extra

    stream: Any = _Stream(source)
    return iter(ArchiveIterator(stream, parse_http=False, stream_detect=False, max_header_len=_MOST_HEADER))
