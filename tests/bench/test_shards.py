"""The measurement of shards runs, and its figures add up."""

import random
import re
from pathlib import Path

import pytest

from bench import shards


@pytest.mark.slow
def test_it_measures_each_kind_and_the_shards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    packages, scratch = tmp_path / "packages", tmp_path / "scratch"
    scratch.mkdir()
    drawn = random.Random(1)
    for name in ("a.js", "b.css", "c.map", "d/small.js"):
        (packages / name).parent.mkdir(parents=True, exist_ok=True)
        size = 5_000 if "small" in name else 60_000
        (packages / name).write_text("".join(drawn.choice("abc();=\n") for _ in range(size)))
    monkeypatch.setattr(shards, "_ROUNDS", 1)
    shards.by_kind(shards.files_of(packages), scratch)
    shards.overhead(packages, scratch, 2)
    told = capsys.readouterr().out
    for line in ("scripts and styles: 2 files", "source maps: 1 files", "small files: 1 files", "plan of 2 shards"):
        assert line in told
    assert len(re.findall(r"CPU s a GB", told)) == 4
    assert re.search(r"^merge: 0\.\d\d CPU s", told, re.MULTILINE)
