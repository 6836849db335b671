"""The options of commands that ask vendors about what a scan finds."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

import click

from frontleak.cli.config import ConfigFile
from frontleak.cli.file_paths import FilePath
from frontleak.cli.scan_options import is_configured, with_options
from frontleak.cli.vendor_options import OFFLINE, check_may_call, given_hints

if TYPE_CHECKING:
    from frontleak.verify.interface import VerifyOptions

HINTS_BEFORE: Final = "verify_cache"
"""Name of the parameter that the help lists after the options that verifiers declare."""
_OPTIONS: Final = (
    click.option(
        "--verify",
        is_flag=True,
        help="Ask the vendor what each secret can do, and adjust its severity (see docs/verifying.md).",
    ),
    click.option(
        "--verify-cache",
        type=FilePath(),
        metavar="FILE",
        help="Cache verdicts in FILE for a day, without the secrets.",
    ),
    OFFLINE,
)


def verify_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that verify what is found; the class of the command is a `VendorCommand`."""
    return with_options(command, _OPTIONS)


def verify_options_of(ctx: click.Context, given: Mapping[str, Any]) -> "VerifyOptions | None":
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
    if config and given["rules"] and is_configured(ctx, "rules"):
        raise click.UsageError(
            f"--verify does not run with rules from a configuration file ({config.where('rules')}): they would decide "
            "what is sent; pass them with --rules, or ignore the file with --isolated"
        )
    from frontleak.verify.interface import VerifyOptions  # noqa: PLC0415 - only with --verify

    return VerifyOptions(hints=given_hints(ctx), cache_file=given["verify_cache"], resolver=ctx.obj)
