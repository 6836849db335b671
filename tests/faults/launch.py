"""Runs the installed command under limits, and measures what its processes use."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.acceptance.support import COMMAND, environment, token
from tests.faults.fault import Outcome

PATIENCE: Final = 300
"""Seconds after which a run counts as hung."""

# A small process starts the command: the peak memory of a child includes that of the process it was forked from.
_LAUNCHER: Final = """
import json, os, resource, sys
given = json.loads(sys.argv[1])
child = os.fork()
if not child:
    for stream in given["closed"]:
        os.close(stream)
    for name, value in given["limits"].items():
        resource.setrlimit(getattr(resource, name), (value, value))
    os.execv(sys.argv[3], sys.argv[3:])
_, status, used = os.wait4(child, 0)
with open(sys.argv[2], "w") as file:
    json.dump([os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime, used.ru_maxrss], file)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A finished run."""

    code: int
    out: str
    err: str
    cpu: float
    memory: int

    def report(self) -> dict[str, Any]:
        """Return its standard output as a JSON report, empty if it is none."""
        try:
            found = json.loads(self.out)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


def start(
    *arguments: str | Path,
    cwd: Path,
    measured: Path,
    limits: Mapping[str, int] | None = None,
    closed: Sequence[int] = (),
    env: Mapping[str, str] | None = None,
    stdout: Any = subprocess.PIPE,
) -> "subprocess.Popen[bytes]":
    """Start the installed command.

    Args:
        arguments: its command line.
        cwd: its working directory.
        measured: file for the exit code, CPU and memory.
        limits: names of `resource.RLIMIT_…` -> value.
        closed: descriptors that are closed when it starts.
        env: further variables.
        stdout: its standard output.
    """
    given = json.dumps({"limits": dict(limits or {}), "closed": list(closed)})
    command = [sys.executable, "-I", "-S", "-c", _LAUNCHER, given, str(measured), COMMAND, *map(str, arguments)]
    return subprocess.Popen(
        command,
        cwd=cwd,
        env=environment(**(env or {})),
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
    )


def run(*arguments: str | Path, cwd: Path, **options: Any) -> Done:
    """Run the installed command to its end; options as for `start`."""
    with tempfile.TemporaryDirectory() as folder:
        measured = Path(folder) / "measured"
        with start(*arguments, cwd=cwd, measured=measured, **options) as process:
            out, err = process.communicate(timeout=PATIENCE)
        return finished(measured, out or b"", err)


def finished(measured: Path, out: bytes, err: bytes) -> Done:
    """Return a run whose measurements were written to a file."""
    code, cpu, memory = json.loads(measured.read_text())
    return Done(
        code=code,
        out=out.decode("utf-8", "replace"),
        err=err.decode("utf-8", "replace"),
        cpu=cpu,
        memory=memory * (1 if sys.platform == "darwin" else 1024),
    )


def scan(*arguments: str | Path, cwd: Path, **options: Any) -> Done:
    """Scan a folder to a JSON report on standard output, with no configuration."""
    return run("scan", "--isolated", "--format=json", *arguments, cwd=cwd, **options)


def warm_up() -> None:
    """Fill the cache, so that a measured run compiles no rules."""
    with tempfile.TemporaryDirectory() as folder:
        plant(Path(folder), "a.js")
        scan(".", cwd=Path(folder))


def plant(folder: Path, *names: str) -> tuple[str, ...]:
    """Write files with one secret each, and return their names."""
    for name in names:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"const a = '{token(name)}'\n")
    return names


def outcome(done: Done, planted: Sequence[str], *, also_lost: Sequence[str] = ()) -> Outcome:
    """Return the outcome of a scan in which each planted file has a secret of its own."""
    report = done.report()
    found = {finding["path"] for finding in report.get("findings", ())}
    listed = [skip["path"] for skip in report.get("skipped", ())]
    lost = [
        name for name in planted if name not in found and not any(name == path or _is_in(name, path) for path in listed)
    ]
    reasons = [f"{skip['path']}: {skip['reason']}" for skip in report.get("skipped", ())]
    said = "\n".join((done.err, *reasons))
    return Outcome(code=done.code, said=said, lost=(*lost, *also_lost), cpu=done.cpu, memory=done.memory)


def _is_in(name: str, folder: str) -> bool:
    return folder == "." or name.startswith(f"{folder.rstrip('/')}/")
