"""What to scan and how: the options and the preparation that `scan`, `baseline` and `diff` share."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, TypeVar

import click

from frontleak.cli.completion import complete_rules
from frontleak.cli.config import PLUGINS, ConfigFile, find_config, read_config
from frontleak.cli.console import ScanProgress
from frontleak.cli.env_options import ENV_OPTIONS, env_request
from frontleak.cli.file_paths import FilePath
from frontleak.cli.messages import Verbosity, note, verbosity, verbosity_options
from frontleak.cli.vendor_options import check_may_read
from frontleak.core import cache as user_cache
from frontleak.core.errors import ConfigError
from frontleak.core.origins import FileOrigin
from frontleak.core.paths import slashes
from frontleak.core.records import replace
from frontleak.core.report import Narrowing, Report
from frontleak.core.secret import printable
from frontleak.core.vocabulary import Severity

if TYPE_CHECKING:
    from frontleak.rules.ruleset import RuleSet
    from frontleak.scanning.options import ScanOptions


Command = TypeVar("Command", bound=Callable[..., Any])
"""A command, or the function that becomes one."""


class _ConfigOption(click.Option):
    """`--config`, which `--isolated` overrides in any position."""

    def handle_parse_result(
        self, ctx: click.Context, opts: Mapping[str, Any], args: list[str]
    ) -> tuple[Any, list[str]]:
        """Note whether the other option is given, then read the file."""
        ctx.meta["isolated"] = bool(opts.get("isolated"))
        return super().handle_parse_result(ctx, opts, args)


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


def fail_on_option(findings: str) -> Callable[[Command], Command]:
    """Return `--fail-on`; `findings` are those that it is about."""
    return click.option(
        "--fail-on",
        type=click.Choice([severity.value for severity in Severity]),
        default=Severity.MEDIUM.value,
        show_default=True,
        envvar="FRONTLEAK_FAIL_ON",
        help=f"Exit 1 for {findings} of this severity or higher.",
    )


def jobs_option(default: int) -> Callable[[Command], Command]:
    """Return `--jobs`, with 0 for one process per CPU."""
    per_cpu = "  [default: one per CPU]" if default == 0 else "; 0 for one per CPU."
    return click.option(
        "--jobs",
        type=click.IntRange(min=0),
        default=default,
        show_default=default != 0,
        metavar="N",
        envvar="FRONTLEAK_JOBS",
        help=f"Number of worker processes{'.' if default == 0 else ''}{per_cpu}",
    )


FAIL_ON: Final = fail_on_option("findings")
BASELINE_FILE: Final = click.option(
    "--baseline",
    type=FilePath(),
    metavar="FILE",
    help="Accept the findings in this baseline.  [default: .frontleak-baseline.json of the project]",
)
NO_BASELINE: Final = click.option("--no-baseline", is_flag=True, help="Use no baseline.")
STRICT: Final = click.option("--strict", is_flag=True, help="Exit 3 if anything was skipped.")

CONFIG_FILE: Final = click.option(
    "--config",
    cls=_ConfigOption,
    type=FilePath(exists=True, dir_okay=False),
    callback=_read_config,
    is_eager=True,
    help="Configuration file.  [default: nearest .frontleak.yaml, or [tool.frontleak] in pyproject.toml]",
)
ISOLATED: Final = click.option("--isolated", is_flag=True, is_eager=True, help="Ignore configuration files.")
URL_MANIFEST: Final = click.option(
    "--url-manifest",
    type=FilePath(exists=True, dir_okay=False, as_path=False),
    metavar="FILE",
    help="Show files in PATHS by their URLs: a JSON line with `path` and `url` for each saved response.",
)
WARN_UNUSED_IGNORES: Final = click.option(
    "--warn-unused-ignores", is_flag=True, help="List ignore comments in source files that match no finding."
)
SHOW_PUBLIC: Final = click.option(
    "--show-public", is_flag=True, help="Show keys that are public by design; they never fail a build."
)
SHOW_SERVER: Final = click.option(
    "--show-server", is_flag=True, help="Show secrets found only in server output; they never fail a build."
)


_SCOPE: Final = (
    click.option(
        "--select",
        multiple=True,
        metavar="RULE",
        shell_complete=complete_rules,
        help="Run only this rule; repeatable, and `vendor-*` matches several.",
    ),
    click.option(
        "--ignore",
        multiple=True,
        metavar="RULE",
        shell_complete=complete_rules,
        help="Skip this rule; repeatable, and `vendor-*` matches several.",
    ),
    click.option(
        "--exclude", multiple=True, metavar="GLOB", help="Exclude matching paths, with .gitignore syntax; repeatable."
    ),
    click.option("--no-exclude", is_flag=True, help="Scan what --exclude and the configuration leave out."),
    click.option(
        "--foreign-comments/--no-foreign-comments",
        default=True,
        help="Let comments of other scanners, such as gitleaks:allow, ignore secrets in source files.",
    ),
    click.option(
        "--rules",
        type=FilePath(as_path=False),
        multiple=True,
        metavar="PATH",
        help="Add the rules and frameworks in this file or folder; repeatable.",
    ),
    click.option(
        "--plugins",
        multiple=True,
        type=click.Choice(sorted(PLUGINS)),
        help="Add the patterns of another tool.",
    ),
    click.option(
        "--gitignore/--no-gitignore",
        default=True,
        help="Skip git-ignored files, except build output; --no-gitignore scans them too.",
    ),
    SHOW_PUBLIC,
    SHOW_SERVER,
)
_HOW: Final = (
    click.option(
        "--max-file-size",
        type=click.IntRange(min=1),
        default=256 * 1024 * 1024,
        metavar="BYTES",
        show_default=True,
        envvar="FRONTLEAK_MAX_FILE_SIZE",
        help="Skip larger files and list them in the report.",
    ),
    click.option(
        "--engine",
        type=click.Choice(["hyperscan", "regex"]),
        envvar="FRONTLEAK_ENGINE",
        help="Matching engine.  [default: hyperscan if installed]",
    ),
)
_OPTIONS: Final = (*_SCOPE, jobs_option(0), *_HOW, *ENV_OPTIONS, CONFIG_FILE, ISOLATED)


def scan_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say which rules run, on what, and how."""
    return with_options(verbosity_options(command), _OPTIONS)


def plan_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say which rules run and on what; a plan has no processes and no values."""
    return with_options(verbosity_options(command), (*_SCOPE, *_HOW, CONFIG_FILE, ISOLATED))


def with_options(command: Callable[..., Any], options: Sequence[Callable[..., Any]]) -> Callable[..., Any]:
    """Add options to a command, whose help lists them in this order."""
    for option in reversed(options):
        command = option(command)
    return command


def prepare(ctx: click.Context, given: Mapping[str, Any], **more: Any) -> "tuple[RuleSet, ScanOptions]":
    """Return the rules and the options of a scan.

    Args:
        ctx: of the command.
        given: its parameters.
        more: further fields of the options.

    Raises:
        click.UsageError: the engine is not installed, or an address is given although nothing may be sent.
        RuleError: a rule file is invalid.
        ConfigError: `--select` or `--ignore` names no rule.
    """
    check_may_read(given["paths"], offline=given.get("offline"))
    # imported here to keep `--help` and other commands fast
    from frontleak.match.engine import hyperscan_available  # noqa: PLC0415
    from frontleak.scanning.options import ScanOptions  # noqa: PLC0415
    from frontleak.scanning.rules import load_rules  # noqa: PLC0415

    if given["engine"] == "hyperscan" and not hyperscan_available():
        raise click.UsageError("--engine hyperscan: the package hyperscan is not installed (pip install hyperscan)")
    if given["engine"] is None and not hyperscan_available():
        note("note: hyperscan is not installed; using a slower engine with the same findings")
    user_cache.keep_out_of(filter(os.path.isdir, given["paths"] or (".",)), _note_unused_cache)
    ruleset = load_rules([Path(path) for path in given["rules"]])
    _note_frameworks(ctx, ruleset)
    if "detect-secrets" in given["plugins"]:
        from frontleak.match.plugins.detect_secrets import add_plugin_rules  # noqa: PLC0415

        ruleset = add_plugin_rules(ruleset)
    from frontleak.cli.accepted import read_ignored_values  # noqa: PLC0415

    _check_overrides(ctx, ruleset)
    chosen = _choose_rules(ctx, ruleset, given["select"], given["ignore"])
    options = ScanOptions(
        ignored_values=read_ignored_values(ctx.meta.get("config")),
        paths=given["paths"] or (() if more.get("git") else (".",)),
        jobs=given["jobs"],
        max_file_size=given["max_file_size"],
        gitignore=given["gitignore"],
        exclude=() if given["no_exclude"] else given["exclude"],
        exclude_folder=_exclude_folder(ctx),
        show_public=given["show_public"],
        show_server=given["show_server"],
        engine=given["engine"],
        foreign_comments=given["foreign_comments"],
        env=env_request(ctx, given, chosen),
        narrowing=_narrowing(ctx, given, ruleset, chosen),
        **more,
    )
    return chosen, options


def run(
    ctx: click.Context, ruleset: "RuleSet", options: "ScanOptions", rules: Sequence[str], stdin: BinaryIO | None = None
) -> Report:
    """Scan with a status line, or with the list of `--verbose`; `rules` are the files of custom rules."""
    from frontleak.scanning.scan import scan  # noqa: PLC0415 - keeps `--help` fast

    if verbosity() is not Verbosity.VERBOSE:
        with ScanProgress() as progress:
            return scan(ruleset, options, stdin=stdin, progress=progress)
    from frontleak.cli.details import Details  # noqa: PLC0415 - few scans list what they do

    details = Details()
    details.start(options, ctx.meta.get("config"), ruleset, rules)
    report = scan(ruleset, replace(options, left_out=details.left_out), stdin=stdin, progress=details.read)
    details.finish(report)
    return report


def _check_overrides(ctx: click.Context, ruleset: "RuleSet") -> None:
    """Check that the rules exist that a configuration ignores for some files.

    Raises:
        ConfigError: one does not.
    """
    config: ConfigFile | None = ctx.meta.get("config")
    if config is None or config.document is None:
        return
    for number, entry in enumerate(config.document.value.get("overrides", ())):
        try:
            ruleset.choose(ignore=entry.get("ignore", ()))
        except ConfigError as error:
            where = config.document.where("overrides", number, "ignore")
            raise ConfigError(*(f"{where}: {each}" for each in error.problems), advice=error.advice) from error


def _note_unused_cache(reason: str) -> None:
    note(printable(f"note: {reason}"))


def _note_frameworks(ctx: click.Context, ruleset: "RuleSet") -> None:
    """Print a note if a configuration file adds frameworks: they may hide findings as server output."""
    config: ConfigFile | None = ctx.meta.get("config")
    if config and ctx.get_parameter_source("rules") is click.core.ParameterSource.DEFAULT_MAP:
        for framework in (each for each in ruleset.frameworks if not each.shipped):
            which = f"{config.file} adds the framework {framework.id}"
            note(f"note: {which}, which says what is client-side code and what is server output")


def _exclude_folder(ctx: click.Context) -> str:
    """Return the folder that exclude patterns count from: that of the configuration, if it has them."""
    config: ConfigFile | None = ctx.meta.get("config")
    if config is None or ctx.get_parameter_source("exclude") is not click.core.ParameterSource.DEFAULT_MAP:
        return ""
    return slashes(os.path.abspath(config.file.parent))


def _choose_rules(ctx: click.Context, ruleset: "RuleSet", select: Sequence[str], ignore: Sequence[str]) -> "RuleSet":
    """Apply `--select` and `--ignore`; print a note if a configuration file set them and disabled rules."""
    config: ConfigFile | None = ctx.meta.get("config")
    from_config = [name for name in ("select", "ignore") if is_configured(ctx, name)]
    try:
        chosen = ruleset.choose(select, ignore)
    except ConfigError as error:
        if config is None or not from_config:
            raise
        problems = (f"{config.where(from_config[0])}: {problem}" for problem in error.problems)
        raise ConfigError(*problems, advice=error.advice) from error
    count = len(ruleset.ids)
    disabled = count - len(chosen.ids)
    if config and from_config and disabled:
        from frontleak.core.shown_names import shown_name  # noqa: PLC0415 - few configurations disable rules

        note(f"note: {shown_name(printable(str(config.file)))} disables {disabled} of {count} rules")
    return chosen


def is_configured(ctx: click.Context, name: str) -> bool:
    """Return whether a configuration file set a parameter."""
    return ctx.get_parameter_source(name) is click.core.ParameterSource.DEFAULT_MAP


def _narrowing(ctx: click.Context, given: Mapping[str, Any], ruleset: "RuleSet", chosen: "RuleSet") -> Narrowing | None:
    """Return what a configuration file may leave out of the scan; None without one."""
    config: ConfigFile | None = ctx.meta.get("config")
    if config is None:
        return None
    kept = set(chosen.ids)
    is_chosen = is_configured(ctx, "select") or is_configured(ctx, "ignore")
    return Narrowing(
        file=FileOrigin(path=slashes(os.path.relpath(config.file))).display,
        exclude=is_configured(ctx, "exclude"),
        max_file_size=is_configured(ctx, "max_file_size"),
        fail_on=_milder(ctx, given),
        rules=tuple(rule_id for rule_id in ruleset.ids if rule_id not in kept) if is_chosen else (),
    )


def _milder(ctx: click.Context, given: Mapping[str, Any]) -> str:
    """Return the severity that a configuration file sets if it makes fewer findings fail than the default; or empty."""
    is_milder = is_configured(ctx, "fail_on") and Severity(given["fail_on"]).rank < Severity.MEDIUM.rank
    return given["fail_on"] if is_milder else ""


def with_milder_fail_on(ctx: click.Context, given: Mapping[str, Any], narrowing: Narrowing | None) -> Narrowing | None:
    """Return what a configuration file left out of a plan, with the severity that it sets for the report."""
    milder = _milder(ctx, given)
    if not milder:
        return narrowing
    config: ConfigFile = ctx.meta["config"]
    file = FileOrigin(path=slashes(os.path.relpath(config.file))).display
    return replace(narrowing or Narrowing(file=file), fail_on=milder)
