"""ASCII texts whose characters have zero bytes after or before them: UTF-16 and UTF-32 inside other data."""

from frontleak.core.lazy_regex import LazyRegex
from frontleak.decode.groups import GroupSpans
from frontleak.decode.interface import REACH, View
from frontleak.decode.kit import ReadRun, Run, Window


def wide_text(kind: str, width: int) -> ReadRun:
    """Return what reads one run of at least eight characters.

    Args:
        kind: of the views.
        width: bytes of a character.
    """
    zeros = rb"\x00{%d}" % (width - 1)
    before = LazyRegex(rb"(?:%b[\x20-\x7e])*+" % zeros)
    characters = LazyRegex(rb"(?:[\x09\x0a\x0d\x20-\x7e]%b){8,}+" % zeros)

    def read(text: bytes, window: Window) -> Run | None:
        units = before.match(text[max(window.floor, window.start - REACH // 2) : window.start][::-1])
        start = window.start - (units.end() if units else 0)
        near = characters.search(text, start, window.stop)
        run = characters.match(text, near.start()) if near else None  # only its start must be in the window
        if run is None:
            return None
        return Run(run.end(), View(kind=kind, text=run.group()[::width], spans=GroupSpans(*run.span(), width, 1)))

    return read
