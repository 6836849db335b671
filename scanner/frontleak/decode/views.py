"""Decodes some bytes, and the results again, as far as triggers fire and caps allow."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from frontleak.core.blob import Blob
from frontleak.core.budget import WorkBudget
from frontleak.core.diagnostic import Code, Diagnostic, note
from frontleak.core.finding import Place
from frontleak.core.line_index import LineIndex
from frontleak.core.origins import Origin
from frontleak.core.records import dataclass
from frontleak.decode.interface import REACH, Decoder, Request, View
from frontleak.match.engine import EngineResult
from frontleak.rules.pattern_rule import NO_BEGINNINGS, Beginnings

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

    def place(self, blob: Blob, lines: LineIndex, start: int, end: int) -> Place:
        """Return where a span of this text is in its blob; `lines` are those of the blob."""
        label = self.label(start)
        start, end = self.origin_span(start, end)
        line, column = lines.position(start)
        end_line, end_column = lines.position(end)
        return Place(
            origin=blob.origin,
            line=line,
            column=column,
            end_line=line if end_line == line else end_line,  # one number for both: a report may have 50,000 places
            end_column=end_column,
            offset=start,
            length=end - start,
            exposure=blob.exposure,
            via=self.kinds,
            label=label,
        )

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
    decoders: Sequence[Decoder],
    origin: Origin,
    beginnings: Beginnings = NO_BEGINNINGS,
    budget: WorkBudget | None = None,
) -> Iterator[DecodedText | Diagnostic]:
    """Yield the raw bytes, then all views of them, and one diagnostic for each reason why bytes were not decoded.

    Args:
        data: the bytes of a blob.
        result: the engine's result for them; its trigger hits select the decoders.
        scan: the engine, for the views.
        decoders: the decoders, in the order in which they read a text.
        origin: of the blob, for diagnostics.
        beginnings: literals with which secrets begin.
        budget: work budget of the blob; None for the usual one.
    """
    queue = deque([(DecodedText(text=data, result=result, labels=_LazyLabels(data)), 0)])
    budget = budget or WorkBudget()
    reported: set[str] = set()
    views = size = 0
    is_full = False
    while queue:
        decoded, level = queue.popleft()
        yield decoded
        if is_full or not decoded.result.triggers:
            continue  # when a cap is reached, the views made before are still read
        hits = decoded.result.triggers
        asked = [decoder for decoder in decoders if decoder.name in hits]
        ask = Request(decoded.text, (), budget, (), beginnings)
        for found in _found(asked, hits, ask) if level < MOST_LEVELS else _too_deep(asked):
            if isinstance(found, View):
                if not found.text:
                    continue
                views += 1
                size += len(found.text)
                is_full = views > MOST_VIEWS or size > MOST_BYTES
                if not is_full:
                    inner = DecodedText(text=found.text, result=scan(found.text), view=found, parent=decoded)
                    queue.append((inner, level + 1))
                    continue
            message = found if isinstance(found, str) else "holds too many encoded parts; the rest was not decoded"
            if message not in reported:
                reported.add(message)
                yield note(Code.DECODING, origin, message)
            if is_full:
                break


def _found(asked: Sequence[Decoder], hits: Mapping[str, Sequence[int]], ask: Request) -> Iterator[View | str]:
    """Yield what the decoders find in a text. What a view claims goes to no later decoder."""
    claims: list[tuple[int, int]] = []
    for decoder in asked:
        offsets = _unclaimed(hits[decoder.name], claims)
        for found in decoder.read(ask._replace(offsets=offsets, claims=tuple(claims))):
            if isinstance(found, View) and found.claims:
                claims.append(found.claims)
            yield found
        claims.sort()


def _too_deep(asked: Sequence[Decoder]) -> Iterator[str]:
    if asked:
        yield f"holds text encoded more than {MOST_LEVELS} times; the innermost text was not decoded"


def _unclaimed(offsets: Sequence[int], claims: Sequence[tuple[int, int]]) -> Sequence[int]:
    """Return the offsets from which a trigger may begin outside of the claims; both are ascending."""
    if not claims:
        return offsets
    kept: list[int] = []
    left = iter(claims)
    start, end = next(left)
    for offset in offsets:
        while end <= offset and (following := next(left, None)):
            start, end = following
        if not start <= offset < end - REACH:
            kept.append(offset)
    return kept


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
