"""Paths in fingerprints begin at the top of a project, whatever the working directory is."""

import os
from pathlib import Path

import pytest

from frontleak.core.paths import slashes
from frontleak.core.paths_from_top import PathsFromTop
from frontleak.core.repository import project_top


@pytest.fixture
def web(tmp_path: Path) -> Path:
    """A folder of a project whose top nothing marks yet."""
    made = tmp_path / "top" / "packages" / "web"
    made.mkdir(parents=True)
    return made


def from_top(here: Path, *named: Path | str) -> PathsFromTop:
    return PathsFromTop(slashes(str(here)), [str(each) for each in named] or ["."])


def test_without_a_mark_paths_count_from_the_working_directory(web: Path) -> None:
    assert project_top(slashes(str(web))) is None
    assert from_top(web)("src/a.ts") == "src/a.ts"
    assert from_top(web.parent, "web")("web/src/a.ts") == "web/src/a.ts"


def test_outside_of_the_working_directory_they_count_from_the_scanned_folder(web: Path, tmp_path: Path) -> None:
    here = tmp_path / "here"
    here.mkdir()
    assert from_top(here, web, web.parent)(slashes(str(web / "a.ts"))) == "web/a.ts"
    (web / "a.ts").write_text("")
    assert from_top(here, web / "a.ts")(slashes(str(web / "a.ts"))) == "a.ts"
    assert from_top(here)(slashes(str(web / "a.ts"))) == "a.ts"


@pytest.mark.parametrize("mark", [".git", ".frontleak.yaml", ".frontleak.yml", "pyproject.toml"])
def test_the_mark_of_a_project_counts(mark: str, web: Path, tmp_path: Path) -> None:
    top = web.parents[1]
    (top / mark).write_text("[tool.frontleak]\n")
    for here in (tmp_path, top, web, web.parent):
        path = os.path.relpath(web / "a.ts", here) if web.is_relative_to(here) else str(web / "a.ts")
        assert from_top(here, top)(slashes(path)) == "packages/web/a.ts"
        assert from_top(here, top)(slashes(str(top))) == ""


def test_another_pyproject_marks_nothing(web: Path) -> None:
    (web.parent / "pyproject.toml").write_text("[project]\n")
    (web.parent / ".frontleak.yaml").mkdir()
    assert project_top(slashes(str(web))) is None


def test_a_repository_counts_before_a_configuration_in_it(web: Path) -> None:
    (web / ".frontleak.yaml").write_text("")
    (web.parents[1] / ".git").mkdir()
    assert from_top(web)("a.ts") == "packages/web/a.ts"


def test_each_file_has_the_top_that_is_nearest(web: Path) -> None:
    for folder in (web, web.parents[1]):
        (folder / ".git").mkdir()
    paths = from_top(web.parents[1])
    assert paths("packages/web/a.ts") == "a.ts"
    assert paths("packages/a.ts") == "packages/a.ts"
    assert paths.top_of("packages/web/a.ts") == paths.top_of("packages/web") == slashes(str(web))
    assert paths.top_of("packages/a.ts") == slashes(str(web.parents[1]))


@pytest.mark.parametrize("path", ["", ".", "a\0b", "..", "/", "x" * 5000, "a.zip!/b/c.js", "\udcff"])
def test_any_path_has_one(path: str, web: Path) -> None:
    assert isinstance(from_top(web)(path), str)
