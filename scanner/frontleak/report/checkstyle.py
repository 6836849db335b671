"""Checkstyle XML, which Jenkins' warnings plugin, reviewdog and others read.

A reader needs `line` and `message`; `severity` is error, warning or info, and `source` names the rule.
Source: https://github.com/jenkinsci/analysis-model (the parser `CheckStyleParser`)
"""

from collections.abc import Iterator, Mapping
from typing import Final

from frontleak.core.finding import Finding
from frontleak.core.report import Report
from frontleak.core.vocabulary import Severity
from frontleak.report.interface import Look, level
from frontleak.report.locations import Target, target
from frontleak.report.wording import message
from frontleak.report.xml_text import xml_attributes

_LEVELS: Final[Mapping[Severity, str]] = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "info",
    Severity.INFO: "info",
}


def render(report: Report, _look: Look) -> Iterator[str]:
    """Yield the findings by file, the files of the worst findings first, and files that were not scanned."""
    by_file: dict[str, list[tuple[Target, Finding]]] = {}
    for finding in report.findings:
        where = target(report, finding)
        by_file.setdefault(where.path, []).append((where, finding))
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<checkstyle version="10.0">\n'
    for path, findings in by_file.items():
        yield f"  <file{xml_attributes(name=path)}>\n"
        for where, finding in findings:
            yield f"    <error{_position(where)}{_rest(finding)}/>\n"
        yield "  </file>\n"
    for each in report.skipped:
        if each.incomplete:
            values = {
                "severity": "warning",
                "message": f"not scanned: {each.message}",
                "source": "frontleak.not-scanned",
            }
            yield f"  <file{xml_attributes(name=each.origin.display)}>\n"
            yield f"    <error{xml_attributes(line=1, **values)}/>\n  </file>\n"
    yield "</checkstyle>\n"


def _position(where: Target) -> str:
    return xml_attributes(line=where.line, **({"column": where.column} if where.column else {}))


def _rest(finding: Finding) -> str:
    text = f"{message(finding)} Fix: {finding.fix}"
    return xml_attributes(severity=_LEVELS[level(finding)], message=text, source=f"frontleak.{finding.rule_id}")
