"""`frontleak scan`."""

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from frontleak.cli import outputs
from frontleak.cli.config import PLUGINS, ConfigFile, find_config, read_config
from frontleak.cli.console import ScanProgress
from frontleak.cli.exit_codes import ExitCode
from frontleak.cli.vendor_options import OFFLINE, VendorCommand, check_may_call, given_hints
from frontleak.core import cache as user_cache
from frontleak.core.errors import ConfigError
from frontleak.core.origins import FileOrigin
from frontleak.core.paths import slashes
from frontleak.core.report import Narrowing, Report
from frontleak.core.secret import printable
from frontleak.core.vocabulary import Exposure, Severity
from frontleak.report.registry import REPORTERS

if TYPE_CHECKING:
    from frontleak.rules.ruleset import RuleSet
    from frontleak.verify.interface import VerifyOptions


def _read_config(ctx: click.Context, _parameter: click.Parameter, value: Path | None) -> Path | None:
    """Read the configuration file into defaults, before the other options are parsed."""
    if ctx.resilient_parsing or ctx.meta.get("isolated"):
        return None
    file = value or find_config(Path.cwd())
    if file is not None:
        config = read_config(file)
        ctx.default_map = {**(ctx.default_map or {}), **config.defaults}
        ctx.meta["config"] = config
    return file


class _Scan(VendorCommand, outputs.PairedOutputs):
    """The command, with the options that verifiers declare."""

    hints_before = "verify_cache"


@click.command(cls=_Scan)
@click.argument("paths", nargs=-1, type=click.Path(), metavar="[PATHS]...")
@click.option(
    "--format",
    multiple=True,
    type=click.Choice([reporter.name for reporter in REPORTERS]),
    envvar="FRONTLEAK_FORMAT",
    help="Report format; repeatable, each with its own -o.  [default: text]",
)
@click.option(
    "-o", "--output", multiple=True, metavar="FILE", help="Write the report of the preceding --format to FILE."
)
@click.option(
    "--fail-on",
    type=click.Choice([severity.value for severity in Severity]),
    default=Severity.MEDIUM.value,
    show_default=True,
    envvar="FRONTLEAK_FAIL_ON",
    help="Exit 1 for findings of this severity or higher.",
)
@click.option("--exit-zero", is_flag=True, help="Exit 0 even with findings; errors keep their exit codes.")
@click.option("--select", multiple=True, metavar="RULE", help="Run only this rule; `vendor-*` matches several.")
@click.option("--ignore", multiple=True, metavar="RULE", help="Skip this rule; `vendor-*` matches several.")
@click.option("--exclude", multiple=True, metavar="GLOB", help="Exclude matching paths, with .gitignore syntax.")
@click.option("--rules", multiple=True, metavar="PATH", help="Add the rules and frameworks in this file or folder.")
@click.option(
    "--plugins",
    multiple=True,
    type=click.Choice(sorted(PLUGINS)),
    help="Add the patterns of another tool.",
)
@click.option(
    "--gitignore/--no-gitignore",
    default=True,
    help="Skip git-ignored files, except build output; --no-gitignore scans them too.",
)
@click.option("--show-public", is_flag=True, help="Show keys that are public by design; they never fail a build.")
@click.option("--show-server", is_flag=True, help="Show secrets found only in server output; they never fail a build.")
@click.option("--strict", is_flag=True, help="Exit 3 if anything was skipped.")
@click.option(
    "--jobs",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    envvar="FRONTLEAK_JOBS",
    help="Number of worker processes.  [default: one per CPU]",
)
@click.option(
    "--max-file-size",
    type=click.IntRange(min=1),
    default=256 * 1024 * 1024,
    metavar="BYTES",
    show_default=True,
    envvar="FRONTLEAK_MAX_FILE_SIZE",
    help="Skip larger files and list them in the report.",
)
@click.option("--reveal", is_flag=True, help="Show the values of secrets in the report.")
@click.option(
    "--verify",
    is_flag=True,
    help="Ask the vendor what each secret can do, and adjust its severity (see docs/verifying.md).",
)
@click.option(
    "--verify-cache",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Cache verdicts in FILE for a day, without the secrets.",
)
@OFFLINE
@click.option(
    "--engine",
    type=click.Choice(["hyperscan", "regex"]),
    envvar="FRONTLEAK_ENGINE",
    help="Matching engine.  [default: hyperscan if installed]",
)
@click.option(
    "--colour",
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colour the text report; `auto` uses NO_COLOR, FORCE_COLOR and whether output goes to a terminal.",
)
@click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    callback=_read_config,
    is_eager=True,
    help="Configuration file.  [default: nearest .frontleak.yaml, or [tool.frontleak] in pyproject.toml]",
)
@click.option("--isolated", is_flag=True, is_eager=True, help="Ignore configuration files.")
@click.pass_context
def scan(ctx: click.Context, /, **given: Any) -> None:
    """Find leaked secrets in files, folders (a build or a source tree) or standard input (`-`).

    Without PATHS, scan the working directory. Paths given on the command line are always scanned. Inside folders,
    .gitignore applies, except to build output such as dist or .next.

    Exit codes: 0 clean, 1 findings, 2 usage or internal error, 3 incomplete or nothing scanned, 130 interrupted.
    """
    # imported here to keep `--help` and other commands fast
    from frontleak.match.engine import hyperscan_available  # noqa: PLC0415
    from frontleak.scanning.rules import load_rules  # noqa: PLC0415
    from frontleak.scanning.scan import ScanOptions  # noqa: PLC0415
    from frontleak.scanning.scan import scan as run_scan  # noqa: PLC0415

    verify = _verify_options(ctx, given)
    wanted = outputs.pair(ctx.meta["outputs"], next(iter(given["format"]), "text"))
    outputs.check_writable(wanted)
    if given["engine"] == "hyperscan" and not hyperscan_available():
        raise click.UsageError("--engine hyperscan: the package hyperscan is not installed (pip install hyperscan)")
    if given["engine"] is None and not hyperscan_available():
        click.echo("note: hyperscan is not installed; using a slower engine with the same findings", err=True)
    if unused := user_cache.keep_out_of(filter(os.path.isdir, given["paths"] or (".",))):
        message = (
            f"note: the cache directory {unused} is in the scanned tree or the working directory, so it is not used"
        )
        click.echo(printable(message), err=True)
    ruleset = load_rules([Path(path) for path in given["rules"]])
    _note_frameworks(ctx, ruleset)
    if "detect-secrets" in given["plugins"]:
        from frontleak.match.plugins.detect_secrets import add_plugin_rules  # noqa: PLC0415

        ruleset = add_plugin_rules(ruleset)
    chosen = _choose_rules(ctx, ruleset, given["select"], given["ignore"])
    options = ScanOptions(
        paths=given["paths"] or (".",),
        jobs=given["jobs"],
        max_file_size=given["max_file_size"],
        gitignore=given["gitignore"],
        exclude=given["exclude"],
        show_public=given["show_public"],
        show_server=given["show_server"],
        reveal=given["reveal"],
        engine=given["engine"],
        narrowing=_narrowing(ctx, given, ruleset, chosen),
        verify=verify,
    )
    with ScanProgress() as progress:
        report = run_scan(
            chosen,
            options,
            stdin=getattr(sys.stdin, "buffer", None),
            progress=progress,
        )
    outputs.write(report, wanted, given["colour"])
    ctx.exit(_exit_code(report, Severity(given["fail_on"]), exit_zero=given["exit_zero"], strict=given["strict"]))


def _verify_options(ctx: click.Context, given: Mapping[str, Any]) -> "VerifyOptions | None":
    """Return the options for verification; None without `--verify`.

    Raises:
        click.UsageError: verification is not allowed here, or its options are given without `--verify`.
    """
    if not given["verify"]:
        for name in (*given_hints(ctx), *(["verify-cache"] if given["verify_cache"] else [])):
            raise click.UsageError(f"--{name} requires --verify")
        return None
    check_may_call("--verify", offline=given["offline"])
    config: ConfigFile | None = ctx.meta.get("config")
    if config and given["rules"] and _is_configured(ctx, "rules"):
        raise click.UsageError(
            f"--verify does not run with rules from a configuration file ({config.where('rules')}): they would decide "
            "what is sent; pass them with --rules, or ignore the file with --isolated"
        )
    from frontleak.verify.interface import VerifyOptions  # noqa: PLC0415 - only with --verify

    return VerifyOptions(hints=given_hints(ctx), cache_file=given["verify_cache"], resolver=ctx.obj)


def _note_frameworks(ctx: click.Context, ruleset: "RuleSet") -> None:
    """Print a note if a configuration file adds frameworks: they may hide findings as server output."""
    config: ConfigFile | None = ctx.meta.get("config")
    if config and ctx.get_parameter_source("rules") is click.core.ParameterSource.DEFAULT_MAP:
        for framework in (each for each in ruleset.frameworks if not each.shipped):
            which = f"{config.file} adds the framework {framework.id}"
            click.echo(f"note: {which}, which says what is client-side code and what is server output", err=True)


def _choose_rules(ctx: click.Context, ruleset: "RuleSet", select: Sequence[str], ignore: Sequence[str]) -> "RuleSet":
    """Apply `--select` and `--ignore`; print a note if a configuration file set them and disabled rules."""
    config: ConfigFile | None = ctx.meta.get("config")
    from_config = [name for name in ("select", "ignore") if _is_configured(ctx, name)]
    try:
        chosen = ruleset.choose(select, ignore)
    except ConfigError as error:
        if config is None or not from_config:
            raise
        problems = (f"{config.where(from_config[0])}: {problem}" for problem in error.problems)
        raise ConfigError(*problems, advice=error.advice) from error
    count = len(ruleset.every)
    disabled = count - len(chosen.every)
    if config and from_config and disabled:
        from frontleak.core.shown_names import shown_name  # noqa: PLC0415 - few configurations disable rules

        click.echo(f"note: {shown_name(printable(str(config.file)))} disables {disabled} of {count} rules", err=True)
    return chosen


def _is_configured(ctx: click.Context, name: str) -> bool:
    """Return whether a configuration file set a parameter."""
    return ctx.get_parameter_source(name) is click.core.ParameterSource.DEFAULT_MAP


def _narrowing(ctx: click.Context, given: Mapping[str, Any], ruleset: "RuleSet", chosen: "RuleSet") -> Narrowing | None:
    """Return what a configuration file may leave out of the scan; None without one."""
    config: ConfigFile | None = ctx.meta.get("config")
    if config is None:
        return None
    kept = {rule.id for rule in chosen.every}
    is_chosen = _is_configured(ctx, "select") or _is_configured(ctx, "ignore")
    is_milder = _is_configured(ctx, "fail_on") and Severity(given["fail_on"]).rank < Severity.MEDIUM.rank
    return Narrowing(
        file=FileOrigin(path=slashes(os.path.relpath(config.file))).display,
        exclude=_is_configured(ctx, "exclude"),
        max_file_size=_is_configured(ctx, "max_file_size"),
        fail_on=given["fail_on"] if is_milder else "",
        rules=tuple(sorted(rule.id for rule in ruleset.every if rule.id not in kept)) if is_chosen else (),
    )


def _exit_code(report: Report, fail_on: Severity, *, exit_zero: bool, strict: bool) -> ExitCode:
    never_fail = (Exposure.PUBLIC, Exposure.SERVER)
    counted = [finding for finding in report.findings if finding.exposure not in never_fail]
    if not exit_zero and any(finding.severity.rank <= fail_on.rank for finding in counted):
        return ExitCode.FINDINGS
    # a commit may contain only excluded files; elsewhere an empty scan is a mistake
    all_excluded = bool(os.environ.get("PRE_COMMIT") and report.coverage.excluded)
    nothing_scanned = not report.coverage.files and not all_excluded
    if nothing_scanned or any(each.incomplete or strict for each in report.skipped):
        return ExitCode.INCOMPLETE
    return ExitCode.CLEAN
