"""Sentences about a finding that several formats share, not escaped: each format escapes for its own markup."""

from collections import Counter

from frontleak.core.finding import Finding
from frontleak.core.report import Report
from frontleak.core.vocabulary import Severity
from frontleak.report.interface import counted, position_in, sentence


def what(finding: Finding) -> str:
    """Return the title, the redacted secret or the path, and the facts near it, without a full stop."""
    secret = finding.secret
    named = f" {secret.redacted}" if secret is not None else f": {finding.place.origin.display}"
    found = facts(finding)
    return f"{finding.title}{named}{f' ({found})' if found else ''}"


def facts(finding: Finding) -> str:
    """Return the facts found near the secret, such as `project_id abcd1234; dataset production`; may be empty."""
    return "; ".join(f"{name} {', '.join(values)}" for name, values in sorted(finding.context.items()))


def details(finding: Finding) -> str:
    """Return what no line and column tell: label, original source without a file on disk, decoding; may be empty."""
    place = finding.place
    parts = [f"at {place.label}"] if place.label else []
    if place.original and not place.original.exists:
        parts.append(f"from {position_in(place.original)}")
    if place.via:
        parts.append(f"decoded from {', then '.join(place.via)}")
    return f"Found {', '.join(parts)}." if parts else ""


def outcome(finding: Finding) -> str:
    """Return the verdict on a secret and its reason, its history, or what reaches the browser of code; may be empty."""
    history = f"In the history: {finding.history.text}." if finding.history else ""
    if finding.verdict:
        verdict = f"Verdict: {finding.verdict.headline} ({finding.verdict.reason})."
        return f"{history} {verdict}" if history else verdict
    if history:
        return history
    return sentence(finding.shipped) if finding.shipped else ""


def message(finding: Finding) -> str:
    """Return what was found, how, and with what outcome, in sentences."""
    return " ".join(part for part in (f"{what(finding)}.", details(finding), outcome(finding)) if part)


def totals(report: Report) -> str:
    """Return how many findings there are of each severity: `3 findings: 1 critical, 2 low`."""
    counts = Counter(finding.severity for finding in report.findings)
    parts = ", ".join(f"{counts[severity]} {severity}" for severity in Severity if counts[severity])
    number = counted(len(report.findings), "finding")
    return f"{number}: {parts}" if parts else number


def unread(report: Report) -> str:
    """Return what makes the scan incomplete, as a sentence; empty if nothing does."""
    missed = [each for each in report.skipped if each.incomplete]
    if not missed:
        return ""
    first = f"{missed[0].origin.display}: {missed[0].message}"
    rest = f", and {len(missed) - 1} more" if len(missed) > 1 else ""
    return f"The scan is incomplete. Not scanned: {first}{rest}."
