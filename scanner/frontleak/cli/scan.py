"""`frontleak scan`."""

import itertools
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from frontleak.cli import outputs
from frontleak.cli.exit_codes import ExitCode
from frontleak.cli.reporting import REVEAL, report_options, reported
from frontleak.cli.scan_options import (
    URL_MANIFEST,
    WARN_UNUSED_IGNORES,
    prepare,
    run,
    scan_options,
)
from frontleak.cli.vendor_options import VendorCommand
from frontleak.cli.verify_options import HINTS_BEFORE, verify_options, verify_options_of
from frontleak.core.errors import GitError
from frontleak.core.paths import is_address

if TYPE_CHECKING:
    from frontleak.core.profile import Profile
    from frontleak.files.interface import GitSelection


class _Scan(VendorCommand, outputs.PairedOutputs):
    """The command, with the options that verifiers declare."""

    hints_before = HINTS_BEFORE

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse as usual, but take `--history=--x` for a range, which is then refused.

        The value of `--history` is optional, so click would take it for another option. A job may pass a range that
        somebody else has written.
        """
        for argument in itertools.takewhile(lambda each: each != "--", args):
            if argument.startswith("--history=-"):
                name = argument.partition("=")[2]
                raise GitError(f"{name}: not the name of a commit", advice="give a branch, a tag or the id of a commit")
        return super().parse_args(ctx, args)


@click.command(cls=_Scan, short_help="Find leaked secrets in files, folders or standard input.")
@click.argument("paths", nargs=-1, type=click.Path(readable=False), metavar="[PATHS]...")
@report_options
@click.option("--staged", is_flag=True, help="Scan what is staged, as the next commit will have it.")
@click.option(
    "--diff",
    metavar="RANGE",
    help="Scan what a branch adds: BASE (for BASE...HEAD), BASE..HEAD or BASE...HEAD.",
)
@click.option(
    "--history",
    metavar="[RANGE]",
    is_flag=False,
    flag_value="",
    help="Scan every file of every commit, or of those in RANGE; put `--` before PATHS.",
)
@URL_MANIFEST
@WARN_UNUSED_IGNORES
@click.option(
    "--if-built",
    is_flag=True,
    help="For hooks: pass with a note where a build folder in PATHS does not exist, and warn where it is out of date.",
)
@click.option(
    "--profile",
    is_flag=True,
    help="Print to standard error where the work goes, by stage, rule, trigger and decoder; scans in one process.",
)
@click.option(
    "--on",
    metavar="CLUSTER",
    help="Scan on a Dask cluster: dask://HOST:PORT of a scheduler, or `dask` for processes of this machine.",
)
@REVEAL
@verify_options
@scan_options
@click.pass_context
def scan(ctx: click.Context, /, **given: Any) -> None:
    """Find leaked secrets in files, folders (a build or a source tree) or standard input (`-`).

    Without PATHS, scan the working directory. Paths given on the command line are always scanned. Inside folders,
    .gitignore applies, except to build output such as dist or .next, to files that git tracks, and to the public
    variables of .env files. With --staged, --diff or --history, files come from the git repository, and PATHS selects
    among them. A path may also be an address, such as s3://bucket/folder or https://host/folder/ (see docs/stores.md).

    Exit codes: 0 clean, 1 findings, 2 usage or internal error, 3 incomplete or nothing scanned, 130 interrupted.
    """
    from frontleak.cli.accepted import read_accepted  # noqa: PLC0415 - imported late to keep `--help` fast

    selection = _git_selection(given)
    if selection and given["url_manifest"]:
        raise click.UsageError(
            f"--url-manifest is about files on disk, so it cannot be combined with --{selection.source}"
        )
    if any(map(is_address, given["paths"])) and (selection or given["if_built"]):
        option = selection.source if selection else "if-built"
        raise click.UsageError(f"--{option} is about files on disk, so no address can be among PATHS")
    verify = verify_options_of(ctx, given)
    if given["if_built"]:
        from frontleak.cli.builds import existing_builds  # noqa: PLC0415 - only hooks need it

        if selection:
            raise click.UsageError(
                f"--if-built and --{selection.source} cannot be combined: run the command once for each"
            )
        if not given["paths"]:
            raise click.UsageError("--if-built requires PATHS: the folders that your build writes, such as dist")
        given["paths"] = existing_builds(given["paths"])
        if not given["paths"]:
            ctx.exit(ExitCode.CLEAN)
    wanted = outputs.pair(ctx.meta["outputs"], next(iter(given["format"]), ""))
    outputs.check_writable(wanted)
    ruleset, options = prepare(
        ctx,
        given,
        git=selection,
        reveal=given["reveal"],
        verify=verify,
        url_manifest=given["url_manifest"] or "",
        profile=_profile(enabled=given["profile"]),
        warn_unused_ignores=given["warn_unused_ignores"],
        accepted=read_accepted(ctx.meta.get("config"), given["baseline"], use_baseline=not given["no_baseline"]),
    )
    if given["on"] is not None:
        from frontleak.cli.on_cluster import run_on_cluster  # noqa: PLC0415 - few scans have a cluster

        report = run_on_cluster(given["on"], ruleset, options, given)
    else:
        report = run(ctx, ruleset, options, given["rules"], getattr(sys.stdin, "buffer", None))
    ctx.exit(reported(report, wanted, given, options))


def _profile(*, enabled: bool) -> "Profile | None":
    if not enabled:
        return None
    from frontleak.core.profile import Profile  # noqa: PLC0415 - few scans count their work

    return Profile()


def _git_selection(given: Mapping[str, Any]) -> "GitSelection | None":
    """Return what of the git repository is scanned; None for files on disk.

    Raises:
        click.UsageError: two of the options are given.
    """
    sources = {"staged": given["staged"] or None, "diff": given["diff"], "history": given["history"]}
    named = [name for name, value in sources.items() if value is not None]
    if not named:
        return None
    if len(named) > 1:
        raise click.UsageError(f"--{named[0]} and --{named[1]} cannot be combined: run the command once for each")
    from frontleak.files.interface import GitSelection  # noqa: PLC0415 - few scans read a repository

    return GitSelection(named[0], "" if given["staged"] else sources[named[0]])  # type: ignore[arg-type]
