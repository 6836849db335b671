"""The excerpt around a finding that a report shows."""

import re
from typing import Final

from frontleak.core.elide import ELLIPSIS, Syntax, elide_around
from frontleak.core.secret import printable

WIDTH: Final = 100
"""Most characters of a snippet."""
_BROKEN: Final = re.compile(r"…(?:\(\d*)?\Z")
_REST: Final = re.compile(r"\A\(?\d*\)")
_COUNT: Final = re.compile(r"\A…(?:\(\d+\))?")
_REACH: Final = 160
"""Bytes read on either side of a secret."""


def snippet(text: bytes, start: int, end: int, secret: str, syntax: Syntax) -> str:
    """Return at most 100 printable characters of one line around a secret: the code without its values.

    Args:
        text: the text that holds the secret.
        start: offset of its first byte.
        end: offset just after its last.
        secret: its redacted form.
        syntax: how the text writes values.
    """
    low, high = max(0, start - _REACH), min(len(text), end + _REACH)
    line_start = text.rfind(b"\n", low, start) + 1
    line_end = text.find(b"\n", end, high)
    before, after = elide_around(
        _text(text[line_start or low : start]),
        _text(text[end : line_end if line_end >= 0 else high]),
        syntax,
        is_cut_before=not line_start and low > 0,
        is_cut_after=line_end < 0 and high < len(text),
    )
    before, secret, after = printable(before), _clip(secret, WIDTH), printable(after)
    room = max(0, WIDTH - len(secret))
    after_room = room - min(len(before), room * 3 // 5)
    right = _clip(after, after_room)
    left = _last_of(before, room - len(right))
    return f"{left}{secret}{right}"


def _text(part: bytes) -> str:
    return part.decode("utf-8", "replace").replace("\t", " ")


def _clip(text: str, room: int) -> str:
    """Keep the beginning of a text."""
    if len(text) <= room:
        return text
    return f"{_BROKEN.sub('', text[: room - 1])}{ELLIPSIS}" if room else ""


def _last_of(text: str, room: int) -> str:
    """Keep the end of a text."""
    if len(text) <= room:
        return text
    kept = text[len(text) - room + 1 :]
    rest = _REST if _BROKEN.search(text, 0, len(text) - len(kept)) else _COUNT
    return f"{ELLIPSIS}{rest.sub('', kept)}" if room else ""
