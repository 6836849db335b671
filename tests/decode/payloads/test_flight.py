"""Flight payloads: secrets split across two chunks are found, others are not found twice, and rows are named."""

import json
import random
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontleak.decode.interface import View
from frontleak.decode.payloads.flight import PUSH, FlightText, chunks, is_flight
from frontleak.decode.payloads.labels import Labels
from frontleak.decode.unescaped import escaped_text
from tests.support.growth import assert_linear
from tests.support.paths import FIXTURES
from tests.support.views import decode

TOKEN: Final = "skFakeFakeFake0123456789FakeFakeFake0123456789"
ROWS: Final = f'2:I[7,["app/page"],"Editor"]\n0:["$","$L2",null,{{"config":{{"token":"{TOKEN}"}}}}]\n'


def pushed(*parts: str) -> bytes:
    """Build a page that pushes these parts."""
    calls = "".join(f"<script>self.__next_f.push([1,{json.dumps(part)}])</script>" for part in parts)
    return f"<html><script>(self.__next_f=self.__next_f||[]).push([0])</script>{calls}</html>".encode()


def places(page: bytes) -> list[int]:
    return [place for place in range(len(page)) if page.startswith(PUSH, place)]


def views(page: bytes) -> list[View]:
    return [found for found in decode("flight", page, places(page)) if isinstance(found, View)]


SILENT = {
    "no push": b"<html>",
    "one chunk": pushed(ROWS),
    "chunks cut between rows": pushed(*ROWS.splitlines(keepends=True)),
    "an empty chunk": pushed("", "0:null\n", ""),
    "a push that does not end": pushed(ROWS)[:-30],
    "a push in code": b'self.__next_f.push([1,"+JSON.stringify(x)+")',
}


@pytest.mark.parametrize("page", SILENT.values(), ids=SILENT)
def test_what_no_cut_hides_gets_no_view(page: bytes) -> None:
    assert views(page) == []


@pytest.mark.parametrize("cut", range(1, len(ROWS) - 1))
def test_a_token_is_found_wherever_the_payload_is_cut(cut: int) -> None:
    page = pushed(ROWS[:cut], ROWS[cut:])
    texts = [view.text for view in views(page)]
    assert any(TOKEN.encode() in text for text in [page, *texts])


def test_a_token_cut_many_times_is_joined_and_labelled() -> None:
    page = pushed(*(ROWS[start : start + 5] for start in range(0, len(ROWS), 5)))
    (view,) = (view for view in views(page) if TOKEN.encode() in view.text)
    assert view.labels
    assert view.labels(view.text.index(TOKEN.encode())) == "row 0: <Editor> config.token"
    start, end = view.spans.origin_span(view.text.index(TOKEN.encode()), view.text.index(TOKEN.encode()) + len(TOKEN))
    assert page[start:end].startswith(b"sk")
    assert page[start:end].endswith(TOKEN[-1].encode())


def test_long_chunks_are_read_only_round_the_cut() -> None:
    rows = ROWS.replace("config", "x" * 50_000)
    cut = rows.index(TOKEN) + 9
    (view,) = views(pushed(rows[:cut] + "", rows[cut:] + "y" * 50_000))
    assert TOKEN.encode() in view.text
    assert len(view.text) < 5_000


@given(st.lists(st.text(alphabet='ab"\\\n\u00e9\U0001f600<:{}[],', max_size=12), min_size=2, max_size=6))
def test_every_byte_leads_home(parts: list[str]) -> None:
    page = pushed(*parts)
    for view in views(page):
        for offset in range(len(view.text)):
            start, end = view.spans.origin_span(offset, offset + 1)
            made = view.text[offset : offset + 1]
            assert page[start:end] == made or (end - start > 1 and made in escaped_text(page[start:end]).encode())


LABELS = {
    "a prop of a client component": (ROWS, "row 0: <Editor> config.token"),
    "a prop of an element": (f'0:["$","a",null,{{"href":"{TOKEN}"}}]\n', "row 0: <a> href"),
    "a plain row": (f'a:{{"x":["{TOKEN}"]}}\n', "row a: x[0]"),
    "a row of text": (f'0:{{"x":"$1b"}}\n1b:T{len(TOKEN):x},{TOKEN}2:null\n', "row 1b, used in row 0: x"),
    "a row after a row of text": (f'1:T5,a\nb:c2:{{"x":"{TOKEN}"}}\n', "row 2: x"),
    "a row of text nobody uses": (f"1:T{len(TOKEN):x},{TOKEN}", "row 1"),
    "not in a row": (f"{TOKEN}\n0:null\n", ""),
}


@pytest.mark.parametrize(("rows", "label"), LABELS.values(), ids=LABELS)
def test_rows_are_named_in_files_and_in_pages(rows: str, label: str) -> None:
    assert FlightText(rows.encode()).label(rows.index(TOKEN)) == label
    page = pushed(rows)
    assert Labels(page).at(page.index(TOKEN.encode())) == label


BUILT = {
    "next-app/.next/server/app/static-prop.html": "row 7: <Editor> config.token",
    "next-app/.next/server/app/static-prop.rsc": "row 7: <Editor> config.token",
    "next-app/.next/server/app/static-prop.segments/static-prop/__PAGE__.segment.rsc": "row a: <Editor> config.token",
    "next-export/out/index.html": "row 0: <Editor> config.token",
    "next-export/out/index.txt": "row 0: <Editor> config.token",
    "next14-export/out/index.html": "row 0: <Editor> config.token",
    "next14-export/out/long.txt": "row 5: <Editor> config.token",
}


@pytest.mark.parametrize("path", BUILT)
def test_what_next_builds_is_labelled(path: str) -> None:
    data = (FIXTURES / path).read_bytes()
    quote = b'token\\":\\"sk' if path.endswith("html") else b'token":"sk'
    assert Labels(data).at(data.index(quote) + len(quote) - 2) == BUILT[path]


def test_the_split_token_of_next_14_is_joined() -> None:
    page = (FIXTURES / "next14-export/out/long.html").read_bytes()
    rows = (FIXTURES / "next14-export/out/long.txt").read_bytes()
    start = rows.index(b'"token":"sk') + 9
    token = rows[start : rows.index(b'"', start)]
    assert token not in page
    (view,) = (view for view in views(page) if token in view.text)
    assert view.labels
    assert view.labels(view.text.index(token)) == "row 6: <Editor> config.token"


@pytest.mark.parametrize(
    "text", [b"", b"<html>", b'{"a":1}', b"Hello: world", b"12:30 lunch", b"a:b", b"User-agent: *"]
)
def test_other_files_are_not_taken_for_rows(text: bytes) -> None:
    assert not is_flight(text)


def test_nothing_makes_it_fail() -> None:
    rng = random.Random(5)
    valid = pushed(*(ROWS[start : start + 9] for start in range(0, len(ROWS), 9)))
    for _ in range(500):
        page = bytearray(valid)
        for _ in range(rng.randint(1, 6)):
            place = rng.randrange(len(page))
            page[place : place + rng.choice((0, 0, 1, 40))] = rng.choice(
                (b"", b"\\", b'"', b"])", PUSH, b"\xff", b":T9")
            )
        data = bytes(page)
        for found in decode("flight", data, places(data)):
            assert isinstance(found, View | str)
            if isinstance(found, View) and found.labels and found.text:
                found.labels(len(found.text) // 2)


@pytest.mark.parametrize("unit", [PUSH, PUSH + b'x"])', PUSH + b'\\\\\\"])</script>'])
def test_hostile_chunks_cost_no_more_than_their_length(unit: bytes) -> None:
    def run(size: int) -> None:
        data = unit * (size // len(unit))
        (decode("flight", data, [place * len(unit) for place in range(size // len(unit))]))

    assert_linear(run, 60_000)


def test_the_ends_of_chunks_are_the_last_before_the_next() -> None:
    page = pushed('a"])b', "c")
    assert [page[start:end] for start, end in chunks(page, places(page))] == [b'a\\"])b', b"c"]
