"""Diagnostics: what was not scanned, and matches to report once per build."""

from dataclasses import dataclass
from typing import NamedTuple

from frontleak.core.origins import Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Skip:
    """A file or part of a file that was not scanned."""

    origin: Origin
    """The file, stream or archive member."""
    reason: str
    """The rest of a sentence that starts with the path."""
    incomplete: bool
    """True after a failure (unreadable, timed out), False if a setting or walk rule excluded it."""


class Note(NamedTuple):
    """A file matched by a rule that reports once per build; a tuple because workers return thousands."""

    rule_id: str
    """Id of the rule."""
    path: str
    """Display path, without the extension of a compressed copy, so that a file and its copy count once."""
