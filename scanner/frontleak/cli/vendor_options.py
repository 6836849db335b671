"""Options and checks that `scan --verify` and `verify` share, and the options that verifiers declare."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

import click

from frontleak.core.paths import is_address

if TYPE_CHECKING:
    from frontleak.verify.interface import Hint, Hints

_META: Final = "frontleak.hints"
_TAKES_HINTS: Final = "frontleak.takes_hints"

_VARIABLE: Final = "FRONTLEAK_OFFLINE"

OFFLINE = click.option(
    "--offline",
    is_flag=True,
    envvar=_VARIABLE,
    help="Send nothing: refuse to verify secrets, to read addresses and to visit a site.",
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


def check_may_read(paths: Iterable[str], *, offline: bool | None) -> None:
    """Check that addresses among the paths of a scan may be read.

    Args:
        paths: of the scan.
        offline: whether nothing may be sent; None to ask the environment.

    Raises:
        click.UsageError: nothing may be sent.
    """
    if not any(is_address(path) and not path.startswith("memory://") for path in paths):
        return
    if click.BOOL.convert(os.environ.get(_VARIABLE) or "0", None, None) if offline is None else offline:
        raise click.UsageError(f"an address is read over the network, which --offline (or {_VARIABLE}) forbids")


class VendorCommand(click.Command):
    """A command that takes an option for each hint that a verifier declares, such as `--project`.

    Verifiers are imported only if an argument may be such an option or asks for help: most scans verify nothing.
    """

    hints_before: str
    """Name of the parameter that the help lists after these options."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse as usual, with the declared options if the arguments may need them."""
        known = {name for parameter in self.params for name in (*parameter.opts, *parameter.secondary_opts)}
        names = [arg.partition("=")[0] for arg in args if arg.startswith("--") and arg != "--"]
        ctx.meta[_TAKES_HINTS] = not known.issuperset(names) or bool(set(ctx.help_option_names) & set(args))
        return super().parse_args(ctx, args)

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Return the command's own parameters and the declared ones."""
        own = super().get_params(ctx)
        if not ctx.meta.get(_TAKES_HINTS, True):
            return own
        at = next(number for number, parameter in enumerate(own) if parameter.name == self.hints_before)
        return [*own[:at], *self.declared(), *own[at:]]

    def declared(self) -> Iterator[click.Parameter]:
        """Yield the options that verifiers declare."""
        from frontleak.verify import registry  # noqa: PLC0415 - see above

        for name in registry.hint_names():
            hints = [hint for verifier in registry.VERIFIERS for hint in verifier.hints if hint.name == name]
            yield click.Option(
                [f"--{name}"],
                multiple=True,
                metavar=hints[0].metavar,
                callback=_collector(hints),
                expose_value=False,
                help=" ".join(hint.help for hint in hints),
            )


def given_hints(ctx: click.Context) -> "Hints":
    """Return the hints of the command line: only those that were given."""
    hints: Mapping[str, tuple[str, ...]] = ctx.meta.get(_META, {})
    return hints


def _collector(hints: "list[Hint]") -> Callable[[click.Context, click.Parameter, Any], None]:
    """Return a callback that keeps the values of an option, each of which one of these hints must accept."""

    def collect(ctx: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> None:
        if not all(any(hint.is_valid(value) for hint in hints) for value in values):
            raise click.BadParameter(forms(hints))
        if values:
            ctx.meta[_META] = {**given_hints(ctx), hints[0].name: values}

    return collect


def forms(hints: "list[Hint]") -> str:
    """Return the message for a value that none of these hints accepts. It has no value, which may be a token."""
    return "; or ".join(dict.fromkeys(hint.form for hint in hints))
