"""A Hyperscan pass that uses what is prepared for another set: compiling a thousand prefilters takes seconds.

Own rules add a small database to that of the shipped rules; a choice of most rules drops the hits of the others.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING

from frontleak.core.records import replace
from frontleak.match.gated_pass import hyperscan_pass
from frontleak.match.interface import Hits, Pass
from frontleak.rules.pattern_rule import Prefilter

if TYPE_CHECKING:
    from frontleak.rules.ruleset import RuleSet


def prepared_pass(ruleset: "RuleSet", prefilters: Callable[["RuleSet"], Sequence[Prefilter]]) -> Pass:
    """Return the pass over the prefilters of a set.

    Args:
        ruleset: the set. Where more than half of what is prepared for its base would be dropped, that is not used.
        prefilters: returns what the pass over a set looks for.
    """
    wanted = prefilters(ruleset)
    if ruleset.base is None:
        return hyperscan_pass(wanted)
    prepared = prefilters(ruleset.base)
    if 2 * len(set(prepared).intersection(wanted)) < len(set(prepared)):
        return hyperscan_pass(wanted)
    return LayeredPass(wanted, prepared, prepared_pass(ruleset.base, prefilters))


class LayeredPass:
    """Looks for prefilters with the pass over others, and with one of its own for those that are not among these."""

    def __init__(self, wanted: Sequence[Prefilter], prepared: Sequence[Prefilter], base: Pass) -> None:
        """Prepare a pass for what `base`, the pass over `prepared`, does not look for."""
        places: dict[Prefilter, list[int]] = {}
        for place, each in enumerate(wanted):
            places.setdefault(each, []).append(place)
        known = set(prepared)
        added = [each for each in places if each not in known]
        asked: set[Prefilter] = set()  # of equal prefilters in the base, the first stands for all
        of_base: list[list[int]] = []
        for each in prepared:
            of_base.append([] if each in asked else places.get(each, []))
            asked.add(each)
        self._layers: list[tuple[Pass, Sequence[Sequence[int]]]] = [(base, of_base)]
        if added:
            self._layers.append((hyperscan_pass(added), [places[each] for each in added]))

    def hits(self, text: bytes | memoryview) -> list[Hits]:
        """See `Pass`."""
        found = [hits for layer, places in self._layers for hits in _placed(layer.hits(text), places)]
        return sorted(found, key=attrgetter("prefilter"))


def _placed(found: Iterable[Hits], places: Sequence[Sequence[int]]) -> Iterator[Hits]:
    for hits in found:
        for place in places[hits.prefilter]:
            yield replace(hits, prefilter=place)
