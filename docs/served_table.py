"""The table in docs/frameworks.md that compares scans of built apps with what browsers receive of them."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

RESULTS: Final = Path(__file__).resolve().parent.parent / "fixtures/apps/results.json"
REASONS: Final[Mapping[str, str]] = {
    "handler": "code of the server sends it; no build tells that from mere use, a scan of the source code may",
    "environment": "the value comes from the environment of the server, not from the build",
}
"""Reason in an app.toml why a scan is wrong -> in words."""
_INTRO: Final = """\
## Compared with browsers

`python fixtures/serve_and_compare.py` builds a small app with each toolchain, with fakes in several places, serves
it, and fetches its pages, scripts, source maps and data. It compares what arrives with what a scan of the build says.
"""


def served_section() -> str:
    """Return the section with one table per app."""
    return "\n".join((_INTRO, *(line for result in results().values() for line in _app(result))))


def results() -> Mapping[str, Mapping[str, Any]]:
    """Return the results of fixtures/serve_and_compare.py: folder of the app -> name, versions, rows, error."""
    read: Mapping[str, Mapping[str, Any]] = json.loads(RESULTS.read_text("utf-8"))
    return read


def _app(result: Mapping[str, Any]) -> Iterator[str]:
    yield f"### {result['name']}\n"
    if "error" in result:
        yield f"Not built here: {result['error']}\n"
        return
    yield f"Versions: {result['versions']}.\n"
    yield "| token in | browsers receive it in | the scan says |\n|---|---|---|"
    for row in result["rows"].values():
        says = {"nobody": "not in the build"}.get(row["scan"], row["scan"])
        why = f" ({REASONS[row['known']]})" if "known" in row else ""
        yield f"| {row['how']} | {', '.join(row['received']) or '(nothing)'} | {says}{why} |"
    yield ""
