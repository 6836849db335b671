"""Zip archives and formats built on them: `.crx`, `.xpi`, `.apk`, `.ipa`, `.jar`, `.vsix`, `.nupkg` and others.

The central directory is read entry by entry, because one of 256 MB would take gigabytes as objects. If it is missing,
the members are found by their local headers. Format: PKWARE APPNOTE.TXT 6.3.10.
"""

import zlib
from collections.abc import Iterator
from struct import Struct
from typing import Final, NamedTuple

from frontleak.files.archives.limits import MOST_CHUNK, Chunk, Member, UnpackBudget, UnpackError
from frontleak.files.archives.streams import Compression, decompressed

_LOCAL: Final = Struct("<4s5H3L2H")
_CENTRAL: Final = Struct("<4s6H3L5H2L")
_END: Final = Struct("<4s4H2LH")
_END_64: Final = Struct("<4sQ2H2L4Q")
_LOCATOR_64: Final = Struct("<4sLQL")
_LONGEST_COMMENT: Final = 0xFFFF
_IN_EXTRA: Final = 0xFFFFFFFF
_ENCRYPTED: Final = 1 | 1 << 6 | 1 << 13
_SIZE_FOLLOWS: Final = 1 << 3
_UTF_8: Final = 1 << 11
_STORED: Final = 0
_METHODS: Final = {8: Compression.DEFLATE, 12: Compression.BZIP2, 93: Compression.ZSTD, 95: Compression.XZ}


class _Entry(NamedTuple):
    name: str
    flags: int
    method: int
    crc: int | None
    start: int
    """Offset of the member's data."""
    size: int
    """Compressed size in bytes."""


def zip_members(data: bytes, budget: UnpackBudget, *, outermost: bool) -> Iterator[Member]:
    """Yield the files of a zip archive; other data may precede it.

    Raises:
        UnpackError: the central directory is missing or broken; the members that were found have been yielded.
        Cut: a cap was reached.
    """
    directory = _directory(data)
    for entry in _directory_entries(data, *directory) if directory else _local_entries(data):
        budget.member()
        if not entry.name.endswith("/"):
            yield Member(entry.name, budget.metered(_content(data, entry), outermost=outermost))
    if directory is None:
        raise UnpackError(
            "is a zip archive without a central directory; only members found by their own headers were read"
        )


def _directory(data: bytes) -> tuple[int, int, int] | None:
    """Return the start and end of the central directory and the shift to add to its offsets; None if it is missing."""
    at = data.rfind(b"PK\x05\x06", max(0, len(data) - _END.size - _LONGEST_COMMENT))
    if at < 0 or at + _END.size > len(data):
        return None
    *_, size, offset, _ = _END.unpack_from(data, at)
    end = at
    locator = at - _LOCATOR_64.size
    if locator >= 0 and data.startswith(b"PK\x06\x07", locator):
        where = data.rfind(b"PK\x06\x06", max(0, locator - _END_64.size - 4096), locator)
        if where >= 0 and where + _END_64.size <= locator:
            *_, size, offset = _END_64.unpack_from(data, where)
            end = where
    for start, shift in ((end - size, end - size - offset), (offset, 0)):
        if size == 0 and start == end:
            return start, end, 0
        if 0 <= start < end and data.startswith(b"PK\x01\x02", start):
            return start, end, shift
    return None


def _directory_entries(data: bytes, at: int, end: int, shift: int) -> Iterator[_Entry]:
    while at + _CENTRAL.size <= end:
        fields = _CENTRAL.unpack_from(data, at)
        magic, _, _, flags, method, _, _, crc, size, real_size, names, extras, comments, *_, offset = fields
        if magic != b"PK\x01\x02":
            raise UnpackError(
                "is a zip archive with a broken central directory; only the members before the damage were read"
            )
        at += _CENTRAL.size
        if _IN_EXTRA in {size, offset}:
            size, offset = _wide(data[at + names : at + names + extras], size, real_size, offset)
        start = shift + offset
        name = _name(data[at : at + names], flags)
        at += names + extras + comments
        if start >= 0 and data.startswith(b"PK\x03\x04", start) and start + _LOCAL.size <= len(data):
            *_, local_names, local_extras = _LOCAL.unpack_from(data, start)
            start += _LOCAL.size + local_names + local_extras
            yield _Entry(name, flags, method, crc, start, size)
        else:
            yield _Entry(name, flags, method, crc, len(data), size)


def _wide(extra: bytes, size: int, real_size: int, offset: int) -> tuple[int, int]:
    """Return the compressed size and the offset, from the 64-bit field if they do not fit in the entry."""
    while len(extra) >= 4:
        tag, length = int.from_bytes(extra[:2], "little"), int.from_bytes(extra[2:4], "little")
        if tag == 1:
            numbers = [int.from_bytes(extra[at : at + 8], "little") for at in range(4, 4 + length - 7, 8)]
            wide = iter(numbers)
            if real_size == _IN_EXTRA:
                next(wide, 0)
            size = next(wide, size) if size == _IN_EXTRA else size
            offset = next(wide, offset) if offset == _IN_EXTRA else offset
            break
        extra = extra[4 + length :]
    return size, offset


def _local_entries(data: bytes) -> Iterator[_Entry]:
    at = data.find(b"PK\x03\x04")
    while at >= 0 and at + _LOCAL.size <= len(data):
        _, _, flags, method, _, _, crc, size, _, names, extras = _LOCAL.unpack_from(data, at)
        start = at + _LOCAL.size + names + extras
        has_size = not flags & _SIZE_FOLLOWS and size != _IN_EXTRA
        next_at = data.find(b"PK\x03\x04", start + size if has_size else start)
        if not has_size:
            ends = [end for end in (next_at, data.find(b"PK\x01\x02", start)) if end >= 0]
            size = min(ends, default=len(data)) - start
        name = _name(data[at + _LOCAL.size : at + _LOCAL.size + names], flags)
        yield _Entry(name, flags, method, crc if has_size else None, start, size)
        at = next_at


def _content(data: bytes, entry: _Entry) -> Iterator[Chunk]:
    end = entry.start + entry.size
    if entry.flags & _ENCRYPTED:
        raise UnpackError("is encrypted")
    chunks: Iterator[Chunk]
    if entry.method == _STORED:
        chunks = (Chunk(part, len(part)) for part in _slices(data, entry.start, min(end, len(data))))
    elif how := _METHODS.get(entry.method):
        chunks = decompressed(data, how, entry.start, end)
    else:
        raise UnpackError(f"uses an unsupported compression method (number {entry.method})")
    crc = 0
    for chunk in chunks:
        crc = zlib.crc32(chunk.data, crc)
        yield chunk
    if end > len(data):
        raise UnpackError("is cut off")
    if entry.crc not in {None, crc}:
        raise UnpackError("is damaged: its checksum does not match")


def _slices(data: bytes, start: int, end: int) -> Iterator[bytes]:
    return (data[at : min(at + MOST_CHUNK, end)] for at in range(start, end, MOST_CHUNK))


def _name(raw: bytes, flags: int) -> str:
    """Decode a member's name as UTF-8, or as code page 437 if it is neither valid nor flagged as UTF-8."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("utf-8", "replace") if flags & _UTF_8 else raw.decode("cp437")
