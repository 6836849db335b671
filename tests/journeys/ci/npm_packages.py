"""Packs the packages below npm/, and installs them as people do."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.acceptance.support import COMMAND, environment, write
from tests.journeys.ci.support import started
from tests.support.paths import ROOT
from tests.support.programs import Done, program

NPM: Final = ROOT / "npm"
PACKAGES: Final[dict[str, dict[str, Any]]] = {
    file.parent.name: json.loads(file.read_text("utf-8")) for file in sorted(NPM.glob("*/package.json"))
}
"""Folder of a package -> its package.json."""
SLOW: Final = 600
"""Seconds for npm."""
_OPTIONS: Final = ("--no-audit", "--no-fund", "--loglevel=error")


def npm(*arguments: str, cwd: Path) -> str:
    done = subprocess.run(
        ["npm", *arguments], cwd=cwd, env=environment(), capture_output=True, text=True, timeout=SLOW, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def packed(package: Path, to: Path) -> Path:
    return to / npm("pack", "--silent", f"--pack-destination={to}", cwd=package).split()[-1]


def installed(folder: Path, *archives: Path) -> Path:
    """Install packages into an empty project, without the registry; packages that are optional may then be missing."""
    write(folder, {"package.json": "{}"})
    npm("install", *_OPTIONS, "--offline", "--ignore-scripts", "--omit=optional", *map(str, archives), cwd=folder)
    return folder


def downloaded(folder: Path, *packages: str) -> Path:
    """Install packages from the registry into a project."""
    npm("install", *_OPTIONS, "--prefer-offline", *packages, cwd=folder)
    return folder


def npx(folder: Path, *arguments: str, **variables: str) -> Done:
    return started(["npx", "--offline", "frontleak", *arguments], folder, variables)


@dataclass(frozen=True, slots=True)
class Tools:
    """A folder for PATH with nothing but node, what its scripts need, and a `frontleak` that counts its scans."""

    folder: Path

    @classmethod
    def create(cls, folder: Path, node: Path | None = None, *, has_frontleak: bool = True) -> "Tools":
        folder.mkdir(parents=True)
        for name in ("sh", "env"):
            (folder / name).symlink_to(os.path.realpath(shutil.which(name) or name))
        (folder / "node").symlink_to(os.path.realpath(node or shutil.which("node") or "node"))
        if has_frontleak:
            log = folder / "scans"
            text = f'#!/bin/sh\n[ "$1" = --version ] || printf "%s\\n" "$*" >> "{log}"\nexec "{COMMAND}" "$@"\n'
            (folder / "frontleak").write_text(text)
            (folder / "frontleak").chmod(0o755)
        return cls(folder)

    @property
    def scans(self) -> list[str]:
        """The arguments of each scan."""
        log = self.folder / "scans"
        return log.read_text().splitlines() if log.exists() else []

    def variables(self) -> dict[str, str]:
        return environment(PATH=str(self.folder), COLUMNS="200")

    def run(self, *command: str, cwd: Path, variables: Mapping[str, str] | None = None) -> Done:
        """Run a script with node, or with the node of another version."""
        return program([str(self.folder / "node"), *command], cwd, {**self.variables(), **(variables or {})})
