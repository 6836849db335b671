"""Tar archives, plain or compressed, read front to back and one member at a time.

Formats: POSIX ustar and pax, GNU long names. Sparse files yield only the bytes stored in the archive, without holes.
"""

import re
from collections.abc import Iterator
from typing import Final

from frontleak.files.archives.limits import MOST_CHUNK, Chunk, Member, UnpackBudget, UnpackError

_BLOCK: Final = 512
"""Bytes of a header, and of the unit that data is padded to."""
_MOST_HEADER_DATA: Final = 1 << 16
"""Bytes that are read of a long name or a pax header; the rest is passed over."""
_WITHOUT_DATA: Final = frozenset(b"123456")
"""Types of members without data, whatever size they state: links, devices, folders and pipes."""
_GNU_LONG_NAME: Final = ord("L")
_GNU_LONG_LINK: Final = ord("K")
_GNU_SPARSE: Final = ord("S")
_PAX: Final = ord("x")
_PAX_GLOBAL: Final = ord("g")
_PAX_RECORD: Final = re.compile(rb"\d{1,9} (path|size|GNU\.sparse\.name)=([^\n]*)\n")
_TRUNCATED: Final = "is a broken or truncated tar archive; only the members before the damage were read"


class TarReader:
    """Reads chunks as one stream."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        """Read from chunks; the methods propagate their exceptions, after which the stream is at its end."""
        self._chunks = chunks
        self._left = b""
        self._at = 0

    def peek(self, size: int) -> bytes:
        """Return the next `size` bytes, fewer at the end, without consuming them."""
        while len(self._left) - self._at < size:
            more = next(self._chunks, b"")
            if not more:
                break
            self._left = self._left[self._at :] + more
            self._at = 0
        return self._left[self._at : self._at + size]

    def read(self, size: int) -> bytes:
        """Return and consume the next `size` bytes, fewer at the end; for small sizes."""
        data = self.peek(size)
        self._at += len(data)
        return data

    def parts(self, size: int | None = None) -> Iterator[bytes]:
        """Yield the next `size` bytes in parts, fewer at the end; by default all remaining bytes."""
        while size is None or size > 0:
            if self._at >= len(self._left):
                self._left, self._at = next(self._chunks, b""), 0
                if not self._left:
                    return
            part = self._left[self._at :] if size is None else self._left[self._at : self._at + size]
            self._at += len(part)
            if size is not None:
                size -= len(part)
            yield part


def is_tar(head: bytes) -> bool:
    """Return whether the first 512 bytes are a tar header."""
    return head.startswith(b"ustar", 257)


def plain_tar(data: bytes) -> Iterator[Chunk]:
    """Yield an uncompressed tar in chunks."""
    return (Chunk(data[at : at + MOST_CHUNK], MOST_CHUNK) for at in range(0, len(data), MOST_CHUNK))


def tar_members(reader: TarReader, budget: UnpackBudget) -> Iterator[Member]:
    """Yield the regular files of a tar.

    Raises:
        UnpackError: the archive is broken or truncated; the members before the damage have been yielded.
        Cut: a cap was reached.
    """
    long_name: bytes | None = None
    long_size: int | None = None
    while header := reader.read(_BLOCK):
        if not header.strip(b"\0"):
            return
        if len(header) < _BLOCK or not _is_sound(header):
            raise UnpackError(_TRUNCATED)
        budget.member()
        kind = header[156]
        size = _number(header[124:136]) if kind not in _WITHOUT_DATA else 0
        content = _TarContent(reader, size)
        if kind == _GNU_LONG_NAME:
            long_name = content.beginning().rstrip(b"\0")
        elif kind == _PAX:
            name, long_size = _pax(content.beginning())
            long_name = name or long_name
        elif kind not in {_PAX_GLOBAL, _GNU_LONG_LINK}:
            if kind == _GNU_SPARSE:
                _skip_sparse_map(reader, header)
            if long_size is not None and kind not in _WITHOUT_DATA:
                content = _TarContent(reader, long_size)
            if kind not in _WITHOUT_DATA:
                yield Member((long_name or _name(header)).decode("utf-8", "replace"), content.parts())
            long_name = long_size = None
        content.finish()


class _TarContent:
    """The data of one member and the padding after it."""

    def __init__(self, reader: TarReader, size: int) -> None:
        self._reader = reader
        self._left = size
        self._padding = -size % _BLOCK

    def beginning(self) -> bytes:
        data = self._reader.read(min(self._left, _MOST_HEADER_DATA))
        self._left -= len(data)
        return data

    def parts(self) -> Iterator[bytes]:
        try:
            for part in self._reader.parts(self._left):
                self._left -= len(part)
                yield part
        except UnpackError:
            self._left = self._padding = 0  # report it only once
            raise
        if self._left:
            self._left = self._padding = 0
            raise UnpackError("is cut off")

    def finish(self) -> None:
        for part in self._reader.parts(self._left):
            self._left -= len(part)
        if self._left:
            raise UnpackError(_TRUNCATED)
        self._reader.read(self._padding)


def _is_sound(header: bytes) -> bool:
    """Return whether the checksum is correct; it counts its own eight bytes as blanks."""
    digits = header[148:156].strip(b"\0 ")
    return digits.isdigit() and int(digits) < 10**8 and _number(digits) == sum(header) - sum(header[148:156]) + 8 * 32


def _number(field: bytes) -> int:
    """Parse octal digits or, if the first bit is set, a big-endian number; 0 for anything else."""
    if field[0] & 0x80:
        return int.from_bytes(field, "big") & ((1 << (8 * len(field) - 1)) - 1)
    digits = field.strip(b"\0 ")
    try:
        return max(int(digits, 8), 0) if digits else 0
    except ValueError:
        return 0


def _name(header: bytes) -> bytes:
    name = header[:100].split(b"\0")[0]
    prefix = header[345:500].split(b"\0")[0] if header.startswith(b"ustar\0", 257) else b""
    return prefix + b"/" + name if prefix else name


def _pax(records: bytes) -> tuple[bytes | None, int | None]:
    """Return the name and the size that a pax header sets for the next member."""
    fields = {match[1]: match[2] for match in _PAX_RECORD.finditer(records)}
    digits = fields.get(b"size", b"")
    size = int(digits) if digits.isdigit() and len(digits) < 20 else None
    return fields.get(b"GNU.sparse.name", fields.get(b"path")), size


def _skip_sparse_map(reader: TarReader, header: bytes) -> None:
    """Pass over the blocks between the header of a GNU sparse file and its data: each says whether another follows."""
    more = header[482]
    while more:
        extension = reader.read(_BLOCK)
        more = extension[504] if len(extension) == _BLOCK else 0
