"""Decompresses streams in small chunks, so that a bomb is noticed before it fills memory.

Brotli has no wheel on some platforms, and bzip2, xz and zstd are missing from some builds of Python; all four are
imported when such data appears. zstd is in the standard library from Python 3.14 on, and in `backports.zstd` below it.
"""

import sys
import zlib
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Any, Final, Protocol, assert_never

from frontleak.files.archives.limits import MOST_CHUNK, Chunk, UnpackError

_STEP: Final = 1 << 14
_ZSTD_WINDOW_LOG: Final = 25
"""Largest window, as a power of two: 32 MB. A frame that asks for more is refused."""
_ZSTD_MAGIC: Final = (b"\x28\xb5\x2f\xfd", *(bytes((0x50 + n, 0x2A, 0x4D, 0x18)) for n in range(16)))
"""A frame, and the sixteen kinds of skippable frames (RFC 8878, section 3.1.2)."""
_ZSTD_DICTIONARY: Final = b"\x37\xa4\x30\xec"
"""Begins a dictionary with tables (RFC 8878, section 5); any other bytes are one too."""
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


class Codec(Protocol):
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
        UnpackError: it is broken or cut off. Everything that could be read has been yielded.
    """
    match how:
        case Compression.GZIP:
            yield from _streams(data, start, end, how, gzip_codec, b"\x1f\x8b")
        case Compression.DEFLATE:
            yield from _streams(data, start, end, how, lambda: _Zlib(-15), None)
        case Compression.BROTLI:
            yield from _streams(data, start, end, how, _Brotli, None)
        case Compression.BZIP2:
            yield from _streams(data, start, end, how, _bzip2, b"BZh")
        case Compression.XZ:
            yield from _streams(data, start, end, how, _xz, b"\xfd7zXZ\0")
        case Compression.ZSTD:
            yield from _streams(data, start, end, how, zstd_codec, _ZSTD_MAGIC)
        case _:
            assert_never(how)


def _bzip2() -> Codec:
    import bz2  # noqa: PLC0415 - see above

    return bz2.BZ2Decompressor()


def _xz() -> Codec:
    import lzma  # noqa: PLC0415 - see above

    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)


def gzip_codec() -> Codec:
    """Return what decodes one member of gzip."""
    return _Zlib(31)


def zstd_codec(dictionary: bytes = b"") -> Codec:
    """Return what decodes one frame of zstd, made with a dictionary or without.

    Raises:
        ImportError: this Python has no zstd.
    """
    zstd = _zstd_module()
    options = {zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW_LOG}
    is_raw = not dictionary.startswith(_ZSTD_DICTIONARY)
    known = zstd.ZstdDict(dictionary, is_raw=is_raw) if dictionary else None
    codec: Codec = zstd.ZstdDecompressor(zstd_dict=known, options=options)
    return codec


def _zstd_module() -> Any:
    if sys.version_info >= (3, 14):
        import compression.zstd as zstd  # noqa: PLC0415, PLR0402 - see above
    else:
        import backports.zstd as zstd  # noqa: PLC0415, PLR0402 - see above
    return zstd


def _streams(
    data: bytes,
    start: int,
    end: int | None,
    how: Compression,
    make: Callable[[], Codec],
    magic: bytes | tuple[bytes, ...] | None,
) -> Iterator[Chunk]:
    """Decode one stream and any that follow it and begin with `magic`; None when there is only one."""
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
                raise UnpackError(f"ends in the middle of its {how} data")
            yield Chunk(made, max(taken, 0))
        if magic is None or not data.startswith(magic, at, end):
            return
    raise UnpackError(f"consists of more than {_MOST_STREAMS:,} {how} streams")


def _made(make: Callable[[], Codec], how: Compression) -> Codec:
    try:
        return make()
    except ImportError:
        raise _missing(how) from None


def _decoded(codec: Codec, fed: bytes, how: Compression) -> bytes:
    try:
        return codec.decompress(fed, MOST_CHUNK)
    except TypeError:  # a brotli that cannot limit its output
        raise _missing(how) from None
    except Exception as error:  # noqa: BLE001 - each codec has a type of its own, in a module that may be missing
        raise UnpackError(f"is broken {how} data: {_words(error)}") from None


def _missing(how: Compression) -> UnpackError:
    package = {Compression.BROTLI: "brotli>=1.2"}.get(how)
    if how is Compression.ZSTD and sys.version_info < (3, 14):
        package = "backports.zstd"
    advice = f'pip install "{package}"' if package else f"a Python built with {how}"
    return UnpackError(f"is {how} data, which cannot be read here without: {advice}")


def _words(error: BaseException) -> str:
    return (str(error) or type(error).__name__)[:100]
