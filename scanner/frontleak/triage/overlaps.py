"""Resolves overlapping matches of several rules: the most informative match stays."""

from collections.abc import Sequence

from frontleak.match.engine import Match


def resolve_overlaps(matches: Sequence[Match]) -> list[Match]:
    """Return matches whose spans do not overlap, in order of offset.

    Of two overlapping matches, that of a rule for a shape wins over one for any value with the name of a secret. Of
    others, the more severe one stays, then the more confident one, the one that requires context,
    the longer one, the earlier one, and the first by rule id.
    """
    if len(matches) < 2:
        return list(matches)
    kept: list[Match] = []
    group: list[Match] = []
    group_end = -1
    for match in matches:  # in order of start: a group is a run of overlapping spans
        if match.start >= group_end:
            kept += _without_overlaps(group)
            group, group_end = [], -1
        group.append(match)
        group_end = max(group_end, match.end)
    kept += _without_overlaps(group)
    return kept


def _without_overlaps(group: list[Match]) -> list[Match]:
    if len(group) < 2:
        return group
    kept: list[Match] = []
    for match in sorted(group, key=_strength):
        if all(match.end <= other.start or other.end <= match.start for other in kept):
            kept.append(match)
    return sorted(kept, key=lambda match: match.start)


def _strength(match: Match) -> tuple[bool, int, int, bool, int, int, str]:
    rule = match.rule
    return (
        bool(rule.require.assigned),
        rule.severity.rank,
        rule.confidence.rank,
        rule.near is None,
        match.start - match.end,
        match.start,
        rule.id,
    )
