"""The kit: every run is read once, in a window that neither a claim nor the text exceeds, and tries are counted."""

from collections.abc import Sequence

import pytest

from frontleak.core.budget import ExhaustedError, WorkBudget
from frontleak.decode.interface import DecodeFunction, Request, View, whole
from frontleak.decode.kit import MOST_TRIES, Run, Window, runs
from frontleak.decode.registry import DECODERS
from tests.support.shipped import full_engine


def recording(windows: list[tuple[int, int, int]], mark: bytes = b"<", reach: int = 10) -> DecodeFunction:
    """Return a decoder of runs from `<` to `>`, and record its windows."""

    def read(text: bytes, window: Window) -> Run | None:
        windows.append(window[:3])
        start = text.find(mark, window.start, window.stop)
        if start < 0:
            return None
        end = text.index(b">", start) + 1
        view = View(kind="toy", text=text[start:end], spans=whole(end - start, start, end))
        return Run(end, view if end > start + 2 else None)

    return runs(read, reach=reach)


def read_with(
    decode: DecodeFunction, text: bytes, offsets: Sequence[int], claims: Sequence[tuple[int, int]] = ()
) -> list[bytes]:
    return [
        found.text if isinstance(found, View) else found.encode()
        for found in decode(Request(text, offsets, WorkBudget(), claims))
    ]


def test_without_a_run_nothing_is_made_and_every_offset_is_tried() -> None:
    windows: list[tuple[int, int, int]] = []
    assert read_with(recording(windows), b"." * 30, [0, 3, 25]) == []
    assert windows == [(0, 0, 10), (0, 3, 13), (0, 25, 30)]


def test_a_run_begins_in_the_window_and_may_end_anywhere() -> None:
    text = b"." * 9 + b"<" + b"a" * 50 + b">" + b"." * 9 + b"<b>"
    assert read_with(recording([]), text, [0]) == [b"<" + b"a" * 50 + b">"]
    assert read_with(recording([]), text, [60]) == []
    assert read_with(recording([]), text, [61]) == [b"<b>"]


def test_a_run_is_read_once_whether_or_not_it_gives_a_view() -> None:
    for run, made in ((b"<" + b"a" * 40 + b">", 1), (b"<>" + b"." * 40, 0)):
        windows: list[tuple[int, int, int]] = []
        assert len(read_with(recording(windows), run + b"." * 20, list(range(10)))) == made
        assert len([window for window in windows if window[1] == 0]) == 1
    windows = []
    assert len(read_with(recording(windows), b"<" + b"a" * 40 + b">" + b"." * 20, range(60))) == 1
    assert [window[:2] for window in windows[1:]] == [(42, max(42, offset)) for offset in range(33, 60)]


def test_windows_end_where_a_claim_begins_and_go_on_after_it() -> None:
    windows: list[tuple[int, int, int]] = []
    text = b"....<a>.<b>........"
    assert read_with(recording(windows), text, [0], [(4, 7)]) == [b"<b>"]
    assert windows == [(0, 0, 4), (7, 7, 10)]


def test_windows_in_a_claim_begin_at_its_end() -> None:
    windows: list[tuple[int, int, int]] = []
    text = b"<a>" * 8 + b"." * 20
    assert read_with(recording(windows), text, [5, 12, 15], [(3, 12), (12, 21)]) == [b"<a>"]
    assert windows == [(21, 21, 22), (24, 24, 25)]


def test_tries_are_counted_and_the_last_one_is_said_by_the_cap() -> None:
    windows: list[tuple[int, int, int]] = []
    with pytest.raises(ExhaustedError):
        read_with(recording(windows), b"." * (MOST_TRIES + 9), range(MOST_TRIES + 9))
    assert len(windows) == MOST_TRIES


def test_every_decoder_is_where_the_registry_says() -> None:
    for decoder in DECODERS:
        assert callable(decoder.load()), decoder.name
        assert list(decoder.read(Request(b"", [0], WorkBudget()))) == []


def test_every_decoder_has_a_name_of_its_own_and_triggers() -> None:
    names = [decoder.name for decoder in DECODERS]
    assert len(set(names)) == len(names)
    assert set(names) <= {trigger.name for trigger in full_engine().ruleset.triggers}
