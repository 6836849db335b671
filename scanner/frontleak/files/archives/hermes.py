"""The strings of Hermes bytecode, the format of React Native bundles.

Strings follow one another without a separator, so that a token runs into its neighbours; non-ASCII ones are UTF-16.
Layout of versions 71 to 99: a header of 128 bytes, the function headers (their size depends on the version), string
kinds and hashes, 32 bits per string (1 UTF-16 flag, 23 offset, 8 length), the long strings, and the characters.
"""

from array import array
from collections.abc import Iterator
from struct import Struct
from typing import Final, NamedTuple

from frontleak.files.archives.limits import MOST_CHUNK, Chunk, UnpackError

MAGIC: Final = b"\xc6\x1f\xbc\x03\xc1\x03\x19\x1f"
_COUNTS: Final = Struct("<6L")
_COUNTS_AT: Final = 40
_HEADER: Final = 128
_FUNCTION_SIZES: Final = (16, 12)
_LONG: Final = 255
_MOST_STRINGS: Final = 2_000_000
_MOST_TIMES: Final = 4


class _StringTable(NamedTuple):
    entries: "array[int]"
    long: "array[int]"
    """Alternating offsets and lengths of the strings with length `_LONG`, whose offset is an index into this array."""
    characters: bytes


def hermes_strings(data: bytes) -> Iterator[Chunk]:
    """Yield the strings of bytecode as UTF-8, one per line.

    Raises:
        UnpackError: the string table was not found, or its strings overlap too much.
    """
    table = _table(data)
    if table is None:
        raise UnpackError(
            "is Hermes bytecode without a string table in a supported layout; only its raw bytes were scanned"
        )
    room = _MOST_TIMES * len(table.characters) + 4096
    batch: list[bytes] = []
    size = 0
    for entry in table.entries:
        text = _string(table, entry)
        batch.append(text)
        size += len(text)
        if size >= MOST_CHUNK:
            yield Chunk(b"".join(batch), size)
            room -= size
            size = 0
            batch.clear()
            if room < 0:
                raise UnpackError("is Hermes bytecode whose strings overlap too much")
    yield Chunk(b"".join(batch), size)


def _table(data: bytes) -> _StringTable | None:
    if len(data) < _HEADER:
        return None
    functions, kinds, identifiers, strings, long, size = _COUNTS.unpack_from(data, _COUNTS_AT)
    if strings > _MOST_STRINGS or kinds > strings:
        return None
    for function_size in _FUNCTION_SIZES:
        at = _HEADER + functions * function_size
        entries_at = at + 4 * (kinds + identifiers)
        long_at = entries_at + 4 * strings
        characters_at = long_at + 8 * long
        if characters_at + size > len(data):
            continue
        if sum(count & 0x7FFFFFFF for count in _words(data, at, kinds)) == strings:
            characters = data[characters_at : characters_at + size]
            return _StringTable(_words(data, entries_at, strings), _words(data, long_at, 2 * long), characters)
    return None


def _words(data: bytes, at: int, count: int) -> "array[int]":
    words = array("I", data[at : at + 4 * count])
    if memoryview(b"\1\0").cast("H")[0] != 1:
        words.byteswap()
    return words


def _string(table: _StringTable, entry: int) -> bytes:
    offset, length = entry >> 1 & 0x7FFFFF, entry >> 24
    if length == _LONG:
        offset, length = table.long[2 * offset : 2 * offset + 2] or (0, 0)
    if entry & 1:
        wide = table.characters[offset : offset + 2 * length]
        return wide.decode("utf-16-le", "replace").encode() + b"\n"
    return table.characters[offset : offset + length] + b"\n"
