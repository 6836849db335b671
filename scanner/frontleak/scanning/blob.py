"""Scans one blob: bytes -> matches -> findings. Pure: no files, no network, no state between blobs."""

from collections import Counter
from collections.abc import Mapping
from typing import Final

from frontleak.core.blob import Blob, BlobResult
from frontleak.core.diagnostic import Skip
from frontleak.core.finding import Finding, Place
from frontleak.core.fingerprint import fingerprint
from frontleak.core.line_index import LineIndex
from frontleak.core.secret import Secret
from frontleak.core.vocabulary import Exposure, Suppression
from frontleak.decode.interface import DecodeProblem
from frontleak.decode.registry import DECODERS
from frontleak.decode.views import DecodedText, decode_all
from frontleak.match.context import ContextFinder
from frontleak.match.engine import Engine, Match
from frontleak.triage.dedupe import dedupe
from frontleak.triage.overlaps import resolve_overlaps
from frontleak.triage.placeholders import is_placeholder
from frontleak.triage.snippet import snippet

CODE: Final = "code"
"""Name of the triggers that mark source code as a candidate for misuse checks."""
MOST_FINDINGS: Final = 10_000
"""Most findings of one blob; if there are more, a skip reports it."""
_DECODERS: Final = {decoder.name: decoder.decode for decoder in DECODERS}


def scan_blob(blob: Blob, engine: Engine) -> BlobResult:
    """Scan one blob with all rules of an engine, in every view that its triggers request."""
    skips: list[Skip] = []
    findings: list[Finding] = []
    views: Counter[str] = Counter()
    is_code = False
    for decoded in decode_all(blob.data, engine.scan, _DECODERS):
        if isinstance(decoded, DecodeProblem):
            skips.append(Skip(origin=blob.origin, reason=decoded.reason, incomplete=False))
            continue
        if decoded.view:
            views[decoded.view.kind] += 1
        elif blob.exposure is Exposure.SOURCE:
            is_code = any(name == CODE for _, name in decoded.result.triggers)
        for rule_id in decoded.result.timed_out:
            reason = f"rule {rule_id} timed out on this file"
            skips.append(Skip(origin=blob.origin, reason=reason, incomplete=True))
        if decoded.result.matches:
            findings += _findings(blob, engine, decoded, skips)
    findings = dedupe(findings)
    if len(findings) > MOST_FINDINGS:
        reason = f"more than {MOST_FINDINGS} findings; only the first {MOST_FINDINGS} are listed"
        skips.append(Skip(origin=blob.origin, reason=reason, incomplete=True))
        del findings[MOST_FINDINGS:]
    result = BlobResult(tuple(findings), tuple(dict.fromkeys(skips)), blob.kind, len(blob.data), views or None)
    return result._replace(code=blob.origin.path) if is_code else result


def _findings(blob: Blob, engine: Engine, decoded: DecodedText, skips: list[Skip]) -> list[Finding]:
    """Build findings from the matches in one view."""
    matches = resolve_overlaps(decoded.result.matches)[: MOST_FINDINGS + 1]
    spans = [(match.start, match.end) for match in matches]
    lines = LineIndex(blob.data)
    finders = {name: ContextFinder(context, decoded.text) for name, context in engine.ruleset.contexts.items()}
    findings: list[Finding] = []
    for index, match in enumerate(matches):
        finder = finders.get(match.rule.context)
        facts: Mapping[str, tuple[str, ...]] = {}
        try:
            facts = finder.near(match.start, match.end) if finder else {}
        except TimeoutError:
            reason = f"reading the context of a finding of rule {match.rule.id} timed out"
            skips.append(Skip(origin=blob.origin, reason=reason, incomplete=True))
        secret = Secret(decoded.text[match.start : match.end], plain=match.rule.plain)
        findings.append(
            Finding(
                rule_id=match.rule.id,
                title=match.rule.name,
                severity=match.rule.severity,
                confidence=match.rule.confidence,
                exposure=match.rule.exposure or blob.exposure,
                place=_place(blob, decoded, match, lines),
                secret=secret,
                snippet=snippet(decoded.text, spans, index, secret.redacted),
                context=facts,
                fingerprint=fingerprint(match.rule.id, secret, blob.origin),
                why=match.rule.why,
                fix=match.rule.fix,
                references=match.rule.references,
                suppression=_suppression(match, secret),
            )
        )
    return findings


def _place(blob: Blob, decoded: DecodedText, match: Match, lines: LineIndex) -> Place:
    start, end = decoded.origin_span(match.start, match.end)
    line, column = lines.position(start)
    end_line, end_column = lines.position(end)
    return Place(
        origin=blob.origin,
        line=line,
        column=column,
        end_line=end_line,
        end_column=end_column,
        offset=start,
        length=end - start,
        exposure=match.rule.exposure or blob.exposure,
        via=decoded.kinds,
        label=decoded.label(match.start),
    )


def _suppression(match: Match, secret: Secret) -> Suppression | None:
    if secret.reveal().decode("utf-8", "replace") in match.rule.allow:
        return Suppression.DOCUMENTED_DUMMY
    if match.rule.exposure is not Exposure.PUBLIC and is_placeholder(secret.reveal()):
        return Suppression.PLACEHOLDER
    return None
