"""What the commands that call a vendor share: when they may, and the options that say whom to ask about."""

import os
from collections.abc import Callable
from typing import Any

import click

OFFLINE = click.option(
    "--offline",
    is_flag=True,
    envvar="FRONTLEAK_OFFLINE",
    help="Refuse to verify: nothing is sent anywhere, whatever else is asked for.",
)


def check_may_call(what: str, *, offline: bool) -> None:
    """Make sure that a vendor may be called.

    Raises:
        click.UsageError: it may not, and why.
    """
    if offline:
        raise click.UsageError(f"{what} calls the vendor's API, which --offline (or FRONTLEAK_OFFLINE) forbids")
    if os.environ.get("PRE_COMMIT"):
        raise click.UsageError(
            f"{what} is refused in a pre-commit hook: a commit must not send secrets over the network; run it by hand"
        )


def _checked(what: str, is_sound: str) -> Callable[[click.Context, click.Parameter, Any], Any]:
    def check(_ctx: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
        if not values:
            return values
        from frontleak.verify.vendors import sanity  # noqa: PLC0415 - few runs verify

        if not all(getattr(sanity, is_sound)(value) for value in values):  # the value is not repeated: see verify.py
            raise click.BadParameter(what)
        return values

    return check


PROJECT = click.option(
    "--project",
    multiple=True,
    metavar="ID",
    callback=_checked("a project id is made of lower-case letters, digits and hyphens, such as abcd1234", "is_project"),
    help="Sanity project to try first; may be given several times.",
)
DATASET = click.option(
    "--dataset",
    multiple=True,
    metavar="NAME",
    callback=_checked("the name of a dataset is made of letters, digits, _ and -, such as production", "is_dataset"),
    help="Dataset to ask about; may be given several times.  [default: production]",
)
