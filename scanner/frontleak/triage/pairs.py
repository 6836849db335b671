"""Joins the id and the secret of one vendor that stand together: one finding has both."""

from bisect import bisect
from collections.abc import Callable, Mapping, Sequence

from frontleak.match.engine import Match


def ids_of_secrets(matches: Sequence[Match], counts: Callable[[Match], bool]) -> Mapping[int, Match]:
    """Return the start of each secret that has an id near it -> the nearest match of the rule of that id.

    Args:
        matches: those of one text, which do not overlap, in order of offset.
        counts: whether a match is no example; an example has no pair.
    """
    if all(not match.rule.pair for match in matches):
        return {}
    wanted = {match.rule.pair for match in matches}
    ids: dict[str, list[Match]] = {rule_id: [] for rule_id in wanted if rule_id}
    for match in matches:
        if match.rule.id in ids and counts(match):
            ids[match.rule.id].append(match)
    starts = {rule_id: [match.start for match in found] for rule_id, found in ids.items()}
    found: dict[int, Match] = {}
    for match in matches:
        rule = match.rule
        if not rule.pair or not counts(match):
            continue
        place = bisect(starts[rule.pair], match.start)
        near = ids[rule.pair][max(0, place - 1) : place + 1]
        if near:
            nearest = min(near, key=lambda each: _gap(match, each))
            if _gap(match, nearest) <= rule.pair_within:
                found[match.start] = nearest
    return found


def _gap(one: Match, other: Match) -> int:
    """Return the bytes between two matches."""
    return max(one.start, other.start) - min(one.end, other.end)
