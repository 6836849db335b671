"""How busy the machine is with other work: timings of a busy machine say nothing."""

from __future__ import annotations

import os
import resource
import time
from dataclasses import dataclass
from pathlib import Path

MOST_BUSY = 0.05
"""Share of all processors that other programs may use before and during a run."""

SAMPLE_SECONDS = 3.0

STAT_FILE = Path("/proc/stat")


class BusyError(Exception):
    """Other programs use too much of the machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Readings at one moment, in seconds."""

    wall: float
    busy: float
    """Time that all processors have spent on anything."""
    own: float
    """Time that this process and its finished children have spent."""


def busy_seconds(text: str, ticks: int) -> float:
    """Return the time that all processors have spent working, from the text of /proc/stat.

    Source: proc_stat(5). Idle and waiting do not count, and guests are counted as user time already.
    """
    first = text.partition("\n")[0].split()
    if first[:1] != ["cpu"]:
        return 0.0
    user, nice, system, _idle, _waiting, *others = map(int, first[1:9])
    return (user + nice + system + sum(others)) / ticks


def read_clock() -> Clock:
    """Return the present readings; without /proc, other programs count as idle."""
    try:
        busy = busy_seconds(STAT_FILE.read_text(encoding="ascii"), os.sysconf("SC_CLK_TCK"))
    except OSError:
        busy = 0.0
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return Clock(wall=time.perf_counter(), busy=busy, own=sum(usage.ru_utime + usage.ru_stime for usage in usages))


def share_of_others(before: Clock, after: Clock, processors: int) -> float:
    """Return the share of all processors, 0 to 1, that other programs used between two readings."""
    elapsed = (after.wall - before.wall) * processors
    others = (after.busy - before.busy) - (after.own - before.own)
    return min(1.0, max(0.0, others / elapsed)) if elapsed > 0 else 0.0


def sample(seconds: float = SAMPLE_SECONDS) -> float:
    """Return the share that other programs use now, over a few seconds."""
    before = read_clock()
    time.sleep(seconds)
    return share_of_others(before, read_clock(), os.cpu_count() or 1)


def check(share: float, *, allow_busy: bool) -> None:
    """Refuse to measure on a busy machine.

    Raises:
        BusyError: other programs use too much, and `allow_busy` is not set.
    """
    if share > MOST_BUSY and not allow_busy:
        raise BusyError(
            f"other programs use {share:.0%} of the processors (at most {MOST_BUSY:.0%}, load average"
            f" {os.getloadavg()[0]:.1f}); wait, or pass --busy, which the results will say"
        )
