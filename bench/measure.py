"""Run a command and measure it: time from `os.wait4`, memory from it and /proc."""

from __future__ import annotations

import os
import resource
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

TREE_INTERVAL = 0.005
"""Seconds between two samples of a process tree."""

TIME_LIMIT = 900.0
"""Seconds after which a command is killed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Measurements of one run. User and system time include all waited-for child processes."""

    wall: float
    user: float
    system: float
    largest_kib: int
    """Peak resident memory of the largest single process."""
    tree_kib: int | None
    """Peak of the sum over all processes; None if the tree was not watched."""
    exit_code: int


@dataclass(slots=True)
class TreePeaks:
    """Peak resident memory of a process tree so far, in KiB."""

    largest: int = 0
    together: int = 0


def own_peak_kib() -> int:
    """Return the peak resident memory of this process.

    Until `exec`, Linux attributes the parent's memory to the child, so a `wait4` value
    below this one does not describe the child.
    """
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def tree_of(root: int) -> Iterator[int]:
    """Yield a process and its descendants; only the process itself without /proc."""
    pending = [root]
    while pending:
        pid = pending.pop()
        yield pid
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            try:
                pending += [int(child) for child in children.read_text().split()]
            except OSError:
                continue


def memory_of(pid: int) -> tuple[int, int]:
    """Return the peak and current resident memory of a process in KiB; zeros if it has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0, 0
    fields = dict(line.split(":", 1) for line in status.splitlines() if line.startswith("Vm"))
    peak, current = fields.get("VmHWM", "0").split()[0], fields.get("VmRSS", "0").split()[0]
    return int(peak), int(current)


def watch_tree(root: int, finished: threading.Event, peaks: TreePeaks) -> None:
    """Update the peaks of a process tree until the command has finished."""
    while not finished.wait(TREE_INTERVAL):
        samples = [memory_of(pid) for pid in tree_of(root)]
        peaks.largest = max(peaks.largest, *(peak for peak, _ in samples))
        peaks.together = max(peaks.together, sum(current for _, current in samples))


def wait_for(process: subprocess.Popen[bytes]) -> tuple[int, resource.struct_rusage]:
    """Wait for a process and return its exit code and the resource usage of it and its children."""
    limit = threading.Timer(TIME_LIMIT, process.kill)
    limit.start()
    try:
        _, status, usage = os.wait4(process.pid, 0)
    finally:
        limit.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, usage


def run(
    command: Sequence[str | Path],
    *,
    folder: Path,
    environment: dict[str, str],
    output: IO[bytes],
    errors: IO[bytes],
    watch: bool = False,
) -> Sample:
    """Run a command in a folder and return its measurements.

    Watching the process tree takes time itself: use it for memory, not for timings.
    """
    peaks = TreePeaks()
    finished = threading.Event()
    started = time.perf_counter()
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=errors,
    ) as process:
        watcher = threading.Thread(target=watch_tree, args=(process.pid, finished, peaks))
        if watch:
            watcher.start()
        exit_code, usage = wait_for(process)
        wall = time.perf_counter() - started
        finished.set()
        if watch:
            watcher.join()
    waited = usage.ru_maxrss if usage.ru_maxrss > own_peak_kib() else 0
    return Sample(
        wall=wall,
        user=usage.ru_utime,
        system=usage.ru_stime,
        largest_kib=max(waited, peaks.largest),
        tree_kib=peaks.together or None,
        exit_code=exit_code,
    )
