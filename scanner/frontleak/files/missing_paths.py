"""The error for named paths that do not exist; imported for one."""

import os
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Final

from frontleak.core.errors import InputError
from frontleak.core.paths import has_lost_slash
from frontleak.core.shown_names import shown_name

_BUILD_FIRST: Final = "build the project first, or pass its output folder (dist, .next, build ...)"
_TWO_SLASHES: Final = "an address has two slashes after its scheme; in Python, pass a text: a Path object loses one"
_SHORTEST_TYPO: Final = 2
"""Letters of a name before its ending from which a similar name is meant, not another file."""


def not_there(missing: Sequence[str]) -> InputError:
    """Return the error that lists all named paths that do not exist, each with the name nearest to it."""
    is_cut = all(map(has_lost_slash, missing))
    return InputError(
        *(shown_name(f"{path}: no such file or folder{_did_you_mean(path)}") for path in missing),
        advice=_TWO_SLASHES if is_cut else _BUILD_FIRST,
    )


def _did_you_mean(path: str) -> str:
    """Return a hint at the entry beside a missing path whose name is nearest; empty if there is none."""
    folder, name = os.path.split(path.rstrip("/"))
    if len(name.partition(".")[0]) < _SHORTEST_TYPO:  # `a.js` is as near to `b.js` as a typing error is
        return ""
    try:
        close = get_close_matches(name, os.listdir(folder or "."), n=1)
    except OSError:
        return ""
    return f"; did you mean {os.path.join(folder, close[0])}?" if close else ""
