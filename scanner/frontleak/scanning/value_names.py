"""Names of values: the variable or property that a value is assigned to."""

from typing import Final

from frontleak.core.blob import Blob
from frontleak.core.detection import Variable
from frontleak.core.lazy_regex import LazyRegex
from frontleak.core.randomness import is_guessable
from frontleak.core.vocabulary import Exposure
from frontleak.files.env_file import is_env_file
from frontleak.match.engine import Match

_REACH: Final = 120
"""Bytes before a value in which its name is looked for."""
_ASSIGNED: Final = LazyRegex(
    rb"(?P<name>[A-Za-z_$][\w$.-]{0,80}+)[\"'`\]\\]{0,8}+[ \t]{0,8}+(?:[=:]|=>|:=)[ \t]{0,8}+"
    rb"[\w.(]{0,20}[\"'`\\]{0,8}+\Z"
)
"""The assignment in front of a value."""
_SET: Final = LazyRegex(rb"[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]{2,100})[ \t]*=")
"""The beginning of a line of an `.env` file."""


def name_of(text: bytes, match: Match, label: str) -> str | None:
    """Return the variable, property or label of a value that could be guessed; None for any other."""
    if match.rule.plain or match.rule.require.checksum or match.rule.require.jwt:
        return None
    if not is_guessable(text[match.start : match.end]):
        return None
    before = _ASSIGNED.search(text, max(0, match.start - _REACH), match.start)
    return before["name"].decode() if before else label


def variable_set(blob: Blob, match: Match) -> Variable | None:
    """Return the variable that a match in plain text is the value of; None outside of the `.env` files of sources."""
    folder, _, name = blob.origin.path.rpartition("/")
    if blob.exposure is not Exposure.SOURCE or not is_env_file(name) or blob.origin.known_as != blob.origin.path:
        return None
    line = blob.data.rfind(b"\n", 0, match.start) + 1
    found = _SET.match(blob.data, line, match.start)
    return Variable(found[1].decode(), folder) if found else None
