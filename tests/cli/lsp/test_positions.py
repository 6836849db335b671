"""Positions and edits of texts, against the plainest reading of the protocol."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontleak.cli.lsp.documents import Document, path_of
from frontleak.cli.lsp.positions import Positions, utf8

TEXTS = st.lists(
    st.sampled_from(["a", "é", "€", "😀", "\n", "\r", "\r\n", "\u2028", "\x0c", "\x85", "\t", "\ufeff"]), max_size=30
).map("".join)
ENCODINGS = st.sampled_from(["utf-8", "utf-16", "utf-32"])


def units(text: str, encoding: str) -> int:
    return (
        len(text.encode(f"{encoding}-le" if encoding != "utf-8" else encoding))
        // {"utf-8": 1, "utf-16": 2, "utf-32": 4}[encoding]
    )


def plain_spot(text: str, index: int, encoding: str) -> tuple[int, int]:
    """Return the position of an index, character by character."""
    line, start, at = 0, 0, 0
    while at < index:
        if text.startswith("\r\n", at):
            at += 2
            if at > index:
                break
            line, start = line + 1, at
        elif text[at] in "\r\n":
            at += 1
            line, start = line + 1, at
        else:
            at += 1
    return line, units(text[start:index], encoding)


@given(TEXTS, ENCODINGS, st.data())
def test_an_index_has_one_position(text: str, encoding: str, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(text)))
    positions = Positions(text, encoding)
    spot = positions.spot(index)
    assert spot == plain_spot(text, index, encoding)
    if text[index - 1 : index + 1] != "\r\n":
        assert positions.index(*spot) == index


@given(TEXTS, ENCODINGS)
def test_bytes_are_those_of_the_scanned_text(text: str, encoding: str) -> None:
    positions = Positions(text, encoding)
    before = int(text.startswith("\ufeff"))
    for index in (*range(before, len(text) + 1), *range(len(text), before - 1, -1)):
        offset = len(utf8(text[:index]))
        assert positions.byte_of_index(index) == offset
        assert positions.index_of_byte(offset) == index


@given(TEXTS, ENCODINGS, st.integers(0, 40), st.integers(0, 40))
def test_a_position_outside_of_the_text_is_an_end(text: str, encoding: str, line: int, column: int) -> None:
    positions = Positions(text, encoding)
    index = positions.index(line, column)
    assert 0 <= index <= len(text)
    spot = positions.spot(index)
    assert spot.line <= line
    assert spot.line < line or spot.column <= column


@pytest.mark.parametrize(("encoding", "columns"), [("utf-16", [1]), ("utf-8", [1, 2, 3])])
def test_a_column_within_a_character_is_its_beginning(encoding: str, columns: list[int]) -> None:
    positions = Positions("😀a", encoding)
    assert [positions.index(0, column) for column in columns] == [0] * len(columns)


@given(TEXTS, ENCODINGS, st.data())
def test_an_edit_replaces_what_is_between_two_positions(text: str, encoding: str, data: st.DataObject) -> None:
    ends = st.integers(0, len(text)).filter(lambda index: text[index - 1 : index + 1] != "\r\n")
    first, last = sorted((data.draw(ends), data.draw(ends)))
    new = data.draw(TEXTS)
    document = Document(uri="file:///a", path="/a", text=text, version=1, encoding=encoding)
    spots = document.positions.spot(first), document.positions.spot(last)
    document.replace(new, *(spots if data.draw(st.booleans()) else spots[::-1]))
    assert document.text == text[:first] + new + text[last:]


@pytest.mark.skipif(os.name == "nt", reason="paths of other systems")
@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///a/b.ts", "/a/b.ts"),
        ("file:///a/../b%20%23%C3%A9.ts", "/b #é.ts"),
        ("file://localhost/a.ts", "/a.ts"),
        ("file:///a/%FF.ts", "/a/\udcff.ts"),
        ("file:///a;b?c#d", "/a;b"),
        ("untitled:Untitled-1", "Untitled-1.ts"),
        ("untitled:/a/b.js", "b.js"),
        ("untitled:", "untitled.ts"),
        ("file://host/a.ts", ""),
        ("file:///a%00.ts", ""),
        ("git:/a.ts", ""),
        ("vscode-notebook-cell:/a.ipynb#1", ""),
        ("http://[/", ""),
        ("", ""),
    ],
)
def test_the_path_of_a_uri(uri: str, path: str) -> None:
    assert path_of(uri, "typescript") == path
