"""The `Reporter` type and helpers that several formats share."""

import json
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Final, cast

from frontleak.core.finding import Finding, Original, Place
from frontleak.core.records import dataclass
from frontleak.core.report import Report
from frontleak.core.secret import escaped
from frontleak.core.vocabulary import NEVER_FAIL, Role, Severity

AT: Final = {None: "also at", Role.USE: "used at", Role.DEFINITION: "set at", Role.VALUE: "its value at"}
"""What is said in front of a further place, by its role."""
_PLACES: Final = 5
"""Further places of a finding that are listed; the rest are counted."""
_encode: Final = json.JSONEncoder(ensure_ascii=False).encode
Paint = Callable[[str, str], str]
"""(style, text) -> text, coloured or unchanged. Styles: a severity, `place`, `faint`, `good`, `bad`."""


def plain(_style: str, text: str) -> str:
    """Return a text without colour."""
    return text


def fails_by_default(finding: Finding) -> bool:
    """Return whether a finding makes a scan without options fail: from medium on, where it is or may be served."""
    return finding.exposure not in NEVER_FAIL and finding.severity.rank <= Severity.MEDIUM.rank


def level(finding: Finding) -> Severity:
    """Return the severity for tools that act on it: info for a finding that never fails a scan."""
    return Severity.INFO if finding.exposure in NEVER_FAIL else finding.severity


@dataclass(frozen=True, slots=True)
class Look:
    """How a report is laid out, and what of it fails."""

    paint: Paint = plain
    """Colours text; only the text format paints."""
    width: int = 100
    """Columns that paragraphs wrap to."""
    fails: Callable[[Finding], bool] = fails_by_default
    """Whether a finding makes the scan fail, for formats that tell passed from failed."""


@dataclass(frozen=True, slots=True)
class Reporter:
    """A format. Its module is imported on first use: a scan writes one or two of them."""

    name: str
    """Value of `--format`."""
    suffixes: tuple[str, ...]
    """Ends of file names that select this format when only `-o` is given; of several, the longest counts."""
    at: str
    """`module:function`; the function takes a report and its look, and yields text in pieces."""

    def render(self, report: Report, look: Look) -> Iterator[str]:
        """Yield a report in this format, in pieces."""
        module, _, function = self.at.partition(":")
        return cast("Iterator[str]", getattr(import_module(module), function)(report, look))


def json_text(value: object) -> str:
    r"""Return a value as JSON on one line, with control, bidirectional and invisible characters as `\u` escapes.

    So is the second of two `#`, which a CI log may read as a command: see `service_messages`.
    """
    text = escaped(_encode(value))
    return text.replace("##", "#\\u0023") if "##" in text else text


def json_pieces(value: object) -> Iterator[str]:
    """Yield the text of `json_text` in pieces, where iterators stand for lists.

    Their items are made one by one: those of a report take ten times the memory of its findings.
    """
    if isinstance(value, dict):
        for number, (name, inner) in enumerate(value.items()):
            yield f"{', ' if number else '{'}{json_text(name)}: "
            yield from json_pieces(inner)
        yield "}" if value else "{}"
    elif isinstance(value, list | Iterator):
        yield "["
        for number, inner in enumerate(value):
            if number:
                yield ", "
            yield from json_pieces(inner) if isinstance(value, list) else (json_text(inner),)
        yield "]"
    else:
        yield json_text(value)


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: `1 finding`, `2 findings`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def sentence(text: str) -> str:
    """Return a text as a sentence, with a capital and a full stop."""
    return f"{text[:1].upper()}{text[1:]}."


def position_of(place: Place) -> str:
    """Return display path, line and column of a place; the path alone for a whole file."""
    path = place.origin.display
    return f"{path}:{place.line}:{place.column}" if place.length else path


def position_in(original: Original) -> str:
    """Return path, line and column in an original source; not escaped."""
    return f"{original.path}:{original.line}:{original.column}"


def places(finding: Finding) -> tuple[Place, ...]:
    """Return all places of a finding, most important first."""
    return (finding.place, *finding.also_at)


def further_places(finding: Finding) -> tuple[list[tuple[str, str]], str]:
    """Return (what it is, position) of the first further places, and how many more there are; empty if none."""
    listed = [(AT[place.role], position_of(place)) for place in finding.also_at[:_PLACES]]
    left = len(finding.also_at) - _PLACES
    return listed, counted(left, "more place") if left > 0 else ""


def shown_secret(report: Report, finding: Finding) -> str | None:
    """Return the secret as reports show it: redacted, or its value with `--reveal`; None where nothing is secret."""
    if finding.secret is None:
        return None
    return report.revealed.get(finding.secret.digest, finding.secret.redacted)
