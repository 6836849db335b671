"""Every fault of docs/reliability.md, injected once into the installed command."""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults import measured
from tests.faults.fault import Fault, Limits, Outcome, problems
from tests.faults.launch import outcome, plant, run, scan, warm_up
from tests.faults.registry import FAULTS, GROUPS
from tests.faults.table import reliability_page
from tests.support.paths import ROOT

SLACK = 3.0
"""Factor on the CPU limits: the figures of the table are from a machine that did nothing else."""

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="faults are injected by means of Linux")


@pytest.fixture(scope="module", autouse=True)
def _warm_cache() -> None:
    warm_up()


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Create the folder to scan, in a folder of its own."""
    (tmp_path / "tree").mkdir()
    return tmp_path / "tree"


@on_linux
@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(fault, marks=[pytest.mark.xfail(strict=True, reason=fault.pending)] if fault.pending else [])
        for fault in FAULTS.values()
    ],
    ids=list(FAULTS),
)
def test_a_fault_has_the_outcome_of_its_row(tree: Path, fault: Fault) -> None:
    assert problems(fault, fault.run(tree), SLACK) == []


# --- the table does not lie ------------------------------------------------------------------------------------------


def test_the_page_is_that_of_the_records() -> None:
    assert (ROOT / "docs" / "reliability.md").read_text("utf-8") == reliability_page()


def test_every_row_was_recorded_as_often_as_its_command_repeats_it() -> None:
    recorded = measured.load()
    assert {name: recorded[name].runs for name in recorded} == {
        name: fault.times for name, fault in FAULTS.items() if not fault.pending
    }


def test_recorded_figures_keep_the_limits() -> None:
    for name, figures in measured.load().items():
        if limits := FAULTS[name].limits:
            assert figures.cpu < limits.cpu, name
            assert figures.memory * 1e6 < limits.memory, name


def test_names_are_unique() -> None:
    assert len(FAULTS) == sum(map(len, GROUPS.values()))


FINE = Outcome(code=1, said="m.js: too large")
ROW = Fault(
    name="x", injected="x", run=lambda _: FINE, code=1, says="too large", limits=Limits(cpu=1, memory=1_000_000)
)
WRONG: dict[str, Outcome] = {
    "another exit code": replace(FINE, code=3),
    "something lost": replace(FINE, lost=("a.js",)),
    "silence": replace(FINE, said=""),
    "a traceback": replace(FINE, said="too large\nTraceback (most recent call last)"),
    "an internal error": replace(FINE, said="too large: internal error"),
    "too much time": replace(FINE, cpu=1.1),
    "too much memory": replace(FINE, memory=1_000_001),
}


@pytest.mark.parametrize("found", WRONG.values(), ids=WRONG)
def test_an_outcome_that_differs_is_a_problem(found: Outcome) -> None:
    assert problems(ROW, FINE) == []
    assert len(problems(ROW, found)) == 1


@on_linux
def test_a_secret_that_is_not_reported_is_lost(tree: Path) -> None:
    names = plant(tree, "a.js", "b/b.js", "c/c.js")
    (tree / "b" / "b.js").write_text("nothing\n")
    assert outcome(scan(".", cwd=tree), names).lost == ("b/b.js",)
    assert outcome(scan("c", cwd=tree), names).lost == ("a.js", "b/b.js")


@on_linux
def test_memory_and_cpu_are_those_of_the_command_alone(tree: Path) -> None:
    ballast = bytearray(300_000_000)
    small = scan(".", cwd=tree)
    assert small.memory < 100_000_000 < len(ballast)
    with open(tree / "a.js", "wb") as file:
        file.write(b"const a = 1\n" * 10_000_000)
    large = scan(".", cwd=tree)
    assert large.memory > 100_000_000
    assert large.cpu > small.cpu > 0


@on_linux
@pytest.mark.parametrize(
    ("limits", "closed", "holds"),
    [({"RLIMIT_CPU": 0}, [], lambda code: code < 0), ({}, [1], lambda code: code == 2)],
    ids=["a limit", "a closed stream"],
)
def test_limits_and_closed_streams_reach_the_command(
    tree: Path, limits: dict[str, int], closed: list[int], holds: Callable[[int], bool]
) -> None:
    plant(tree, "a.js")
    assert holds(run("scan", "--isolated", ".", cwd=tree, limits=limits, closed=closed).code)
