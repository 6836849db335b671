"""The figures of the long runs of the fuzzer, which docs/reliability.md quotes."""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Final

from tests.fuzz.session import Figures
from tests.fuzz.targets import TARGETS

FILE: Final = Path(__file__).parent / "figures.json"
"""One object for each target, in their order."""


def load() -> dict[str, Figures]:
    """Return the recorded figures by target."""
    if not FILE.exists():
        return {}
    return {each["target"]: Figures(**each) for each in json.loads(FILE.read_text("utf-8"))}


def save(runs: Sequence[Figures]) -> None:
    """Add runs to the recorded figures: times and executions add up, coverage is that of the run that reached most."""
    known = load()
    for run in runs:
        before = known.get(run.target, replace(run, seconds=0, cpu=0, executions=0, coverage=0, corpus=0))
        known[run.target] = replace(
            run,
            seconds=before.seconds + run.seconds,
            cpu=before.cpu + run.cpu,
            executions=before.executions + run.executions,
            coverage=max(before.coverage, run.coverage),
            corpus=max(before.corpus, run.corpus),
            crash="",
        )
    rows = [asdict(known[target.name]) for target in TARGETS if target.name in known]
    FILE.write_text(json.dumps(rows, indent=1) + "\n", "utf-8", newline="\n")
