"""Reads compressed data piece by piece, so that a bomb is noticed before it is in memory.

Brotli and zstd come from packages that some platforms have no wheels of, and bzip2 and xz from modules that some builds
of Python lack; all four are imported when such data appears.
"""

import zlib
from collections.abc import Callable, Iterator
from enum import StrEnum
from io import BytesIO
from typing import Final, Protocol, assert_never

from frontleak.files.archives.limits import MOST_CHUNK, Chunk, Damaged

_STEP: Final = 1 << 14
_ZSTD_WINDOW: Final = 1 << 25
_XZ_MEMORY: Final = 80 << 20
_MOST_STREAMS: Final = 20_000


class Compression(StrEnum):
    """A way to compress one stream of bytes."""

    GZIP = "gzip"
    DEFLATE = "deflate"
    BROTLI = "brotli"
    ZSTD = "zstd"
    BZIP2 = "bzip2"
    XZ = "xz"


class _Codec(Protocol):
    """Decodes one stream; the shape bzip2 and xz have in the standard library."""

    @property
    def eof(self) -> bool:
        """Whether the stream has ended."""
        ...

    @property
    def needs_input(self) -> bool:
        """Whether all output for the input so far has been given."""
        ...

    @property
    def unused_data(self) -> bytes:
        """Input after the end of the stream."""
        ...

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        """Decode up to so many bytes."""
        ...


class _Zlib:
    """Gzip (31 window bits) or bare deflate (-15)."""

    def __init__(self, window_bits: int) -> None:
        self._inflater = zlib.decompressobj(window_bits)
        self.needs_input = True

    @property
    def eof(self) -> bool:
        return self._inflater.eof

    @property
    def unused_data(self) -> bytes:
        return self._inflater.unused_data

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        made = self._inflater.decompress(self._inflater.unconsumed_tail + data, max_length)
        self.needs_input = not self._inflater.unconsumed_tail and len(made) < max_length
        return made


class _Brotli:
    unused_data = b""

    def __init__(self) -> None:
        import brotli  # noqa: PLC0415 - see above

        self._decoder = brotli.Decompressor()

    @property
    def eof(self) -> bool:
        return bool(self._decoder.is_finished())

    @property
    def needs_input(self) -> bool:
        return bool(self._decoder.can_accept_more_data())

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        return bytes(self._decoder.process(data, output_buffer_limit=max_length))


def decompressed(data: bytes, how: Compression, start: int = 0, end: int | None = None) -> Iterator[Chunk]:
    """Decompress `data[start:end]`, which may be several streams one after the other.

    Raises:
        Damaged: it cannot be read, or not to its end; what could be read has been yielded.
    """
    match how:
        case Compression.GZIP:
            yield from _streams(data, start, end, how, lambda: _Zlib(31), b"\x1f\x8b")
        case Compression.DEFLATE:
            yield from _streams(data, start, end, how, lambda: _Zlib(-15), None)
        case Compression.BROTLI:
            yield from _streams(data, start, end, how, _Brotli, None)
        case Compression.BZIP2:
            yield from _streams(data, start, end, how, _bzip2, b"BZh")
        case Compression.XZ:
            yield from _streams(data, start, end, how, _xz, b"\xfd7zXZ\0")
        case Compression.ZSTD:
            yield from _zstd(data, start, end)
        case _:
            assert_never(how)


def _bzip2() -> _Codec:
    import bz2  # noqa: PLC0415 - see above

    return bz2.BZ2Decompressor()


def _xz() -> _Codec:
    import lzma  # noqa: PLC0415 - see above

    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)


def _streams(
    data: bytes, start: int, end: int | None, how: Compression, make: Callable[[], _Codec], magic: bytes | None
) -> Iterator[Chunk]:
    """Decode a stream, and those that follow it as long as they begin with `magic`; None when there is only one."""
    at, end = start, len(data) if end is None else min(end, len(data))
    for _ in range(_MOST_STREAMS if magic else 1):
        codec = _made(make, how)
        ended = False
        while not ended:
            fed = data[at : min(at + _STEP, end)] if codec.needs_input else b""
            at += len(fed)
            made = _decoded(codec, fed, how)
            taken = len(fed)
            ended = codec.eof
            if ended:
                at -= len(codec.unused_data)
                taken -= len(codec.unused_data)
            elif not fed and not made and at >= end:
                raise Damaged(f"ends in the middle of its {how} data")
            yield Chunk(made, max(taken, 0))
        if magic is None or not data.startswith(magic, at, end):
            return
    raise Damaged(f"consists of more than {_MOST_STREAMS:,} {how} streams")


def _made(make: Callable[[], _Codec], how: Compression) -> _Codec:
    try:
        return make()
    except ImportError:
        raise _missing(how) from None


def _decoded(codec: _Codec, fed: bytes, how: Compression) -> bytes:
    try:
        return codec.decompress(fed, MOST_CHUNK)
    except TypeError:  # a brotli that cannot limit its output
        raise _missing(how) from None
    except Exception as error:  # noqa: BLE001 - each codec has a type of its own, in a module that may be missing
        raise Damaged(f"is broken {how} data: {_words(error)}") from None


def _zstd(data: bytes, start: int, end: int | None) -> Iterator[Chunk]:
    try:
        import zstandard  # noqa: PLC0415 - see above
    except ImportError:
        raise _missing(Compression.ZSTD) from None
    body = data if start == 0 and end is None else data[start:end]
    source = BytesIO(body)
    decoder = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
    reader = decoder.stream_reader(source, read_size=_STEP, read_across_frames=True)
    position = 0
    while True:
        try:
            made = reader.read(MOST_CHUNK)
        except (zstandard.ZstdError, MemoryError) as error:
            raise Damaged(f"is broken zstd data: {_words(error)}") from None
        yield Chunk(made, source.tell() - position)
        position = source.tell()
        if not made:
            break
    if not _ends_a_zstd_frame(body):
        raise Damaged("ends in the middle of its zstd data")


def _ends_a_zstd_frame(body: bytes) -> bool:
    """Say whether zstd data is not cut off, which its reader does not tell: its frames give their blocks' sizes."""
    at = 0
    while at < len(body):
        magic = int.from_bytes(body[at : at + 4], "little")
        if magic & ~0xF == 0x184D2A50:
            at += 8 + int.from_bytes(body[at + 4 : at + 8], "little")
            continue
        if magic != 0xFD2FB528:
            return True  # something else follows
        flags = body[at + 4] if at + 4 < len(body) else 0
        one_segment = flags >> 5 & 1
        at += 5 + (1 - one_segment) + (0, 1, 2, 4)[flags & 3] + (one_segment, 2, 4, 8)[flags >> 6]
        last = False
        while not last and at < len(body):
            block = int.from_bytes(body[at : at + 3], "little")
            last = bool(block & 1)
            at += 3 + (1 if block >> 1 & 3 == 1 else block >> 3)
        at += 4 * (flags >> 2 & 1)
        if not last:
            return False
    return at == len(body)


def _missing(how: Compression) -> Damaged:
    package = {Compression.BROTLI: "brotli>=1.2", Compression.ZSTD: "zstandard"}.get(how)
    advice = f'pip install "{package}"' if package else f"a Python that was built with {how}"
    return Damaged(f"is {how} data, which cannot be read here without: {advice}")


def _words(error: BaseException) -> str:
    return (str(error) or type(error).__name__)[:100]
