"""Applies the ignored values of a configuration, in the process that found the secrets: only there is their value."""

from collections.abc import Iterator, Sequence

from frontleak.core.detection import Detection
from frontleak.core.diagnostic import Code, Diagnostic, note
from frontleak.core.ignored_value import IgnoredValue
from frontleak.core.records import replace


def without_ignored(
    detections: Sequence[Detection], ignored: Sequence[IgnoredValue]
) -> tuple[tuple[Detection, ...], tuple[Diagnostic, ...]]:
    """Return the detections, suppressed where an entry names their value, and a note for each that has expired."""
    entries: dict[str, IgnoredValue | None] = {}
    found: list[Detection] = []
    notes: list[Diagnostic] = []
    for detection in detections:
        if detection.secret is None or detection.suppression is not None:
            found.append(detection)
            continue
        if detection.identity not in entries:
            value = detection.secret.reveal()
            entries[detection.identity] = next((each for each in ignored if each.matches(value)), None)
        entry = entries[detection.identity]
        if entry is None or entry.expired is not None:
            found.append(detection)
            notes += _expired(detection, entry)
        else:
            found.append(replace(detection, suppression=entry.suppression()))
    return tuple(found), tuple(dict.fromkeys(notes))


def _expired(detection: Detection, entry: IgnoredValue | None) -> Iterator[Diagnostic]:
    if entry is not None:
        message = f"the entry that ignores its value ({entry.where}) expired on {entry.expired}, so it counts again"
        yield note(Code.EXPIRED, detection.place.origin, message)
