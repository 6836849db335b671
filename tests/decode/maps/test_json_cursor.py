"""The JSON cursor agrees with `json.loads`, and reports truncated or broken JSON."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontleak.decode.maps.json_cursor import JsonCursor, JsonError, in_escape, json_string_value

TEXTS = st.text(alphabet=st.sampled_from('"\\/u0aé🔑\n\t[]{},:'), max_size=12)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=12,
)
STYLES = st.tuples(st.booleans(), st.sampled_from([None, 1]))


def dumped(value: Any, style: tuple[bool, int | None]) -> bytes:
    return json.dumps(value, ensure_ascii=style[0], indent=style[1]).encode()


@given(VALUES, STYLES)
def test_a_value_is_what_json_says(value: Any, style: tuple[bool, int | None]) -> None:
    cursor = JsonCursor(b" \n" + dumped(value, style) + b"\t ")
    assert cursor.value() == value
    cursor.end()


@given(st.dictionaries(TEXTS, VALUES, max_size=5), STYLES, st.sets(st.integers(0, 4)))
def test_members_may_be_read_or_passed(tree: dict[str, Any], style: tuple[bool, int | None], read: set[int]) -> None:
    cursor = JsonCursor(dumped(tree, style))
    seen = [
        (json_string_value(key), cursor.value() if number in read else None)
        for number, key in enumerate(cursor.members())
    ]
    assert seen == [(key, value if number in read else None) for number, (key, value) in enumerate(tree.items())]
    cursor.end()


@given(st.lists(TEXTS, max_size=6), STYLES)
def test_strings_are_left_where_they_stand(texts: list[str], style: tuple[bool, int | None]) -> None:
    data = dumped(texts, style)
    cursor = JsonCursor(data)
    strings = [cursor.string() for _ in cursor.elements()]
    assert [json_string_value(data[string.start : string.end]) for string in strings] == texts
    cursor.end()


@given(st.one_of(st.lists(VALUES), st.dictionaries(TEXTS, VALUES)), STYLES, st.floats(0, 1, exclude_max=True))
def test_what_is_cut_off_says_so(value: Any, style: tuple[bool, int | None], part: float) -> None:
    data = dumped(value, style)
    with pytest.raises(JsonError, match="not valid JSON at byte"):
        JsonCursor(data[: int(part * len(data))]).skip()


@given(TEXTS, st.booleans())
def test_an_offset_is_inside_an_escape_or_not(text: str, ascii_only: bool) -> None:
    written = json.dumps(text, ensure_ascii=ascii_only)[1:-1].encode()
    ends = {0, *(token.end() for token in re.finditer(rb"\\u....|\\.|[^\\]", written))}
    assert [in_escape(b'"' + written, 1, at + 1) for at in range(len(written) + 1)] == [
        at not in ends for at in range(len(written) + 1)
    ]


BROKEN: Final[Mapping[str, tuple[bytes, int]]] = {
    "nothing": (b"", 0),
    "a word without quotes": (b"<html>", 0),
    "a key without quotes": (b"{a:1}", 1),
    "a key without a colon": (b'{"a" 1}', 1),
    "a key without a value": (b'{"a":}', 5),
    "no comma": (b'{"a":1 "b":2}', 6),
    "a comma too many": (b'{"a":1,}', 7),
    "a list that is closed like an object": (b'{"a":[1}', 7),
    "an object that is closed like a list": (b'{"a":1]', 6),
    "more after it": (b'{"a":1} {', 8),
    "an escape that is none": (b'{"a":"\\x41"}', 5),
    "half a string": (b'{"a":"b', 5),
    "half a string after escaped quotes": (b'{"a":"b\\\\\\"', 5),
}


@pytest.mark.parametrize(("data", "at"), BROKEN.values(), ids=BROKEN)
def test_broken_json_says_where(data: bytes, at: int) -> None:
    cursor = JsonCursor(data)
    with pytest.raises(JsonError) as error:  # noqa: PT012 - any step of the walk may raise
        for _ in cursor.members():
            if cursor.next == b"[":
                for _ in cursor.elements():
                    cursor.value()
            else:
                cursor.value()
        cursor.end()
    assert str(error.value).endswith(f"not valid JSON at byte {at}")
