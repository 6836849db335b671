"""Reads a file into a blob: size, encoding and kind are decided here, by content."""

import codecs
import os
from typing import BinaryIO, Final

from frontleak.core.blob import Blob
from frontleak.core.diagnostic import Skip
from frontleak.core.origins import Origin, StdinOrigin
from frontleak.core.vocabulary import Exposure
from frontleak.files.interface import FileEntry

_SAMPLE: Final = 4096
_CHUNK: Final = 1 << 20
_CONTROLS: Final = bytes(set(range(32)) - set(b"\t\n\r"))
_FLAGS: Final = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)


def read_item(item: FileEntry, max_size: int) -> Blob | Skip:
    """Read a file; what cannot be read comes back as a skip with the reason. `max_size` is in bytes."""
    try:
        descriptor = os.open(item.path, _FLAGS)
        try:
            size = os.fstat(descriptor).st_size
            if size > max_size:
                return Skip(origin=item.origin, reason=too_large(size), incomplete=False)
            data = _read_to_end(descriptor, size)
        finally:
            os.close(descriptor)
    except FileNotFoundError:
        return Skip(origin=item.origin, reason="vanished before it could be read", incomplete=False)
    except OSError as error:
        return Skip(origin=item.origin, reason=f"cannot be read: {error.strerror or error}", incomplete=True)
    return to_blob(item.origin, data, item.exposure)


def _read_to_end(descriptor: int, size: int) -> bytes:
    """Read a file of about so many bytes; one system call for the usual file, which is why this is not `open`."""
    data = os.read(descriptor, size + 1)
    if len(data) == size:
        return data
    parts = [data]
    while part := os.read(descriptor, _CHUNK):
        parts.append(part)
    return b"".join(parts)


def read_stdin(stream: BinaryIO, max_size: int) -> Blob | Skip:
    """Read standard input to its end, or up to `max_size` bytes."""
    parts: list[bytes] = []
    total = 0
    while part := stream.read(_CHUNK):
        total += len(part)
        if total > max_size:
            return Skip(origin=StdinOrigin(), reason=too_large(total, "more than "), incomplete=True)
        parts.append(part)
    return to_blob(StdinOrigin(), b"".join(parts), Exposure.SERVED)


def too_large(size: int, qualifier: str = "") -> str:
    """Return the reason for leaving out something of a size in bytes."""
    return f"{qualifier}{size:,} bytes, over --max-file-size"


def to_blob(origin: Origin, data: bytes, exposure: Exposure) -> Blob:
    """Make a blob of bytes; UTF-16 text, with or without a byte order mark, is rewritten as UTF-8."""
    data = data.removeprefix(codecs.BOM_UTF8)  # no character of the text: columns count without it
    sample = data[:_SAMPLE]
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _rewritten(origin, data, "utf-16", exposure)
    if b"\0" in sample:
        if encoding := _bare_utf16(sample):
            return _rewritten(origin, data, encoding, exposure)
        return Blob(origin=origin, data=data, exposure=exposure, kind="binary")
    return Blob(origin=origin, data=data, exposure=exposure)


def _rewritten(origin: Origin, data: bytes, encoding: str, exposure: Exposure) -> Blob:
    text = data.decode(encoding, "replace").encode("utf-8", "replace")
    return Blob(origin=origin, data=text, exposure=exposure, kind="utf-16")


def _bare_utf16(sample: bytes) -> str | None:
    """Name the UTF-16 byte order of text without a mark: every second byte is zero, and of the others nearly none.

    Nor are those control characters, as in compressed data that consists of the lengths of runs.
    """
    even, odd = sample[0::2], sample[1::2]
    if len(odd) < 2:
        return None
    for encoding, zeros, letters in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        odd_ones = len(letters) - len(letters.translate(None, _CONTROLS))
        if zeros.count(0) * 10 >= len(zeros) * 7 and odd_ones * 20 <= len(letters):
            return encoding
    return None
