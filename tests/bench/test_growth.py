"""What the growth benchmark scans holds what it counts."""

import csv
from pathlib import Path

import pytest

from bench.growth import SERIES, Point, code, inline_maps, rules, tokens, write_csv
from frontleak.rules.load import load_rules
from tests.support.made import scan_text


@pytest.fixture
def main(tmp_path: Path) -> Path:
    return tmp_path / "main.js"


def test_the_series_have_different_names_and_grow() -> None:
    assert len({series.name for series in SERIES}) == len(SERIES)
    assert all(list(series.steps) == sorted(set(series.steps)) for series in SERIES)


def test_code_has_its_size_and_no_finding(tmp_path: Path, main: Path) -> None:
    code(tmp_path, 2)
    text = main.read_bytes()
    assert len(text) == 2_000_000
    assert scan_text(text).detections == ()


def test_each_token_is_found(tmp_path: Path, main: Path) -> None:
    tokens(tmp_path, 7)
    assert len({detection.identity for detection in scan_text(main.read_bytes()).detections}) == 7


def test_rules_of_ones_own_are_valid_and_all_different(tmp_path: Path) -> None:
    _, option, file = rules(tmp_path, 40)
    assert option == "--rules"
    own = [rule for rule in load_rules([Path(file)]).rules if rule.id.startswith("own-")]
    assert len({rule.prefilter.literal for rule in own}) == 40
    assert rules(tmp_path, 0) == [tmp_path / "main.js"]


def test_each_inline_map_is_read(tmp_path: Path) -> None:
    (file,) = inline_maps(tmp_path, 5)
    assert scan_text(Path(file).read_bytes(), "main.js.map").views == {"source-map": 5}


def test_the_data_is_a_table(tmp_path: Path) -> None:
    point = Point(series="bytes", x=4, cpu=0.1, wall=0.2, largest_mb=30.5, others=0.01)
    write_csv([point], tmp_path / "growth.csv")
    with (tmp_path / "growth.csv").open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert row == {"series": "bytes", "x": "4", "cpu": "0.1", "wall": "0.2", "largest_mb": "30.5", "others": "0.01"}
