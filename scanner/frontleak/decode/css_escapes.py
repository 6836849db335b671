r"""Decoder for text that CSS escapes letter by letter: `\73 \6b`, as in `content` (https://www.w3.org/TR/css-syntax-3/)."""

import re
from typing import Final

from frontleak.core.lazy_regex import LazyRegex
from frontleak.decode.interface import View
from frontleak.decode.kit import Run, Window, runs
from frontleak.decode.unescaped import Rewritten

_PLAIN: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
_ESCAPE: Final = LazyRegex(rb"\\([0-9A-Fa-f]{1,6})(?:\r\n|[ \t\r\n\f])?")
_RUN: Final = LazyRegex(
    rb"[A-Za-z0-9_\-]{0,200}+(?:\\[0-9A-Fa-f]{1,6}(?:\r\n|[ \t\r\n\f])?[A-Za-z0-9_\-]{0,200}+){6,20000}+"
)


def _read(text: bytes, window: Window) -> Run | None:
    near = _ESCAPE.search(text, window.start, window.stop)
    if near is None:
        return None
    before = text[max(window.floor, near.start() - 200) : near.start()]
    run = _RUN.match(text, near.start() - len(before) + len(before.rstrip(_PLAIN)))
    if run is None:
        return Run(near.end())
    rewritten = Rewritten(text, [run.span()], _ESCAPE, _value)
    return Run(run.end(), View(kind="css-escape", text=rewritten.text, spans=rewritten.spans))


def _value(escape: "re.Match[bytes]") -> bytes:
    number = int(escape[1], 16)
    return chr(number).encode("utf-8", "replace") if 0 < number <= 0x10FFFF else b"?"


decode: Final = runs(_read, reach=120)
