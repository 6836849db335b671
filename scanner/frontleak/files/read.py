"""Reads a file into a blob, and determines its size, encoding and kind from the content."""

import codecs
import errno
import os
import stat
from typing import BinaryIO, Final

from frontleak.core.blob import Blob
from frontleak.core.diagnostic import Code, Diagnostic, incomplete, note
from frontleak.core.origins import Origin, StdinOrigin
from frontleak.core.records import replace
from frontleak.core.vocabulary import Exposure
from frontleak.files.interface import FileEntry
from frontleak.files.listed_folder import UNKNOWN, ListedFolder, ReplacedError, identity_of

_SAMPLE: Final = 4096
_CHUNK: Final = 1 << 20
_MOST_SOURCE: Final = 4_000_000
_CONTROLS: Final = bytes(set(range(32)) - set(b"\t\n\r"))
_FLAGS: Final = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
_NO_LINK: Final = getattr(os, "O_NOFOLLOW", 0)


def read_item(entry: FileEntry, max_size: int, folder: ListedFolder | None = None) -> Blob | Diagnostic:
    """Read a file, or return a skip with the reason if that fails.

    Args:
        entry: the file.
        max_size: bytes of the largest file that is read.
        folder: keeps the folder of the last file open.
    """
    try:
        descriptor = opened(entry, folder)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                return incomplete(Code.NOT_A_FILE, entry.origin, "is no longer a regular file")
            if status.st_size > max_size:
                return note(Code.TOO_LARGE, entry.origin, too_large(status.st_size))
            data = _read_to_end(descriptor, status.st_size, max_size)
            if len(data) > max_size:
                return note(Code.TOO_LARGE, entry.origin, too_large(len(data), "grew while it was read: over "))
        finally:
            os.close(descriptor)
    except FileNotFoundError:
        return note(Code.DELETED, entry.origin, "was deleted before it could be read")
    except OSError as error:
        return _unreadable(entry, error)
    blob = to_blob(entry.origin, data, entry.exposure, placed=entry.placed)
    return replace(blob, sent=entry.sent) if entry.sent else blob


def opened(entry: FileEntry, folder: ListedFolder | None = None) -> int:
    """Return a descriptor of a file.

    Raises:
        ReplacedError: it is not in the folder, or not the target, that was listed.
        OSError: it cannot be opened.
    """
    if not entry.is_link and entry.listed_in != UNKNOWN:
        within = folder or ListedFolder()
        try:
            return within.open(entry.path, _FLAGS | _NO_LINK, entry.listed_in)
        finally:
            if folder is None:
                within.close()
    descriptor = os.open(entry.path, _FLAGS if entry.is_link else _FLAGS | _NO_LINK)
    if entry.listed_in not in {UNKNOWN, identity_of(os.fstat(descriptor))}:
        os.close(descriptor)
        raise ReplacedError
    return descriptor


def read_source(path: str) -> bytes | None:
    """Read a source file again, up to 4 MB; None if it is no regular file or cannot be read."""
    try:
        descriptor = os.open(path, _FLAGS)
        try:
            is_file = stat.S_ISREG(os.fstat(descriptor).st_mode)
            return os.read(descriptor, _MOST_SOURCE) if is_file else None
        finally:
            os.close(descriptor)
    except (OSError, ValueError):
        return None


def _unreadable(entry: FileEntry, error: OSError) -> Diagnostic:
    if isinstance(error, ReplacedError):
        what = "its target" if entry.is_link else "its folder"
        return incomplete(Code.LINK, entry.origin, f"was not read: {what} was replaced after it was listed")
    if error.errno == errno.ELOOP and not entry.is_link:
        return incomplete(Code.LINK, entry.origin, "became a link after its folder was listed")
    return incomplete(Code.UNREADABLE, entry.origin, f"cannot be read: {error.strerror or error}")


def _read_to_end(descriptor: int, size: int, max_size: int) -> bytes:
    """Read a file of about `size` bytes, and little more than `max_size` of one that grows; usually one system call."""
    data = os.read(descriptor, size + 1)
    if len(data) == size:
        return data
    parts, total = [data], len(data)
    while total <= max_size and (part := os.read(descriptor, _CHUNK)):
        parts.append(part)
        total += len(part)
    return b"".join(parts)


def read_stdin(stream: BinaryIO, max_size: int) -> Blob | Diagnostic:
    """Read standard input to its end; return a skip if it exceeds `max_size` bytes."""
    parts: list[bytes] = []
    total = 0
    while part := stream.read(_CHUNK):
        total += len(part)
        if total > max_size:
            return incomplete(Code.TOO_LARGE, StdinOrigin(), too_large(total, "more than "))
        parts.append(part)
    return to_blob(StdinOrigin(), b"".join(parts), Exposure.SERVED)


def too_large(size: int, qualifier: str = "") -> str:
    """Return the reason for skipping input of `size` bytes."""
    return f"{qualifier}{size:,} bytes, over --max-file-size"


def to_blob(origin: Origin, data: bytes, exposure: Exposure, *, placed: bool = True) -> Blob:
    """Return a blob; UTF-16 and UTF-32 text, with or without a byte order mark, is converted to UTF-8."""
    data = data.removeprefix(codecs.BOM_UTF8)  # not part of the text: columns are counted without it
    sample = data[:_SAMPLE]
    if sample.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)) and len(data) % 4 == 0:
        return _wide_blob(origin, data, "utf-32", exposure)
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _wide_blob(origin, data, "utf-16", exposure)
    if b"\0" in sample:
        if encoding := _bare_utf32(sample):
            return _wide_blob(origin, data, encoding, exposure)
        if encoding := _bare_utf16(sample):
            return _wide_blob(origin, data, encoding, exposure)
        return Blob(origin=origin, data=data, exposure=exposure, kind="binary")
    return Blob(origin=origin, data=data, exposure=exposure, placed=placed)


def _wide_blob(origin: Origin, data: bytes, encoding: str, exposure: Exposure) -> Blob:
    text = data.decode(encoding, "replace").encode("utf-8", "replace")
    return Blob(origin=origin, data=text, exposure=exposure, kind=encoding[:6])


def _bare_utf32(sample: bytes) -> str | None:
    """Return the encoding of UTF-32 text without a byte order mark; None for other data.

    Three of four bytes are zero, apart from the letters of other scripts; few of the others are control characters.
    """
    units = len(sample) // 4
    if units < 2:
        return None
    for encoding, place, high in (("utf-32-le", 0, (2, 3)), ("utf-32-be", 3, (0, 1))):
        letters, middle = sample[place : units * 4 : 4], sample[1 if place == 0 else 2 : units * 4 : 4]
        controls = len(letters) - len(letters.translate(None, _CONTROLS))
        if (
            all(sample[at : units * 4 : 4].count(0) * 20 >= units * 19 for at in high)
            and middle.count(0) * 10 >= units * 7
            and controls * 20 <= len(letters)
        ):
            return encoding
    return None


def _bare_utf16(sample: bytes) -> str | None:
    """Return the encoding of UTF-16 text without a byte order mark; None for other data.

    At least 70 % of every second byte must be zero. At most 5 % of the other bytes may be zero or control characters,
    of which run-length encoded data has more.
    """
    even, odd = sample[0::2], sample[1::2]
    if len(odd) < 2:
        return None
    for encoding, zeros, letters in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        controls = len(letters) - len(letters.translate(None, _CONTROLS))
        if zeros.count(0) * 10 >= len(zeros) * 7 and controls * 20 <= len(letters):
            return encoding
    return None
