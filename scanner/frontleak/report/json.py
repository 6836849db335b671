"""JSON and JSON Lines. The format is versioned; its schema is docs/report.schema.json."""

from collections.abc import Iterator
from typing import Any, Final

from frontleak.core.diagnostic import Diagnostic
from frontleak.core.finding import Finding, Hop, Original, Place
from frontleak.core.origins import CommitOrigin, FileOrigin, MemberOrigin, Origin
from frontleak.core.records import replace
from frontleak.core.report import Narrowing, Report
from frontleak.core.suppression import Suppression
from frontleak.core.vocabulary import Exposure, Severity
from frontleak.report.interface import Look, json_text, shown_secret

FORMAT_VERSION: Final = 1
"""Incremented when a field changes its meaning or is removed, not when one is added."""


def to_plain(report: Report) -> dict[str, Any]:
    """Return a report as JSON values. Only `timings`, verdicts and calls can differ between runs on the same input."""
    return {name: list(value) if isinstance(value, Iterator) else value for name, value in _parts(report).items()}


def _parts(report: Report) -> dict[str, Any]:
    """Return a report as JSON values, with its lists as iterators: one item takes little memory, all take much."""
    parts: dict[str, Any] = {
        "version": FORMAT_VERSION,
        "tool": {"name": "frontleak", "version": report.tool_version, "rules": report.rules_digest},
        "summary": _summary(report),
        "findings": (_finding(report, finding) for finding in report.findings),
        "suppressed": (_finding(report, finding) for finding in report.suppressed),
        "skipped": (_diagnostic(each) for each in report.skipped),
        "coverage": coverage_of(report),
        "timings": {"seconds": round(report.seconds, 3)},
    }
    if report.calls is not None:
        parts["calls"] = (call.to_plain() for call in report.calls)
    if report.requests is not None:
        parts["requests"] = (request.to_plain() for request in report.requests)
    return parts


def coverage_of(report: Report) -> dict[str, Any]:
    """Return counts of what was read, by kind, and of what was not scanned, as JSON values."""
    coverage = report.coverage
    return {
        "files": dict(coverage.files),
        "bytes": dict(coverage.bytes),
        "views": dict(coverage.views),
        "maps": {"used": coverage.maps_used, "missing": coverage.maps_missing},
        "ignored": coverage.ignored,
        "excluded": coverage.excluded,
        "pruned_folders": coverage.pruned,
        "code": dict(coverage.code),
        **({"commits": coverage.commits} if coverage.commits else {}),
        **({"unchanged": coverage.unchanged} if coverage.unchanged else {}),
        **({} if coverage.narrowing is None else {"configuration": _narrowing(coverage.narrowing)}),
    }


def _narrowing(narrowing: Narrowing) -> dict[str, Any]:
    return {
        "path": narrowing.file,
        "excluded": narrowing.excluded,
        "too_large": narrowing.too_large,
        "disabled_rules": list(narrowing.rules),
        "fail_on": narrowing.fail_on or None,
    }


def _summary(report: Report) -> dict[str, Any]:
    sent = sum(finding.exposure is Exposure.REQUEST for finding in report.findings)
    counts = {severity.value: 0 for severity in Severity}
    for finding in report.findings:
        counts[finding.severity] += 1
    return {
        "findings": len(report.findings),
        "by_severity": counts,
        "public_by_design_hidden": sum(finding.exposure is Exposure.PUBLIC for finding in report.hidden),
        "server_only_hidden": sum(finding.exposure is Exposure.SERVER for finding in report.hidden),
        **({"sent_by_browser": sent} if sent else {}),
        "suppressed": len(report.suppressed),
        "skipped": len(report.skipped),
        "complete": not any(each.incomplete for each in report.skipped),
    }


def _finding(report: Report, finding: Finding) -> dict[str, Any]:
    plain = {
        "rule": finding.rule_id,
        "kind": finding.kind.value,
        "chain": [_hop(hop) for hop in finding.import_path],
        "shipped": finding.shipped,
        "title": finding.title,
        "severity": finding.severity.value,
        "confidence": finding.confidence.value,
        "exposure": finding.exposure.value,
        **_place(finding.place),
        **_role(finding, finding.place),
        "also_at": [
            _place(place) | {"exposure": place.exposure.value} | _role(finding, place) for place in finding.also_at
        ],
        "secret": shown_secret(report, finding),
        "snippet": finding.snippet,
        "context": {name: list(values) for name, values in sorted(finding.context.items())},
        "fingerprint": finding.fingerprint,
        "why": finding.why,
        "fix": finding.fix,
        "references": list(finding.rule.references),
    }
    if finding.verdict:
        plain["verdict"] = finding.verdict.to_plain()
    if finding.history:
        plain["history"] = finding.history.to_plain()
    return plain | (_suppression(finding.suppression) if finding.suppression else {})


def _suppression(suppression: Suppression) -> dict[str, Any]:
    by = {"kind": suppression.kind.name.lower().replace("_", "-"), "reason": suppression.reason}
    return {"suppressed_because": suppression.kind.value, "suppressed_by": by | {"where": suppression.where}}


def _hop(hop: Hop) -> dict[str, Any]:
    return {"path": hop.origin.display, "line": hop.line, "column": hop.column, "why": hop.why, "text": hop.text}


def _place(place: Place) -> dict[str, Any]:
    return {
        **_address(place.origin),
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
        "offset": place.offset,
        "length": place.length,
        "via": list(place.via),
        "label": place.label,
        "original": _original(place.original),
    }


def _role(finding: Finding, place: Place) -> dict[str, Any]:
    """Return what a place is for the variable of a finding, and the rule that detected it; nothing for any other."""
    if place.role is None:
        return {}
    return {"role": place.role.value, "detected_by": place.rule_id or finding.rule_id}


def _address(origin: Origin) -> dict[str, str | int]:
    """Return the path; also the commit of a file in the history, or the URL and the recording of a response."""
    container = origin.container if isinstance(origin, MemberOrigin) else origin
    if isinstance(container, CommitOrigin):
        return {"path": FileOrigin(path=origin.path).display, "commit": container.commit}
    if not container.url:
        return {"path": origin.display}
    from frontleak.core.url_origin import UrlOrigin  # noqa: PLC0415 - few scans read what a site sent

    if not isinstance(container, UrlOrigin):
        raise TypeError(f"{type(container).__name__} has a URL")
    bare = replace(container, part="")
    recorded: dict[str, str | int] = {
        "recording": FileOrigin(path=container.recording).display,
        "record": container.number,
        **({} if container.at is None else {"record_offset": container.at}),
    }
    return {"path": origin.display, "url": bare.display, **recorded}


def _original(original: Original | None) -> dict[str, Any] | None:
    if original is None:
        return None
    return {"path": original.path, "line": original.line, "column": original.column, "exists": original.exists}


def _diagnostic(diagnostic: Diagnostic) -> dict[str, Any]:
    return {
        **_address(diagnostic.origin),
        "reason": diagnostic.message,
        "incomplete": diagnostic.incomplete,
        "code": diagnostic.code.value,
    }


def render(report: Report, _look: Look) -> Iterator[str]:
    """Yield a report as one JSON value, with one line per field and per list item: fast to write and easy to diff."""
    start = "{\n  "
    for name, value in _parts(report).items():
        yield f"{start}{json_text(name)}: "
        yield from _items(value) if isinstance(value, Iterator) else (json_text(value),)
        start = ",\n  "
    yield "\n}\n"


def _items(values: Iterator[object]) -> Iterator[str]:
    start = "[\n    "
    for value in values:
        yield start + json_text(value)
        start = ",\n    "
    yield "[]" if start.startswith("[") else "\n  ]"


def render_lines(report: Report, _look: Look) -> Iterator[str]:
    """Yield a report as JSON Lines: an object for each finding and diagnostic, and the summary last."""
    plain = _parts(report)
    listed = (
        ("finding", "findings"),
        ("suppressed", "suppressed"),
        ("skipped", "skipped"),
        ("call", "calls"),
        ("request", "requests"),
    )
    for kind, key in listed:
        for item in plain.pop(key, ()):
            yield _line({"type": kind, **item})
    yield _line({"type": "summary", **plain.pop("summary"), **plain})


def _line(value: dict[str, Any]) -> str:
    return json_text(value) + "\n"
