"""Finds the source map of a script on disk: the file it names, or the one beside it."""

import os
import stat
from typing import Final
from urllib.parse import unquote

from frontleak.core.diagnostic import Diagnostic
from frontleak.core.secret import printable
from frontleak.core.vocabulary import Exposure
from frontleak.files.interface import FileEntry
from frontleak.files.read import read_item
from frontleak.sourcemaps.loader import MissingMap

_TWINS: Final = (".gz", ".br", ".zst")
_MOST_SHOWN: Final = 100


def load_map(path: str, reference: str | None, root: str, max_size: int) -> bytes | MissingMap:
    """Return the bytes of the source map of a script.

    Only files inside `root` are read; nothing is fetched. UTF-16 is rewritten as UTF-8.

    Args:
        path: of the script as it is opened; of `app.js.gz` the map of `app.js` is taken.
        reference: what the script says of its map, percent-encoded as in the file; None when it says nothing.
        root: the scanned folder.
        max_size: bytes; a larger map is left alone.
    """
    folder, name = os.path.split(path)
    name = next((name.removesuffix(ending) for ending in _TWINS if name.lower().endswith(ending)), name)
    named = _relative(reference)
    wrong = ""
    for candidate in dict.fromkeys(part for part in (named, f"{name}.map") if part):
        found = _read(os.path.join(folder, candidate), root, max_size)
        if isinstance(found, bytes):
            return found
        wrong = wrong or found
    if not reference and not wrong:
        return MissingMap("")
    shown = _shown(reference or f"{name}.map")
    if wrong:
        return MissingMap(f"its source map {shown} {wrong}")
    if named is None:
        return MissingMap(f"its source map {shown} is not a file beside it, and nothing is fetched")
    return MissingMap(f"its source map {shown} is missing")


def _relative(reference: str | None) -> str | None:
    """Return a reference as a relative path; None when it is none, is remote, absolute or of another kind."""
    if not reference:
        return None
    path = unquote(reference.partition("?")[0].partition("#")[0])
    if path.startswith(("/", "\\")) or ":" in path or "\0" in path:
        return None
    return path or None


def _read(path: str, root: str, max_size: int) -> bytes | str:
    """Return the bytes of a file, or why it is not read; the reason is empty when there is no file."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return "is not a regular file"
        inside = os.path.realpath(root)
        if os.path.commonpath((os.path.realpath(path), inside)) != inside:
            return "is outside the scanned folder"
    except (OSError, ValueError):
        return ""
    found = read_item(FileEntry(path, path, 0, Exposure.SERVED), max_size)
    return f"was not read: {found.message}" if isinstance(found, Diagnostic) else found.data


def _shown(reference: str) -> str:
    return printable(reference if len(reference) <= _MOST_SHOWN else f"{reference[: _MOST_SHOWN - 1]}…")
