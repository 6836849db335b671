"""Reads objects of a repository with one process of git, `cat-file --batch`, for as many as are asked for."""

import os
from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Final, NamedTuple, Self

from frontleak.files.git.command import Git

if TYPE_CHECKING:
    from subprocess import Popen

AT_ONCE: Final = 256
"""Names that are sent before their answers are read; both fit into the buffers of pipes."""
_CHUNK: Final = 1 << 20


class GitObject(NamedTuple):
    """An object, or why there is none."""

    data: bytes | None
    """None if it is missing or too large."""
    size: int = 0
    """Bytes."""
    problem: str = ""
    """Why the object cannot be read, as the end of a sentence; empty if it is only too large."""


class ObjectReader:
    """Reads objects; the process starts with the first and ends with `close`."""

    def __init__(self, git: Git) -> None:
        self._git = git
        self._process: Popen[bytes] | None = None
        self._owner = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def blob(self, name: str, most: int) -> GitObject:
        """Return a blob of up to `most` bytes.

        Args:
            name: full id, or `tree:path` with the index as the empty tree; a path with a line break is missing.
            most: bytes.
        """
        if "\n" in name or "\0" in name:
            return GitObject(None, problem="has a name that git is not asked for")
        try:
            process = self._running()
            return _answer(process, os.fsencode(name), most)
        except (OSError, ValueError, EOFError):
            self.close()
            return GitObject(None, problem="was not read: git ended while it was asked for it")

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is None or self._owner != os.getpid():  # a fork has the pipes of its parent
            return
        _end(process)

    def _running(self) -> "Popen[bytes]":
        if self._process is None or self._owner != os.getpid():
            self._process, self._owner = self._git.start("cat-file", "--batch"), os.getpid()
        return self._process


def _answer(process: "Popen[bytes]", name: bytes, most: int) -> GitObject:
    """Ask for one object.

    Raises:
        OSError, ValueError, EOFError: the process ended.
    """
    stdin, stdout = process.stdin, process.stdout
    if stdin is None or stdout is None:
        raise EOFError
    stdin.write(name + b"\n")
    stdin.flush()
    header = stdout.readline()
    if not header.endswith(b"\n"):
        raise EOFError
    if header.endswith((b" missing\n", b" ambiguous\n")):
        return GitObject(None, problem="is not in this repository")
    _, kind, length = header.rsplit(maxsplit=2)
    size = int(length)
    if kind == b"blob" and size <= most:
        data = stdout.read(size)
        if len(data) != size or stdout.read(1) != b"\n":
            raise EOFError
        return GitObject(data, size)
    left = size + 1
    while left:
        part = stdout.read(min(left, _CHUNK))
        if not part:
            raise EOFError
        left -= len(part)
    return GitObject(None, size, "" if kind == b"blob" else "is not a file")


class SizeReader:
    """Tells the sizes of blobs; a process of git, `cat-file --batch-check`, serves it."""

    def __init__(self, git: Git) -> None:
        """Start the process.

        Raises:
            GitError: git is missing.
        """
        self._process = git.start("cat-file", "--batch-check=%(objectsize)")

    def of(self, blobs: Sequence[str]) -> list[int]:
        """Return the size of each blob in bytes; 0 for one that is missing. At most `AT_ONCE` are asked for at once."""
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None or len(blobs) > AT_ONCE:
            raise ValueError
        try:
            stdin.write("".join(f"{blob}\n" for blob in blobs).encode("ascii"))
            stdin.flush()
        except OSError:
            return [0] * len(blobs)
        lines = (stdout.readline().strip() for _ in blobs)
        return [int(line) if line.isdigit() else 0 for line in lines]

    def close(self) -> None:
        """End the process."""
        _end(self._process)


def _end(process: "Popen[bytes]") -> None:
    """End a process that only reads; forked workers may hold its input open, so closing it is not enough."""
    process.kill()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with suppress(OSError):
                stream.close()
    process.wait()
