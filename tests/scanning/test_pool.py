"""Workers start and die; results are not lost."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from frontleak.scanning.pool import Pool, WorkerDied

DEADLY = 5


def _square(item: int) -> int:
    return item * item


def _process(_item: int) -> int:
    return os.getpid()


def _large(item: int) -> bytes:
    return bytes([item]) * 5_000_000


def _exits(item: int) -> int:
    if item == DEADLY:
        os._exit(7)
    return item


def _is_killed(item: int) -> int:
    if item == DEADLY:
        os.kill(os.getpid(), signal.SIGKILL)
    return item


def _is_interrupted(item: int) -> int:
    os.kill(os.getpid(), signal.SIGINT)
    return item


def _always_exits(_item: int) -> int:
    os._exit(3)


def _dies_once(mark: str) -> str:
    if not os.path.exists(mark):
        Path(mark).touch()
        os._exit(1)
    return "done"


@pytest.fixture(autouse=True)
def no_process_stays() -> Iterator[None]:
    """Check that no test leaves a process behind."""
    yield
    assert multiprocessing.active_children() == []


def results(function: Callable[[Any], Any], batches: Sequence[Sequence[Any]], jobs: int = 2) -> dict[int, Any]:
    """Return item number -> result; for a dead worker, its exit code in brackets."""
    numbered: list[list[tuple[int, Any]]] = []
    number = 0
    for batch in batches:
        numbered.append([])
        for item in batch:
            numbered[-1].append((number, item))
            number += 1
    with Pool(function, jobs) as pool:
        found = list(pool.run(iter(numbered)))
    assert len({number for number, _ in found}) == len(found), "no item has two results"
    return {number: [result.code] if isinstance(result, WorkerDied) else result for number, result in found}


def test_no_work_gives_no_results() -> None:
    assert results(_square, []) == {}


@pytest.mark.parametrize("jobs", [1, 2, 5])
@pytest.mark.parametrize("batch", [1, 3, 100])
def test_every_item_gets_its_result(jobs: int, batch: int) -> None:
    items = list(range(20))
    batches = [items[start : start + batch] for start in range(0, len(items), batch)]
    assert results(_square, batches, jobs) == {item: item * item for item in items}


def test_work_is_done_in_other_processes() -> None:
    processes = set(results(_process, [[1], [2], [3], [4]]).values())
    assert os.getpid() not in processes
    assert 1 <= len(processes) <= 2


def test_results_may_be_larger_than_a_pipe() -> None:
    assert results(_large, [[1, 2], [3], [4]]) == {number: _large(number + 1) for number in range(4)}


@pytest.mark.parametrize("jobs", [1, 2, 3])
@pytest.mark.parametrize(("function", "code"), [(_exits, 7), (_is_killed, -signal.SIGKILL)])
@pytest.mark.parametrize(
    "batches",
    [
        pytest.param([[1, 2, 3], [4, DEADLY, 6], [7, 8]], id="in the middle of a batch"),
        pytest.param([[1], [2], [3], [4], [DEADLY], [6], [7], [8]], id="one item a batch"),
        pytest.param([[1, 2, 3, 4, DEADLY, 6, 7, 8]], id="one batch"),
        pytest.param([[1, 2, 3, 4, 6, 7, 8, DEADLY]], id="last"),
        pytest.param([[DEADLY, 1], [DEADLY, 2], [DEADLY, DEADLY], [3]], id="four times"),
    ],
)
def test_an_item_that_kills_its_worker_costs_no_other(
    function: Callable[[int], int], code: int, batches: Sequence[Sequence[int]], jobs: int
) -> None:
    items = [item for batch in batches for item in batch]
    expected = {number: [code] if item == DEADLY else item for number, item in enumerate(items)}
    assert results(function, batches, jobs) == expected


def test_a_worker_is_replaced_however_often_it_dies() -> None:
    assert results(_always_exits, [[1, 2, 3], [4], [5, 6]]) == {number: [3] for number in range(6)}


def test_an_item_whose_worker_died_in_a_batch_gets_a_second_chance(tmp_path: Path) -> None:
    innocent, guilty = str(tmp_path / "innocent"), str(tmp_path / "guilty")
    Path(innocent).touch()
    assert results(_dies_once, [[innocent, guilty, innocent]]) == {0: "done", 1: "done", 2: "done"}
    assert os.path.exists(guilty)


def test_a_worker_that_was_killed_while_it_waited_is_replaced() -> None:
    with Pool(_square, 2) as pool:
        for worker in pool._workers:
            worker.process.kill()
            worker.process.join()
        found = dict(pool.run(iter([[(0, 2), (1, 3)], [(2, 4), (3, 5)]])))
    assert found == {0: 4, 1: 9, 2: 16, 3: 25}


def test_an_interrupt_is_the_parents_business() -> None:
    assert results(_is_interrupted, [[1], [2], [3]]) == {0: 1, 1: 2, 2: 3}


def test_workers_end_when_the_results_are_no_longer_wanted() -> None:
    with Pool(_square, 3) as pool:
        next(pool.run(iter([[(number, number)] for number in range(100)])))
        assert len(multiprocessing.active_children()) == 3
    assert multiprocessing.active_children() == []


def test_workers_end_when_the_parent_fails() -> None:
    with pytest.raises(ZeroDivisionError), Pool(_square, 3):
        raise ZeroDivisionError
    assert multiprocessing.active_children() == []
