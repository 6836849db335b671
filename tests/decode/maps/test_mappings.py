"""Mappings agree with trace-mapping, and broken ones are reported."""

import itertools
import json
from collections.abc import Mapping
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontleak.decode.maps import mappings
from frontleak.decode.maps.parse import SourceMapError
from frontleak.sourcemaps.lookup import Found, SourceMap
from tests.support.growth import assert_linear
from tests.support.maps import BASE, made, read, written

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


Answer = tuple[str, int, int] | None
# Results of @jridgewell/trace-mapping 0.3.31, lines and columns 1-based: (line, column, (source, line, column)).
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


def test_mappings_without_repetition_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mappings, "_MOST_DECODED", 50_000)
    distinct = map("".join, itertools.product(BASE[:16], BASE[:16], BASE[:16], BASE[:15]))
    text = ",".join(distinct)
    with pytest.raises(SourceMapError, match="too many distinct segments"):
        SourceMap(made(mappings=text)).at(1, 1 << 40)
    assert SourceMap(made(mappings=text[: 20_000 * 5 - 1])).at(1, 1 << 40) is None


def test_thousands_of_sections_on_one_line_are_not_walked_again_and_again() -> None:
    part = {"version": 3, "sources": [], "mappings": ""}
    maps = {
        count: SourceMap(
            json.dumps({"sections": [{"offset": {"line": 0, "column": n}, "map": part} for n in range(count)]}).encode()
        )
        for count in (5_000, 20_000)
    }

    def run(count: int) -> None:
        assert maps[count].at_many([(1, count)] * 1000) == [None] * 1000

    assert_linear(run, 5_000)
