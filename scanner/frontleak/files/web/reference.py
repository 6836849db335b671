"""What a response names: a URL to ask for, and what is expected there."""

from enum import StrEnum
from typing import Final, NamedTuple


class Kind(StrEnum):
    """What is expected at a URL."""

    PAGE = "page"
    SCRIPT = "script"
    """JavaScript or a stylesheet."""
    LIST = "list"
    """A file whose strings name others: a build manifest, or a service worker with its list of files."""
    MAP = "map"
    """A source map."""
    DATA = "data"
    """Anything else: a payload, a web manifest."""


class Why(StrEnum):
    """What names a URL; its name in reports."""

    START = "start"
    LINKED = "linked"
    """A page, script, stylesheet or manifest names it, and a browser may ask for it."""
    GUESSED = "guessed"
    """Build tools write it next to what was found, but nothing names it."""
    PAGE = "page"
    """A link leads to it."""
    PROBE = "probe"
    """Only `--probe` asks for it."""
    BROWSER = "browser"
    """The browser asked for it."""
    ROBOTS = "robots"


UNEXPECTED: Final = frozenset({Why.GUESSED, Why.PROBE})
"""What names a URL at which there is usually nothing."""


class Reference(NamedTuple):
    """A URL that something names."""

    url: str
    """As written, relative to `base` in the end."""
    kind: Kind
    why: Why = Why.LINKED
    headers: tuple[tuple[str, str], ...] = ()
    """Sent with the request."""
