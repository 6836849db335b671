"""Decoder for quoted-printable parts of saved pages (MHTML) and mails: https://www.rfc-editor.org/rfc/rfc2045#section-6.7."""

import re
from typing import Final

from frontleak.core.lazy_regex import LazyRegex
from frontleak.decode.interface import View
from frontleak.decode.kit import Run, Window, runs
from frontleak.decode.unescaped import Rewritten

_HEADER: Final = LazyRegex(rb"(?i:-encoding:\x20quoted-printable)[ \t]{0,8}\r?\n")
_NEXT_PART: Final = LazyRegex(rb"\n--[^\r\n]{1,100}\r?\n(?i:content-)|\n--[^\r\n]{1,100}--\s*\Z")
_ESCAPE: Final = LazyRegex(rb"=(?:[0-9A-Fa-f]{2}|[ \t]{0,8}\r?\n)")


def _read(text: bytes, window: Window) -> Run | None:
    header = _HEADER.search(text, window.start, min(len(text), window.stop + 60))
    if header is None or header.start() >= window.stop:
        return None
    following = _NEXT_PART.search(text, header.end())
    end = following.start() if following else len(text)
    rewritten = Rewritten(text, [(header.end(), end)], _ESCAPE, _value)
    view = View(kind="quoted-printable", text=rewritten.text, spans=rewritten.spans, claims=(header.end(), end))
    return Run(end, view)


def _value(escape: "re.Match[bytes]") -> bytes:
    return b"" if escape[0].endswith(b"\n") else bytes((int(escape[0][1:], 16),))


decode: Final = runs(_read)
