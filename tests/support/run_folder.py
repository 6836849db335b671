"""A folder of one run of the tests, which the processes of pytest-xdist share; pytest removes it at the end."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

try:
    import fcntl
except ImportError:  # on Windows, where nothing needs the folder
    fcntl = None  # type: ignore[assignment]

_folders: Final[list[Path]] = []
CACHE: Final = "cache"
"""Below the folder: the cache of all commands that the tests run."""


def share(folder: Path) -> None:
    """Set the folder of this run, which exists."""
    _folders[:] = [folder]


def shared_folder() -> Path:
    """Return the folder of this run."""
    return _folders[0]


def copied_cache(folder: Path) -> Path:
    """Copy the cache in use to a folder that does not exist yet, and return it.

    Files that another test's scan drops meanwhile are left out.
    """
    return Path(shutil.copytree(os.environ["FRONTLEAK_CACHE_DIR"], folder, copy_function=_copied_if_there))


def _copied_if_there(source: str, copy: str) -> None:
    with contextlib.suppress(FileNotFoundError):
        shutil.copy2(source, copy)


@contextlib.contextmanager
def alone(path: Path) -> Iterator[None]:
    """Let one process at a time make what is to be at a path; a process that dies lets the next one in."""
    with open(f"{path}.lock", "wb") as file:
        if fcntl is not None:
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
