"""Options and checks that `scan --verify` and `verify` share."""

import os
from collections.abc import Callable
from typing import Any

import click

OFFLINE = click.option(
    "--offline",
    is_flag=True,
    envvar="FRONTLEAK_OFFLINE",
    help="Send nothing: refuse to verify, even with --verify.",
)


def check_may_call(what: str, *, offline: bool) -> None:
    """Check that calling a vendor is allowed.

    Raises:
        click.UsageError: it is not; the message gives the reason.
    """
    if offline:
        raise click.UsageError(f"{what} calls the vendor's API, which --offline (or FRONTLEAK_OFFLINE) forbids")
    if os.environ.get("PRE_COMMIT"):
        raise click.UsageError(
            f"{what} is refused in a pre-commit hook: a commit must not send secrets over the network; run it by hand"
        )


def _validator(message: str, predicate: str) -> Callable[[click.Context, click.Parameter, Any], Any]:
    def check(_ctx: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
        if not values:
            return values
        from frontleak.verify.vendors import sanity  # noqa: PLC0415 - only for verification

        if not all(getattr(sanity, predicate)(value) for value in values):  # no value in the message: it may be a token
            raise click.BadParameter(message)
        return values

    return check


PROJECT = click.option(
    "--project",
    multiple=True,
    metavar="ID",
    callback=_validator(
        "a project id consists of lower-case letters, digits and hyphens, such as abcd1234", "is_project"
    ),
    help="Sanity project to try first; repeatable.",
)
DATASET = click.option(
    "--dataset",
    multiple=True,
    metavar="NAME",
    callback=_validator("a dataset name consists of letters, digits, _ and -, such as production", "is_dataset"),
    help="Dataset to test access to; repeatable.  [default: production]",
)
