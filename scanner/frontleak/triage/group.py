"""Makes findings: detections of the same secret become one finding with every place."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from frontleak.core.detection import Detection
from frontleak.core.finding import Finding, Place
from frontleak.core.fingerprint import fingerprint, named_identity
from frontleak.core.origins import MemberOrigin
from frontleak.core.records import replace
from frontleak.core.rule import Rule
from frontleak.core.vocabulary import Exposure, RuleKind

_WIDEST_FIRST: Final = (Exposure.SERVED, Exposure.SOURCE, Exposure.SERVER, Exposure.PUBLIC)
ONLY_IN_MAP: Final = "only in the source map, which is also served"
"""Label of a finding whose only served places are in source maps."""


def group(detections: Iterable[Detection], rules: Mapping[str, Rule]) -> list[Finding]:
    """Return one finding per secret, most severe first, each with all its places, the easiest to fix first.

    If several rules match a secret, the most severe and then most confident one represents it. A compressed copy that
    differs from the file next to it is a separate finding: fixing the file does not fix the copy. Findings about a file
    or about code are grouped per rule. The findings hold no secret values.

    Args:
        detections: of all blobs and projects.
        rules: by id, all that made them.
    """
    groups: dict[tuple[str, str, str, bool], list[Detection]] = {}
    for detection in detections:
        stale = detection.place.origin.path if detection.place.stale_twin else ""
        rule = "" if rules[detection.rule_id].kind is RuleKind.PATTERN else detection.rule_id
        groups.setdefault((detection.identity, stale, rule, detection.suppression is None), []).append(detection)
    found = [_finding(group, rules) for group in groups.values()]
    named = {number: name for number, (_, name) in enumerate(found) if name is not None}
    findings = [finding for finding, _ in found]
    if named:
        _set_fingerprints_by_name(findings, named)
    return sorted(findings, key=report_order)


def _set_fingerprints_by_name(findings: list[Finding], named: Mapping[int, str]) -> None:
    """Give findings of values that could be guessed fingerprints by place and name; equal ones are counted in order."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for number in sorted(named, key=lambda number: (findings[number].place.origin.path, findings[number].place.offset)):
        finding, name = findings[number], named[number]
        original = finding.place.original.path if finding.place.original else ""
        key = (finding.rule_id, name, original or finding.place.origin.logical_path)
        counts[key] += 1
        identity = named_identity(name, counts[key])
        own = fingerprint(finding.rule_id, identity, finding.place.origin, original)
        findings[number] = replace(finding, fingerprint=own)


def _finding(group: Sequence[Detection], rules: Mapping[str, Rule]) -> tuple[Finding, str | None]:
    """Return a finding, and the name that stands for its value in the fingerprint; None if the value does."""
    leader = min(group, key=lambda one: (one.severity.rank, one.confidence.rank, one.rule_id))
    every = sorted((detection.place for detection in group), key=_place_order)
    first = next(detection for detection in group if every[0].origin == detection.place.origin)
    representative = min(
        (detection for detection in group if detection.rule_id == leader.rule_id),
        key=lambda detection: (detection is not first, _place_order(detection.place)),
    )
    facts = representative.context if len(group) == 1 else _facts((representative, *group))
    place = every[0]
    if _only_in_maps(every) and ONLY_IN_MAP not in place.label:
        place = replace(place, label="; ".join(part for part in (place.label, ONLY_IN_MAP) if part))
    original = place.original.path if place.original else ""
    secret = representative.secret
    finding = Finding(
        rule=rules[representative.rule_id],
        severity=representative.severity,
        confidence=representative.confidence,
        exposure=min((place.exposure for place in every), key=_WIDEST_FIRST.index),
        place=place,
        also_at=tuple(every[1:]),
        secret=secret.sealed() if secret is not None else None,
        snippet=representative.snippet,
        context=facts,
        fingerprint=""
        if representative.named is not None
        else fingerprint(representative.rule_id, representative.identity, place.origin, original),
        advice=representative.advice,
        suppression=representative.suppression,
        import_path=representative.import_path,
        shipped=representative.shipped,
    )
    return finding, representative.named


def _facts(detections: Iterable[Detection]) -> dict[str, tuple[str, ...]]:
    """Return the facts of some detections; those from a decoded structure come first."""
    facts: dict[str, tuple[str, ...]] = {}
    for detection in sorted(detections, key=lambda detection: not detection.place.via):
        for name, values in detection.context.items():
            facts[name] = tuple(dict.fromkeys((*facts.get(name, ()), *values)))
    return facts


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
