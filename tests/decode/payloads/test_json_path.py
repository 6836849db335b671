"""The path of a byte in JSON and JavaScript literals: right for the output of `json`, bounded for anything else."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontleak.decode.payloads.json_path import MOST_DEPTH, MOST_LABEL, PathCursor, opening, path_at, shown
from frontleak.decode.unescaped import Rewritten, escape_start, escaped_text, unescaped_segments
from tests.support.growth import assert_linear

SILENT = {
    "outside of it, after its end": b'{"a":1} HERE',
    "before it opens": b'HERE{"a":1}',
    "a body of statements": b"{a:1;b:'HERE'}",
    "brackets that do not match": b'{"a":[1},"b":"HERE"',
    "a call that is closed": b"('a')+'HERE'",
    "no bracket at all": b'"HERE"',
    "structures too deep": b"[" * (MOST_DEPTH + 1) + b'"HERE"',
}
PATHS = {
    "a member": (b'{"a":1,"b":"HERE"}', "b"),
    "a member of a member": (b'{"props":{"x":[1,{"token":"HERE"}]}}', "props.x[1].token"),
    "an element": (b'[[],{},"HERE"]', "[2]"),
    "keys without quotes": (b"{props:{$t:'HERE'}}", "props.$t"),
    "single quotes": (b"{'a':{'b c':'HERE'}}", 'a["b c"]'),
    "spaces and line ends": (b'{\n "a" : {\n  "b" :\t"HERE"', "a.b"),
    "commas and brackets in strings": (b'{"a":"},{[\\"],","b":"HERE"}', "b"),
    "template literals": (b"{a:`x\"'{`,b:`HERE`}", "b"),
    "comments": (b'{/* "a": { */ // {\n b:"HERE"}', "b"),
    "a key with an escape": (b'{"\\u0061\\n":"HERE"}', '["a?"]'),
    "a colon that is no key's": (b'{"a":x?"b":"HERE"}', "a"),
    "a number and a name": (b'{1:{true:"HERE"}}', '["1"].true'),
    "inside a call": (b'{a:new Map([["k","HERE"]])}', "a[0][1]"),
    "the key itself": (b'{"a":{"HERE":1}}', "a"),
    "statements in a sibling": (b"{f(){a;b},t:'HERE'}", "t"),
    "a text that does not end": (b'{"a":"HERE', "a"),
}


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_a_byte_that_is_in_no_literal_has_no_path(text: bytes) -> None:
    assert not path_at(text, text.index(b"HERE"), 0 if text.startswith(b"HERE") else opening(text, 0, len(text)))


@pytest.mark.parametrize(("text", "path"), PATHS.values(), ids=PATHS)
def test_the_path_of_a_byte(text: bytes, path: str) -> None:
    assert path_at(text, text.index(b"HERE"), 0) == path


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, dict):
        for key, member in value.items():
            yield from leaves(member, (*path, key))
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from leaves(member, (*path, index))
    else:
        yield path


def marked(value: Any, numbers: Iterator[int]) -> Any:
    if isinstance(value, dict):
        return {key: marked(member, numbers) for key, member in value.items()}
    if isinstance(value, list):
        return [marked(member, numbers) for member in value]
    return f"<{next(numbers)}>"


TREES = st.recursive(
    st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)


@given(TREES, st.booleans(), st.sampled_from([None, 1]))
def test_every_leaf_that_json_writes_has_its_path(tree: Any, ascii_only: bool, indent: int | None) -> None:
    if not isinstance(tree, dict | list):
        return
    value = marked(tree, iter(range(1000)))
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode("utf-8", "surrogatepass")
    cursor = PathCursor(text, 0, len(text))
    for number, path in enumerate(leaves(value)):
        place = text.find(b"<%d>" % number)
        steps = cursor.steps(place)
        assert steps
        if b'"<%d>":' % number not in text and all("<" not in str(name) for name in path):
            assert [step.name for step in steps] == [
                name.encode("utf-8", "replace").decode() if isinstance(name, str) else name for name in path
            ]


@given(st.binary(max_size=60), st.integers(0, 60), st.integers(0, 60))
def test_any_bytes_give_the_same_answer_in_any_order(text: bytes, first: int, second: int) -> None:
    cursor = PathCursor(text, 0, len(text))
    answers = [cursor.steps(first), cursor.steps(second), cursor.steps(first)]
    assert answers[0] == answers[2]
    assert answers[1] == PathCursor(text, 0, len(text)).steps(second)


@pytest.mark.parametrize("unit", [b"{", b"[", b'"', b'"\\', b"/*", b"//", b"`", b"a:", b"{a:", b",", b"'\\'", b"/"])
def test_a_hostile_text_costs_no_more_than_its_length(unit: bytes) -> None:
    def run(size: int) -> None:
        text = b"{" + unit * (size // len(unit))
        PathCursor(text, 0, len(text)).steps(len(text) - 1)

    assert_linear(run, 100_000)


def test_a_path_shows_no_secret_and_nothing_that_does_not_print() -> None:
    key = "sk" + "aB3" * 40
    assert "aB3" not in shown(("props", key, "token"))
    assert shown(("NEXT_PUBLIC_SANITY_API_READ_TOKEN_2",)) == "NEXT_PUBLIC_SANITY_API_READ_TOKEN_2"
    assert shown(("a\x1b[31m\u202e",)) == '["a?[31m?"]'
    assert len(shown(["abcdef"] * 100)) == MOST_LABEL


@given(st.text(), st.booleans())
def test_a_string_that_json_wrote_reads_as_it_was(text: str, ascii_only: bool) -> None:
    body = json.dumps(text, ensure_ascii=ascii_only)[1:-1].encode("utf-8", "replace")
    assert escaped_text(body) == text.encode("utf-8", "replace").decode()


def assert_leads_home(read: Rewritten, data: bytes) -> None:
    """Every byte of the text maps to its original byte, or to its escape."""
    spans = read.spans
    for offset in range(len(read.text)):
        start, end = spans.origin_span(offset, offset + 1)
        made = read.text[offset : offset + 1]
        assert data[start:end] == made or (end - start > 1 and made in unescaped_segments(data, ((start, end),)).text)
        assert read.offset_of(start) is not None


PARTS = st.sampled_from(
    [b"a", b"\\n", b'\\"', b"\\\\", b"\\u0073", b"\\ud83d\\ude00", b"\xc3\xa9", b"\\x6b", b"\\", b"u"]
)


@given(st.lists(PARTS, max_size=20).map(b"".join), st.integers(0, 40), st.integers(0, 40), st.integers(0, 40))
def test_every_byte_of_joined_strings_leads_home(data: bytes, a: int, b: int, c: int) -> None:
    first, second, third = sorted((min(a, len(data)), min(b, len(data)), min(c, len(data))))
    assert_leads_home(unescaped_segments(data, ((0, first), (second, third))), data)


@given(
    st.lists(PARTS.filter(lambda part: part not in {b"\\", b"\\ud83d\\ude00"}), max_size=20).map(b"".join),
    st.integers(0, 90),
)
def test_a_string_cut_before_its_escapes_reads_the_same(data: bytes, offset: int) -> None:
    cut = escape_start(data, min(offset, len(data)))
    whole = unescaped_segments(data, ((0, len(data)),)).text
    assert unescaped_segments(data, ((0, cut), (cut, len(data)))).text == whole
