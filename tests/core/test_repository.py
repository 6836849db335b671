"""A search through parent folders ends at `.git`, whatever that is, and does not go on forever."""

import os
from pathlib import Path

import pytest

from frontleak.core.paths import slashes
from frontleak.core.repository import is_top, repository_root, up_to_top


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder below `top`, which marks nothing yet."""
    made = tmp_path / "top" / "packages" / "web"
    made.mkdir(parents=True)
    return made


def root_of(folder: Path) -> str | None:
    return repository_root(slashes(str(folder)))


# --- no checkout -----------------------------------------------------------------------------------------------------


def test_a_folder_outside_every_checkout_has_no_root(folder: Path, tmp_path: Path) -> None:
    assert not root_of(folder)
    assert not is_top(slashes(str(tmp_path)))


@pytest.mark.parametrize("name", [".github", ".gitignore", "git", "x.git", ".GIT.bak"])
def test_a_name_that_resembles_it_marks_nothing(folder: Path, name: str) -> None:
    (folder / name).mkdir()
    assert not root_of(folder)


def test_a_checkout_below_or_beside_is_not_the_one_around(folder: Path) -> None:
    (folder / "inner" / ".git").mkdir(parents=True)
    (folder.parent / "beside" / ".git").mkdir(parents=True)
    assert not root_of(folder)


@pytest.mark.parametrize("folder", ["/no-such-folder/at/all", "/a\0b/c", "/" + "x" * 5000])
def test_a_path_that_cannot_be_is_in_no_checkout(folder: str) -> None:
    assert repository_root(folder) in {None, "/"}  # the machine's own root may be a checkout


def test_a_very_deep_folder_is_given_up() -> None:
    assert len(list(up_to_top("/no-such-folder" + "/a" * 1000))) == 256


# --- in a checkout ---------------------------------------------------------------------------------------------------


def test_the_root_has_a_repository(folder: Path) -> None:
    top = folder.parents[1]
    (top / ".git").mkdir()
    assert root_of(folder) == root_of(top) == slashes(str(top))


def test_a_worktree_or_submodule_has_a_file(folder: Path) -> None:
    (folder.parents[1] / ".git").mkdir()
    (folder / ".git").write_text("gitdir: ../../.git/modules/web\n")
    assert root_of(folder) == slashes(str(folder))
    assert root_of(folder.parent) == slashes(str(folder.parents[1]))


def test_a_link_counts_wherever_it_leads(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    (folder / ".git").symlink_to(tmp_path / "store")
    (folder.parent / ".git").symlink_to(tmp_path / "gone")
    assert root_of(folder) == slashes(str(folder))
    assert root_of(folder.parent) == slashes(str(folder.parent))


def test_a_link_to_itself_counts(folder: Path) -> None:
    (folder / ".git").symlink_to(folder / ".git")
    assert root_of(folder) == slashes(str(folder))


def test_a_search_passes_the_folders_in_between(folder: Path) -> None:
    (folder.parents[1] / ".git").mkdir()
    passed = [slashes(str(each)) for each in (folder, folder.parent, folder.parents[1])]
    assert list(up_to_top(slashes(str(folder)))) == passed


@pytest.mark.skipif(os.name == "nt", reason="a drive has a name of its own")
def test_a_search_without_a_checkout_ends_at_the_top_of_the_file_system() -> None:
    assert list(up_to_top("/no-such-folder/a"))[:3] == ["/no-such-folder/a", "/no-such-folder", "/"]
    assert list(up_to_top("")) == list(up_to_top("/")) == ["/"]
