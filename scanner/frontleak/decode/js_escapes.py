"""Escapes in string literals, and the code that development builds keep in `eval("…")`."""

from collections.abc import Iterator, Sequence
from typing import Final

from frontleak.core.budget import ExhaustedError, WorkBudget
from frontleak.core.lazy_regex import LazyRegex
from frontleak.decode.folding.lexer import literal_end
from frontleak.decode.interface import MOST_DECODED, DecodeProblem, View
from frontleak.decode.unescaped import Rewritten
from frontleak.js.escapes import ESCAPE, read_escape, whole_escapes

_REACH: Final = 120
"""Bytes after a trigger's first offset in which what it saw begins: more than the longest trigger."""
_RUN: Final = LazyRegex(rb"\\{1,2}(?:x[0-9A-Fa-f]{2}|u00[0-9A-Fa-f]{2}|u\{[0-9A-Fa-f]{2}\}|[01][0-7]{2})")
_STOP: Final = LazyRegex(rb"[^\x20-\x7e]|;")
_BESIDE: Final = 512
"""Bytes beside escapes that are read with them: more than a secret of which only the first letter is escaped."""
_TOO_MUCH: Final = "holds more code in eval than is read"


def decode_escapes(text: bytes, offsets: Sequence[int]) -> Iterator[View | DecodeProblem]:
    """Yield the stretches round some offsets with the escapes of string literals read; see `DecodeFunction`."""
    done = made = 0
    for offset in offsets:
        if offset + _REACH <= done:
            continue
        first = _RUN.search(text, max(offset, done), min(len(text), offset + _REACH))
        if first is None:
            continue
        before = text[max(done, first.start() - _BESIDE) : first.start()][::-1]
        stop = _STOP.search(before)
        start = first.start() - (stop.start() if stop else len(before))
        done = _run_end(text, first.start())
        rewritten = Rewritten(text, [whole_escapes(text, start, done)], ESCAPE, read_escape)
        made += len(rewritten.text)
        if made > MOST_DECODED:
            yield DecodeProblem(offset, "holds more escaped text than is read")
            return
        yield View(kind="escapes", text=rewritten.text, spans=rewritten.spans)


def _run_end(text: bytes, start: int) -> int:
    """Return where escapes stop following one another, plain characters between them allowed, and a little after."""
    end = start
    for _ in range(20_000):
        match = _RUN.search(text, end, min(len(text), end + _BESIDE))
        if match is None:
            break
        end = match.end()
    limit = min(len(text), end + _BESIDE)
    stop = _STOP.search(text, end, limit)
    return stop.start() if stop else limit


def decode_eval(text: bytes, offsets: Sequence[int], budget: WorkBudget) -> Iterator[View | DecodeProblem]:
    """Yield the code inside `eval("…")`, as development builds of webpack write it; see `DecodeFunction`."""
    done = made = 0
    for offset in offsets:
        at = text.find(b"eval(", max(offset, done), offset + 40)
        if at < 0 or text[at + 5 : at + 6] not in (b'"', b"'", b"`"):
            continue
        # quoted strings are walked over once, in all; templates may begin in one another
        work = budget if text[at + 5] == 96 else WorkBudget(MOST_DECODED)
        try:
            end = literal_end(text, at + 5, min(len(text), at + MOST_DECODED), work)
        except ExhaustedError:
            yield DecodeProblem(at, _TOO_MUCH)
            return
        if end < 0:
            yield DecodeProblem(at, "holds an eval whose text does not end")
            continue
        done = end
        if b"\\" not in text[at:end]:
            continue
        rewritten = Rewritten(text, [(at + 6, end - 1)], ESCAPE, read_escape)
        made += len(rewritten.text)
        if made > MOST_DECODED * 4:
            yield DecodeProblem(at, _TOO_MUCH)
            return
        yield View(kind="eval", text=rewritten.text, spans=rewritten.spans)
