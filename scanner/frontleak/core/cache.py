"""Files in the user's cache directory: reproducible data only, never a secret.

A cached file is used only if it is a regular file, belongs to this user, is not writable by others, and starts with a
checksum of its name and content under the random key of the directory. Otherwise it counts as absent. A directory that
others can replace, or that is in the tree that is scanned, is not used. Failing to write the cache is not an error.
"""

import contextlib
import os
import stat
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from frontleak.core.digests import blake2b

_MAGIC: Final = b"frontleak-cache-2\n"
_CHECKSUM_SIZE: Final = 32
_FILES_PER_KIND: Final = 12
_KEY: Final = "key"
"""Name of the file that holds the key of a directory."""
_KEY_SIZE: Final = 32
_scanned: set[str] = set()
"""Folders whose contents are hostile, as real paths."""
_tell: list[Callable[[str], object]] = []
"""What is told, once, why the directory is not used."""


def keep_out_of(folders: Iterable[str], tell: Callable[[str], object] | None = None) -> None:
    """Use no cache directory inside these folders.

    One that an environment variable names must not be in the working directory either: what sets up a checked-out tree
    may have set the variable.

    Args:
        folders: of the scan.
        tell: called once, with the reason and the way out, when a directory that is needed is not used: for this, or
            because others can write to it. An installed package needs none for its own rules, and then nothing looks
            for it. None to leave it as it is.
    """
    _scanned.update(os.path.realpath(folder) for folder in folders)
    if tell is not None:
        _tell[:] = [tell]


def cache_directory() -> Path:
    """Return `FRONTLEAK_CACHE_DIR`, or the platform's default cache directory (XDG on Linux)."""
    if configured := os.environ.get("FRONTLEAK_CACHE_DIR"):
        return Path(configured)
    from platformdirs import user_cache_path  # noqa: PLC0415 - not needed if the variable is set

    return user_cache_path("frontleak", appauthor=False)


def read(name: str) -> bytes | None:
    """Return the content stored under a name, or None if it is absent or cannot be trusted."""
    try:
        directory = _trusted_directory()
        if directory is None or not (key := _content(directory / _KEY)):
            return None
        data = _content(directory / name)
    except (OSError, RuntimeError):
        return None
    if data is None:
        return None
    body = data[len(_MAGIC) + _CHECKSUM_SIZE :]
    intact = data.startswith(_MAGIC) and data[len(_MAGIC) : len(_MAGIC) + _CHECKSUM_SIZE] == _checksum(key, name, body)
    return body if intact else None


def write(name: str, body: bytes) -> None:
    """Store bytes under a name atomically, and delete the oldest files of the same kind (the name up to `-`)."""
    with contextlib.suppress(OSError, RuntimeError):
        named = cache_directory()
        if _is_ruled_out(os.path.realpath(named)):
            return
        named.mkdir(mode=0o700, parents=True, exist_ok=True)
        directory = _trusted_directory()
        if directory is None:
            return
        _replace(directory / name, _MAGIC + _checksum(_key_of(directory), name, body) + body)
        kind = name.partition("-")[0]
        others = (file for file in directory.glob(f"{kind}-*") if file.name != name)
        files = sorted(others, key=lambda file: file.stat().st_mtime, reverse=True)
        for old in files[_FILES_PER_KIND - 1 :]:
            old.unlink(missing_ok=True)


def private_folder(name: str) -> Path | None:
    """Return a folder below the cache directory, made if it is not there; None where others could put files into it."""
    try:
        named = cache_directory()
        if _is_ruled_out(os.path.realpath(named)):
            return None
        named.mkdir(mode=0o700, parents=True, exist_ok=True)
        directory = _trusted_directory()
        if directory is None:
            return None
        folder = directory / name
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (OSError, RuntimeError):
        return None
    return folder


def _trusted_directory() -> Path | None:
    """Return the cache directory if it exists and nobody else can put files into it or replace it."""
    directory = Path(os.path.realpath(cache_directory()))
    if _is_ruled_out(str(directory)):
        return None
    unsafe = (parent for parent in directory.parents if not _is_safe_parent(parent.stat()))
    changeable = directory if not _is_ours(directory.stat()) else next(unsafe, None)
    if changeable is None:
        return directory
    _tell_why(
        f"no cache is used, because others can change {changeable}; "
        f"run `chmod go-w {changeable}`, or set XDG_CACHE_HOME to a folder of your own"
    )
    return None


def _is_ruled_out(directory: str) -> bool:
    """Return whether a real path is in what is scanned; the first time, tell."""
    if not _is_scanned(directory):
        return False
    _tell_why(
        f"the cache directory {cache_directory()} is in the scanned tree or the working directory, so it is not used"
    )
    return True


def _tell_why(reason: str) -> None:
    while _tell:
        _tell.pop()(reason)


def _is_scanned(directory: str) -> bool:
    folders = set(_scanned)
    if os.environ.get("FRONTLEAK_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME"):
        folders.add(os.path.realpath(os.curdir))
    return any(directory == folder or directory.startswith(folder.rstrip(os.sep) + os.sep) for folder in folders)


def _content(file: Path) -> bytes | None:
    """Return the content of a regular file of this user that nobody else can write; None for any other.

    Raises:
        OSError: it cannot be read.
    """
    descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0) | _NO_WAIT)
    with open(descriptor, "rb") as stream:
        status = os.fstat(stream.fileno())
        return stream.read() if stat.S_ISREG(status.st_mode) and _is_ours(status) else None


_NO_WAIT: Final = getattr(os, "O_NONBLOCK", 0)
"""Opening a FIFO would wait for a writer."""


def _key_of(directory: Path) -> bytes:
    """Return the key of a directory; make one if it has none."""
    with contextlib.suppress(OSError):
        key = _content(directory / _KEY)
        if key and len(key) == _KEY_SIZE:
            return key
    key = os.urandom(_KEY_SIZE)
    _replace(directory / _KEY, key)
    return key


def _replace(file: Path, data: bytes) -> None:
    """Write a file atomically, readable by this user only.

    Raises:
        OSError: it cannot be written; nothing is left behind.
    """
    import tempfile  # noqa: PLC0415 - a warm cache is only read

    descriptor, temporary = tempfile.mkstemp(dir=file.parent)
    try:
        with open(descriptor, "wb") as stream:
            stream.write(data)
        Path(temporary).replace(file)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise


def _is_ours(status: os.stat_result) -> bool:
    if not hasattr(os, "getuid"):  # on Windows the user's profile is private to the user
        return True
    return status.st_uid == os.getuid() and not status.st_mode & 0o022


def _is_safe_parent(status: os.stat_result) -> bool:
    """Return whether nobody but this user and root can replace what is in a folder."""
    if not hasattr(os, "getuid"):
        return True
    return status.st_uid in {0, os.getuid()} and not (status.st_mode & 0o022 and not status.st_mode & stat.S_ISVTX)


def _checksum(key: bytes, name: str, body: bytes) -> bytes:
    return blake2b(name.encode() + b"\0" + body, key=key, digest_size=_CHECKSUM_SIZE).digest()
