"""How much is read of what a container claims to hold, and the two ways in which reading one ends early."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True, kw_only=True)
class UnpackLimits:
    """Caps on what is read out of one compressed file or archive, all that is nested in it included."""

    depth: int = 3
    """Containers in containers; what is nested deeper is not opened. A compressed tar is one."""
    members: int = 20_000
    """Members of all its archives together, folders included."""
    member_bytes: int = 256 * 1024 * 1024
    """Bytes of one member, or of one lone compressed file; of a larger one the beginning is read."""
    total_bytes: int = 512 * 1024 * 1024
    """Bytes of all members together."""
    ratio: int = 200
    """Bytes read out for each byte of the container, once more than `ratio_free` have been read out."""
    ratio_free: int = 64 * 1024 * 1024
    """Bytes that are read out whatever the ratio."""


class Damaged(Exception):  # noqa: N818 - it says what the bytes are
    """Something cannot be read, or not to its end."""

    def __init__(self, reason: str, *, known: bool = False) -> None:
        """Keep the reason, the end of a sentence that begins with the path.

        Args:
            reason: what is wrong.
            known: it was left out on purpose, and nothing went wrong.
        """
        super().__init__(reason)
        self.known = known


class Cut(Exception):  # noqa: N818 - it is a stop, and nobody's mistake
    """A cap was reached, and nothing more is read out of the container. The argument is like that of `Damaged`."""


class Chunk(NamedTuple):
    """A piece of what a container holds."""

    data: bytes
    """At most `MOST_CHUNK` bytes."""
    taken: int
    """Bytes of the container that were used up for it."""


MOST_CHUNK = 1 << 20
"""Bytes of one chunk, so that a cap is noticed in time."""


class UnpackBudget:
    """What has been read out of one container, all that is nested in it included."""

    __slots__ = ("_limits", "_made", "_members", "_size", "_taken")

    def __init__(self, limits: UnpackLimits, size: int) -> None:
        """Start with nothing read of a container of so many bytes."""
        self._limits = limits
        self._size = size
        self._made = self._taken = self._members = 0

    def metered(self, chunks: Iterator[Chunk], *, outermost: bool) -> Iterator[bytes]:
        """Pass on the data of chunks and count it; `outermost` when they are made from the container's own bytes.

        Raises:
            Cut: too much has been read, in all or for the size of the container.
        """
        limits = self._limits
        for chunk in chunks:
            self._made += len(chunk.data)
            if outermost:
                self._taken = min(self._taken + chunk.taken, self._size)
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
        """
        self._members += 1
        if self._members > self._limits.members:
            raise Cut(f"holds more than {self._limits.members:,} members; the rest were not read")


class Member(NamedTuple):
    """A file in an archive."""

    name: str
    """Path in the archive as the archive has it: hostile."""
    content: Iterator[bytes]
    """Its bytes; raises `Damaged` or `Cut` where they end early. To be read before the next member is asked for."""
