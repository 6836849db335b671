"""A map is parsed into its sections, and an invalid one is reported."""

import json
from collections.abc import Mapping
from typing import Any, Final

import pytest

from frontleak.decode.maps import parse as parse_module
from frontleak.decode.maps.parse import SourceMapError, parse
from frontleak.sourcemaps.lookup import SourceMap
from tests.support.maps import made

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
    "sources that are deep": (b'{"mappings":"","sources":' + b"[" * 9_999 + b"]" * 9_999 + b"}", "not valid JSON"),
    "a map that is all brackets": (b"[" + b"[]," * 1_500_000 + b"[]]", "more than 500,000 arrays and objects"),
    "a section that begins before the file": (
        json.dumps({"sections": [{"offset": {"line": -1, "column": 0}, "map": json.loads(made())}]}).encode(),
        "no valid offset",
    ),
    "a section that begins at a word": (
        json.dumps({"sections": [{"offset": {"line": "x", "column": 0}, "map": json.loads(made())}]}).encode(),
        "no valid offset",
    ),
}


@pytest.mark.parametrize(("data", "reason"), BROKEN.values(), ids=BROKEN)
def test_what_is_no_map_says_so(data: bytes, reason: str) -> None:
    with pytest.raises(SourceMapError, match=reason):
        SourceMap(data)


def test_a_section_begins_where_all_the_indexes_round_it_say() -> None:
    def index(line: int, column: int, inner: Any) -> Any:
        return {"version": 3, "sections": [{"map": inner, "offset": {"line": line, "column": column}}]}

    part = json.loads(made())
    trees = [
        index(2, 5, index(0, 7, part)),
        index(2, 5, index(1, 7, part)),
        index(1, 0, index(0, 0, index(0, 3, part))),
    ]
    assert [[section.start for section in parse(json.dumps(tree).encode())] for tree in trees] == [
        [(2, 12)],
        [(3, 7)],
        [(1, 3)],
    ]


def test_mappings_with_escapes_are_read_all_the_same() -> None:
    (section,) = parse(made(mappings="AAAA,CAAC").replace(b"AAAA,", rb"\u0041AAA\u002c"))
    text, start, end = section.mappings
    assert text[start:end] == b"AAAA,CAAC"


def test_a_map_of_too_many_sources_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parse_module, "_MOST_SOURCES", 3)
    (section,) = parse(made(sourcesContent=["a", None, "b"]))
    assert [content.source for content in section.contents] == [0, 2]
    with pytest.raises(SourceMapError, match="more than 3 sources"):
        parse(made(sourcesContent=["a", None, "b", None]))


def test_keys_that_are_no_concern_may_hold_anything() -> None:
    (section,) = parse(made(x={"sourcesContent": ["no"], "sections": [], "mappings": "!"}, sourcesContent=["yes"]))
    assert [(content.source, content.end - content.start) for content in section.contents] == [(0, 3)]
