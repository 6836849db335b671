"""`--format` and `-o`: pair them up and write the reports."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import click

from frontleak.cli.console import look
from frontleak.cli.file_paths import check_on_disk
from frontleak.cli.messages import note
from frontleak.core.errors import ReportError
from frontleak.core.finding import Finding
from frontleak.core.records import dataclass, replace
from frontleak.core.report import Report
from frontleak.core.secret import printable
from frontleak.report.interface import Look, Reporter, fails_by_default
from frontleak.report.registry import reporter_named, reporter_of_file

_TEXT: Final = "text"


@dataclass(frozen=True, slots=True)
class ReportOutput:
    """A report to write, to standard output if `file` is None."""

    reporter: Reporter
    file: Path | None


class PairedOutputs(click.Command):
    """A command whose `-o` applies to the `--format` before it.

    click collects the values of each option separately. This class keeps their common order in `ctx.meta["outputs"]`,
    as (option, value) pairs.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Record the order of the two options, then parse as usual."""
        values, _, order = self.make_parser(ctx).parse_args(list(args))
        iterators: dict[str, Iterator[Any]] = {name: iter(values.get(name) or ()) for name in ("format", "output")}
        ctx.meta["outputs"] = [
            (parameter.name, next(iterators[parameter.name])) for parameter in order if parameter.name in iterators
        ]
        return super().parse_args(ctx, args)


def pair(given: Sequence[tuple[str, str]], default: str = "") -> list[ReportOutput]:
    """Return the reports for (option, value) pairs; without pairs, the default format on standard output.

    Args:
        given: in the order of the command line.
        default: format of a report whose option and name tell none; empty for text, but only on standard output.

    Raises:
        click.UsageError: two reports would go to standard output, or the name of a file tells no format.
    """
    outputs: list[ReportOutput] = []
    for option, value in given:
        if option == "format":
            outputs.append(ReportOutput(reporter_named(value), None))
        elif outputs and outputs[-1].file is None:
            outputs[-1] = ReportOutput(outputs[-1].reporter, _file(value))
        else:
            outputs.append(ReportOutput(_by_name(value, default), _file(value)))
    outputs = [ReportOutput(output.reporter, None if output.file == Path("-") else output.file) for output in outputs]
    if sum(output.file is None for output in outputs) > 1:
        raise click.UsageError("two reports would go to standard output; give each --format its own -o FILE")
    return outputs or [ReportOutput(reporter_named(default or _TEXT), None)]


def _file(value: str) -> Path:
    check_on_disk(value)
    return Path(value)


def _by_name(name: str, default: str) -> Reporter:
    try:
        return reporter_of_file(name)
    except KeyError:
        if default or name == "-" or os.path.isdir(name or ".") or _is_stream(_file(name)):  # a folder is refused later
            return reporter_named(default or _TEXT)
    raise click.UsageError(f"-o {printable(name)}: the name tells no format; put --format NAME before it")


def check_writable(outputs: Sequence[ReportOutput]) -> None:
    """Check before the scan that all files can be written.

    Raises:
        ReportError: a file cannot be written.
    """
    for output in outputs:
        if output.file is not None:
            check_file(output.file)


def check_file(name: Path) -> None:
    """Check that a file can be written.

    Raises:
        ReportError: it cannot.
    """
    from tempfile import NamedTemporaryFile  # noqa: PLC0415 - most runs write to standard output

    file = _resolve_link(name)
    folder = file.parent
    try:
        if file.is_dir():
            raise ReportError(f"{name}: is a folder", advice="pass the name of a file")
        if not folder.is_dir():
            raise ReportError(f"{name}: folder {folder} does not exist", advice="create the folder first")
        if _is_stream(file):
            return
        file.exists()  # raises if the name is too long
        with NamedTemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise ReportError(
            f"{name}: cannot be written: {error.strerror}", advice="pass a file in a writable folder"
        ) from error


def write(
    report: Report,
    outputs: Sequence[ReportOutput],
    colour: str,
    fails: Callable[[Finding], bool] = fails_by_default,
) -> None:
    """Write all reports. Each file is written completely or not at all.

    Args:
        report: of the scan.
        outputs: what is written where.
        colour: `always`, `never` or `auto`, for standard output.
        fails: whether a finding makes the scan fail.

    Raises:
        ReportError: a file cannot be written.
    """
    for output in outputs:
        if output.file is not None:
            write_file(output.file, output.reporter.render(report, Look(fails=fails)), private=bool(report.revealed))
        elif sys.stdout is None:
            raise ReportError("standard output is closed", advice="open it, or write the report to a file with -o FILE")
        else:
            write_stdout(output.reporter.render(report, replace(look(sys.stdout, colour), fails=fails)))


def write_stdout(pieces: Iterator[str]) -> None:
    """Write to standard output.

    Raises:
        ReportError: it cannot be written; without a message if the reader closed the pipe.
    """
    try:
        sys.stdout.writelines(pieces)
        sys.stdout.flush()
    except OSError as error:
        with suppress(OSError):  # otherwise Python flushes again at exit and prints an error
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):  # the reader closed the pipe: nobody can see a message
            raise ReportError from error
        raise ReportError(f"standard output cannot be written: {error.strerror or error}") from error


def _resolve_link(file: Path) -> Path:
    """Return the target of a symbolic link, so that writing keeps the link.

    Raises:
        ReportError: the link leads out of its own folder. A scanned tree may contain one with the name of the report.
    """
    if not os.path.islink(file):
        return file
    target = Path(os.path.realpath(file))
    if not target.is_relative_to(os.path.realpath(file.parent)) and not _is_stream(target):
        raise ReportError(
            f"{file}: is a link to a file outside its folder, so it is not overwritten",
            advice="remove the link, or pass the path of the file it points to",
        )
    return target


def _is_stream(file: Path) -> bool:
    """Return whether a pipe or device exists there, which is written to instead of replaced."""
    return os.path.exists(file) and not os.path.isfile(file) and not os.path.isdir(file)


def write_file(name: Path, pieces: Iterator[str], *, private: bool = False) -> None:
    """Write a file completely or not at all; a private one can be read by its owner only (mode 0600).

    Raises:
        ReportError: it cannot be written.
    """
    from tempfile import NamedTemporaryFile  # noqa: PLC0415 - as above

    file, temporary = _resolve_link(name), ""
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
        Path(temporary).chmod(0o600 if private else 0o666 & ~mask)
        Path(temporary).replace(file)
        if private:
            from frontleak.core.shown_names import shown_name  # noqa: PLC0415 - only with --reveal

            shown = shown_name(printable(str(name)))
            note(f"note: {shown} contains secret values; only you can read it")
    except OSError as error:
        if temporary:
            with suppress(OSError):
                Path(temporary).unlink()
        raise ReportError(f"{name}: cannot be written: {error.strerror or error}") from error
