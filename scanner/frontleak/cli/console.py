"""Colour and progress: everything that depends on who is looking."""

import os
import sys
import time
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Final, Self

import click

from frontleak.core.blob import BlobResult
from frontleak.report.interface import Paint, plain

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_STYLES: Final[dict[str, dict[str, Any]]] = {
    "critical": {"fg": "bright_red", "bold": True},
    "high": {"fg": "red", "bold": True},
    "medium": {"fg": "yellow", "bold": True},
    "low": {"fg": "cyan"},
    "info": {"dim": True},
    "place": {"bold": True},
    "faint": {"dim": True},
    "good": {"fg": "green", "bold": True},
    "bad": {"bold": True},
}
_PATIENCE: Final = 1.0
"""Seconds of work before a progress bar appears."""
_INTERVAL: Final = 0.1
"""Seconds between two updates of it."""


def wants_colour(stream: IO[str], choice: str) -> bool:
    """Say whether to colour a stream: the flag decides, then NO_COLOR, FORCE_COLOR, and whether it is a terminal."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR") or os.environ.get("CLICOLOR_FORCE", "0") != "0":
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def painter(stream: IO[str], choice: str) -> Paint:
    """Return the paint for a stream."""
    return _paint if wants_colour(stream, choice) else plain


def _paint(style: str, text: str) -> str:
    return click.style(text, **_STYLES[style])


class ScanProgress:
    """A progress bar on stderr, for a person at a terminal whose scan takes over a second."""

    def __init__(self) -> None:
        quiet = os.environ.get("CI") or os.environ.get("PRE_COMMIT")
        self._wanted = sys.stderr is not None and sys.stderr.isatty() and not quiet
        self._due = time.monotonic() + _PATIENCE
        self._bytes = 0
        self._files = 0
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, result: BlobResult) -> None:
        """Count one more result."""
        if not self._wanted:
            return
        self._bytes += result.size
        self._files += 1
        if time.monotonic() < self._due:
            return
        self._due = time.monotonic() + _INTERVAL
        if self._bar is None:
            self._show()
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, description=f"scanning: {self._files:,} files, {self._bytes / 1e6:,.0f} MB")
            self._bar.refresh()

    def _show(self) -> None:
        from rich.console import Console  # noqa: PLC0415 - 70 ms that only long scans at a terminal pay
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415

        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
            auto_refresh=False,  # no thread: workers may have to be forked at any time
        )
        self._task = self._bar.add_task("scanning")
        self._bar.start()
