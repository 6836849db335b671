"""Reports that GitLab reads: secret detection (for its security pages) and code quality (for merge requests).

GitLab drops a secret detection report that does not follow its schema, 15.0.7 here. It reads descriptions as Markdown.
It takes two vulnerabilities with one first identifier, file and line for the same, and a bundle has one line: so the
first identifier has our fingerprint, and the second is the rule.
Sources: https://gitlab.com/gitlab-org/security-products/security-report-schemas,
https://docs.gitlab.com/ci/testing/code_quality/
"""

import os
import re
import time
from collections.abc import Iterator, Mapping
from typing import Any, Final

from frontleak.core.finding import Finding
from frontleak.core.origins import CommitOrigin, MemberOrigin
from frontleak.core.report import Report
from frontleak.core.secret import printable
from frontleak.core.vocabulary import Severity
from frontleak.report.interface import Look, json_pieces, level
from frontleak.report.locations import target
from frontleak.report.markdown_text import prose
from frontleak.report.wording import message

_SCHEMA: Final = "15.0.7"
_UNKNOWN_COMMIT: Final = "0000000"
"""What GitLab's own analyzers write where there is no commit."""
_COMMIT: Final = re.compile(r"[0-9a-f]{7,64}")
_NAME, _SOLUTION, _DESCRIPTION = 255, 7000, 100_000
"""Characters that GitLab takes; of a description it takes ten times as many."""
_MESSAGES: Final = 100
"""Files that were not scanned that are listed."""
_QUALITY: Final[Mapping[Severity, str]] = {
    Severity.CRITICAL: "blocker",
    Severity.HIGH: "critical",
    Severity.MEDIUM: "major",
    Severity.LOW: "minor",
    Severity.INFO: "info",
}


def render_secrets(report: Report, _look: Look) -> Iterator[str]:
    """Yield a secret detection report. It has the time of the scan; all else depends on the input only."""
    tool = {
        "id": "frontleak",
        "name": "frontleak",
        "url": "https://github.com/frontleak/frontleak",
        "version": report.tool_version,
        "vendor": {"name": "frontleak"},
    }
    now = time.time()
    missed = [each for each in report.skipped if each.incomplete][:_MESSAGES]
    yield from json_pieces(
        {
            "version": _SCHEMA,
            "scan": {
                "analyzer": tool,
                "scanner": tool,
                "type": "secret_detection",
                "start_time": _utc(now - report.seconds),
                "end_time": _utc(now),
                "status": "success",
                "messages": [
                    {"level": "warn", "value": f"Not scanned: {each.origin.display}: {printable(each.message)}"}
                    for each in missed
                ],
            },
            "vulnerabilities": (_vulnerability(report, finding) for finding in report.findings),
        }
    )
    yield "\n"


def _vulnerability(report: Report, finding: Finding) -> dict[str, Any]:
    where = target(report, finding)
    url = next((each for each in finding.rule.references if each.startswith(("https://", "http://"))), None)
    link = {} if url is None else {"url": url}
    rule = finding.rule_id
    return {
        "id": _uuid(finding.fingerprint),
        "category": "secret_detection",
        "name": printable(finding.title)[:_NAME],
        "description": prose(f"{message(finding)} {finding.why}")[:_DESCRIPTION],
        "severity": level(finding).capitalize(),
        "confidence": finding.confidence.capitalize(),
        "solution": prose(finding.fix)[:_SOLUTION],
        "identifiers": [
            {
                "type": "frontleak_fingerprint",
                "name": f"frontleak {rule} {finding.fingerprint[:12]}",
                "value": finding.fingerprint,
            },
            {"type": "frontleak_rule_id", "name": f"frontleak rule {rule}", "value": rule} | link,
        ],
        "links": [link] if link else [],
        "location": {
            "file": where.path,
            "start_line": where.line,
            "end_line": where.end_line,
            "commit": {"sha": _commit(finding)},
        },
    }


def render_quality(report: Report, _look: Look) -> Iterator[str]:
    """Yield a code quality report."""
    yield from json_pieces(_issue(report, finding) for finding in report.findings)
    yield "\n"


def _issue(report: Report, finding: Finding) -> dict[str, Any]:
    where = target(report, finding)
    return {
        "description": printable(message(finding)),
        "check_name": finding.rule_id,
        "fingerprint": finding.fingerprint,
        "severity": _QUALITY[level(finding)],
        "location": {"path": where.path, "lines": {"begin": where.line}},
    }


def _commit(finding: Finding) -> str:
    origin = finding.place.origin
    container = origin.container if isinstance(origin, MemberOrigin) else origin
    if isinstance(container, CommitOrigin):
        return container.commit
    current = os.environ.get("CI_COMMIT_SHA", "")  # set by GitLab in every job
    return current if _COMMIT.fullmatch(current) else _UNKNOWN_COMMIT


def _uuid(digits: str) -> str:
    """Return 32 hexadecimal digits in the form of a UUID."""
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def _utc(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
