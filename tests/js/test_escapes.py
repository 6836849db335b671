"""Escapes in string literals: their values, and that a span never splits one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontleak.js.escapes import unescape, whole_escapes

READ = {
    "": "",
    "a": "a",
    r"\x73\x6B": "sk",
    r"\u0073\u006b": "sk",
    r"\u{73}\u{6B}\u{00006b}": "skk",
    r"\163\153": "sk",
    r"\n\r\t\b\f\v\0": "\n\r\t\b\f\v\0",
    r"\\\"\'\`\/": "\\\"'`/",
    r"\a\k\-": "ak-",
    "a\\\nb": "ab",
    "a\\\r\nb": "ab",
    r"\ud83d\ude00": "😀",
    r"\u{1f600}": "😀",
    r"\ud83d": "?",
    r"\ude00\ud83d": "??",
    r"\u{110000}": "?",
    r"\xzz\u12\u{}": "xzzu12u{}",
    r"\8\9": "89",
    r"\377": "ÿ",
    r"\4007": " 07",
    "é\\é": "éé",
    "\\": "\\",
}


@pytest.mark.parametrize("written", READ)
def test_escapes_are_read(written: str) -> None:
    assert unescape(written.encode()) == READ[written]


def test_bytes_that_are_no_text_stay_apart() -> None:
    assert unescape(b"a\xffb\\x63") == "a\udcffbc"


WHOLE = {
    "nothing to cut": ("abcdef", 2, 4, "cd"),
    "the beginning of an escape outside": (r"ab\x73cd", 3, 8, r"\x73cd"),
    "the end of an escape outside": (r"ab\x73cd", 0, 5, "ab"),
    "an escape that ends there": (r"ab\x73cd", 0, 6, r"ab\x73"),
    "a backslash at the end": (r"ab\x73cd", 0, 3, "ab"),
    "an escaped backslash at the end": (r"ab\\cd", 0, 4, r"ab\\"),
    "half of two backslashes": (r"ab\\cd", 0, 3, "ab"),
    "an escape after an escaped backslash": (r"ab\\\x73", 0, 7, r"ab\\"),
    "a long code point": (r"a\u{00001f600}b", 0, 10, "a"),
}


@pytest.mark.parametrize(("text", "start", "end", "whole"), WHOLE.values(), ids=WHOLE)
def test_stretches_hold_whole_escapes(text: str, start: int, end: int, whole: str) -> None:
    data = text.encode()
    assert data[slice(*whole_escapes(data, start, end))].decode() == whole


@given(
    st.lists(st.sampled_from(["a", r"\x73", r"\u0073", r"\u{73}", r"\163", r"\\", r"\n", '"', r"\""]), max_size=12),
    st.data(),
)
def test_no_cut_changes_what_is_read(parts: list[str], data: st.DataObject) -> None:
    text = "".join(parts).encode()
    start = len("".join(parts[: data.draw(st.integers(0, len(parts)))]))
    end = data.draw(st.integers(start, len(text)))
    first, last = whole_escapes(text, start, end)
    assert first <= start
    assert last <= end
    assert unescape(text[:first]) + unescape(text[first:last]) + unescape(text[last:]) == unescape(text)


def test_a_run_of_backslashes_is_not_followed_for_ever() -> None:
    text = b"\\" * 100_000
    start, end = whole_escapes(text, 50_000, 50_001)
    assert 49_000 < start <= end <= 50_001
