"""The simulation of many shards: nothing is lost or counted twice, and the simulation would notice."""

from collections import Counter
from pathlib import Path

import pytest

from bench import million_shards
from bench.million_shards import simulate
from frontleak.core.run_budget import RUN_LIMITS
from frontleak.scanning.shards import merge
from frontleak.scanning.shards.merge import merge_done
from tests.scanning.shards.in_shards import KEY


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nothing_is_lost_or_counted_twice(seed: int, tmp_path: Path) -> None:
    plan, first, second = simulate(tmp_path, 2_000, seed)
    assert "MB of lines" in plan.told
    assert " missing" in first.told
    assert second.told.startswith("2,000 files, ")
    assert second.told.endswith("all as drawn")


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    million_shards._plan(tmp_path / "plan", 500, 1)
    return tmp_path / "plan"


def test_a_result_that_counts_twice_is_noticed(plan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merge.Merged, "has", lambda *_: False)
    with pytest.raises(SystemExit, match="files differ"):
        million_shards._second(plan, 500, 1)


def test_a_result_that_is_lost_is_noticed(plan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    documents = list(million_shards._results(plan, 1, again=True, fates=Counter()))
    lost = next(name for name, text in documents if '"detections"' in text and "-" not in name)
    monkeypatch.setattr(
        million_shards, "merge_done", lambda found, key: merge_done((each for each in found if each[0] != lost), key)
    )
    with pytest.raises(SystemExit, match="1 shards are missing"):
        million_shards._second(plan, 500, 1)


def test_findings_of_a_hostile_scan_are_cut_and_told(plan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run has a limit of findings; memory is bounded by it, and the first ones in the order of the walk are kept."""
    monkeypatch.setattr(merge, "RUN_LIMITS", (3, *RUN_LIMITS[1:]))
    monkeypatch.setattr(merge, "_MOST_DIAGNOSTICS", 2)
    totals = million_shards._totals(500, 1)
    assert len(totals.findings) > 4
    documents = list(million_shards._results(plan, 1, again=True, fates=Counter()))
    for order in (documents, documents[::-1]):
        merged = merge_done(order, KEY)
        merged.trim()
        assert [each.number for each in merged.results if each.detections] == sorted(totals.findings)[:3]
        assert merged.cut is not None
        assert merged.cut.number == sorted(totals.findings)[3]
    assert merged.is_quiet == (len(totals.skips) > 2)
