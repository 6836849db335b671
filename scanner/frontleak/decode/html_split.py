"""Decoder for words that markup splits: by `<wbr>`, by tags, by characters without width. A browser shows one word."""

from typing import Final

from frontleak.core.lazy_regex import LazyRegex
from frontleak.decode.interface import View
from frontleak.decode.kit import Run, Window, runs
from frontleak.decode.unescaped import Rewritten

_SPLIT: Final = LazyRegex(
    rb"""(?:</?[A-Za-z][A-Za-z0-9-]{0,20}(?:\s[^<>&\x80-\xff]{0,300})?/?>|<!--[^<>]{0,200}-->|\xe2\x80[\x8b-\x8f]|\xe2\x81\xa0"""
    rb"""|\xef\xbb\xbf|\xc2\xad"""
    rb"""|&(?:#0{0,4}(?:173|820[3-7]|8288|65279)|#[xX]0{0,4}(?:[aA][dD]|200[b-fB-F]|2060|[fF][eE][fF][fF])"""
    rb"""|shy|zwn?j|ZeroWidthSpace|NoBreak|lrm|rlm);)++"""
)
"""Marks between two letters of a word; a few at a time, because highlighted code closes and opens spans."""
_STOP: Final = LazyRegex(rb"[\x00-\x08\n\r]")
_CONTEXT: Final = 512
"""Bytes read on either side of a split, and between two of them: more than the longest token."""
_MOST: Final = 20_000


def _read(text: bytes, window: Window) -> Run | None:
    first = _SPLIT.search(text, window.start, min(len(text), window.stop + _CONTEXT))
    if first is None or first.start() >= window.stop:
        return None
    before = text[max(window.floor, first.start() - _CONTEXT) : first.start()][::-1]
    stop = _STOP.search(before)
    start = first.start() - (stop.start() if stop else len(before))
    end = first.end()
    for _ in range(_MOST):
        following = _SPLIT.search(text, end, min(len(text), end + _CONTEXT))
        if following is None:
            break
        end = following.end()
    end = min(len(text), end + _CONTEXT)
    rewritten = Rewritten(text, [(start, end)], _SPLIT, lambda _: b"")
    return Run(end, View(kind="html-split", text=rewritten.text, spans=rewritten.spans))


decode: Final = runs(_read)
