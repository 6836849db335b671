"""Applies a function to items, in this process for small work and in several for large; results keep the order."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from frontleak.core.run_budget import RunBudget

PAYS_FROM: Final = 40_000_000
"""Bytes of work from which starting processes saves time; measured with bench/."""
_BATCH_BYTES: Final = 4_000_000
_BATCH_ITEMS: Final = 256

Work = TypeVar("Work")
Result = TypeVar("Result")
Sized = tuple[Work, int]
"""An item and its size in bytes."""


def default_jobs() -> int:
    """Return the number of CPUs this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return max(1, os.cpu_count() or 1)


def run(
    work: Iterable[Sized[Work]],
    function: Callable[[Work], Result],
    *,
    jobs: int,
    died: Callable[[Work, int | None], Result],
    done: Callable[[Result], None] = lambda _: None,
    budget: "RunBudget | None" = None,
) -> list[Result]:
    """Apply a function to every item and return the results in the order of the items.

    Args:
        work: items with their sizes; consumed only as needed.
        function: picklable where workers are spawned; must not raise.
        jobs: number of processes; with 1, everything runs in this one.
        died: returns the result for an item whose worker died, from the item and the worker's exit code.
        done: called with each result as it arrives, in any order.
        budget: what the function counts in, to be shared by the processes.
    """
    source = iter(work)
    if jobs == 1:
        return [_notify(done, function(item)) for item, _ in source]
    first: list[Sized[Work]] = []
    total = 0
    for entry in source:
        first.append(entry)
        total += entry[1]
        if total >= PAYS_FROM:
            break
    else:
        return [_notify(done, function(item)) for item, _ in first]
    return _in_processes(_chain(first, source), function, jobs, died, done, budget)


def _in_processes(
    work: Iterator[Sized[Work]],
    function: Callable[[Work], Result],
    jobs: int,
    died: Callable[[Work, int | None], Result],
    done: Callable[[Result], None],
    budget: "RunBudget | None",
) -> list[Result]:
    from frontleak.scanning.pool import Pool, WorkerDied, start_method  # noqa: PLC0415 - small scans never need it

    if budget is not None:
        budget.share(jobs, forked=start_method() == "fork")
    items: dict[int, Work] = {}
    results: dict[int, Result] = {}
    with Pool(function, jobs, budget.enter if budget is not None else None) as pool:
        for number, result in pool.run(_batches(work, items)):
            item = items.pop(number)
            results[number] = _notify(done, died(item, result.code) if isinstance(result, WorkerDied) else result)
    return [results[number] for number in sorted(results)]


def _batches(work: Iterator[Sized[Work]], items: dict[int, Work]) -> Iterator[Sequence[tuple[int, Work]]]:
    batch: list[tuple[int, Work]] = []
    size = 0
    for number, (item, item_size) in enumerate(work):
        items[number] = item
        batch.append((number, item))
        size += item_size
        if size >= _BATCH_BYTES or len(batch) >= _BATCH_ITEMS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _chain(first: list[Sized[Work]], rest: Iterator[Sized[Work]]) -> Iterator[Sized[Work]]:
    yield from first
    yield from rest


def _notify(done: Callable[[Result], None], result: Result) -> Result:
    done(result)
    return result
