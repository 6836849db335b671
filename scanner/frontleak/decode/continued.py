"""Decoder for lines that a backslash continues, in strings of JavaScript, CSS and YAML, in scripts and Dockerfiles.

JavaScript and CSS join the next line as it stands, YAML and property files without its indentation. The view is without
it: a secret has no blanks in it.
"""

from typing import Final

from frontleak.core.lazy_regex import LazyRegex
from frontleak.decode.interface import View
from frontleak.decode.joints import CONTEXT, joined_stretch
from frontleak.decode.kit import Run, Window, runs
from frontleak.decode.unescaped import Rewritten

_JOINT: Final = LazyRegex(
    rb"""(?:(["'])[ \t]?\\\r?\n[ \t]{0,80}\1|\\\r?\n[ \t]{0,80}|\\{3,7}(?:r\\{1,7})?n[ \t]{0,80})(?=[\x21-\x7e])"""
)
"""A continued line, also between two quoted strings that a shell or Python joins, or in a JSON string."""
_STOP: Final = LazyRegex(rb"[^\x09\x20-\x7e]|;")
_REACH: Final = 100


def _read(text: bytes, window: Window) -> Run | None:
    stretch = joined_stretch(text, window, _JOINT, _STOP, _REACH)
    if stretch is None:
        return None
    start, end = stretch
    limit = min(len(text), end + CONTEXT)
    stop = _STOP.search(text, end, limit)
    end = stop.start() if stop else limit
    rewritten = Rewritten(text, [(start, end)], _JOINT, lambda _: b"")
    return Run(end, View(kind="continued", text=rewritten.text, spans=rewritten.spans))


decode: Final = runs(_read)
