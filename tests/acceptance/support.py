"""Run the installed command, and create its input: real processes, real repositories, fakes from grammars."""

import gc
import json
import os
import re
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NoReturn

from frontleak.cli.exit_codes import ExitCode
from frontleak.cli.main import main
from frontleak.rules.samples import draw
from tests.support import forked, warm_process

COMMAND: Final = str(Path(sys.executable).with_name("frontleak.exe" if os.name == "nt" else "frontleak"))
"""The console script next to the interpreter."""
PATIENCE: Final = 120
"""Seconds after which a process counts as hung."""

SUMMARY: Final = re.compile(r"\d+ findings?(?:, worst: [a-z]+)?; scanned \d+ files?; see .+\n")
"""All that standard error has when every report goes to a file."""

_CHANGES_OUTPUT: Final = ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "CI", "PRE_COMMIT", "TERM", "COLUMNS")

forked.import_late()


@dataclass(frozen=True, slots=True)
class Run:
    """Result of one run of the command."""

    code: int
    stdout: bytes
    stderr: bytes

    @property
    def out(self) -> str:
        """Standard output as text."""
        return self.stdout.decode()

    @property
    def err(self) -> str:
        """Standard error as text."""
        return self.stderr.decode()

    @property
    def problems(self) -> list[str]:
        """The lines of standard error that name a problem."""
        return [line for line in self.err.splitlines() if line.startswith("error: ")]

    def json(self) -> dict[str, Any]:
        """Standard output as a JSON report."""
        report: dict[str, Any] = json.loads(self.stdout)
        return report

    def places(self) -> list[tuple[str, int, int]]:
        """(path, line, column) of every place in a JSON report, sorted."""
        return sorted(
            (place["path"], place["line"], place["column"])
            for finding in self.json()["findings"]
            for place in (finding, *finding["also_at"])
        )


def environment(**changes: str) -> dict[str, str]:
    """Return the environment of a run: without variables that change output, with the shared test cache."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("FRONTLEAK_", "GIT_")) and name not in _CHANGES_OUTPUT
    }
    return (
        kept
        | {
            "FRONTLEAK_CACHE_DIR": os.environ["FRONTLEAK_CACHE_DIR"],
            "GIT_CONFIG_GLOBAL": os.devnull,
            "LC_ALL": "C.UTF-8",
        }
        | changes
    )


def interruptible(*command: str) -> list[str]:
    """Return a command line that lets Ctrl-C reach a command, even if the tests run in the background."""
    exec_it = "import os,signal,sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])"
    return [sys.executable, "-c", exec_it, *command]


def installed(
    *arguments: str | bytes | Path, cwd: Path | str, stdin: bytes = b"", env: Mapping[str, str] | None = None
) -> Run:
    """Run the installed command and check that it neither crashes nor prints a traceback."""
    return run([COMMAND, *arguments], cwd=cwd, stdin=stdin, env=env)


def run(
    command: Sequence[str | bytes | Path],
    *,
    cwd: Path | str,
    stdin: bytes = b"",
    env: Mapping[str, str] | None = None,
) -> Run:
    """Run a command line that starts frontleak, and check the invariants of every run."""
    done = subprocess.run(
        command,
        cwd=cwd,
        input=stdin,
        env=environment(**(env or {})),
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    return _checked(Run(done.returncode, done.stdout, done.stderr))


def frontleak(*arguments: str | Path, cwd: Path | str, stdin: bytes = b"", env: Mapping[str, str] | None = None) -> Run:
    """Run the command in a forked process, without a new start of Python and its imports.

    Real streams and exit code, in a tenth of the time of `installed` (`tests/support/forked.py`). Tests that depend on the start of Python need
    `installed`.
    """
    own = None if warm_process.is_usable() else main
    return in_fork(own, *arguments, cwd=cwd, stdin=stdin, env=environment(**(env or {})))


def in_fork(
    entry: Callable[[], object] | None, *arguments: str | Path, cwd: Path | str, stdin: bytes, env: Mapping[str, str]
) -> Run:
    """Call the command in a forked process.

    Args:
        entry: calls `main`; without it, `main` is called in a process that the warm process forks.
        arguments: of the command.
        cwd: working directory.
        stdin: standard input.
        env: the whole environment.
    """
    changed = [name for name, value in env.items() if os.environ.get(name) != value]
    assert not any(name.startswith("PYTHON") for name in changed), "only a Python that starts reads that"
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(stdin)
        given.seek(0)
        streams = (given.fileno(), out.fileno(), err.fileno())
        if entry is None:
            status = warm_process.run([str(argument) for argument in arguments], os.fspath(cwd), env, streams)
        else:
            forked.work_out()
            child = os.fork()
            if not child:
                become(entry, arguments, cwd, env, streams)
            status = os.waitpid(child, 0)[1]
        code = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        return _checked(Run(code, out.read(), err.read()))


def in_formats(
    *arguments: str | Path, formats: Iterable[str], cwd: Path | str, command: Callable[..., Run] = frontleak
) -> dict[str, Run]:
    """Scan once for several formats, each written to a file; return what a scan in each of them would print.

    Args:
        arguments: of the command, `scan` first.
        formats: names of formats.
        cwd: working directory.
        command: how to run it: `frontleak`, or `installed`.
    """
    with tempfile.TemporaryDirectory() as folder:
        files = {name: Path(folder, name) for name in formats}
        wanted = [part for name, file in files.items() for part in ("--format", name, "-o", str(file))]
        done = command(*arguments, *wanted, cwd=cwd)
        return {name: Run(done.code, file.read_bytes(), done.stderr) for name, file in files.items()}


def become(
    entry: Callable[[], object],
    arguments: Sequence[str | Path],
    cwd: Path | str,
    env: Mapping[str, str],
    streams: Sequence[int],
) -> NoReturn:
    """Run the command in this forked process, and exit."""
    gc.freeze()  # collecting garbage would touch, and so copy, the memory of all tests
    code = -1
    try:
        os.chdir(cwd)
        os.environ.clear()
        os.environ.update(env)
        tempfile.tempdir = None  # what this process took from another environment
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
        sys.stdin, sys.stdout, sys.stderr = (
            open(number, mode, encoding="utf-8", errors=errors, closefd=False)  # noqa: SIM115 - ends with the process
            for number, mode, errors in ((0, "r", "strict"), (1, "w", "strict"), (2, "w", "backslashreplace"))
        )
        sys.argv = ["frontleak", *(os.fspath(argument) for argument in arguments)]
        entry()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else -1
    except BaseException:  # noqa: BLE001 - the test must see it
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code & 0xFF)


def _checked(done: Run) -> Run:
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    assert b"internal error" not in done.stderr, done.stderr.decode()
    assert done.code in set(ExitCode), (done.code, done.stderr.decode())
    return done


def without_timings(report: bytes) -> bytes:
    """Return a JSON report without the one number that differs between runs."""
    rest, count = re.subn(rb'"seconds": ?[0-9.e-]+', b'"seconds":0', report)
    assert count == 1
    return rest


def git(folder: Path, *arguments: str) -> bytes:
    """Run git in a folder, without user settings."""
    done = subprocess.run(
        ["git", "-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false", *arguments],
        cwd=folder,
        env=environment(GIT_CONFIG_NOSYSTEM="1"),
        capture_output=True,
        check=True,
    )
    return done.stdout


def repository(folder: Path) -> Path:
    """Create a git repository in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "--quiet", "--initial-branch=main")
    return folder


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files by path relative to a folder, and return the folder."""
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def token(seed: str = "0", tail: int = 178) -> str:
    """Draw a fake Sanity token."""
    return draw(f"sk[A-Za-z0-9]{{{tail}}}", f"tests/sanity/{seed}")
