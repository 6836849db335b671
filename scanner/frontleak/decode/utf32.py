"""Decoder for ASCII texts in UTF-32, of either byte order, inside other data."""

from typing import Final

from frontleak.core.lazy_regex import LazyRegex
from frontleak.decode.groups import GroupSpans
from frontleak.decode.interface import REACH, View
from frontleak.decode.kit import Run, Window, runs

_UNITS_BEFORE: Final = LazyRegex(rb"(?:\x00{3}[\x20-\x7e])*+")
_RUN: Final = LazyRegex(rb"(?:[\x09\x0a\x0d\x20-\x7e]\x00{3}){8,}+")


def _read(text: bytes, window: Window) -> Run | None:
    units = _UNITS_BEFORE.match(text[max(window.floor, window.start - REACH // 2) : window.start][::-1])
    start = window.start - (units.end() if units else 0)
    near = _RUN.search(text, start, window.stop)
    run = _RUN.match(text, near.start()) if near else None  # only its start must be in the window
    if run is None:
        return None
    return Run(run.end(), View(kind="utf-32", text=run.group()[::4], spans=GroupSpans(*run.span(), 4, 1)))


decode: Final = runs(_read)
