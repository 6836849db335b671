"""Injects faults into the installed command: `python -m tests.faults NAME [NAME …] -n TIMES`, or `all`.

With `--record`, the worst of the runs goes into docs/reliability.md (then run `make docs`). Exit code 1 if an outcome is not the
expected one.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

_ALL: Final = "all"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    with tempfile.TemporaryDirectory() as cache:
        os.environ["FRONTLEAK_CACHE_DIR"] = cache  # before the imports below, which run the command
        from tests.faults.registry import FAULTS

        parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
        parser.add_argument("names", nargs="+", choices=[_ALL, *FAULTS], metavar="NAME")
        parser.add_argument("-n", "--times", type=int, help="injections of each [default: as in the table]")
        parser.add_argument("--record", action="store_true", help="put the worst figures into the table")
        given = parser.parse_args(arguments)
        names = FAULTS if _ALL in given.names else given.names
        return max(_repeat(name, given.times, record=given.record) for name in names)


def _repeat(name: str, times: int | None, *, record: bool) -> int:
    """Inject one fault several times and print the outcome; return 1 if one was not expected."""
    from tests.faults import measured
    from tests.faults.fault import problems
    from tests.faults.launch import warm_up
    from tests.faults.registry import FAULTS

    fault = FAULTS[name]
    warm_up()
    cpu, memory = 0.0, 0
    count = times or fault.times
    for number in range(count):
        scratch = Path(tempfile.mkdtemp(prefix="fault-"))
        try:
            (scratch / "tree").mkdir()
            outcome = fault.run(scratch / "tree")
        finally:
            subprocess.run(["rm", "-rf", scratch], check=True)
        cpu, memory = max(cpu, outcome.cpu), max(memory, outcome.memory)
        if wrong := problems(fault, outcome):
            print(f"{name}: run {number + 1}: {'; '.join(wrong)}", flush=True)
            return 1
    print(
        f"{name}: {count} times, exit code {fault.code}, nothing lost, {cpu:.1f} s, {memory / 1e6:.0f} MB", flush=True
    )
    if record:
        known = measured.load()
        known[name] = measured.Measured(runs=count, cpu=round(cpu, 1), memory=round(memory / 1e6))
        measured.save(known)
    return 0


if __name__ == "__main__":
    sys.exit(main())
