"""Decoder for words that markup splits: by `<wbr>`, by tags, by characters without width. A browser shows one word."""

from re import IGNORECASE, VERBOSE
from typing import Final

from frontleak.core.lazy_regex import LazyRegex
from frontleak.decode.interface import View
from frontleak.decode.joints import CONTEXT, joined_stretch
from frontleak.decode.kit import Run, Window, runs
from frontleak.decode.unescaped import Rewritten

_SPLIT: Final = LazyRegex(
    rb"""(?: <br\s?/?>[\x20\t\r\n]{0,80}
         | <\\{0,3}/?[a-z][a-z0-9:-]{0,24}(?:\s[^<>&\x80-\xff]{0,300})?/?> | <!--[^<>]{0,200}-->
         | \xe2\x80[\x8b-\x8f\xaa-\xae] | \xe2\x81[\xa0-\xaf] | \xef\xbb\xbf | \xef\xb8[\x80-\x8f]
         | \xc2\xad | \xcd\x8f | \xd8\x9c | \xe1\xa0\x8e | \xf3\xa0[\x80-\x87][\x80-\xbf]
         | \\{1,3}(?: x ad
             | u\{?0{0,4}(?: 200[b-f] | 202[a-e] | 206[0-9a-f] | 034f | 061c | 180e | (?:00)?ad
                             | fe0[0-9a-f] | feff )\}? )
         | &(?: \#0{0,4}(?: 173 | 847 | 1564 | 6158 | 820[3-7] | 823[4-8] | 82(?:8[89]|9[0-9]) | 830[0-3] | 65279 )
             | \#x0{0,4}(?: ad | 34f | 61c | 180e | 200[b-f] | 202[a-e] | 206[0-9a-f] | feff )
             | shy | zwn?j | ZeroWidthSpace | NoBreak | lrm | rlm ); )++""",
    VERBOSE | IGNORECASE,
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
