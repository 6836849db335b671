"""Runs programs as a person or a service does who reads both of their outputs as one text."""

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.acceptance.support import PATIENCE


@dataclass(frozen=True, slots=True)
class Done:
    """The end of a program."""

    code: int
    text: str
    """Both of its outputs."""


def program(command: Sequence[str], folder: Path, variables: Mapping[str, str], patience: float = PATIENCE) -> Done:
    """Run a program in a folder with just these variables, for so many seconds at most; it must not crash."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=patience,
        check=False,
    )
    assert "Traceback" not in done.stdout, done.stdout
    return Done(done.returncode, done.stdout)
