"""What goes to standard error besides errors: notes, which `--quiet` leaves out."""

from collections.abc import Callable
from enum import Enum
from typing import Any, Final

import click

_KEY: Final = "frontleak.verbosity"


class Verbosity(Enum):
    """How much a command says on standard error."""

    QUIET = "quiet"
    NORMAL = "normal"
    VERBOSE = "verbose"


def verbosity() -> Verbosity:
    """Return what the command that runs was asked for."""
    context = click.get_current_context(silent=True)
    chosen = context.meta.get(_KEY) if context else None
    return chosen if isinstance(chosen, Verbosity) else Verbosity.NORMAL


def note(text: str) -> None:
    """Print a line that is neither a result nor an error, unless the command is quiet."""
    if verbosity() is not Verbosity.QUIET:
        click.echo(text, err=True)


def _choose(ctx: click.Context, parameter: click.Parameter, given: bool) -> None:
    if not given:
        return
    if _KEY in ctx.meta:
        raise click.UsageError("--quiet and --verbose exclude each other", ctx)
    ctx.meta[_KEY] = Verbosity(parameter.name)


def verbosity_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--quiet` and `--verbose`, which change standard error only."""
    quiet = click.option(
        "-q",
        "--quiet",
        is_flag=True,
        expose_value=False,
        callback=_choose,
        help="Print only errors to standard error: no notes, summary or progress. Reports stay as they are.",
    )
    verbose = click.option(
        "-v",
        "--verbose",
        is_flag=True,
        expose_value=False,
        callback=_choose,
        help="List on standard error what is used, read, left out and skipped, and the time.",
    )
    return quiet(verbose(command))
