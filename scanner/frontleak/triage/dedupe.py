"""Several views of one blob may show the same secret: each place becomes one detection with all facts."""

from bisect import bisect_right, insort
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from frontleak.core.detection import Detection
from frontleak.core.finding import Place

_MOST_WHOLES: Final = 200


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
    wholes = [detection for detection in detections if detection.place.via][:_MOST_WHOLES]
    return [detection for detection in detections if not any(_is_fragment(detection, whole) for whole in wholes)]


def _is_fragment(piece: Detection, whole: Detection) -> bool:
    if piece.secret is None or whole.secret is None or piece.identity == whole.identity:
        return False
    return piece.secret.reveal() in whole.secret.reveal()


def _overlap(a: Place, b: Place) -> bool:
    return a.offset < b.offset + b.length and b.offset < a.offset + a.length
