"""`--format` and `-o`: which reports are written, and where."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from frontleak.cli.console import painter
from frontleak.core.errors import ReportError
from frontleak.core.report import Report
from frontleak.report.interface import Reporter, plain
from frontleak.report.registry import REPORTERS, reporter_named
from frontleak.report.text import TEXT


@dataclass(frozen=True, slots=True)
class ReportOutput:
    """One report to write; to standard output when there is no file."""

    reporter: Reporter
    file: Path | None


class PairedOutputs(click.Command):
    """A command whose `-o` belongs to the `--format` before it.

    click collects the values of each option by itself; the order in which they were given together is kept here, as
    (option, value) pairs, in `ctx.meta["outputs"]`.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Note the order of the two options, then parse as ever."""
        values, _, order = self.make_parser(ctx).parse_args(list(args))
        ctx.meta["isolated"] = bool(values.get("isolated"))  # counts wherever it stands, also after --config
        iterators: dict[str, Iterator[Any]] = {name: iter(values.get(name) or ()) for name in ("format", "output")}
        ctx.meta["outputs"] = [
            (parameter.name, next(iterators[parameter.name])) for parameter in order if parameter.name in iterators
        ]
        return super().parse_args(ctx, args)


def pair(given: Sequence[tuple[str, str]], default: str = TEXT.name) -> list[ReportOutput]:
    """Return the reports that (option, value) pairs ask for; the default format on standard output when none.

    Raises:
        click.UsageError: two reports would go to standard output.
    """
    outputs: list[ReportOutput] = []
    for option, value in given:
        if option == "format":
            outputs.append(ReportOutput(reporter_named(value), None))
        elif outputs and outputs[-1].file is None:
            outputs[-1] = ReportOutput(outputs[-1].reporter, _file(value))
        else:
            outputs.append(ReportOutput(_by_suffix(value), _file(value)))
    outputs = [ReportOutput(output.reporter, None if output.file == Path("-") else output.file) for output in outputs]
    if sum(output.file is None for output in outputs) > 1:
        raise click.UsageError("two reports would go to standard output; give each --format its own -o FILE")
    return outputs or [ReportOutput(reporter_named(default), None)]


def _file(value: str) -> Path:
    return Path(value)


def _by_suffix(name: str) -> Reporter:
    return next((reporter for reporter in REPORTERS if name.endswith(reporter.suffixes)), TEXT)


def check_writable(outputs: Sequence[ReportOutput]) -> None:
    """Make sure, before any work is done, that the files can be written.

    Raises:
        ReportError: one cannot be.
    """
    for output in outputs:
        if output.file is not None:
            check_file(output.file)


def check_file(name: Path) -> None:
    """Make sure that a file can be written.

    Raises:
        ReportError: it cannot be.
    """
    from tempfile import NamedTemporaryFile  # noqa: PLC0415 - most runs write to standard output

    file = _followed(name)
    folder = file.parent
    try:
        if file.is_dir():
            raise ReportError(f"{name}: is a folder", advice="give the name of a file")
        if not folder.is_dir():
            raise ReportError(f"{name}: there is no folder {folder}", advice="make the folder first")
        if _is_stream(file):
            return
        file.exists()  # a name that is too long is an error here
        with NamedTemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise ReportError(
            f"{name}: cannot be written: {error.strerror}", advice="give a file in a folder you may write"
        ) from error


def write(report: Report, outputs: Sequence[ReportOutput], colour: str) -> None:
    """Write all reports; a file appears whole or not at all.

    Raises:
        ReportError: a file cannot be written.
    """
    for output in outputs:
        if output.file is None:
            write_stdout(output.reporter.render(report, painter(sys.stdout, colour)))
        else:
            write_file(output.file, output.reporter.render(report, plain))


def write_stdout(pieces: Iterator[str]) -> None:
    """Write to standard output.

    Raises:
        ReportError: it cannot be written; without a message when whoever read it has gone.
    """
    try:
        sys.stdout.writelines(pieces)
        sys.stdout.flush()
    except OSError as error:
        with suppress(OSError):  # else Python tries once more at exit, and complains
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):  # whoever read the report has gone: nobody is there to be told
            raise ReportError from error
        raise ReportError(f"standard output cannot be written: {error.strerror or error}") from error


def _followed(file: Path) -> Path:
    """Return what a name stands for: a link's target is written, the link stays."""
    return Path(os.path.realpath(file)) if os.path.islink(file) else file


def _is_stream(file: Path) -> bool:
    """Say whether something exists that is written into rather than replaced: a pipe, a device."""
    return os.path.exists(file) and not os.path.isfile(file) and not os.path.isdir(file)


def write_file(name: Path, pieces: Iterator[str]) -> None:
    """Write a file, whole or not at all.

    Raises:
        ReportError: it cannot be written.
    """
    from tempfile import NamedTemporaryFile  # noqa: PLC0415 - as above

    file, temporary = _followed(name), ""
    try:
        if _is_stream(file):
            with open(file, "w", encoding="utf-8", newline="\n") as stream:
                stream.writelines(pieces)
            return
        with NamedTemporaryFile("w", dir=file.parent, encoding="utf-8", newline="\n", delete=False) as new:
            temporary = new.name
            new.writelines(pieces)
        mask = os.umask(0)
        os.umask(mask)
        Path(temporary).chmod(0o666 & ~mask)
        Path(temporary).replace(file)
    except OSError as error:
        if temporary:
            with suppress(OSError):
                Path(temporary).unlink()
        raise ReportError(f"{name}: cannot be written: {error.strerror or error}") from error
