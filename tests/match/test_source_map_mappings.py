"""The mappings of a source map are passed over where they hold positions and nothing else."""

import json
from collections.abc import Mapping, Sequence

import pytest

from frontleak.core.env_value import EnvValue, EnvVariable, HiddenValue
from frontleak.match.engine import Engine
from frontleak.match.interface import Hits
from frontleak.match.known_values import KnownValues
from frontleak.match.source_map_mappings import SourceMapMappings
from frontleak.match.value_forms import forms_of
from tests.support import env_values
from tests.support.planted_values import special
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


def written_by_esbuild(mappings: str, names: Sequence[str]) -> bytes:
    fields = {"version": 3, "sources": ["a.ts"], "sourcesContent": ["const a = 1;\n" * 500], "mappings": mappings}
    return json.dumps(fields | {"names": names}, indent=2).encode()


@pytest.mark.parametrize("count", [0, 1, 8, 9, 5000])
def test_mappings_are_found_before_any_number_of_names(count: int) -> None:
    data = written_by_esbuild(VLQ, [f"name{number}" for number in range(count)] + ["names"] * (count > 8))
    span = SPANS.span(data)
    assert span is not None
    assert data[slice(*span)] == VLQ.encode()


def test_a_token_among_many_names_is_found_at_its_place() -> None:
    names = [f"name{number}" for number in range(50)]
    token = fake("sanity-token")
    for mappings, found in ((VLQ, [*names, token]), (f"{VLQ}{token};{VLQ}", names)):
        data = written_by_esbuild(mappings, found)
        assert [data[match.start : match.end].decode() for match in full_engine().scan(data).matches] == [token]


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
        b'{"names":[' + b'"a",' * 3000,
        b'{"a":"' + b"AAAA;" * 3000 + b'","names":[' + b'"a",' * 3000,
        b'"mappings":"' + b"AAAA;" * 3000 + b'","names":[' + b'"a",' * 3000,
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


def knowing(value: str) -> Engine:
    """Return an engine that looks for a value, too."""
    engine = full_engine().without_values()
    variable = EnvVariable("API_KEY", ".env", 1)
    engine.look_for(KnownValues([EnvValue(value=HiddenValue(value.encode()), variables=(variable,))], hyperscan=True))
    return engine


def test_positions_that_read_like_a_value_are_silent() -> None:
    engine = knowing("gBAAgBCbA1")
    assert not engine.scan(source_map(f"{VLQ}gBAAgBCbA1;{VLQ}")).values
    assert engine.scan(source_map(fields={"file": "gBAAgBCbA1"})).values


@pytest.mark.parametrize("last", [False, True])
@pytest.mark.parametrize("field", ["mappings", "names", "sources", "sourcesContent", "file", "x_note"])
@pytest.mark.parametrize("value", [env_values.fake(1), special(2)], ids=["letters", "special characters"])
def test_a_known_value_in_any_field_is_found_in_each_form(field: str, last: bool, value: str) -> None:
    engine = knowing(value)
    mark = {"mappings": f"{VLQ}@;{VLQ}", "file": "@", "x_note": "@"}.get(field, ["@"])
    marked = source_map(last=last, fields={field: mark})
    for form in forms_of(value.encode()):
        data = marked.replace(b"@", form.text)
        (match,) = engine.scan(data).values
        assert data[match.start : match.end] == form.text


def test_the_bytes_of_mappings_are_passed_to_no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    lengths: dict[str, int] = {}
    engine = knowing(env_values.fake(1))
    assert engine.known is not None
    hits, ends = engine._pass.hits, engine.known._pass.ends

    def counted_hits(text: bytes) -> Sequence[Hits]:
        lengths["rules"] = lengths.get("rules", 0) + len(text)
        return hits(text)

    def counted_ends(text: bytes, spans: Sequence[tuple[int, int]]) -> Sequence[tuple[int, int]]:
        lengths["values"] = sum(end - start for start, end in spans)
        return ends(text, spans)

    monkeypatch.setattr(engine._pass, "hits", counted_hits)
    monkeypatch.setattr(engine.known._pass, "ends", counted_ends)
    data = source_map()
    engine.scan(data)
    assert lengths == dict.fromkeys(("rules", "values"), len(data) - len(VLQ))
