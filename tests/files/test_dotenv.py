"""The grammar of env files, by the cases of dotenv's own documentation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontleak.files.dotenv import MOST_BYTES, read_env


def values(text: str) -> dict[str, str]:
    return {each.name: each.value for each in read_env(text.encode()).assignments}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {}),
        ("# A=1\n\n  # B=2\n", {}),
        ("A=1", {"A": "1"}),
        ("A = 1 \n", {"A": "1"}),
        ("A: 1", {"A": "1"}),
        ("A:1", {}),
        ("export A=1", {"A": "1"}),
        ("A=a b # note", {"A": "a b"}),
        ("A=a#b", {"A": "a"}),
        ("A='a#b'", {"A": "a#b"}),
        ('A="a\\nb"', {"A": "a\nb"}),
        ("A='a\\nb'", {"A": "a\\nb"}),
        ('A="a\\tb"', {"A": "a\\tb"}),
        ('A="a\nb"\nB=2', {"A": "a\nb", "B": "2"}),
        ("A=`a'b\"c`", {"A": "a'b\"c"}),
        ("A=\r\nB=2\r\n", {"A": "", "B": "2"}),
        ("A=1\nA=2", {"A": "2"}),
        ("A.B-C=1", {"A.B-C": "1"}),
        ('A={"a": "b"}', {"A": '{"a": "b"}'}),
    ],
)
def test_values_are_those_of_dotenv(text: str, expected: dict[str, str]) -> None:
    assert values(text) == expected


def test_each_variable_has_its_line() -> None:
    read = read_env(b'# a\n\nA=1\nB="x\ny"\n\nC=3\n')
    assert [(each.name, each.line) for each in read.assignments] == [("A", 3), ("B", 4), ("C", 7)]
    assert read.mistakes == ()


def test_what_sets_nothing_is_told_with_its_line_and_the_rest_is_read() -> None:
    read = read_env(b"A=1\nnonsense\nB=2\n=x\nC='open\n")
    assert {each.name: each.value for each in read.assignments} == {"A": "1", "B": "2", "C": "'open"}
    assert [each.line for each in read.mistakes] == [2, 4, 5]


def test_a_mistake_shows_no_value() -> None:
    read = read_env(b"A='verysecretvalue\nverysecretvalue\n")
    assert read.mistakes
    assert "verysecret" not in repr(read.mistakes)


def test_binary_files_and_the_rest_of_large_ones_are_not_read() -> None:
    assert read_env(b"A=1\0").assignments == ()
    assert read_env(b"A=1\n" + b"#" * MOST_BYTES).mistakes[0].reason.endswith("the rest is not read")


def test_utf_16_of_powershell_and_a_byte_order_mark_are_read() -> None:
    assert read_env("A=1\r\n".encode("utf-16")).assignments[0].value == "1"
    assert read_env(b"\xef\xbb\xbfA=1").assignments[0].name == "A"


def test_bytes_that_are_no_text_stay_as_they_are() -> None:
    (only,) = read_env(b"A=a\xff\xfeb").assignments
    assert only.value.encode("utf-8", "surrogateescape") == b"a\xff\xfeb"


@given(st.text(alphabet="AB=:#'\"` \n\\$ex", max_size=60))
def test_any_text_is_read(text: str) -> None:
    read = read_env(text.encode())
    lines = text.count("\n") + 1
    numbers = [*(each.line for each in read.assignments), *(each.line for each in read.mistakes)]
    assert all(1 <= number <= lines for number in numbers)
    assert all(text.split("\n")[each.line - 1].find(each.name) >= 0 for each in read.assignments)
