"""Which parts of a file that stays on the server reach browsers: a framework sends them with every page or answer.

A part is a path of keys joined by dots; `*` is any key or index. In JSON it begins at the top of the file. In
JavaScript its first key names a constant or property that is an object or list, as in `const _config = {…}` or
`manifest: parsed({…})`, and the others lead into it. `[name=headers]options` is the property `options` only after
`name: "headers"` in the same object. `{app:baseURL}` is an object, whatever a minifier calls it, whose first property
is `app`, an object whose first property is `baseURL`. Everything below the last key is sent.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from frontleak.core.blob import Blob
from frontleak.core.detection import Detection
from frontleak.core.records import replace
from frontleak.core.vocabulary import Exposure
from frontleak.decode.payloads.json_path import PathCursor

_MOST_STARTS: Final = 4_000
"""Most places in one file at which a constant of one name may be defined."""
_JSON_BLANKS: Final = b" \t\r\n"
_BEFORE: Final = rb"(?<![\w$])"
_VALUE: Final = rb"[\"']?\s{0,20}[=:]\s{0,20}(?:[\w.$]{1,60}\(\s{0,20}){0,3}(?=[{\[])"
_SIBLING: Final = rb"[\"']?\s{0,20}:\s{0,20}[\"'`]%b[\"'`]\s{0,20},[^{}]{0,400}?"


def with_sent_parts(detections: Sequence[Detection], blob: Blob) -> tuple[Detection, ...]:
    """Return the detections of a blob, those in parts that are sent as served."""
    parts = SentParts(blob.data, blob.sent)
    return tuple(
        replace(each, place=replace(each.place, exposure=Exposure.SERVED))
        if each.place.exposure is Exposure.SERVER and parts.hold(each.place.offset)
        else each
        for each in detections
    )


class SentParts:
    """The parts of one text that are sent."""

    def __init__(self, text: bytes, paths: Sequence[str]) -> None:
        """Find where each path begins; asking in ascending order reads the text once for each."""
        start = len(text) - len(text.lstrip(_JSON_BLANKS))
        is_json = text[start : start + 1] in {b"{", b"["}
        self._parts: list[tuple[_Constant, tuple[str, ...]]] = []
        constants: dict[str, _Constant] = {}
        for path in paths:
            first, *rest = path.split(".")
            name = "" if is_json else first
            if name not in constants:
                starts = [start] if is_json else list(islice(_starts(text, name), _MOST_STARTS))
                constants[name] = _Constant(text, starts)
            self._parts.append((constants[name], (first, *rest) if is_json else tuple(rest)))

    def hold(self, offset: int) -> bool:
        """Return whether the byte at an offset is in one of the parts."""
        return any(constant.leads(keys, offset) for constant, keys in self._parts)


class _Constant:
    """The values that a constant or property has in a text."""

    def __init__(self, text: bytes, starts: list[int]) -> None:
        self._text = text
        self._starts = starts
        self.cursors: dict[int, PathCursor] = {}

    def leads(self, keys: tuple[str, ...], offset: int) -> bool:
        """Return whether a path that begins in the last value before an offset leads to what holds it."""
        index = bisect_right(self._starts, offset) - 1
        if index < 0:
            return False
        start = self._starts[index]
        if start not in self.cursors:
            self.cursors[start] = PathCursor(self._text, start, len(self._text))
        steps = self.cursors[start].steps(offset)
        if steps is None:
            return False
        names = [str(step.name) for step in steps if step.name is not None]
        return len(names) >= len(keys) and all(key in {"*", name} for key, name in zip(keys, names, strict=False))


def _starts(text: bytes, name: str) -> Iterator[int]:
    """Yield the offset of the first bracket of each value that a constant or property of a name has."""
    if name.startswith("{"):
        keys = (rb"[\"']?%b[\"']?\s{0,20}:" % re.escape(key.encode()) for key in name[1:-1].split(":"))
        return (match.start() for match in re.finditer(rb"\{\s{0,20}" + rb"\s{0,20}\{\s{0,20}".join(keys), text))
    condition, _, key = name.rpartition("]")
    named = _BEFORE + re.escape(key.encode()) + _VALUE
    if condition:
        sibling, _, value = condition[1:].encode().partition(b"=")
        named = _BEFORE + re.escape(sibling) + _SIBLING % re.escape(value) + named
    return (match.end() for match in re.finditer(named, text))
