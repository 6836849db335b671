"""Scans whole projects in a second process: what follows from several files, such as the import chain of a token."""

import asyncio
import contextlib
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from frontleak.cli.exit_codes import ExitCode
from frontleak.cli.lsp.log import Log
from frontleak.cli.lsp.roots import Root
from frontleak.core.origins import FileOrigin
from frontleak.core.vocabulary import RuleKind

DELAY: Final = 0.3
"""Seconds between a save and the scan, in which a further save puts it off."""
PATIENCE: Final = 300
"""Seconds after which a scan of a project is given up."""
_MOST_BYTES: Final = 64 * 1024 * 1024
"""Bytes of the largest report that is read."""
_LONGEST_REASON: Final = 300
"""Characters of what the second process says about its end."""
_GOOD: Final = frozenset({ExitCode.CLEAN, ExitCode.FINDINGS, ExitCode.INCOMPLETE})
_SETTINGS_VARIABLES: Final = ("FRONTLEAK_FORMAT", "FRONTLEAK_DEBUG")
"""Variables that change what the second process writes."""


class ProjectResult(NamedTuple):
    """What a scan of a project says about its code."""

    findings: tuple[dict[str, Any], ...]
    started: int
    """When it began, in nanoseconds since 1970: what was saved later is not in it."""


class ProjectScans:
    """Scans the projects of the editor's folders, one after the other; a newer save ends a scan that runs."""

    def __init__(self, begins: Callable[[Root], None], done: Callable[[Root, ProjectResult], None], log: Log) -> None:
        """Store what is told: that a scan begins, its result, and a line if there is none."""
        self._begins = begins
        self._done = done
        self._log = log
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._one = asyncio.Semaphore(1)
        self.results: dict[str, ProjectResult] = {}
        """Folder -> its latest result."""

    def plan(self, root: Root, delay: float = DELAY) -> None:
        """Scan a project after some seconds; a scan of it that is planned or runs is ended."""
        self._end(root.folder)
        self._timers[root.folder] = asyncio.get_running_loop().call_later(delay, self._start, root)

    def is_planned(self, root: Root) -> bool:
        """Return whether a scan of a project is planned or runs."""
        return root.folder in self._timers or root.folder in self._tasks

    async def close(self) -> None:
        """End all scans, and wait until their processes are gone."""
        tasks = list(self._tasks.values())
        for folder in {*self._timers, *self._tasks}:
            self._end(folder)
        await asyncio.gather(*tasks, return_exceptions=True)

    def _end(self, folder: str) -> None:
        if timer := self._timers.pop(folder, None):
            timer.cancel()
        if task := self._tasks.pop(folder, None):
            task.cancel()

    def _start(self, root: Root) -> None:
        self._timers.pop(root.folder, None)
        task = asyncio.ensure_future(self._scan(root))
        self._tasks[root.folder] = task
        task.add_done_callback(lambda ended: self._forget(root.folder, ended))

    def _forget(self, folder: str, task: "asyncio.Task[None]") -> None:
        if self._tasks.get(folder) is task:
            del self._tasks[folder]

    async def _scan(self, root: Root) -> None:
        name = FileOrigin(path=root.folder).display
        async with self._one:
            self._begins(root)
            started = time.time_ns()
            try:
                process = await _started(root.folder)
            except OSError as error:
                self._log(f"{name}: import chains were not checked: {error.strerror or type(error).__name__}")
                return
            try:
                written, said = await asyncio.wait_for(process.communicate(), PATIENCE)
            except TimeoutError:
                self._log(f"{name}: import chains were not checked: the scan took more than {PATIENCE} seconds")
                return
            finally:
                await _ended(process)
        findings = None
        if process.returncode in _GOOD and len(written) <= _MOST_BYTES:
            findings = await asyncio.to_thread(_findings, written)
        if findings is None:
            why = said.decode("utf-8", "replace").strip().partition("\n")[0][:_LONGEST_REASON]
            why = why.removeprefix("error: ") or f"the second process ended with code {process.returncode}"
            self._log(f"{name}: import chains were not checked: {why}; the next save checks them again")
            return
        self.results[root.folder] = ProjectResult(findings, started)
        self._done(root, self.results[root.folder])


def command() -> Sequence[str]:
    """Return the command of the second process: this program, which imports nothing from the scanned folder."""
    if getattr(sys, "frozen", False):
        return (sys.executable,)
    return (sys.executable, "-P", "-m", "frontleak")


async def _started(folder: str) -> asyncio.subprocess.Process:
    environment = {name: value for name, value in os.environ.items() if name not in _SETTINGS_VARIABLES}
    return await asyncio.create_subprocess_exec(
        *command(),
        *("scan", "--quiet", "--format", "json", "--exit-zero", "--jobs", "1", "."),
        cwd=folder,
        env=environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def _ended(process: asyncio.subprocess.Process) -> None:
    """Kill a process that still runs, and wait for it."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await asyncio.shield(process.wait())


def _findings(written: bytes) -> tuple[dict[str, Any], ...] | None:
    """Return the findings about code in a JSON report; None if it is none."""
    try:
        report = json.loads(written)
        found = report["findings"] if isinstance(report, dict) else None
        return None if found is None else tuple(each for each in found if RuleKind(each["kind"]).is_code)
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
