"""Secrets are found in the sources inside a map, at their lines and columns."""

import json
import random
import re
import tracemalloc
from collections.abc import Mapping
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontleak.decode.maps.detect import looks_like_map
from frontleak.sourcemaps.lookup import Found, SourceMap
from tests.support.growth import assert_linear
from tests.support.maps import TOKEN, carrying, made, place_in, vlq

SAYS_NOTHING: Final[Mapping[str, bytes]] = {
    "no sources are carried": made(),
    "the sources are null": made(sourcesContent=[None]),
    "sourcesContent is a number": made(sourcesContent=7),
    "sourcesContent holds numbers": made(sourcesContent=[7, {}]),
    "another source": carrying("const a = 1"),
    "an index of nothing": json.dumps({"version": 3, "sections": []}).encode(),
    "an index of remote maps": json.dumps({"version": 3, "sections": [{"offset": {}, "url": "x.map"}]}).encode(),
    "no mappings": made(mappings=""),
}


@pytest.mark.parametrize("data", SAYS_NOTHING.values(), ids=SAYS_NOTHING)
def test_a_secret_that_no_source_holds_is_not_found(data: bytes) -> None:
    assert SourceMap(data).find(TOKEN) is None
    assert SourceMap(data).find(b"") is None
    assert SourceMap(data).at(9, 9) is None


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
    part = json.loads(carrying(f"\n{TOKEN.decode()}"))
    sections = [{"offset": {"line": 9 - n, "column": 0}, "map": part | {"sources": [f"{n}.js"]}} for n in range(3)]
    data = json.dumps({"version": 3, "sections": sections}).encode()
    source_map = SourceMap(data)
    assert [found.source for found in source_map.occurrences(TOKEN)] == ["0.js", "1.js", "2.js"]
    at = 0
    for name in ("0.js", "1.js", "2.js"):
        at = data.index(TOKEN, at + 1)
        assert source_map.held(at) == Found(name, "", 2, 1)


SOURCES = st.lists(st.one_of(st.none(), st.text(alphabet=st.sampled_from('ab\n"\\/uné🔑09'), max_size=40)), max_size=5)
STYLES = st.tuples(st.booleans(), st.sampled_from([None, 1]))


def carried(sources: list[str | None], style: tuple[bool, int | None]) -> bytes:
    names = [f"{number}.js" for number in range(len(sources))]
    tree = {"names": ["a\\"], "sourcesContent": sources, "sources": names, "mappings": ""}
    return json.dumps(tree, ensure_ascii=style[0], indent=style[1]).encode()


@given(SOURCES, STYLES, st.data())
def test_a_secret_is_found_where_the_decoded_sources_have_it(
    sources: list[str | None], style: tuple[bool, int | None], data: st.DataObject
) -> None:
    everything = "".join(source or "" for source in sources) or "x"
    start = data.draw(st.integers(0, len(everything) - 1))
    secret = everything[start : start + data.draw(st.integers(1, 6))]
    expected = [
        Found(f"{number}.js", "", *place_in(source, match.start()))
        for number, source in enumerate(sources)
        for match in re.finditer(re.escape(secret), source or "")
        if source
    ]
    assert list(SourceMap(carried(sources, style)).occurrences(secret.encode())) == expected


@given(SOURCES, STYLES)
def test_every_character_of_a_source_has_its_place(sources: list[str | None], style: tuple[bool, int | None]) -> None:
    text = carried(sources, style)
    source_map = SourceMap(text)
    assert source_map.held(0) is None
    assert source_map.held(len(text) - 1) is None
    at = text.index(b"[", text.index(b"sourcesContent")) + 1
    for number, source in enumerate(sources):
        at = text.index(b"null" if source is None else b'"', at) + 1
        for index, char in enumerate(source or ""):
            assert source_map.held(at) == Found(f"{number}.js", "", *place_in(source or "", index))
            at += len(json.dumps(char, ensure_ascii=style[0])[1:-1].encode())
        at += source is not None


@pytest.mark.parametrize("letter", ["ä", "漢", "🔑"])
def test_escapes_may_be_written_in_capitals(letter: str) -> None:
    source = f"// {letter}\n'{letter}{TOKEN.decode()}'"
    lower = json.dumps({"sources": ["a.js"], "mappings": "", "sourcesContent": [source]}).encode()
    upper = re.sub(rb"\\u....", lambda match: match[0].upper().replace(b"U", b"u"), lower)
    assert upper != lower
    for data in (lower, upper):
        assert SourceMap(data).find(f"{letter}{TOKEN.decode()}".encode()) == Found("a.js", "", 2, 2)


def test_a_secret_that_is_mostly_found_inside_escapes_is_given_up() -> None:
    text = made(sourcesContent=["\nABC" * 100_000 + "nABC"])
    assert SourceMap(text).find(b"nABC") is None
    assert SourceMap(made(sourcesContent=["\nABC" * 100 + "nABC"])).find(b"nABC") == Found("a.js", "", 101, 4)


def large(megabytes: int) -> bytes:
    """Build a map with distinct segments, as large bundlers do, and a secret near its end."""
    source = random.Random(megabytes)
    segments = [
        vlq(source.randint(1, 80), source.choice((0, 0, 0, 1, -1)), source.randint(-40, 40), source.randint(-90, 90))
        for _ in range(60_000)
    ]
    count = megabytes * 1_000_000 // 3 // 7
    mappings = ",".join(segments[int(60_000 * source.random() ** 3)] for _ in range(count))
    content = "const answer = call(one, 'two', \"three\")\n" * (megabytes * 1_000_000 // 3 // 21)
    return made(mappings=mappings, sources=["a.js", "b.js"], sourcesContent=[content, content + TOKEN.decode()])


@pytest.mark.parametrize("letter", ["x", "🔑"])
def test_a_large_map_is_never_decoded_as_a_whole(letter: str) -> None:
    data = large(9).replace(b"answer", letter.encode())
    offset = data.rindex(TOKEN)
    tracemalloc.start()
    try:
        source_map = SourceMap(data)
        assert source_map.find(TOKEN) == source_map.held(offset) is not None
        assert tracemalloc.get_traced_memory()[1] < len(data) // 10
    finally:
        tracemalloc.stop()


def test_a_large_map_costs_no_more_a_byte_than_a_small_one() -> None:
    maps = {megabytes: large(megabytes) for megabytes in (1, 4)}

    def run(megabytes: int) -> None:
        source_map = SourceMap(maps[megabytes])
        assert source_map.find(TOKEN)
        source_map.at(1, 1 << 40)

    assert_linear(run, 1)
