"""All report formats, in the order that `--help` lists them."""

from typing import Final

from frontleak.report.interface import Reporter
from frontleak.report.json import JSON, JSONL
from frontleak.report.sarif import SARIF
from frontleak.report.text import TEXT

REPORTERS: Final[tuple[Reporter, ...]] = (TEXT, JSON, JSONL, SARIF)


def reporter_named(name: str) -> Reporter:
    """Return a reporter by name.

    Raises:
        KeyError: no reporter has that name.
    """
    return {reporter.name: reporter for reporter in REPORTERS}[name]
