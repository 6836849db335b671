"""Applies the ignored values of a configuration, in the process that found the secrets: only there is their value."""

from collections.abc import Sequence

from frontleak.core.detection import Detection
from frontleak.core.ignored_value import IgnoredValue
from frontleak.core.records import replace


def without_ignored(detections: Sequence[Detection], ignored: Sequence[IgnoredValue]) -> tuple[Detection, ...]:
    """Return the detections, suppressed where an entry names their value."""
    entries: dict[str, IgnoredValue | None] = {}
    found: list[Detection] = []
    for detection in detections:
        if detection.secret is None or detection.suppression is not None:
            found.append(detection)
            continue
        if detection.identity not in entries:
            value = detection.secret.reveal()
            entries[detection.identity] = next((each for each in ignored if each.matches(value)), None)
        entry = entries[detection.identity]
        found.append(replace(detection, suppression=entry.suppression()) if entry else detection)
    return tuple(found)
