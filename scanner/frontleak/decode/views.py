"""Reads some bytes in every way their triggers ask for: as they stand, decoded, and decoded again, under caps."""

import functools
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from frontleak.core.budget import WorkBudget
from frontleak.decode.interface import DecodeFunction, DecodeProblem, View
from frontleak.match.engine import EngineResult

if TYPE_CHECKING:
    from frontleak.decode.payloads.labels import Labels

MOST_LEVELS: Final = 4
"""Views of views of … this many deep."""
MOST_VIEWS: Final = 4_000
"""Views of one blob."""
MOST_BYTES: Final = 64_000_000
"""Bytes of all views of one blob."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodedText:
    """One reading of a blob, and what the engine found in it."""

    text: bytes
    """What was read."""
    result: EngineResult
    """What the engine found in it."""
    view: View | None = None
    """The view it is; None for the bytes as they stand."""
    parent: "DecodedText | None" = None
    """The reading the view was made from."""
    labels: Callable[[int], str] = lambda _: ""
    """For the bytes as they stand: offset -> where in a payload it is; asked only for a finding."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of the views that lead here, outermost first; empty for the bytes as they stand."""
        if self.view is None or self.parent is None:
            return ()
        return (*self.parent.kinds, self.view.kind)

    def origin_span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the blob that a span of this reading was made from."""
        if self.view is None or self.parent is None:
            return start, end
        return self.parent.origin_span(*self.view.spans.origin_span(start, end))

    def label(self, offset: int) -> str:
        """Return where in a structure an offset stands, the outer structure first; empty when nothing is known."""
        if self.view is None or self.parent is None:
            return self.labels(offset)
        own = self.view.labels(offset) if self.view.labels else self.view.label
        outer = self.parent.label(self.view.spans.origin_span(offset, offset + 1)[0])
        return " > ".join(dict.fromkeys(part for part in (outer, own) if part))


def decode_all(
    data: bytes, scan: Callable[[bytes], EngineResult], decoders: Mapping[str, DecodeFunction]
) -> Iterator[DecodedText | DecodeProblem]:
    """Yield all readings of some bytes, the bytes as they stand first, and what could not be read, each reason once.

    Args:
        data: the bytes of a blob.
        scan: the engine; its trigger hits name the decoders that are asked.
        decoders: by name.
    """
    queue = deque([(DecodedText(text=data, result=scan(data), labels=_labels_of(data)), 0)])
    budget = WorkBudget()
    said: set[str] = set()
    views = size = 0
    while queue:
        decoded, level = queue.popleft()
        yield decoded
        for name, offsets in _by_decoder(decoded.result, decoders).items():
            if level >= MOST_LEVELS:
                yield DecodeProblem(0, f"is encoded more than {MOST_LEVELS} times over; the innermost was not read")
                return
            for found in decoders[name](decoded.text, offsets, budget):
                if isinstance(found, DecodeProblem):
                    if found.reason in said:
                        continue  # the way home may be long
                    said.add(found.reason)
                    origin_span = decoded.origin_span(found.offset, found.offset + 1)[0] if decoded.text else 0
                    yield DecodeProblem(origin_span, found.reason)
                    continue
                if not found.text:
                    continue
                views += 1
                size += len(found.text)
                if views > MOST_VIEWS or size > MOST_BYTES:
                    yield DecodeProblem(
                        0, "holds more encoded parts than are read; the rest was read only as it stands"
                    )
                    return
                inner = DecodedText(text=found.text, result=scan(found.text), view=found, parent=decoded)
                queue.append((inner, level + 1))


def _labels_of(data: bytes) -> Callable[[int], str]:
    @functools.cache
    def labels() -> "Labels":
        from frontleak.decode.payloads.labels import Labels  # noqa: PLC0415 - only a finding needs it

        return Labels(data)

    return lambda offset: labels().at(offset)


def _by_decoder(result: EngineResult, decoders: Mapping[str, DecodeFunction]) -> dict[str, list[int]]:
    offsets: dict[str, list[int]] = {}
    for offset, name in result.triggers:
        if name in decoders:
            offsets.setdefault(name, []).append(offset)
    return offsets
