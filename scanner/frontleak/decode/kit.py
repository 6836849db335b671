"""The kit of a decoder that reads runs: it writes how one run is read; this finds the runs, and reads each once."""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from operator import itemgetter
from typing import Final, NamedTuple

from frontleak.core.budget import ExhaustedError, WorkBudget
from frontleak.decode.interface import REACH, DecodeFunction, Request, View

MOST_TRIES: Final = 20_000
"""Windows of one text in which a run is searched for."""


class Window(NamedTuple):
    """Where a run may begin, in bytes of the text."""

    floor: int
    """End of the last run: nothing before it is read again."""
    start: int
    """The run begins here or later ..."""
    stop: int
    """... and before this, unlike its end."""
    budget: WorkBudget
    """Work budget of the file, for runs whose end is expensive to find."""


class Run(NamedTuple):
    """A run that was read."""

    end: int
    """Byte offset just after; it is not read again."""
    found: View | str | None = None
    """Its view, or the message that says why it has none; None if there is nothing to scan or to say."""


ReadRun = Callable[[bytes, Window], Run | None]
"""(text, window) -> the first run that begins in the window; None if none does. It looks no further than the run."""


def runs(read: ReadRun, *, reach: int = REACH, tries: int = MOST_TRIES) -> DecodeFunction:
    """Return a decode function that reads the runs shortly after its offsets, each run once.

    Args:
        read: reads one run.
        reach: bytes after an offset in which a run may begin; more than the longest trigger.
        tries: windows of one text; if there are more, the rest is not decoded and a diagnostic says so.
    """

    def decode(request: Request) -> Iterator[View | str]:
        done = 0
        left = tries
        for offset in request.offsets:
            if offset + reach <= done:
                continue
            for window in _windows(request, offset, done, reach):
                left -= 1
                if left < 0:
                    raise ExhaustedError
                run = read(request.text, window)
                if run is None:
                    continue
                done = max(done, run.end)
                if run.found is not None:
                    yield run.found
                break

    return decode


def _windows(request: Request, offset: int, done: int, reach: int) -> Iterator[Window]:
    """Yield the window of an offset, or its parts before, between and after claims."""
    text, budget, claims = request.text, request.budget, request.claims
    start = max(offset, done)
    limit = min(len(text), offset + reach)
    index = bisect_right(claims, start, key=itemgetter(0)) if claims else 0
    if index:
        start = max(start, claims[index - 1][1])
        done = max(done, claims[index - 1][1])
    while start < limit:
        first, end = claims[index] if index < len(claims) else (limit, limit)
        if start < first:
            yield Window(done, start, min(limit, first), budget)
        index, start, done = index + 1, end, end
