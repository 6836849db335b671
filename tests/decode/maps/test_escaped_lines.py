"""An offset in a JSON string has the line and column of its decoded character, for any split into pieces."""

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontleak.decode.maps import escaped_lines
from frontleak.decode.maps.escaped_lines import EscapedLines
from tests.support.maps import place_in


def offsets(text: str, *, ascii_only: bool) -> list[int]:
    """Return the start of each character in the JSON of a text, and the end of the last one."""
    at = [1]
    for char in text:
        at.append(at[-1] + len(json.dumps(char, ensure_ascii=ascii_only)[1:-1].encode()))
    return at


@given(
    st.text(alphabet=st.sampled_from('ab \n\r\t"\\/é漢🔑\x00\x7f'), max_size=120),
    st.booleans(),
    st.sampled_from([1, 8, 1 << 15]),
    st.integers(0, 9),
)
def test_every_character_has_its_place(text: str, ascii_only: bool, piece: int, order: int) -> None:
    data = json.dumps(text, ensure_ascii=ascii_only).encode()
    asked = list(enumerate(offsets(text, ascii_only=ascii_only)))
    random.Random(order).shuffle(asked)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(escaped_lines, "_PIECE", piece)
        patch.setattr(escaped_lines, "_REACH", 24)
        lines = EscapedLines(data)
        assert [lines.place(1, offset) for _, offset in asked] == [place_in(text, at) for at, _ in asked]


@pytest.mark.parametrize("ascii_only", [True, False])
def test_a_long_string_is_read_by_pieces(ascii_only: bool) -> None:
    text = "const key = 'é🔑\\' \n// \"漢\"" * 8000 + "a" * 100_000 + "漢" * 100_000 + "🔑" * 50_000 + "\\" * 1000
    data = json.dumps(text, ensure_ascii=ascii_only).encode()
    at = offsets(text, ascii_only=ascii_only)
    lines = EscapedLines(data)
    for index in (len(text), 0, 1, 70_001, len(text) - 1, *range(20_000, len(text), 9973)):
        assert lines.place(1, at[index]) == place_in(text, index)


def test_an_offset_in_an_escape_has_the_place_of_the_escape() -> None:
    data = b'"ab\\u00e9\\n\\\\c"'
    lines = EscapedLines(data)
    places = [lines.place(1, offset) for offset in range(1, len(data))]
    assert places == [(1, 1), (1, 2), *[(1, 3)] * 6, *[(1, 4)] * 2, *[(2, 1)] * 2, (2, 2), (2, 3)]


def test_after_what_is_no_escape_there_is_no_place() -> None:
    lines = EscapedLines(b'"a\\qb"')
    assert [lines.place(1, offset) for offset in range(1, 6)] == [(1, 1), (1, 2), (1, 2), None, None]
