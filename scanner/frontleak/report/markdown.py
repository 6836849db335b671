"""Markdown: a report for a comment or an issue, and the summary of a GitHub job.

GitHub refuses a summary of more than 1 MiB of a step, and a comment of more than 65,536 characters.
Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from frontleak.core.finding import Finding
from frontleak.core.report import Report
from frontleak.core.vocabulary import Exposure, Severity
from frontleak.report.interface import Look, counted, further_places, position_of, sentence
from frontleak.report.locations import target
from frontleak.report.markdown_text import block, code, prose
from frontleak.report.service_messages import without_commands
from frontleak.report.wording import facts

_SUMMARY_BYTES: Final = 900_000
"""Bytes of a job summary, within GitHub's limit of 1 MiB for all that a step writes."""
_SKIPS: Final = 20
"""Files that were not scanned that are listed; the rest are counted."""


def render(report: Report, _look: Look) -> Iterator[str]:
    """Yield the whole report. It holds no values, whatever the options: it is made to be published."""
    return without_commands(_pieces(report, "#"))


def render_summary(report: Report, _look: Look) -> Iterator[str]:
    """Yield the report as far as GitHub takes it as the summary of a job, the worst findings first."""
    size, left_out = 0, 0
    for piece in _pieces(report, "##"):
        size += len(piece.encode("utf-8", "replace"))
        if size <= _SUMMARY_BYTES:
            yield from without_commands((piece,))
        else:
            left_out += 1
    if left_out:
        yield "\nThe summary ends here, because GitHub takes no more: write the report to a file, and keep it.\n"


def _pieces(report: Report, level: str) -> Iterator[str]:
    """Yield the head of the report, one piece per finding, and what was not scanned; `level` begins its heading."""
    number = len(report.findings)
    yield f"{level} frontleak: {counted(number, 'finding') if number else 'no secrets found'}\n\n"
    yield from _overview(report)
    yield from _unread(report)
    for place, finding in enumerate(report.findings, start=1):
        yield "".join(_finding(report, finding, f"{level}# {place}."))


def _overview(report: Report) -> Iterator[str]:
    if report.findings:
        counts = Counter(finding.severity for finding in report.findings)
        yield f"| {' | '.join(Severity)} |\n|{' ---: |' * len(Severity)}\n"
        yield f"| {' | '.join(str(counts[severity]) for severity in Severity)} |\n\n"
    files = sum(report.coverage.files.values())
    size = sum(report.coverage.bytes.values()) / 1e6
    yield f"Scanned {counted(files, 'file')}, {size:.1f} MB, in {report.seconds:.2f} s."
    if report.suppressed:
        yield f" {counted(len(report.suppressed), 'finding')} suppressed."
    if report.hidden:
        yield f" {counted(len(report.hidden), 'finding')} hidden: public by design, or only in server output."
    yield "\n"


def _unread(report: Report) -> Iterator[str]:
    missed = [each for each in report.skipped if each.incomplete]
    if not missed:
        return
    yield "\n**The scan is incomplete.** Not scanned:\n\n"
    for each in missed[:_SKIPS]:
        yield f"- {code(each.origin.display)}: {prose(each.message)}\n"
    if len(missed) > _SKIPS:
        yield f"- and {len(missed) - _SKIPS} more\n"


def _finding(report: Report, finding: Finding, heading: str) -> Iterator[str]:
    where = target(report, finding)
    yield f"\n{heading} {finding.severity}: {prose(finding.title)}\n\n"
    yield f"{code(where.position)} · {code(finding.rule_id)}\n\n"
    if finding.snippet:
        yield f"{block(finding.snippet)}\n"
    secret = [] if finding.secret is None else [f"Secret {code(finding.secret.redacted)}"]
    near = [code(facts(finding))] if finding.context else []
    exposure = [] if finding.exposure is Exposure.SOURCE else [str(finding.exposure)]
    if details := [*secret, *near, *exposure]:
        yield f"- {', '.join(details)}\n"
    yield from _places(finding, where.inside)
    yield from _import_path(finding)
    if finding.history:
        yield f"- History: {prose(finding.history.text)}\n"
    if finding.verdict:
        yield f"- **Verdict:** {prose(finding.verdict.headline)}. {prose(finding.verdict.reason)}\n"
    yield f"- **First step:** {prose(finding.fix)}\n- **Why:** {prose(finding.why)}\n"


def _places(finding: Finding, inside: str) -> Iterator[str]:
    place = finding.place
    if inside:
        yield f"- In the member {code(inside)}\n"
    if place.original:
        yield f"- In {code(position_of(place))}\n" if place.original.exists else f"- From {code(place.original.path)}\n"
    if place.label:
        yield f"- At {code(place.label)}\n"
    if place.via:
        yield f"- Decoded from {', then '.join(map(prose, place.via))}\n"
    listed, more = further_places(finding)
    for what, position in listed:
        yield f"- {what.capitalize()} {code(position)}\n"
    if more:
        yield f"- And at {more}\n"


def _import_path(finding: Finding) -> Iterator[str]:
    if finding.import_path:
        yield "- How it reaches the browser:\n"
    for number, hop in enumerate(finding.import_path, start=1):
        why = f" ({prose(hop.why)})" if hop.why else ""
        text = f" {code(hop.text)}" if hop.text else ""
        yield f"  {number}. {code(f'{hop.origin.display}:{hop.line}')}{why}{text}\n"
    if finding.shipped:
        yield f"- {prose(sentence(finding.shipped))}\n"
