"""A scan of one file says the same with what earlier scans kept about its tree, and reads no more than it needs."""

import os
import shutil
import time
from pathlib import Path

import pytest

from fixtures.fakes import fill
from frontleak.core import cache
from frontleak.core.records import replace
from frontleak.modulegraph import tree_cache
from frontleak.scanning.options import ScanOptions
from frontleak.scanning.scan import scan
from tests.acceptance.test_source_fixtures_shape import PLACEHOLDER, PROJECTS, SOURCES, files
from tests.support.shipped import full_set

LONG_AGO = time.time() - 3_600
CODE = {".ts", ".tsx", ".js", ".jsx", ".mjs", ".vue", ".svelte", ".astro", ".html"}

Said = tuple[object, ...]


class Kept:
    """A cache of trees in memory."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.is_used = True

    def read(self, name: str) -> bytes | None:
        return self.files.get(name) if self.is_used else None

    def write(self, name: str, data: bytes) -> None:
        if self.is_used:
            self.files[name] = data


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch) -> Kept:
    """Keep something about every tree, however small, in memory."""
    held = Kept()
    read, put = cache.read, cache.write
    monkeypatch.setattr(cache, "read", lambda name: held.read(name) if name.startswith("tree-") else read(name))
    monkeypatch.setattr(
        cache, "write", lambda name, data: held.write(name, data) if name.startswith("tree-") else put(name, data)
    )
    for module in ("modulegraph.tree_cache", "misuse.folder_graphs", "misuse.project_files"):
        monkeypatch.setattr(f"frontleak.{module}.LARGE", 1)
    monkeypatch.setattr(tree_cache, "_MOST_CHANGED", 0)
    return held


def age(root: Path) -> None:
    for path in (*root.rglob("*"), root):
        os.utime(path, (LONG_AGO, LONG_AGO), follow_symlinks=False)


def said(path: Path, held: Kept | None = None) -> Said:
    """Scan one file, with a cache or without, and return all that the report says."""
    if held is not None:
        held.is_used = True
    report = scan(full_set(), ScanOptions(paths=(str(path),), jobs=1))
    coverage = replace(report.coverage, code={**report.coverage.code, "parsed": 0})  # which files depends on the way
    return report.findings, report.skipped, coverage


def compared(root: Path, held: Kept) -> list[Path]:
    """Scan each file of a tree in all ways; return those with findings."""
    found = []
    for path in (each for each in files(root) if each.suffix in CODE):
        held.is_used = False
        plain = said(path)
        assert said(path, held) == plain, f"{path} the first time"
        assert said(path, held) == plain, f"{path} with what was kept"
        found += [path] if plain[0] else []
    return found


@pytest.mark.parametrize("project", PROJECTS)
def test_each_file_of_a_project(project: str, tmp_path: Path, kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "misuse"
    shutil.copytree(SOURCES / project / "misuse", root)
    for file in files(root):
        if PLACEHOLDER.search(text := file.read_text("utf-8")):
            file.write_text(fill(text), "utf-8")
    (root / ".git").mkdir()
    age(root)
    monkeypatch.chdir(root)
    assert compared(root, kept)
    assert kept.files
