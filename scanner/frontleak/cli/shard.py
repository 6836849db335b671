"""`frontleak shard`: divide a scan into shards, run them anywhere, and join their results into one report."""

import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from frontleak.cli import outputs
from frontleak.cli.exit_codes import ExitCode
from frontleak.cli.file_paths import FilePath
from frontleak.cli.messages import Verbosity, note, verbosity, verbosity_options
from frontleak.cli.reporting import report_options, reported
from frontleak.cli.scan_options import (
    CONFIG_FILE,
    ISOLATED,
    SHOW_PUBLIC,
    SHOW_SERVER,
    URL_MANIFEST,
    WARN_UNUSED_IGNORES,
    jobs_option,
    plan_options,
    prepare,
    with_milder_fail_on,
)
from frontleak.cli.vendor_options import check_may_read
from frontleak.core.errors import InputError
from frontleak.core.records import replace
from frontleak.core.secret import printable

if TYPE_CHECKING:
    from frontleak.scanning.options import ScanOptions
    from frontleak.scanning.shards.key import ShardKey
    from frontleak.scanning.shards.lines import Shard
    from frontleak.scanning.shards.settings import Settings

_NO_ENV: Final = {
    "env_file": (),
    "env": (),
    "env_prefix": (),
    "env_all": False,
    "env_from_ci": False,
    "env_min_length": None,
    "show_env_skipped": False,
    "jobs": 0,
}
"""Options of a scan that a plan has not."""
_DONE: Final = ".done"
"""What follows the name of a plan in that of the folder of its results."""
_KEY: Final = click.option(
    "--key",
    type=FilePath(dir_okay=False, as_path=False),
    metavar="FILE",
    help="Key of the plan; FRONTLEAK_SHARD_KEY may hold it instead.  [default: the plan's name and .key]",
)


class _InOrder(click.Group):
    """A group that lists its commands in the order in which they are run."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's interface
        return list(self.commands)


@click.group(cls=_InOrder, short_help="Divide a scan among machines or jobs, and merge the results.")
def shard() -> None:
    """Scan in shards, on several machines or in several jobs, and merge the results into one report.

    `plan` lists what is to be scanned, `run` scans one shard, `merge` writes the report of all (docs/scale.md).
    """


@shard.command()
@click.argument("paths", nargs=-1, type=click.Path(readable=False), metavar="[PATHS]...")
@click.option("-n", "count", type=click.IntRange(1, 1_000_000), required=True, metavar="N", help="Number of shards.")
@click.option(
    "-o",
    "--output",
    type=FilePath(as_path=False),
    metavar="FILE",
    help="Write the plan to FILE.  [default: standard output]",
)
@_KEY
@URL_MANIFEST
@WARN_UNUSED_IGNORES
@plan_options
@click.pass_context
def plan(ctx: click.Context, /, **given: Any) -> None:
    """Divide what a scan of PATHS reads into N shards of like size.

    The plan has a line of JSON for each shard: its files, and the options of the scan. A source tree is never divided.
    The key that is made with the plan protects what the results tell about passwords: give it to those who run shards,
    not to those who may read the results.
    """
    from frontleak.scanning.shards.key import create_key  # noqa: PLC0415 - keeps `--help` fast
    from frontleak.scanning.shards.lines import lines_of  # noqa: PLC0415 - as above
    from frontleak.scanning.shards.plan import make_plan  # noqa: PLC0415 - as above

    file = None if given["output"] in {None, "-"} else Path(given["output"])
    if file is not None:
        outputs.check_file(file)
    ruleset, options = prepare(
        ctx,
        {**given, **_NO_ENV},
        url_manifest=given["url_manifest"] or "",
        warn_unused_ignores=given["warn_unused_ignores"],
    )
    settings = _settings(given, options)
    key_file = _key_file(given["key"], given["output"])
    made = make_plan(ruleset, settings, given["count"])
    key = create_key(key_file)
    if file is None:
        outputs.write_stdout(lines_of(made, key))
        return
    outputs.write_file(file, lines_of(made, key))
    files = sum(map(len, made.shards))
    empty = sum(not each for each in made.shards)
    rest = f", {empty:,} of them empty" if empty else ""
    note(f"{printable(str(file))}: {_count(files, 'reference')} in {_count(len(made.shards), 'shard')}{rest}")


def _settings(given: Mapping[str, Any], options: "ScanOptions") -> "Settings":
    from frontleak.scanning.shards.settings import settings_of  # noqa: PLC0415 - as above

    return settings_of(options, given["rules"], given["plugins"], given["select"], given["ignore"])


def _key_file(named: str | None, plan_file: str | None) -> str:
    """Return the file of the key.

    Raises:
        click.UsageError: nothing tells it.
    """
    from frontleak.scanning.shards.key import VARIABLE  # noqa: PLC0415 - as above

    if named or os.environ.get(VARIABLE):
        return named or VARIABLE
    if plan_file in {None, "-"}:
        raise click.UsageError(
            f"name the key of the plan with --key FILE, or put it into {VARIABLE}: without the file of a plan, nothing "
            "tells where it is"
        )
    return f"{plan_file}.key"


@shard.command("run")
@click.argument("plan_file", required=False, type=FilePath(as_path=False), metavar="[PLAN]")
@click.option("--shard", "number", type=click.IntRange(min=0), metavar="I", help="Run line I of PLAN, counted from 0.")
@click.option("--line", is_flag=True, help="Run the line of a plan that is on standard input.")
@click.option(
    "--done",
    type=FilePath(as_path=False),
    metavar="DIR",
    help="Write the result to a file in DIR, `-` for standard output.  [default: the plan's name and .done]",
)
@_KEY
@click.option("--again", is_flag=True, help="Scan also if the shard has a result.")
@jobs_option(1)
@verbosity_options
@click.pass_context
def run_(ctx: click.Context, /, **given: Any) -> None:
    """Scan one shard of a plan, and write its sealed result.

    A shard that has a result is not scanned again, unless a file could not be read for it, so the same command goes on
    after a failure. Files are read in a
    process of their own: one that kills it costs one diagnostic. Exits 0 also with findings, which `merge` reports.
    """
    from frontleak.scanning.shards import store  # noqa: PLC0415 - keeps `--help` fast
    from frontleak.scanning.shards.key import read_key  # noqa: PLC0415 - as above
    from frontleak.scanning.shards.partial import done_before, written  # noqa: PLC0415 - as above
    from frontleak.scanning.shards.run import enter_folder, rules_of, run_shard  # noqa: PLC0415 - as above

    _check_named(given)
    key = read_key(_key_file(given["key"], given["plan_file"]))
    found = _shard(given, key)
    check_may_read(found.settings.paths, offline=None)
    folder = given["done"] or (f"{given['plan_file']}{_DONE}" if given["plan_file"] else "")
    if not folder:
        raise click.UsageError("--line needs --done DIR, the folder of the results")
    folder = folder if folder == "-" else os.path.abspath(folder)
    if folder != "-":
        store.make_folder(folder)
        before = None if given["again"] else done_before(folder, found, key)
        if before is not None and not before.unread:
            note(f"shard {found.number} has a result already; --again scans it once more")
            ctx.exit(ExitCode.CLEAN)
    enter_folder(found.settings)
    alone = _end_with_parent if folder == "-" else _go_on
    partial = run_shard(found, rules_of(found.settings), jobs=given["jobs"], progress=alone(os.getppid()))
    text = written(found, partial, key)
    if verbosity() is Verbosity.VERBOSE:
        size = sum(partial.bytes.values()) / 1e6
        files = _count(sum(partial.files.values()), "file")
        click.echo(f"shard {found.number} of {found.of:,}: {files}, {size:,.1f} MB", err=True)
    if folder == "-":
        outputs.write_stdout(iter((text,)))
    else:
        store.write_done(folder, found, text)
    if partial.unread:
        files = _count(partial.unread, "file")
        note(
            f"note: shard {found.number} could not read {files}; `shard merge` names them, and the next run tries again"
        )


def _end_with_parent(parent: int) -> Callable[[object], None]:
    """Return what ends this process once its parent is gone, which nobody reads a result for."""

    def check(_: object) -> None:
        if os.getppid() != parent:
            raise click.Abort

    return check


def _go_on(_: int) -> Callable[[object], None]:
    return lambda _: None


def _check_named(given: Mapping[str, Any]) -> None:
    """Check that one shard is named.

    Raises:
        click.UsageError: none is, or two are.
        InputError: the plan does not exist.
    """
    if given["line"]:
        if given["plan_file"] or given["number"] is not None:
            raise click.UsageError("--line reads standard input, so it takes no PLAN and no --shard")
    elif not given["plan_file"] or given["number"] is None:
        raise click.UsageError("name a PLAN and its --shard I, or pass a line of it on standard input with --line")
    elif not os.path.exists(given["plan_file"]):
        raise InputError(f"{given['plan_file']}: no such file", advice="name the plan that `shard plan` wrote")


def _shard(given: Mapping[str, Any], key: "ShardKey") -> "Shard":
    from frontleak.scanning.shards.lines import read_line, read_shard  # noqa: PLC0415 - as above

    if given["line"]:
        return read_line(sys.stdin.readline(), "<stdin>:1", key)
    return read_shard(given["plan_file"], given["number"], key)


@shard.command(cls=outputs.PairedOutputs)
@click.argument("folder", type=FilePath(file_okay=False, as_path=False), metavar="DIR")
@report_options
@click.option("--allow-missing", is_flag=True, help="Note shards without a result, but do not exit 3 for them.")
@_KEY
@SHOW_PUBLIC
@SHOW_SERVER
@CONFIG_FILE
@ISOLATED
@verbosity_options
@click.pass_context
def merge(ctx: click.Context, /, **given: Any) -> None:
    """Write the report of a scan from the results of its shards in DIR.

    It is the report of a scan on one machine, with the same formats and options. Run it in the folder where the plan
    was made, or in another checkout of it. A shard without a result makes the scan incomplete (exit code 3).
    """
    from frontleak.cli.accepted import read_accepted  # noqa: PLC0415 - keeps `--help` fast
    from frontleak.scanning.shards import store  # noqa: PLC0415 - as above
    from frontleak.scanning.shards.key import read_key  # noqa: PLC0415 - as above
    from frontleak.scanning.shards.merge import merge_done, merged_report, unread_text  # noqa: PLC0415 - as above
    from frontleak.scanning.shards.run import check_rules, rules_of  # noqa: PLC0415 - as above

    started = time.perf_counter()
    wanted = outputs.pair(ctx.meta["outputs"], next(iter(given["format"]), ""))
    outputs.check_writable(wanted)
    folder = given["folder"].rstrip("/")
    if not os.path.isdir(folder):
        raise InputError(
            f"{printable(folder)}: no such folder",
            advice="name the folder that `shard run` writes: the name of the plan and `.done`",
        )
    plan_file = folder.removesuffix(_DONE) if folder.endswith(_DONE) else None
    key = read_key(_key_file(given["key"], plan_file))
    merged = merge_done(store.documents(folder), key, _plan_of(plan_file, key))
    settings = merged.head.settings
    ruleset = rules_of(settings)
    check_rules(merged.head.rules_digest, ruleset, folder)
    options = replace(
        settings.options(),
        show_public=settings.show_public or given["show_public"],
        show_server=settings.show_server or given["show_server"],
        narrowing=with_milder_fail_on(ctx, given, settings.narrowing),
        accepted=read_accepted(ctx.meta.get("config"), given["baseline"], use_baseline=not given["no_baseline"]),
    )
    if verbosity() is Verbosity.VERBOSE:
        done = merged.head.of - sum(1 for _ in merged.missing())
        click.echo(f"results: {done:,} of {_count(merged.head.of, 'shard')}", err=True)
    for problem in merged.refused:
        note(printable(f"note: not used: {problem}"))
    if merged.duplicates:
        note(f"note: {_count(merged.duplicates, 'further result')} of shards that have one: not counted again")
    if unread := unread_text(merged):
        note(f"note: {unread}")
    report = merged_report(merged, ruleset, options, started, allow_missing=given["allow_missing"])
    ctx.exit(reported(report, wanted, given, options))


def _plan_of(file: str | None, key: "ShardKey") -> str:
    """Return the identity of the plan beside a folder of results; empty if there is none."""
    if file is None or not os.path.isfile(file):
        return ""
    from frontleak.scanning.shards.lines import read_shard  # noqa: PLC0415 - as above

    return read_shard(file, 0, key).plan


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
