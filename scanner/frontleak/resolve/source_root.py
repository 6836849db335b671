"""The root of a source tree: the files whose imports lead to each other."""

import os
from collections.abc import Sequence

from frontleak.core.repository import repository_root
from frontleak.resolve.packages import upwards


def source_root(path: str, roots: Sequence[str]) -> str:
    """Return the root of a file's source tree.

    This is its repository, else the scanned folder or the package around it, else its outermost package, else its
    own folder.

    Args:
        path: absolute, with forward slashes.
        roots: absolute paths of the scanned folders.
    """
    folder = path.rpartition("/")[0]
    if repository := repository_root(folder):
        return repository
    holders = [root for root in roots if path.startswith(f"{root.rstrip('/')}/")]
    if holders:
        top = min(holders, key=len)
        # the scanned folder may be part of a project
        return next((each for each in upwards(top) if each and os.path.isfile(f"{each}/package.json")), top)
    found = folder
    while folder:
        if os.path.isfile(f"{folder}/package.json"):
            found = folder
        folder = folder.rpartition("/")[0]
    return found
