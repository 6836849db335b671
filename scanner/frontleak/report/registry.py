"""All report formats, in the order that `--help` lists them. A new one needs a module and a line here."""

from typing import Final

from frontleak.report.interface import Reporter

_IN: Final = "frontleak.report"

REPORTERS: Final[tuple[Reporter, ...]] = (
    Reporter("text", (".txt",), f"{_IN}.text:render"),
    Reporter("json", (".json",), f"{_IN}.json:render"),
    Reporter("jsonl", (".jsonl", ".ndjson"), f"{_IN}.json:render_lines"),
    Reporter("sarif", (".sarif", ".sarif.json"), f"{_IN}.sarif:render"),
    Reporter("html", (".html", ".htm"), f"{_IN}.html:render"),
    Reporter("markdown", (".md", ".markdown"), f"{_IN}.markdown:render"),
    Reporter("github", (), f"{_IN}.github:render"),
    Reporter("github-summary", (), f"{_IN}.markdown:render_summary"),
    Reporter("gitlab-secrets", ("gl-secret-detection-report.json",), f"{_IN}.gitlab:render_secrets"),
    Reporter("gitlab-codequality", ("gl-code-quality-report.json",), f"{_IN}.gitlab:render_quality"),
    Reporter("junit", ("junit.xml",), f"{_IN}.junit:render"),
    Reporter("checkstyle", ("checkstyle.xml",), f"{_IN}.checkstyle:render"),
)


def reporter_named(name: str) -> Reporter:
    """Return a reporter by name.

    Raises:
        KeyError: no reporter has that name.
    """
    return {reporter.name: reporter for reporter in REPORTERS}[name]


def reporter_of_file(name: str) -> Reporter:
    """Return the reporter that the name of a file ends for.

    Raises:
        KeyError: it has no such end.
    """
    ends = {suffix: reporter for reporter in REPORTERS for suffix in reporter.suffixes if name.endswith(suffix)}
    return ends[max(ends, key=len, default="")]
