"""SARIF 2.1.0 for GitHub code scanning.

GitHub uses only the first location, only `partialFingerprints.primaryLocationLineHash` (which it would compute to the
same value for all findings on a one-line bundle), `security-severity` as a string, and columns in UTF-16 code units.
Source: https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""

import os
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from frontleak.core.finding import Finding, Place
from frontleak.core.origins import FileOrigin, Origin, StdinOrigin
from frontleak.core.report import Report
from frontleak.core.rule import Rule
from frontleak.core.suppression import Suppression
from frontleak.core.vocabulary import Confidence, Exposure, Role, RuleKind, Severity
from frontleak.report.interface import Look, json_pieces
from frontleak.report.json import coverage_of
from frontleak.report.locations import below_root
from frontleak.report.wording import message

Artifact = Callable[[Origin], dict[str, Any]]
"""Origin -> its address."""
_BASE: Final = "The root of the repository."
_NO_REPOSITORY: Final = "The working directory of the scan, which is in no repository."
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
    RuleKind.ENV_VALUE: "the same secret",
}
_ROLE: Final[Mapping[Role, str]] = {
    Role.USE: "the variable is used here",
    Role.DEFINITION: "the variable is set here",
    Role.VALUE: "the value of the variable",
}
_MAX_RELATED: Final = 20
"""Maximum related locations per finding."""


def to_plain(report: Report) -> dict[str, Any]:
    """Return a report as a SARIF log, which depends only on the input."""
    log = _parts(report)
    for run in log["runs"]:
        run["results"] = list(run["results"])
    return log


def _parts(report: Report) -> dict[str, Any]:
    """Return a SARIF log with the results as an iterator: one takes little memory, all take much."""
    reported = (*report.findings, *report.suppressed)
    rule_ids = sorted({finding.rule_id for finding in reported})
    indexes = {rule_id: index for index, rule_id in enumerate(rule_ids)}
    artifact = partial(_artifact, report.repository, os.getcwd())
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
                        "rules": [_rule(report.rules[rule_id]) for rule_id in rule_ids],
                    }
                },
                "columnKind": "utf16CodeUnits",
                "originalUriBaseIds": {
                    "SRCROOT": {"description": {"text": _BASE if report.repository else _NO_REPOSITORY}}
                },
                "results": (_result(finding, indexes[finding.rule_id], artifact) for finding in reported),
                "invocations": [
                    {
                        "executionSuccessful": not any(each.incomplete for each in report.skipped),
                        "toolExecutionNotifications": [
                            {
                                "level": "warning" if each.incomplete else "note",
                                "message": {
                                    "text": f"{'To correct' if each.is_advice else 'Not scanned'}: {each.message}."
                                },
                                "locations": [{"physicalLocation": {"artifactLocation": artifact(each.origin)}}],
                            }
                            for each in report.skipped
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
            "tags": ["security", "secret" if rule.kind.is_value else rule.kind.value],
        },
    }


def _result(finding: Finding, index: int, artifact: Artifact) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.rule_id,
        "ruleIndex": index,
        "level": "note" if finding.exposure in {Exposure.PUBLIC, Exposure.REQUEST} else _LEVEL[finding.severity],
        "message": {"text": f"{message(finding)} {finding.fix}"},
        "locations": [_original_location(finding.place, artifact) or _location(finding.place, artifact)],
        "partialFingerprints": {"primaryLocationLineHash": finding.fingerprint},
        "properties": {
            "severity": finding.severity.value,
            "confidence": finding.confidence.value,
            "exposure": finding.exposure.value,
            "context": {name: list(values) for name, values in sorted(finding.context.items())},
        },
    }
    at_original = finding.place.original is not None and finding.place.original.exists
    others = ((finding.place,) if at_original else ()) + finding.also_at
    if others:
        result["relatedLocations"] = [
            {"id": number, **_location(place, artifact), "message": {"text": _related(finding, place)}}
            for number, place in enumerate(others[:_MAX_RELATED], start=1)
        ]
    if finding.import_path:
        result["codeFlows"] = [_code_flow(finding, artifact)]
    if finding.history:
        result["properties"]["history"] = finding.history.to_plain()
    if finding.verdict:
        result["properties"]["verdict"] = finding.verdict.to_plain()
    if finding.suppression:
        result["suppressions"] = [_suppression(finding.suppression)]
    return result


def _related(finding: Finding, place: Place) -> str:
    """Return what a further place has to do with a finding."""
    return _SAME[finding.kind] if place.role is None else _ROLE[place.role]


def _suppression(suppression: Suppression) -> dict[str, Any]:
    parts = (suppression.kind.value, suppression.where, suppression.reason)
    kind = "inSource" if suppression.is_in_source else "external"
    return {"kind": kind, "status": "accepted", "justification": ": ".join(part for part in parts if part)}


def _code_flow(finding: Finding, artifact: Artifact) -> dict[str, Any]:
    """Return the import path from a client entry to the finding, one step per file."""
    steps = [
        {
            "location": {
                "physicalLocation": {
                    "artifactLocation": artifact(hop.origin),
                    "region": {"startLine": hop.line, "startColumn": hop.column},
                },
                "message": {"text": " ".join(part for part in (hop.why, hop.text) if part) or hop.origin.display},
            }
        }
        for hop in finding.import_path
    ]
    return {"message": {"text": "How it reaches the browser"}, "threadFlows": [{"locations": steps}]}


def _location(place: Place, artifact: Artifact) -> dict[str, Any]:
    region = {"startLine": place.line}  # also for a whole file: GitHub shows no result without a line
    if place.length:
        region |= {
            "startColumn": place.column,
            "endLine": place.end_line,
            "endColumn": place.end_column,
            "byteOffset": place.offset,
            "byteLength": place.length,
        }
    return {"physicalLocation": {"artifactLocation": artifact(place.origin), "region": region}}


def _original_location(place: Place, artifact: Artifact) -> dict[str, Any] | None:
    """Return the original source location if that file exists, so that alerts track it instead of the bundle."""
    original = place.original
    if original is None or not original.exists:
        return None
    region = {"startLine": original.line, "startColumn": original.column}
    return {"physicalLocation": {"artifactLocation": artifact(FileOrigin(path=original.path)), "region": region}}


def _artifact(repository: str, here: str, origin: Origin) -> dict[str, Any]:
    """Return the address of a file, from the root of its repository if that is known."""
    if origin.url:
        return {"uri": origin.uri}
    below = None if isinstance(origin, StdinOrigin) else below_root(repository, here, origin.path)
    if below is not None:
        return {"uri": FileOrigin(path=below).uri, "uriBaseId": "SRCROOT"}
    return {"uri": origin.uri} if origin.uri.startswith("file:") else {"uri": origin.uri, "uriBaseId": "SRCROOT"}


def render(report: Report, _look: Look) -> Iterator[str]:
    """Yield a report as a SARIF log. It holds no values, whatever the options: it is made to be published."""
    yield from json_pieces(_parts(report))
    yield "\n"
