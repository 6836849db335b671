"""Annotations of GitHub Actions, as workflow commands on standard output.

GitHub shows ten errors, ten warnings and ten notices of a step; what is beyond is counted in the log. A value of a
property ends at `,` and `:`, and any text at a line break, so these and `%` are written as `%2C`, `%3A`, `%0A`, `%25`.
Sources: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands,
https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from frontleak.core.finding import Finding
from frontleak.core.report import Report
from frontleak.core.secret import printable
from frontleak.core.vocabulary import Severity
from frontleak.report.interface import Look, counted, level
from frontleak.report.locations import target
from frontleak.report.service_messages import without_command
from frontleak.report.wording import message, totals, unread

_LEVELS: Final[Mapping[Severity, str]] = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "notice",
    Severity.INFO: "notice",
}
_MOST: Final = 10
"""Annotations of a level that GitHub shows of one step."""


def render(report: Report, _look: Look) -> Iterator[str]:
    """Yield a command per annotation, the worst findings first, and how many there are in all."""
    used: Counter[str] = Counter()
    if problem := unread(report):
        used["warning"] += 1
        yield _command("warning", {"title": "Secret scan incomplete"}, problem)
    left_out = 0
    for finding in report.findings:  # worst first
        command = _LEVELS[level(finding)]
        if used[command] < _MOST:
            used[command] += 1
            yield _annotation(report, finding, command)
        else:
            left_out += 1
    rest = f"; {counted(left_out, 'finding')} without an annotation, of which GitHub shows ten of a level"
    yield f"frontleak: {totals(report)}{rest if left_out else ''}.\n"


def _annotation(report: Report, finding: Finding, command: str) -> str:
    where = target(report, finding)
    properties = {"title": f"{finding.title} [{finding.rule_id}]"}
    if finding.place.origin.path != "<stdin>":
        properties = (
            {"file": where.path, "line": str(where.line)}
            | ({"col": str(where.column)} if where.column else {})
            | properties
        )
    inside = f"In {where.inside}: " if where.inside else ""
    return _command(command, properties, f"{inside}{message(finding)}", f"Fix: {finding.fix}")


def _command(name: str, properties: Mapping[str, str], *lines: str) -> str:
    given = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{name} {given}::{'%0A'.join(map(_data, lines))}\n"


def _data(text: str) -> str:
    return without_command(printable(text)).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
