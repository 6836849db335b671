"""Several views of one blob may show the same secret: each place becomes one detection with all facts."""

from bisect import bisect_right, insort
from collections.abc import Collection, Sequence
from typing import Final

from frontleak.core.detection import Detection
from frontleak.core.finding import Place
from frontleak.core.records import replace

_BEGINNING: Final = 12
"""Bytes of a value that it is looked up by."""
_MOST_LENGTHS: Final = 8
"""Lengths of values with the same beginning that are looked up."""
_MOST_BYTES: Final = 2_000_000
"""Bytes of decoded secrets that are searched for fragments."""


def dedupe(detections: Sequence[Detection]) -> list[Detection]:
    """Return the detections of one blob, one per secret and place, in order of offset.

    A fragment of a secret that a decoded view shows whole is dropped. If two views show one place, the plainer view
    sets the position, and the facts of both are kept.
    """
    if not any(detection.place.via for detection in detections):
        return list(detections)
    kept: list[Detection] = []
    by_identity: dict[str, list[tuple[int, int]]] = {}
    """Identity -> (offset, index into `kept`), sorted; no two of them overlap, so only two neighbours can."""
    for detection in sorted(_without_fragments(detections), key=lambda detection: len(detection.place.via)):
        same = by_identity.setdefault(detection.identity, [])
        at = bisect_right(same, (detection.place.offset, len(kept)))
        neighbours = [index for _, index in same[max(0, at - 1) : at + 1]]
        twin = next((index for index in neighbours if _overlap(kept[index].place, detection.place)), None)
        if twin is None:
            insort(same, (detection.place.offset, len(kept)))
            kept.append(detection)
        else:
            kept[twin] = _joined(kept[twin], detection)
    return sorted(kept, key=lambda detection: detection.place.offset)


def _joined(plain: Detection, decoded: Detection) -> Detection:
    stronger = min(plain, decoded, key=lambda detection: (detection.severity.rank, detection.confidence.rank))
    names = {**decoded.context, **plain.context}
    return replace(
        stronger,
        place=replace(plain.place, label=plain.place.label or decoded.place.label),
        context={  # facts from a decoded structure come first
            name: tuple(dict.fromkeys((*decoded.context.get(name, ()), *plain.context.get(name, ())))) for name in names
        },
    )


def _without_fragments(detections: Sequence[Detection]) -> list[Detection]:
    values = {detection.identity: detection.secret.reveal() for detection in detections if detection.secret}
    decoded = {detection.identity for detection in detections if detection.place.via and detection.secret}
    if len(values) < 2 or not decoded:
        return list(detections)
    fragments = _fragments(values.values(), [values[identity] for identity in sorted(decoded)])
    return [each for each in detections if values.get(each.identity) not in fragments]


def _fragments(values: Collection[bytes], wholes: Sequence[bytes]) -> set[bytes]:
    """Return the values that are part of a longer one among `wholes`.

    The values are looked up by their first bytes at each offset of the wholes, so the cost is linear in both.
    """
    beginnings: dict[bytes, set[int]] = {}
    for value in values:
        lengths = beginnings.setdefault(value[:_BEGINNING], set())
        if len(lengths) < _MOST_LENGTHS:
            lengths.add(len(value))
    sizes = sorted({len(beginning) for beginning in beginnings})
    known = set(values)
    found: set[bytes] = set()
    room = _MOST_BYTES
    for whole in wholes:
        room -= len(whole)
        if room < 0:
            break
        for at in range(len(whole)):
            for size in sizes:
                for length in beginnings.get(whole[at : at + size], ()):
                    part = whole[at : at + length]
                    if len(part) < len(whole) and part in known:
                        found.add(part)
    return found


def _overlap(a: Place, b: Place) -> bool:
    return a.offset < b.offset + b.length and b.offset < a.offset + a.length
