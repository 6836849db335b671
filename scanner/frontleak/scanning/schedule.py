"""Applies a function to items, in this process for small work and in several for large; results keep the order.

Processes are given the largest batch of those at hand, so that none ends alone on a large file.
"""

import os
from bisect import insort
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from frontleak.core.run_budget import RunBudget

PAYS_FROM: Final = 40_000_000
"""Weight of work from which starting processes saves time, some fifty milliseconds; measured with bench/."""
_PER_ITEM: Final = 50_000
"""Weight of an item besides its bytes: opening a file takes as long as searching that many."""
_BATCH: Final = 8_000_000
"""Weight of a batch, some ten milliseconds of work; a larger item is a batch of its own."""
_AHEAD: Final = 16
"""Batches at hand from which the largest is taken: few, because no process works before they are listed."""
_CPU_MAX: Final = "/sys/fs/cgroup/cpu.max"
"""Quota and period of this control group, in microseconds."""

Work = TypeVar("Work")
Result = TypeVar("Result")
Sized = tuple[Work, int]
"""An item and its size in bytes."""


def default_jobs() -> int:
    """Return the number of CPUs this process may use: those it may run on, and no more than its container's quota."""
    if hasattr(os, "process_cpu_count"):
        count = os.process_cpu_count()
    elif hasattr(os, "sched_getaffinity"):
        count = len(os.sched_getaffinity(0))
    else:
        count = os.cpu_count()
    return max(1, min(count or 1, _quota() or count or 1))


def _quota() -> int | None:
    """Return the CPUs of the control group as a whole number, rounded up; None without a limit.

    Source: https://docs.kernel.org/admin-guide/cgroup-v2.html (cpu.max).
    """
    try:
        with open(_CPU_MAX, encoding="ascii") as file:
            quota, period = map(int, file.read().split())
    except (OSError, ValueError):  # no such group, or `max`
        return None
    return -(-quota // period) if period > 0 else None


def run(
    work: Iterable[Sized[Work]],
    function: Callable[[Work], Result],
    *,
    jobs: int,
    died: Callable[[Work, int | None], Result],
) -> list[Result]:
    """Apply a function to every item and return the results in the order of the items; as `arriving`."""
    return in_order(dict(arriving(work, function, jobs=jobs, died=died)))


def in_order(results: Mapping[int, Result]) -> list[Result]:
    """Return results by number in the order of the numbers."""
    return [results[number] for number in sorted(results)]


def arriving(
    work: Iterable[Sized[Work]],
    function: Callable[[Work], Result],
    *,
    jobs: int,
    died: Callable[[Work, int | None], Result],
    budget: "RunBudget | None" = None,
) -> Iterator[tuple[int, Result]]:
    """Apply a function to every item, and yield (number of the item, result) as results arrive, in any order.

    Closing the iterator stops the processes.

    Args:
        work: items with their sizes; consumed only as needed.
        function: picklable where workers are spawned; must not raise.
        jobs: number of processes; with 1, everything runs in this one.
        died: returns the result for an item whose worker died, from the item and the worker's exit code.
        budget: what the function counts in, to be shared by the processes.
    """
    source = iter(work)
    if jobs == 1:
        yield from enumerate(function(item) for item, _ in source)
        return
    first: list[Sized[Work]] = []
    total = 0
    for entry in source:
        first.append(entry)
        total += entry[1] + _PER_ITEM
        if total >= PAYS_FROM:
            break
    else:
        yield from enumerate(function(item) for item, _ in first)
        return
    yield from _in_processes(_chain(first, source), function, jobs, died, budget)


def _in_processes(
    work: Iterator[Sized[Work]],
    function: Callable[[Work], Result],
    jobs: int,
    died: Callable[[Work, int | None], Result],
    budget: "RunBudget | None",
) -> Iterator[tuple[int, Result]]:
    from frontleak.scanning.pool import Pool, WorkerDied, start_method  # noqa: PLC0415 - small scans never need it

    if budget is not None:
        budget.share(jobs, forked=start_method() == "fork")
    items: dict[int, Work] = {}
    with Pool(function, jobs, budget.enter if budget is not None else None) as pool:
        for number, result in pool.run(_batches(work, items)):
            item = items.pop(number)
            yield number, died(item, result.code) if isinstance(result, WorkerDied) else result


def _batches(work: Iterator[Sized[Work]], items: dict[int, Work]) -> Iterator[Sequence[tuple[int, Work]]]:
    """Yield the largest of the batches at hand, until the work is used up."""
    at_hand: list[tuple[int, int, Sequence[tuple[int, Work]]]] = []
    for weight, batch in _in_order(work, items):
        insort(at_hand, (weight, -batch[0][0], batch))
        if len(at_hand) >= _AHEAD:
            yield at_hand.pop()[2]
    while at_hand:
        yield at_hand.pop()[2]


def _in_order(work: Iterator[Sized[Work]], items: dict[int, Work]) -> Iterator[tuple[int, Sequence[tuple[int, Work]]]]:
    """Yield (weight, batch) in the order of the work; note the items by number."""
    batch: list[tuple[int, Work]] = []
    weight = 0
    for number, (item, size) in enumerate(work):
        items[number] = item
        if size >= _BATCH:
            yield size + _PER_ITEM, [(number, item)]
            continue
        batch.append((number, item))
        weight += size + _PER_ITEM
        if weight >= _BATCH:
            yield weight, batch
            batch, weight = [], 0
    if batch:
        yield weight, batch


def _chain(first: list[Sized[Work]], rest: Iterator[Sized[Work]]) -> Iterator[Sized[Work]]:
    yield from first
    yield from rest
