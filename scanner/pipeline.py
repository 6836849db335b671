"""What happens to one blob: bytes -> matches -> findings. Pure: no files, no network, no state between blobs."""

from collections.abc import Mapping
from typing import Final

from scanner.detect.engine import Engine, Match
from scanner.detect.lines import Lines
from scanner.detect.nearby import FactFinder
from scanner.model import Blob, BlobResult, Exposure, Finding, Place, Skip, Suppression
from scanner.secret import Secret
from scanner.triage.fingerprint import fingerprint
from scanner.triage.overlaps import strongest
from scanner.triage.placeholders import is_placeholder
from scanner.triage.snippet import snippet

MOST_FINDINGS: Final = 10_000
"""Findings kept of one blob; more are counted as skipped."""


def scan_blob(blob: Blob, engine: Engine) -> BlobResult:
    """Scan one blob with all rules of an engine."""
    result = engine.scan(blob.data)
    skips = [
        Skip(origin=blob.origin, reason=f"rule {rule_id} took too long on it and was given up", incomplete=True)
        for rule_id in result.timed_out
    ]
    if not result.matches:
        return BlobResult((), tuple(skips), blob.kind, len(blob.data))
    matches = strongest(result.matches)
    if len(matches) > MOST_FINDINGS:
        reason = f"{len(matches)} findings; only the first {MOST_FINDINGS} are listed"
        skips.append(Skip(origin=blob.origin, reason=reason, incomplete=True))
        matches = matches[:MOST_FINDINGS]
    findings: list[Finding] = []
    spans = [(match.start, match.end) for match in matches]
    lines = Lines(blob.data)
    finders = {name: FactFinder(context, blob.data) for name, context in engine.ruleset.contexts.items()}
    for index, match in enumerate(matches):
        finder = finders.get(match.rule.context)
        facts: Mapping[str, tuple[str, ...]] = {}
        try:
            facts = finder.near(match.start, match.end) if finder else {}
        except TimeoutError:
            reason = f"what stands near a finding of rule {match.rule.id} took too long to read"
            skips.append(Skip(origin=blob.origin, reason=reason, incomplete=True))
        secret = Secret(blob.data[match.start : match.end], plain=match.rule.plain)
        shown = snippet(blob.data, spans, index, secret.redacted)
        findings.append(_finding(blob, match, secret, lines, shown, facts))
    return BlobResult(findings=tuple(findings), skips=tuple(skips), kind=blob.kind, size=len(blob.data))


def _finding(
    blob: Blob, match: Match, secret: Secret, lines: Lines, shown: str, facts: Mapping[str, tuple[str, ...]]
) -> Finding:
    rule = match.rule
    exposure = rule.exposure or blob.exposure
    line, column = lines.place(match.start)
    end_line, end_column = lines.place(match.end)
    return Finding(
        rule_id=rule.id,
        title=rule.name,
        severity=rule.severity,
        confidence=rule.confidence,
        exposure=exposure,
        place=Place(
            origin=blob.origin,
            line=line,
            column=column,
            end_line=end_line,
            end_column=end_column,
            offset=match.start,
            length=match.end - match.start,
            exposure=exposure,
        ),
        secret=secret,
        snippet=shown,
        context=facts,
        fingerprint=fingerprint(rule.id, secret, blob.origin),
        why=rule.why,
        fix=rule.fix,
        references=rule.references,
        suppression=_suppression(match, secret),
    )


def _suppression(match: Match, secret: Secret) -> Suppression | None:
    if secret.reveal().decode("utf-8", "replace") in match.rule.allow:
        return Suppression.DOCUMENTED_DUMMY
    if match.rule.exposure is not Exposure.PUBLIC and is_placeholder(secret.reveal()):
        return Suppression.PLACEHOLDER
    return None
