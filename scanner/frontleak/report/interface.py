"""The `Reporter` type and helpers that several formats share."""

import json
from collections.abc import Callable, Iterator
from typing import Final

from frontleak.core.finding import Finding, Place
from frontleak.core.records import dataclass
from frontleak.core.report import Report
from frontleak.core.secret import escaped

_encode: Final = json.JSONEncoder(ensure_ascii=False).encode
Paint = Callable[[str, str], str]
"""(style, text) -> text, coloured or unchanged. Styles: a severity, `place`, `faint`, `good`, `bad`."""


def plain(_style: str, text: str) -> str:
    """Return a text without colour."""
    return text


@dataclass(frozen=True, slots=True)
class Look:
    """How a report for people is laid out."""

    paint: Paint = plain
    """Colours text."""
    width: int = 100
    """Columns that paragraphs wrap to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporter:
    """Writes a report in one format."""

    name: str
    """Value of `--format`."""
    suffixes: tuple[str, ...]
    """File name suffixes that select this format when only `-o` is given."""
    render: Callable[[Report, Look], Iterator[str]]
    """Yields the report in pieces; only the text format paints."""


def json_text(value: object) -> str:
    r"""Return a value as JSON on one line, with control, bidirectional and invisible characters as `\u` escapes."""
    return escaped(_encode(value))


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


def places(finding: Finding) -> tuple[Place, ...]:
    """Return all places of a finding, most important first."""
    return (finding.place, *finding.also_at)


def shown_secret(report: Report, finding: Finding) -> str | None:
    """Return the secret as reports show it: redacted, or its value with `--reveal`; None where nothing is secret."""
    if finding.secret is None:
        return None
    return report.revealed.get(finding.secret.digest, finding.secret.redacted)
