"""Stretches of text that joints split: continued lines, or marks inside a word."""

from typing import Final

from frontleak.core.lazy_regex import LazyRegex
from frontleak.decode.kit import Window

CONTEXT: Final = 512
"""Bytes read on either side of a joint, and between two of them: more than the longest token."""
_MOST: Final = 20_000
"""Joints of one stretch."""


def joined_stretch(
    text: bytes, window: Window, joint: LazyRegex, stop: LazyRegex, reach: int
) -> tuple[int, int] | None:
    """Return where a stretch begins, and the end of its last joint; None if no joint begins in the window.

    Args:
        text: all bytes.
        window: where the first joint begins.
        joint: matches one joint.
        stop: matches a byte that is not part of the stretch, before its first joint.
        reach: bytes after the window in which the first joint ends.
    """
    first = joint.search(text, window.start, min(len(text), window.stop + reach))
    if first is None or first.start() >= window.stop:
        return None
    before = text[max(window.floor, first.start() - CONTEXT) : first.start()][::-1]
    stopped = stop.search(before)
    start = first.start() - (stopped.start() if stopped else len(before))
    end = first.end()
    for _ in range(_MOST):
        following = joint.search(text, end, min(len(text), end + CONTEXT))
        if following is None:
            break
        end = following.end()
    return start, end
