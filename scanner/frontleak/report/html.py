"""One HTML page that holds everything: nothing is loaded, and only its own script and style may run.

The first findings are part of the page. Further ones are in a `<template>`, which a browser reads but does not lay out,
so a page of ten thousand opens fast; the script moves them into the list. Without a script the first ones are there.
"""

from base64 import b64encode
from collections import Counter
from collections.abc import Iterator
from importlib.resources import files
from itertools import islice
from typing import Final

from frontleak.core.finding import Finding
from frontleak.core.report import Report
from frontleak.core.vocabulary import Exposure, Severity
from frontleak.report.html_finding import article
from frontleak.report.interface import Look, counted
from frontleak.report.wording import totals
from frontleak.report.xml_text import xml_text

_SHOWN: Final = 100
"""Findings of the page itself; `page.js` shows as many at once."""
_LISTED: Final = 1000
"""Suppressed findings and skipped files that are listed; the rest are counted."""


def render(report: Report, _look: Look) -> Iterator[str]:
    """Yield the page. With `--reveal` it shows values, as the text report does."""
    style, script = _asset("page.css"), _asset("page.js")
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
    )
    yield "<!doctype html>\n" + '<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    yield '<meta name="referrer" content="no-referrer">\n<meta name="color-scheme" content="light dark">\n'
    yield f"<title>frontleak: {totals(report)}</title>\n<style>{style}</style>\n</head>\n<body>\n"
    yield '<a class="skip" href="#findings">Skip to the findings</a>\n'
    yield from _head(report)
    yield "<main>\n"
    yield from _unread(report)
    yield from _findings(report)
    yield from _suppressed(report)
    yield from _left_out(report)
    yield "</main>\n"
    values = "and here also values: keep this file to yourself" if report.revealed else "never values"
    yield f"<footer><p>frontleak {xml_text(report.tool_version)}. Reports show code, {values}.</p></footer>\n"
    yield f"<script>{script}</script>\n</body>\n</html>\n"


def _asset(name: str) -> str:
    return files("frontleak.report").joinpath(name).read_text("utf-8")  # with `\n`, as browsers count


def _hash(text: str) -> str:
    from hashlib import sha256  # noqa: PLC0415 - only this format needs it

    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _head(report: Report) -> Iterator[str]:
    number = len(report.findings)
    yield f"<header>\n<h1>{counted(number, 'finding') if number else 'No secrets found'}</h1>\n"
    files_read = counted(sum(report.coverage.files.values()), "file")
    size = sum(report.coverage.bytes.values()) / 1e6
    yield f'<p class="faint">Scanned {files_read}, {size:.1f} MB, in {report.seconds:.2f} s.</p>\n'
    if number:
        counts = Counter(finding.severity for finding in report.findings)
        present = [severity for severity in Severity if counts[severity]]
        yield '<ul class="counts">\n'
        for severity in present:
            yield f'<li class="{severity}"><a href="#filter:severity={severity}">'
            yield f"<strong>{counts[severity]}</strong> {severity}</a></li>\n"
        yield "</ul>\n"
        yield f'<svg class="bar" role="img" aria-label="{totals(report)}" viewBox="0 0 {number} 1" '
        yield 'preserveAspectRatio="none">'
        start = 0
        for severity in present:
            yield f'<rect class="{severity}" x="{start}" width="{counts[severity]}" height="1"/>'
            start += counts[severity]
        yield "</svg>\n"
    yield "</header>\n"


def _unread(report: Report) -> Iterator[str]:
    missed = [each for each in report.skipped if each.incomplete]
    if not missed:
        return
    yield '<section class="warning" aria-labelledby="incomplete">\n'
    yield '<h2 id="incomplete">The scan is incomplete</h2>\n<ul>\n'
    for each in missed[:_LISTED]:
        yield f"<li><code>{xml_text(each.origin.display)}</code>: {xml_text(each.message)}</li>\n"
    if len(missed) > _LISTED:
        yield f"<li>and {len(missed) - _LISTED} more</li>\n"
    yield "</ul>\n</section>\n"


def _findings(report: Report) -> Iterator[str]:
    yield '<h2 id="findings">Findings</h2>\n'
    if not report.findings:
        yield "<p>There is nothing to rotate.</p>\n"
        return
    yield from _controls(report)
    numbered = iter(enumerate(report.findings, start=1))
    yield '<ol class="findings" id="list">\n'
    for number, finding in islice(numbered, _SHOWN):
        yield from _item(report, finding, number)
    yield "</ol>\n"
    yield '<button type="button" id="more" hidden>Show more</button>\n'
    left = len(report.findings) - _SHOWN
    if left > 0:
        yield f"<noscript><p>{counted(left, 'further finding')} in this file, which only its script can show.</p>"
        yield "</noscript>\n"
        yield '<template id="rest">\n'
        for number, finding in numbered:
            yield from _item(report, finding, number)
        yield "</template>\n"


def _item(report: Report, finding: Finding, number: int) -> Iterator[str]:
    yield "<li>"
    yield from article(report, finding, number)
    yield "</li>\n"


def _controls(report: Report) -> Iterator[str]:
    severities = [each for each in Severity if any(finding.severity is each for finding in report.findings)]
    exposures = [each for each in Exposure if any(finding.exposure is each for finding in report.findings)]
    rules = sorted({finding.rule_id for finding in report.findings})
    yield '<form id="controls" class="controls" role="search" aria-label="Findings" hidden>\n'
    yield '<div class="wide"><label for="q">Search</label>'
    yield '<input type="search" id="q" name="q" autocomplete="off" spellcheck="false"></div>\n'
    for label, name, values in (
        ("Severity", "severity", severities),
        ("Exposure", "exposure", exposures),
        ("Rule", "rule", rules),
    ):
        yield f'<div><label for="{name}">{label}</label>'
        yield f'<select id="{name}" name="{name}"><option value="">all</option>'
        yield "".join(f'<option value="{xml_text(each)}">{xml_text(each)}</option>' for each in values)
        yield "</select></div>\n"
    yield '<div><label for="sort">Sort by</label><select id="sort" name="sort">'
    yield '<option value="severity">severity</option><option value="file">file</option>'
    yield '<option value="rule">rule</option></select></div>\n'
    yield '<button type="reset">Clear</button>\n</form>\n<p class="faint" id="count" role="status"></p>\n'


def _suppressed(report: Report) -> Iterator[str]:
    if not report.suppressed:
        return
    yield f"<details><summary>{counted(len(report.suppressed), 'suppressed finding')}</summary>\n<table>\n"
    yield '<thead><tr><th scope="col">Place</th><th scope="col">Finding</th><th scope="col">Why</th></tr></thead>\n'
    yield "<tbody>\n"
    for finding in report.suppressed[:_LISTED]:
        place, suppression = finding.place, finding.suppression
        parts = () if suppression is None else (suppression.kind.value, suppression.reason, suppression.where)
        yield f"<tr><td><code>{xml_text(place.origin.display)}:{place.line}</code></td>"
        yield f"<td>{xml_text(finding.title)}</td><td>{xml_text(': '.join(filter(None, parts)))}</td></tr>\n"
    yield "</tbody>\n</table>\n"
    if len(report.suppressed) > _LISTED:
        yield f"<p>and {len(report.suppressed) - _LISTED} more</p>\n"
    yield "</details>\n"


def _left_out(report: Report) -> Iterator[str]:
    notes = [each for each in report.skipped if not each.incomplete]
    if notes:
        yield f"<details><summary>{counted(len(notes), 'note')}</summary>\n"
        yield '<ul class="plain">\n'
        for each in notes[:_LISTED]:
            yield f"<li><code>{xml_text(each.origin.display)}</code>: {xml_text(each.message)}</li>\n"
        yield "</ul>\n</details>\n"
    if report.calls:
        yield f"<details><summary>{counted(len(report.calls), 'call')} made to verify</summary>\n"
        yield '<ul class="plain">\n'
        for call in report.calls:
            text = f"{call.method} https://{call.host}{call.path}  {call.outcome}"
            yield f"<li><code>{xml_text(text)}</code></li>\n"
        yield "</ul>\n</details>\n"
    coverage = report.coverage
    hidden = Counter(finding.exposure for finding in report.hidden)
    parts = (
        (coverage.ignored, "git-ignored files and folders"),
        (coverage.excluded, "excluded files and folders"),
        (coverage.pruned, "folders such as node_modules"),
        (hidden[Exposure.PUBLIC], "keys that may be public"),
        (hidden[Exposure.SERVER], "secrets found only in server output"),
    )
    left_out = [f"{number} {text}" for number, text in parts if number]
    if left_out:
        yield f'<p class="faint">Left out: {"; ".join(left_out)}.</p>\n'
    if coverage.narrowing is not None:
        yield f"<p>The configuration <code>{xml_text(coverage.narrowing.file)}</code> narrows the scan.</p>\n"
