"""Fixtures as they are scanned: a copy in which each placeholder is a fake token.

Sources hold placeholders, so that no file of this repository holds what looks like a secret. The tool knows nothing of
them.
"""

import re
import shutil
from pathlib import Path
from typing import Final

from fixtures.fakes import fill

PLACEHOLDER: Final = re.compile(r"%%fake:([a-z0-9-]+)")
"""The beginning of a placeholder, with the name of its fake."""
_WHOLE: Final = re.compile(r"%%fake:[^%]*%%")


def files(folder: Path) -> list[Path]:
    """Return all files below a folder."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def holds_placeholders(folder: Path) -> bool:
    """Return whether a file below a folder has a placeholder."""
    return any(b"%%fake:" in file.read_bytes() for file in files(folder))


def copy_filled(source: Path, copy: Path, *, value: str = "") -> Path:
    """Copy a folder of fixtures to one that does not exist yet, and return the copy with its placeholders filled.

    A `value` stands for each of them in the place of its own fake, but in JSON files, which keep them: there the names
    of settings decide, and their columns stay.
    """
    shutil.copytree(source, copy, symlinks=True)
    for file in files(copy):
        data = file.read_bytes()
        if b"%%fake:" in data and not (value and file.suffix == ".json"):
            text = data.decode("utf-8")
            file.write_bytes((_WHOLE.sub(value, text) if value else fill(text)).encode("utf-8"))
    return copy
