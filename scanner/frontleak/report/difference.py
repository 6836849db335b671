"""Compares the findings of two reports or of two builds: new, gone, moved.

Reports are compared by fingerprint. The fingerprint has the path from the top of the project, so for two folders
the same parts are taken with the path from the folder.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from frontleak.core.errors import ConfigError
from frontleak.core.finding import Finding
from frontleak.core.origins import relocated
from frontleak.core.records import dataclass
from frontleak.core.report import Report
from frontleak.core.vocabulary import NEVER_FAIL, Exposure, Severity
from frontleak.report.json import FORMAT_VERSION

_REDACTED: Final = re.compile(r"…\(\d+ characters?\)\Z")
_SEVERITIES: Final = frozenset(Severity)
_EXPOSURES: Final = frozenset(Exposure)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A finding, as far as a comparison needs it."""

    key: str
    """Equal for the same finding on both sides."""
    rule: str
    severity: Severity
    title: str
    path: str
    line: int
    column: int
    fingerprint: str
    exposure: Exposure
    value: str = ""
    """Equal for the same secret; empty where the report holds only the beginning of the value. Never printed."""

    def fails(self, fail_on: Severity) -> bool:
        """Return whether it makes a scan fail."""
        counts = self.exposure not in NEVER_FAIL
        return counts and self.severity.rank <= fail_on.rank


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two reports."""

    findings: Sequence[Compared]
    suppressed: frozenset[str]
    """Keys of the findings that do not count."""
    complete: bool
    """Whether everything could be read."""
    rules: str
    """Identity of the rule set."""


class Difference(NamedTuple):
    """What changed between two reports, each part in the order of its report."""

    new: tuple[Compared, ...]
    gone: tuple[Compared, ...]
    moved: tuple[tuple[Compared, Compared], ...]
    """The same secret in another place: before, after."""
    unchanged: int


def compare(old: Side, new: Side) -> Difference:
    """Compare two sides. A finding that does not count any more, because something suppresses it, is gone."""
    known, still = {each.key for each in old.findings}, {each.key for each in new.findings}
    gone = [each for each in old.findings if each.key not in still]
    by_value: dict[tuple[str, str], list[Compared]] = {}
    for each in reversed(gone):
        if each.value and each.key not in new.suppressed:
            by_value.setdefault((each.rule, each.value), []).append(each)
    added: list[Compared] = []
    moved: list[tuple[Compared, Compared]] = []
    for each in new.findings:
        if each.key in known:
            continue
        if same := by_value.get((each.rule, each.value)):
            moved.append((same.pop(), each))
        else:
            added.append(each)
    found = {id(before) for before, _ in moved}
    gone = [each for each in gone if id(each) not in found]
    return Difference(tuple(added), tuple(gone), tuple(moved), len(new.findings) - len(added) - len(moved))


def side_of_report(name: str, text: str) -> Side:
    """Read a JSON report.

    Args:
        name: of the file, for messages.
        text: its content.

    Raises:
        ConfigError: it is none, or one of another version.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 1
        raise _refused(f"{name}:{line}: is not valid JSON") from error
    match data:
        case {
            "version": version,
            "tool": {"name": "frontleak", "rules": str(rules)},
            "summary": {"complete": bool(complete)},
            "findings": list(findings),
            "suppressed": list(suppressed),
        }:
            if version != FORMAT_VERSION:
                raise _refused(f"{name}: is a report of version {json.dumps(version)[:20]}, not {FORMAT_VERSION}")
            return Side(
                findings=[_of_plain(name, each) for each in findings],
                suppressed=frozenset(_of_plain(name, each).key for each in suppressed),
                complete=complete,
                rules=rules,
            )
        case _:
            raise _refused(f"{name}: is not a JSON report of frontleak")


def _of_plain(name: str, plain: Any) -> Compared:
    match plain:
        case {
            "rule": str(rule),
            "severity": str(severity),
            "exposure": str(exposure),
            "title": str(title),
            "path": str(path),
            "line": int(line),
            "column": int(column),
            "fingerprint": str(fingerprint),
        } if severity in _SEVERITIES and exposure in _EXPOSURES:
            secret = plain.get("secret")
            return Compared(
                key=fingerprint,
                rule=rule,
                severity=Severity(severity),
                title=title,
                path=path,
                line=line,
                column=column,
                fingerprint=fingerprint,
                exposure=Exposure(exposure),
                value=secret if isinstance(secret, str) and not _REDACTED.search(secret) else "",
            )
        case _:
            raise _refused(f"{name}: is a report with a finding that is not valid")


def side_of_scan(report: Report, relative: Callable[[str], str]) -> Side:
    """Return the side of a scan.

    Args:
        report: of the scan of one folder.
        relative: path as displayed -> path from that folder.
    """
    return Side(
        findings=[_of_finding(each, relative) for each in report.findings],
        suppressed=frozenset(_of_finding(each, relative).key for each in report.suppressed),
        complete=not any(each.incomplete for each in report.skipped),
        rules=report.rules_digest,
    )


def _of_finding(finding: Finding, relative: Callable[[str], str]) -> Compared:
    place = finding.place
    secret = finding.secret
    identity = secret.digest if secret is not None else json.dumps([_plain(finding.context), finding.snippet])
    where = place.original.path if place.original is not None else _logical_path(finding, relative)
    return Compared(
        key=f"{finding.rule_id}\x00{identity}\x00{where}",
        rule=finding.rule_id,
        severity=finding.severity,
        title=finding.title,
        path=place.origin.display,
        line=place.line,
        column=place.column,
        fingerprint=finding.fingerprint,
        exposure=finding.exposure,
        value=secret.digest if secret is not None else "",
    )


def _logical_path(finding: Finding, relative: Callable[[str], str]) -> str:
    return relocated(finding.place.origin, relative).logical_path


def _plain(context: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    return {name: list(values) for name, values in sorted(context.items())}


def _refused(problem: str) -> ConfigError:
    return ConfigError(
        problem, advice="pass two files that `frontleak scan --format json -o FILE` wrote, or two folders"
    )
