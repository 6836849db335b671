"""The reader of `.git/index` lists what `git ls-files` lists, and refuses whatever is no index."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontleak.files.git.index_file import IndexFileError, entries_of, git_folder, index_bytes
from tests.acceptance.support import git, repository, write

FILES = {"a.ts": "1", "src/b.ts": "22", "src/deep/c.ts": "333", "src/deep/d e.ts": "4", "z/" + "n" * 240: "5"}


def read(top: Path) -> list[bytes]:
    """Return the index as `git ls-files --stage -z` prints it."""
    folder = git_folder(top.as_posix())
    assert folder is not None
    entries = entries_of(index_bytes(folder), folder)
    return [f"{each.mode:06o} {each.blob} 0\t".encode() + each.path for each in entries]


def listed(top: Path) -> list[bytes]:
    return git(top, "ls-files", "--stage", "-z").split(b"\0")[:-1]


@pytest.mark.parametrize("version", ["2", "3", "4"])
def test_it_lists_what_git_lists(version: str, tmp_path: Path) -> None:
    top = write(repository(tmp_path), FILES)
    (top / "link").symlink_to("a.ts")
    with open(os.fsencode(top) + b"/\xff\n.ts", "wb") as file:
        file.write(b"x")
    git(top, "add", "-A")
    git(write(top, {"later.ts": ""}), "add", "-N", "later.ts")  # version 3 needs such an entry
    git(top, "update-index", "--index-version", version)
    assert read(top) == listed(top) != []


def test_it_reads_ids_of_sha256(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--object-format=sha256")
    git(write(tmp_path, FILES), "add", "-A")
    assert read(tmp_path) == listed(tmp_path) != []


def test_a_linked_work_tree_has_an_index_of_its_own(tmp_path: Path) -> None:
    main = write(repository(tmp_path / "main"), FILES)
    git(main, "add", "-A")
    git(main, "commit", "-qm", "x")
    git(main, "worktree", "add", "-q", "../linked")
    git(tmp_path / "linked", "rm", "-q", "a.ts")
    assert read(tmp_path / "linked") == listed(tmp_path / "linked") != listed(main)


def test_of_a_split_index_both_parts_are_read(tmp_path: Path) -> None:
    top = write(repository(tmp_path), FILES)
    git(top, "add", "-A")
    git(top, "update-index", "--split-index")
    git(write(top, {"new.ts": "6"}), "add", "new.ts")
    assert list(top.glob(".git/sharedindex.*"))
    assert sorted(read(top)) == sorted(listed(top))


def test_a_repository_without_an_index_tracks_nothing(tmp_path: Path) -> None:
    assert read(repository(tmp_path)) == []
    assert git_folder((tmp_path / "none").as_posix()) is None


@pytest.mark.parametrize(
    "data", [b"x", b"DIRC", b"DIRC\0\0\0\x05\0\0\0\0", b"DIRC\0\0\0\x02\xff\xff\xff\xff" + b"a" * 200]
)
def test_what_is_no_index_is_refused(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(IndexFileError, match="is not a valid index"):
        entries_of(data, tmp_path.as_posix())


def test_an_index_that_is_no_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".git" / "index").mkdir(parents=True)
    with pytest.raises(IndexFileError, match="cannot be read"):
        index_bytes(f"{tmp_path.as_posix()}/.git")


@given(st.sampled_from([2, 3, 4]), st.integers(0, 2**32 - 1), st.binary(max_size=400))
def test_hostile_bytes_are_read_or_refused(version: int, count: int, rest: bytes) -> None:
    data = b"DIRC" + version.to_bytes(4, "big") + count.to_bytes(4, "big") + rest
    try:
        entries = entries_of(data, "/nowhere")
    except IndexFileError:
        return
    assert len(entries) <= len(data)
