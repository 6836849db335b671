"""`frontleak baseline`: accept the findings there are, so that only new ones fail."""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from frontleak.cli import outputs
from frontleak.cli.accepted import BASELINE, find_baseline, read_accepted, read_file, relative_to
from frontleak.cli.config import ConfigFile
from frontleak.cli.exit_codes import ExitCode
from frontleak.cli.file_paths import FilePath
from frontleak.cli.messages import note
from frontleak.cli.scan_options import CONFIG_FILE, ISOLATED, is_configured, prepare, run, scan_options
from frontleak.core.errors import ConfigError
from frontleak.core.paths import slashes
from frontleak.core.report import BaselineEntry, Report
from frontleak.core.repository import repository_root
from frontleak.core.secret import printable
from frontleak.core.vocabulary import Exposure
from frontleak.report.service_messages import without_command

if TYPE_CHECKING:
    from frontleak.core.detection import Detection
    from frontleak.triage.baseline import Baseline, Changes

_FILE = click.option(
    "--baseline",
    type=FilePath(),
    metavar="FILE",
    help=f"The baseline.  [default: {BASELINE} of the project]",
)
_PATHS = click.argument("paths", nargs=-1, type=click.Path(readable=False), metavar="[PATHS]...")


@click.group()
def baseline() -> None:
    """Accept old findings, so that only new ones fail.

    `frontleak scan` uses the baseline of the project by itself. Commit the file: it holds no secret.
    """


@baseline.command()
@_PATHS
@_FILE
@scan_options
@click.pass_context
def create(ctx: click.Context, /, **given: Any) -> None:
    """Write a new baseline with all findings of a scan."""
    ctx.exit(create_baseline(ctx, given))


def create_baseline(ctx: click.Context, given: Mapping[str, Any], *, even_empty: bool = True) -> ExitCode:
    """Scan and write a new baseline; without findings only if `even_empty`."""
    from frontleak.triage.baseline import new_baseline  # noqa: PLC0415 - keeps `--help` fast

    file = _file_for(_given(ctx))
    if os.path.lexists(file):
        raise ConfigError(f"{file}: exists", advice="`frontleak baseline update` adds new findings to it")
    outputs.check_file(file)
    empty = new_baseline()
    report = _scan(ctx, given, file, empty)
    if not report.baseline_entries and not even_empty:
        click.echo("there are no findings to accept, so there is no baseline")
        return _code(report)
    _write(file, empty.replaced(report.baseline_entries))
    findings, entries = len(report.findings), len(report.baseline_entries)
    places = "" if findings == entries else f" in {_number(entries, 'place')}"  # a finding may have several
    accepts = f"accepts {_number(findings, 'finding')}{places}"
    click.echo(f"{printable(str(file))}: {accepts}; commit it, and only new findings fail")
    return _told_code(report)


@baseline.command()
@_PATHS
@_FILE
@scan_options
@click.pass_context
def update(ctx: click.Context, /, **given: Any) -> None:
    """Add the new findings of a scan; keep the old entries."""
    file, known = _existing(_given(ctx))
    report = _scan(ctx, given, file, known)
    changes = _changes(known, report, file, given["paths"])
    _write_if_changed(file, known, [*known.entries.values(), *changes.new])
    _list(changes.new, "accepted")
    click.echo(f"{printable(str(file))}: {len(changes.new)} added, {len(known.entries)} kept")
    ctx.exit(_told_code(report))


@baseline.command()
@_PATHS
@_FILE
@scan_options
@click.pass_context
def prune(ctx: click.Context, /, **given: Any) -> None:
    """Remove the entries that a scan no longer finds; add none."""
    file, known = _existing(_given(ctx))
    report = _scan(ctx, given, file, known)
    if code := _code(report):  # what could not be read may still be there
        click.echo("error: the scan is incomplete, so nothing was removed", err=True)
        click.echo("       `frontleak scan` lists what could not be read", err=True)
        ctx.exit(code)
    changes = _changes(known, report, file, given["paths"])
    gone = set(changes.stale)
    _write_if_changed(file, known, [entry for entry in known.entries.values() if entry not in gone])
    _list(changes.stale, "removed")
    click.echo(f"{printable(str(file))}: {len(gone)} removed, {len(known.entries) - len(gone)} kept")


@baseline.command("import")
@click.argument("foreign", nargs=-1, required=True, type=FilePath(), metavar="FILE...")
@_FILE
@scan_options
@click.pass_context
def import_(ctx: click.Context, /, foreign: tuple[Path, ...], **given: Any) -> None:
    """Accept what the file of another scanner accepts.

    Reads .secrets.baseline, JSON reports of gitleaks and betterleaks, .gitleaksignore, .betterleaksignore and baselines
    of kingfisher. Scans the working directory, and adds to the baseline what is found again. Everything else is listed
    with the reason.
    """
    from frontleak.cli.baseline_import import carry_all, print_outcome, read_all  # noqa: PLC0415 - keeps `--help` fast
    from frontleak.triage.baseline import new_baseline  # noqa: PLC0415 - as above
    from frontleak.triage.carry_over import Found  # noqa: PLC0415 - as above

    entries = read_all(foreign)
    file = _given(ctx) or find_baseline(Path.cwd()) or _file_for(None)
    file, known = _existing(file) if os.path.lexists(file) else (file, new_baseline())
    outputs.check_file(file)
    found: list[Found] = []
    seen: Callable[..., None] = lambda *each: found.append(Found(*each))  # noqa: E731 - a NamedTuple takes its fields
    report = _scan(ctx, given | {"paths": ()}, file, known, seen=seen, reveal=True)
    folders = (file.parent, *(each.parent for each in foreign), Path())
    shown = {Exposure.PUBLIC: given["show_public"], Exposure.SERVER: given["show_server"]}
    carried = carry_all(entries, found, report.revealed, folders, [each for each in shown if not shown[each]])
    added = {entry for each in carried for entry in each.entries} - set(known.entries.values())
    _write_if_changed(file, known, [*known.entries.values(), *added])
    print_outcome(carried)
    lost = sum(bool(each.reason) for each in carried)
    total = _number(len(entries), "entry", "entries")
    counts = f"{len(added)} added, {len(known.entries)} kept"
    click.echo(f"{printable(str(file))}: {counts}; {lost} of {total} not carried over")
    ctx.exit(_code(report))


@baseline.command()
@_FILE
@CONFIG_FILE
@ISOLATED
@click.pass_context
def show(ctx: click.Context, /, **_: Any) -> None:
    """List the entries of the baseline."""
    name, known = _existing(_given(ctx))
    for entry in sorted(known.entries.values()):
        click.echo(without_command(f"{printable(entry.path)}  {printable(entry.rule)}  {entry.id}"))
    click.echo(f"{printable(str(name))}: {_number(len(known.entries), 'entry', 'entries')}", err=True)


def _scan(
    ctx: click.Context,
    given: Mapping[str, Any],
    file: Path,
    known: "Baseline",
    *,
    seen: "Callable[[Detection, BaselineEntry], None] | None" = None,
    reveal: bool = False,
) -> Report:
    """Scan with a baseline, and with the other settings of the configuration.

    Args:
        ctx: of the command.
        given: its parameters.
        file: the baseline.
        known: its content.
        seen: called with each detection and its entry.
        reveal: whether the report holds the values of the secrets; nothing may print it then.
    """
    from dataclasses import replace  # noqa: PLC0415 - as above

    from frontleak.triage.accepted import Accepted  # noqa: PLC0415 - as above

    config: ConfigFile | None = ctx.meta.get("config")
    settings = read_accepted(config, None, use_baseline=False) or Accepted()
    accepted = replace(
        settings,
        baseline=known,
        baseline_name=os.path.relpath(file),
        relative=relative_to(file.absolute().parent),
        seen=seen,
    )
    ruleset, options = prepare(ctx, given, accepted=accepted, reveal=reveal)
    return run(ctx, ruleset, options, given["rules"], getattr(sys.stdin, "buffer", None))


def _changes(known: "Baseline", report: Report, file: Path, paths: Sequence[str]) -> "Changes":
    from frontleak.triage.baseline import compare  # noqa: PLC0415 - as above

    return compare(known, report.baseline_entries, looked_at(file, paths))


def looked_at(file: Path, paths: Sequence[str]) -> Callable[[str], bool]:
    """Return a function: path of an entry -> whether a scan of some paths looks there.

    Args:
        file: the baseline.
        paths: as given on the command line; none for the working directory.
    """
    top = file.absolute().parent
    roots = [slashes(os.path.abspath(path)) for path in paths or (".",)]

    def is_looked_at(path: str) -> bool:
        absolute = slashes(os.path.abspath(top / path))
        return any(absolute == root or absolute.startswith(f"{root.rstrip('/')}/") for root in roots)

    return is_looked_at


def _given(ctx: click.Context) -> Path | None:
    """Return the baseline of the command line, else that of the configuration, as a scan does."""
    file: Path | None = ctx.params["baseline"]
    return Path(os.path.relpath(file)) if file and is_configured(ctx, "baseline") else file


def _file_for(file: Path | None) -> Path:
    """Return where a new baseline goes: in the root of the repository, so that every working directory finds it."""
    if file is not None:
        return file
    root = repository_root(slashes(os.getcwd()))
    return Path(os.path.relpath(root or ".")) / BASELINE


def _existing(file: Path | None) -> "tuple[Path, Baseline]":
    found = file or find_baseline(Path.cwd())
    if found is None:
        raise ConfigError("there is no baseline here", advice="`frontleak baseline create` writes one")
    known = read_file(found)
    if known.conflicts:
        conflicts = _number(known.conflicts, "merge conflict")
        note(f"note: {printable(str(found))}: {conflicts}; the entries of both sides are kept")
    return Path(os.path.relpath(found)), known


def _write(file: Path, known: "Baseline") -> None:
    from frontleak.triage.baseline import write_baseline  # noqa: PLC0415 - as above

    outputs.write_file(file, write_baseline(known))


def _write_if_changed(file: Path, known: "Baseline", entries: Sequence[BaselineEntry]) -> None:
    """Write a baseline with other entries; a file that would stay the same is not touched."""
    changed = known.replaced(entries)
    if changed.entries != known.entries or known.conflicts:
        _write(file, changed)


def _list(entries: Sequence[BaselineEntry], outcome: str) -> None:
    for entry in entries:
        click.echo(without_command(f"{outcome}  {printable(entry.path)}  {printable(entry.rule)}"))


def _told_code(report: Report) -> ExitCode:
    """Return the exit code, and print a note if a scan that is incomplete made the baseline."""
    code = _code(report)
    if code:
        note("note: the scan is incomplete, so findings may be missing; `frontleak scan` lists what could not be read")
    return code


def _code(report: Report) -> ExitCode:
    is_incomplete = any(each.incomplete for each in report.skipped) or not report.coverage.files
    return ExitCode.INCOMPLETE if is_incomplete else ExitCode.CLEAN


def _number(count: int, noun: str, plural: str = "") -> str:
    return f"{count} {noun if count == 1 else plural or f'{noun}s'}"
