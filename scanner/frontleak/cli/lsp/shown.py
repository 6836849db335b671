"""What the editor is told about a finding: a diagnostic of the protocol, and what hover and actions need."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from lsprotocol import types

from frontleak.cli.lsp.documents import Document, uri_of
from frontleak.cli.lsp.positions import Positions
from frontleak.core.paths import slashes
from frontleak.core.records import dataclass, field
from frontleak.core.secret import printable
from frontleak.core.vocabulary import NEVER_FAIL, Exposure, Severity
from frontleak.files.read import read_source

PAGE_OF_RULES: Final = "https://frontleak.github.io/frontleak/rules/#"
"""The page that describes each shipped rule."""
_SEVERITIES: Final = {
    Severity.CRITICAL: types.DiagnosticSeverity.Error,
    Severity.HIGH: types.DiagnosticSeverity.Error,
    Severity.MEDIUM: types.DiagnosticSeverity.Warning,
    Severity.LOW: types.DiagnosticSeverity.Information,
    Severity.INFO: types.DiagnosticSeverity.Hint,
}
MOST: Final = 500
"""Findings that are shown in a document."""
_MOST_RELATED: Final = 10
"""Places listed with a finding."""
_LONGEST_LINE: Final = 10_000
"""Characters of a line in which columns are converted for an editor that does not count in UTF-16."""
_ROLES: Final = {"use": "code or a setting publishes the variable here", "definition": "set here", "value": "a copy"}

Plain = Mapping[str, Any]
"""A finding as the JSON report has it (docs/report.schema.json)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A finding at one place of a document."""

    finding: Plain = field(repr=False)
    place: Plain = field(repr=False)
    """The place in the document: the finding itself, or one of `also_at`."""
    start: int
    """Index of its first character in the text of the document."""
    end: int
    """Index behind its last character; that of its line for a whole file."""
    page: str
    """Address of a page about its rule."""

    @property
    def rule(self) -> str:
        """Id of the rule."""
        rule: str = self.finding["rule"]
        return rule

    @property
    def is_whole_file(self) -> bool:
        """Whether it is about the file itself."""
        return not self.place["length"]

    @property
    def exposure(self) -> Exposure:
        """Who can see the place."""
        return Exposure(self.place["exposure"])


def shown_in(
    findings: Iterable[Plain],
    document: Document,
    own_rules: frozenset[str],
    path: str | None = None,
) -> tuple[Shown, ...]:
    """Return the places of findings in a document, in order.

    Args:
        findings: of a report on the text that the document has now.
        document: where they are shown.
        own_rules: ids of rules without a page.
        path: the document as the report displays it; None if the report is about nothing else.
    """
    places = [
        (finding, place)
        for finding in findings
        for place in (finding, *({"exposure": finding["exposure"]} | each for each in finding["also_at"]))
        if path is None or place["path"] == path
    ]
    found: dict[tuple[str, int, int], Shown] = {}
    for finding, place in sorted(places, key=lambda each: each[1]["offset"]):
        start, end = _span(document.positions, place)
        page = finding["references"][0] if finding["rule"] in own_rules else f"{PAGE_OF_RULES}{finding['rule']}"
        one = Shown(finding=finding, place=place, start=start, end=end, page=page)
        found.setdefault((finding["rule"], start, end), one)
    return tuple(found.values())


def worst(shown: Sequence[Shown]) -> tuple[Shown, ...]:
    """Return as many of the worst as are shown, in order of place."""
    if len(shown) > MOST:
        shown = sorted(shown, key=lambda each: Severity(each.finding["severity"]).rank)[:MOST]
    return tuple(sorted(shown, key=lambda each: (each.start, each.end)))


def _span(positions: Positions, place: Plain) -> tuple[int, int]:
    if not place["length"]:
        return 0, positions.line_end(0)
    start = place["offset"]
    return positions.index_of_byte(start), positions.index_of_byte(start + place["length"])


def message_of(shown: Shown) -> str:
    """Return what was found in one sentence or two, with the secret as everybody may see it."""
    finding, place = shown.finding, shown.place
    parts = [f"{finding['title']} {finding['secret']}" if finding["secret"] else finding["title"]]
    if place["via"]:
        parts.append(f"Decoded from {', then '.join(place['via'])}")
    if finding["shipped"]:
        parts.append(f"{finding['shipped'][:1].upper()}{finding['shipped'][1:]}")
    return printable(". ".join(parts))


def severity_of(shown: Shown) -> types.DiagnosticSeverity:
    """Return how the editor marks a finding: what never fails a scan is no error."""
    severity = _SEVERITIES[Severity(shown.finding["severity"])]
    if Exposure(shown.finding["exposure"]) in NEVER_FAIL:
        return max(severity, types.DiagnosticSeverity.Information)
    return severity


def range_of(shown: Shown, document: Document) -> types.Range:
    """Return the range of a finding."""
    return types.Range(start=position(document, shown.start), end=position(document, shown.end))


def position(document: Document, index: int) -> types.Position:
    """Return the position of a character of a document."""
    spot = document.positions.spot(index)
    return types.Position(line=spot.line, character=spot.column)


def diagnostic_of(
    shown: Shown, document: Document, folder: str, text_of: Callable[[str], str | None]
) -> types.Diagnostic:
    """Return the diagnostic of a finding.

    Args:
        shown: the finding.
        document: where it is shown.
        folder: what displayed paths count from, absolute.
        text_of: absolute path -> text of a document that is open.
    """
    related = list(islice(_related(shown, document, folder, text_of), _MOST_RELATED))
    return types.Diagnostic(
        range=range_of(shown, document),
        message=message_of(shown),
        severity=severity_of(shown),
        source="frontleak",
        code=shown.rule,
        code_description=types.CodeDescription(href=shown.page),
        related_information=related or None,
        data={"fingerprint": shown.finding["fingerprint"]},
    )


def _related(
    shown: Shown, document: Document, folder: str, text_of: Callable[[str], str | None]
) -> Iterator[types.DiagnosticRelatedInformation]:
    """Yield each import on the way to the browser, and the other places of the finding."""
    hops = shown.finding["chain"]
    for number, hop in enumerate(hops, start=1):
        why = f" ({hop['why']})" if hop["why"] else ""
        what = "the place itself" if number == len(hops) else f"imports the next file{why}"
        yield _information(hop, f"{number} of {len(hops)} to the browser: {what}", document, folder, text_of)
    for place in (shown.finding, *shown.finding["also_at"]):
        if (
            place is shown.place
            or not place["length"]
            or place["offset"] == shown.place["offset"]
            or "!" in place["path"]
        ):
            continue
        what = _ROLES.get(place.get("role", ""), "the same secret")
        yield _information(place, what, document, folder, text_of)


def _information(
    place: Plain, message: str, document: Document, folder: str, text_of: Callable[[str], str | None]
) -> types.DiagnosticRelatedInformation:
    path = slashes(os.path.normpath(os.path.join(folder, place["path"])))
    start = _position_in(path, place["line"], place["column"], document, text_of)
    return types.DiagnosticRelatedInformation(
        location=types.Location(uri=uri_of(path), range=types.Range(start=start, end=start)),
        message=printable(message),
    )


def _position_in(
    path: str, line: int, column: int, document: Document, text_of: Callable[[str], str | None]
) -> types.Position:
    """Return a position that a report gives (1-based, in UTF-16 code units) in the units of the editor."""
    if document.encoding == "utf-16":
        return types.Position(line=line - 1, character=column - 1)
    text = text_of(path)
    if text is None:
        text = (read_source(path) or b"").decode("utf-8", "replace")
    lines = text.split("\n", line)
    named = lines[line - 1] if len(lines) >= line else ""
    if len(named) > _LONGEST_LINE:
        return types.Position(line=line - 1, character=0)
    spot = Positions(named, document.encoding).spot(Positions(named).index(0, column - 1))
    return types.Position(line=line - 1, character=spot.column)
