"""Scans one blob: bytes -> matches -> findings. Pure: no files, no network, no state between blobs."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

from frontleak.core.blob import Blob, BlobResult
from frontleak.core.budget import MOST_WORK, WorkBudget
from frontleak.core.detection import Detection
from frontleak.core.diagnostic import Code, Diagnostic, incomplete
from frontleak.core.records import replace
from frontleak.core.run_budget import Resource, RunBudget
from frontleak.core.secret import Secret
from frontleak.decode.interface import Decoder
from frontleak.decode.registry import DECODERS
from frontleak.decode.views import DecodedText, decode_all
from frontleak.match.engine import NOTHING, Engine, EngineResult, Match
from frontleak.rules.pattern_rule import CODE
from frontleak.triage.dedupe import dedupe
from frontleak.triage.overlaps import resolve_overlaps

if TYPE_CHECKING:
    from frontleak.core.secret_gate import SecretGate
    from frontleak.scanning.detector import Detector

MOST_FINDINGS: Final = 10_000
"""Most findings of one blob; if there are more, a skip reports it."""
_MANY: Final = 2_000
"""Findings of a blob from which on freed memory counts."""
_LEAST_VARIABLE: Final = 8
"""Fewest bytes of a secret after its public prefix; with less, all of it is secret."""
_NAMES: Final = frozenset(decoder.name for decoder in DECODERS)
_DECODING: Final = (Resource.FINDINGS, Resource.DECODED, Resource.WORK)
"""What must not be used up where text is decoded."""


def scan_blob(
    blob: Blob, engine: Engine, run: RunBudget | None = None, decoders: Sequence[Decoder] = DECODERS
) -> BlobResult:
    """Scan one blob with all rules of an engine, in every view that its triggers request of the decoders.

    `run` counts what the whole run uses; what it has no room for is left out, and `run.refused` tells of it.
    """
    spent: set[str] = set()
    result = engine.scan(blob.data, spent)
    if result is NOTHING:
        return BlobResult(kind=blob.kind, size=len(blob.data))
    run = run or RunBudget()
    findings = _Findings(blob, engine, spent)
    views: Counter[str] = Counter()
    is_code = False
    for decoded in _readings(blob, result, engine, run, spent, decoders):
        if isinstance(decoded, Diagnostic):
            findings.diagnostics.append(decoded)
            continue
        if decoded.view:
            views[decoded.view.kind] += 1
        elif blob.may_be_source:
            is_code = CODE in decoded.result.triggers
        findings.diagnostics += _limits_of(decoded.result, blob)
        if run.has(Resource.FINDINGS):
            findings.add(decoded)
        if len(findings.detections) > MOST_FINDINGS:  # readings may show the same secrets
            findings.detections = dedupe(findings.detections)
            if len(findings.detections) > MOST_FINDINGS:
                break
    detections, diagnostics = dedupe(findings.detections), findings.diagnostics
    if len(detections) > MOST_FINDINGS:
        message = f"more than {MOST_FINDINGS} findings; only the first {MOST_FINDINGS} are listed"
        diagnostics.append(incomplete(Code.TOO_MANY_FINDINGS, blob.origin, message))
        del detections[MOST_FINDINGS:]
    del detections[run.take(Resource.FINDINGS, len(detections)) :]
    return BlobResult(
        tuple(_masked(detections, findings.secrets)) if detections else (),
        tuple(dict.fromkeys(diagnostics)),
        blob.kind,
        len(blob.data),
        views or None,
        has_code_trigger=is_code,
    )


class _Findings:
    """What the views of a blob show: its detections, its secrets, and what was not read."""

    def __init__(self, blob: Blob, engine: Engine, spent: set[str]) -> None:
        self._blob = blob
        self._engine = engine
        self._spent = spent
        self._detector: Detector | None = None
        self.detections: list[Detection] = []
        self.diagnostics: list[Diagnostic] = []
        self.secrets: dict[tuple[bytes, int], None] = {}
        """(value, length of its public prefix) of each secret."""

    def add(self, decoded: DecodedText) -> None:
        """Add what one view shows."""
        found: list[Detection] = []
        if decoded.result.matches:
            matches = resolve_overlaps(decoded.result.matches)[: MOST_FINDINGS + 1]
            found = self._of_blob().detections(decoded, matches)
            self.secrets.update(dict.fromkeys(_secrets(decoded, matches[-1].end)))
        if decoded.result.values:
            from frontleak.scanning.known_values import with_known_values  # noqa: PLC0415 - few scans know values

            found = with_known_values(self._blob, self._engine, decoded, found)
            self.secrets.update(dict.fromkeys((match.value.value.reveal, 0) for match in decoded.result.values))
        self.detections += found

    def _of_blob(self) -> "Detector":
        if self._detector is None:
            from frontleak.scanning.detector import Detector  # noqa: PLC0415 - most files have no match

            self._detector = Detector(self._blob, self._engine, self._spent, self.diagnostics)
        return self._detector


def _readings(
    blob: Blob, result: EngineResult, engine: Engine, run: RunBudget, spent: set[str], decoders: Sequence[Decoder]
) -> Iterator[DecodedText | Diagnostic]:
    """Yield the bytes of a blob and its views, as far as the run has room for them."""
    scan, beginnings = partial(engine.scan, spent=spent), engine.beginnings
    room = min(MOST_WORK, run.left(Resource.WORK))
    work = WorkBudget(room)
    for decoded in decode_all(blob.data, result, scan, decoders, blob.origin, beginnings, work):
        if isinstance(decoded, DecodedText):
            if decoded.view and run.take(Resource.DECODED, len(decoded.text)) < len(decoded.text):
                break
            yield decoded
            if _NAMES.intersection(decoded.result.triggers) and not all(map(run.has, _DECODING)):
                break
        else:
            yield decoded
    run.take(Resource.WORK, room - work.left)


def _limits_of(result: EngineResult, blob: Blob) -> Iterator[Diagnostic]:
    """Yield what the engine did not search to the end."""
    for rule_id in result.timed_out:
        yield incomplete(Code.TIMED_OUT, blob.origin, f"rule {rule_id} timed out on this file")
    for name in result.cut:
        message = f"has more places where {name} may match than are checked"
        yield incomplete(Code.TOO_MANY_FINDINGS, blob.origin, message)


def _secrets(decoded: DecodedText, end: int) -> Iterator[tuple[bytes, int]]:
    """Yield (value, length of its public prefix) of the secrets that begin before an offset, also overlapping ones."""
    for match in decoded.result.matches:
        if match.start >= end:
            break
        if not match.rule.plain:
            yield _value_and_prefix(decoded.text, match)


def _value_and_prefix(text: bytes, match: Match) -> tuple[bytes, int]:
    """Return a secret, and the length of the literal that all secrets of its rule begin with."""
    value, literal = text[match.start : match.end], match.rule.prefilter.literal.encode()
    is_prefix = value.lower().startswith(literal) and len(value) - len(literal) >= _LEAST_VARIABLE
    return value, len(literal) if is_prefix else 0


def _masked(detections: Sequence[Detection], secrets: Iterable[tuple[bytes, int]]) -> list[Detection]:
    """Mask the secrets of a blob in every text of its detections, whichever rule found which secret."""
    from frontleak.core.secret_gate import SecretGate  # noqa: PLC0415

    if len(detections) > _MANY:
        from frontleak.core.heap import give_freed_memory_back  # noqa: PLC0415 - few files have so many

        give_freed_memory_back()
    gate = SecretGate(secrets)
    masked: list[Detection] = []
    for detection in detections:
        excerpt, label = gate.mask(detection.snippet), gate.mask(detection.place.label)
        context = {name: tuple(map(gate.mask, values)) for name, values in detection.context.items()}
        secret = _masked_secret(detection.secret, gate)
        same = (excerpt, label, context) == (detection.snippet, detection.place.label, detection.context)
        if same and secret is detection.secret:
            masked.append(detection)
        else:
            place = replace(detection.place, label=label)
            masked.append(replace(detection, snippet=excerpt, place=place, context=context, secret=secret))
    return masked


def _masked_secret(secret: Secret | None, gate: "SecretGate") -> Secret | None:
    """Mask other secrets in one that is displayed in full."""
    if secret is None or "…" in secret.redacted:
        return secret
    shown = gate.mask(secret.redacted)
    return secret if shown == secret.redacted else secret.shown_as(shown)
