"""Decoder for escapes in string literals."""

from typing import Final

from frontleak.core.lazy_regex import LazyRegex
from frontleak.decode.interface import View
from frontleak.decode.kit import Run, Window, runs
from frontleak.decode.unescaped import Rewritten
from frontleak.js.escapes import ESCAPE, read_escape, whole_escapes

_RUN: Final = LazyRegex(
    rb"\\{1,2}(?:x[0-9A-Fa-f]{2}|u00[0-9A-Fa-f]{2}|u\{0{0,6}[0-9A-Fa-f]{2}\}|U000000[0-9A-Fa-f]{2}|[01][0-7]{2})"
)
_STOP: Final = LazyRegex(rb"[^\x20-\x7e]|;")
_CONTEXT: Final = 512
"""Bytes decoded on either side of escapes: more than a secret with only its first letter escaped."""


def _read(text: bytes, window: Window) -> Run | None:
    first = _RUN.search(text, window.start, window.stop)
    if first is None:
        return None
    before = text[max(window.floor, first.start() - _CONTEXT) : first.start()][::-1]
    stop = _STOP.search(before)
    start = first.start() - (stop.start() if stop else len(before))
    end = _run_end(text, first.start())
    rewritten = Rewritten(text, [whole_escapes(text, start, end)], ESCAPE, read_escape)
    return Run(end, View(kind="escapes", text=rewritten.text, spans=rewritten.spans))


def _run_end(text: bytes, start: int) -> int:
    """Return the end of a series of escapes with plain characters between and after them."""
    end = start
    for _ in range(20_000):
        match = _RUN.search(text, end, min(len(text), end + _CONTEXT))
        if match is None:
            break
        end = match.end()
    limit = min(len(text), end + _CONTEXT)
    stop = _STOP.search(text, end, limit)
    return stop.start() if stop else limit


decode: Final = runs(_read, reach=120)
