"""Groups findings by secret: one finding lists every place where the same value was found."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from frontleak.core.finding import Finding, Place
from frontleak.core.fingerprint import fingerprint
from frontleak.core.origins import MemberOrigin
from frontleak.core.vocabulary import Exposure, RuleKind

_WIDEST_FIRST: Final = (Exposure.SERVED, Exposure.SOURCE, Exposure.SERVER, Exposure.PUBLIC)
ONLY_IN_MAP: Final = "only in the source map, which is also served"
"""Label of a finding whose only served places are in source maps."""


def group(findings: Iterable[Finding]) -> list[Finding]:
    """Return one finding per secret, most severe first, each with all its places, the easiest to fix first.

    If several rules match a secret, the most severe and then most confident one represents it. A compressed copy that
    differs from the file next to it is a separate finding: fixing the file does not fix the copy. Findings about a file
    are grouped per file and rule, regardless of the secrets in it.
    """
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in findings:
        stale = finding.place.origin.path if finding.place.stale_twin else ""
        rule = "" if finding.kind is RuleKind.PATTERN else finding.rule_id
        groups.setdefault((finding.secret.digest, stale, rule), []).append(finding)
    merged = [_merged(group) for group in groups.values()]
    return sorted(merged, key=report_order)


def _merged(group: Sequence[Finding]) -> Finding:
    leader = min(group, key=lambda finding: (finding.severity.rank, finding.confidence.rank, finding.rule_id))
    every = sorted((place for finding in group for place in _places(finding)), key=_place_order)
    first = next(finding for finding in group if every[0].origin == finding.place.origin)
    representative = min(
        (finding for finding in group if finding.rule_id == leader.rule_id),
        key=lambda finding: (finding is not first, _place_order(finding.place)),
    )
    facts: dict[str, tuple[str, ...]] = {}
    for finding in sorted(
        (representative, *group), key=lambda finding: not finding.place.via
    ):  # facts from a decoded structure come first
        for name, values in finding.context.items():
            facts[name] = tuple(dict.fromkeys((*facts.get(name, ()), *values)))
    place = every[0]
    if _only_in_maps(every) and ONLY_IN_MAP not in place.label:
        place = replace(place, label="; ".join(part for part in (place.label, ONLY_IN_MAP) if part))
    original = place.original.path if place.original else ""
    return replace(
        representative,
        place=place,
        also_at=tuple(every[1:]),
        context=facts,
        exposure=min((place.exposure for place in every), key=_WIDEST_FIRST.index),
        fingerprint=fingerprint(representative.rule_id, representative.secret, place.origin, original),
    )


def _places(finding: Finding) -> tuple[Place, ...]:
    return (finding.place, *finding.also_at)


def _only_in_maps(places: Sequence[Place]) -> bool:
    return all(_in_map(place) for place in places if place.exposure is not Exposure.SERVER) and any(
        place.exposure is Exposure.SERVED for place in places
    )


def _in_map(place: Place) -> bool:
    return place.origin.path.endswith(".map") or place.via[:1] == ("source-map",)


def _place_order(place: Place) -> tuple[int, str, int, int]:
    return _fixability(place), place.origin.path, place.offset, len(place.via)


def _fixability(place: Place) -> int:
    """Rank a place by how easily the secret is fixed there: 0 is source code, larger is further from it."""
    conditions = (
        place.exposure is Exposure.SOURCE,
        place.exposure is Exposure.SERVER,
        isinstance(place.origin, MemberOrigin),
        _in_map(place),
        place.original is not None and place.original.exists,
        place.original is not None,
    )
    for condition, rank in zip(conditions, (0, 6, 5, 4, 1, 2), strict=True):
        if condition:
            return rank
    return 3


def report_order(finding: Finding) -> tuple[int, int, str, int, str]:
    """Return the sort key of a report: most severe first, then most confident, then by place."""
    place = finding.place
    return finding.severity.rank, finding.confidence.rank, place.origin.path, place.offset, finding.rule_id
