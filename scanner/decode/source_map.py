"""Source maps: where generated code comes from, the sources a map carries, and how a file names its map.

Pure but for `repo_path`, which asks whether a file exists. The format is ECMA-426. Lines and columns are 1-based,
columns in UTF-16 code units.
"""

import binascii
import json
import os
import posixpath
import re
from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final, NamedTuple
from urllib.parse import unquote, unquote_to_bytes

from scanner.decode.interface import Piece, Problem, SpanMap, View, whole

KIND: Final = "source-map"
"""Kind of the views made here."""
MOST_INLINE: Final = 24_000_000
"""Bytes that are made of all inline maps of one text; mapbox-gl ships one of 11 million."""
MOST_MAP: Final = 128_000_000
"""Bytes of a map that is parsed."""
_MOST_CONTAINERS: Final = 1_000_000
_MOST_DECODED: Final = 2_000_000
_MOST_KEPT: Final = 200_000
_MOST_NESTED: Final = 4
_MOST_ROUNDS: Final = 8
_CHUNK: Final = 1 << 16


class SourceMapError(ValueError):
    """A source map that cannot be used; the text says why, without its name."""


class Found(NamedTuple):
    """A place in an original source."""

    source: str
    """As the map names it; empty when it has no name."""
    source_root: str
    """The map's `sourceRoot`; empty when it has none."""
    line: int
    """1-based."""
    column: int
    """1-based, in UTF-16 code units."""


@dataclass(frozen=True, slots=True)
class _Section:
    start: tuple[int, int]
    """0-based line and column of the generated code where it begins."""
    mappings: str
    root: str
    sources: tuple[str, ...]
    contents: tuple[str, ...]
    carries: bool
    """Whether it has a `sourcesContent`, be it empty."""


class SourceMap:
    """A parsed source map, or an index of several."""

    def __init__(self, data: bytes) -> None:
        """Parse a map from its bytes.

        Raises:
            SourceMapError: it is no source map.
        """
        in_order = tuple(_sections(_loaded(data), (0, 0), 0))
        self._sections = tuple(sorted(in_order, key=lambda section: section.start))
        self._carrying = tuple(section for section in in_order if section.carries)

    def occurrences(self, secret: bytes) -> Iterator[Found]:
        """Yield the places where some bytes stand in the sources the map carries, in order of the sources."""
        text = secret.decode("utf-8", "surrogateescape")
        for section in self._sections if text else ():
            for index, content in enumerate(section.contents):
                at = content.find(text)
                while at >= 0:
                    yield _found(section, index, *_place(content, at))
                    at = content.find(text, at + len(text))

    def find(self, secret: bytes) -> Found | None:
        """Return the first place where some bytes stand in the sources the map carries."""
        return next(self.occurrences(secret), None)

    def at(self, line: int, column: int) -> Found | None:
        """Return where the mappings lead from a place in the generated code, or None when they say nothing.

        Raises:
            SourceMapError: the mappings are broken.
        """
        return self.at_many([(line, column)])[0]

    def at_many(self, places: Sequence[tuple[int, int]]) -> list[Found | None]:
        """Return where the mappings lead from several places, read in one pass that ends at the last of them.

        Raises:
            SourceMapError: the mappings are broken.
        """
        results: list[Found | None] = [None] * len(places)
        starts = [section.start for section in self._sections]
        asked = [(bisect_right(starts, (line - 1, column - 1)) - 1, line - 1, column - 1, index)
                 for index, (line, column) in enumerate(places)]  # fmt: skip
        for _ in range(_MOST_ROUNDS):
            open_still: list[tuple[int, int, int, int]] = []
            for number, group in groupby(sorted(item for item in asked if item[0] >= 0), key=lambda item: item[0]):
                section, items = self._sections[number], list(group)
                local = [_local(section.start, line, column) for _, line, column, _ in items]
                for item, step in zip(items, _trace(section.mappings, local), strict=True):
                    if step is None:
                        open_still.append(item)
                    elif 0 <= step[0] < len(section.sources) and min(step) >= 0:
                        results[item[3]] = _found(section, step[0], step[1] + 1, step[2] + 1)
            asked = [
                (number - 1, line, starts[number][1] - 1, index)
                for number, line, _, index in open_still
                if starts[number][0] == line
            ]
        return results

    def held(self, content: "Content", prefix: str) -> Found | None:
        """Return the place just after a beginning of one of the sources the map carries."""
        section = self._carrying[content.section] if content.section < len(self._carrying) else None
        return _found(section, content.source, *_place(prefix, len(prefix))) if section else None


def _found(section: _Section, index: int, line: int, column: int) -> Found:
    source = section.sources[index] if index < len(section.sources) else ""
    return Found(source, section.root, line, column)


def _place(text: str, at: int) -> tuple[int, int]:
    start = text.rfind("\n", 0, at) + 1
    return text.count("\n", 0, at) + 1, _utf16(text[start:at]) + 1


def _utf16(text: str) -> int:
    return len(text) if text.isascii() else len(text) + sum(c > "\uffff" for c in text)


def _local(start: tuple[int, int], line: int, column: int) -> tuple[int, int]:
    return line - start[0], column - start[1] if line == start[0] else column


# --- parsing -------------------------------------------------------------------------------------------------------


def looks_like_map(data: bytes, *, certain: bool = True) -> bool:
    """Say whether some bytes may be a source map: a JSON object and, to be certain, one with mappings or sections."""
    return data[:64].lstrip(b"\xef\xbb\xbf \t\r\n)]}'")[:1] == b"{" and (
        not certain or b'"mappings"' in data or (b'"sections"' in data and b'"version"' in data)
    )


def _loaded(data: bytes) -> Any:
    if len(data) > MOST_MAP:
        raise SourceMapError(f"{len(data):,} bytes are too many")
    data = data.removeprefix(b"\xef\xbb\xbf")
    if data[:16].lstrip().startswith((b")]}'", b")]}")):
        data = data.partition(b"\n")[2]
    if (data.count(b"[") + data.count(b"{")) * 8 > len(data) and _containers(data) > _MOST_CONTAINERS:
        raise SourceMapError("it is nested like no source map")
    try:
        return json.loads(data.decode("utf-8", "surrogateescape"), strict=False)
    except (ValueError, RecursionError) as error:
        where = f" at byte {error.pos:,}" if isinstance(error, json.JSONDecodeError) else ""
        raise SourceMapError(f"it is not valid JSON{where}") from error


_STRING: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)


def _containers(data: bytes) -> int:
    bare = _STRING.sub(b"", data)
    return bare.count(b"[") + bare.count(b"{")


def _sections(loaded: Any, start: tuple[int, int], depth: int) -> Iterator[_Section]:
    if not isinstance(loaded, dict):
        raise SourceMapError("it is not a JSON object")
    inner = loaded.get("sections")
    if isinstance(inner, list) and depth < _MOST_NESTED:
        parts = [
            (_moved(start, part.get("offset")), part["map"])
            for part in inner
            if isinstance(part, dict) and isinstance(part.get("map"), dict)
        ]
        for offset, part in parts:
            yield from _sections(part, offset, depth + 1)
        return
    mappings, sources = loaded.get("mappings"), loaded.get("sources")
    if not isinstance(mappings, str) or not isinstance(sources, list):
        raise SourceMapError("it has no mappings or no sources")
    yield _Section(
        start=start,
        mappings=mappings,
        root=_text(loaded.get("sourceRoot")),
        sources=tuple(_text(source) for source in sources),
        contents=tuple(_text(content) for content in _list(loaded.get("sourcesContent"))),
        carries=isinstance(loaded.get("sourcesContent"), list),
    )


def _moved(start: tuple[int, int], offset: Any) -> tuple[int, int]:
    line, column = (offset.get(key, 0) if isinstance(offset, dict) else 0 for key in ("line", "column"))
    if not isinstance(line, int) or not isinstance(column, int) or min(line, column) < 0:
        raise SourceMapError("a section of it begins nowhere")
    return start[0] + line, column + (start[1] if line == 0 else 0)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


# --- mappings ------------------------------------------------------------------------------------------------------

_BASE64: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_DIGITS: Final = {digit: value for value, digit in enumerate(_BASE64)}
_NUMBER: Final = "([g-z0-9+/]{0,7}[A-Za-f])"
_MAPPED: Final = re.compile(rf"{_NUMBER}{_NUMBER}{_NUMBER}{_NUMBER}(?:{_NUMBER})?")
_SHORT: Final = re.compile(rf"(?:{_NUMBER})?")
_UNMAPPED: Final = (-1, -1, -1)
_Fields = tuple[int, ...]


class _Numbers(dict[str, int]):
    """Digits in base 64, least significant first -> number; there are a few thousand in a map."""

    def __missing__(self, digits: str) -> int:
        value = sum((_DIGITS[digit] & 31) << 5 * place for place, digit in enumerate(digits))
        number = self[digits] = -(value >> 1) if value & 1 else value >> 1
        return number


class _Steps(dict[str, int]):
    """Segment -> step of the generated column; and sums of the other steps of what was passed.

    Only the generated column begins anew on each line: everything else is a running sum over the whole map. A sum does
    not care for order, so what lies before the target is counted by distinct segment, of which there are few.
    """

    def __init__(self) -> None:
        super().__init__()
        self.backwards = False
        self._numbers = _Numbers()
        self._decoded = 0
        self._passed: Counter[str] = Counter()
        self._source = self._line = self._column = 0

    def __missing__(self, segment: str) -> int:
        fields = self.fields(segment)
        step = self[segment] = fields[0] if fields else 0
        self.backwards |= step < 0
        return step

    def fields(self, segment: str) -> _Fields:
        """Return the 0, 1, 4 or 5 numbers of a segment: steps of generated column, source, line, column and name."""
        self._count(1)
        match = _MAPPED.fullmatch(segment) or _SHORT.fullmatch(segment)
        if match is None:
            raise SourceMapError("its mappings hold something that is no segment")
        return tuple(self._numbers[digits] for digits in match.groups() if digits is not None)

    def _count(self, decoded: int) -> None:
        self._decoded += decoded
        if self._decoded > _MOST_DECODED:
            raise SourceMapError("its mappings repeat themselves too little")

    def skip(self, segments: Iterable[str]) -> None:
        """Pass some segments without looking at each."""
        self._passed.update(segments)
        if len(self._passed) > _MOST_KEPT:
            self._settle()
        if len(self) > _MOST_KEPT:
            self.clear()

    def place(self) -> tuple[int, int, int]:
        """Return (source, line, column), 0-based, after all that was passed."""
        self._settle()
        return self._source, self._line, self._column

    def _settle(self) -> None:
        numbers, mapped = self._numbers, _MAPPED.fullmatch
        source = line = column = 0
        for segment, count in self._passed.items():
            match = mapped(segment)
            if match is None:
                self.fields(segment)  # says what is wrong, if anything
                continue
            _, by_source, by_line, by_column, _ = match.groups()
            source += numbers[by_source] * count
            line += numbers[by_line] * count
            column += numbers[by_column] * count
        self._count(len(self._passed))
        self._passed.clear()
        if len(numbers) > _MOST_KEPT:
            numbers.clear()
        self._source += source
        self._line += line
        self._column += column


def _trace(mappings: str, targets: Sequence[tuple[int, int]]) -> list[tuple[int, int, int] | None]:
    """Return (source, line, column), all 0-based, for places in ascending order.

    None says that no segment stands before the place on its line, `_UNMAPPED` that the one there has no source.
    """
    lines = mappings.split(";")
    steps = _Steps()
    results: list[tuple[int, int, int] | None] = []
    done = 0
    for number, group in groupby(targets, key=lambda target: target[0]):
        columns = [column for _, column in group]
        if number >= len(lines):
            results += [None] * len(columns)
            continue
        for chunk in _chunks(",".join(lines[done:number])):
            steps.skip(chunk)
        done = number + 1
        results += _trace_line(lines[number], columns, steps, to_end=number != targets[-1][0])
    return results


def _trace_line(line: str, columns: Sequence[int], steps: _Steps, *, to_end: bool) -> list[tuple[int, int, int] | None]:
    results: list[tuple[int, int, int] | None] = []
    column, last = 0, ""

    def settle_before(limit: int) -> None:
        while len(results) < len(columns) and columns[len(results)] < limit:
            results.append(None if not last else steps.place() if len(steps.fields(last)) > 1 else _UNMAPPED)

    for chunk in _chunks(line):
        width = sum(map(steps.__getitem__, chunk))
        reach = _reach(chunk, steps) if steps.backwards else width
        done = len(results) == len(columns)
        if done and not to_end:
            break
        if done or column + reach <= columns[len(results)]:
            column += width
            last = next(filter(None, reversed(chunk)), last)
            steps.skip(chunk)
            continue
        passed = 0
        for index, segment in enumerate(chunk):
            if segment:
                column += steps[segment]
                if len(results) < len(columns) and columns[len(results)] < column:
                    steps.skip(chunk[passed:index])
                    passed = index
                    settle_before(column)
                last = segment
        steps.skip(chunk[passed:])
    settle_before(1 << 62)
    return results


def _reach(chunk: Sequence[str], steps: _Steps) -> int:
    """Return how far to the right some segments go, where columns also step back."""
    reach = at = 0
    for segment in chunk:
        at += steps[segment]
        reach = max(reach, at)
    return reach


def _chunks(text: str) -> Iterator[list[str]]:
    """Yield the segments of mappings without `;`, some thousands at a time."""
    start = 0
    while start < len(text):
        end = text.find(",", start + _CHUNK)
        end = len(text) if end < 0 else end
        yield text[start:end].split(",")
        start = end + 1


# --- the reference to a map ----------------------------------------------------------------------------------------

_MARK: Final = b"sourceMappingURL="
_TAIL: Final = 4096
_AFTER: Final = re.compile(rb"(?:\s|\*/|//[^\n]*(?:\n|\Z)|/\*(?:[^*]|\*(?!/))*+\*/)*+", re.DOTALL)
_URL: Final = re.compile(rb"[^\s'\"`\\<>]*")


def reference(data: bytes) -> str | None:
    """Return what the last `sourceMappingURL` comment of a script or style sheet says, or None when it ends otherwise.

    Only comments and blanks may follow it, as browsers have it. But for a `data:` URL, a few kilobytes are read.
    """
    tail = max(0, len(data) - _TAIL)
    at = data.rfind(_MARK, tail)
    if at < 0 and _URL.match(data, tail, tail + 512).end() == min(len(data), tail + 512):  # type: ignore[union-attr]
        at = data.rfind(_MARK, 0, tail + len(_MARK))
    opening = data[max(0, at - 16) : at].rstrip()
    if at < 0 or not opening.endswith((b"//#", b"//@", b"/*#", b"/*@")):
        return None
    end = _URL.match(data, at + len(_MARK)).end()  # type: ignore[union-attr]
    url = data[at + len(_MARK) : end].removesuffix(b"*/")
    if len(data) - end > _TAIL or _AFTER.fullmatch(data, end) is None:
        return None
    return url.decode("utf-8", "replace") or None


# --- maps in data: URLs --------------------------------------------------------------------------------------------

_HEADER: Final = re.compile(
    rb"(?:sourceMappingURL=)?data:application/json((?:;[A-Za-z0-9=._-]{1,40}+){0,4}+),", re.IGNORECASE
)
_PAYLOADS: Final = {True: re.compile(rb"[A-Za-z0-9+/_-]*+={0,2}"), False: re.compile(rb"[!#-;=?-\[\]_a-~^]*+")}
_ESCAPED: Final = re.compile(rb"%[0-9A-Fa-f]{2}")
_URL_SAFE: Final = bytes.maketrans(b"-_", b"+/")


class InlineMap(NamedTuple):
    """A source map inside a `data:` URL."""

    start: int
    """Byte offset of what is encoded."""
    end: int
    """Byte offset just after."""
    base64: bool
    """In base64, else percent-encoded."""

    def decode(self, text: bytes, most: int = MOST_INLINE) -> bytes:
        """Return the decoded map, or as much of it as is made of about `most` bytes of output."""
        if not self.base64:
            return unquote_to_bytes(text[self.start : min(self.end, self.start + most)])
        payload = text[self.start : min(self.end, self.start + most // 3 * 4)].translate(_URL_SAFE).rstrip(b"=")
        payload = payload[:-1] if len(payload) % 4 == 1 else payload
        return binascii.a2b_base64(payload + b"=" * (-len(payload) % 4))

    def inside(self, text: bytes, home: int) -> int:
        """Return the offset in the decoded map that an offset in the text leads to."""
        if self.base64:
            return (home - self.start) // 4 * 3
        return home - self.start - 2 * len(_ESCAPED.findall(text, self.start, home))


def inline_map(text: bytes, offset: int) -> InlineMap | None:
    """Return the map in the `data:` URL (or the comment with one) that begins at an offset; None when there is none."""
    header = _HEADER.match(text, offset)
    if header is None:
        return None
    base64 = b";base64" in header[1].lower()
    start, end = _PAYLOADS[base64].match(text, header.end()).span()  # type: ignore[union-attr]
    if not base64 and text[end - 2 : end] == b"*/":
        end -= 2
    return InlineMap(start, end, base64) if end > start else None


class _Base64Spans(SpanMap):
    """Leads home from decoded base64: three bytes were made of four characters."""

    __slots__ = ("_end", "_start")

    def __init__(self, start: int, end: int) -> None:
        super().__init__((), 0)
        self._start, self._end = start, end

    def home(self, start: int, end: int) -> tuple[int, int]:
        return self._start + start // 3 * 4, min(self._end, self._start + (end - 1) // 3 * 4 + 4)


class _EscapedSpans(SpanMap):
    """Leads home from text in which some bytes were made of several; where, is found out when it is asked for."""

    __slots__ = ("_find", "_homes", "_origin", "_sizes", "_views")

    def __init__(self, origin: int, escapes: Callable[[], Iterable[tuple[int, int, int]]]) -> None:
        """Take the offset of the whole in the parent, and what gives (offset from there, bytes, decoded bytes)."""
        super().__init__((), 0)
        self._origin, self._find = origin, escapes
        self._views: array[int] | None = None
        self._homes, self._sizes = array("q"), array("b")

    def home(self, start: int, end: int) -> tuple[int, int]:
        return self._lead(start)[0], self._lead(end - 1)[1]

    def _lead(self, offset: int) -> tuple[int, int]:
        if self._views is None:
            self._views = array("q")
            shrunk = 0
            for at, size, decoded in self._find():
                self._views.append(at - shrunk)
                self._homes.append(at)
                self._sizes.extend((size, decoded))
                shrunk += size - decoded
        index = bisect_right(self._views, offset) - 1
        if index < 0:
            return self._origin + offset, self._origin + offset + 1
        home, size, decoded = self._origin + self._homes[index], self._sizes[2 * index], self._sizes[2 * index + 1]
        past = offset - self._views[index]
        if past < decoded:
            return home, home + size
        return home + size + past - decoded, home + size + past - decoded + 1


def _inline_view(text: bytes, found: InlineMap, most: int) -> View:
    decoded = found.decode(text, most)
    if found.base64:
        return View(kind=KIND, text=decoded, spans=_Base64Spans(found.start, found.end))

    def escapes() -> Iterator[tuple[int, int, int]]:
        for escape in _ESCAPED.finditer(text, found.start, found.end):
            yield escape.start() - found.start, 3, 1

    return View(kind=KIND, text=decoded, spans=_EscapedSpans(found.start, escapes))


def decode_inline_maps(text: bytes, offsets: Sequence[int]) -> Iterator[View | Problem]:
    """Yield the source maps that stand in `data:` URLs, as JSON: one of a bundle, one a module of `eval-source-map`."""
    left = MOST_INLINE
    done = 0
    for offset in offsets:
        found = inline_map(text, offset) if offset >= done else None
        if found is None:
            continue
        done = found.end
        size = (found.end - found.start) * 3 // 4 if found.base64 else found.end - found.start
        if left > 0:
            view = _inline_view(text, found, left)
            yield view
        if size > left:
            yield Problem(offset, f"holds inline source maps of which only {MOST_INLINE:,} bytes were read")
            return
        left -= size


# --- the sources in a map ------------------------------------------------------------------------------------------

_CONTENTS: Final = re.compile(rb'"sourcesContent"\s*:\s*\[')
_ELEMENT: Final = re.compile(rb'\s*(?:null|("[^"\\]*+(?:\\.[^"\\]*+)*+"))\s*[,\]]', re.DOTALL)
_JSON_ESCAPE: Final = re.compile(rb"\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\u....|\\.", re.DOTALL)


class Content(NamedTuple):
    """A source in the bytes of a map, as JSON text."""

    section: int
    """Which of the map's sections that carry sources it belongs to, in the order in which they stand."""
    source: int
    """Which of its section's sources it is."""
    start: int
    """Byte offset after the opening quote."""
    end: int
    """Byte offset of the closing quote."""


def content_spans(data: bytes) -> Iterator[Content]:
    """Yield where the sources stand in the bytes of a map."""
    for section, opening in enumerate(_CONTENTS.finditer(data)):
        at, index = opening.end(), 0
        while element := _ELEMENT.match(data, at):
            if element[1] is not None:
                yield Content(section, index, element.start(1) + 1, element.end(1) - 1)
            if data[element.end() - 1] == ord("]"):
                break
            at, index = element.end(), index + 1


def contents(data: bytes, offsets: Sequence[int] | None = None) -> Iterator[View]:
    """Yield the sources that the bytes of a map hold, unescaped, as views of them.

    Args:
        data: the bytes of a map.
        offsets: ascending; only the sources in which one of them lies are given. All when it is None.
    """
    left = MOST_INLINE
    for content in content_spans(data):
        if offsets is not None:
            at = bisect_left(offsets, content.start)
            if at == len(offsets):
                return
            if offsets[at] >= content.end:
                continue
        if content.end - content.start > left:
            return
        left -= content.end - content.start
        view = _content_view(data, content)
        if view is not None:
            yield view


def _content_view(data: bytes, content: Content) -> View | None:
    raw = data[content.start : content.end]
    text = _unescaped(raw)
    if not text:
        return None
    decoded = text.encode("utf-8", "surrogatepass")
    if len(decoded) == len(raw):
        return View(kind=KIND, text=raw, spans=SpanMap((Piece(0, content.start, content.end),), len(raw)))
    try:
        raw.decode()
    except UnicodeDecodeError:
        return View(kind=KIND, text=decoded, spans=whole(len(decoded), content.start, content.end))

    def escapes() -> Iterator[tuple[int, int, int]]:
        for escape in _JSON_ESCAPE.finditer(raw):
            yield escape.start(), len(escape[0]), _decoded_size(escape[0])

    return View(kind=KIND, text=decoded, spans=_EscapedSpans(content.start, escapes))


def _decoded_size(escape: bytes) -> int:
    """Return the bytes of UTF-8 that an escape in a JSON string stands for."""
    if len(escape) != len(rb"\u0000"):
        return 1 if len(escape) == len(rb"\n") else 4
    code = int(escape.removeprefix(rb"\u"), 16)
    return 1 if code < 0x80 else 2 if code < 0x800 else 3


def _unescaped(raw: bytes) -> str | None:
    """Return what the inside of a JSON string says, or None when it is none."""
    text = raw.decode("utf-8", "surrogateescape")
    try:
        return str(json.loads(f'"{text}"', strict=False))
    except ValueError:
        return None


def before(data: bytes, content: Content, offset: int) -> str:
    """Return what a source in the bytes of a map says up to an offset in them."""
    raw = data[content.start : offset]
    for cut in range(min(len(raw), 12) + 1):  # the offset may lie in an escape
        text = _unescaped(raw[: len(raw) - cut])
        if text is not None:
            return text
    return ""


# --- names of sources ----------------------------------------------------------------------------------------------

_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{1,40}):/{2,3}")
_DRIVE: Final = re.compile("[A-Za-z]:/")
_LAYER: Final = re.compile(r"(?:\([a-z-]{1,40}\)|\[(?:project|root-of-the-server)\])/")
_MOST_FOLDERS: Final = 24
_MOST_NAME: Final = 1024


def repo_path(name: str, source_root: str, map_path: str, root: str) -> tuple[str, bool]:
    """Return the path of a source and whether there is such a file.

    A file that is there is named relative to the working directory when it lies in it, else by its absolute path; it
    never lies outside the working directory or, for a map that lies elsewhere, the project round the map. A source
    that is not there keeps the map's name for it, without scheme, query and leading `../`.

    Args:
        name: as the map names it.
        source_root: the map's `sourceRoot`.
        map_path: of the map or of the script it belongs to, relative to `root` or absolute.
        root: the working directory.
    """
    bare, beside_map = _bare(name, source_root)
    inner = _inner(bare)
    if not inner or len(bare) > _MOST_NAME:
        return inner[:_MOST_NAME], False
    root = _native(os.path.abspath(root))
    generated = posixpath.normpath(posixpath.join(root, _native(map_path)))
    folders = _project_folders(posixpath.dirname(generated), root)
    bound = root if _inside(folders[0], root) else folders[-1]
    named = [bare] if bare.startswith("/") or _DRIVE.match(bare) else []
    if beside_map:
        named.append(posixpath.join(folders[0], bare))
    for folder in reversed(folders):
        named += dict.fromkeys((posixpath.join(folder, bare.lstrip("/")), posixpath.join(folder, inner)))
    for path in map(posixpath.normpath, named):
        if path != generated.removesuffix(".map") and _inside(path, bound) and _is_file(path, bound):
            return path.removeprefix(f"{root.rstrip('/')}/"), True
    return inner if bare.startswith("../") else bare, False


def _bare(name: str, source_root: str) -> tuple[str, bool]:
    """Return a name without scheme, loaders, layer and query, and whether it is relative to the map."""
    name = _slashes(name)
    if source_root and not _SCHEME.match(name) and not name.startswith("/"):
        name = f"{_slashes(source_root).rstrip('/')}/{name}"
    scheme = _SCHEME.match(name)
    if scheme:
        name = name[scheme.end() :].rpartition("!")[2] or name[scheme.end() :]
        if scheme[1].lower() == "file":
            name = name if _DRIVE.match(name) else f"/{name}"
        elif not scheme[0].endswith(":///") and not name.startswith(("./", "../")):
            name = _without_host(name)
    name = unquote(name.partition("?")[0]).partition("?")[0]
    name = _LAYER.sub("", name, count=1) if _LAYER.match(name) else name
    name = posixpath.normpath(name) if name else ""
    name = f"/{name.lstrip('/')}" if name.startswith("/") else name
    return ("" if name == "." else name), scheme is None


def _without_host(name: str) -> str:
    host, slash, path = name.partition("/")
    return path if slash and path else host


def _inner(bare: str) -> str:
    inner = bare.lstrip("/")
    while inner.startswith("../"):
        inner = inner[3:]
    return "" if inner == ".." else inner


def _project_folders(folder: str, root: str) -> list[str]:
    """Return a folder and those above it, up to the project's: that of a package or repository, or `root`."""
    folders = [folder]
    while len(folders) < _MOST_FOLDERS and folders[-1] != root and not _is_project(folders[-1]):
        above = posixpath.dirname(folders[-1])
        if above == folders[-1]:
            break
        folders.append(above)
    if folders[-1] == root or _is_project(folders[-1]):
        return folders
    return folders[:1]


def _is_project(folder: str) -> bool:
    """Say whether a folder holds a repository, or a package with a name; build output has packages without one."""
    if os.path.lexists(f"{folder}/.git"):
        return True
    path = f"{folder}/package.json"
    if not os.path.isfile(path):
        return False
    try:
        with open(path, "rb") as file:
            return b'"name"' in file.read(_CHUNK)
    except OSError:
        return False


def _is_file(path: str, bound: str) -> bool:
    try:
        return os.path.isfile(path) and _inside(_native(os.path.realpath(path)), _native(os.path.realpath(bound)))
    except (OSError, ValueError):
        return False


def _inside(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder.rstrip('/')}/")


def _slashes(path: str) -> str:
    return path.replace("\\", "/")


def _native(path: str) -> str:
    return path.replace(os.sep, "/") if os.sep != "/" else path
