"""Colour, width and progress: everything that depends on the terminal."""

import os
import sys
import time
from types import TracebackType
from typing import IO, Any, Final, Self

import click

from frontleak.cli.messages import Verbosity, verbosity
from frontleak.core.blob import BlobResult
from frontleak.report.interface import Look, plain

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
"""Seconds of work before the status line appears."""
_INTERVAL: Final = 0.1
"""Seconds between two updates of it."""
_WIDEST: Final = 100
"""Columns of a report: longer lines are hard to read."""
_NARROWEST: Final = 40


def wants_colour(stream: IO[str], choice: str) -> bool:
    """Say whether to colour a stream: by the flag, then NO_COLOR, FORCE_COLOR and CLICOLOR_FORCE, then isatty."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR") or os.environ.get("CLICOLOR_FORCE", "0") != "0":
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def look(stream: IO[str], choice: str) -> Look:
    """Return how a report looks on a stream: its colours, and the width of the terminal, at most 100 columns."""
    return Look(_paint if wants_colour(stream, choice) else plain, min(_WIDEST, terminal_width()))


def terminal_width() -> int:
    """Return the number of columns: COLUMNS if set, else the width of the terminal, else 100."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns) > 0:
        return max(_NARROWEST, int(columns))
    for stream in (sys.__stdout__, sys.__stderr__):
        try:
            return max(_NARROWEST, os.get_terminal_size(stream.fileno()).columns) if stream is not None else _WIDEST
        except (OSError, ValueError):
            continue
    return _WIDEST


def _paint(style: str, text: str) -> str:
    return click.style(text, **_STYLES[style])


class ScanProgress:
    """A status line on stderr for a person at a terminal: files, megabytes, rate. It appears after a second.

    The number of files is unknown until the walk ends, so there is no bar and no time left.
    """

    def __init__(self) -> None:
        quiet = os.environ.get("CI") or os.environ.get("PRE_COMMIT") or verbosity() is Verbosity.QUIET
        self._enabled = sys.stderr is not None and sys.stderr.isatty() and not quiet
        self._started = time.monotonic()
        self._due = self._started + _PATIENCE
        self._bytes = 0
        self._files = 0
        self._visible = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._visible:
            self._write("")

    def __call__(self, result: BlobResult) -> None:
        """Count one more result."""
        if not self._enabled:
            return
        self._bytes += result.size
        self._files += 1
        now = time.monotonic()
        if now < self._due:
            return
        self._due = now + _INTERVAL
        megabytes = self._bytes / 1e6
        rate = megabytes / (now - self._started)
        self._write(f"scanning: {self._files:,} files, {megabytes:,.0f} MB, {rate:,.0f} MB/s")

    def show(self, text: str) -> None:
        """Show a text of its own, at most ten times a second."""
        now = time.monotonic()
        if self._enabled and now >= self._due:
            self._due = now + _INTERVAL
            self._write(text)

    def _write(self, text: str) -> None:
        """Replace the line. A terminal that went away must not end the scan."""
        self._visible = bool(text)
        try:
            sys.stderr.write(f"\r{text[: terminal_width() - 1]}\x1b[K")
            sys.stderr.flush()
        except OSError:
            self._enabled = False
