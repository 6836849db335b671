"""`.env` files that git ignores: only public variables are read, where they stand."""

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontleak.files.env_file import is_env_file, public_part


def public(name: str) -> bool:
    """Return whether a name is public in these tests."""
    return name.startswith("VITE_")


def part(text: str) -> str:
    """Return the public part of a text; empty if there is none."""
    return (public_part(text.encode(), public) or b"").decode()


@pytest.mark.parametrize("name", [".env", ".env.local", ".env.production.local"])
def test_the_names_of_such_files(name: str) -> None:
    assert is_env_file(name)


@pytest.mark.parametrize("name", ["env", "a.env", ".envrc", ".environment", ".env.", "x.env.local"])
def test_other_names(name: str) -> None:
    assert not is_env_file(name)


PRIVATE: Final = {
    "a private variable": "TOKEN=a\n",
    "a comment": "# VITE_A=a\n",
    "a name without a value": "VITE_A\n",
    "a word in a value": "TOKEN=VITE_A=b\n",
    "a line of a private value": 'KEY="a\nVITE_B=b\n"\n',
    "a line of a private value in other quotes": "KEY='a\nVITE_B=b'\nC=`\nVITE_D=d`\n",
    "an escaped quote": 'KEY="a\\"\nVITE_B=b\n"\n',
    "nothing": "",
}


@pytest.mark.parametrize("text", PRIVATE.values(), ids=PRIVATE)
def test_what_is_not_public_is_blank(text: str) -> None:
    assert part(text) == ""


PUBLIC: Final = {
    "a value": ("A=1\nVITE_B=2\nC=3\n", "VITE_B=2"),
    "an export": ("export VITE_B=2\n", "export VITE_B=2"),
    "spaces": ("  VITE_B = 2\n", "VITE_B = 2"),
    "a colon": ("VITE_B: 2\n", "VITE_B: 2"),
    "without the comment behind it": ("VITE_B=2 # SECRET\n", "VITE_B=2"),
    "without the comment behind its quotes": ('VITE_B="2#3" # SECRET\n', 'VITE_B="2#3"'),
    "several lines": ('VITE_B="2\n3"\nA=1\n', 'VITE_B="2\n3"'),
    "a quote that nothing closes": ('VITE_B="2\nA=1\n', 'VITE_B="2'),
    "no value": ("VITE_B=\nA=1\n", "VITE_B="),
    "behind a private quote that nothing closes": ("A='1\nVITE_B=2\n", "VITE_B=2"),
    "line ends of Windows": ("A=1\r\nVITE_B=2\r\n", "VITE_B=2"),
}


@pytest.mark.parametrize(("text", "expected"), PUBLIC.values(), ids=PUBLIC)
def test_public_variables_stay(text: str, expected: str) -> None:
    assert part(text).strip() == expected


@given(st.text(alphabet="ABVITE_=:\"'`\\#\n\r \té", max_size=80))
def test_places_stay(text: str) -> None:
    data = text.encode()
    left = public_part(data, public)
    if left is not None:
        assert len(left) == len(data)
        assert all(kept in (before, 0x20) for before, kept in zip(data, left, strict=True))
        assert left.count(b"\n") == data.count(b"\n")
        assert public_part(left, public) == left


def test_many_quotes_that_are_left_open_end() -> None:
    hostile = (b'A="\\\n' + b"B='\\\n" + b"C=`\\\n") * 20_000
    assert public_part(hostile, public) is None
