"""SARIF 2.1.0, as GitHub code scanning reads it.

GitHub uses only the first location, only `partialFingerprints.primaryLocationLineHash` (its own would be equal for all
findings on a one-line bundle), `security-severity` as a text, and columns in UTF-16 code units.
Source: https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from frontleak.core.finding import Finding, Place
from frontleak.core.origins import FileOrigin, Origin
from frontleak.core.report import Report
from frontleak.core.rule import Rule
from frontleak.core.vocabulary import Confidence, Exposure, RuleKind, Severity
from frontleak.report.interface import Paint, Reporter, json_text
from frontleak.report.json import coverage_of

_LEVEL: Final[Mapping[Severity, str]] = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
_SCORE: Final[Mapping[Severity, str]] = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "2.0",
    Severity.INFO: "0.0",
}
_PRECISION: Final[Mapping[Confidence, str]] = {
    Confidence.HIGH: "very-high",
    Confidence.MEDIUM: "high",
    Confidence.LOW: "medium",
}
_SAME: Final[Mapping[RuleKind, str]] = {
    RuleKind.PATTERN: "the same secret",
    RuleKind.FILE: "the same file",
    RuleKind.USAGE: "the same misuse",
    RuleKind.ENV_NAME: "the same variable",
    RuleKind.CONFIG: "the same setting",
}
_RELATED: Final = 20
"""Places of one finding that are listed beside the first."""


def to_plain(report: Report) -> dict[str, Any]:
    """Return a report as a SARIF log; the same input gives the same log."""
    found = (*report.findings, *report.suppressed)
    used = sorted({finding.rule_id for finding in found})
    indexes = {rule_id: index for index, rule_id in enumerate(used)}
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "frontleak",
                        "informationUri": "https://github.com/frontleak/frontleak",
                        "semanticVersion": report.tool_version,
                        "rules": [_rule(report.rules[rule_id]) for rule_id in used],
                    }
                },
                "columnKind": "utf16CodeUnits",
                "originalUriBaseIds": {
                    "SRCROOT": {
                        "description": {"text": "The working directory of the scan: the root of the repository."}
                    }
                },
                "results": [_result(finding, indexes[finding.rule_id]) for finding in found],
                "invocations": [
                    {
                        "executionSuccessful": not any(skip.incomplete for skip in report.skipped),
                        "toolExecutionNotifications": [
                            {
                                "level": "warning" if skip.incomplete else "note",
                                "message": {"text": f"Not scanned: {skip.reason}."},
                                "locations": [{"physicalLocation": {"artifactLocation": _artifact(skip.origin)}}],
                            }
                            for skip in report.skipped
                        ],
                    }
                ],
                "properties": {
                    "rulesDigest": report.rules_digest,
                    "coverage": coverage_of(report),
                    **({} if report.calls is None else {"calls": [call.to_plain() for call in report.calls]}),
                },
            }
        ],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    links = "\n".join(f"- <{reference}>" for reference in rule.references)
    return {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in rule.id.split("-")),
        "shortDescription": {"text": rule.name},
        "fullDescription": {"text": rule.why[:1000]},
        "help": {
            "text": f"{rule.why}\n\nFix: {rule.fix}",
            "markdown": f"{rule.why}\n\n**Fix:** {rule.fix}\n\n{links}",
        },
        "helpUri": rule.references[0],
        "defaultConfiguration": {"level": _LEVEL[rule.severity]},
        "properties": {
            "precision": _PRECISION[rule.confidence],
            "security-severity": _SCORE[rule.severity],
            "tags": ["security", "secret" if rule.kind is RuleKind.PATTERN else rule.kind.value],
        },
    }


def _result(finding: Finding, index: int) -> dict[str, Any]:
    facts = "; ".join(f"{name} {', '.join(values)}" for name, values in sorted(finding.context.items()))
    is_secret = finding.kind is RuleKind.PATTERN
    named = f" {finding.secret.redacted}" if is_secret else f": {finding.place.origin.display}"
    what = f"{finding.title}{named}{f' ({facts})' if facts else ''}"
    result: dict[str, Any] = {
        "ruleId": finding.rule_id,
        "ruleIndex": index,
        "level": "note" if finding.exposure is Exposure.PUBLIC else _LEVEL[finding.severity],
        "message": {"text": f"{what}.{_where(finding)}{_said(finding)} {finding.fix}"},
        "locations": [_original_location(finding.place) or _location(finding.place)],
        "partialFingerprints": {"primaryLocationLineHash": finding.fingerprint},
        "properties": {
            "severity": finding.severity.value,
            "confidence": finding.confidence.value,
            "exposure": finding.exposure.value,
            "context": {name: list(values) for name, values in sorted(finding.context.items())},
        },
    }
    shown_elsewhere = finding.place.original is not None and finding.place.original.exists
    others = ((finding.place,) if shown_elsewhere else ()) + finding.also_at
    if others:
        result["relatedLocations"] = [
            {"id": number, **_location(place), "message": {"text": _SAME[finding.kind]}}
            for number, place in enumerate(others[:_RELATED], start=1)
        ]
    if finding.import_path:
        result["codeFlows"] = [_code_flow(finding)]
    if finding.verdict:
        result["properties"]["verdict"] = finding.verdict.to_plain()
    if finding.suppression:
        result["suppressions"] = [{"kind": "external", "justification": finding.suppression.value}]
    return result


def _code_flow(finding: Finding) -> dict[str, Any]:
    """Return the way from an entry of browser code to the place, a step a file."""
    steps = [
        {
            "location": {
                "physicalLocation": {
                    "artifactLocation": _artifact(link.origin),
                    "region": {"startLine": link.line, "startColumn": link.column},
                },
                "message": {"text": " ".join(part for part in (link.why, link.text) if part) or link.origin.display},
            }
        }
        for link in finding.import_path
    ]
    return {"message": {"text": "how the browser gets it"}, "threadFlows": [{"locations": steps}]}


def _said(finding: Finding) -> str:
    """Say what the browser gets of misuse in code, or what the vendor said of a secret and how it was established."""
    if finding.verdict:
        return f" Verdict: {finding.verdict.summary} ({finding.verdict.reason})."
    return f" {finding.shipped[:1].upper()}{finding.shipped[1:]}." if finding.shipped else ""


def _where(finding: Finding) -> str:
    """Say in words what a location cannot: the place in a structure, or the original no file stands for."""
    place = finding.place
    parts = [place.label] if place.label else []
    if place.original and not place.original.exists:
        parts.append(f"from {place.original.path}:{place.original.line}:{place.original.column}")
    if place.via:
        parts.append(f"read as {', then '.join(place.via)}")
    return f" It stands at {', '.join(parts)}." if parts else ""


def _location(place: Place) -> dict[str, Any]:
    region = {"startLine": place.line}  # all that is said of a whole file: GitHub shows no result without a line
    if place.length:
        region |= {
            "startColumn": place.column,
            "endLine": place.end_line,
            "endColumn": place.end_column,
            "byteOffset": place.offset,
            "byteLength": place.length,
        }
    return {"physicalLocation": {"artifactLocation": _artifact(place.origin), "region": region}}


def _original_location(place: Place) -> dict[str, Any] | None:
    """Return the source file a map leads to, where there is such a file: alerts then follow it, not the bundle."""
    original = place.original
    if original is None or not original.exists:
        return None
    region = {"startLine": original.line, "startColumn": original.column}
    return {"physicalLocation": {"artifactLocation": _artifact(FileOrigin(path=original.path)), "region": region}}


def _artifact(origin: Origin) -> dict[str, Any]:
    return {"uri": origin.uri} if origin.uri.startswith("file:") else {"uri": origin.uri, "uriBaseId": "SRCROOT"}


def _render(report: Report, _paint: Paint) -> Iterator[str]:
    yield json_text(to_plain(report)) + "\n"


SARIF: Final = Reporter(name="sarif", suffixes=(".sarif",), render=_render)
