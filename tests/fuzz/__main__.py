"""Coverage-guided fuzzing: `python -m tests.fuzz TARGET --seconds N`, or `all` to share the time among the targets.

Needs `pip install 'frontleak[fuzz]'` (Linux and macOS). Exit code 1 if an input broke a property; the input is then in the
folder that `--findings` names, and `python -m tests.fuzz TARGET --replay FILE` runs it alone.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from tests.fuzz.figures import save
from tests.fuzz.keep import keep
from tests.fuzz.session import Figures, fuzz
from tests.fuzz.target import Target
from tests.fuzz.targets import TARGETS, target_named

_ALL: Final = "all"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("target", choices=[_ALL, *(target.name for target in TARGETS)])
    parser.add_argument("--seconds", type=int, default=60, help="in total, shared by the targets [default: 60]")
    parser.add_argument("--findings", type=Path, default=Path("fuzz-findings"), help="folder for inputs that fail")
    parser.add_argument("--workbench", type=Path, help="folder in which the grown inputs stay, to go on later")
    parser.add_argument("--seed", type=int, default=0, help="of the random choices [default: another in each run]")
    parser.add_argument("--replay", type=Path, help="run one input instead")
    parser.add_argument("--keep", action="store_true", help="choose inputs of the workbench for tests/fuzz/corpus")
    parser.add_argument("--record", action="store_true", help="add the figures to those in docs/reliability.md")
    given = parser.parse_args(arguments)
    targets = TARGETS if given.target == _ALL else (target_named(given.target),)
    if given.replay:
        targets[0].run(given.replay.read_bytes())
        return 0
    if given.keep:
        for target in targets:
            print(f"{target.name}: {keep(target, given.workbench / target.name)} inputs kept")
        return 0
    if find_spec("atheris") is None:
        print("error: atheris is not installed: pip install 'frontleak[fuzz]'", file=sys.stderr)
        return 2
    results = [_one(target, max(1, given.seconds // len(targets)), given) for target in targets]
    if given.record:
        save(results)
    return 1 if any(figures.crash for figures in results) else 0


def _one(target: Target, seconds: int, given: argparse.Namespace) -> Figures:
    workbench = given.workbench / target.name if given.workbench else None
    figures = fuzz(target, seconds, findings=given.findings.absolute(), workbench=workbench, seed=given.seed)
    print(json.dumps(asdict(figures) | {"crash": bool(figures.crash)}), flush=True)
    if figures.crash:
        print(figures.crash, file=sys.stderr, flush=True)
    return figures


if __name__ == "__main__":
    sys.exit(main())
