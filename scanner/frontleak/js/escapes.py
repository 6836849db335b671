"""Escape sequences in JavaScript string literals."""

import re
from functools import lru_cache
from typing import Final

from frontleak.core.lazy_regex import LazyRegex

ESCAPE: Final = LazyRegex(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|u\{0{0,6}[0-9a-fA-F]{1,6}\}"
    rb"|U000[01][0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[0-3][0-7]{1,2}|[4-7][0-7]|\r\n|.)",
    re.DOTALL,
)
"""One escape sequence, also `\\U00000041` of Python and Go; a surrogate pair counts as one."""

_MOST_BACKSLASHES: Final = 64
_SHORT: Final = {
    b"n": b"\n",
    b"r": b"\r",
    b"t": b"\t",
    b"b": b"\b",
    b"f": b"\f",
    b"v": b"\v",
    b"0": b"\0",
    b"\n": b"",
    b"\r": b"",
    b"\r\n": b"",
}


def read_escape(match: "re.Match[bytes]") -> bytes:
    """Return the decoded escape as UTF-8; a lone surrogate becomes a question mark."""
    return _decoded(match.group())


@lru_cache(4_096)
def _decoded(written: bytes) -> bytes:
    escape = written[1:]
    short = _SHORT.get(escape)
    if short is not None:
        return short
    if len(escape) == 1:
        return escape
    if len(escape) == 11:
        high, low = int(escape[1:5], 16) & 0x3FF, int(escape[7:11], 16) & 0x3FF
        return chr(0x10000 + (high << 10) + low).encode()
    code = int(escape, 8) if escape[0] in b"01234567" else int(escape.strip(b"xuU{}"), 16)
    return chr(code).encode("utf-8", "replace") if code <= 0x10FFFF else b"?"


def unescape(body: bytes) -> str:
    """Return the value of a string literal without its quotes; invalid UTF-8 bytes become lone surrogates."""
    if b"\\" in body:
        body = ESCAPE.sub(read_escape, body)
    return body.decode("utf-8", "surrogateescape")


def whole_escapes(text: bytes, start: int, end: int) -> tuple[int, int]:
    """Move the start of a span back and its end back so that neither splits an escape."""
    before = text[max(0, start - _MOST_BACKSLASHES) : start]
    start -= len(before) - len(before.rstrip(b"\\"))
    last = text.rfind(b"\\", max(start, end - 12), end)
    before = text[max(start, last - _MOST_BACKSLASHES) : last] if last >= 0 else b""
    last -= len(before) - len(before.rstrip(b"\\"))
    for match in ESCAPE.finditer(text, last, min(len(text), end + 12)) if last >= start else ():
        if match.start() >= end:
            break
        if match.end() > end:
            return start, match.start()
    return start, end
