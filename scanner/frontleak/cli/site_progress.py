"""What `frontleak site` prints on standard error while it asks: each request, or a status line at a terminal."""

import os
import sys
from types import TracebackType
from typing import TYPE_CHECKING, Self

import click

from frontleak.cli.console import terminal_width
from frontleak.cli.messages import Verbosity, verbosity
from frontleak.report.service_messages import without_command

if TYPE_CHECKING:
    from frontleak.core.site_request import SiteRequest


class SiteProgress:
    """Told of each request when it is over."""

    def __init__(self) -> None:
        self._lists = verbosity() is Verbosity.VERBOSE
        quiet = os.environ.get("CI") or verbosity() is not Verbosity.NORMAL
        self._enabled = sys.stderr is not None and sys.stderr.isatty() and not quiet
        self._requests = self._bytes = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._enabled and self._requests:
            self._write("")

    def __call__(self, request: "SiteRequest") -> None:
        """Print the request, or count it."""
        if self._lists:
            click.echo(without_command(f"request: {request.line}"), err=True)
        self._requests += 1
        self._bytes += request.size
        if self._enabled:
            number = f"{self._requests:,} request{'' if self._requests == 1 else 's'}"
            self._write(f"fetching: {number}, {self._bytes / 1e6:,.1f} MB")

    def _write(self, text: str) -> None:
        """Replace the line. A terminal that went away must not end the visit."""
        try:
            sys.stderr.write(f"\r{text[: terminal_width() - 1]}\x1b[K")
            sys.stderr.flush()
        except OSError:
            self._enabled = False
