"""Decoders for escapes in string literals and for the code that development builds put in `eval("…")`."""

from collections.abc import Iterator, Sequence
from typing import Final

from frontleak.core.budget import ExhaustedError, WorkBudget
from frontleak.core.lazy_regex import LazyRegex
from frontleak.decode.folding.lexer import literal_end
from frontleak.decode.interface import MOST_DECODED, DecodeProblem, View
from frontleak.decode.unescaped import Rewritten
from frontleak.js.escapes import ESCAPE, read_escape, whole_escapes

_REACH: Final = 120
"""Bytes searched after a trigger's first offset; more than the longest trigger."""
_RUN: Final = LazyRegex(rb"\\{1,2}(?:x[0-9A-Fa-f]{2}|u00[0-9A-Fa-f]{2}|u\{[0-9A-Fa-f]{2}\}|[01][0-7]{2})")
_STOP: Final = LazyRegex(rb"[^\x20-\x7e]|;")
_CONTEXT: Final = 512
"""Bytes decoded on either side of escapes: more than a secret with only its first letter escaped."""
_TOO_MUCH: Final = "holds too much code in eval; the rest was not decoded"


def decode_escapes(text: bytes, offsets: Sequence[int]) -> Iterator[View | DecodeProblem]:
    """Yield the text around some offsets with its string escapes decoded; see `DecodeFunction`."""
    done = made = 0
    for offset in offsets:
        if offset + _REACH <= done:
            continue
        first = _RUN.search(text, max(offset, done), min(len(text), offset + _REACH))
        if first is None:
            continue
        before = text[max(done, first.start() - _CONTEXT) : first.start()][::-1]
        stop = _STOP.search(before)
        start = first.start() - (stop.start() if stop else len(before))
        done = _run_end(text, first.start())
        rewritten = Rewritten(text, [whole_escapes(text, start, done)], ESCAPE, read_escape)
        made += len(rewritten.text)
        if made > MOST_DECODED:
            reason = f"holds too much escaped text (limit {MOST_DECODED:,} bytes); the rest was not decoded"
            yield DecodeProblem(offset, reason)
            return
        yield View(kind="escapes", text=rewritten.text, spans=rewritten.spans)


def _run_end(text: bytes, start: int) -> int:
    """Return the end of a series of escapes with plain characters between and after them."""
    end = start
    for _ in range(20_000):
        match = _RUN.search(text, end, min(len(text), end + _CONTEXT))
        if match is None:
            break
        end = match.end()
    limit = min(len(text), end + _CONTEXT)
    stop = _STOP.search(text, end, limit)
    return stop.start() if stop else limit


def decode_eval(text: bytes, offsets: Sequence[int], budget: WorkBudget) -> Iterator[View | DecodeProblem]:
    """Yield the code inside `eval("…")`, as webpack development builds write it; see `DecodeFunction`."""
    done = made = 0
    for offset in offsets:
        at = text.find(b"eval(", max(offset, done), offset + 40)
        if at < 0 or text[at + 5 : at + 6] not in (b'"', b"'", b"`"):
            continue
        # each quoted string is scanned once; templates may nest
        work = budget if text[at + 5] == 96 else WorkBudget(MOST_DECODED)
        try:
            end = literal_end(text, at + 5, min(len(text), at + MOST_DECODED), work)
        except ExhaustedError:
            yield DecodeProblem(at, _TOO_MUCH)
            return
        if end < 0:
            yield DecodeProblem(at, "holds an eval call with an unterminated string; it was not decoded")
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
