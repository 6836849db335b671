"""Makes findings: detections of the same secret become one finding with every place."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from frontleak.core.detection import Detection
from frontleak.core.finding import Finding, Place
from frontleak.core.fingerprint import fingerprint_at, named_identity
from frontleak.core.origins import MemberOrigin, relocated
from frontleak.core.records import replace
from frontleak.core.rule import Rule
from frontleak.core.vocabulary import WIDEST_FIRST, Exposure

if TYPE_CHECKING:
    from frontleak.core.paths_from_top import PathsFromTop

ONLY_IN_MAP: Final = "only in the source map, which is also served"
"""Label of a finding whose only served places are in source maps."""


def group(
    detections: Iterable[Detection],
    rules: Mapping[str, Rule],
    tops: "PathsFromTop | None" = None,
    is_ignored: Callable[[str], bool] = lambda _: False,
) -> list[Finding]:
    """Return one finding per secret or cause, most severe first, each with all its places, the easiest to fix first.

    If several rules match a secret, the most severe and then most confident one represents it. A compressed copy that
    differs from the file next to it is a separate finding: fixing the file does not fix the copy. Findings about a file
    or about code are grouped per rule. The findings hold no secret values.

    Args:
        detections: of all blobs and projects.
        rules: by id, all that made them.
        tops: finds the top of each project, from which the paths in fingerprints count; None for paths as displayed.
        is_ignored: whether the configuration ignores a fingerprint; see `join_causes`.
    """
    from_top: Callable[[str], str] = tops or str
    groups: dict[tuple[str, str, str, bool], list[Detection]] = {}
    for detection in detections:
        stale = detection.place.origin.path if detection.place.stale_twin else ""
        rule = "" if rules[detection.rule_id].kind.is_value else detection.rule_id
        if rule and tops is not None:  # in two projects of one scan, two things may have one path and name
            origin = detection.place.origin
            rule = f"{rule}\0{origin.path if origin.url else tops.top_of(origin.path)}"
        groups.setdefault((detection.identity, stale, rule, detection.suppression is None), []).append(detection)
    found = [_finding(group, rules, from_top) for group in groups.values()]
    named = {number: name for number, (_, name) in enumerate(found) if name is not None}
    findings = [finding for finding, _ in found]
    if named:
        _set_fingerprints_by_name(findings, named, from_top)
    if any(each.variable for group in groups.values() for each in group):
        from frontleak.triage.causes import Part, join_causes  # noqa: PLC0415 - few findings are about a variable

        variables = [frozenset(each.variable for each in group if each.variable) for group in groups.values()]
        findings = join_causes(list(map(Part, findings, variables)), is_ignored, from_top)
    return sorted(findings, key=report_order)


def _set_fingerprints_by_name(
    findings: list[Finding], named: Mapping[int, str], from_top: Callable[[str], str]
) -> None:
    """Give findings of values that could be guessed fingerprints by place and name; equal ones are counted in order."""
    counts: Counter[str] = Counter()
    for number in sorted(named, key=lambda number: _place_order(findings[number].place, from_top)[1:]):
        finding, name = findings[number], named[number]
        key = fingerprint_at(finding.rule_id, name, finding.place, from_top)
        counts[key] += 1
        identity = named_identity(name, counts[key])
        own = fingerprint_at(finding.rule_id, identity, finding.place, from_top)
        findings[number] = replace(finding, fingerprint=own)


def _finding(
    group: Sequence[Detection], rules: Mapping[str, Rule], from_top: Callable[[str], str]
) -> tuple[Finding, str | None]:
    """Return a finding, and the name that stands for its value in the fingerprint; None if the value does."""
    if len(group) == 1:
        representative, every = group[0], [group[0].place]
    else:
        representative, every = _representative(group, from_top)
    facts = representative.context if len(group) == 1 else _facts((representative, *group))
    place = every[0]
    if ONLY_IN_MAP not in place.label and _only_in_maps(every):
        place = replace(place, label="; ".join(part for part in (place.label, ONLY_IN_MAP) if part))
    secret = representative.secret
    finding = Finding(
        rule=rules[representative.rule_id],
        severity=representative.severity,
        confidence=representative.confidence,
        exposure=min((place.exposure for place in every), key=WIDEST_FIRST.index),
        place=place,
        also_at=tuple(every[1:]),
        secret=secret.sealed() if secret is not None else None,
        snippet=representative.snippet,
        context=facts,
        fingerprint=""
        if representative.named is not None
        else fingerprint_at(representative.rule_id, representative.identity, place, from_top),
        advice=representative.advice,
        suppression=representative.suppression,
        import_path=representative.import_path,
        shipped=representative.shipped,
    )
    return finding, representative.named


def _representative(group: Sequence[Detection], from_top: Callable[[str], str]) -> tuple[Detection, list[Place]]:
    """Return the detection that stands for its group, and all places, the easiest to fix first."""
    leader = min(group, key=lambda one: (one.severity.rank, one.confidence.rank, one.rule_id))
    every = sorted((detection.place for detection in group), key=lambda place: _place_order(place, from_top))
    first = next(detection for detection in group if every[0].origin == detection.place.origin)
    representative = min(
        (detection for detection in group if detection.rule_id == leader.rule_id),
        key=lambda detection: (detection is not first, _place_order(detection.place, from_top)),
    )
    return representative, every


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


def _place_order(place: Place, from_top: Callable[[str], str]) -> tuple[int, str, int, int]:
    return _fixability(place), relocated(place.origin, from_top).path, place.offset, len(place.via)


def _fixability(place: Place) -> int:
    """Rank a place by how easily the secret is fixed there: 0 is source code, larger is further from it."""
    conditions = (
        place.exposure is Exposure.REQUEST,
        place.exposure is Exposure.SOURCE,
        place.exposure is Exposure.SERVER,
        isinstance(place.origin, MemberOrigin),
        _in_map(place),
        place.original is not None and place.original.exists,
        place.original is not None,
    )
    for condition, rank in zip(conditions, (7, 0, 6, 5, 4, 1, 2), strict=True):
        if condition:
            return rank
    return 3


def report_order(finding: Finding) -> tuple[bool, int, int, str, int, str]:
    """Return the sort key of a report: most severe first, then most confident, then by place.

    What only a recorded browser sent comes last.
    """
    place = finding.place
    is_apart = finding.exposure is Exposure.REQUEST
    return is_apart, finding.severity.rank, finding.confidence.rank, place.origin.path, place.offset, finding.rule_id
