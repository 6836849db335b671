"""What is no source map says so."""

import json
from collections.abc import Mapping
from typing import Final

import pytest

from scanner.decode.source_map.lookup import SourceMap
from scanner.decode.source_map.parse import SourceMapError
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
