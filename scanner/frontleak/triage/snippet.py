"""The excerpt around a finding that a report shows."""

import functools
import re
from typing import Final

from frontleak.core.elide import ELLIPSIS, Syntax, elide_around
from frontleak.core.lazy_regex import LazyTextRegex
from frontleak.core.names import LONGEST_NAME
from frontleak.core.secret import printable

WIDTH: Final = 100
"""Most characters of a snippet."""
_BROKEN: Final = LazyTextRegex(r"…(?:\(\d*)?\Z")
_REST: Final = LazyTextRegex(r"\A\(?\d*\)")
_COUNT: Final = LazyTextRegex(r"\A…(?:\(\d+\))?")
_REACH: Final = 160
"""Bytes read on either side of a secret."""
_MOST_KNOWN: Final = 1024
_LONG_RUN: Final = LazyTextRegex(rf"(?<![A-Za-z0-9%&#\\])[A-Za-z0-9]{{{LONGEST_NAME + 1},}}+")
"""A run that no excerpt shows, because it is longer than any name; not where it may continue an escape sequence."""
_LISTED: Final = LazyTextRegex(r",\"[A-Za-z0-9]{16,}+(?=\"(?:[,\]]|\Z)|\Z)|\A[A-Za-z0-9]{16,}+(?=\"(?:[,\]]|\Z))")
"""A literal in a list, or what an excerpt holds of it: longer than any keyword, and neither key nor module name."""
_BEFORE_A_VALUE: Final = ',"'
_FILLER: Final = "qX7vK2mZ9wB4hT6cR1pN8dJ5gF3sL0yQ" * (_REACH // 32 + 1)
"""Stands for the letters and digits of a long run, whose values are elided."""


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
    before, after = code_around(
        _text(text[line_start or low : start]),
        _text(text[end : line_end if line_end >= 0 else high]),
        syntax,
        is_cut_before=not line_start and low > 0,
        is_cut_after=line_end < 0 and high < len(text),
    )
    secret = _clip(secret, WIDTH)
    room = max(0, WIDTH - len(secret))
    after_room = room - min(len(before), room * 3 // 5)
    right = _clip(after, after_room)
    left = _last_of(before, room - len(right))
    return f"{left}{secret}{right}"


def _text(part: bytes) -> str:
    text = part.decode("utf-8", "replace").replace("\t", " ")
    return alike(text) if len(text) > LONGEST_NAME else text


def alike(text: str) -> str:
    """Return a text in which equally long runs of letters and digits are the same: only that they are random counts."""
    return _LONG_RUN.sub(_filled, _LISTED.sub(_filled_value, text))


def _filled(run: re.Match[str]) -> str:
    """Return what stands for a run of digits and letters of both cases: its length and beginning matter."""
    found = run.group()
    return found if found.isalpha() or found.islower() or found.isupper() else _filler_for(found)


def _filled_value(literal: re.Match[str]) -> str:
    found = literal.group()
    value = found.removeprefix(_BEFORE_A_VALUE)
    return f"{found[: len(found) - len(value)]}{_filler_for(value)}"


def _filler_for(found: str) -> str:
    if len(found) >= len(_FILLER):
        return found
    return f"{'7' if found[0].isdigit() else 'q'}{_FILLER[1 : len(found)]}"


@functools.lru_cache(_MOST_KNOWN)
def code_around(before: str, after: str, syntax: Syntax, *, is_cut_before: bool, is_cut_after: bool) -> tuple[str, str]:
    """Return the printable code on both sides of a secret; where secrets are dense, the texts around them are alike."""
    sides = elide_around(before, after, syntax, is_cut_before=is_cut_before, is_cut_after=is_cut_after)
    return printable(sides[0]), printable(sides[1])


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
