"""Finds the source map of a script on disk: the referenced file, or the one next to the script."""

import os
import stat
from collections.abc import Callable
from typing import Final
from urllib.parse import unquote

from frontleak.core.diagnostic import Code, Diagnostic, note
from frontleak.core.origins import Origin
from frontleak.core.secret import printable
from frontleak.core.shown_names import shown_name
from frontleak.core.vocabulary import Exposure
from frontleak.files.interface import FileEntry
from frontleak.files.read import read_item

_COMPRESSED: Final = (".gz", ".br", ".zst")
_MOST_DISPLAYED: Final = 100


def load_map(
    path: str,
    reference: str | None,
    root: str,
    max_size: int,
    origin: Origin,
    beside: Callable[[str, int], bytes | None] | None = None,
) -> bytes | Diagnostic | None:
    """Return the bytes of the source map of a script, or why it was not read; None if the script has none.

    Only files inside `root` are read; nothing is fetched. UTF-16 is rewritten as UTF-8.

    Args:
        path: path to open the script; for `app.js.gz`, the map of `app.js` is used.
        reference: the map URL in the script, percent-encoded as in the file; None if there is none.
        root: the scanned folder.
        max_size: bytes; a larger map is not read.
        origin: where the script comes from, as a diagnostic names it.
        beside: absolute path, most bytes -> bytes of a file in the same commit, where the script comes from one.
    """
    folder, name = os.path.split(path)
    name = next((name.removesuffix(suffix) for suffix in _COMPRESSED if name.lower().endswith(suffix)), name)
    named = _relative(reference)
    reason = ""
    for candidate in dict.fromkeys(part for part in (named, f"{name}.map") if part):
        full = os.path.join(folder, candidate)
        found = _read(full, root, max_size) if beside is None else beside(full, max_size) or ""
        if isinstance(found, bytes):
            return found
        reason = reason or found
    if not reference and not reason:
        return None
    if not reason:
        not_relative = "is not at a relative path and was not read; put it next to the script"
        reason = not_relative if named is None else "is missing"
    return note(Code.SOURCE_MAP, origin, f"its source map {_display(reference or f'{name}.map')} {reason}")


def _relative(reference: str | None) -> str | None:
    """Return a reference as a relative path; None if it is missing, remote, absolute or of another kind."""
    if not reference:
        return None
    path = unquote(reference.partition("?")[0].partition("#")[0])
    if path.startswith(("/", "\\")) or ":" in path or "\0" in path:
        return None
    return path or None


def _read(path: str, root: str, max_size: int) -> bytes | str:
    """Return the bytes of a file, or the reason why it is not read; empty if there is no file."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return "is not a regular file"
        inside = os.path.realpath(root)
        if os.path.commonpath((os.path.realpath(path), inside)) != inside:
            return "is outside the scanned folder"
    except (OSError, ValueError):
        return ""
    found = read_item(FileEntry(path, path, 0, Exposure.SERVED, is_link=True), max_size)
    return f"was not read: {found.message}" if isinstance(found, Diagnostic) else found.data


def _display(reference: str) -> str:
    reference = shown_name(reference)  # before it is shortened: no part of a secret stays
    return printable(reference if len(reference) <= _MOST_DISPLAYED else f"{reference[: _MOST_DISPLAYED - 1]}…")
