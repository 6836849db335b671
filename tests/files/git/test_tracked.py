"""A walk reads files that git tracks even where a `.gitignore` names them, and looks into the index only then."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from frontleak.core.diagnostic import Diagnostic
from frontleak.files.git import tracked
from frontleak.files.git.tracked import TrackedFiles
from frontleak.files.interface import FileEntry
from frontleak.files.walk import FileWalk
from frontleak.files.walk_rules import load_walk_rules
from tests.acceptance.support import git, repository, write

IGNORED = {
    ".gitignore": ".env*\nsecrets/\n*.log\n/dist\n",
    ".env": "",
    ".env.local": "",
    "secrets/k.ts": "",
    "secrets/deep/l.ts": "",
    "secrets/deep/m.ts": "",
    "secrets/dist/n.js": "",
    "a.log": "",
    "a.ts": "",
    "dist/a.js": "",
}


def files(walk: FileWalk) -> list[FileEntry]:
    entries = list(walk.entries())
    assert not [entry for entry in entries if isinstance(entry, Diagnostic)]
    return [entry for entry in entries if not isinstance(entry, Diagnostic)]


def walked(walk: FileWalk) -> list[str]:
    """Return the files that are read whole."""
    return [entry.shown for entry in files(walk) if not entry.only_public]


def walk(*paths: str) -> FileWalk:
    return FileWalk(paths or (".",), load_walk_rules(), max_size=10**6)


@pytest.fixture
def top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(write(repository(tmp_path), IGNORED))
    return tmp_path


def test_ignored_files_stay_left_out(top: Path) -> None:
    found = walk()
    assert walked(found) == [".gitignore", "a.ts", "dist/a.js"]
    assert found.left_out["ignored"] == 2  # a.log and secrets


def test_tracked_files_are_walked_and_their_neighbours_are_not(top: Path) -> None:
    git(top, "add", "-f", ".env", "secrets/deep/l.ts", ".gitignore")
    found = walk()
    assert walked(found) == [".env", ".gitignore", "a.ts", "dist/a.js", "secrets/deep/l.ts"]
    assert found.left_out["ignored"] == 4  # a.log, and k.ts, m.ts, dist below `secrets`


def test_a_tracked_env_file_is_read_whole_and_of_an_ignored_one_the_public_part(top: Path) -> None:
    assert [(each.shown, each.only_public) for each in files(walk()) if ".env" in each.shown] == [
        (".env", True),
        (".env.local", True),
    ]
    write(top, {"secrets/deep/.env": "", "secrets/deep/.env.test": ""})
    git(top, "add", "-f", ".env", "secrets/deep/.env")
    assert [(each.shown, each.only_public) for each in files(walk()) if ".env" in each.shown] == [
        (".env", False),
        (".env.local", True),
        ("secrets/deep/.env", False),
    ]


def test_a_named_folder_below_the_top_counts_too(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(top, "add", "-f", "secrets/deep/l.ts", "a.log")
    write(top, {"web/x.log": "", "web/y.log": ""})
    git(top, "add", "-f", "web/x.log")
    monkeypatch.chdir(top / "web")
    assert walked(walk()) == ["x.log"]


def test_a_checkout_inside_another_folder_has_its_own_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = write(repository(tmp_path / "all" / "one"), IGNORED)
    git(inner, "add", "-f", ".env")
    monkeypatch.chdir(tmp_path / "all")
    assert walked(walk()) == ["one/.env", "one/.gitignore", "one/a.ts", "one/dist/a.js"]


@pytest.mark.parametrize("many", [False, True], ids=["by searching", "by entries"])
def test_both_ways_of_asking_agree(many: bool, top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(top, "add", "-f", "secrets/deep/l.ts", ".env.local")
    if many:
        monkeypatch.setattr(tracked, "_MOST_SEARCHES", 0)
    known = TrackedFiles(top.as_posix())
    asked = {
        "secrets": True,
        "secrets/deep": True,
        "secrets/dee": True,
        "deep": True,
        "ets/deep/l.ts": False,
        ".env": False,
        ".env.local": False,
        "secrets/deep/l.ts": False,
        "env.local": False,
    }
    held = [path for path, is_folder in asked.items() if known.holds(f"{top.as_posix()}/{path}", is_folder=is_folder)]
    assert held == ["secrets", "secrets/deep", ".env.local", "secrets/deep/l.ts"]
    assert not known.holds("/elsewhere/.env.local", is_folder=False)


def test_the_index_is_read_only_where_something_is_ignored(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[str] = []

    def index_bytes(folder: str) -> bytes:
        reads.append(folder)
        return b""

    monkeypatch.setattr(tracked, "index_bytes", index_bytes)
    assert walked(walk("dist", "a.ts")) == ["dist/a.js", "a.ts"]
    assert reads == []
    assert walked(walk()) == [".gitignore", "a.ts", "dist/a.js"]
    assert len(reads) == 1


def test_a_damaged_index_is_noted_and_the_walk_goes_on(top: Path) -> None:
    (top / ".git" / "index").write_bytes(b"DIRCdamaged")
    entries = list(walk().entries())
    (problem,) = (entry for entry in entries if isinstance(entry, Diagnostic))
    assert problem.origin.path == ".git/index"
    assert "is not a valid index, so git-ignored files" in problem.message
    assert not problem.incomplete
    assert len(entries) == 6


def test_without_gitignore_patterns_the_index_is_of_no_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(write(repository(tmp_path), {"a.ts": "", "b.log": ""}))

    def index_bytes(_: str) -> Iterator[bytes]:
        raise AssertionError

    monkeypatch.setattr(tracked, "index_bytes", index_bytes)
    assert walked(walk()) == ["a.ts", "b.log"]
