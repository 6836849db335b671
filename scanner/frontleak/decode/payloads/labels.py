"""Positions of secrets in the data of a page: paths in JSON, hydration state, flight rows and attributes."""

import re
from typing import Final

from frontleak.core.lazy_regex import LazyRegex
from frontleak.decode.payloads.devalue import FlatGraph, Path
from frontleak.decode.payloads.flight import MOST_CHUNKS, PUSH, FlightText, chunks, is_flight
from frontleak.decode.payloads.html import Attributes
from frontleak.decode.payloads.json_path import PathCursor, PathStep, shown
from frontleak.decode.unescaped import Rewritten, unescaped_segments

MOST_READ: Final = 2_000_000
"""Maximum distance in bytes from the start of a structure to a finding."""
ENQUEUE: Final = b'streamController.enqueue("'
"""Start of a turbo-stream chunk in a page."""
_BUDGET: Final = 16_000_000
_SEARCHED: Final = 32_000_000
_BLOCK: Final = 1 << 18
_MOST_OPENINGS: Final = 2_000
_TRIES: Final = 3
_MARKS: Final = (
    *(b"<script", b"JSON.parse(", b"kit.start(", b"__sveltekit_", b"export const env"),
    *(b"window.", b"window[", b"self.", b"self[", b"globalThis.", b"globalThis["),
)
_OPENING: Final = LazyRegex(
    rb"""
      <script (?=[^>]{0,600}json) [^>]{0,600} > \s{0,200} (?=[{\[])
    | (?:window|self|globalThis) (?P<name> (?: \.[A-Za-z_$][\w$]{0,60} | \[["'][\w$.-]{1,60}["']\] ){1,4} )
      \s{0,4} = \s{0,4} (?: [\w$.]{1,80} \s{0,4} \|\| \s{0,4} )? (?=[{\[(])
    | (?P<svelte> __sveltekit_\w{1,20} ) \s{0,4} = \s{0,4} (?=\{)
    | kit\.start (?=\()
    | export\s{1,4}const\s{1,4}(?P<env>env) \s{0,4} = \s{0,4} (?=\{)
    | JSON\.parse \( (?P<quote>["'`])
    """,
    re.VERBOSE,
)
_FUNCTION: Final = LazyRegex(rb"\(function\(([\w$,\s]{0,200000})\)(?=\{)")
_RETURN: Final = LazyRegex(rb"\{\s{0,20}return\s{0,20}(?=[{\[])")
_JSON_FILE: Final = LazyRegex(rb'(?:\xef\xbb\xbf)?\s{0,1000}(?=[{\[]\s{0,1000}["{\[\d])')
_SOURCE_MAP: Final = LazyRegex(rb'\{\s{0,100}"version"\s{0,4}:\s{0,4}3\b')
_GRAPH_FILE: Final = LazyRegex(rb'\[(?:\{"[^"\\]{1,80}":[12][,}]|\["(?:Shallow)?Reactive",1\])')
_SVELTE_DATA: Final = LazyRegex(rb'"type":"(?:data|chunk)"[^\[\]{}]{0,80}"data":\Z')


def label_at(data: bytes, offset: int) -> str:
    """Return the position of a byte in its structure, such as `props.pageProps.token`; empty outside of one.

    For several findings in one text, `Labels` reads each structure only once.
    """
    return Labels(data).at(offset)


class Labels:
    """Labels for offsets of one text in any order, fastest ascending; nothing is read before the first lookup."""

    def __init__(self, data: bytes) -> None:
        """Keep the text."""
        self._data = data
        self._budget = _BUDGET
        self._cursors: dict[int, PathCursor] = {}
        self._graphs: dict[int, FlatGraph] = {}
        self._blocks: dict[int, list[re.Match[bytes]]] = {}
        self._functions: dict[int, tuple[int, list[bytes]] | None] = {}
        self._strings: dict[int, Rewritten] = {}
        self._attributes = Attributes(data)
        self._flight: FlightText | None = None
        self._turbo: tuple[Rewritten, FlatGraph] | None = None
        self._read_calls = False
        start = _JSON_FILE.match(data)
        self._json = start.end() if start else -1
        self._rows = is_flight(data)
        self._silent = self._json >= 0 and _SOURCE_MAP.match(data, self._json) is not None

    def at(self, offset: int) -> str:
        """Return the label of the byte at an offset; empty outside of a supported structure."""
        if self._silent or self._budget <= 0:
            return ""
        if self._json >= 0:
            return self._of_json(offset, self._json, "") or self._of_json(offset, self._line(offset), "")
        self._calls()
        return (
            (self._flight.label(offset) if self._flight else "")
            or self._of_turbo(offset)
            or ("" if self._rows else self._of_openings(offset) or self._attributes.label(offset))
        )

    # --- structures --------------------------------------------------------------------------------------------------

    def _steps(self, offset: int, start: int) -> tuple[PathStep, ...] | None:
        """Return the path steps in the literal at `start` to the offset; None without a path or beyond the caps."""
        if not start <= offset < start + MOST_READ:
            return None
        cursor = self._cursors.get(start)
        if cursor is None:
            if len(self._cursors) > 1_000:
                self._cursors.clear()
            cursor = self._cursors[start] = PathCursor(self._data, start, start + MOST_READ)
        before = cursor.spent
        steps = cursor.steps(offset)
        self._budget -= 1_000 + cursor.spent - before
        return steps

    def _of_json(self, offset: int, start: int, name: str) -> str:
        """Return the path in a literal, including the path in a flat graph that the literal is or holds."""
        steps = self._steps(offset, start)
        if not steps:
            return ""
        names = re.findall(r"[\w$-]+", name)
        for index, step in enumerate(steps):
            if isinstance(step.name, int) and self._is_graph(step.start, index):
                path = self._graph(step.start).path_of(offset)
                if path:
                    return shown((*names, *(outer.name for outer in steps[:index]), *path))
        return shown((*names, *(step.name for step in steps)))

    def _is_graph(self, start: int, depth: int) -> bool:
        if depth:
            return _SVELTE_DATA.search(self._data[max(0, start - 200) : start]) is not None
        return _GRAPH_FILE.match(self._data, start) is not None

    def _graph(self, start: int) -> FlatGraph:
        graph = self._graphs.get(start)
        if graph is None:
            graph = self._graphs[start] = FlatGraph(self._data, start, start + MOST_READ)
            self._budget -= 1_000 + max(0, graph.end - start)
        return graph

    def _line(self, offset: int) -> int:
        """Return the start of the last line that opens an object: one of several JSON texts in a file."""
        low = max(0, offset - MOST_READ)
        self._budget -= (offset - low) // 64
        return self._data.rfind(b"\n{", low, offset) + 1

    # --- calls: flight and turbo-stream ------------------------------------------------------------------------------

    def _calls(self) -> None:
        if self._read_calls:
            return
        self._read_calls = True
        if self._rows:
            self._flight = FlightText(self._data)
            return
        if pushed := _all(self._data, PUSH):
            self._flight = FlightText(self._data, chunks(self._data, pushed))
        if streamed := _all(self._data, ENQUEUE):
            self._turbo = turbo_graph(self._data, streamed)

    def _of_turbo(self, offset: int) -> str:
        place = self._turbo[0].offset_of(offset) if self._turbo else None
        path: Path | None = self._turbo[1].path_of(place) if self._turbo and place is not None else None
        return shown(path) if path else ""

    # --- openings: scripts of JSON, assignments, JSON.parse ----------------------------------------------------------

    def _of_openings(self, offset: int) -> str:
        tries = 0
        for block in range(offset // _BLOCK, max(0, offset - MOST_READ) // _BLOCK - 1, -1):
            for opening in reversed(self._openings(block)):
                if opening.end() > offset:
                    continue
                label = self._of_opening(opening, offset)
                tries += 1
                if label or tries == _TRIES:
                    return label
        return ""

    def _openings(self, block: int) -> list[re.Match[bytes]]:
        """Return the starts of structures in a block of the text, ascending."""
        if block not in self._blocks:
            low, high = block * _BLOCK, (block + 1) * _BLOCK
            places = sorted(place for mark in _MARKS for place in _places(self._data, mark, low, high))
            found = (_OPENING.match(self._data, place) for place in places)
            self._blocks[block] = [match for match in found if match]
            self._budget -= _BLOCK // 8 + 100 * len(places)
        return self._blocks[block]

    def _of_opening(self, opening: "re.Match[bytes]", offset: int) -> str:
        if opening.group("quote"):
            return self._of_string(opening.end(), opening.group("quote"), offset)
        name = next((group for group in opening.group("name", "svelte", "env") if group), b"").decode().strip(".")
        if opening.group("name") and self._data.startswith(b"(", opening.end()):
            return self._of_function(opening.end(), name, offset)
        return self._of_json(offset, opening.end(), name)

    def _of_string(self, start: int, quote: bytes, offset: int) -> str:
        """Return the path in the JSON inside a string."""
        read = self._strings.get(start)
        if read is None:
            string = re.compile(rb"(?:[^%b\\]++|\\.)*+" % quote, re.DOTALL)
            limit = min(len(self._data), start + MOST_READ)
            match = string.match(self._data, start, limit)
            end = match.end() if match else start
            self._budget -= end - start
            read = self._strings[start] = unescaped_segments(self._data, ((start, end),))
        place = read.offset_of(offset)
        if place is None or not _JSON_FILE.match(read.text):
            return ""
        self._budget -= place
        steps = PathCursor(read.text, 0, len(read.text)).steps(place)
        return shown(step.name for step in steps) if steps else ""

    def _of_function(self, start: int, name: str, offset: int) -> str:
        """Return the path in `(function(a,b){return {…}}("x","y"))`, whose arguments are values of members."""
        if start not in self._functions:
            found = _FUNCTION.match(self._data, start)
            self._functions[start] = (found.end(), _spaceless(found.group(1)).split(b",")) if found else None
        function = self._functions[start]
        body = _RETURN.match(self._data, function[0]) if function else None
        if not function or not body:
            return ""
        if label := self._of_json(offset, body.end(), name):
            return label
        steps = self._steps(offset, start)
        parameters = function[1]
        if not steps or len(steps) != 2 or steps[1].name is not None or steps[1].commas >= len(parameters):
            return ""
        used = re.compile(rb"[:\[,]\s{0,4}%b\s{0,4}[,}\]]" % re.escape(parameters[steps[1].commas]))
        self._budget -= steps[1].start - body.end()
        place = used.search(self._data, body.end(), steps[1].start)
        return self._of_json(place.end() - 2, body.end(), name) if place else name


def turbo_graph(data: bytes, offsets: list[int]) -> tuple[Rewritten, FlatGraph] | None:
    """Return the joined text of `enqueue` calls and its graph; None if it is not one."""
    found = chunks(data, offsets, ENQUEUE, b'")')
    joined = unescaped_segments(data, found)
    if len(joined.text) > MOST_READ or not joined.text.startswith(b"["):
        return None
    return joined, FlatGraph(joined.text, 0, len(joined.text))


def _spaceless(text: bytes) -> bytes:
    return b"".join(text.split())


def _all(data: bytes, mark: bytes) -> list[int]:
    return list(_places(data, mark, 0, _SEARCHED, MOST_CHUNKS))


def _places(data: bytes, mark: bytes, low: int, high: int, most: int = _MOST_OPENINGS) -> list[int]:
    """Return the offsets of some bytes, from `low` to before `high`."""
    places: list[int] = []
    place = data.find(mark, low, high + len(mark) - 1)
    while place >= 0 and len(places) < most:
        places.append(place)
        place = data.find(mark, place + 1, high + len(mark) - 1)
    return places
