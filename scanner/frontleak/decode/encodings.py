"""Decoders for base64, hexadecimal, percent-encoding and UTF-16 anywhere in a text."""

from binascii import Error, a2b_base64, unhexlify
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from frontleak.core.lazy_regex import LazyRegex
from frontleak.decode.interface import MOST_DECODED, DecodeProblem, SpanMap, View
from frontleak.decode.unescaped import Rewritten

TOO_MUCH: Final = f"holds too much encoded text (limit {MOST_DECODED:,} bytes); the rest was not decoded"
"""Reason of the problem when a text holds more than `MOST_DECODED` bytes in one encoding."""

_REACH: Final = 200
"""Bytes searched after a trigger's first offset; more than the longest trigger."""
_MOST_TRIES: Final = 2_000
"""Runs tried per text."""
_SAMPLE: Final = 80
"""Encoded characters checked to tell text from binary data."""
_LEAST_SAMPLE: Final = 8
_BEFORE: Final = 2_048
_AFTER: Final = 8_192
"""Encoded characters decoded on either side of a text inside binary data; whole groups."""
_MOST_BACK: Final = 65_536
"""Characters searched backwards for the start of a run."""
_NOTHING: Final = (-1, -1)
_MAP: Final = b"sourceMappingURL=data:"
_LETTERS: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_NOT_TEXT: Final = bytes(set(range(256)) - set(range(0x20, 0x7F)) - {9, 10, 13})
_URLSAFE: Final = bytes.maketrans(b"-_", b"+/")


class GroupSpans(SpanMap):
    """Span map of a view decoded group by group: `encoded` bytes of the text became `made` bytes of the view."""

    __slots__ = ("_encoded", "_end", "_first", "_made")

    def __init__(self, first: int, end: int, encoded: int, made: int) -> None:
        """Keep the span of the encoded text, and the bytes per group before and after decoding."""
        self._first = first
        self._end = end
        self._encoded = encoded
        self._made = made

    def origin_span(self, start: int, end: int) -> tuple[int, int]:
        """See `SpanMap.origin_span`."""
        first = self._first + start // self._made * self._encoded
        return first, min(self._end, self._first + ((end - 1) // self._made + 1) * self._encoded)


def _runs(
    text: bytes,
    offsets: Sequence[int],
    pattern: LazyRegex,
    read: Callable[[bytes, int, int], View | None],
    beginning: Callable[[bytes, int], int] = lambda _, offset: offset,
) -> Iterator[View | DecodeProblem]:
    """Yield views of the runs that begin shortly after some offsets, each once; `beginning` may move an offset back."""
    done = made = 0
    for offset in offsets:
        if offset + _REACH <= done:
            continue
        start = max(beginning(text, offset), done)
        near = pattern.search(text, start, min(len(text), start + _REACH))
        # only the start of a run must be near; its length is not limited
        run = pattern.match(text, near.start()) if near else None
        if run is None:
            continue
        done = run.end()
        view = read(text, run.start(), done)
        made += len(view.text) if view else 0
        if made > MOST_DECODED:
            yield DecodeProblem(offset, TOO_MUCH)
            return
        if view:
            yield view


# --- group encodings -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Encoding:
    """An encoding with a fixed number of characters and bytes per group."""

    kind: str
    letters: bytes
    run: LazyRegex
    """A run long enough to decode, with its boundaries."""
    group: int
    made: int
    """Characters per group (`group`), and bytes decoded from it (`made`)."""
    decode: Callable[[bytes], bytes]
    """Characters -> bytes; ignores trailing characters that make no byte. Empty when the characters are invalid."""


def _decoded(text: bytes, offsets: Sequence[int], encoding: _Encoding) -> Iterator[View | DecodeProblem]:
    """Yield views of runs at or shortly after some offsets: the whole run when it begins as text, else a part."""
    read_to = made = 0
    tries = _MOST_TRIES
    for offset in offsets:
        if offset + _REACH <= read_to:
            continue
        first_candidate = max(offset, read_to)
        for candidate in _candidates(text, first_candidate, encoding):
            tries -= 1
            first, last = _readable_part(text, read_to, candidate, encoding) if tries >= 0 else _NOTHING
            read_to = max(read_to, last)
            if first < 0:
                continue
            made += (last - first) // 2
            if made > MOST_DECODED:
                yield DecodeProblem(offset, TOO_MUCH)
                return
            spans = GroupSpans(first, last, encoding.group, encoding.made)
            yield View(kind=encoding.kind, text=encoding.decode(text[first:last]), spans=spans)
            break


def _candidates(text: bytes, offset: int, encoding: _Encoding) -> tuple[int, ...]:
    """Return the offset, and the start of the next run shortly after it."""
    limit = min(len(text), offset + _REACH)
    if _run_end(text, offset, limit, encoding.letters) == limit:
        return (offset,)
    near = encoding.run.search(text, offset, limit)
    return (offset, near.start()) if near and near.start() != offset else (offset,)


def _readable_part(text: bytes, floor: int, offset: int, encoding: _Encoding) -> tuple[int, int]:
    """Return the part of the run that is text, in whole groups; else -1 and the offset to continue from."""
    if text[offset : offset + 2] in {b"0x", b"0X"}:
        offset += 2
    aligned = next((at for at in range(offset, offset + encoding.group) if _is_text(text, at, encoding)), -1)
    if aligned < 0:
        return _NOTHING
    lowest = max(floor, aligned - _MOST_BACK)
    start = _run_start(text, lowest, aligned, encoding.letters)
    if (end := _end_of_map(text, start)) > aligned:
        return -1, end
    first = start + (aligned - start) % encoding.group
    if (start > lowest or start == 0) and _is_text(text, first, encoding):
        run = encoding.run.match(text, start)
        return (first, run.end()) if run else _NOTHING
    return max(first, aligned - _BEFORE), _run_end(text, aligned, aligned + _AFTER, encoding.letters)


def _end_of_map(text: bytes, start: int) -> int:
    """Return the end of the inline source map around a run (another decoder reads it); -1 outside of one."""
    floor = 0 if start and text[start - 1] in _LETTERS else max(0, start - 90)
    found = text.rfind(_MAP, floor, start)
    return _line_end(text, found) if found >= 0 else -1


def _line_end(text: bytes, start: int) -> int:
    """Return the end of a line of code, which may be inside a string."""
    end = len(text)
    for mark in (b"\n", b"\\", b'"'):
        found = text.find(mark, start, end)
        end = found if found >= 0 else end
    return end


def _is_text(text: bytes, start: int, encoding: _Encoding) -> bool:
    return readable(encoding.decode(text[start : _run_end(text, start, start + _SAMPLE, encoding.letters)]))


def _run_start(text: bytes, floor: int, offset: int, letters: bytes) -> int:
    step = 256
    while True:
        low = max(floor, offset - step)
        rest = text[low:offset].rstrip(letters)
        if rest or low == floor:
            return low + len(rest)
        step *= 4


def _run_end(text: bytes, start: int, limit: int, letters: bytes) -> int:
    part = text[start:limit]
    return start + len(part) - len(part.lstrip(letters))


def readable(sample: bytes) -> bool:
    """Return whether at least eight bytes look like text, not like compressed or random data."""
    if len(sample) < _LEAST_SAMPLE:
        return False
    odd = len(sample) - len(sample.translate(None, _NOT_TEXT))
    if odd * 8 <= len(sample):
        return True
    try:
        sample[:-3].decode("utf-8")
    except UnicodeDecodeError:
        return False
    return b"\0" not in sample and odd * 4 <= len(sample) * 3


# --- base64 ----------------------------------------------------------------------------------------------------------


def decode_base64(text: bytes, offsets: Sequence[int]) -> Iterator[View | DecodeProblem]:
    """Yield views of runs of base64 or base64url; the encoded text may begin at any character of a run."""
    return _decoded(text, offsets, _BASE64)


def _from_base64(body: bytes) -> bytes:
    if b"-" in body or b"_" in body:
        body = body.translate(_URLSAFE)
    if len(body) % 4 == 1:
        body = body[:-1]
    try:
        return a2b_base64(body + b"=" * (-len(body) % 4))
    except Error:
        return b""


_BASE64: Final = _Encoding(
    kind="base64",
    letters=_LETTERS + b"+/_-",
    run=LazyRegex(rb"(?<![A-Za-z0-9+/_\-])[A-Za-z0-9+/_\-]{40,}+"),
    group=4,
    made=3,
    decode=_from_base64,
)

# --- hexadecimal -----------------------------------------------------------------------------------------------------


def decode_hex(text: bytes, offsets: Sequence[int]) -> Iterator[View | DecodeProblem]:
    """Yield views of runs of hexadecimal digits."""
    return _decoded(text, offsets, _HEX)


def _from_hex(body: bytes) -> bytes:
    return unhexlify(body[: len(body) // 2 * 2])


_HEX: Final = _Encoding(
    kind="hex",
    letters=b"0123456789abcdefABCDEF",
    run=LazyRegex(rb"(?:(?<![A-Za-z0-9])|(?<=\b0[xX]))[0-9A-Fa-f]{40,}+(?![G-Zg-z])"),
    group=2,
    made=1,
    decode=_from_hex,
)


# --- percent ---------------------------------------------------------------------------------------------------------

_ESCAPE: Final = LazyRegex(rb"%[0-9A-Fa-f]{2}")


_PERCENT: Final = LazyRegex(
    rb"(?:(?:data:[\w+/.\-]{3,40}(?:;[\w=\-]{1,30}){0,3},)?+[\w.~!*\-]{0,60}+(?:%[0-9A-Fa-f]{2}){2}|data:[\w+/.\-]{3,40}(?:;[\w=\-]{1,30}){0,3},)"
    rb"[^\s\"'<>`\\\x00-\x20\x7f-\xff]{0,200000}+"
)


def decode_percent(text: bytes, offsets: Sequence[int]) -> Iterator[View | DecodeProblem]:
    """Yield views of percent-encoded stretches, including URLs and `data:` URLs."""
    return _runs(text, offsets, _PERCENT, _percent_view)


def _percent_view(text: bytes, start: int, end: int) -> View | None:
    if b"%" not in text[start:end] or b";base64," in text[start : start + 100]:
        return None
    rewritten = Rewritten(text, [(start, end)], _ESCAPE, lambda match: _percent(match.group()))
    return View(kind="percent", text=rewritten.text, spans=rewritten.spans)


@lru_cache(512)
def _percent(escape: bytes) -> bytes:
    return bytes((int(escape[1:], 16),))


# --- UTF-16 ----------------------------------------------------------------------------------------------------------

_UNITS_BEFORE: Final = LazyRegex(rb"(?:\x00[\x20-\x7e])*+")
_UTF16: Final = LazyRegex(rb"(?:[\x09\x0a\x0d\x20-\x7e]\x00){8,}+")


def decode_utf16(text: bytes, offsets: Sequence[int]) -> Iterator[View | DecodeProblem]:
    """Yield views of ASCII texts in UTF-16, of either byte order, inside other data."""
    return _runs(text, offsets, _UTF16, _utf16_view, _first_unit)


def _first_unit(text: bytes, offset: int) -> int:
    """Return the start of the run around an offset, at most `_REACH // 2` bytes back."""
    units = _UNITS_BEFORE.match(text[max(0, offset - _REACH // 2) : offset][::-1])
    return offset - (units.end() if units else 0)


def _utf16_view(text: bytes, start: int, end: int) -> View:
    return View(kind="utf-16", text=text[start:end:2], spans=GroupSpans(start, end, 2, 1))
