"""What has taken the place of a folder is neither listed nor read."""

import os
from pathlib import Path

import pytest

from frontleak.core.blob import Blob
from frontleak.core.diagnostic import Code, Diagnostic
from frontleak.files import listed_folder
from frontleak.files.interface import FileEntry
from frontleak.files.listed_folder import ListedFolder
from frontleak.files.read import read_item
from frontleak.files.walk import FileWalk
from frontleak.files.walk_rules import load_walk_rules

pytestmark = pytest.mark.skipif(os.name == "nt", reason="links need a privilege")


@pytest.fixture(params=[True, False], ids=["open folders", "paths"])
def tree(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a tree with a folder, and one outside; also as on a platform that cannot open a folder."""
    monkeypatch.setattr(listed_folder, "HAS_FOLDERS", request.param)
    for folder in ("tree/d/e", "outside/e"):
        (tmp_path / folder).mkdir(parents=True)
    for name in ("tree/d/a.js", "tree/d/e/a.js", "tree/d/z.js"):
        (tmp_path / name).write_text("inside")
    for name in ("outside/a.js", "outside/e/a.js", "outside/z.js"):
        (tmp_path / name).write_text("outside")
    return tmp_path / "tree"


def _walk(tree: Path) -> FileWalk:
    return FileWalk([str(tree)], load_walk_rules(), max_size=1000)


def _replace(tree: Path) -> None:
    (tree / "d").rename(tree.parent / "moved")
    (tree / "d").symlink_to(tree.parent / "outside")


def _read(entry: FileEntry | Diagnostic, folder: ListedFolder) -> bytes | str:
    found = read_item(entry, 1000, folder) if isinstance(entry, FileEntry) else entry
    return found.data if isinstance(found, Blob) else f"{found.code}: {found.message}"


def test_a_tree_that_stays_is_read(tree: Path) -> None:
    folder = ListedFolder()
    assert [_read(entry, folder) for entry in _walk(tree).entries()] == [b"inside"] * 3


@pytest.mark.parametrize("read_before", [0, 1, 2])
def test_a_folder_that_was_replaced_is_not_read(tree: Path, read_before: int) -> None:
    """Files that are read in the open folder are still those that were listed."""
    entries, folder = list(_walk(tree).entries()), ListedFolder()
    read = [_read(entry, folder) for entry in entries[:read_before]]
    _replace(tree)
    read += [_read(entry, folder) for entry in entries[read_before:]]
    assert len(read) == 3
    assert b"outside" not in read
    assert any("link: was not read: its folder was replaced after it was listed" in str(each) for each in read)


def test_a_folder_that_was_replaced_is_not_listed(tree: Path) -> None:
    (tree / "e.js").write_text("inside")  # after `d`, whose files come later
    walk = _walk(tree).entries()
    folder = ListedFolder()
    assert _read(next(walk), folder) == b"inside"
    _replace(tree)
    (message,) = [_read(entry, folder) for entry in walk]
    assert message == f"{Code.LINK}: was not listed: it was replaced after the folder above it was listed"


def test_a_link_whose_target_was_replaced_is_not_read(tree: Path) -> None:
    (tree / "link.js").symlink_to(tree / "d" / "a.js")
    entries = {entry.path: entry for entry in _walk(tree).entries() if isinstance(entry, FileEntry)}
    link = entries[f"{tree}/link.js"]
    assert _read(link, ListedFolder()) == b"inside"
    (tree / "link.js").unlink()
    (tree / "link.js").symlink_to(tree.parent / "outside" / "a.js")
    assert "its target was replaced after it was listed" in str(_read(link, ListedFolder()))


def test_a_file_that_an_editor_replaced_is_read(tree: Path) -> None:
    entries = list(_walk(tree).entries())
    (tree / "new").write_text("edited")
    (tree / "new").replace(tree / "d" / "z.js")
    assert [_read(entry, ListedFolder()) for entry in entries] == [b"inside", b"edited", b"inside"]


def test_one_folder_is_open_at_a_time(tree: Path) -> None:
    folder = ListedFolder()
    before = len(os.listdir("/dev/fd"))
    for entry in [*_walk(tree).entries()] * 50:
        _read(entry, folder)
    assert len(os.listdir("/dev/fd")) <= before + 1
    folder.close()
    assert len(os.listdir("/dev/fd")) == before
