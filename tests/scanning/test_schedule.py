"""Results do not depend on whether work is done in this process or in workers."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from frontleak.scanning import schedule
from frontleak.scanning.schedule import PAYS_FROM, arriving, default_jobs, run

DEADLY = 13


def _died(item: int, code: int | None) -> tuple[str, int, int | None]:
    return ("died", item, code)


def _negative(item: int) -> int | tuple[str, int, int | None]:
    return -item


def _process(_item: int) -> int | tuple[str, int, int | None]:
    return os.getpid()


def _exits(item: int) -> int | tuple[str, int, int | None]:
    if item == DEADLY:
        os._exit(9)
    return item


SIZES = {
    "nothing": [],
    "little": [1, 2, 3],
    "empty files": [0] * 600,
    "one large file": [PAYS_FROM],
    "a large file first": [PAYS_FROM, 1, 2, 3],
    "a large file last": [1, 2, 3, PAYS_FROM],
    "many files": [PAYS_FROM // 500] * 700,
    "files of all sizes": [(number * 7919) % 1_000_000 for number in range(300)],
}


@pytest.mark.parametrize("sizes", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("jobs", [1, 2, 4])
def test_results_come_in_the_order_of_the_items(sizes: list[int], jobs: int) -> None:
    results = run(enumerate_sizes(sizes), _negative, jobs=jobs, died=_died)
    assert results == [-number for number in range(len(sizes))]


def enumerate_sizes(sizes: list[int]) -> Iterator[tuple[int, int]]:
    """Yield (item, size); the item is its number."""
    yield from enumerate(sizes)


@pytest.mark.parametrize(
    ("jobs", "sizes"),
    [(1, [PAYS_FROM * 2]), (4, [PAYS_FROM - schedule._PER_ITEM - 1]), (4, [1, 2, 3])],
    ids=["one job", "just too little work", "little work"],
)
def test_little_work_and_one_job_stay_in_this_process(jobs: int, sizes: list[int]) -> None:
    assert set(run(enumerate_sizes(sizes), _process, jobs=jobs, died=_died)) == {os.getpid()}


def test_much_work_leaves_this_process() -> None:
    assert os.getpid() not in run(enumerate_sizes([PAYS_FROM, PAYS_FROM]), _process, jobs=2, died=_died)


def test_many_small_items_leave_this_process_too() -> None:
    """Opening a file takes time, whatever its size."""
    count = PAYS_FROM // schedule._PER_ITEM
    assert os.getpid() not in run(enumerate_sizes([0] * count), _process, jobs=2, died=_died)
    assert set(run(enumerate_sizes([0] * (count - 1)), _process, jobs=2, died=_died)) == {os.getpid()}


def test_the_item_that_killed_its_worker_stands_in_its_place() -> None:
    results = run(enumerate_sizes([PAYS_FROM // 20] * 40), _exits, jobs=2, died=_died)
    assert results == [("died", item, 9) if item == DEADLY else item for item in range(40)]


def test_items_are_taken_only_as_they_are_needed() -> None:
    taken: list[int] = []
    done: list[int] = []

    def work() -> Iterator[tuple[int, int]]:
        for item in range(5):
            taken.append(item)
            assert len(taken) - len(done) <= 1
            yield item, 1

    def note(item: int) -> int | tuple[str, int, int | None]:
        done.append(item)
        return item

    assert run(work(), note, jobs=1, died=_died) == [0, 1, 2, 3, 4]


def test_by_default_there_is_a_job_for_each_processor_this_process_may_use() -> None:
    assert 1 <= default_jobs() <= (os.cpu_count() or 1)


def batches(sizes: Sequence[int]) -> list[list[int]]:
    """Return the numbers of the items of each batch, in the order in which processes are given them."""
    return [[number for number, _ in batch] for batch in schedule._batches(enumerate_sizes(list(sizes)), {})]


def test_the_largest_items_are_dealt_first_each_alone() -> None:
    sizes = [10_000_000, 30_000_000, 1, 20_000_000, 2]
    assert batches(sizes) == [[1], [3], [0], [2, 4]]


def test_items_of_the_same_size_are_dealt_in_order() -> None:
    assert batches([9_000_000] * 5) == [[0], [1], [2], [3], [4]]


def test_every_item_is_dealt_once() -> None:
    sizes = [(number * 7919) % 12_000_000 for number in range(900)]
    assert sorted(number for batch in batches(sizes) for number in batch) == list(range(900))


def test_many_empty_files_are_several_batches() -> None:
    assert len(batches([0] * 1000)) > 4


def test_dealing_begins_before_all_work_is_listed() -> None:
    """And what is listed is dealt: no more than a few batches wait."""
    listed: list[int] = []

    def work() -> Iterator[tuple[int, int]]:
        for number in range(1000):
            listed.append(number)
            yield number, 9_000_000

    for dealt, _ in enumerate(schedule._batches(work(), {}), start=1):
        assert len(listed) <= dealt + 20


QUOTAS = {
    "half a processor": ("50000 100000", 1),
    "one and a half": ("150000 100000", 2),
    "more than there are": ("99900000 100000", 999),
    "no limit": ("max 100000", None),
    "something else": ("?", None),
    "no period": ("100000 0", None),
}


@pytest.mark.parametrize(("text", "count"), QUOTAS.values(), ids=QUOTAS)
def test_a_container_may_use_fewer_processors(
    text: str, count: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cpu.max").write_text(f"{text}\n")
    monkeypatch.setattr(schedule, "_CPU_MAX", str(tmp_path / "cpu.max"))
    assert schedule._quota() == count
    assert default_jobs() <= (count or os.cpu_count() or 1)


def test_without_control_groups_there_is_no_quota(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "_CPU_MAX", str(tmp_path / "missing"))
    assert schedule._quota() is None


@pytest.mark.parametrize("sizes", [[1] * 50, [PAYS_FROM // 10] * 50], ids=["in this process", "in workers"])
@pytest.mark.parametrize("jobs", [1, 2])
def test_each_result_arrives_once_with_the_number_of_its_item(sizes: Sequence[int], jobs: int) -> None:
    arrived = [(number, result) for number, result in arriving(enumerate(sizes), _negative, jobs=jobs, died=_died)]
    assert sorted(arrived) == [(number, -number) for number in range(50)]
