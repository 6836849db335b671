"""Base64, hexadecimal, percent-encoding and UTF-16 wherever they stand in a text."""

import re
from binascii import Error, a2b_base64, unhexlify
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from scanner.decode.interface import MOST_DECODED, Problem, SpanMap, View
from scanner.decode.rewrite import Rewritten

TOO_MUCH: Final = "holds more encoded text than is decoded"
"""Reason of the problem when a text holds more than `MOST_DECODED` bytes of one encoding."""

_REACH: Final = 200
"""Bytes after a trigger's first offset in which what it saw begins: more than the longest trigger."""
_MOST_BEFORE: Final = 1 << 16
"""Bytes before a trigger in which the run it fired in begins; of a longer run only so much is read."""
_SAMPLE: Final = 64
"""Encoded characters that tell text from what is not."""
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


Read = Callable[[bytes, int, int, int], View | None]
"""(text, start, end, hit) of an encoded run in which a trigger fired -> what it says; None when nothing readable."""


def _runs(
    text: bytes, offsets: Sequence[int], pattern: "re.Pattern[bytes]", read: Read, letters: bytes = b""
) -> Iterator[View | Problem]:
    """Yield what the runs say in which, or shortly after which, triggers fired, each once.

    Args:
        text: the text.
        offsets: where triggers may begin.
        pattern: a run.
        read: reads one.
        letters: the characters of a run, when a trigger may fire in the middle of one.
    """
    done = made = 0
    for offset in offsets:
        if offset + _REACH <= done:
            continue
        start = max(_run_start(text, offset, letters), done)
        match = pattern.search(text, start, min(len(text), max(offset, start) + _REACH))
        if match is None:
            continue
        whole = pattern.match(text, match.start())  # a run may be as long as it likes, only its beginning is near
        if whole is None:
            continue
        done = whole.end()
        if made + (done - whole.start()) // 2 > MOST_DECODED:
            yield Problem(offset, TOO_MUCH)
            return
        view = read(text, whole.start(), done, min(max(offset, whole.start()), done))
        if view is not None:
            made += len(view.text)
            yield view


def _run_start(text: bytes, offset: int, letters: bytes) -> int:
    before = text[max(0, offset - _MOST_BEFORE) : offset]
    return offset - len(before) + len(before.rstrip(letters)) if letters else offset


def readable(sample: bytes) -> bool:
    """Say whether some bytes look like text rather than like compressed or random data."""
    odd = len(sample) - len(sample.translate(None, _NOT_TEXT))
    if odd * 8 <= len(sample):
        return True
    try:
        sample[:-3].decode("utf-8")
    except UnicodeDecodeError:
        return False
    return b"\0" not in sample and odd * 4 <= len(sample) * 3


# --- base64 ----------------------------------------------------------------------------------------------------------

_BASE64_LETTERS: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-"
_NEAR_MAP: Final = 120
_MOST_MAP: Final = 32_000_000
_BASE64: Final = re.compile(rb"[A-Za-z0-9+/_\-]{40,}+")
_INLINE_MAP: Final = b"sourceMappingURL=data:"
_AFTER_MAP: Final = re.compile(rb"[\s\"'`]")


def decode_base64(text: bytes, offsets: Sequence[int]) -> Iterator[View | Problem]:
    """Yield what runs of base64 or base64url say, whatever character of the run its text begins at."""
    return _runs(text, offsets, _BASE64, _base64_view, _BASE64_LETTERS)


def _base64_view(text: bytes, start: int, end: int, hit: int) -> View | None:
    # the beginning of a long run is not known, so the address that it stands in is looked for from afar
    begins = text[start - 1 : start] not in _BASE64_LETTERS or not start
    named = text.rfind(_INLINE_MAP, max(0, start - (_NEAR_MAP if begins else _MOST_MAP)), start)
    if named >= 0 and not _AFTER_MAP.search(text, named, start):
        return None  # read as a source map
    for skipped in range(4):
        near = start + skipped + max(0, hit - start - skipped) // 4 * 4
        if not readable(_base64(text[near : min(end, near + _SAMPLE)].translate(_URLSAFE))):
            continue
        body = text[start + skipped : end]
        decoded = _base64(body.translate(_URLSAFE) if b"-" in body or b"_" in body else body)
        return View(kind="base64", text=decoded, spans=GroupSpans(start + skipped, end, 4, 3))
    return None


def _base64(body: bytes) -> bytes:
    if len(body) % 4 == 1:
        body = body[:-1]
    try:
        return a2b_base64(body + b"=" * (-len(body) % 4))
    except Error:
        return b""


# --- hexadecimal -----------------------------------------------------------------------------------------------------

_HEX: Final = re.compile(rb"(?<![A-Za-z0-9])(?:0x)?+[0-9A-Fa-f]{40,}+(?![G-Zg-z])")


def decode_hex(text: bytes, offsets: Sequence[int]) -> Iterator[View | Problem]:
    """Yield what runs of hexadecimal digits say."""
    return _runs(text, offsets, _HEX, _hex_view, b"0123456789abcdefABCDEFx")


def _hex_view(text: bytes, start: int, end: int, hit: int) -> View | None:
    if text[start + 1 : start + 2] == b"x":
        start += 2
    end -= (end - start) % 2
    near = start + max(0, hit - start) // 2 * 2
    if not readable(unhexlify(text[near : min(near + _SAMPLE * 2, end)])):
        return None
    return View(kind="hex", text=unhexlify(text[start:end]), spans=GroupSpans(start, end, 2, 1))


# --- percent ---------------------------------------------------------------------------------------------------------

_ESCAPE: Final = re.compile(rb"%[0-9A-Fa-f]{2}")
_PERCENT: Final = re.compile(
    rb"(?:(?:data:[\w+/.\-]{3,40}(?:;[\w=\-]{1,30}){0,3},)?+[\w.~!*\-]{0,60}+(?:%[0-9A-Fa-f]{2}){2}|data:[\w+/.\-]{3,40}(?:;[\w=\-]{1,30}){0,3},)"
    rb"[^\s\"'<>`\\\x00-\x20\x7f-\xff]{0,200000}+"
)


def decode_percent(text: bytes, offsets: Sequence[int]) -> Iterator[View | Problem]:
    """Yield what percent-encoded stretches say, addresses and `data:` addresses among them."""
    return _runs(text, offsets, _PERCENT, _percent_view)


def _percent_view(text: bytes, start: int, end: int, _hit: int) -> View | None:
    if b"%" not in text[start:end] or b";base64," in text[start : start + 100]:
        return None
    rewritten = Rewritten(text, [(start, end)], _ESCAPE, lambda match: bytes((int(match.group()[1:], 16),)))
    return View(kind="percent", text=rewritten.text, spans=rewritten.spans)


# --- UTF-16 ----------------------------------------------------------------------------------------------------------

_UTF16: Final = re.compile(rb"(?:[\x09\x0a\x0d\x20-\x7e]\x00){8,}+")


def decode_utf16(text: bytes, offsets: Sequence[int]) -> Iterator[View | Problem]:
    """Yield the ASCII texts that stand as UTF-16, of either byte order, inside something else."""
    return _runs(text, [_first_unit(text, offset) for offset in offsets], _UTF16, _utf16_view)


def _first_unit(text: bytes, offset: int) -> int:
    """Go back to where a run begins, at most a little."""
    for _ in range(_REACH // 2 - 20):
        if offset < 2 or text[offset - 1] != 0 or not 0x20 <= text[offset - 2] < 0x7F:
            break
        offset -= 2
    return offset


def _utf16_view(text: bytes, start: int, end: int, _hit: int) -> View:
    return View(kind="utf-16", text=text[start:end:2], spans=GroupSpans(start, end, 2, 1))
