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
_BREAK: Final = b"<wbr", b"<WBR"
"""The tag that only a word which may be broken has: it counts whatever the word is like."""
_LETTERS: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-.+/="
_NEAR: Final = 60
"""Bytes of a word before a tag, and of that after it, that are looked at: one of a secret has a digit, or is random
letters."""
_CAPITAL: Final = LazyRegex(rb"[a-z][A-Z]")
_OFTEN: Final = 7
"""Letters to each such change at most: in a name there are more, in random letters four."""
_LONG: Final = 20
"""Bytes of a word of letters that is looked at."""


def _read(text: bytes, window: Window) -> Run | None:
    first = _first_mark(text, window)
    stretch = joined_stretch(text, window._replace(start=first), _SPLIT, _STOP, CONTEXT) if first >= 0 else None
    if stretch is None:
        return None
    start, end = stretch
    end = min(len(text), end + CONTEXT)
    rewritten = Rewritten(text, [(start, end)], _SPLIT, lambda _: b"")
    if _KEY in rewritten.text and _FEW < len(_SPLIT.findall(text, start, end)) < (end - start) // _LINE:
        return Run(end, None)
    return Run(end, View(kind="html-split", text=rewritten.text, spans=rewritten.spans))


def _first_mark(text: bytes, window: Window) -> int:
    """Return where the first mark in a window begins that may split a secret; -1 if none does.

    Most tags after a long word are type arguments in TypeScript, or stand next to a name in a page.
    """
    for mark in _SPLIT.finditer(text, window.start, min(len(text), window.stop + CONTEXT)):
        start, end = mark.span()
        if start >= window.stop:
            break
        if text[start : start + 1] != b"<" or text.startswith(_BREAK, start) or _is_like_secret(text, start, end):
            return start
    return -1


def _is_like_secret(text: bytes, start: int, end: int) -> bool:
    """Return whether the word before a mark, or that after it, has a digit or is unlike a name."""
    before, after = text[max(0, start - _NEAR) : start], text[end : end + _NEAR]
    rest_before, rest_after = before.rstrip(_LETTERS), after.lstrip(_LETTERS)
    if rest_before[-1:].isdigit() or rest_after[:1].isdigit():
        return True
    words = before[len(rest_before) :], after[: len(after) - len(rest_after)]
    return any(len(_CAPITAL.findall(word)) * _OFTEN >= len(word) >= _LONG for word in words)


decode: Final = runs(_read)
