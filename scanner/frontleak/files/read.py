"""Reads a file into a blob."""

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
from frontleak.files.utf8_text import decoded, text_of

_CHUNK: Final = 1 << 20
_MOST_SOURCE: Final = 4_000_000
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
    """Return the text of a file that is read again, up to 4 MB; None if it is no regular file or cannot be read."""
    try:
        descriptor = os.open(path, _FLAGS)
        try:
            is_file = stat.S_ISREG(os.fstat(descriptor).st_mode)
            return text_of(os.read(descriptor, _MOST_SOURCE)) if is_file else None
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
    """Return a blob of the text in some bytes, or of the bytes where they are none."""
    text, kind = decoded(data)
    return Blob(origin=origin, data=text, exposure=exposure, kind=kind, placed=placed)
