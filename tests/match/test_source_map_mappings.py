"""The mappings of a source map are passed over where they hold positions and nothing else."""

import json
from collections.abc import Mapping

import pytest

from frontleak.match.gated_pass import GatedPass
from frontleak.match.interface import Hits
from frontleak.match.source_map_mappings import SourceMapMappings
from tests.support.shipped import fake, full_engine

VLQ = "AAAA,SAASA,QAAQ;AACb,IAAMC,gBAAgB,GAAG;" * 60
SPANS = SourceMapMappings()


def source_map(mappings: str = VLQ, *, last: bool = False, fields: Mapping[str, object] | None = None) -> bytes:
    first = {"version": 3, "sources": ["a.ts"], "sourcesContent": ["const a = 1;\n" * 500]}
    rest = {"mappings": mappings, "names": ["a"]}
    return json.dumps((first | rest if last else {"version": 3} | rest | first) | dict(fields or {})).encode()


@pytest.mark.parametrize("last", [False, True])
def test_mappings_are_found_among_the_first_fields_and_the_last(last: bool) -> None:
    data = source_map(last=last)
    span = SPANS.span(data)
    assert span is not None
    assert data[slice(*span)] == VLQ.encode()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"{" * 3000,
        b'{"a":"' * 3000,
        b'{"mappings":"' + b"AAAA;" * 3000,  # without an end
        b'{"mappings":' + b" " * 3000 + b'"AAAA"}',
        b'{"mappings":3}' + b" " * 3000,
        b"x" + source_map(),
        source_map("AAAA;" * 20),
    ],
)
def test_other_texts_have_none(data: bytes) -> None:
    assert SPANS.span(data) is None


@pytest.mark.parametrize("hidden", ["A" * 31, "a b", "\\n", "-", "_", "é", "."])
def test_mappings_that_hold_anything_else_are_read(hidden: str) -> None:
    assert SPANS.span(source_map(VLQ + hidden + VLQ)) is None


@pytest.mark.parametrize("last", [False, True])
@pytest.mark.parametrize("field", ["mappings", "names", "sources", "sourcesContent", "file", "x_note"])
def test_a_token_in_any_field_is_found_at_its_place(field: str, last: bool) -> None:
    token = fake("sanity-token")
    value = {"mappings": f"{VLQ}{token};{VLQ}", "file": token, "x_note": token}.get(field, [token])
    data = source_map(last=last, fields={field: value})
    spans = {(match.start, match.end) for match in full_engine().scan(data).matches}
    assert [data[start:end].decode() for start, end in spans] == [token]


def test_the_bytes_of_mappings_are_not_passed_to_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    lengths: list[int] = []
    passed = full_engine()._pass
    assert isinstance(passed, GatedPass)
    hits = passed._outer.hits

    def counted(text: bytes) -> list[Hits]:
        lengths.append(len(text))
        return hits(text)

    monkeypatch.setattr(passed._outer, "hits", counted)
    data = source_map()
    passed.hits(data)
    assert sum(lengths) == len(data) - len(VLQ)
