"""Decodes some bytes, and the results again, as far as triggers fire and caps allow."""

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
"""Maximum nesting depth of views."""
MOST_VIEWS: Final = 4_000
"""Maximum number of views per blob."""
MOST_BYTES: Final = 64_000_000
"""Maximum bytes of all views per blob."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodedText:
    """The raw bytes of a blob or one view of it, with the engine's result."""

    text: bytes
    """The bytes."""
    result: EngineResult
    """The engine's result for them."""
    view: View | None = None
    """The view; None for the raw bytes."""
    parent: "DecodedText | None" = None
    """The text the view was decoded from."""
    labels: Callable[[int], str] = lambda _: ""
    """For the raw bytes: offset -> position in a payload; called only for findings."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of the nested views, outermost first; empty for the raw bytes."""
        if self.view is None or self.parent is None:
            return ()
        return (*self.parent.kinds, self.view.kind)

    def origin_span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the blob for a span of this text."""
        if self.view is None or self.parent is None:
            return start, end
        return self.parent.origin_span(*self.view.spans.origin_span(start, end))

    def label(self, offset: int) -> str:
        """Return the position of an offset in its structures, outermost first; empty when there is none."""
        if self.view is None or self.parent is None:
            return self.labels(offset)
        own = self.view.labels(offset) if self.view.labels else self.view.label
        outer = self.parent.label(self.view.spans.origin_span(offset, offset + 1)[0])
        return " > ".join(dict.fromkeys(part for part in (outer, own) if part))


def decode_all(
    data: bytes,
    result: EngineResult,
    scan: Callable[[bytes], EngineResult],
    decoders: Mapping[str, DecodeFunction],
    budget: WorkBudget | None = None,
) -> Iterator[DecodedText | DecodeProblem]:
    """Yield the raw bytes, then all views of them, and each distinct decode problem once.

    Args:
        data: the bytes of a blob.
        result: the engine's result for them; its trigger hits select the decoders.
        scan: the engine, for the views.
        decoders: decode functions by name.
        budget: work budget of the blob; None for the usual one.
    """
    queue = deque([(DecodedText(text=data, result=result, labels=_LazyLabels(data)), 0)])
    budget = budget or WorkBudget()
    reported: set[str] = set()
    views = size = 0
    while queue:
        decoded, level = queue.popleft()
        yield decoded
        for name, offsets in decoded.result.triggers.items():
            if name not in decoders:
                continue
            if level >= MOST_LEVELS:
                yield DecodeProblem(
                    0, f"holds text encoded more than {MOST_LEVELS} times; the innermost text was not decoded"
                )
                return
            for found in decoders[name](decoded.text, offsets, budget):
                if isinstance(found, DecodeProblem):
                    if found.reason in reported:
                        continue  # mapping back to the blob may be slow
                    reported.add(found.reason)
                    origin = decoded.origin_span(found.offset, found.offset + 1)[0] if decoded.text else 0
                    yield DecodeProblem(origin, found.reason)
                    continue
                if not found.text:
                    continue
                views += 1
                size += len(found.text)
                if views > MOST_VIEWS or size > MOST_BYTES:
                    yield DecodeProblem(0, "holds too many encoded parts; the rest was not decoded")
                    return
                inner = DecodedText(text=found.text, result=scan(found.text), view=found, parent=decoded)
                queue.append((inner, level + 1))


class _LazyLabels:
    """Offset -> position in the payload of a blob, which is parsed at the first call."""

    __slots__ = ("_data", "_labels")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._labels: Labels | None = None

    def __call__(self, offset: int) -> str:
        if self._labels is None:
            from frontleak.decode.payloads.labels import Labels  # noqa: PLC0415 - only a finding needs it

            self._labels = Labels(self._data)
        return self._labels.at(offset)
