"""The image: its build file is linted, its steps are run as they are, and it scans what is mounted."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.acceptance.support import PATIENCE, git, token, write
from tests.journeys.ci.image import context, instructions, may_mount, run_image
from tests.journeys.ci.support import project
from tests.support.paths import ROOT

TEXT: Final = (ROOT / "Dockerfile").read_text("utf-8")


def test_it_runs_as_a_user_without_rights() -> None:
    (user,) = (rest for name, rest in instructions(TEXT) if name == "USER")
    assert all(part.isdigit() and part != "0" for part in user.split(":"))


def test_the_builder_gets_what_the_build_copies_and_no_more(tmp_path: Path) -> None:
    folder = context(tmp_path / "context")
    copied = {
        source.rstrip("/")
        for name, rest in instructions(TEXT)
        if name == "COPY" and not rest.startswith("--from")
        for source in rest.split()[:-1]
    }
    assert {str(file.relative_to(folder)) for file in folder.iterdir()} == {name.split("/")[0] for name in copied}
    assert all((folder / name).exists() for name in copied)


@pytest.mark.toolchain
def test_hadolint_has_nothing_to_say() -> None:
    hadolint = shutil.which("hadolint", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    assert hadolint
    command = [hadolint, str(ROOT / "Dockerfile")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.toolchain
@pytest.mark.skipif(not may_mount(), reason="needs Linux, and root or sudo that may mount an overlay")
def test_its_steps_run_and_it_scans_a_mounted_repository_of_somebody_else(tmp_path: Path) -> None:
    folder = project(tmp_path / "p")
    write(folder, {"staged.js": f"const key = '{token()}'\n"})
    git(folder, "add", "staged.js")
    built, staged, clean, version = run_image(
        tmp_path, folder, [[], ["scan", "--staged"], ["scan", "dist/embed.html"], ["--version"]], TEXT
    )
    assert (built.code, "src/lib/sanity.ts:7" in built.text) == (1, True), built.text
    assert (staged.code, "staged.js:1" in staged.text) == (1, True), staged.text
    assert (clean.code, version.code) == (0, 0), clean.text
    assert "cache" not in built.text
