"""The reader of HAR files: every element that is whole, wherever the text is cut, in memory for one of them."""

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontleak.files.recordings import json_stream
from frontleak.files.recordings.json_stream import JsonStream, JsonStreamError

PATH = (b"log", b"entries")
MOST = 1 << 20
texts = st.text(alphabet='ab"\\{}[],:\n é😀', max_size=12)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
records = st.lists(st.dictionaries(texts, values, max_size=3), max_size=5)


class Slow(io.BytesIO):
    """A stream that gives a few bytes at a time, whatever is asked for."""

    def __init__(self, data: bytes, step: int) -> None:
        super().__init__(data)
        self._step = step
        self.largest = 0

    def read(self, size: int | None = -1) -> bytes:
        self.largest = max(self.largest, size or 0)
        return super().read(self._step)


def read(data: bytes, step: int = 1 << 20, most: int = MOST) -> tuple[list[Any], str]:
    """Return the elements, decoded, and the error that ended them; empty for none."""
    found: list[Any] = []
    try:
        for element in JsonStream(Slow(data, step), most).elements(PATH):
            assert data[element.start : element.start + len(element.data)] == element.data
            found.append(json.loads(element.data.decode("utf-8", "surrogatepass")))
    except JsonStreamError as error:
        return found, str(error)
    return found, ""


def har(entries: list[Any], before: Any = None) -> bytes:
    log = {"pages": before, "entries": entries, "comment": "x"}
    text = json.dumps({"entries": [1], "log": log, "z": 1}, indent=1)
    return text.encode()


@given(records, values, st.integers(1, 40))
def test_all_elements_are_found_however_the_text_arrives(entries: list[Any], before: Any, step: int) -> None:
    assert read(har(entries, before), step) == (entries, "")


@given(records.filter(bool), st.data())
def test_a_cut_leaves_what_is_whole(entries: list[Any], data: st.DataObject) -> None:
    text = har(entries)
    cut = data.draw(st.integers(0, len(text) - 2))
    found, error = read(text[:cut])
    assert found == entries[: len(found)]
    ends = [element.start + len(element.data) for element in JsonStream(io.BytesIO(text), MOST).elements(PATH)]
    assert len(found) == sum(end <= cut for end in ends)
    assert error


@pytest.mark.parametrize("text", [b"", b"[]", b"{", b'{"log"', b'{"log":{"entries":[{},]}}', b'{"log":{"entries":[{}}'])
def test_what_is_no_recording_is_an_error(text: bytes) -> None:
    assert read(text)[1]


def test_without_the_list_nothing_is_found() -> None:
    for text in (b'{"log":{}}', b'{"log":[]}', b'{"log":{"entries":{}}}', b'{"entries":[{}]}'):
        assert read(text) == ([], "")


def test_a_mark_at_the_beginning_is_no_text() -> None:
    assert read(b"\xef\xbb\xbf" + har([{"a": 1}])) == ([{"a": 1}], "")


def test_an_element_that_is_too_large_ends_the_reading() -> None:
    found, error = read(har([{"a": 1}, {"a": "x" * 5000}]), 100, most=1000)
    assert found == [{"a": 1}]
    assert error == "has a record of more than 1,000 bytes"


def test_memory_does_not_grow_with_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "_CHUNK", 4096)
    data = har([{"text": "x" * 3000}] * 2000)
    stream = Slow(data, 4096)
    reader = JsonStream(stream, MOST)
    most = 0
    for _ in reader.elements(PATH):
        most = max(most, len(reader._buffer))
    assert most < 16_000 < len(data)
    assert stream.largest < 16_000
