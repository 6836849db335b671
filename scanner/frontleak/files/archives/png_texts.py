"""Compressed texts in PNG images, where editors store drawings and settings: https://www.w3.org/TR/png-3/#11textinfo."""

from collections.abc import Iterator
from struct import Struct
from typing import Final

from frontleak.core.diagnostic import Level
from frontleak.files.archives.limits import Chunk, Member, UnpackBudget, UnpackError
from frontleak.files.archives.streams import Compression, decompressed

_LENGTH: Final = Struct(">L")
_FIRST_CHUNK: Final = 8
_AROUND: Final = 12
"""Bytes of a chunk besides its content: length, type, checksum."""
_ZLIB_HEADER: Final = 2
_MOST_CHUNKS: Final = 100_000


def png_texts(data: bytes, budget: UnpackBudget, *, outermost: bool) -> Iterator[Member]:
    """Yield the compressed texts (`zTXt`, `iTXt`) of an image, by their keywords.

    Raises:
        Cut: a cap was reached.
    """
    at = _FIRST_CHUNK
    for _ in range(_MOST_CHUNKS):
        if at + _AROUND > len(data):
            return
        end = at + 8 + _LENGTH.unpack_from(data, at)[0]
        kind = data[at + 4 : at + 8]
        keyword, _, rest = data[at + 8 : min(end, at + 8 + 80)].partition(b"\0")
        body = at + 8 + len(keyword) + 1
        if kind == b"zTXt":
            body += 1
        elif kind == b"iTXt" and rest.startswith(b"\1\0"):
            language_end = data.find(b"\0", body + 2, end)
            body = data.find(b"\0", language_end + 1, end) + 1 if language_end >= 0 else 0
        else:
            body = 0
        if body:
            budget.member()
            name = keyword.decode("latin-1") or "text"
            yield Member(name, budget.metered(_text(data, body, end), outermost=outermost))
        at = end + 4


def _text(data: bytes, start: int, end: int) -> Iterator[Chunk]:
    """Yield a text; a broken one is worth a note, because the image as such was scanned."""
    try:
        yield from decompressed(data, Compression.DEFLATE, start + _ZLIB_HEADER, end)
    except UnpackError as error:
        raise UnpackError(str(error), Level.NOTE) from None
