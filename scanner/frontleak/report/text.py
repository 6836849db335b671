"""The text report, for people."""

import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from frontleak.core.finding import Finding, Place
from frontleak.core.origins import CommitOrigin
from frontleak.core.report import Coverage, Narrowing, Report
from frontleak.core.secret import printable
from frontleak.core.suppression import SuppressionKind
from frontleak.core.vocabulary import Exposure, Severity
from frontleak.report.interface import (
    Look,
    Paint,
    counted,
    further_places,
    position_in,
    position_of,
    sentence,
    shown_secret,
)
from frontleak.report.service_messages import without_commands

if TYPE_CHECKING:
    from frontleak.core.verdict import Verdict

_SKIPS: Final = 20
"""Skipped files that are listed; the rest are counted."""
_RULES: Final = 5
"""Disabled rules that are named; the rest are counted."""
_INDENT: Final = " " * 4
_EXPOSURES: Final = {
    Exposure.SERVER: "server output; a handler may send it",
    Exposure.REQUEST: "sent by the browser that was recorded",
}
"""Exposures that need more words than their name."""
_SUPPRESSED: Final[Mapping[SuppressionKind, str]] = {
    SuppressionKind.DOCUMENTED_DUMMY: "of published examples",
    SuppressionKind.PLACEHOLDER: "of placeholders, such as one repeated character or your-secret-here",
    SuppressionKind.COMMENT: "by comments in the source",
    SuppressionKind.IGNORED_FINDING: "by `ignore-findings` in the configuration",
    SuppressionKind.IGNORED_VALUE: "by `ignore-values` in the configuration",
    SuppressionKind.IGNORED_RULE: "by `overrides` in the configuration",
    SuppressionKind.BASELINE: "by the baseline",
}
"""What suppresses findings -> the end of a sentence about their number."""


def render(report: Report, look: Look) -> Iterator[str]:
    """Yield a report for people, in the colours and the width of a terminal."""
    return without_commands(_pieces(report, look))


def _pieces(report: Report, look: Look) -> Iterator[str]:
    paint, width = look.paint, look.width
    printed: set[tuple[str, str]] = set()
    is_apart = False
    for finding in report.findings:
        if finding.exposure is Exposure.REQUEST and not is_apart:
            is_apart = True  # they are the last
            yield f"{paint('place', 'Sent by the browser that was recorded; this never fails the scan:')}\n\n"
        yield from _finding(report, finding, paint, width)
        yield from _advice(finding, printed, paint, width)
        yield "\n"
    yield from _skipped(report, paint)
    yield from _calls(report, paint)
    yield from _summary(report, paint)
    if report.coverage.narrowing is not None:
        yield _narrowing(report.coverage.narrowing)


def _finding(report: Report, finding: Finding, paint: Paint, width: int) -> Iterator[str]:
    place = finding.place
    severity = paint(finding.severity, finding.severity)
    title = f"{printable(finding.title)}  {paint('faint', f'[{finding.rule_id}]')}"
    yield f"{paint('place', _headline(place))}  {severity}  {title}\n"
    if finding.snippet:
        yield f"    {finding.snippet}\n"
    secret = shown_secret(report, finding)
    facts = [f"{name.replace('_', ' ')} {', '.join(values)}" for name, values in sorted(finding.context.items())]
    display = [] if secret is None else [f"secret {printable(secret)}"]
    is_plain_code = finding.kind.is_code and finding.exposure is Exposure.SOURCE  # which says nothing new
    exposure = [] if is_plain_code else [_EXPOSURES.get(finding.exposure, str(finding.exposure))]
    if details := [*display, *reversed(facts), *exposure]:
        yield _wrapped("; ".join(details), width, _INDENT, _INDENT)
    yield from _places(finding)
    yield from _import_path(finding, paint, width)
    if finding.history:
        yield _wrapped(printable(finding.history.text), width, _INDENT, _INDENT)
    if finding.verdict:
        yield from _verdict(finding.verdict, paint, width)


def _advice(finding: Finding, printed: set[tuple[str, str]], paint: Paint, width: int) -> Iterator[str]:
    """Yield what to do and why, unless an earlier finding of the same rule printed the same text."""
    for label, text in (("fix", finding.fix), ("why", finding.why)):
        if (finding.rule_id, text) not in printed:
            yield _paragraph(label, text, paint, width)
            printed.add((finding.rule_id, text))


def _places(finding: Finding) -> Iterator[str]:
    """Yield the other places of the secret, and how it was decoded."""
    place = finding.place
    if place.original and place.original.exists and not isinstance(place.origin, CommitOrigin):
        yield f"    in {position_of(place)}\n"
    elif place.original:
        yield f"    from {printable(position_in(place.original))}\n"
    if place.label:
        yield f"    at {printable(place.label)}\n"
    if place.via:
        yield f"    decoded from {', then '.join(place.via)}\n"
    listed, more = further_places(finding)
    for what, position in listed:
        yield f"    {what} {position}\n"
    if more:
        yield f"    and at {more} (--format json lists them)\n"


def _import_path(finding: Finding, paint: Paint, width: int) -> Iterator[str]:
    """Yield the import path from a client entry to the place, and what the client bundle contains."""
    if len(finding.import_path) == 1:
        yield f"    This file is client-side code: {printable(finding.import_path[0].why)}\n"
    elif finding.import_path:
        yield "    How it reaches the browser:\n"
    for hop in finding.import_path if len(finding.import_path) > 1 else ():
        why = f" ({printable(hop.why)})" if hop.why else ""
        line = f":{hop.line}" if hop.text else ""
        yield f"        {hop.origin.display}{line}{why}{'  ' if hop.text else ''}{hop.text}\n"
    if finding.shipped:
        yield _paragraph("so ", sentence(finding.shipped), paint, width)


def _verdict(verdict: "Verdict", paint: Paint, width: int) -> Iterator[str]:
    facts = [verdict.headline, verdict.label, f"expires {verdict.expires}" if verdict.expires else ""]
    yield f"    verdict {printable('; '.join(fact for fact in facts if fact))}\n"
    yield _paragraph("how", verdict.reason, paint, width)


def _calls(report: Report, paint: Paint) -> Iterator[str]:
    if not report.calls:
        return
    yield f"{paint('place', 'Calls made to verify:')}\n"
    for call in report.calls:
        address = printable(f"{call.method} https://{call.host}{call.path}")
        yield f"    {address}  {printable(call.outcome)}  {call.milliseconds} ms\n"
    yield "\n"


def _headline(place: Place) -> str:
    """Return the place to edit: the original source file where it exists, else the place of the finding.

    A place in the history is that of the commit, which nobody can edit.
    """
    if isinstance(place.origin, CommitOrigin):
        return position_of(place)
    if place.original and place.original.exists:
        return printable(position_in(place.original))
    return position_of(place)


def _paragraph(label: str, text: str, paint: Paint, width: int) -> str:
    body = _wrapped(text, width, f"{_INDENT}xxx  ", " " * 9)
    return f"{_INDENT}{paint('faint', label)}  {body[9:]}"


def _wrapped(text: str, width: int, first: str, later: str) -> str:
    """Wrap a text to a width in columns; words, paths and addresses are never broken."""
    lines = textwrap.wrap(
        printable(text),
        width,
        initial_indent=first,
        subsequent_indent=later,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "".join(f"{line}\n" for line in lines)


def _skipped(report: Report, paint: Paint) -> Iterator[str]:
    for heading, is_advice in (("Not scanned:", False), ("To correct:", True)):
        listed = [each for each in report.skipped if each.is_advice is is_advice]
        if not listed:
            continue
        yield f"{paint('bad', heading)}\n"
        for each in listed[:_SKIPS]:
            yield f"    {each.origin.display}: {printable(each.message)}\n"
        if len(listed) > _SKIPS:
            yield f"    and {len(listed) - _SKIPS} more (--format json lists them)\n"
        yield "\n"


def _summary(report: Report, paint: Paint) -> Iterator[str]:
    counts = Counter(each.severity for each in report.findings if each.exposure is not Exposure.REQUEST)
    if counts:
        parts = ", ".join(f"{counts[severity]} {severity}" for severity in Severity if counts[severity])
        total = counted(counts.total(), "finding")
        yield f"{paint('bad', f'{total}: {parts}.')} "
    elif sum(report.coverage.files.values()):
        yield f"{paint('good', 'No secrets found.')} "
    elif report.coverage.is_git and not report.skipped:
        yield "Nothing to scan. "
    else:
        yield f"{paint('bad', 'Nothing was scanned.')} "
    coverage = report.coverage
    kinds = ", ".join(f"{count} {kind}" for kind, count in coverage.files.items())
    files = counted(sum(coverage.files.values()), "file")
    size = sum(coverage.bytes.values()) / 1e6
    by_kind = f" ({kinds})" if len(coverage.files) > 1 else ""
    commits = f" of {counted(coverage.commits, 'commit')}" if coverage.commits else ""
    yield f"Scanned {files}{by_kind}{commits}, {size:.1f} MB, in {report.seconds:.2f} s.\n"
    if coverage.views:
        yield f"Decoded: {', '.join(f'{count} {kind}' for kind, count in coverage.views.items())}.\n"
    if coverage.maps_used or coverage.maps_missing:
        missing = f", {coverage.maps_missing} missing or broken" if coverage.maps_missing else ""
        yield f"Source maps for files with findings: {coverage.maps_used} used{missing}.\n"
    if report.calls is not None:
        by_status = Counter(finding.verdict.status.value for finding in report.findings if finding.verdict)
        verdicts = ", ".join(f"{count} {status}" for status, count in sorted(by_status.items())) or "nothing to verify"
        yield f"Verified with {counted(len(report.calls), 'call')}: {verdicts}.\n"
    if report.requests is not None:
        yield f"Asked the site with {counted(len(report.requests), 'request')} (--verbose lists them).\n"
    left_out = list(_left_out(coverage))
    yield from left_out
    if _is_empty(report) and not left_out:
        yield "There are no files here: name some, or the folder that your build writes (dist, .next, build ...).\n"
    yield from _apart(report)
    for kind, count in Counter(each.suppression.kind for each in report.suppressed if each.suppression).items():
        yield f"Suppressed: {counted(count, 'finding')} {_SUPPRESSED[kind]}.\n"


def _is_empty(report: Report) -> bool:
    """Return whether a scan of files on disk met none, not even one that it could not read."""
    coverage = report.coverage
    is_on_disk = not coverage.is_git and report.requests is None
    return is_on_disk and not report.skipped and not sum(coverage.files.values())


def _apart(report: Report) -> Iterator[str]:
    """Yield what does not count, by the reason."""
    if own := sum(finding.exposure is Exposure.REQUEST for finding in report.findings):
        yield f"Apart: {counted(own, 'secret')} that only the recorded browser sent.\n"
    if public := sum(finding.exposure is Exposure.PUBLIC for finding in report.hidden):
        yield f"Hidden: {counted(public, 'key')} that may be public (--show-public lists them).\n"
    if server := sum(finding.exposure is Exposure.SERVER for finding in report.hidden):
        yield (
            f"Hidden: {counted(server, 'secret')} found only in server output (--show-server lists them). "
            "Its code may still send them: scan the source code too.\n"
        )


def _left_out(coverage: Coverage) -> Iterator[str]:
    not_scanned = [
        text
        for count, text in (
            (coverage.ignored, f"{coverage.ignored} git-ignored (--no-gitignore scans them)"),
            (coverage.excluded, f"{coverage.excluded} excluded (--exclude)"),
            (coverage.pruned, f"{counted(coverage.pruned, 'folder')} such as node_modules"),
            (coverage.unchanged, f"{counted(coverage.unchanged, 'finding')} on lines that the range does not add"),
        )
        if count
    ]
    if not_scanned:
        yield f"Left out: {'; '.join(not_scanned)}.\n"


def _narrowing(narrowing: Narrowing) -> str:
    rules = ", ".join(narrowing.rules[:_RULES])
    if len(narrowing.rules) > _RULES:
        rules = f"{rules} and {len(narrowing.rules) - _RULES} more"
    parts = (
        (narrowing.excluded, f"{narrowing.excluded} excluded"),
        (narrowing.too_large, f"{counted(narrowing.too_large, 'file')} over its max-file-size"),
        (narrowing.rules, f"{counted(len(narrowing.rules), 'rule')} disabled ({rules})"),
        (narrowing.fail_on, f"fail-on is {narrowing.fail_on}"),
    )
    text = "; ".join(text for holds, text in parts if holds)
    return f"Configuration {printable(narrowing.file)} narrows the scan: {text} (--isolated ignores it).\n"
