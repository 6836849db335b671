"""The top of a checkout: how far a search through parent folders may go."""

import os
from collections.abc import Iterator
from itertools import islice
from typing import Final

_MOST_FOLDERS: Final = 256
"""Folders that a search looks at; deeper trees are made to waste time."""


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
