"""Base64, hexadecimal, percent-encoding and UTF-16 wherever they stand in a text."""

from binascii import Error, a2b_base64, unhexlify
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from scanner.decode.interface import MOST_DECODED, Problem, SpanMap, View
from scanner.decode.rewrite import Rewritten
from scanner.patterns import Pattern

TOO_MUCH: Final = "holds more encoded text than is decoded"
"""Reason of the problem when a text holds more than `MOST_DECODED` bytes of one encoding."""

_REACH: Final = 200
"""Bytes after a trigger's first offset in which what it saw begins: more than the longest trigger."""
_SAMPLE: Final = 64
"""Encoded characters that tell text from what is not."""
_LEAST_SAMPLE: Final = 8
_LETTERS: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_NOT_TEXT: Final = bytes(set(range(256)) - set(range(0x20, 0x7F)) - {9, 10, 13})
_URLSAFE: Final = bytes.maketrans(b"-_", b"+/")


class GroupSpans(SpanMap):
    """Leads home from bytes that were made group by group: so many bytes of text, so many of the view."""

    __slots__ = ("_encoded", "_end", "_first", "_made")

    def __init__(self, first: int, end: int, encoded: int, made: int) -> None:
        """Keep where the encoded text begins and ends, and the bytes of a group before and after decoding."""
        self._first = first
        self._end = end
        self._encoded = encoded
        self._made = made

    def home(self, start: int, end: int) -> tuple[int, int]:
        """See `SpanMap.home`."""
        first = self._first + start // self._made * self._encoded
        return first, min(self._end, self._first + ((end - 1) // self._made + 1) * self._encoded)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Encoding:
    """One way to write bytes as text; offsets are those of the text."""

    run: Pattern
    """A stretch that is written so."""
    begins: Callable[[bytes, int, int], int]
    """(text, floor, offset) -> where the run begins that the offset is in; the offset itself when it is in none."""
    reads_from: Callable[[bytes, int, int, int], int]
    """(text, start, end, place in it) -> where the run is to be read from to be readable; -1 when it is not."""
    view: Callable[[bytes, int, int], View]
    """(text, start, end) -> what it says."""


def _decode(text: bytes, offsets: Sequence[int], encoding: _Encoding) -> Iterator[View | Problem]:
    """Yield what the runs say that hold some offsets or begin shortly after them, each once."""
    done = made = 0
    for offset in offsets:
        if offset + _REACH <= done:
            continue
        place = max(offset, done)
        start = encoding.begins(text, done, place)
        # only the beginning of a run must be near, it may be as long as it likes
        first = encoding.run.search(text, start, min(len(text), max(place, start) + _REACH))
        run = encoding.run.match(text, first.start()) if first else None
        done = run.end() if run else place  # what is no run is not gone back over again
        if run is None:
            continue
        start = encoding.reads_from(text, run.start(), done, max(place, run.start()))
        if start < 0:
            continue
        made += (done - start) // 2
        if made > MOST_DECODED:
            yield Problem(offset, TOO_MUCH)
            return
        yield encoding.view(text, start, done)


def _run_start(alphabet: bytes) -> Callable[[bytes, int, int], int]:
    letters = frozenset(alphabet)

    def begins(text: bytes, floor: int, offset: int) -> int:
        if offset >= len(text) or text[offset] not in letters:
            return offset
        step = 256
        while True:
            low = max(floor, offset - step)
            rest = text[low:offset].rstrip(alphabet)
            if rest or low == floor:
                return low + len(rest)
            step *= 4

    return begins


def readable(sample: bytes) -> bool:
    """Say whether some bytes, eight at least, look like text rather than like compressed or random data."""
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


def decode_base64(text: bytes, offsets: Sequence[int]) -> Iterator[View | Problem]:
    """Yield what runs of base64 or base64url say, whatever character of the run its text begins at."""
    return _decode(text, offsets, _BASE64)


def _reads_base64(text: bytes, start: int, end: int, place: int) -> int:
    if b"sourceMappingURL=" in text[max(0, start - 90) : start]:
        return -1  # read as a source map
    for first in range(start, start + 4):
        for sample in (first, first + max(0, place - first) // 4 * 4):
            if readable(_base64(text[sample : min(end, sample + _SAMPLE)].translate(_URLSAFE))):
                return first
    return -1


def _base64_view(text: bytes, start: int, end: int) -> View:
    body = text[start:end]
    decoded = _base64(body.translate(_URLSAFE) if b"-" in body or b"_" in body else body)
    return View(kind="base64", text=decoded, spans=GroupSpans(start, end, 4, 3))


def _base64(body: bytes) -> bytes:
    if len(body) % 4 == 1:
        body = body[:-1]
    try:
        return a2b_base64(body + b"=" * (-len(body) % 4))
    except Error:
        return b""


_BASE64: Final = _Encoding(
    run=Pattern(rb"(?<![A-Za-z0-9+/_\-])[A-Za-z0-9+/_\-]{40,}+"),
    begins=_run_start(_LETTERS + b"+/_-"),
    reads_from=_reads_base64,
    view=_base64_view,
)

# --- hexadecimal -----------------------------------------------------------------------------------------------------


def decode_hex(text: bytes, offsets: Sequence[int]) -> Iterator[View | Problem]:
    """Yield what runs of hexadecimal digits say."""
    return _decode(text, offsets, _HEX)


def _reads_hex(text: bytes, start: int, end: int, place: int) -> int:
    if text[start + 1 : start + 2] in {b"x", b"X"}:
        start += 2
    for first in (start, start + 1):
        for sample in (first, first + max(0, place - first) // 2 * 2):
            if readable(_hex(text, sample, min(end, sample + 2 * _SAMPLE))):
                return first
    return -1


def _hex_view(text: bytes, start: int, end: int) -> View:
    return View(kind="hex", text=_hex(text, start, end), spans=GroupSpans(start, end, 2, 1))


def _hex(text: bytes, start: int, end: int) -> bytes:
    return unhexlify(text[start : end - (end - start) % 2])


_HEX: Final = _Encoding(
    run=Pattern(rb"(?<![A-Za-z0-9])(?:0[xX])?+[0-9A-Fa-f]{40,}+(?![G-Zg-z])"),
    begins=_run_start(b"0123456789abcdefABCDEFxX"),
    reads_from=_reads_hex,
    view=_hex_view,
)


# --- percent ---------------------------------------------------------------------------------------------------------

_ESCAPE: Final = Pattern(rb"%[0-9A-Fa-f]{2}")


def decode_percent(text: bytes, offsets: Sequence[int]) -> Iterator[View | Problem]:
    """Yield what percent-encoded stretches say, addresses and `data:` addresses among them."""
    return _decode(text, offsets, _PERCENT)


def _reads_percent(text: bytes, start: int, end: int, _: int) -> int:
    return -1 if b"%" not in text[start:end] or b";base64," in text[start : start + 100] else start


def _percent_view(text: bytes, start: int, end: int) -> View:
    rewritten = Rewritten(text, [(start, end)], _ESCAPE, lambda match: bytes((int(match.group()[1:], 16),)))
    return View(kind="percent", text=rewritten.text, spans=rewritten.spans)


_PERCENT: Final = _Encoding(
    run=Pattern(
        rb"(?:(?:data:[\w+/.\-]{3,40}(?:;[\w=\-]{1,30}){0,3},)?+[\w.~!*\-]{0,60}+(?:%[0-9A-Fa-f]{2}){2}|data:[\w+/.\-]{3,40}(?:;[\w=\-]{1,30}){0,3},)"
        rb"[^\s\"'<>`\\\x00-\x20\x7f-\xff]{0,200000}+"
    ),
    begins=lambda _text, _floor, offset: offset,
    reads_from=_reads_percent,
    view=_percent_view,
)


# --- UTF-16 ----------------------------------------------------------------------------------------------------------

_UNITS_BEFORE: Final = Pattern(rb"(?:\x00[\x20-\x7e])*+")


def decode_utf16(text: bytes, offsets: Sequence[int]) -> Iterator[View | Problem]:
    """Yield the ASCII texts that stand as UTF-16, of either byte order, inside something else."""
    return _decode(text, offsets, _UTF16)


def _first_unit(text: bytes, floor: int, offset: int) -> int:
    """Go back to where a run begins, at most a little."""
    units = _UNITS_BEFORE.match(text[max(floor, offset - _REACH // 2) : offset][::-1])
    return offset - (units.end() if units else 0)


def _utf16_view(text: bytes, start: int, end: int) -> View:
    return View(kind="utf-16", text=text[start:end:2], spans=GroupSpans(start, end, 2, 1))


_UTF16: Final = _Encoding(
    run=Pattern(rb"(?:[\x09\x0a\x0d\x20-\x7e]\x00){8,}+"),
    begins=_first_unit,
    reads_from=lambda _text, start, _end, _place: start,
    view=_utf16_view,
)
