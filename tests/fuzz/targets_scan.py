"""Fuzz targets of a scan: the engine's two passes, decoders, whole blobs, excerpts."""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from frontleak.core.blob import Blob, BlobResult
from frontleak.core.budget import WorkBudget
from frontleak.core.elide import Syntax, elide_around
from frontleak.core.origins import FileOrigin
from frontleak.core.vocabulary import Exposure
from frontleak.decode.interface import View
from frontleak.decode.registry import DECODERS
from frontleak.decode.views import DecodedText, decode_all
from frontleak.match.engine import EngineResult
from frontleak.scanning.blob import scan_blob
from frontleak.selfcheck.pattern_rules import fakes, fill
from tests.fuzz.target import Bytes, Target, expect
from tests.support.shipped import full_engine, shipped
from tests.support.views import ORIGIN, decode

_NAMES_OF_DECODERS: Final = tuple(decoder.name for decoder in DECODERS)
_NAMES: Final = ("app.js", "a.html", ".env", "a.json", "a.yaml", "a.js.map", "a.vue", "a.bin")
_FEWEST_SHOWN: Final = 12
"""Length of a run of a secret that no report may show."""


def examples() -> Iterator[bytes]:
    """Yield every example and every silent text of the shipped rules, with fresh fakes."""
    for item in shipped():
        values = fakes(item.syntax.samples, item.rule, "fuzz")
        yield from (fill(text, values).encode() for text in (*item.syntax.examples, *item.syntax.silent))


def _matches(result: EngineResult) -> list[tuple[str, int, int]]:
    return [(match.rule.id, match.start, match.end) for match in result.matches]


def run_engine(data: bytes) -> None:
    """Both passes lead to the same matches, inside the text; a decoder that one asks for, the other asks for too."""
    first, second = full_engine("hyperscan").scan(data), full_engine("regex").scan(data)
    expect(not first.timed_out and not second.timed_out, "a rule timed out")
    expect(_matches(first) == _matches(second), "the passes disagree about matches")
    expect(
        set(first.triggers) >= set(second.triggers), "Hyperscan misses a trigger"
    )  # it may report more, and begin it earlier
    expect(all(0 <= start < end <= len(data) for _, start, end in _matches(first)), "a match is outside of the text")


def _check_home(view: View, size: int) -> None:
    """Check that the first, the last and some middle bytes of a view lead to bytes of its text."""
    length = len(view.text)
    for start, end in ((0, 1), (length // 2, length // 2 + 1), (length - 1, length), (0, length)):
        first, last = view.spans.origin_span(start, end)
        expect(0 <= first < last <= size, f"a view {view.kind} leads outside of its text")
    if view.labels:
        expect(isinstance(view.labels(length // 2), str), "a label is no text")


def run_decoders(data: bytes) -> None:
    """Every view leads home: of one decoder at places of the input's choice, then of all where triggers fire."""
    choices = Bytes(data)
    decoder = DECODERS[choices.number(len(DECODERS))]
    fractions = [choices.number(256) for _ in range(1 + choices.number(3))]
    text = choices.rest
    offsets = sorted({len(text) * fraction // 256 for fraction in fractions})
    for found in islice(decode(decoder.name, text, offsets, WorkBudget()), 200):
        if isinstance(found, str):
            expect(bool(found), "a message is empty")
        elif found.text:
            _check_home(found, len(text))
    engine = full_engine()
    for decoded in islice(decode_all(text, engine.scan(text), engine.scan, DECODERS, ORIGIN), 200):
        if isinstance(decoded, DecodedText):
            if decoded.text:
                first, last = decoded.origin_span(0, len(decoded.text))
                expect(0 <= first <= last <= len(text), "a view of a view leads outside of the blob")
        else:
            expect(bool(decoded.message), "a diagnostic has no message")


def _decoder_seeds() -> Iterator[bytes]:
    from tests.properties.test_decoders import TEXTS

    for number, text in enumerate(TEXTS):
        yield bytes((number % len(DECODERS), 1, 0, 128)) + text
        for name, offsets in full_engine().scan(text).triggers.items():
            if name in _NAMES_OF_DECODERS:
                at = offsets[0] * 256 // max(1, len(text)) + 1
                yield bytes((_NAMES_OF_DECODERS.index(name), 0, min(at, 255))) + text


def run_blob(data: bytes) -> None:
    """Places of a whole scan lie inside the blob, and what a report shows has no run of 12 characters of a secret."""
    choices = Bytes(data)
    name = _NAMES[choices.number(len(_NAMES))]
    exposure = tuple(Exposure)[choices.number(len(Exposure))]
    blob = Blob(origin=FileOrigin(path=name), data=choices.rest, exposure=exposure)
    result = scan_blob(blob, full_engine())
    other = scan_blob(blob, full_engine("regex"))
    expect(_identities(result) == _identities(other), "the passes lead to different findings")
    for detection in result.detections:
        place = detection.place
        expect(0 <= place.offset < place.offset + place.length <= len(blob.data), "a place is outside of the blob")
        expect((1, 1) <= (place.line, place.column) < (place.end_line, place.end_column), "a place has no extent")
        if detection.secret is not None:
            shown = "\n".join((detection.snippet, place.label, *(v for vs in detection.context.values() for v in vs)))
            _check_hidden(detection.secret.reveal(), detection.rule_id, shown)


def _identities(result: BlobResult) -> set[tuple[str, str]]:
    """Return what was found, not where: a decoder looks from a trigger on, which the passes place differently."""
    return {(each.rule_id, each.identity) for each in result.detections}


def _check_hidden(value: bytes, rule_id: str, shown: str) -> None:
    rule = next(rule for rule in full_engine().ruleset.rules if rule.id == rule_id)
    if rule.plain:
        return
    literal = rule.prefilter.literal.encode()
    secret = value[len(literal) :] if value.lower().startswith(literal) else value
    text = secret.decode("utf-8", "replace")
    runs = {text[at : at + _FEWEST_SHOWN] for at in range(len(text) - _FEWEST_SHOWN + 1)}
    expect(not any(run in shown for run in runs), f"an excerpt shows a part of a secret of {rule_id}")


def _blob_seeds() -> Iterator[bytes]:
    for number, text in enumerate(examples()):
        yield bytes((number % len(_NAMES), number % len(Exposure))) + text


def run_excerpt(data: bytes) -> None:
    """Eliding ends, and an excerpt does not outgrow its text."""
    choices = Bytes(data)
    syntax = tuple(Syntax)[choices.number(len(Syntax))]
    cut_before, cut_after = choices.number(2) == 1, choices.number(2) == 1
    text = choices.rest.decode("utf-8", "replace")
    middle = len(text) // 2
    before, after = elide_around(text[:middle], text[middle:], syntax, is_cut_before=cut_before, is_cut_after=cut_after)
    expect(len(before) + len(after) <= 8 * len(text) + 16, "the excerpt grew")


def _excerpt_seeds() -> Iterator[bytes]:
    for number, text in enumerate(examples()):
        yield bytes((number % len(Syntax), number % 2, number // 2 % 2)) + text


SCAN_TARGETS: Final = (
    Target(
        name="engine",
        reads="both passes of the engine, with all rules and triggers",
        holds="the same matches from both, inside the text, without a timeout; no trigger is missed",
        run=run_engine,
        seeds=examples,
    ),
    Target(
        name="decoders",
        reads="each decoder at any offset, and views of views",
        holds="no exception; every span leads to bytes of the text",
        run=run_decoders,
        seeds=_decoder_seeds,
    ),
    Target(
        name="blob",
        reads="the scan of a whole blob, under names of several syntaxes",
        holds="the same secrets from both passes; places inside the blob; no excerpt, label or fact shows 12 characters of a secret",
        run=run_blob,
        seeds=_blob_seeds,
    ),
    Target(
        name="excerpt",
        reads="the elision of values in excerpts, in every syntax",
        holds="no exception; an excerpt does not outgrow its text",
        run=run_excerpt,
        seeds=_excerpt_seeds,
    ),
)
