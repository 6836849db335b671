"""JUnit XML: one test suite per rule, one test case per finding, which has failed if the finding fails the scan.

Jenkins, GitLab, Azure Pipelines and CircleCI show such files. There is no official schema: Jenkins' is the strictest.
Source: https://github.com/jenkinsci/xunit-plugin (junit-10.xsd)
"""

from collections.abc import Iterator, Sequence

from frontleak.core.diagnostic import Diagnostic
from frontleak.core.finding import Finding
from frontleak.core.report import Report
from frontleak.report.interface import Look, places, position_of
from frontleak.report.locations import target
from frontleak.report.wording import message
from frontleak.report.xml_text import xml_attributes, xml_text


def render(report: Report, look: Look) -> Iterator[str]:
    """Yield the suites, those of the worst findings first. A scan that found nothing has one case, which passed."""
    by_rule: dict[str, list[Finding]] = {}
    for finding in (*report.findings, *report.suppressed):
        by_rule.setdefault(finding.rule_id, []).append(finding)
    missed = [each for each in report.skipped if each.incomplete]
    cases = len(report.findings) + len(report.suppressed) + len(missed)
    total = xml_attributes(
        name="frontleak",
        tests=max(1, cases),
        failures=sum(map(look.fails, report.findings)),
        errors=len(missed),
        time=f"{report.seconds:.3f}",
    )
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites{total}>\n'
    for rule_id, findings in by_rule.items():
        yield from _suite(report, rule_id, findings, look)
    if missed:
        yield from _not_scanned(missed)
    if not cases:
        yield f"  <testsuite{xml_attributes(name='frontleak', tests=1, failures=0, errors=0, skipped=0)}>\n"
        yield f"    <testcase{xml_attributes(classname='frontleak', name='no secrets found')}/>\n  </testsuite>\n"
    yield "</testsuites>\n"


def _suite(report: Report, rule_id: str, findings: Sequence[Finding], look: Look) -> Iterator[str]:
    failed = [finding for finding in findings if finding.suppression is None and look.fails(finding)]
    counts = {"tests": len(findings), "failures": len(failed), "errors": 0, "skipped": len(findings) - len(failed)}
    yield f"  <testsuite{xml_attributes(name=rule_id, **counts)}>\n"
    for finding in findings:
        yield from _case(report, finding, look)
    yield "  </testsuite>\n"


def _case(report: Report, finding: Finding, look: Look) -> Iterator[str]:
    where = target(report, finding)
    name = xml_attributes(classname=rule_name(finding), name=f"{where.position} {finding.title}")
    yield f"    <testcase{name}>\n"
    if finding.suppression is not None:
        yield f"      <skipped{xml_attributes(message=f'suppressed: {finding.suppression.kind.value}')}/>\n"
    elif not look.fails(finding):
        yield f"      <skipped{xml_attributes(message=f'{finding.severity}: {message(finding)}')}/>\n"
    else:
        yield f"      <failure{xml_attributes(type=finding.severity, message=message(finding))}>"
        yield "\n".join(map(xml_text, _lines(finding)))
        yield "</failure>\n"
    yield "    </testcase>\n"


def rule_name(finding: Finding) -> str:
    """Return the rule as tools show a class: `frontleak.sanity-token`."""
    return f"frontleak.{finding.rule_id}"


def _lines(finding: Finding) -> Iterator[str]:
    for place in places(finding):
        yield position_of(place)
    if finding.snippet:
        yield f"    {finding.snippet}"
    for hop in finding.import_path:
        yield f"imported by {hop.origin.display}:{hop.line} {hop.text}"
    yield f"fix: {finding.fix}"
    yield f"why: {finding.why}"
    yield f"fingerprint: {finding.fingerprint}"


def _not_scanned(missed: Sequence[Diagnostic]) -> Iterator[str]:
    counts = {"tests": len(missed), "failures": 0, "errors": len(missed), "skipped": 0}
    yield f"  <testsuite{xml_attributes(name='not scanned', **counts)}>\n"
    for each in missed:
        yield f"    <testcase{xml_attributes(classname='frontleak.not-scanned', name=each.origin.display)}>\n"
        yield f"      <error{xml_attributes(type=each.code, message=each.message)}/>\n    </testcase>\n"
    yield "  </testsuite>\n"
