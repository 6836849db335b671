"""`frontleak diff`: what changed between two reports, or between two builds."""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from frontleak.cli import outputs
from frontleak.cli.accepted import read_accepted, relative_to
from frontleak.cli.exit_codes import ExitCode
from frontleak.cli.file_paths import FilePath
from frontleak.cli.messages import note
from frontleak.cli.scan_options import fail_on_option, prepare, run, scan_options
from frontleak.cli.text_or_json import TEXT_OR_JSON
from frontleak.core.errors import ConfigError
from frontleak.core.secret import printable
from frontleak.core.vocabulary import Severity

if TYPE_CHECKING:
    from frontleak.report.difference import Compared, Difference, Side


@click.command(short_help="Compare two reports or folders: what is new, gone or moved.")
@click.argument("old", type=FilePath())
@click.argument("new", type=FilePath())
@TEXT_OR_JSON
@fail_on_option("new findings")
@scan_options
@click.pass_context
def diff(ctx: click.Context, /, old: Path, new: Path, form: str, fail_on: str, **given: Any) -> None:
    """Compare two JSON reports, or two folders: which findings are new, gone or moved.

    Findings are the same if their fingerprints are: a rebuild with other hashes and lines changes nothing. Folders are
    scanned with the same options, and paths in them count from the folder. Reports hold only the beginning of secrets,
    so comparing them lists a secret that moved as new and as gone. No baseline is used.
    """
    from frontleak.report.difference import compare  # noqa: PLC0415 - keeps `--help` fast
    from frontleak.report.service_messages import without_commands  # noqa: PLC0415 - as above

    before, after = _sides(ctx, given, old, new)
    if before.rules != after.rules:
        note("note: the two reports were made with different rules")
    difference = compare(before, after)
    lines = _as_json(difference) if form == "json" else without_commands(_as_text(difference, after))
    outputs.write_stdout(lines)
    if any(each.fails(Severity(fail_on)) for each in difference.new):
        ctx.exit(ExitCode.FINDINGS)
    if not (before.complete and after.complete):
        click.echo("error: not everything could be read, so the comparison is incomplete", err=True)
        click.echo("       `frontleak scan` lists what could not be read", err=True)
        ctx.exit(ExitCode.INCOMPLETE)


def _sides(ctx: click.Context, given: Mapping[str, Any], old: Path, new: Path) -> "tuple[Side, Side]":
    from frontleak.report.difference import side_of_report  # noqa: PLC0415 - as above

    folders = [path.is_dir() for path in (old, new)]
    if all(folders):
        return _scanned(ctx, given, old), _scanned(ctx, given, new)
    if any(folders):
        file = new if folders[0] else old
        raise ConfigError(f"{file}: is not a folder", advice="compare two reports, or two folders")
    return side_of_report(str(old), _text(old)), side_of_report(str(new), _text(new))


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = "not UTF-8" if isinstance(error, UnicodeDecodeError) else error.strerror or str(error)
        advice = "pass two files that `frontleak scan --format json -o FILE` wrote, or two folders"
        raise ConfigError(f"{file}: cannot be read: {reason}", advice=advice) from error


def _scanned(ctx: click.Context, given: Mapping[str, Any], folder: Path) -> "Side":
    """Scan a folder."""
    from frontleak.report.difference import side_of_scan  # noqa: PLC0415 - as above

    accepted = read_accepted(ctx.meta.get("config"), None, use_baseline=False)
    ruleset, options = prepare(ctx, {**given, "paths": (os.fspath(folder),)}, accepted=accepted)
    return side_of_scan(run(ctx, ruleset, options, given["rules"]), relative_to(folder))


def _as_text(difference: "Difference", after: "Side") -> Iterator[str]:
    for each in difference.new:
        yield f"new    {_headline(each)}\n"
    for before, each in difference.moved:
        yield f"moved  {_headline(each)}, was {_position(before)}\n"
    for each in difference.gone:
        ignored = "  (does not count any more)" if each.key in after.suppressed else ""
        yield f"gone   {_headline(each)}{ignored}\n"
    counts = f"{len(difference.new)} new, {len(difference.gone)} gone, {len(difference.moved)} moved"
    yield f"{counts}, {difference.unchanged} unchanged\n"


def _headline(each: "Compared") -> str:
    return f"{_position(each)}  {each.severity}  {printable(each.title)}  [{printable(each.rule)}]"


def _position(each: "Compared") -> str:
    return f"{printable(each.path)}:{each.line}:{each.column}"


def _as_json(difference: "Difference") -> Iterator[str]:
    import json  # noqa: PLC0415 - as above

    plain = {
        "version": 1,
        "new": _rows(difference.new),
        "gone": _rows(difference.gone),
        "moved": [{"from": _row(before), "to": _row(after)} for before, after in difference.moved],
        "unchanged": difference.unchanged,
    }
    yield json.dumps(plain, indent=2) + "\n"


def _rows(findings: "Sequence[Compared]") -> list[dict[str, object]]:
    return [_row(each) for each in findings]


def _row(each: "Compared") -> dict[str, object]:
    return {
        "rule": each.rule,
        "severity": each.severity.value,
        "title": each.title,
        "path": each.path,
        "line": each.line,
        "column": each.column,
        "fingerprint": each.fingerprint,
    }
