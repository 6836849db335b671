"""What a whole run may use, shared by its workers: caps per file do not bound a run over thousands of hostile files."""

from collections.abc import MutableSequence
from enum import IntEnum
from typing import Final, Self, Union

from frontleak.core.budget import MOST_WORK


class Resource(IntEnum):
    """Something that a run has a limited amount of."""

    FINDINGS = 0
    """Places of secrets."""
    DECODED = 1
    """Bytes of decoded views."""
    WORK = 2
    """Units of work for decoding (`core/budget.py`)."""
    MEMBERS = 3
    """Members of archives, including folders."""
    UNPACKED = 4
    """Bytes unpacked from archives and compressed files."""


RUN_LIMITS: Final = (50_000, 2_000_000_000, 400 * MOST_WORK, 1_000_000, 16_000_000_000)
"""Limit of each resource. A tree of 15,000 built files (900 MB) decodes 13 MB with 260,000 units of work."""
CONSEQUENCES: Final = (
    "more than {:,} findings in this run; the rest are not listed",
    "more than {:,} bytes of encoded text in this run; the rest was not decoded",
    "more than {:,} units of work for decoding in this run; the rest was not decoded",
    "more than {:,} archive members in this run; the rest were not read",
    "more than {:,} bytes unpacked in this run; the rest was not read",
)
"""What is reported when a limit is reached, as the end of a sentence that begins with the path."""


Counts = Union[MutableSequence[int], "memoryview[int]"]  # memoryview is not subscriptable before Python 3.14
"""A row for each process, with the amount used of each resource."""


class RunBudget:
    """Counts what all workers of a run have used. Each worker writes to a row of its own, so no lock is needed."""

    def __init__(self, limits: tuple[int, ...] = RUN_LIMITS) -> None:
        """Start counting."""
        self.limits = limits
        self._rows = 1
        self._row = 0
        self._used: Counts = [0] * len(Resource)
        self._refused: set[Resource] = set()

    def left(self, resource: Resource) -> int:
        """Return how much is left for all workers together."""
        used = sum(self._used[row * len(Resource) + resource] for row in range(self._rows))
        return max(0, self.limits[resource] - used)

    def has(self, resource: Resource) -> bool:
        """Return whether something is left; if not, `refused` tells of it."""
        return self.left(resource) > 0 or self.take(resource, 1) > 0

    def take(self, resource: Resource, amount: int) -> int:
        """Use up to an amount, and return how much was granted; if it is less, `refused` tells of it."""
        granted = min(amount, self.left(resource))
        self._used[self._row * len(Resource) + resource] += granted
        if granted < amount:
            self._refused.add(resource)
        return granted

    def refused(self) -> list[str]:
        """Return what was left out, for each resource that ran out since the last call in this process."""
        messages = [CONSEQUENCES[resource].format(self.limits[resource]) for resource in sorted(self._refused)]
        self._refused.clear()
        return messages

    def share(self, workers: int, *, forked: bool) -> None:
        """Move the counts to memory that worker processes share; row 0 stays that of this process."""
        used: Counts
        size = (workers + 1) * len(Resource)
        if forked:
            import mmap  # noqa: PLC0415 - only a scan with workers needs it

            used = memoryview(mmap.mmap(-1, size * 8)).cast("q")
        else:
            from multiprocessing.sharedctypes import RawArray  # noqa: PLC0415 - spawned workers inherit it

            used = RawArray("q", size)
        for at, count in enumerate(self._used[: len(Resource)]):
            used[at] = count
        self._used, self._rows = used, workers + 1

    def enter(self, worker: int) -> Self:
        """Count for a worker from now on, by its number from 0; called in its process."""
        self._row = worker + 1
        return self
