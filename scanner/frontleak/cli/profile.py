"""The tables of `scan --profile`."""

from collections.abc import Iterator, Sequence
from typing import Final

from frontleak.core.profile import Profile

_PARTS: Final = ("pass", "confirm", "decode")
"""Stages that are parts of the scan of a file."""


def render_profile(profile: Profile) -> Iterator[str]:
    """Yield the tables line by line, each sorted by time or by events."""
    confirm = sum(work.seconds for work in profile.rules.values())
    decode = sum(work.seconds for work in profile.decoders.values())
    stages = [(name, work.calls, work.size, work.seconds) for name, work in profile.stages.items()]
    stages += [
        ("confirm", sum(work.candidates for work in profile.rules.values()), 0, confirm),
        (
            "decode",
            sum(work.views for work in profile.decoders.values()),
            sum(work.size for work in profile.decoders.values()),
            decode,
        ),
    ]
    whole = sum(seconds for name, _, _, seconds in stages if name not in _PARTS)
    yield f"Profile: {whole:.3f} s of CPU in one process; pass, confirm and decode are parts of scan."
    yield from _table(
        ("stage", "calls", "MB", "ms"),
        [(name, f"{calls:,}", f"{size / 1e6:,.1f}", _ms(seconds)) for name, calls, size, seconds in stages],
    )
    rules = sorted(profile.rules.items(), key=lambda item: (-item[1].seconds, item[0]))
    yield from _table(
        ("rule", "events", "candidates", "matches", "ms"),
        [
            (name, f"{work.events:,}", f"{work.candidates:,}", f"{work.matches:,}", _ms(work.seconds))
            for name, work in rules
        ],
    )
    triggers = sorted(profile.triggers.items(), key=lambda item: (-item[1], item[0]))
    yield from _table(("trigger", "events"), [(name, f"{events:,}") for name, events in triggers])
    decoders = sorted(profile.decoders.items(), key=lambda item: (-item[1].seconds, item[0]))
    yield from _table(
        ("decoder", "texts", "places", "views", "MB", "detections", "ms"),
        [
            (
                name,
                f"{work.texts:,}",
                f"{work.offsets:,}",
                f"{work.views:,}",
                f"{work.size / 1e6:,.2f}",
                f"{work.detections:,}",
                _ms(work.seconds),
            )
            for name, work in decoders
        ],
    )


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:,.1f}"


def _table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield a table with its first column to the left and the others to the right; nothing without lines."""
    if not lines:
        return
    widths = [max(map(len, column)) for column in zip(head, *lines, strict=True)]
    yield ""
    for line in (head, *lines):
        cells = [cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True)]
        yield "  ".join([line[0].ljust(widths[0]), *cells])
