"""The top of a checkout: how far a search through parent folders may go, and where the paths of a project begin."""

import os
from collections.abc import Iterator
from itertools import islice
from typing import Final

CONFIG_NAMES: Final = (".frontleak.yaml", ".frontleak.yml")
"""Names of a configuration file; the table `[tool.frontleak]` in a pyproject.toml is one too."""
_MOST_FOLDERS: Final = 256
"""Folders that a search looks at; deeper trees are made to waste time."""
_LARGEST_PROJECT: Final = 4_000_000
"""Bytes of a pyproject.toml that are searched for the table."""


def is_top(folder: str) -> bool:
    """Return whether a folder holds `.git`.

    It is a folder, or a file in a worktree or submodule. A link that leads nowhere counts too: it marks the top of a
    checkout whose repository is elsewhere. The link is not followed.
    """
    return os.path.lexists(f"{folder.rstrip('/')}/.git")


def up_to_top(folder: str) -> Iterator[str]:
    """Yield a folder and its parents, nearest first, up to the top of the checkout or of the file system.

    Args:
        folder: absolute, with forward slashes; the empty path is the top of the file system.
    """
    return islice(_upwards(folder or "/"), _MOST_FOLDERS)


def _upwards(folder: str) -> Iterator[str]:
    above = ""
    while folder != above:
        yield folder
        if is_top(folder):
            return
        above, folder = folder, os.path.dirname(folder)


def repository_root(folder: str) -> str | None:
    """Return the top of the checkout that an absolute folder with forward slashes is in; None if it is in none."""
    *_, last = up_to_top(folder)
    return last if is_top(last) else None


def configuration_in(folder: str) -> str | None:
    """Return the path of the configuration file in a folder; None if there is none.

    Raises:
        OSError: a pyproject.toml cannot be read.
    """
    for name in CONFIG_NAMES:
        if os.path.isfile(f"{folder}/{name}"):
            return f"{folder}/{name}"
    project = f"{folder}/pyproject.toml"
    if os.path.isfile(project):
        with open(project, "rb") as file:
            if b"[tool.frontleak" in file.read(_LARGEST_PROJECT):
                return project
    return None


def project_top(folder: str) -> str | None:
    """Return where the paths of the project begin that a folder is in; None if nothing marks it.

    It is the top of the checkout, or else the folder of the nearest configuration file: a copy of a repository without
    its `.git`, as in a container, has one there.

    Args:
        folder: absolute, with forward slashes.
    """
    root = repository_root(folder)
    return root or next(filter(_is_configured, up_to_top(folder)), None)


def _is_configured(folder: str) -> bool:
    try:
        return configuration_in(folder.rstrip("/")) is not None
    except OSError:
        return False
