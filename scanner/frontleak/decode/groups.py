"""Encodings of fixed groups, such as base64: which part of a run is text, its view, and the map back."""

from collections.abc import Callable
from typing import Final

from frontleak.core.lazy_regex import LazyRegex
from frontleak.core.records import dataclass
from frontleak.decode.interface import DecodeFunction, SpanMap, View
from frontleak.decode.kit import Run, Window, runs

_SAMPLE: Final = 80
"""Encoded characters checked to tell text from binary data."""
_LEAST_SAMPLE: Final = 8
_BEFORE: Final = 2_048
_AFTER: Final = 8_192
"""Encoded characters decoded on either side of a text inside binary data; whole groups."""
_MOST_BACK: Final = 65_536
"""Characters searched backwards for the start of a run."""
_NOT_TEXT: Final = bytes(set(range(256)) - set(range(0x20, 0x7F)) - {9, 10, 13})


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


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupEncoding:
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


def group_decoder(encoding: GroupEncoding) -> DecodeFunction:
    """Return a decoder of runs: the whole run when it begins as text, else the part around the text in it."""

    def read(text: bytes, window: Window) -> Run | None:
        end = 0
        for candidate in _candidates(text, window, encoding):
            first, end = _readable_part(text, window.floor, candidate, encoding) or (end, end)
            if first < end:
                spans = GroupSpans(first, end, encoding.group, encoding.made)
                return Run(end, View(kind=encoding.kind, text=encoding.decode(text[first:end]), spans=spans))
        return Run(end) if end else None

    return runs(read)


def _candidates(text: bytes, window: Window, encoding: GroupEncoding) -> tuple[int, ...]:
    """Return the start of the window, and the start of the next run in it."""
    _, start, stop, _ = window
    if _run_end(text, start, stop, encoding.letters) == stop:
        return (start,)
    near = encoding.run.search(text, start, stop)
    return (start, near.start()) if near and near.start() != start else (start,)


def _readable_part(text: bytes, floor: int, offset: int, encoding: GroupEncoding) -> tuple[int, int] | None:
    """Return the part of the run that is text, in whole groups; empty if the run is not one; None without text."""
    if text[offset : offset + 2] in {b"0x", b"0X"}:
        offset += 2
    aligned = next((at for at in range(offset, offset + encoding.group) if _is_text(text, at, encoding)), -1)
    if aligned < 0:
        return None
    lowest = max(floor, aligned - _MOST_BACK)
    start = _run_start(text, lowest, aligned, encoding.letters)
    first = start + (aligned - start) % encoding.group
    if (start > lowest or start == 0) and _is_text(text, first, encoding):
        run = encoding.run.match(text, start)
        if run:
            return first, run.end()
        end = aligned
        while (further := _run_end(text, end, end + _AFTER, encoding.letters)) > end:
            end = further
        return end, end
    return max(first, aligned - _BEFORE), _run_end(text, aligned, aligned + _AFTER, encoding.letters)


def _is_text(text: bytes, start: int, encoding: GroupEncoding) -> bool:
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
