"""Runs one target for a while in its own process, and reads libFuzzer's figures."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Final

from frontleak.core.cache import cache_directory
from tests.fuzz.target import Target
from tests.support.paths import ROOT

CORPUS: Final = Path(__file__).parent / "corpus"
"""A folder of kept inputs for each target."""
_LONGEST: Final = 4096
"""Bytes of an input: hostile sizes are the business of the fault table, and short inputs make more executions."""
_HANG: Final = 20
"""Seconds after which one input counts as a hang."""
_MEMORY: Final = 1500
"""Megabytes of the process; the instrumented rules and both engines take 300 of them."""
_MARGIN: Final = 900
"""Seconds that a process may take beyond its time on a busy machine: imports, seeds, the last input."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What one run of one target did."""

    target: str
    seconds: int
    """Of fuzzing, without the start."""
    cpu: int
    """Seconds of CPU, with the start."""
    executions: int
    coverage: int
    """Edges and comparisons of frontleak's bytecode that some input reached, as libFuzzer's `cov` counts them."""
    corpus: int
    """Inputs that reached something no other did, as libFuzzer's `corp` counts them."""
    crash: str = ""
    """The last lines that the failing process printed; empty if every property held."""


def kept(target: Target) -> list[bytes]:
    """Return the kept inputs of a target, in order of their names."""
    folder = CORPUS / target.name
    return [file.read_bytes() for file in sorted(folder.iterdir())] if folder.is_dir() else []


def fuzz(target: Target, seconds: int, *, findings: Path, workbench: Path | None = None, seed: int = 0) -> Figures:
    """Fuzz a target for some seconds.

    Args:
        target: to run.
        seconds: of fuzzing.
        findings: folder for inputs that break a property.
        workbench: folder for every input that reached something new; a temporary one if None.
        seed: of the random choices; 0 for another one in each run.
    """
    findings.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="frontleak-fuzz-") as folder:
        grown = workbench or Path(folder) / "grown"
        grown.mkdir(parents=True, exist_ok=True)
        seeds = Path(folder) / "seeds"
        _write(seeds, [*target.seeds(), *kept(target)])
        options = (
            f"-max_total_time={seconds}",
            f"-max_len={_LONGEST}",
            f"-timeout={_HANG}",
            f"-rss_limit_mb={_MEMORY}",
            f"-artifact_prefix={findings}/{target.name}-",
            f"-seed={seed}",
            "-print_final_stats=1",
            "-verbosity=1",
        )
        before = _cpu_of_children()
        done = subprocess.run(
            [sys.executable, "-m", "tests.fuzz.loop", target.name, *options, str(grown), str(seeds)],
            cwd=ROOT,
            env=_environment(folder),
            capture_output=True,
            timeout=seconds + _MARGIN,
            check=False,
        )
    output = (done.stdout + done.stderr).decode("utf-8", "replace")
    return figures_in(target.name, done.returncode, output, round(_cpu_of_children() - before))


def _cpu_of_children() -> float:
    used = os.times()
    return used.children_user + used.children_system


def figures_in(name: str, code: int, output: str, cpu: int = 0) -> Figures:
    """Read libFuzzer's figures in the output of a process that ended with an exit code, after `cpu` seconds of CPU."""
    last = re.findall(r"^#\d+\t\w+ +cov: (\d+) .*?corp: (\d+)/", output, re.MULTILINE)
    executions = re.findall(r"^stat::number_of_executed_units: (\d+)", output, re.MULTILINE)
    duration = re.findall(r"^Done \d+ runs in (\d+) second", output, re.MULTILINE)
    crash = ""
    if code:
        said = [line for line in output.splitlines() if line.strip() and not line.startswith(("#", "INFO", "stat::"))]
        crash = "\n".join(said[-25:]) or f"the process ended with exit code {code}"
    return Figures(
        target=name,
        seconds=int(duration[-1]) if duration else 0,
        cpu=cpu,
        executions=int(executions[-1]) if executions else 0,
        coverage=int(last[-1][0]) if last else 0,
        corpus=int(last[-1][1]) if last else 0,
        crash=crash,
    )


def _environment(folder: str) -> dict[str, str]:
    """Return an environment with a cache of its own, which instrumented code may fill.

    It begins with what the cache in use holds: the seeds were drawn from rules in it, and instrumented code takes a minute to
    compile them.
    """
    if (in_use := cache_directory()).is_dir():
        shutil.copytree(in_use, Path(folder) / "cache")
    kept_variables = {name: value for name, value in os.environ.items() if not name.startswith("FRONTLEAK_")}
    return kept_variables | {"FRONTLEAK_CACHE_DIR": str(Path(folder) / "cache"), "TMPDIR": folder}


def _write(folder: Path, inputs: list[bytes]) -> None:
    folder.mkdir()
    for data in inputs:
        (folder / blake2b(data, digest_size=10).hexdigest()).write_bytes(data)
