"""Reads the index of a checkout, `.git/index`, without git: it lists the files that git tracks.

Source: https://git-scm.com/docs/index-format (versions 2 to 4). The index of a hostile tree may be any file: what is
not an index raises `IndexFileError`, and nothing is allocated by a length that the file states.
"""

import os
import re
import stat
import struct
from struct import Struct
from typing import Final, NamedTuple

from frontleak.core.paths import slashes

_MOST_BYTES: Final = 512 * 1024 * 1024
"""Bytes of an index that are read; one of a million files has about a hundred million."""
_MOST_SETTINGS: Final = 1_000_000
"""Bytes of a configuration that are read."""
_HEADER: Final = Struct(">4sII")
_STAT: Final = Struct(">IIIIIIIIII")
"""ctime and mtime in seconds and nanoseconds, device, inode, mode, owner, group, size."""
_FLAGS: Final = Struct(">H")
_EXTENSION: Final = Struct(">4sI")
_EXTENDED: Final = 0x4000
_STAGE: Final = 0x3000
_SHA256: Final = re.compile(rb"(?i)objectformat\s*=\s*\"?sha256")
_CONFIG_FOLDERS: Final = ("", "../..")
"""Where the configuration of a repository is, from the folder of the index: for a linked work tree two levels up."""


class IndexFileError(Exception):
    """A file is not an index that this module can read."""


class IndexEntry(NamedTuple):
    """A tracked file; a tuple, because an index has thousands."""

    path: bytes
    """From the top of the checkout, with forward slashes."""
    mode: int
    """As `st_mode` has it: regular file, link, or commit of a submodule."""
    blob: str
    """Full hexadecimal id of the bytes."""
    size: int
    """Bytes of the file in the work tree when git last compared it, modulo 2**32."""
    modified: tuple[int, int]
    """Time of its last change then, in seconds and nanoseconds."""


def git_folder(top: str) -> str | None:
    """Return the folder that has the index of a checkout; None if there is none."""
    path = f"{top.rstrip('/')}/.git"
    try:
        if os.path.isdir(path):
            return path
        text = _read(path, 4096)
    except OSError:
        return None
    target = os.fsdecode(text.removeprefix(b"gitdir:").strip()) if text.startswith(b"gitdir:") else ""
    if not target or "\0" in target:
        return None
    return slashes(os.path.normpath(os.path.join(top, target)))


def index_bytes(folder: str) -> bytes:
    """Return the bytes of the index in a folder such as `.git`; empty if there is none.

    Raises:
        IndexFileError: the index cannot be read.
    """
    try:
        return _read(f"{folder}/index", _MOST_BYTES)
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise IndexFileError(f"cannot be read: {error.strerror or error}") from error


def entries_of(data: bytes, folder: str) -> list[IndexEntry]:
    """Return the files in the index of a folder such as `.git`, sorted by path.

    A path with conflicts is listed once for each side. Of a split index, files that were removed since the shared part
    was written are listed too.

    Raises:
        IndexFileError: the index cannot be read.
    """
    if not data:
        return []
    length = 32 if any(map(_is_sha256, (os.path.join(folder, each) for each in _CONFIG_FOLDERS))) else 20
    try:
        entries, end = _entries(data, length)
        if shared := _shared_index(data, end, length):
            base, _ = _entries(_read(f"{folder}/sharedindex.{shared}", _MOST_BYTES), length)
            entries = list(({each.path: each for each in base} | {each.path: each for each in entries}).values())
    except (OSError, ValueError, IndexError, struct.error) as error:
        raise IndexFileError("is not a valid index") from error
    return [entry for entry in entries if entry.path]


def _read(path: str, most: int) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size > most:
            raise OSError("is not a regular file, or too large")
        return file.read(most)


def _is_sha256(folder: str) -> bool:
    try:
        return _SHA256.search(_read(f"{folder}/config", _MOST_SETTINGS)) is not None
    except OSError:
        return False


def _entries(data: bytes, length: int) -> tuple[list[IndexEntry], int]:
    """Return the entries, and the offset behind them.

    Raises:
        ValueError, IndexError, struct.error: it is not an index.
    """
    signature, version, count = _HEADER.unpack_from(data)
    if signature != b"DIRC" or version not in (2, 3, 4):
        raise ValueError("no index")
    found: list[IndexEntry] = []
    at, path = _HEADER.size, b""
    for _ in range(count):
        _, _, seconds, nanoseconds, _, _, mode, _, _, size = _STAT.unpack_from(data, at)
        flags_at = at + _STAT.size + length
        blob = data[at + _STAT.size : flags_at]
        (flags,) = _FLAGS.unpack_from(data, flags_at)
        name = flags_at + (4 if version > 2 and flags & _EXTENDED else 2)
        if version == 4:
            stripped, name = _varint(data, name)
            end = data.index(b"\0", name)
            path = path[: len(path) - stripped] + data[name:end]
            at = end + 1
        else:
            end = data.index(b"\0", name)
            path = data[name:end]
            at += (end - at + 8) & ~7
        found.append(IndexEntry(path, mode, blob.hex(), size, (seconds, nanoseconds)))
    return found, at


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """Return a number in git's variable-length encoding, and the offset behind it."""
    byte = data[at]
    number = byte & 127
    while byte & 128:
        at += 1
        byte = data[at]
        number = ((number + 1) << 7) | (byte & 127)
        if number > _MOST_BYTES:
            raise ValueError("too long")
    return number, at + 1


def _shared_index(data: bytes, at: int, length: int) -> str:
    """Return the id of the shared part of a split index; empty if it is not split."""
    while at + _EXTENSION.size <= len(data) - length:
        signature, size = _EXTENSION.unpack_from(data, at)
        at += _EXTENSION.size
        if signature == b"link":
            return data[at : at + length].hex()
        at += size
    return ""
