"""One secret, one finding: the places where the same value was found are brought together."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from scanner.model import Exposure, Finding, Place

_FIXABLE_FIRST: Final = (Exposure.SOURCE, Exposure.SERVED, Exposure.SERVER, Exposure.PUBLIC)
_WIDEST_FIRST: Final = (Exposure.SERVED, Exposure.SOURCE, Exposure.SERVER, Exposure.PUBLIC)


def merge(findings: Iterable[Finding]) -> list[Finding]:
    """Return one finding a secret, worst first, each with all its places, the most fixable first.

    The finding of the more severe and surer rule speaks for a secret that several rules saw.
    """
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.secret.digest, []).append(finding)
    merged = [_merged(group) for group in groups.values()]
    return sorted(merged, key=_report_order)


def _merged(group: Sequence[Finding]) -> Finding:
    if len(group) == 1:
        return group[0]
    leader = min(group, key=lambda finding: (finding.severity.rank, finding.confidence.rank, finding.rule_id))
    same_rule = [finding for finding in group if finding.rule_id == leader.rule_id]
    first = min(same_rule, key=lambda finding: _place_order(finding.place))
    others = sorted(
        {place for finding in group for place in (finding.place, *finding.also_at)} - {first.place}, key=_place_order
    )
    facts: dict[str, tuple[str, ...]] = {}
    for finding in (first, *group):
        for name, values in finding.context.items():
            facts[name] = tuple(dict.fromkeys((*facts.get(name, ()), *values)))
    return replace(
        first,
        also_at=tuple(others),
        context=facts,
        exposure=min((finding.exposure for finding in group), key=_WIDEST_FIRST.index),
        suppression=first.suppression,
    )


def _place_order(place: Place) -> tuple[int, str, int]:
    return _FIXABLE_FIRST.index(place.exposure), place.origin.path, place.offset


def _report_order(finding: Finding) -> tuple[int, int, str, int, str]:
    place = finding.place
    return finding.severity.rank, finding.confidence.rank, place.origin.path, place.offset, finding.rule_id
