"""Byte offset to line and column, as editors count them."""

import pytest

from frontleak.core.line_index import LineIndex, utf16_length

PLACES = {
    "the beginning of nothing": (b"", 0, (1, 1)),
    "the beginning of a text": (b"abc", 0, (1, 1)),
    "the end of a text": (b"abc", 3, (1, 4)),
    "a line break itself": (b"ab\ncd", 2, (1, 3)),
    "just after a line break": (b"ab\ncd", 3, (2, 1)),
    "after an empty line": (b"a\n\nb", 3, (3, 1)),
    "after the last line break": (b"a\n", 2, (2, 1)),
    "a carriage return counts as a column": (b"a\r\nb", 2, (1, 3)),
    "a line after a carriage return": (b"a\r\nb", 3, (2, 1)),
    "after a letter of two bytes": ("é=".encode(), 2, (1, 2)),
    "after a letter of three bytes": ("漢=".encode(), 3, (1, 2)),
    "after an emoji": ("😀=".encode(), 4, (1, 3)),
    "after an emoji on the line before": ("😀\n=".encode(), 5, (2, 1)),
    "after bytes that are no text": (b"\xff\xfe=", 2, (1, 3)),
    "after a letter that is cut off": ("é".encode()[:1] + b"=", 1, (1, 2)),
    "after an encoded surrogate": (b"\xed\xa0\x80=", 3, (1, 4)),
    "after an overlong encoding": (b"\xc0\xaf=", 2, (1, 3)),
    "after a null byte": (b"\0=", 1, (1, 2)),
}


@pytest.mark.parametrize(("text", "offset", "position"), PLACES.values(), ids=PLACES)
def test_the_place_of(text: bytes, offset: int, position: tuple[int, int]) -> None:
    assert LineIndex(text).position(offset) == position


def test_places_may_be_asked_in_any_order() -> None:
    text = "a\nbé😀c\n\nd".encode()
    offsets = [0, 2, 3, 5, 9, 10, 11, 12]
    lines = LineIndex(text)
    forwards = [lines.position(offset) for offset in offsets]
    backwards = [lines.position(offset) for offset in reversed(offsets)]
    assert forwards == backwards[::-1] == [LineIndex(text).position(offset) for offset in offsets]


@pytest.mark.parametrize(("text", "length"), [("", 0), ("abc", 3), ("é", 1), ("漢", 1), ("😀", 2), ("a😀é", 4)])
def test_the_length_in_utf16_is_that_of_the_encoder(text: str, length: int) -> None:
    assert utf16_length(text) == length == len(text.encode("utf-16-le")) // 2


@pytest.mark.parametrize("ahead", range(4), ids=lambda ahead: f"{ahead} bytes ahead")
@pytest.mark.parametrize(
    ("letter", "width"),
    [(b"a", 1), ("é".encode(), 1), ("漢".encode(), 1), ("😀".encode(), 2), (b"\xff", 1), (b"\xf0\x9f\x98", 3)],
    ids=["ASCII", "two bytes", "three bytes", "four bytes", "no text", "a letter cut off"],
)
def test_a_line_of_many_pieces_is_counted_as_a_whole(letter: bytes, width: int, ahead: int) -> None:
    count = 100_000
    text = b"\n" + b"x" * ahead + letter * count + b"="
    assert LineIndex(text).position(len(text) - 1) == (2, ahead + count * width + 1)
