"""The sentence about speed in README.md, generated from RESULTS.md as a ratio: seconds depend on the machine.

python -m bench.summary            # print it
python -m bench.summary --write    # put it into README.md
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.tools import RECIPES

RESULTS_FILE = Path(__file__).with_name("RESULTS.md")
README_FILE = Path(__file__).parent.parent / "README.md"
BUILDS = ("small", "medium", "large")
"""Workloads that are builds."""
LEAST_ROUNDS = 3
"""Fewer rounds say nothing: one disturbed run would decide."""
NO_FIGURES = "Its figures are from fewer than three rounds or from a busy machine, so none are quoted here."

_MARK = re.compile(r"(?<=<!-- speed -->\n).*?(?=<!-- /speed -->)", re.DOTALL)
_SECTION = re.compile(r"^## (?P<name>\S+)\n\n(?P<title>[^\n]*)\n(?P<body>.*?)(?=^## |\Z)", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """frontleak and the fastest other scanner on one build."""

    size: str
    """As in RESULTS.md: `8.0 MB`."""
    peer: str
    ratio: float
    """Time of the peer divided by that of frontleak, median of all pairs."""


def comparisons(results: str) -> Iterator[Comparison]:
    """Yield the comparison for each build in the text of RESULTS.md."""
    for section in _SECTION.finditer(results):
        if section["name"] not in BUILDS:
            continue
        ratios: list[tuple[float, str]] = []
        head: list[str] = []
        for line in section["body"].splitlines():
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if cells[0] == "tool":
                head = cells
            elif cells[0] in RECIPES and RECIPES[cells[0]].is_scanner and len(cells) == len(head):
                found = re.match(r"\d+(?:\.\d+)?", cells[head.index("x frontleak (range)")])
                ratios += [(float(found[0]), cells[0])] if found else []
        if ratios:
            ratio, peer = min(ratios)
            yield Comparison(size=section["title"].rpartition(", ")[2], peer=peer, ratio=ratio)


def is_quotable(results: str) -> bool:
    """Return whether results are of enough rounds on an idle machine."""
    rounds = re.search(r"^- Rounds: (\d+)", results, re.MULTILINE)
    load = re.search(r"^- Load: .*", results, re.MULTILINE)
    return rounds is not None and int(rounds[1]) >= LEAST_ROUNDS and load is not None and "busy" not in load[0]


def sentence(results: str) -> str:
    """Return the sentence for the text of RESULTS.md."""
    found = list(comparisons(results))
    if not found or not is_quotable(results):
        return NO_FIGURES
    each = [f"{one.ratio:.1f} times as long on {one.size} ({one.peer})" for one in found]
    listed = f"{', '.join(each[:-1])} and {each[-1]}" if len(each) > 1 else each[0]
    return f"The fastest other scanner takes {listed}."


def readme(text: str, results: str) -> str:
    """Return the text of README.md with the sentence for the results."""
    return _MARK.sub(lambda _: f"{sentence(results)}\n", text)


def main() -> None:
    """Print the sentence, or write it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--write", action="store_true", help="put it into README.md")
    options = parser.parse_args()
    results = RESULTS_FILE.read_text(encoding="utf-8")
    print(sentence(results))
    if options.write:
        README_FILE.write_text(readme(README_FILE.read_text(encoding="utf-8"), results), encoding="utf-8")


if __name__ == "__main__":
    main()
