"""Several views of one blob may show the same secret: each place becomes one finding with all facts."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from frontleak.core.finding import Finding, Place

_MOST_WHOLES: Final = 200


def dedupe(findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings of one blob, one per secret and place, in order of offset.

    A fragment of a secret that a decoded view shows whole is dropped. If two views show one place, the plainer view
    sets the position, and the facts of both are kept.
    """
    if not any(finding.place.via for finding in findings):
        return list(findings)
    kept: list[Finding] = []
    by_secret: dict[str, list[int]] = {}
    for finding in sorted(_without_fragments(findings), key=lambda finding: len(finding.place.via)):
        same = by_secret.setdefault(finding.secret.digest, [])
        twin = next((index for index in same if _overlap(kept[index].place, finding.place)), None)
        if twin is None:
            same.append(len(kept))
            kept.append(finding)
        else:
            kept[twin] = _joined(kept[twin], finding)
    return sorted(kept, key=lambda finding: finding.place.offset)


def _joined(plain: Finding, decoded: Finding) -> Finding:
    stronger = min(plain, decoded, key=lambda finding: (finding.severity.rank, finding.confidence.rank))
    names = {**decoded.context, **plain.context}
    return replace(
        stronger,
        place=replace(plain.place, label=plain.place.label or decoded.place.label),
        context={  # facts from a decoded structure come first
            name: tuple(dict.fromkeys((*decoded.context.get(name, ()), *plain.context.get(name, ())))) for name in names
        },
    )


def _without_fragments(findings: Sequence[Finding]) -> list[Finding]:
    wholes = [finding for finding in findings if finding.place.via][:_MOST_WHOLES]
    return [finding for finding in findings if not any(_is_fragment(finding, whole) for whole in wholes)]


def _is_fragment(piece: Finding, whole: Finding) -> bool:
    return piece.secret != whole.secret and piece.secret.reveal() in whole.secret.reveal()


def _overlap(a: Place, b: Place) -> bool:
    return a.offset < b.offset + b.length and b.offset < a.offset + a.length
