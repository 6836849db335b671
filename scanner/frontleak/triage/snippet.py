"""The excerpt around a finding that a report shows."""

from collections.abc import Sequence
from typing import Final

from frontleak.core.secret import mask_tokens, printable, redact

WIDTH: Final = 100
"""Most characters of a snippet."""
_REACH: Final = 120
_MOST_TOKEN_BYTES: Final = 300
"""Bytes past the reach that are searched for the start or end of a token cut off there."""
_TOKEN_BYTES: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_=-"


def snippet(text: bytes, spans: Sequence[tuple[int, int]], index: int, secret: str) -> str:
    """Return at most 100 printable characters of one line around the secret at `spans[index]`.

    Args:
        text: the text that the spans refer to.
        spans: all secrets found in the text, in order, without overlaps; each one is redacted.
        index: index of the secret in the middle.
        secret: redacted form of that secret.
    """
    start, end = spans[index]
    secret = _clip(secret, WIDTH)
    reach_from, reach_to = _reach(text, start, end)
    low = max(reach_from, text.rfind(b"\n", reach_from, start) + 1)
    line_end = text.find(b"\n", end, reach_to)
    high = reach_to if line_end < 0 else line_end
    first, last = index, index
    while first > 0 and spans[first - 1][1] > low:
        first -= 1
    while last + 1 < len(spans) and spans[last + 1][0] < high:
        last += 1
    before = _redacted_text(text, spans[first:index], low, start)
    after = _redacted_text(text, spans[index + 1 : last + 1], end, high)
    room = max(0, WIDTH - len(secret))
    after_room = room - min(len(before), room * 3 // 5)
    right = _clip(after, after_room)
    left = _clip(before[::-1], room - len(right))[::-1]
    return f"{left}{secret}{right}"


def _reach(text: bytes, start: int, end: int) -> tuple[int, int]:
    """Return the range a snippet may cover, extended to whole tokens: a cut token would look too short to be masked."""
    low, high = max(0, start - _REACH), min(len(text), end + _REACH)
    before = text[max(0, low - _MOST_TOKEN_BYTES) : low]
    after = text[high : high + _MOST_TOKEN_BYTES]
    return (
        low - len(before) + len(before.rstrip(_TOKEN_BYTES)),
        high + len(after) - len(after.lstrip(_TOKEN_BYTES)),
    )


def _redacted_text(text: bytes, spans: Sequence[tuple[int, int]], low: int, high: int) -> str:
    """Return the printable text of a range, with every overlapping secret redacted."""
    pieces: list[str] = []
    position = low
    for start, end in spans:
        pieces.append(_masked(text[position:start]))
        pieces.append(redact(text[start:end].decode("utf-8", "replace")))
        position = end
    pieces.append(_masked(text[position : max(position, high)]))
    return "".join(pieces)


def _masked(part: bytes) -> str:
    return printable(mask_tokens(part.decode("utf-8", "replace").replace("\t", " ")))


def _clip(text: str, room: int) -> str:
    """Shorten a text to `room` characters, with an ellipsis at the end."""
    if len(text) <= room:
        return text
    return f"{text[: room - 1]}…" if room else ""
