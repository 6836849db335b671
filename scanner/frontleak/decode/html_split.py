"""Decoder for words that markup splits: by `<wbr>`, by tags, by characters without width. A browser shows one word."""

from typing import Final

from frontleak.core.lazy_regex import LazyRegex
from frontleak.decode.interface import View
from frontleak.decode.joints import CONTEXT, joined_stretch
from frontleak.decode.kit import Run, Window, runs
from frontleak.decode.unescaped import Rewritten

_SPLIT: Final = LazyRegex(
    rb"""(?:</?[A-Za-z][A-Za-z0-9-]{0,20}(?:\s[^<>&\x80-\xff]{0,300})?/?>|<!--[^<>]{0,200}-->|\xe2\x80[\x8b-\x8f]|\xe2\x81[\xa0-\xa4]"""
    rb"""|\xef\xbb\xbf|\xef\xb8[\x80-\x8f]|\xc2\xad|\\{1,3}u(?:200[b-fB-F]|2060|00[aA][dD]|[fF][eE][fF][fF])"""
    rb"""|&(?:#0{0,4}(?:173|820[3-7]|8288|65279)|#[xX]0{0,4}(?:[aA][dD]|200[b-fB-F]|2060|[fF][eE][fF][fF])"""
    rb"""|shy|zwn?j|ZeroWidthSpace|NoBreak|lrm|rlm);)++"""
)
"""Marks between two letters of a word; a few at a time, because highlighted code closes and opens spans."""
_KEY: Final = b"PRIVATE KEY-----"
"""In the first line of a private key: the decoder `pem` reads one whose lines are elements."""
_FEW: Final = 8
"""Most marks in a private key that split words, not lines."""
_LINE: Final = 48
"""Bytes of a line of a private key, or more with its tags."""
_STOP: Final = LazyRegex(rb"[\x00-\x08\n\r]")


def _read(text: bytes, window: Window) -> Run | None:
    stretch = joined_stretch(text, window, _SPLIT, _STOP, CONTEXT)
    if stretch is None:
        return None
    start, end = stretch
    end = min(len(text), end + CONTEXT)
    rewritten = Rewritten(text, [(start, end)], _SPLIT, lambda _: b"")
    if _KEY in rewritten.text and _FEW < len(_SPLIT.findall(text, start, end)) < (end - start) // _LINE:
        return Run(end, None)
    return Run(end, View(kind="html-split", text=rewritten.text, spans=rewritten.spans))


decode: Final = runs(_read)
