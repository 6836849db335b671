"""The npm package: packed, installed into an empty project, and run by npx; without a binary, it says what to do."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest

from frontleak.core.version import VERSION
from tests.acceptance.support import environment, write
from tests.journeys.ci.support import Job, started
from tests.support.paths import ROOT

NPM: Final = ROOT / "npm"
MAIN: Final[dict[str, Any]] = json.loads((NPM / "frontleak/package.json").read_text("utf-8"))
_SLOW: Final = 300
"""Seconds for npm."""


def npm(*arguments: str, cwd: Path) -> str:
    done = subprocess.run(
        ["npm", *arguments], cwd=cwd, env=environment(), capture_output=True, text=True, timeout=_SLOW, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def packed(package: Path, to: Path) -> Path:
    return to / npm("pack", "--silent", f"--pack-destination={to}", cwd=package).split()[-1]


def installed(folder: Path, *archives: Path) -> Path:
    """Install packages into an empty project, without the registry; packages that are optional may then be missing."""
    write(folder, {"package.json": "{}"})
    options = ("--no-audit", "--no-fund", "--offline", "--loglevel=error", "--omit=optional")
    npm("install", *options, *map(str, archives), cwd=folder)
    return folder


def npx(folder: Path, *arguments: str) -> Job:
    return started(["npx", "--offline", "frontleak", *arguments], folder, {})


def test_all_versions_are_the_same_and_nothing_runs_at_installation() -> None:
    assert {MAIN["version"], *MAIN["optionalDependencies"].values()} == {VERSION}
    assert "scripts" not in MAIN
    assert len(MAIN["optionalDependencies"]) == 5


@pytest.mark.toolchain
def test_npx_runs_the_binary_of_the_platform(program: Path, tmp_path: Path) -> None:
    package = tmp_path / "package"
    subprocess.run(["node", NPM / "platform.mjs", program.parent, package], check=True, timeout=_SLOW)
    made = json.loads((package / "package.json").read_text())
    assert made["name"] in MAIN["optionalDependencies"]
    folder = installed(tmp_path / "p", packed(NPM / "frontleak", tmp_path), packed(package, tmp_path))
    shutil.copytree(ROOT / "fixtures/vite-react/dist", folder / "dist")
    leaks = npx(folder, "scan", "dist")
    assert (leaks.code, "Revoke the token at https://www.sanity.io/manage" in leaks.text) == (1, True)
    assert npx(folder, "scan", "dist/embed.html").code == 0
    assert npx(folder, "scan", "--no-such").code == 2


@pytest.mark.toolchain
def test_without_a_binary_it_runs_uvx_or_pipx_or_fails_with_the_way_out(tmp_path: Path) -> None:
    folder = installed(tmp_path / "p", packed(NPM / "frontleak", tmp_path))
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("node", "sh"):
        (tools / name).symlink_to(os.path.realpath(shutil.which(name) or name))
    missing = _without(folder, tools)
    assert missing.code == 2
    assert re.search(
        r"error: @frontleak/\S+ is not installed, and neither uvx nor pipx is there\n +install", missing.text
    )
    for tool, words in (
        ("pipx", f"run --spec frontleak=={VERSION} frontleak scan dist"),
        ("uvx", f"frontleak@{VERSION} scan dist"),
    ):
        write(tools, {tool: '#!/bin/sh\necho "<$*>"\nexit 1\n'.replace("exit 1", '[ "$1" = --version ] || exit 1')})
        (tools / tool).chmod(0o755)
        done = _without(folder, tools)
        assert (done.code, f"<{words}>" in done.text, f"with {tool}\n" in done.text) == (1, True, True)


def _without(folder: Path, tools: Path) -> Job:
    """Run the command where only these tools are in PATH."""
    script = str(folder / "node_modules/frontleak/bin/frontleak.js")
    done = subprocess.run(
        [str(tools / "node"), script, "scan", "dist"],
        cwd=folder,
        env={"PATH": str(tools)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_SLOW,
        check=False,
    )
    return Job(done.returncode, done.stdout)
