"""Decoder for words that go on in the next line or literal, as other languages than JavaScript write it.

A backslash continues a line in strings of JavaScript, CSS and YAML, in scripts and Dockerfiles. JavaScript and CSS join
the next line as it stands, YAML and property files without its indentation. The view is without it: a secret has no
blanks in it. C and Python join literals that follow each other; PHP and Perl do so with a dot, Lua with two.
"""

from re import VERBOSE
from typing import Final

from frontleak.core.lazy_regex import LazyRegex
from frontleak.decode.interface import View
from frontleak.decode.joints import CONTEXT, joined_stretch
from frontleak.decode.kit import Run, Window, runs
from frontleak.decode.unescaped import Rewritten

_JOINT: Final = LazyRegex(
    rb"""(?: (["'])[ \t]{0,4}(?: \.{1,2}[ \t]{0,4} | (?=[\r\n]) )(?:\r?\n)?[ \t]{0,80}(?:\.{1,2}[ \t]{0,4})?\1
           | (["'])[ \t]?\\\r?\n[ \t]{0,80}\2
           | \\(?: \r\n? | \n | \xe2\x80[\xa8\xa9] )[ \t]{0,80}
           | \\{3,7}(?:r\\{1,7})?n[ \t]{0,80} )(?=[\x21-\x7e])""",
    VERBOSE,
)
"""A continued line, also between two quoted strings that a language joins, or in a JSON string."""
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
