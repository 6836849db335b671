"""Decoder for percent-encoded stretches, including URLs and `data:` URLs."""

from functools import lru_cache
from typing import Final

from frontleak.core.lazy_regex import LazyRegex
from frontleak.decode.interface import View
from frontleak.decode.kit import Run, Window, runs
from frontleak.decode.unescaped import Rewritten

_ESCAPE: Final = LazyRegex(rb"%[0-9A-Fa-f]{2}")
_DATA: Final = rb"data:[\w+/.\-]{3,40}(?:;(?!base64,)[\w=\-]{1,30}){0,3},"
_RUN: Final = LazyRegex(
    rb"(?:(?:" + _DATA + rb")?+[\w.~!*\-]{0,60}+(?:(?:%[0-9A-Fa-f]{2}){2}|(?<=-----BEGIN)%20)|" + _DATA + rb")"
    rb"[^\s\"'<>`\\\x00-\x20\x7f-\xff]{0,200000}+"
)


def _read(text: bytes, window: Window) -> Run | None:
    near = _RUN.search(text, window.start, window.stop)
    run = _RUN.match(text, near.start()) if near else None  # only its start must be in the window
    if run is None:
        return None
    if b"%" not in run.group():
        return Run(run.end())
    rewritten = Rewritten(text, [run.span()], _ESCAPE, lambda match: _value(match.group()))
    return Run(run.end(), View(kind="percent", text=rewritten.text, spans=rewritten.spans))


@lru_cache(512)
def _value(escape: bytes) -> bytes:
    return bytes((int(escape[1:], 16),))


decode: Final = runs(_read)
