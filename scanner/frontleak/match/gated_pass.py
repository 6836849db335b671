"""The Hyperscan pass over a set of prefilters: most at once, and those of named values where the value gate hits."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from operator import attrgetter
from typing import Final

from frontleak.core.records import replace
from frontleak.match.hyperscan_pass import HyperscanPass
from frontleak.match.interface import Hits, Pass, hits_in
from frontleak.rules.pattern_rule import Prefilter
from frontleak.rules.value_gate import GATE

_FEWEST: Final = 64
"""Gated prefilters from which on the gate costs less than to look for them everywhere."""
VALUE_GATE: Final = Prefilter(expression=GATE, least=0, most=0, literal="")
"""The gate; an event tells where one of its matches ends."""


def hyperscan_pass(prefilters: Sequence[Prefilter]) -> Pass:
    """Return the pass over some prefilters.

    Raises:
        hyperscan.error: Hyperscan does not run on this machine or rejects an expression.
    """
    gated = _gated(prefilters)
    return GatedPass(prefilters, gated) if gated else HyperscanPass(prefilters)


def databases_of(prefilters: Sequence[Prefilter]) -> list[list[Prefilter]]:
    """Return what each database for some prefilters looks for."""
    gated = _gated(prefilters)
    if not gated:
        return [list(prefilters)]
    return [_outer(prefilters, _others(prefilters, gated)), [prefilters[place] for place in gated]]


def _gated(prefilters: Sequence[Prefilter]) -> list[int]:
    """Return the places of the gated prefilters; empty if they are few."""
    places = [place for place, each in enumerate(prefilters) if each.reach]
    return places if len(places) >= _FEWEST else []


def _others(prefilters: Sequence[Prefilter], gated: Iterable[int]) -> list[int]:
    return sorted(set(range(len(prefilters))).difference(gated))


def _outer(prefilters: Sequence[Prefilter], everywhere: Iterable[int]) -> list[Prefilter]:
    return [*(prefilters[place] for place in everywhere), VALUE_GATE]


class GatedPass:
    """Looks for some prefilters everywhere, and for the others before the hits of the value gate."""

    def __init__(self, prefilters: Sequence[Prefilter], gated: Sequence[int]) -> None:
        """Load or compile the databases; that of the gated prefilters is loaded where the gate first hits.

        Args:
            prefilters: all of them.
            gated: places of those behind the gate; at least one.
        """
        self._gated = gated
        self._everywhere = _others(prefilters, gated)
        self._inner_prefilters = [prefilters[place] for place in gated]
        self._reach = max(each.reach for each in self._inner_prefilters)
        self._outer = HyperscanPass(_outer(prefilters, self._everywhere))
        self._inner: HyperscanPass | None = None
        if self._outer.is_new:  # so that no worker has to compile it
            self._names()

    def hits(self, text: bytes | memoryview) -> list[Hits]:
        """See `Pass`."""
        found = self._outer.hits(text)
        if not found:
            return found
        places = self._everywhere
        if found[-1].prefilter < len(places):
            return [replace(hits, prefilter=places[hits.prefilter]) for hits in found]
        gate = found.pop()
        outer = [replace(hits, prefilter=places[hits.prefilter]) for hits in found]
        return sorted(chain(outer, self._behind(gate, memoryview(text))), key=attrgetter("prefilter"))

    def _behind(self, gate: Hits, text: memoryview) -> Iterator[Hits]:
        """Yield the hits of the gated prefilters in the windows before the hits of the gate."""
        for hits in hits_in(self._names(), text, _windows(gate, self._reach, len(text))):
            yield replace(hits, prefilter=self._gated[hits.prefilter])

    def _names(self) -> HyperscanPass:
        if self._inner is None:
            self._inner = HyperscanPass(self._inner_prefilters)
        return self._inner


def _windows(gate: Hits, reach: int, length: int) -> Iterator[tuple[int, int]]:
    """Yield the ranges before the ends of the gate's matches, joined where they overlap, in ascending order."""
    first = last = 0
    for end in gate.offsets:
        begin = max(0, end - reach)
        if begin > last:
            if last:
                yield first, last
            first = begin
        last = end
    yield first, length if gate.is_cut else last
