"""Files in the user's cache directory: reproducible data only, never a secret.

A cached file is used only if it is a regular file, belongs to this user, is not writable by others, and starts with a
valid checksum of its content. Otherwise it counts as absent. Failing to write the cache is not an error.
"""

import contextlib
import os
import stat
from hashlib import blake2b
from pathlib import Path
from typing import Final

_MAGIC: Final = b"frontleak-cache-1\n"
_CHECKSUM_SIZE: Final = 32
_FILES_PER_KIND: Final = 12


def cache_directory() -> Path:
    """Return `FRONTLEAK_CACHE_DIR`, or the platform's default cache directory (XDG on Linux)."""
    if configured := os.environ.get("FRONTLEAK_CACHE_DIR"):
        return Path(configured)
    from platformdirs import user_cache_path  # noqa: PLC0415 - not needed if the variable is set

    return user_cache_path("frontleak", appauthor=False)


def read(name: str) -> bytes | None:
    """Return the content stored under a name, or None if it is absent or cannot be trusted."""
    try:
        directory = cache_directory()
        if not _is_ours(directory.stat()):
            return None
        descriptor = os.open(directory / name, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
        with open(descriptor, "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode) or not _is_ours(status):
                return None
            data = file.read()
    except (OSError, RuntimeError):
        return None
    body = data[len(_MAGIC) + _CHECKSUM_SIZE :]
    intact = data.startswith(_MAGIC) and data[len(_MAGIC) : len(_MAGIC) + _CHECKSUM_SIZE] == _checksum(body)
    return body if intact else None


def write(name: str, body: bytes) -> None:
    """Store bytes under a name atomically, and delete the oldest files of the same kind (the name up to `-`)."""
    import tempfile  # noqa: PLC0415 - a warm cache is only read

    with contextlib.suppress(OSError, RuntimeError):
        directory = cache_directory()
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _is_ours(directory.stat()):
            return
        descriptor, temporary = tempfile.mkstemp(dir=directory)
        try:
            with open(descriptor, "wb") as file:
                file.write(_MAGIC + _checksum(body) + body)
            Path(temporary).replace(directory / name)
        except OSError:
            Path(temporary).unlink(missing_ok=True)
            raise
        kind = name.partition("-")[0]
        others = (file for file in directory.glob(f"{kind}-*") if file.name != name)
        files = sorted(others, key=lambda file: file.stat().st_mtime, reverse=True)
        for old in files[_FILES_PER_KIND - 1 :]:
            old.unlink(missing_ok=True)


def _is_ours(status: os.stat_result) -> bool:
    if not hasattr(os, "getuid"):  # on Windows the user's profile is private to the user
        return True
    return status.st_uid == os.getuid() and not status.st_mode & 0o022


def _checksum(body: bytes) -> bytes:
    return blake2b(body, digest_size=_CHECKSUM_SIZE).digest()
