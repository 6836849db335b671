"""The shipped files with the rules of a few vendors: those of all take seconds to compile, and a minute to check."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from frontleak.rules.paths import rules_directory

_LEFT: Final = {"vendors": {"npm.yaml", "stripe.yaml"}, "public": {"algolia.yaml", "stripe.yaml"}}
"""What is left of these folders; nothing is missing from the others."""
_READERS: Final = ("rules.paths", "rules.load", "selfcheck.check", "selfcheck.rule_trials")
"""Modules that look the folder up."""


def copy_few_rules(folder: Path) -> Path:
    """Copy the shipped files to a new folder, with those of a few vendors, and return it."""

    def others(copied: str, names: list[str]) -> set[str]:
        left = _LEFT.get(Path(copied).name)
        return set(names) - left if left else set()

    shutil.copytree(rules_directory(), folder, ignore=others)
    return folder.resolve()


@contextmanager
def shipping(folder: Path) -> Iterator[Path]:
    """Let a folder stand for that of the shipped rules, in this process and in the commands that it forks."""
    with pytest.MonkeyPatch.context() as patch:
        for module in _READERS:
            patch.setattr(f"frontleak.{module}.rules_directory", lambda: folder)
        yield folder
