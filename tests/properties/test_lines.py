"""Byte offsets map to the lines and columns of an editor."""

from hypothesis import given
from hypothesis import strategies as st

from frontleak.core.line_index import LineIndex

_TEXTS = st.one_of(st.text(alphabet=st.sampled_from("ab\n\r\u00e9\U0001f642"), max_size=60), st.text(max_size=60))


def naive(text: str, position: int) -> tuple[int, int]:
    """Return the line and the column in UTF-16 code units of a position, by counting."""
    before = text[:position]
    line_start = before.rfind("\n") + 1
    return before.count("\n") + 1, len(before[line_start:].encode("utf-16-le")) // 2 + 1


@given(_TEXTS, st.lists(st.integers(0, 60), max_size=6))
def test_places_agree_with_a_naive_count(text: str, positions: list[int]) -> None:
    """Offsets can be queried in any order."""
    lines = LineIndex(text.encode("utf-8"))
    for position in positions:
        at = min(position, len(text))
        assert lines.position(len(text[:at].encode("utf-8"))) == naive(text, at)


@given(st.binary(max_size=80), st.lists(st.integers(0, 80), max_size=6))
def test_any_bytes_have_a_place(data: bytes, offsets: list[int]) -> None:
    """Invalid UTF-8 counts one column per byte; nothing raises."""
    lines = LineIndex(data)
    for offset in offsets:
        line, column = lines.position(min(offset, len(data)))
        assert line >= 1
        assert column >= 1
