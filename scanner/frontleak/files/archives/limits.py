"""Caps on reading a container, and the two exceptions that end the reading early."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from frontleak.core.diagnostic import Level
from frontleak.core.records import dataclass, field
from frontleak.core.run_budget import Resource, RunBudget


@dataclass(frozen=True, slots=True, kw_only=True)
class UnpackLimits:
    """Caps on the data unpacked from one compressed file or archive, including everything nested in it."""

    depth: int = 3
    """Levels of nested containers; deeper ones are not opened. A compressed tar is one level."""
    members: int = 20_000
    """Members of all its archives together, including folders."""
    member_bytes: int = 256 * 1024 * 1024
    """Bytes of one member or one lone compressed file; only the beginning of a larger one is read."""
    total_bytes: int = 512 * 1024 * 1024
    """Bytes of all members together."""
    ratio: int = 200
    """Unpacked bytes per byte of the container; applies once more than `ratio_free` bytes are unpacked."""
    ratio_free: int = 64 * 1024 * 1024
    """Bytes that may be unpacked at any ratio."""
    run: RunBudget = field(default_factory=RunBudget)
    """What is left for all archives of the run."""


class UnpackError(Exception):
    """A container or member cannot be read, or not to its end; ends as a diagnostic."""

    def __init__(self, message: str, level: Level = Level.INCOMPLETE) -> None:
        """Store the message and level of the diagnostic; a note is for data that was skipped on purpose."""
        super().__init__(message)
        self.level = level


class Cut(Exception):  # noqa: N818 - a stop, not an error
    """A cap was reached, and nothing more is unpacked. Its argument is the message of a diagnostic, which is a note."""


class RunCut(Cut):
    """A limit of the whole run was reached, which its budget reports."""


class Chunk(NamedTuple):
    """A piece of unpacked data."""

    data: bytes
    """At most `MOST_CHUNK` bytes."""
    taken: int
    """Bytes of the container that it consumed."""


MOST_CHUNK: Final = 1 << 20
"""Most bytes of one chunk, so that caps take effect in time."""


class UnpackBudget:
    """Counts the data unpacked from one container, including everything nested in it."""

    __slots__ = ("_limits", "_made", "_members", "_size", "_taken")

    def __init__(self, limits: UnpackLimits, size: int) -> None:
        """Start counting for a container of `size` bytes."""
        self._limits = limits
        self._size = size
        self._made = self._taken = self._members = 0

    def metered(self, chunks: Iterator[Chunk], *, outermost: bool) -> Iterator[bytes]:
        """Yield the data of chunks and count it; `outermost` if they come from the outermost container.

        Raises:
            Cut: too much was unpacked, in total or for the size of the container.
            RunCut: the run has unpacked too much.
        """
        limits = self._limits
        for chunk in chunks:
            self._made += len(chunk.data)
            if outermost:
                self._taken = min(self._taken + chunk.taken, self._size)
            if limits.run.take(Resource.UNPACKED, len(chunk.data)) < len(chunk.data):
                raise RunCut
            if chunk.data:
                yield chunk.data
            if self._made > limits.total_bytes:
                raise Cut(f"holds more than {limits.total_bytes:,} bytes; the rest was not read")
            if self._made > limits.ratio_free and self._made > limits.ratio * self._taken:
                raise Cut(f"unpacks to more than {limits.ratio} times its size; the rest was not read")

    def member(self) -> None:
        """Count a member.

        Raises:
            Cut: there are too many.
            RunCut: there are too many in all archives of the run.
        """
        if not self._limits.run.take(Resource.MEMBERS, 1):
            raise RunCut
        self._members += 1
        if self._members > self._limits.members:
            raise Cut(f"holds more than {self._limits.members:,} members; the rest were not read")


class Member(NamedTuple):
    """A file in an archive."""

    name: str
    """Path as written in the archive: hostile."""
    content: Iterator[bytes]
    """Its bytes; raises `UnpackError` or `Cut` if they end early. Read it before taking the next member."""
