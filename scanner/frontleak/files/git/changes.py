"""Reads the raw format of git's comparisons: which blob each path has on either side."""

import os
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from frontleak.core.errors import GitError


class Commit(NamedTuple):
    """A commit that changes follow."""

    id: str
    """Full hexadecimal id."""
    seconds: int
    """When it was committed, in seconds since 1970 (UTC)."""


class Change(NamedTuple):
    """A path whose blob differs."""

    path: str
    """From the top, on the new side."""
    mode: str
    """Six octal digits, on the new side."""
    blob: str
    """Full id on the new side; zeros if it has none."""
    old_blobs: tuple[str, ...]
    """Full ids on the old sides, one for each parent that is compared; zeros where it has none."""
    status: str
    """`A`, `M`, `D`, `R`, `T`, `U` …; one letter for each parent."""


def read_changes(fields: Iterable[bytes]) -> Iterator[Commit | Change]:
    """Yield the commits and changes in the output of `diff-index` or `diff-tree`, `--raw -z`.

    Commits must be printed as `%H %ct`. A merge has the paths that differ from all parents.
    Source: https://git-scm.com/docs/git-diff-tree#_raw_output_format.

    Raises:
        GitError: the output has another form.
    """
    rest = iter(fields)
    try:
        for field in rest:
            text = field.lstrip(b"\n")
            if not text:
                continue
            yield _change(text, rest) if text.startswith(b":") else _commit(text)
    except (ValueError, RuntimeError, StopIteration) as error:
        raise GitError("git printed something unexpected; its version may be too old or too new") from error


def _commit(text: bytes) -> Commit:
    name, _, seconds = text.decode("ascii").partition(" ")
    return Commit(name, int(seconds) if seconds.lstrip("-").isdecimal() else 0)  # a damaged commit may have no time


def _change(text: bytes, rest: Iterator[bytes]) -> Change:
    colons = len(text) - len(text.lstrip(b":"))
    words = text.decode("ascii")[colons:].split(" ")
    *modes, mode = words[: colons + 1]
    *blobs, blob = words[colons + 1 : -1]
    status = words[-1]
    path = next(rest)
    if status[0] in "RC" and colons == 1:
        path = next(rest)  # the first is the old one
    if len(blobs) != colons or len(modes) != colons:
        raise ValueError(text)
    return Change(os.fsdecode(path), mode, blob, tuple(blobs), status)
