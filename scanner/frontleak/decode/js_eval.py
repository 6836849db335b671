"""Decoder for the code that development builds put in `eval("…")`."""

from typing import Final

from frontleak.core.budget import WorkBudget
from frontleak.decode.folding.lexer import literal_end
from frontleak.decode.interface import View
from frontleak.decode.kit import Run, Window, runs
from frontleak.decode.unescaped import Rewritten
from frontleak.js.escapes import ESCAPE, read_escape

_LONGEST: Final = 8_000_000
"""Bytes of the longest string."""


def _read(text: bytes, window: Window) -> Run | None:
    at = text.find(b"eval(", window.start, window.stop)
    if at < 0 or text[at + 5 : at + 6] not in (b'"', b"'", b"`"):
        return None
    # each quoted string is scanned once; templates may nest
    work = window.budget if text[at + 5] == 96 else WorkBudget(_LONGEST)
    end = literal_end(text, at + 5, min(len(text), at + _LONGEST), work)
    if end < 0:
        return Run(at, "holds an eval call with an unterminated string; it was not decoded")
    if b"\\" not in text[at:end]:
        return Run(end)
    rewritten = Rewritten(text, [(at + 6, end - 1)], ESCAPE, read_escape)
    return Run(end, View(kind="eval", text=rewritten.text, spans=rewritten.spans, claims=(at, end)))


decode: Final = runs(_read, reach=40)
