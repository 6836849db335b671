"""Decompresses a WARC member by member, and knows at which byte of the file each begins.

A WARC is compressed record by record, so the beginning of a member is the address of a record. What fastwarc tells of
it is only right for such archives, and it stops in silence where a member is cut off. Formats: RFC 1952, RFC 8878, and
for dictionaries https://iipc.github.io/warc-specifications/specifications/warc-zstd/.
"""

from collections import deque
from collections.abc import Callable
from typing import BinaryIO, Final, Protocol

from frontleak.files.archives.limits import UnpackError
from frontleak.files.archives.streams import Codec, Compression, decompressed, gzip_codec, zstd_codec

GZIP: Final = b"\x1f\x8b"
ZSTD: Final = b"\x28\xb5\x2f\xfd"
LZ4: Final = b"\x04\x22\x4d\x18"
_STEP: Final = 1 << 14
_READ: Final = 1 << 18
_SKIPPED: Final = tuple(bytes((0x50 + n, 0x2A, 0x4D, 0x18)) for n in range(16))
"""Begin the frames of zstd that hold something else (RFC 8878, 3.1.2)."""
_DICTIONARY: Final = b"\x5d\x2a\x4d\x18"
"""Begins the frame at the start of a file that holds the dictionary of all others."""
_MOST_DICTIONARY: Final = 16 << 20
_FRAME_HEADER: Final = 8


class WarcError(Exception):
    """The archive is damaged or cut off, as the end of a sentence that begins with its name."""

    def __init__(self, message: str, at: int = 0, *, in_record: bool = False) -> None:
        """Keep the reason, the offset of the last record that was found, and whether the damage is in one yielded."""
        super().__init__(message)
        self.at = at
        self.in_record = in_record


class SourceError(OSError):
    """The file of an archive cannot be read: nothing is wrong with what is in it."""


def _some(stream: BinaryIO, size: int) -> bytes:
    try:
        return stream.read(size)
    except OSError as error:
        raise SourceError(error.errno, error.strerror or type(error).__name__) from None


class Source(Protocol):
    """The bytes of the records, one after the other."""

    def read(self, size: int, /) -> bytes:
        """Return some more bytes, at most so many; none at the end."""
        ...

    def offset_of(self, position: int) -> int | None:
        """Return where in the file a record begins, by its position in these bytes; None if it has no address."""
        ...


class Plain:
    """An archive without compression."""

    def __init__(self, stream: BinaryIO, start: int) -> None:
        """Read from a byte offset on."""
        self._stream, self._start = stream, start
        stream.seek(start)

    def read(self, size: int, /) -> bytes:
        """See `Source`."""
        return _some(self._stream, size)

    def offset_of(self, position: int) -> int | None:
        """See `Source`."""
        return self._start + position


class Unpacked:
    """An archive of members of gzip or frames of zstd."""

    def __init__(self, stream: BinaryIO, start: int, magic: bytes, dictionary: bytes = b"") -> None:
        """Read from the beginning of a member on; `magic` is that of the format."""
        self._stream = stream
        self._magic = magic
        self._make: Callable[[], Codec] = gzip_codec if magic == GZIP else lambda: zstd_codec(dictionary)
        self._raw, self._at = b"", 0
        self._codec: Codec | None = None
        self._made = 0
        self._starts: deque[tuple[int, int]] = deque()
        stream.seek(start)

    def read(self, size: int, /) -> bytes:
        """See `Source`.

        Raises:
            WarcError: a member is damaged or cut off.
        """
        while self._codec is not None or self._begin():
            codec = self._codec
            if codec is None:
                raise AssertionError("a member was begun")
            fed, is_hungry = b"", codec.needs_input
            if is_hungry:
                self._fill(1)
                fed = self._raw[self._at : self._at + _STEP]
                self._at += len(fed)
            try:
                made = codec.decompress(fed, size)
            except Exception:  # noqa: BLE001 - each codec has a type of its own, in a module that may be missing
                raise WarcError("is damaged") from None
            if codec.eof:
                self._at -= len(codec.unused_data)
                self._codec = None
            elif not fed and not made and (is_hungry or not codec.needs_input):
                raise WarcError("is cut off")
            self._made += len(made)
            if made:
                return made
        return b""

    def offset_of(self, position: int) -> int | None:
        """See `Source`."""
        while self._starts and self._starts[0][0] < position:
            self._starts.popleft()
        return self._starts[0][1] if self._starts and self._starts[0][0] == position else None

    def _fill(self, least: int) -> None:
        """Have at least so many bytes at hand, if there are."""
        while len(self._raw) - self._at < least and (more := _some(self._stream, _READ)):
            self._raw, self._at = self._raw[self._at :] + more, 0

    def _begin(self) -> bool:
        """Begin the next member; return whether there is one."""
        self._fill(_FRAME_HEADER)
        while self._magic == ZSTD and self._raw.startswith(_SKIPPED, self._at):
            self._pass(_FRAME_HEADER + int.from_bytes(self._raw[self._at + 4 : self._at + 8], "little"))
            self._fill(_FRAME_HEADER)
        left = len(self._raw) - self._at
        if not left:
            return False
        if not self._raw.startswith(self._magic, self._at):
            raise WarcError("is cut off" if left < len(self._magic) else "is damaged")
        self._starts.append((self._made, self._stream.tell() - left))
        try:
            self._codec = self._make()
        except ImportError:
            raise WarcError("needs zstd, which this Python lacks: pip install backports.zstd") from None
        except Exception:  # noqa: BLE001 - as in `read`
            raise WarcError("has a dictionary that is damaged") from None
        return True

    def _pass(self, size: int) -> None:
        """Step over bytes."""
        while size:
            self._fill(1)
            step = min(size, len(self._raw) - self._at)
            if not step:
                raise WarcError("is cut off")
            self._at += step
            size -= step


def format_of(head: bytes) -> bytes:
    """Return the magic number of the format of an archive, by its first bytes; empty for one without compression."""
    if head.startswith(GZIP):
        return GZIP
    return ZSTD if head.startswith((ZSTD, *_SKIPPED)) else b""


def dictionary_of(stream: BinaryIO) -> bytes:
    """Return the dictionary at the beginning of an archive; empty if it has none.

    Raises:
        WarcError: it cannot be read.
    """
    stream.seek(0)
    head = stream.read(_FRAME_HEADER)
    if not head.startswith(_DICTIONARY):
        return b""
    size = int.from_bytes(head[4:], "little")
    if size > _MOST_DICTIONARY:
        raise WarcError(f"has a dictionary of {size:,} bytes, over {_MOST_DICTIONARY:,}")
    found = stream.read(size)
    if not found.startswith(ZSTD):  # it may be compressed itself
        return found
    whole = bytearray()
    try:
        for chunk in decompressed(found, Compression.ZSTD):
            whole += chunk.data
            if len(whole) > _MOST_DICTIONARY:
                raise WarcError(f"has a dictionary of more than {_MOST_DICTIONARY:,} bytes")
    except UnpackError:
        raise WarcError("has a dictionary that is damaged") from None
    return bytes(whole)
