"""`--if-built`: a missing build passes with a note, an old one is scanned with a note."""

import os
from pathlib import Path
from typing import Final

import pytest

from tests.acceptance.support import Run, frontleak, git, repository, token, write

OLD: Final = 1_000_000_000
NEW: Final = OLD + 1000
STALE: Final = "note: dist: older than {}; build again, or the scan says nothing about your latest changes\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with a source and a build that is newer."""
    files = {".gitignore": "dist\n", "package.json": "{}", "src/a.ts": "1", "dist/a.js": "1", "README.md": "x"}
    write(repository(tmp_path), files)
    git(tmp_path, "add", ".")
    age(tmp_path, NEW, "dist/a.js", "README.md")
    age(tmp_path, OLD, "src/a.ts", "package.json", ".gitignore")
    return tmp_path


def age(folder: Path, seconds: int, *names: str) -> None:
    for name in names:
        os.utime(folder / name, (seconds, seconds))


def scan(folder: Path, *paths: str, cwd: str = ".") -> Run:
    return frontleak("scan", "--if-built", *paths, cwd=folder / cwd)


def test_a_build_newer_than_the_sources_has_no_note(project: Path) -> None:
    done = scan(project, "dist")
    assert (done.code, done.err) == (0, "")
    assert "Scanned 1 file" in done.out


def test_what_no_build_reads_makes_no_build_old(project: Path) -> None:
    """Files that are not tracked, not below the project of the build, not sources, or of the build itself."""
    names = ("new.ts", "README.md", ".gitignore", "dist/b.js")
    write(project, dict.fromkeys(names, "2"))
    git(project, "add", "--force", "dist/b.js", "README.md")
    age(project, NEW + 9, *names)
    assert scan(project, "dist").err == ""


@pytest.mark.parametrize("name", ["src/a.ts", ".env.production", "views/a b.ejs", "ü.css"])
def test_a_build_older_than_a_source_has_a_note_and_is_scanned(project: Path, name: str) -> None:
    write(project, {name: "2", "dist/a.js": f"'{token()}'"})
    git(project, "add", "--force", name)
    age(project, NEW, "dist/a.js")
    age(project, NEW + 1, name)
    done = scan(project, "dist")
    assert (done.code, done.err) == (1, STALE.format(name))


def test_a_clean_build_that_is_old_passes(project: Path) -> None:
    age(project, NEW + 1, "src/a.ts")
    assert scan(project, "dist").code == 0


def test_paths_are_those_of_the_working_directory(project: Path) -> None:
    age(project, NEW + 1, "src/a.ts")
    write(project, {"sub/x": ""})
    assert "older than ../src/a.ts;" in scan(project, "../dist", cwd="sub").err


def test_a_build_is_compared_with_its_own_project(project: Path) -> None:
    write(project, {"apps/web/package.json": "{}", "apps/web/a.ts": "", "apps/web/dist/a.js": ""})
    git(project, "add", ".")
    age(project, OLD, "apps/web/package.json", "apps/web/a.ts")
    age(project, NEW, "apps/web/dist/a.js")
    age(project, NEW + 9, "src/a.ts")
    assert scan(project, "apps/web/dist").err == ""
    age(project, NEW + 9, "apps/web/a.ts")
    assert "older than apps/web/a.ts;" in scan(project, "apps/web/dist").err


def test_without_git_nothing_is_known(project: Path) -> None:
    age(project, NEW + 1, "src/a.ts")
    done = frontleak("scan", "--if-built", "dist", cwd=project, env={"PATH": ""})
    assert (done.code, done.err) == (0, "")


def test_a_hostile_repository_runs_no_program(project: Path) -> None:
    git(project, "config", "core.fsmonitor", f"touch {project}/ran; false")
    age(project, NEW + 1, "src/a.ts")
    scan(project, "dist")
    assert not (project / "ran").exists()


def test_folders_that_are_missing_or_empty_are_named(project: Path) -> None:
    (project / "out").mkdir()
    done = scan(project, "out", "dist", "build\x1b")
    notes = ["note: out: is empty, so it was not scanned", "note: build\\x1b: not built, so it was not scanned"]
    assert (done.code, done.err.splitlines()) == (0, notes)
    assert scan(project, "out").code == 0


def test_other_options_hold(project: Path) -> None:
    write(project, {"dist/a.js": f"'{token()}'"})
    assert scan(project, "dist", "--exit-zero").code == 0
    assert frontleak("scan", "gone", cwd=project).code == 2, "without the option, a missing folder is an error"


def test_a_build_is_no_part_of_the_index(project: Path) -> None:
    done = scan(project, "--staged", "dist")
    assert (done.code, done.problems) == (
        2,
        ["error: --if-built and --staged cannot be combined: run the command once for each"],
    )
