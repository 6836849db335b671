"""The hook tools themselves, installed from their registries once for a test session, and repositories that use them."""

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.acceptance.support import COMMAND, environment, write
from tests.support.programs import Done, program

PRE_COMMIT: Final = "pre-commit==4.7.0"
PACKAGES: Final = ("husky@9.1.7", "lint-staged@16.4.0", "lefthook@2.2.2")
_SLOW: Final = 600
"""Seconds for an installation."""


@dataclass(frozen=True, slots=True)
class Toolchain:
    """Where the tools are."""

    modules: Path
    """The `node_modules` of husky, lint-staged and lefthook."""
    scripts: Path
    """The folder of the `pre-commit` command."""
    home: Path
    """What pre-commit installs itself."""


def install_toolchain(folder: Path) -> Toolchain:
    """Install the tools into a folder."""
    write(folder, {"package.json": "{}"})
    options = ("--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error")
    _installed("npm", "install", *options, *PACKAGES, cwd=folder)
    _installed(sys.executable, "-m", "venv", "venv", cwd=folder)
    scripts = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
    _installed(str(scripts / "python"), "-m", "pip", "install", "--quiet", PRE_COMMIT, cwd=folder)
    return Toolchain(folder / "node_modules", scripts, folder / "pre-commit-home")


def _installed(*command: str, cwd: Path) -> None:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=_SLOW, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"


@dataclass(frozen=True, slots=True)
class Project:
    """A repository in which people commit and push."""

    folder: Path
    tools: Toolchain
    hidden: bool = field(default=False)
    """Whether the command `frontleak` is not in PATH."""

    def run(self, *command: str) -> Done:
        """Run a program as a person does."""
        return program(command, self.folder, self._environment())

    def shell(self, line: str) -> Done:
        """Run a line of a shell."""
        return self.run("bash", "-c", line)

    def set_up(self, *commands: str) -> None:
        """Run lines of a shell that must succeed."""
        for command in commands:
            done = self.shell(command)
            assert done.code == 0, f"{command}\n{done.text}"

    def commit(self, *options: str) -> Done:
        """Commit what is staged."""
        return self.run("git", "commit", "--message=change", *options)

    def _environment(self) -> dict[str, str]:
        folders = [self.tools.scripts, self.tools.modules / ".bin", *([] if self.hidden else [Path(COMMAND).parent])]
        own = str(Path(COMMAND).parent)
        rest = [each for each in os.environ["PATH"].split(os.pathsep) if each != own]
        names = {f"GIT_{who}_{what}": "t@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        return environment(
            PATH=os.pathsep.join([*map(str, folders), *rest]),
            PRE_COMMIT_HOME=str(self.tools.home),
            npm_config_offline="true",  # what a hook runs must not be fetched
            COLUMNS="200",
            **names,
        )
