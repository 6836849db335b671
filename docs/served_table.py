"""The table in docs/frameworks.md that compares scans of built apps with what browsers receive of them."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

RESULTS: Final = Path(__file__).resolve().parent.parent / "fixtures/apps/results.json"
SAYS: Final[Mapping[str, str]] = {
    "server": "server output; a handler may send it",
    "settings": "found in the server's settings (`.env`); it is not in the build",
    "nobody": "not in the build",
}
"""What a scan says, as in results.json -> in words."""
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
        says = SAYS.get(row["scan"], row["scan"])
        yield f"| {row['how']} | {', '.join(row['received']) or '(nothing)'} | {says} |"
    yield ""
