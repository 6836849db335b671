"""Runs git: its own commands without a shell, which read the repository and run nothing that it configures.

A cloned or unpacked repository may be hostile, and its configuration may name programs. So only commands that start
none are used (plumbing, no work tree, no textual diff by drivers), what could start one is switched off, and so is
every transport: nothing is fetched. `safe.directory` stays as the user has set it.
Source: https://git-scm.com/docs/git#_environment_variables, https://git-scm.com/docs/git-config.
"""

import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Final, NoReturn

from frontleak.core.errors import GitError
from frontleak.core.records import dataclass
from frontleak.core.secret import printable

MINIMUM: Final = (2, 20)
"""Oldest version of git that is supported; December 2018."""
_SETTINGS: Final = (
    "core.fsmonitor=false",
    f"core.hooksPath={os.devnull}",
    "core.pager=cat",
    "core.quotePath=false",
    "color.ui=false",
    "log.showSignature=false",
)
_ENVIRONMENT: Final = {
    "GIT_ALLOW_PROTOCOL": "none",  # no transport has this name; older versions do not know GIT_NO_LAZY_FETCH
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_PAGER": "cat",
    "GIT_TERMINAL_PROMPT": "0",
    "LANGUAGE": "C",
    "LC_ALL": "C",
}
_UNSET: Final = (
    *("GIT_EXTERNAL_DIFF", "GIT_DIFF_OPTS", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS"),
)
_USAGE: Final = 129
"""Exit code of git for an option that it does not know."""
_LONGEST: Final = 200
"""Characters of a message of git that are shown."""
_CHUNK: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Git:
    """The git command for one repository; picklable, for worker processes."""

    folder: str
    """Working directory of the command."""
    variables: tuple[tuple[str, str], ...] = ()
    """Further variables of its environment."""

    def output(self, *arguments: str) -> bytes:
        """Run git and return what it prints.

        Raises:
            GitError: git is missing or fails.
        """
        with self._started(arguments) as (process, errors):
            out, _ = process.communicate()
            self._check(process.returncode, errors, arguments)
        return out

    def line(self, *arguments: str) -> str | None:
        """Run git and return what it prints without the line end; None if it fails, for whatever reason.

        Raises:
            GitError: git is missing.
        """
        with self._started(arguments) as (process, _):
            out, _ = process.communicate()
        return os.fsdecode(out.removesuffix(b"\n")) if process.returncode == 0 else None

    def fields(self, *arguments: str, fed_by: Sequence[str] = ()) -> Iterator[bytes]:
        """Run git and yield what it prints between NUL bytes, as it comes.

        Args:
            arguments: of git.
            fed_by: arguments of another git whose output is the input of this one.

        Raises:
            GitError: git is missing or fails.
        """
        if not fed_by:
            with self._started(arguments) as (process, errors):
                yield from _split(process.stdout)
                self._check(process.wait(), errors, arguments)
            return
        with self._started(fed_by) as (feeder, feeder_errors):
            with self._started(arguments, stdin=feeder.stdout) as (process, errors):
                if feeder.stdout is not None:
                    feeder.stdout.close()  # the feeder ends when its reader does
                yield from _split(process.stdout)
                self._check(process.wait(), errors, arguments)
            self._check(feeder.wait(), feeder_errors, fed_by)

    def start(self, *arguments: str) -> "subprocess.Popen[bytes]":
        """Start git with pipes to its input and output; what it says about errors is dropped.

        Raises:
            GitError: git is missing.
        """
        return self._popen(arguments, subprocess.PIPE, subprocess.DEVNULL)

    @contextmanager
    def _started(
        self, arguments: Sequence[str], stdin: "IO[bytes] | int | None" = subprocess.DEVNULL
    ) -> Iterator[tuple["subprocess.Popen[bytes]", IO[bytes]]]:
        """Start git, and end it with the block: its reader may stop early."""
        with _scratch_file() as errors:  # a pipe that nobody reads would stop it
            process = self._popen(arguments, stdin, errors)
            try:
                yield process, errors
            finally:
                if process.stdout is not None:
                    process.stdout.close()
                if process.poll() is None:
                    process.kill()
                process.wait()

    def _popen(
        self, arguments: Sequence[str], stdin: "IO[bytes] | int | None", stderr: "IO[bytes] | int"
    ) -> "subprocess.Popen[bytes]":
        options = [part for setting in _SETTINGS for part in ("-c", setting)]
        environment = {name: value for name, value in os.environ.items() if name not in _UNSET}
        try:
            return subprocess.Popen(
                [_executable(), "--no-pager", *options, *arguments],
                cwd=self.folder or None,
                env=environment | _ENVIRONMENT | dict(self.variables),
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=stderr,
            )
        except OSError as error:
            raise GitError(f"git cannot be started: {error.strerror or error}") from error

    def _check(self, code: int, errors: IO[bytes], arguments: Sequence[str]) -> None:
        if code != 0:
            errors.seek(0)
            self._fail(code, errors.read(_CHUNK).decode("utf-8", "replace"), arguments)

    def _fail(self, code: int, errors: str, arguments: Sequence[str]) -> NoReturn:
        said = _first_line(errors)
        for words, problem, advice in _KNOWN:
            if any(word in errors for word in words):
                named = _NAMED.search(errors)
                folder = printable(named[1]) if named else self.folder or os.getcwd()
                raise GitError(problem.format(folder=folder, said=said), advice=advice.format(folder=folder))
        if code == _USAGE or "unknown option" in errors or "is not a git command" in errors:
            version = self.version()
            if version is not None and version < MINIMUM:
                raise GitError(
                    f"git {'.'.join(map(str, version))} is too old: at least {'.'.join(map(str, MINIMUM))} is needed",
                    advice="install a newer git",
                )
        raise GitError(f"git {arguments[0]} failed: {said or f'exit code {code}'}")

    def version(self) -> tuple[int, ...] | None:
        """Return the version of git as numbers; None if it tells none."""
        words = (self.line("version") or "").split()
        numbers = words[2].split(".") if len(words) > 2 else []
        found = tuple(int(number) for number in numbers[:3] if number.isdecimal())
        return found or None


_NAMED: Final = re.compile(r"(?:dubious ownership in|unsafe) repository (?:at )?\(?'([^'\n]+)'")
_KNOWN: Final = (
    (
        ("dubious ownership", "unsafe repository"),
        "{folder}: git refuses to read this repository, because it belongs to another user",
        "if you trust it: git config --global --add safe.directory '{folder}'",
    ),
    (
        ("not a git repository", "must be run in a work tree"),
        "{folder}: not in a git repository with a work tree",
        "run the command inside a checkout, or scan files without --staged, --diff or --history",
    ),
    (
        ("index file corrupt", "bad index file", "index file smaller", "bad signature", "index uses", "unknown index"),
        "the index of this repository is damaged: {said}",
        "make a new one with `rm -f .git/index && git reset`; what was staged must be added again",
    ),
    (
        ("lazy fetching disabled", "transport 'none'", "not allowed", "could not fetch", "promisor remote"),
        "this partial clone lacks what the scan needs, and frontleak fetches nothing: {said}",
        "fetch it first with `git fetch --refetch --no-filter`",
    ),
    (
        ("loose object", "is corrupt", "unable to read", "bad object", "missing blob", "missing tree", "bad tree"),
        "this repository is damaged: {said}",
        "`git fsck` lists what is missing",
    ),
)
"""(words of a message of git, problem, advice); https://github.com/git/git has the messages."""


def _scratch_file() -> IO[bytes]:
    """Return an empty file, in memory where the system has such files."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("git"), "w+b")
    from tempfile import TemporaryFile  # noqa: PLC0415 - takes 3 ms

    return TemporaryFile()


def _executable() -> str:
    """Return the absolute path of git.

    It is searched in PATH, not in the working directory, where a scanned tree may have a program of that name.

    Raises:
        GitError: it is not installed.
    """
    name = "git.exe" if os.name == "nt" else "git"
    folders = (folder for folder in os.environ.get("PATH", os.defpath).split(os.pathsep) if os.path.isabs(folder))
    files = (os.path.join(folder, name) for folder in folders)
    found = next((file for file in files if os.path.isfile(file) and os.access(file, os.X_OK)), None)
    if found is None:
        raise GitError("git is not installed or not in PATH", advice="install git, or scan files and folders instead")
    return found


def _first_line(errors: str) -> str:
    """Return the message in what git says: its first fatal line, else the first."""
    lines = [line.strip() for line in errors.splitlines() if line.strip() and not line.startswith("hint:")]
    fatal = (line for line in lines if line.startswith("fatal: "))
    line = next(fatal, lines[0] if lines else "")
    return printable(line.removeprefix("fatal: ").removeprefix("error: "))[:_LONGEST]


def _split(stream: IO[bytes] | None) -> Iterator[bytes]:
    """Yield the parts of a stream that a NUL byte ends."""
    rest = b""
    while stream is not None and (chunk := stream.read1(_CHUNK)):  # type: ignore[attr-defined]  # a BufferedReader
        first, *parts = chunk.split(b"\0")
        if not parts:
            rest += first
            continue
        yield rest + first
        rest = parts.pop()
        yield from parts
    if rest:
        yield rest
