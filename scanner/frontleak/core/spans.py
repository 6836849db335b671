"""Spans of a text: (start, end) offsets."""

from collections.abc import Iterable

Span = tuple[int, int]
"""Start and end of a part of a text."""


def joined(spans: Iterable[Span]) -> list[Span]:
    """Return spans in order, joined where they overlap or touch."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
