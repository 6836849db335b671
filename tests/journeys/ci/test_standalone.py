"""The standalone binary, built here: it prints what the installed command prints, and needs nothing of the machine."""

import hashlib
import os
import re
import shutil
import sys
from pathlib import Path

import pytest

from frontleak.core.version import VERSION
from frontleak.report.registry import REPORTERS
from tests.acceptance.support import COMMAND, Run, git, repository, run, token, write
from tests.golden.golden import EXPECTED, findings, scan, targets
from tests.support.paths import ROOT

pytestmark = [pytest.mark.toolchain, pytest.mark.skipif(sys.platform == "win32", reason="the archive is a zip there")]


def both(program: Path, folder: Path, *arguments: str, **env: str) -> tuple[Run, Run]:
    """Run the program and the installed command, and leave out the times in what they print."""
    runs = [run([command, *arguments], cwd=folder, env=env) for command in (str(program), COMMAND)]
    first, second = (
        Run(
            each.code,
            re.sub(rb'(?<=in )\d+\.\d+ s|(?<="seconds":) ?[\d.e-]+|(?<=time=")[\d.]+', b"T", each.stdout),
            each.stderr,
        )
        for each in runs
    )
    return first, second


def test_the_archive_has_its_name_and_checksum(archive: Path) -> None:
    assert archive.name.startswith(f"frontleak-{VERSION}-")
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    assert archive.with_name(f"{archive.name}.sha256").read_text() == f"{digest}  {archive.name}\n"


def test_every_fixture_is_scanned_as_by_the_installed_command(program: Path) -> None:
    folders = {name: folder for name, folder in targets().items() if name.startswith("fixtures")}
    assert len(folders) > 40
    for name, folder in folders.items():
        report = scan(folder, program)
        assert report == scan(folder), name
        file = EXPECTED / f"{name}.txt"
        assert findings(report) == (file.read_text("utf-8").splitlines() if file.exists() else []), name


@pytest.mark.parametrize("name", [reporter.name for reporter in REPORTERS])
def test_every_format_is_the_same(name: str, program: Path) -> None:
    mine, theirs = both(program, ROOT / "fixtures/vite-react", "scan", "dist", "--isolated", f"--format={name}")
    volatile = rb"\d{4}-\d\d-\d\dT[\d:.]+Z?|(?<=\D)\d+\.\d+(?= s| ?seconds)"
    assert re.sub(volatile, b"", mine.stdout) == re.sub(volatile, b"", theirs.stdout)
    assert (mine.code, mine.stderr) == (theirs.code, theirs.stderr) == (1, b"")


def test_it_compiles_nothing_and_leaves_nothing_behind(program: Path, tmp_path: Path) -> None:
    folder = write(tmp_path / "p", {"a.js": f"'{token()}'", "b.js": "x"})
    done = run([program, "scan", "--jobs=2"], cwd=folder, env={"FRONTLEAK_CACHE_DIR": str(tmp_path / "cache")})
    assert done.code == 1
    assert not (tmp_path / "cache").exists(), "the compiled rules and the database of Hyperscan are inside"
    with_rules = write(tmp_path / "q", {"package.json": "{}", "dist/a.js": "const a = 1\n"})
    assert both(program, with_rules, "scan", "--plugins=detect-secrets")[0].code == 0


@pytest.mark.parametrize("arguments", [["rules", "show", "sanity-token"], ["scan", "--help"], ["config", "schema"]])
def test_other_commands_print_the_same(arguments: list[str], program: Path, tmp_path: Path) -> None:
    mine, theirs = both(program, tmp_path, *arguments)
    assert mine == theirs
    assert mine.code == 0


def test_programs_that_it_starts_get_the_libraries_of_the_machine(program: Path, tmp_path: Path) -> None:
    folder = repository(tmp_path / "p")
    git(write(folder, {"a.js": f"'{token()}'"}), "add", ".")
    seen = tmp_path / "seen"
    write(tmp_path, {"bin/git": f'#!/bin/sh\necho "<$LD_LIBRARY_PATH>" >> {seen}\nexec {shutil.which("git")} "$@"\n'})
    (tmp_path / "bin/git").chmod(0o755)
    path = f"{tmp_path}/bin{os.pathsep}{os.environ['PATH']}"
    assert run([program, "scan", "--staged"], cwd=folder, env={"PATH": path}).code == 1
    assert {*seen.read_text().split()} == {"<>"}
    seen.unlink()
    assert run([program, "scan", "--staged"], cwd=folder, env={"PATH": path, "LD_LIBRARY_PATH": "/mine"}).code == 1
    assert {*seen.read_text().split()} == {"</mine>"}


def test_a_scan_for_all_variables_sees_those_of_the_user_only(
    program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)  # PyInstaller's start removes it
    write(tmp_path, {"a.js": "x=1"})
    mine, theirs = both(program, tmp_path, "scan", "--env-all", "--show-env-skipped")
    assert mine == theirs
