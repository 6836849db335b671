"""Names of values that could be guessed: the variable or property that a value is assigned to."""

from typing import Final

from frontleak.core.lazy_regex import LazyRegex
from frontleak.core.randomness import is_guessable
from frontleak.match.engine import Match

_REACH: Final = 120
"""Bytes before a value in which its name is looked for."""
_ASSIGNED: Final = LazyRegex(
    rb"(?P<name>[A-Za-z_$][\w$.-]{0,80}+)[\"'`\]\\]{0,8}+[ \t]{0,8}+(?:[=:]|=>|:=)[ \t]{0,8}+"
    rb"[\w.(]{0,20}[\"'`\\]{0,8}+\Z"
)
"""The assignment in front of a value."""


def name_of(text: bytes, match: Match, label: str) -> str | None:
    """Return the variable, property or label of a value that could be guessed; None for any other."""
    if match.rule.plain or match.rule.require.checksum or match.rule.require.jwt:
        return None
    if not is_guessable(text[match.start : match.end]):
        return None
    before = _ASSIGNED.search(text, max(0, match.start - _REACH), match.start)
    return before["name"].decode() if before else label
