"""What the server writes into the log of the editor: one line each, never a text of a document or a secret."""

from collections.abc import Callable
from pathlib import Path
from types import TracebackType

import click

from frontleak.core.errors import FrontleakError
from frontleak.core.secret import printable
from frontleak.core.shown_names import shown_name

Log = Callable[[str], None]
"""Writes a line to the log of the editor."""


def line_of(text: str) -> str:
    """Return a line for the log, with what may be a secret in its names cut."""
    return shown_name(printable(text))


def lines_of_error(error: FrontleakError | click.ClickException) -> list[str]:
    """Return what is wrong with the settings. The advice of the error is about options of the command line."""
    return [error.format_message()] if isinstance(error, click.ClickException) else list(error.problems)


def bug(error: BaseException) -> str:
    """Return a line about an error that is a bug. Its message is left out: it may contain text of a document."""
    where, trace = "unknown location", error.__traceback__
    while isinstance(trace, TracebackType):
        where = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return f"internal error: {type(error).__name__} at {where}; please report it"
