"""The `frontleak` command. Only this module turns errors into messages and exit codes."""

import os
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, NoReturn

import click

from frontleak.cli.exit_codes import ExitCode
from frontleak.core.errors import FrontleakError
from frontleak.core.secret import printable
from frontleak.core.version import VERSION

if TYPE_CHECKING:
    from frontleak.verify.interface import HostResolver

_COMMANDS: Final[Mapping[str, str]] = {
    "scan": "frontleak.cli.scan",
    "site": "frontleak.cli.site",
    "init": "frontleak.cli.init",
    "hook": "frontleak.cli.hook",
    "verify": "frontleak.cli.verify",
    "baseline": "frontleak.cli.baseline",
    "ignore": "frontleak.cli.ignore",
    "diff": "frontleak.cli.diff",
    "rules": "frontleak.cli.rules",
    "explain": "frontleak.cli.explain",
    "shard": "frontleak.cli.shard",
    "config": "frontleak.cli.settings",
    "lsp": "frontleak.cli.lsp.command",
}


class _LazyGroup(click.Group):
    """A group that imports a command only when it is run or listed."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's interface
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = getattr(import_module(_COMMANDS[cmd_name]), cmd_name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; Ctrl-C becomes an `Abort`, before which click does not print an empty line."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as interrupt:
            raise click.Abort from interrupt

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command; a file, or a word that is nearly a command, is an error that names the right one."""
        name = args[0]
        if name not in _COMMANDS and not name.startswith("-"):
            from difflib import get_close_matches  # noqa: PLC0415 - only for a mistake

            close = get_close_matches(name, _COMMANDS, n=1)
            if close:
                raise click.UsageError(f"no such command {name!r}; did you mean {close[0]!r}?", ctx)
            if os.path.lexists(name):
                raise click.UsageError(f"no such command {name!r}; did you mean `frontleak scan {name}`?", ctx)
        return super().resolve_command(ctx, args)


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="frontleak")
def cli() -> None:
    """Find secrets that a frontend leaks: Sanity tokens and other vendors' keys."""


def main(resolver: "HostResolver | None" = None) -> None:
    """Run the command line and exit with an `ExitCode`; never print a traceback unless FRONTLEAK_DEBUG is set.

    `resolver` replaces the system's DNS resolver when secrets are verified. Only tests pass one; no option, environment
    variable or file can set it.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a character the terminal cannot show is not an error
    sys.exit(_run(resolver))


def run() -> NoReturn:
    """Run the command line as a program of its own; the console script and `python -m frontleak` call this.

    The process ends once its output is written: tearing down the interpreter costs 10 ms and frees nothing of use.
    Workers have ended by then, and files are closed.
    """
    try:
        main()
    except SystemExit as ended:
        _end(ended.code if isinstance(ended.code, int) else ExitCode.ERROR)
    raise AssertionError("main() always exits")


def _end(code: int) -> NoReturn:
    """Flush the output and end the process."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError):  # the reader went away, or the stream is closed
            continue
    os._exit(code)


def _run(resolver: "HostResolver | None") -> int:
    try:
        result = cli.main(prog_name="frontleak", standalone_mode=False, obj=resolver)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return ExitCode.ERROR
    except (FrontleakError, click.ClickException) as error:
        for line in _message(error):
            _print_error(line)
        return ExitCode.ERROR
    except (click.Abort, KeyboardInterrupt):
        if sys.stderr is not None and sys.stderr.isatty():
            _print_error("")  # the line on which the terminal shows `^C`
        _print_error("interrupted")
        return ExitCode.INTERRUPTED
    except SystemExit:  # click does this with code 1, which means findings, if the reader of the output went away
        return ExitCode.ERROR
    except Exception as error:  # noqa: BLE001 - a crash must not exit with 1, which means findings
        for line in _unexpected(error):
            _print_error(line)
        return ExitCode.ERROR
    return result if isinstance(result, int) else ExitCode.CLEAN


def _message(error: FrontleakError | click.ClickException) -> Iterator[str]:
    match error:
        case FrontleakError():
            yield from (f"error: {problem}" for problem in error.problems)
            if error.advice:
                yield f"       {error.advice}"
        case click.UsageError():
            yield f"error: {error.format_message()}"
            yield f"       `{error.ctx.command_path if error.ctx else 'frontleak'} --help` lists the options"
        case _:
            yield f"error: {error.format_message()}"


def _print_error(line: str) -> None:
    from frontleak.core.shown_names import shown_name  # noqa: PLC0415 - most runs print no error
    from frontleak.report.service_messages import without_command  # noqa: PLC0415 - as above

    click.echo(without_command(shown_name(printable(line))), err=True)


def _unexpected(error: Exception) -> Iterator[str]:
    """Yield the message for an error that is not deliberate: the system refused something, or it is a bug."""
    if os.environ.get("FRONTLEAK_DEBUG"):
        import traceback  # noqa: PLC0415 - takes 8 ms, needed only here

        traceback.print_exception(error)
    match error:
        case MemoryError():
            yield "error: there is not enough memory"
        case OSError():  # a full disk, too few descriptors or processes
            yield f"error: {error.filename or 'system'}: {error.strerror or type(error).__name__}"
        case _:
            yield f"error: internal error: {type(error).__name__} at {_innermost_frame(error.__traceback__)}"
            yield "       this is a bug in frontleak; please report it with the traceback that FRONTLEAK_DEBUG=1 prints"


def _innermost_frame(trace: TracebackType | None) -> str:
    """Return `file:line` of the innermost frame. The message is left out: it may contain scanned text."""
    frame = "unknown location"
    while trace is not None:
        frame = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return frame
