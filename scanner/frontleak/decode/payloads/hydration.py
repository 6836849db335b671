"""Decoder for hydration state that separates names from values: it joins them as `"name":"value"`.

Other state needs no view: its names and values are together in the raw bytes, and `Labels` gives the path.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from frontleak.core.budget import ExhaustedError
from frontleak.core.lazy_regex import LazyRegex
from frontleak.decode.interface import Piece, Request, SpanMap, View
from frontleak.decode.payloads.devalue import FlatGraph
from frontleak.decode.payloads.json_path import shown
from frontleak.decode.payloads.labels import ENQUEUE, MOST_READ, Labels, turbo_graph
from frontleak.decode.unescaped import LazySpans, OriginLabels

_MOST_GRAPHS: Final = 200
_MOST_TIMES: Final = 2
"""Times a text is read when graphs appear to be nested."""
_LONG_VALUE: Final = LazyRegex(rb"[A-Za-z0-9+/=_-]{20}")
_NUXT: Final = LazyRegex(rb"__NUXT_DATA__[^>]{0,600}>\s{0,100}(?=\[)")
_SVELTE: Final = LazyRegex(rb'"type":"(?:data|chunk)"[^\[\]{}]{0,80}"data":(?=\[)')
_NAME: Final = re.compile(r"[A-Za-z_$][\w$-]{0,60}")


def decode(request: Request) -> Iterator[View | str]:
    """Yield the strings of each flat graph, each with its name."""
    text, offsets = request.text, request.offsets
    labels = Labels(text)
    seen = 0
    calls = [place for place in (_near(text, offset, ENQUEUE) for offset in offsets) if place >= 0]
    if calls and (turbo := turbo_graph(text, calls)) and _LONG_VALUE.search(turbo[0].text):
        view, spans = _named(turbo[0].text, turbo[1])
        through = _Through(spans, turbo[0].spans)
        yield View(kind="hydration", text=view, spans=through, labels=OriginLabels(labels.at, through))
    for start in _graphs(text, offsets):
        limit = min(len(text), start + MOST_READ)
        graph = FlatGraph(text, start, limit)
        seen += max(0, graph.end - start)
        if seen > _MOST_TIMES * len(text):
            raise ExhaustedError
        if not _LONG_VALUE.search(text, start, graph.end):
            continue
        view, spans = _named(text, graph)
        yield View(kind="hydration", text=view, spans=spans, labels=OriginLabels(labels.at, spans))


class _Through(SpanMap):
    """A span map through an intermediate text."""

    __slots__ = ("_inner", "_outer")

    def __init__(self, inner: SpanMap, outer: SpanMap) -> None:
        self._inner = inner
        self._outer = outer

    def origin_span(self, start: int, end: int) -> tuple[int, int]:
        """See `SpanMap.origin_span`."""
        return self._outer.origin_span(*self._inner.origin_span(start, end))


def _near(text: bytes, offset: int, mark: bytes) -> int:
    """Return the offset of some bytes shortly after an offset, because a trigger may begin earlier; -1 if absent."""
    return text.find(mark, offset, offset + 64 + len(mark))


def _graphs(text: bytes, offsets: Sequence[int]) -> Iterator[int]:
    """Yield the start of each graph once, in ascending order."""
    found: set[int] = set()
    for offset in offsets:
        nuxt = _NUXT.match(text, _near(text, offset, b"__NUXT_DATA__"))
        if nuxt:
            found.add(nuxt.end())
        elif offset == len(text) - len(text.lstrip()):
            if text.startswith(b"[", offset):
                found.add(offset)
            elif text.startswith(b"{", offset):
                found.update(match.end() for match in islice(_SVELTE.finditer(text, offset), _MOST_GRAPHS))
        if len(found) >= _MOST_GRAPHS:
            break
    yield from sorted(found)


def _named(text: bytes, graph: FlatGraph) -> tuple[bytes, SpanMap]:
    """Return the strings of a graph as lines of `"name":"value",` and their span map."""
    lines: list[bytes] = []
    places: list[tuple[int, int, int]] = []
    at = 0
    for leaf in graph.leaves():
        name = next((step for step in reversed(leaf.path) if isinstance(step, str)), "_")
        name = shown((name,))
        before = b'"%b":"' % (name if _NAME.fullmatch(name) else "_").encode()
        lines += (before, text[leaf.start : leaf.end], b'",\n')
        places.append((at, len(before), leaf.start))
        at += len(before) + leaf.end - leaf.start + 3
    return b"".join(lines), LazySpans(lambda: _pieces(places, at), at)


def _pieces(places: Sequence[tuple[int, int, int]], length: int) -> Iterator[Piece]:
    for index, (at, before, start) in enumerate(places):
        following = places[index + 1][0] if index + 1 < len(places) else length
        size = following - at - before - 3
        yield Piece(at, start - 1, start)
        if size:
            yield Piece(at + before, start, start + size)
        yield Piece(at + before + size, start + size, start + size + 1)
