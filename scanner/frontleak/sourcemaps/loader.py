"""How the source map beside a script is asked for; whoever may read files gives it."""

from collections.abc import Callable
from typing import NamedTuple


class MissingMap(NamedTuple):
    """A source map that there is not."""

    reason: str
    """As the end of a sentence that begins with the script's path; empty when no map was promised."""


Load = Callable[[str | None], bytes | MissingMap]
"""What a script says of its map, such as `app.js.map` (None when it says nothing) -> the bytes of the map."""
