"""HTML: character references inside secrets, and JSON in attributes."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from frontleak.core.lazy_regex import LazyRegex
from frontleak.decode.interface import Request, View
from frontleak.decode.payloads.json_path import PathCursor, opening, shown
from frontleak.decode.unescaped import OriginLabels, Rewritten

REACH: Final = 512
"""Bytes decoded on each side of a reference."""
MOST_ATTRIBUTE: Final = 1_000_000
"""Bytes of the longest attribute value with a path."""
_BUDGET: Final = 16_000_000
_NAMED: Final = {
    b"quot": b'"', b"apos": b"'", b"amp": b"&", b"lt": b"<", b"gt": b">", b"nbsp": "\u00a0".encode(), b"sol": b"/",
    b"plus": b"+", b"equals": b"=", b"lowbar": b"_", b"colon": b":", b"period": b".", b"comma": b",", b"NewLine": b"\n",
    b"lbrace": b"{", b"lcub": b"{", b"rbrace": b"}", b"rcub": b"}", b"lbrack": b"[", b"lsqb": b"[", b"rbrack": b"]",
    b"rsqb": b"]", b"semi": b";", b"dollar": b"$", b"num": b"#", b"bsol": b"\\", b"grave": b"`", b"Tab": b"\t",
}  # fmt: skip
_REFERENCE_SOURCE: Final = rb"&(?:#(?:[xX]0{0,8}[0-9a-fA-F]{1,6}|0{0,8}[0-9]{1,7});?|(?:" + b"|".join(_NAMED) + rb");)"
_REFERENCE: Final = LazyRegex(_REFERENCE_SOURCE)
_REFERENCE_OR_TYPE: Final = LazyRegex(_REFERENCE_SOURCE + rb"|(?<=:)\[0,(?=&quot;)")
"""Also what stands before a text in the props of an island: Astro writes each value as [type, value]."""
_ATTRIBUTE: Final = LazyRegex(rb"[\s\"']([A-Za-z_:@.][\w:@.-]{0,80})\s{0,4}=\s{0,4}\Z")
_JSON_START: Final = LazyRegex(rb"\s{0,8}(?:[{\[]|&#123;|&#91;|&#x7[bB];|&#x5[bB];|&lcub;|&lsqb;)")


def references_read(data: bytes, segments: Sequence[tuple[int, int]]) -> Rewritten:
    """Return stretches of HTML, joined, with their character references decoded."""
    return Rewritten(data, segments, _REFERENCE, _read)


def page_read(data: bytes, segments: Sequence[tuple[int, int]]) -> Rewritten:
    """Return stretches of HTML, joined, with their character references decoded and the types of props left out."""
    return Rewritten(data, segments, _REFERENCE_OR_TYPE, _read)


def _read(match: "re.Match[bytes]") -> bytes:
    reference = match.group()
    if reference[:1] == b"[":
        return b""
    if reference[1:2] != b"#":
        return _NAMED[reference[1:-1]]
    digits = reference[2:].rstrip(b";")
    number = int(digits[1:], 16) if digits[:1] in {b"x", b"X"} else int(digits)
    if not 0 < number <= 0x10FFFF or 0xD800 <= number < 0xE000:
        return reference
    return chr(number).encode()


def decode(request: Request) -> Iterator[View | str]:
    """Yield the text around references to characters that secrets hold, and around props of islands, decoded."""
    text = request.text
    attributes = Attributes(text)
    for window in _windows(text, request.offsets):
        read = page_read(text, (window,))
        spans = read.spans
        yield View(kind="html-entity", text=read.text, spans=spans, labels=OriginLabels(attributes.label, spans))


def _windows(text: bytes, offsets: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield stretches around the offsets, merged where they touch, that do not split a reference."""
    start, end = -1, -1
    for offset in offsets:
        if text[offset : offset + 1] != b"&":
            found = text.find(b"&", offset, offset + 16)
            if found < 0:
                continue
            offset = found  # noqa: PLW2901 - a trigger may begin a little before
        if start < 0 or offset - REACH > end:
            if start >= 0:
                yield start, _after_reference(text, end)
            start = max(0, offset - REACH)
            cut = text.rfind(b"&", max(0, start - 12), start)
            start = cut if cut >= 0 and b";" not in text[cut:start] else start
        end = min(len(text), offset + REACH)
    if start >= 0:
        yield start, _after_reference(text, end)


def _after_reference(text: bytes, end: int) -> int:
    cut = text.rfind(b"&", max(0, end - 12), end)
    if cut < 0:
        return end
    reference = _REFERENCE.match(text, cut)
    return max(end, reference.end()) if reference else end


class Attributes:
    """JSON in attributes (Astro islands, Inertia, Livewire …), read on first use."""

    def __init__(self, data: bytes) -> None:
        """Keep the HTML."""
        self._data = data
        self._start = -1
        self._value: Rewritten | None = None
        self._cursor: PathCursor | None = None
        self._budget = _BUDGET

    def label(self, offset: int) -> str:
        """Return the attribute's name and the path of a byte in its value; empty outside of one."""
        for quote in (b'"', b"'"):
            before = self._data.rfind(quote, max(0, offset - MOST_ATTRIBUTE), offset)
            if before < 0 or not _JSON_START.match(self._data, before + 1):
                continue
            name = _ATTRIBUTE.search(self._data[max(0, before - 100) : before])
            if name is None:
                continue
            if self._budget <= 0:
                return ""
            if before != self._start:
                self._open(before, quote)
            label = self._path(offset, name.group(1).decode(), astro=self._is_in_island(before))
            if label:
                return label
        return ""

    def _open(self, before: int, quote: bytes) -> None:
        limit = min(len(self._data), before + 1 + MOST_ATTRIBUTE)
        end = self._data.find(quote, before + 1, limit)
        end = limit if end < 0 else end
        self._budget -= end - before
        self._start = before
        self._value = references_read(self._data, ((before + 1, end),))
        text = self._value.text
        self._cursor = PathCursor(text, opening(text, 0, len(text)), len(text))

    def _path(self, offset: int, name: str, *, astro: bool) -> str:
        place = self._value.offset_of(offset) if self._value else None
        if self._cursor is None or place is None:
            return ""
        before = self._cursor.spent
        steps = self._cursor.steps(place)
        self._budget -= self._cursor.spent - before
        if not steps:
            return ""
        # Astro writes every value as [type, value]
        names = [step.name for step in steps]
        return shown((name, *(names[::2] if astro and name == "props" else names)))

    def _is_in_island(self, before: int) -> bool:
        tag = self._data.rfind(b"<", max(0, before - 10_000), before)
        return tag >= 0 and self._data.startswith(b"<astro-island", tag)
