"""The formats there are, in the order help shows them."""

from typing import Final

from scanner.report.interface import Reporter
from scanner.report.json import JSON, JSONL
from scanner.report.sarif import SARIF
from scanner.report.text import TEXT

REPORTERS: Final[tuple[Reporter, ...]] = (TEXT, JSON, JSONL, SARIF)


def reporter_named(name: str) -> Reporter:
    """Return a reporter by name.

    Raises:
        KeyError: there is none.
    """
    return {reporter.name: reporter for reporter in REPORTERS}[name]
