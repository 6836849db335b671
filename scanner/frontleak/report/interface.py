"""What a reporter is, and pieces several of them share."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from frontleak.core.finding import Finding, Place
from frontleak.core.report import Report
from frontleak.core.secret import escaped
from frontleak.core.vocabulary import RuleKind

Paint = Callable[[str, str], str]
"""(style, text) -> text, coloured or as it is. Styles: a severity, `place`, `faint`, `good`, `bad`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporter:
    """Writes a report in one format."""

    name: str
    """As given to `--format`."""
    suffixes: tuple[str, ...]
    """File name endings that mean this format when only `-o` is given."""
    render: Callable[[Report, Paint], Iterator[str]]
    """Yields the report in pieces; only the text format paints."""


def json_text(value: object) -> str:
    r"""Return a value as JSON on one line, with control, bidirectional and invisible characters as `\u` escapes."""
    return escaped(json.dumps(value, ensure_ascii=False))


def plain(_style: str, text: str) -> str:
    """Paint nothing."""
    return text


def places(finding: Finding) -> tuple[Place, ...]:
    """Return all places of a finding, the one to look at first first."""
    return (finding.place, *finding.also_at)


def shown_secret(report: Report, finding: Finding) -> str | None:
    """Return the secret as a report may show it: its value only when the report was made with `--reveal`.

    None for a finding that is about no secret, but about a file.
    """
    if finding.kind is not RuleKind.PATTERN:
        return None
    return report.revealed.get(finding.secret.digest, finding.secret.redacted)
