"""Measure a scan of a whole source tree, the first one and a second one.

    python -m bench.source_tree FOLDER [--rounds N] [--against COMMAND]

The folder is a checkout of source code. Compiled rules are in the cache before anything is measured; before a first
scan, what earlier scans kept of the tree is removed. The scans run in turn with those of the other command. Printed is
the least CPU time of a process and its children, and the least time until they ended, which only a quiet machine tells.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Final

from bench.one_file import caches_of, comparing, cpu_of

_JOBS: Final[dict[str, list[str]]] = {"one process": ["--jobs", "1"], "as many as processors": []}


def main() -> None:
    """Print a table."""
    parser = comparing(__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="frontleak-bench-") as made:
        folder = Path(made)
        caches = caches_of(options, folder)
        commands = list(caches)
        here = folder / "here"  # a cache below the working directory would not be used
        here.mkdir()
        print("| scan |", " | ".join(f"{command}, s of CPU | until the end" for command in commands), "|")
        print("|---|" + "--:|--:|" * len(commands))
        for jobs, arguments in _JOBS.items():
            for which in ("first", "second"):
                found: dict[str, list[tuple[float, float]]] = {command: [] for command in commands}
                for number in range(options.rounds + 1):  # the first fills the cache
                    for command, cache in caches.items():
                        for kept in cache.glob("tree-*") if which == "first" else ():
                            kept.unlink()
                        start = time.perf_counter()
                        scan = [command, "scan", "--isolated", *arguments, options.folder.resolve()]
                        cpu = cpu_of(scan, here, cache)
                        found[command] += [(cpu, time.perf_counter() - start)] if number else []
                least = (map(min, zip(*each, strict=True)) for each in found.values())
                cells = (f"{cpu:.2f} | {wall:.2f}" for cpu, wall in least)
                print(f"| {which}, {jobs} |", " | ".join(cells), "|")


if __name__ == "__main__":
    main()
