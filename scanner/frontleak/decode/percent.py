"""Decoder for percent-encoded stretches, including URLs, `data:` URLs and what `escape()` writes (`%u0041`)."""

from functools import lru_cache
from typing import Final

from frontleak.core.lazy_regex import LazyRegex
from frontleak.decode.interface import View
from frontleak.decode.kit import Run, Window, runs
from frontleak.decode.unescaped import Rewritten

_ESCAPE: Final = LazyRegex(
    rb"%(?:u[dD][89abAB][0-9A-Fa-f]{2}%u[dD][c-fC-F][0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|[0-9A-Fa-f]{2})"
)
"""One escape; a surrogate pair counts as one."""
_DATA: Final = rb"data:[\w+/.\-]{3,40}(?:;(?!base64,)[\w=\-]{1,30}){0,3},"
_RUN: Final = LazyRegex(
    rb"(?:(?:" + _DATA + rb")?+[\w.~!*\-]{0,60}+(?:(?:%[0-9A-Fa-f]{2}){2}|(?<=-----BEGIN)%20)|" + _DATA + rb")"
    rb"[^\s\"'<>`\\\x00-\x20\x7f-\xff]{0,200000}+"
)
_UNICODE: Final = LazyRegex(rb"%u00[2-7][0-9A-Fa-f]")
_REST: Final = LazyRegex(rb"[^\s\"'<>`\\\x00-\x20\x7f-\xff]{0,200000}+")
_PLAIN: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.~!*-%+/="
_BEFORE: Final = 256
"""Bytes decoded before the first `%u`."""


def _read(text: bytes, window: Window) -> Run | None:
    unicode = _UNICODE.search(text, window.start, min(len(text), window.stop + 4))
    if unicode and unicode.start() < window.stop:
        low = max(window.floor, unicode.start() - _BEFORE)
        start = low + len(text[low : unicode.start()].rstrip(_PLAIN))
        end = unicode.end()
        rest = _REST.match(text, end)
        return _decoded(text, start, rest.end() if rest else end)
    near = _RUN.search(text, window.start, window.stop)
    run = _RUN.match(text, near.start()) if near else None  # only its start must be in the window
    if run is None:
        return None
    if b"%" not in run.group():
        return Run(run.end())
    return _decoded(text, *run.span())


def _decoded(text: bytes, start: int, end: int) -> Run:
    rewritten = Rewritten(text, [(start, end)], _ESCAPE, lambda match: _value(match.group()))
    return Run(end, View(kind="percent", text=rewritten.text, spans=rewritten.spans))


@lru_cache(512)
def _value(escape: bytes) -> bytes:
    if escape[1:2] != b"u":
        return bytes((int(escape[1:], 16),))
    if len(escape) == 12:
        high, low = int(escape[2:6], 16) & 0x3FF, int(escape[8:12], 16) & 0x3FF
        return chr(0x10000 + (high << 10) + low).encode()
    return bytes.fromhex(escape[2:].decode()).decode("utf-16-be", "replace").encode("utf-8", "replace")


decode: Final = runs(_read)
