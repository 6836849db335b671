"""Source maps are read as trace-mapping reads them, whatever is in them, and no map makes the reader fail or dawdle."""

import base64
import itertools
import json
import random
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.decode.interface import Problem, View
from scanner.decode.source_map.contents import before, content_spans, contents
from scanner.decode.source_map.inline import MOST_INLINE, decode_inline_maps, inline_map
from scanner.decode.source_map.lookup import Found, SourceMap
from scanner.decode.source_map.parse import SourceMapError, looks_like_map
from scanner.decode.source_map.reference import reference
from scanner.decode.source_map.repo_path import repo_path

FIXTURES: Final = Path(__file__).parents[2] / "fixtures"
TOKEN: Final = b"skFakeFakeFake0123456789"
BASE: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def vlq(*numbers: int) -> str:
    """Write a segment."""
    text = ""
    for number in numbers:
        rest = abs(number) << 1 | (number < 0)
        while True:
            rest, digit = rest >> 5, rest & 31
            text += BASE[digit | 32 * bool(rest)]
            if not rest:
                break
    return text


def made(**fields: Any) -> bytes:
    """Make a map; what is not given is harmless."""
    return json.dumps(
        {"version": 3, "sources": ["a.js"], "names": [], "mappings": "AAAA", "sourcesContent": None} | fields,
        ensure_ascii=False,
    ).encode()


def held(content: str) -> bytes:
    return made(sourcesContent=[content])


# --- silent ----------------------------------------------------------------------------------------------------------

SAYS_NOTHING: Final[Mapping[str, bytes]] = {
    "no sources are carried": made(),
    "the sources are null": made(sourcesContent=[None]),
    "sourcesContent is a number": made(sourcesContent=7),
    "sourcesContent holds numbers": made(sourcesContent=[7, {}]),
    "another source": held("const a = 1"),
    "an index of nothing": json.dumps({"version": 3, "sections": []}).encode(),
    "an index of remote maps": json.dumps({"version": 3, "sections": [{"offset": {}, "url": "x.map"}]}).encode(),
    "no mappings": made(mappings=""),
}


@pytest.mark.parametrize("data", SAYS_NOTHING.values(), ids=SAYS_NOTHING)
def test_a_secret_that_no_source_holds_is_not_found(data: bytes) -> None:
    assert SourceMap(data).find(TOKEN) is None
    assert SourceMap(data).find(b"") is None
    assert SourceMap(data).at(9, 9) is None


BROKEN: Final[Mapping[str, tuple[bytes, str]]] = {
    "nothing": (b"", "not valid JSON"),
    "half a map": (made()[:-9], "not valid JSON"),
    "HTML": (b"<!doctype html>", "not valid JSON"),
    "a list": (b"[]", "not a JSON object"),
    "a number": (b"7", "not a JSON object"),
    "no mappings": (b'{"version":3,"sources":[]}', "no mappings"),
    "mappings that are a list": (made(mappings=[]), "no mappings"),
    "sources that are text": (made(sources="a.js"), "no sources"),
    "a map that is deep": (b"[" * 100_000, "not valid JSON"),
    "a map that is all brackets": (b"[" + b"[]," * 1_500_000 + b"[]]", "nested"),
    "a section that begins before the file": (
        json.dumps({"sections": [{"offset": {"line": -1, "column": 0}, "map": json.loads(made())}]}).encode(),
        "begins nowhere",
    ),
    "a section that begins at a word": (
        json.dumps({"sections": [{"offset": {"line": "x", "column": 0}, "map": json.loads(made())}]}).encode(),
        "begins nowhere",
    ),
}


@pytest.mark.parametrize(("data", "reason"), BROKEN.values(), ids=BROKEN)
def test_what_is_no_map_says_so(data: bytes, reason: str) -> None:
    with pytest.raises(SourceMapError, match=reason):
        SourceMap(data)


BAD_MAPPINGS: Final[Mapping[str, str]] = {
    "a character that is none": "AAAA,AA!A",
    "half a number": "AAAg",
    "two numbers": "AA",
    "three numbers": "AAA",
    "six numbers": "AAAAAA",
    "a number without end": "AAA" + "g" * 30 + "A",
    "a very long number": "g" * 1_000_000 + "A",
}


@pytest.mark.parametrize("mappings", BAD_MAPPINGS.values(), ids=BAD_MAPPINGS)
@pytest.mark.parametrize("before_target", [True, False])
def test_broken_mappings_say_so(mappings: str, before_target: bool) -> None:
    data = made(mappings=f"{mappings};AAAA" if before_target else mappings)
    with pytest.raises(SourceMapError, match="mappings"):
        SourceMap(data).at(2 if before_target else 1, 1 << 40)


# --- mappings --------------------------------------------------------------------------------------------------------

Answer = tuple[str, int, int] | None
# What @jridgewell/trace-mapping 0.3.31 answers, lines and columns 1-based: (line, column, (source, line, column)).
TRACE_MAPPING: Final[Mapping[str, tuple[tuple[int, int, Answer], ...]]] = {
    "webpack5/dist/main.227df1d1.js.map": (
        (1, 573, ("upload.js", 1, 18)),
        (1, 3117, ("publicPath", 17, 33)),
        (1, 3029, ("publicPath", 11, 11)),
        (1, 2965, ("publicPath", 8, 28)),
        (1, 513, ("upload.js", 3, 8)),
        (1, 2569, ("load script", 37, 106)),
        (1, 2669, None),
        (1, 2901, ("publicPath", 5, 30)),
        (1, 1077, ("bootstrap", 15, 13)),
        (1, 197, ("index.js", 7, 18)),
        (1, 369, ("client.js", 9, 25)),
        (1, 3009, ("publicPath", 10, 4)),
        (1, 3621, ("jsonp chunk loading", 37, 15)),
        (1, 1233, ("chunk loaded", 10, 16)),
    ),
    "esbuild/dist/min/split.js.map": (
        (1, 1299, ("split.js", 17, 113)),
        (1, 509, ("split.js", 6, 86)),
        (1, 853, ("split.js", 10, 14)),
        (1, 885, ("split.js", 10, 14)),
        (1, 1109, ("split.js", 14, 14)),
        (1, 951, ("split.js", 11, 13)),
        (1, 1025, ("split.js", 13, 13)),
        (1, 1063, ("split.js", 13, 13)),
        (1, 573, ("split.js", 6, 160)),
        (1, 683, ("split.js", 8, 81)),
        (1, 335, ("split.js", 4, 6)),
        (1, 5, ("send.js", 1, 14)),
        (1, 917, ("split.js", 11, 13)),
        (1, 917, ("split.js", 11, 13)),
    ),
    "esbuild/dist/plain/encoded.js.map": (
        (18, 510, ("encoded.js", 18, 25)),
        (15, 213, ("encoded.js", 12, 18)),
        (3, 45, ("send.js", 3, 29)),
        (16, 89, ("encoded.js", 14, 18)),
        (5, 45, ("send.js", 5, 13)),
        (7, 18, ("send.js", 7, 4)),
        (3, 57, ("send.js", 3, 29)),
        (17, 65, ("encoded.js", 16, 6)),
        (15, 79, ("encoded.js", 12, 18)),
        (18, 51, ("encoded.js", 18, 25)),
        (8, 25, ("send.js", 8, 1)),
        (6, 49, ("send.js", 6, 47)),
        (9, 9, None),
        (12, 164, ("encoded.js", 6, 6)),
    ),
    "astro/dist/_astro/Editor.D2ae5Ncj.js.map": (
        (1, 321, ("jsxRuntime.module.js", 1, 811)),
        (1, 129, ("jsxRuntime.module.js", 1, 535)),
        (1, 257, ("jsxRuntime.module.js", 1, 664)),
        (1, 321, ("jsxRuntime.module.js", 1, 811)),
        (1, 257, ("jsxRuntime.module.js", 1, 664)),
        (1, 313, ("jsxRuntime.module.js", 1, 802)),
        (1, 385, ("Editor.jsx", 2, 41)),
        (1, 321, ("jsxRuntime.module.js", 1, 811)),
        (1, 1, None),
        (1, 1, None),
        (1, 129, ("jsxRuntime.module.js", 1, 535)),
        (1, 385, ("Editor.jsx", 2, 41)),
        (1, 193, ("jsxRuntime.module.js", 1, 600)),
        (1, 129, ("jsxRuntime.module.js", 1, 535)),
    ),
    "next-app/.next/static/chunks/0vxso0_xq3po9.js.map": (
        (1, 129, None),
        (1, 257, ("LikeButton.tsx", 19, 11)),
        (1, 65, None),
        (1, 385, ("LikeButton.tsx", 16, 17)),
        (1, 129, None),
        (1, 513, ("LikeButton.tsx", 16, 68)),
        (1, 1, None),
        (1, 513, ("LikeButton.tsx", 16, 68)),
        (1, 385, ("LikeButton.tsx", 16, 17)),
        (1, 577, ("LikeButton.tsx", 16, 68)),
        (1, 257, ("LikeButton.tsx", 19, 11)),
        (1, 513, ("LikeButton.tsx", 16, 68)),
        (1, 385, ("LikeButton.tsx", 16, 17)),
        (1, 449, ("LikeButton.tsx", 16, 68)),
    ),
    "index": (
        (17, 821, ("encoded.js", 8, 639)),
        (17, 572, ("encoded.js", 8, 448)),
        (16, 69, ("encoded.js", 6, 6)),
        (7, 31, ("send.js", 3, 29)),
        (7, 5, ("send.js", 3, 8)),
        (7, 42, ("send.js", 3, 29)),
        (6, 97, ("send.js", 1, 69)),
        (20, 23, ("encoded.js", 14, 18)),
        (25, 33, None),
        (21, 1, ("encoded.js", 16, 1)),
        (10, 25, ("send.js", 6, 15)),
        (2, 9, None),
        (16, 16, ("encoded.js", 6, 6)),
        (12, 9, ("send.js", 8, 1)),
    ),
}


def read(name: str) -> bytes:
    if name != "index":
        return (FIXTURES / name).read_bytes()
    parts = [
        ((0, 0), "esbuild/dist/min/split.js.map"),
        ((0, 1500), "webpack5/dist/main.227df1d1.js.map"),
        ((4, 7), "esbuild/dist/plain/encoded.js.map"),
    ]
    sections = [
        {"offset": {"line": line, "column": column}, "map": json.loads(read(part))} for (line, column), part in parts
    ]
    return json.dumps({"version": 3, "sections": sections}).encode()


def short(found: Found | None) -> Answer:
    return found and (found.source.rpartition("/")[2], found.line, found.column)


@pytest.mark.parametrize("name", TRACE_MAPPING)
def test_mappings_lead_where_trace_mapping_says(name: str) -> None:
    rows = TRACE_MAPPING[name]
    source_map = SourceMap(read(name))
    assert [short(source_map.at(line, column)) for line, column, _ in rows] == [answer for _, _, answer in rows]
    together = source_map.at_many([(line, column) for line, column, _ in rows])
    assert [short(found) for found in together] == [answer for _, _, answer in rows]


SEGMENTS = st.lists(
    st.one_of(
        st.tuples(st.integers(0, 2000)),
        st.tuples(st.integers(0, 2000), st.integers(0, 3), st.integers(0, 90_000), st.integers(0, 90_000)),
        st.tuples(
            st.integers(0, 2000), st.integers(0, 3), st.integers(0, 90_000), st.integers(0, 90_000), st.integers(0, 9)
        ),
    ),
    max_size=12,
    unique_by=lambda segment: segment[0],
).map(sorted)


def written(lines: list[list[tuple[int, ...]]]) -> str:
    """Write mappings from absolute numbers."""
    last = [0] * 5
    text: list[str] = []
    for line in lines:
        last[0] = 0
        segments: list[str] = []
        for segment in line:
            segments.append(vlq(*(number - past for number, past in zip(segment, last, strict=False))))
            last[: len(segment)] = segment
        text.append(",".join(segments))
    return ";".join(text)


@given(st.lists(SEGMENTS, max_size=12), st.lists(st.tuples(st.integers(0, 13), st.integers(0, 2100)), max_size=8))
def test_the_last_segment_before_a_place_counts(
    lines: list[list[tuple[int, ...]]], targets: list[tuple[int, int]]
) -> None:
    source_map = SourceMap(made(sources=["a", "b", "c", "d"], mappings=written(lines)))
    expected: list[Answer] = []
    for line, column in targets:
        passed = [segment for segment in (lines[line] if line < len(lines) else []) if segment[0] <= column]
        last = passed[-1] if passed else (0,)
        expected.append(("abcd"[last[1]], last[2] + 1, last[3] + 1) if len(last) > 1 else None)
    assert [short(found) for found in source_map.at_many([(a + 1, b + 1) for a, b in targets])] == expected


def test_long_lines_are_walked_in_chunks() -> None:
    line: list[tuple[int, ...]] = [(column, 0, column % 977, column % 31) for column in range(0, 400_000, 4)]
    source_map = SourceMap(made(mappings=written([[], line, line])))
    for number in (2, 3):
        for column in (0, 3, 4, 65_531, 131_072, 262_147, 399_999, 10**9):
            last = min(column, 399_999) // 4 * 4
            assert source_map.at(number, column + 1) == Found("a.js", "", last % 977 + 1, last % 31 + 1)


def test_columns_that_step_back_do_no_harm() -> None:
    source_map = SourceMap(made(mappings="UAAA,DACA,UACA"))
    assert [short(source_map.at(1, column)) for column in (5, 11, 30)] == [
        None,
        ("a.js", 2, 1),
        ("a.js", 3, 1),
    ]


def test_numbers_out_of_range_lead_nowhere() -> None:
    assert SourceMap(made(mappings="ACAA")).at(1, 1) is None
    assert SourceMap(made(mappings="ADAA")).at(1, 1) is None
    assert SourceMap(made(mappings="AADA")).at(1, 1) is None
    assert SourceMap(made(mappings="AAAA")).at(0, -5) is None
    assert SourceMap(made(mappings="AAAA", sources=[None])).at(1, 1) == Found("", "", 1, 1)


# --- sources ---------------------------------------------------------------------------------------------------------

HOLDS: Final[Mapping[str, tuple[str, int, int]]] = {
    "first thing": ("{}", 1, 1),
    "on a later line": ("a\n\nb {}", 3, 3),
    "after an emoji, which counts two": ("'🔑' + '{}'", 1, 9),
    "after an umlaut": ("ä{}", 1, 2),
    "after CRLF": ("a\r\n  {}", 2, 3),
    "twice": ("x{}\n{}", 1, 2),
    "after an escaped quote": ('"\\"" {}', 1, 6),
}


@pytest.mark.parametrize(("source", "line", "column"), HOLDS.values(), ids=HOLDS)
@pytest.mark.parametrize("opening", [b"", b"\xef\xbb\xbf", b")]}'\n", b")]}\n"], ids=repr)
def test_a_secret_is_found_in_the_sources(source: str, line: int, column: int, opening: bytes) -> None:
    text = source.replace("{}", TOKEN.decode())
    data = opening + made(sources=["x.js", "y.js"], sourcesContent=[None, text], sourceRoot="src")
    assert looks_like_map(data)
    assert SourceMap(data).find(TOKEN) == Found("y.js", "src", line, column)


def test_a_secret_in_a_section_is_found() -> None:
    part = json.loads(held(f"\n{TOKEN.decode()}"))
    sections = [{"offset": {"line": 9 - n, "column": 0}, "map": part | {"sources": [f"{n}.js"]}} for n in range(3)]
    data = json.dumps({"version": 3, "sections": sections}).encode()
    source_map = SourceMap(data)
    assert {found.source for found in source_map.occurrences(TOKEN)} == {"0.js", "1.js", "2.js"}
    for content, name in zip(content_spans(data), ("0.js", "1.js", "2.js"), strict=True):
        offset = data.index(TOKEN, content.start)
        assert source_map.held(content, before(data, content, offset)) == Found(name, "", 2, 1)


SOURCES = st.lists(st.one_of(st.none(), st.text(max_size=40)), max_size=6)


@given(SOURCES, st.booleans(), st.sampled_from([None, 1]))
def test_every_byte_of_a_source_leads_home(sources: list[str | None], ascii_only: bool, indent: int | None) -> None:
    sources = [source and source.encode("utf-8", "ignore").decode() for source in sources]
    data = json.dumps({"mappings": "", "sourcesContent": sources}, ensure_ascii=ascii_only, indent=indent).encode()
    views = list(contents(data))
    assert [view.text.decode() for view in views] == [source for source in sources if source]
    for view in views:
        assert_leads_home(view, data, lambda raw: json.loads(b'"' + raw + b'"').encode())


def assert_leads_home(view: View, data: bytes, decode: Any) -> None:
    """Each character's span decodes to it, and together they cover what the whole was made from, in order."""
    text = view.text.decode()
    at = past = 0
    for char in text:
        size = len(char.encode())
        start, end = view.spans.home(at, at + size)
        assert decode(data[start:end]).decode() == char
        assert start >= past
        past, at = end, at + size


def test_only_the_sources_asked_for_are_given() -> None:
    data = made(sourcesContent=["one\n", None, "two\n", "three\n"])
    asked = sorted((data.index(b"mappings"), data.index(b"two"), data.index(b"two") + 1, len(data) - 1))
    assert [view.text for view in contents(data, asked)] == [b"two\n"]
    assert list(contents(data, [])) == []


# --- data: URLs ------------------------------------------------------------------------------------------------------

NO_INLINE: Final[Mapping[str, bytes]] = {
    "another kind of URL": b"//# sourceMappingURL=data:text/plain;base64,AAAA",
    "no comma": b"//# sourceMappingURL=data:application/json;base64",
    "nothing after the comma": b"//# sourceMappingURL=data:application/json;base64,",
    "the code that writes one": b'"\\n/*# sourceMappingURL=data:application/json;base64,".concat(btoa(x), " */")',
}


@pytest.mark.parametrize("text", NO_INLINE.values(), ids=NO_INLINE)
def test_what_is_no_inline_map_gives_no_view(text: bytes) -> None:
    assert list(decode_inline_maps(text, [text.index(b"sourceMappingURL")])) == []


MAP: Final = held(f"const token = '{TOKEN.decode()}' // ä€🔑?>")
B64: Final = base64.b64encode(MAP)
HEAD: Final = b"sourceMappingURL=data:application/json"
INLINE: Final[Mapping[str, bytes]] = {
    "base64": b"//# " + HEAD + b";base64," + B64,
    "with a charset": b"//# " + HEAD + b";charset=utf-8;base64," + B64 + b"\n",
    "with another charset": b"//@ " + HEAD + b";charset:utf-8;base64,".replace(b":", b"=") + B64,
    "in CSS": b"/*# " + HEAD + b";base64," + B64 + b"*/",
    "without padding": b"//# " + HEAD + b";base64," + B64.rstrip(b"="),
    "base64url": b"//# " + HEAD + b";base64," + base64.urlsafe_b64encode(MAP),
    "in an evaluated string": b'eval("a;\\n//# ' + HEAD + b";charset=utf-8;base64," + B64 + b'\\n//# sourceURL=x\\n");',
    "percent-encoded": b"//# " + HEAD + b"," + quote(MAP, safe="!'()*~").encode(),
    "percent-encoded with a charset": b"//# " + HEAD + b";charset=utf-8," + quote(MAP, safe="").encode() + b"\n",
    "percent-encoded in CSS": b"/*# " + HEAD + b"," + quote(MAP, safe="").encode() + b"*/",
}


@pytest.mark.parametrize("text", INLINE.values(), ids=INLINE)
def test_an_inline_map_is_a_view(text: bytes) -> None:
    (view,) = (found for found in decode_inline_maps(text, [text.index(HEAD)]) if isinstance(found, View))
    assert (view.kind, view.text) == ("source-map", MAP)
    assert SourceMap(view.text).find(TOKEN)
    at = view.text.index(TOKEN)
    start, end = view.spans.home(at, at + len(TOKEN))
    found = inline_map(text, text.index(HEAD))
    assert found is not None
    assert abs(found.inside(text, start) - at) < 3
    if found.base64:
        piece = text[start:end].translate(bytes.maketrans(b"-_", b"+/"))
        assert TOKEN in base64.b64decode(piece + b"=" * (-len(piece) % 4))
        assert end - start <= len(TOKEN) * 4 // 3 + 8
    else:
        assert text[start:end] == TOKEN


@given(st.binary(min_size=1, max_size=60), st.binary(max_size=9))
def test_every_byte_of_base64_leads_home(data: bytes, ahead: bytes) -> None:
    text = ahead + HEAD + b";base64," + base64.b64encode(data)
    (view,) = decode_inline_maps(text, [len(ahead)])
    assert isinstance(view, View)
    assert view.text == data
    for start in range(len(data)):
        for end in range(start + 1, min(len(data), start + 7) + 1):
            home, home_end = view.spans.home(start, end)
            assert data[start:end] in base64.b64decode(text[home:home_end])


@given(st.text(min_size=1, max_size=60), st.sampled_from(["", "!'()*~", "/{}:"]))
def test_every_byte_of_percent_encoding_leads_home(source: str, safe: str) -> None:
    source = source.encode("utf-8", "ignore").decode() or "x"
    text = HEAD + b"," + quote(source, safe=safe.replace("{}", "")).encode()
    (view,) = decode_inline_maps(text, [0])
    assert isinstance(view, View)
    if text.endswith(b"*/"):
        return
    assert view.text == source.encode()
    for at, byte in enumerate(view.text):
        start, end = view.spans.home(at, at + 1)
        assert text[start:end] in {bytes([byte]), b"%%%02X" % byte}


def test_each_module_has_a_view() -> None:
    text = b"\n".join(INLINE.values())
    offsets = [at for at in range(len(text)) if text.startswith(HEAD, at)]
    assert len(list(decode_inline_maps(text, offsets))) == len(INLINE)
    assert len(list(decode_inline_maps(text, [offsets[0], *offsets, *offsets]))) >= len(INLINE)


def test_too_much_is_read_in_part_and_said() -> None:
    text = HEAD + b";base64," + b"QUFB" * (MOST_INLINE // 3 + 9)
    view, problem = decode_inline_maps(text + b"\n" + text, [0, len(text) + 1])
    assert isinstance(view, View)
    assert isinstance(problem, Problem)
    assert len(view.text) == MOST_INLINE
    assert "were read" in problem.reason


# --- references ------------------------------------------------------------------------------------------------------

REFERENCES: Final[Mapping[str, tuple[bytes, str | None]]] = {
    "none": (b"a=1", None),
    "nothing at all": (b"", None),
    "an empty one": (b"a\n//# sourceMappingURL=\n", None),
    "in a string": (b'a="//# sourceMappingURL=x.map";b()', None),
    "without a comment": (b"sourceMappingURL=x.map", None),
    "code after it": (b"//# sourceMappingURL=x.map\nb()", None),
    "long ago": (b"//# sourceMappingURL=x.map\n" + b"b();" * 5000, None),
    "script": (b"a\n//# sourceMappingURL=x.js.map", "x.js.map"),
    "blanks after it": (b"a\n//# sourceMappingURL=x.js.map \r\n\n", "x.js.map"),
    "the old form": (b"a\n//@ sourceMappingURL=x.js.map\n", "x.js.map"),
    "style sheet": (b"a{}\n/*# sourceMappingURL=x.css.map */", "x.css.map"),
    "style sheet without blanks": (b"a{}/*# sourceMappingURL=x.css.map*/", "x.css.map"),
    "the last of two": (b"//# sourceMappingURL=a.map\n//# sourceMappingURL=b.map\n", "b.map"),
    "comments after it": (b"//# sourceMappingURL=a.map\n//# debugId=1\n/* end */", "a.map"),
    "after 20 MB": (b"x" * 20_000_000 + b"\n//# sourceMappingURL=x.map", "x.map"),
    "percent signs stay": (b"//# sourceMappingURL=a%20b.map?x=1", "a%20b.map?x=1"),
    "an inline map": (b"a\n//# " + HEAD + b";base64,QUFB", "data:application/json;base64,QUFB"),
    "remote": (b"//# sourceMappingURL=https://x.test/a.map", "https://x.test/a.map"),
}


@pytest.mark.parametrize(("data", "expected"), REFERENCES.values(), ids=REFERENCES)
def test_the_reference_of_a_script_is_read(data: bytes, expected: str | None) -> None:
    assert reference(data) == expected


@pytest.mark.parametrize("size", [0, 3000, 4040, 4060, 4080, 4096, 4100, 9000, 3_000_000])
def test_a_long_inline_reference_is_found(size: int) -> None:
    url = "data:application/json;base64," + "A" * size
    assert reference(b"code();\n//# sourceMappingURL=" + url.encode() + b"\n") == url


@given(st.binary(max_size=80))
def test_a_reference_is_never_an_error(data: bytes) -> None:
    reference(data)
    reference(b"//# sourceMappingURL=" + data)


# --- names of sources ------------------------------------------------------------------------------------------------

NAMES: Final[Mapping[str, tuple[str, str]]] = {
    "relative": ("src/x.ts", "src/x.ts"),
    "above": ("../../src/x.ts", "src/x.ts"),
    "webpack with a name": ("webpack://app/./src/x.ts", "src/x.ts"),
    "webpack without": ("webpack:///./src/x.ts", "src/x.ts"),
    "webpack with a scoped name": ("webpack://_N_E/./src/x.ts?1a2b", "src/x.ts"),
    "webpack internal with a layer": ("webpack-internal:///(app-pages-browser)/./src/x.ts", "src/x.ts"),
    "webpack above the package": ("webpack://app/../shared/x.ts", "shared/x.ts"),
    "a loader": ("webpack:///./node_modules/vue-loader/index.js??ref--0!./src/X.vue?ab", "src/X.vue"),
    "turbopack": ("turbopack:///[project]/src/x.ts", "src/x.ts"),
    "turbopack with a host": ("turbopack://[project]/src/x.ts", "src/x.ts"),
    "percent signs": ("../%40me/%5Bslug%5D/x.js%3Fpage%3D/a", "@me/[slug]/x.js"),
    "http": ("http://localhost:3000/src/x.ts", "src/x.ts"),
    "file": ("file:///home/me/app/src/x.ts", "/home/me/app/src/x.ts"),
    "file on Windows": ("file:///C:/app/src/x.ts", "C:/app/src/x.ts"),
    "backslashes": ("..\\src\\x.ts", "src/x.ts"),
    "the way to a password": ("../../../../../../../../../../etc/passwd", "etc/passwd"),
    "the way to a password in a scheme": ("webpack://a/../../../../../../../../../../etc/passwd", "etc/passwd"),
    "an absolute path": ("/etc/passwd", "/etc/passwd"),
    "an absolute path in a scheme": ("file:///etc/passwd", "/etc/passwd"),
    "encoded dots": ("%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd", "etc/passwd"),
    "nothing": ("", ""),
    "a folder": ("webpack://app/", "app"),
    "only dots": ("../..", ""),
    "a zero byte": ("\0vite/x", "\0vite/x"),
    "half a character": ("\ud800.ts", "\ud800.ts"),
}


@pytest.mark.parametrize(("name", "expected"), NAMES.values(), ids=NAMES)
def test_a_source_that_is_not_there_keeps_its_name(name: str, expected: str, tmp_path: Path) -> None:
    assert repo_path(name, "", "dist/assets/a.js.map", str(tmp_path)) == (expected, False)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A working directory with two packages, one of which has been built."""
    for file in (
        "app/src/x.ts", "app/dist/assets/a.js", "app/index.js", "app/dist/index.js", "shared/x.ts", "app/@me/[s].ts",
        "app/.next/static/a.js", "src/y.ts",
    ):  # fmt: skip
        (tmp_path / "repo" / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "repo" / file).write_text("x")
    (tmp_path / "repo/app/package.json").write_text('{"name": "app"}')
    (tmp_path / "repo/app/.next/package.json").write_text('{"type": "commonjs"}')
    (tmp_path / "secret.ts").write_text("x")
    (tmp_path / "repo/app/src/link.ts").symlink_to(tmp_path / "secret.ts")
    return tmp_path / "repo"


FILES: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "beside the map": ("../../src/x.ts", "", "app/dist/assets/a.js.map", "app/src/x.ts"),
    "from the script": ("../../src/x.ts", "", "app/dist/assets/a.js", "app/src/x.ts"),
    "a sourceRoot": ("x.ts", "../../src/", "app/dist/assets/a.js.map", "app/src/x.ts"),
    "a sourceRoot with a scheme": ("src/x.ts", "webpack://app/.", "app/dist/assets/a.js.map", "app/src/x.ts"),
    "webpack": ("webpack://app/./src/x.ts", "", "app/dist/assets/a.js.map", "app/src/x.ts"),
    "turbopack, whose output holds a package.json": (
        "turbopack:///[project]/src/x.ts", "", "app/.next/static/a.js.map", "app/src/x.ts",
    ),
    "the other package": ("webpack://app/../shared/x.ts", "", "app/dist/assets/a.js.map", "shared/x.ts"),
    "the wrong number of dots": ("../src/x.ts", "", "app/dist/assets/a.js.map", "app/src/x.ts"),
    "not the output of the same name": ("webpack://app/./index.js", "", "app/dist/index.js.map", "app/index.js"),
    "encoded": ("webpack://app/./%40me/%5Bs%5D.ts", "", "app/dist/a.js.map", "app/@me/[s].ts"),
    "from the root of the server": ("/src/x.ts", "", "app/dist/assets/a.js.map", "app/src/x.ts"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "root", "map_path", "expected"), FILES.values(), ids=FILES)
def test_a_source_that_is_there_is_named_from_here(
    name: str, root: str, map_path: str, expected: str, project: Path
) -> None:
    assert repo_path(name, root, map_path, str(project)) == (expected, True)


@pytest.mark.parametrize(
    "name",
    ["../../../../secret.ts", "webpack://x/../../secret.ts", "src/link.ts", "webpack://app/./src/y.ts", "../../src"],
)
def test_no_path_leads_outside(name: str, project: Path) -> None:
    assert not repo_path(name, "", "app/dist/assets/a.js.map", str(project))[1]
    assert not repo_path(f"file://{project.parent}/secret.ts", "", "app/dist/a.js.map", str(project))[1]


def test_an_absolute_name_inside_is_told_from_here(project: Path) -> None:
    assert repo_path(f"file://{project}/app/src/x.ts", "", "app/dist/a.js.map", str(project)) == ("app/src/x.ts", True)


def test_a_map_elsewhere_stays_in_its_project(project: Path, tmp_path: Path) -> None:
    here = tmp_path / "here"
    here.mkdir()
    map_path = f"{project}/app/dist/assets/a.js.map"
    assert repo_path("webpack://app/./src/x.ts", "", map_path, str(here)) == (f"{project}/app/src/x.ts", True)
    assert repo_path("../../../shared/x.ts", "", map_path, str(here)) == ("shared/x.ts", False)


@given(st.text(max_size=60), st.text(max_size=20), st.text(max_size=30))
def test_a_name_is_never_an_error(name: str, root: str, map_path: str) -> None:
    path, _ = repo_path(name, root, map_path.replace("\0", ""), "/nonexistent")
    assert not path.startswith("../")


# --- hostile ---------------------------------------------------------------------------------------------------------


def mutated(seed: bytes, number: int) -> Iterator[bytes]:
    source = random.Random(number)
    for _ in range(300):
        data = bytearray(seed)
        for _ in range(source.randint(1, 4)):
            at = source.randrange(len(data) + 1)
            match source.randrange(4):
                case 0:
                    del data[at:]
                    data += b"}"
                case 1:
                    data[at : at + 1] = source.randbytes(1)
                case 2:
                    data[at:at] = source.choice((b'"', b"\\", b"[", b"null", b",", b"\xff", b"-1", b'"sections":[{'))
                case _:
                    del data[at : at + source.randint(1, 40)]
        yield bytes(data)


SEEDS: Final[tuple[bytes, ...]] = (
    MAP,
    read("esbuild/dist/min/split.js.map"),
    read("index"),
    *INLINE.values(),
)


@pytest.mark.parametrize("number", range(len(SEEDS)))
def test_nothing_that_is_read_breaks_the_reader(number: int) -> None:
    for data in mutated(SEEDS[number], number):
        offset = max(0, data.find(HEAD))
        views = [*decode_inline_maps(data, [offset]), *contents(data)]
        for view in views:
            if isinstance(view, View) and view.text:
                start, end = view.spans.home(0, len(view.text))
                assert 0 <= start < end <= len(data)
        for text in (data, *(view.text for view in views if isinstance(view, View))):
            try:
                source_map = SourceMap(text)
                source_map.find(TOKEN)
                source_map.at_many([(1, 1), (1, 300), (7, 5), (10**6, 1)])
            except SourceMapError:
                pass
            for content in content_spans(text):
                before(text, content, (content.start + content.end) // 2)


def large(megabytes: int) -> bytes:
    """Make a map with distinct segments, as large bundlers do, and a secret near its end."""
    source = random.Random(megabytes)
    segments = [
        vlq(source.randint(1, 80), source.choice((0, 0, 0, 1, -1)), source.randint(-40, 40), source.randint(-90, 90))
        for _ in range(60_000)
    ]
    count = megabytes * 1_000_000 // 3 // 7
    mappings = ",".join(segments[int(60_000 * source.random() ** 3)] for _ in range(count))
    content = "const answer = call(one, 'two', \"three\")\n" * (megabytes * 1_000_000 // 3 // 21)
    return made(mappings=mappings, sources=["a.js", "b.js"], sourcesContent=[content, content + TOKEN.decode()])


def test_a_large_map_is_read_in_well_under_a_second() -> None:
    data = large(30)
    started = time.process_time()
    source_map = SourceMap(data)
    assert source_map.find(TOKEN) is not None
    found = time.process_time()
    source_map.at(1, 1 << 40)
    assert found - started < 0.5
    assert time.process_time() - started < 2.5


def test_mappings_without_repetition_are_given_up() -> None:
    mappings = ",".join(map("".join, itertools.islice(itertools.product(BASE[:32:2], *[BASE[:32]] * 4), 2_300_000)))
    started = time.process_time()
    with pytest.raises(SourceMapError, match="repeat"):
        SourceMap(made(mappings=mappings)).at(1, 1 << 40)
    assert time.process_time() - started < 10


def test_a_hundred_thousand_sections_on_one_line_are_not_walked_again_and_again() -> None:
    part = {"version": 3, "sources": [], "mappings": ""}
    sections = [{"offset": {"line": 0, "column": n}, "map": part} for n in range(100_000)]
    source_map = SourceMap(json.dumps({"sections": sections}).encode())
    started = time.process_time()
    assert source_map.at_many([(1, 100_000)] * 1000) == [None] * 1000
    assert time.process_time() - started < 2
