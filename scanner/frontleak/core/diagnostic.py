"""What could not be done, and what is noted of a file."""

from dataclasses import dataclass
from typing import NamedTuple

from frontleak.core.origins import Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Skip:
    """Something that was not scanned."""

    origin: Origin
    """What."""
    reason: str
    """Why, as the end of a sentence that begins with the path."""
    incomplete: bool
    """True when something went wrong (unreadable, timed out), False when a setting or rule of the walk left it out."""


class Note(NamedTuple):
    """A file that a rule has something to say about once a build; a tuple because thousands come back from workers."""

    rule_id: str
    """Id of the rule."""
    path: str
    """As shown; of a compressed copy without its ending, so that it counts once beside the file."""
