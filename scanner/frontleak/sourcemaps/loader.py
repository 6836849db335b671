"""Interface to load the source map next to a script; the caller decides which files may be read."""

from collections.abc import Callable
from typing import NamedTuple


class MissingMap(NamedTuple):
    """A source map that is missing or was not read."""

    reason: str
    """The end of a sentence that begins with the script's path; empty if the script references no map."""


Load = Callable[[str | None], bytes | MissingMap]
"""Map URL in a script, such as `app.js.map` (None if there is none) -> the bytes of the map."""
