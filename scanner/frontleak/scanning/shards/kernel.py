"""What an engine such as Dask, Ray or Spark runs for one shard: the command, in a process of its own.

The process is a new one, not a fork, because the workers of engines have threads. It reads the files in a further
process, so a file that kills that one costs one diagnostic. Content, values and tracebacks stay in there: what comes
back is the sealed result, or one line that says why there is none.
"""

import os
import subprocess
import sys
from typing import Final, NamedTuple

from frontleak.core.secret import printable
from frontleak.scanning.shards.key import VARIABLE

_LONGEST_REASON: Final = 400


class Outcome(NamedTuple):
    """The sealed result of a shard, or why there is none."""

    text: str = ""
    reason: str = ""
    is_refused: bool = False
    """Whether this machine cannot run any shard of the plan: another version, other rules, no such folder."""


def run_line(line: str, key: str) -> Outcome:
    """Run a line of a plan on this machine; raises nothing that holds scanned text.

    Args:
        line: of a plan.
        key: of the plan, as 64 hexadecimal digits.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-m", "frontleak", "shard", "run", "--line", "--done", "-"],
            input=line.encode("utf-8", "surrogateescape"),
            capture_output=True,
            check=False,
            env=os.environ | {VARIABLE: key},
        )
    except OSError as error:
        return Outcome(reason=f"no process could be started: {error.strerror}")
    if done.returncode == 0:
        return Outcome(text=done.stdout.decode("utf-8", "replace"))
    told = done.stderr.decode("utf-8", "replace").partition("\n")[0].removeprefix("error: ")
    reason = printable(told[:_LONGEST_REASON]) or f"its process ended with exit code {done.returncode}"
    return Outcome(reason=reason, is_refused=done.returncode == 2)
