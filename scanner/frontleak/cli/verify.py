"""`frontleak verify`: check whether a token is live and what it can do."""

import json
import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from frontleak.cli import outputs
from frontleak.cli.exit_codes import ExitCode
from frontleak.cli.file_paths import FilePath
from frontleak.cli.text_or_json import TEXT_OR_JSON
from frontleak.cli.vendor_options import OFFLINE, VendorCommand, check_may_call, given_hints
from frontleak.core.secret import printable
from frontleak.core.version import VERSION

if TYPE_CHECKING:
    from frontleak.core.secret import Secret
    from frontleak.verify.interface import Hints, Verifier
    from frontleak.verify.recipe_runner import Checked

_MAX_INPUT = 64 * 1024
_NO_ARGUMENT = (
    "the token cannot be an argument: arguments are stored in the shell's history and visible to every user of the "
    "machine. Pass it on standard input, or name the environment variable that contains it with --token-env. "
    "The token you just passed may already be in the history"
)


def _refuse(_ctx: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> None:
    if values:
        raise click.UsageError(_NO_ARGUMENT)  # the message must not repeat the token


class _Verify(VendorCommand):
    """The command, with an option for the vendor and those that verifiers declare."""

    hints_before = "form"

    def declared(self) -> Iterator[click.Parameter]:
        """Yield the option for the vendor, then those that verifiers declare."""
        from frontleak.verify import registry  # noqa: PLC0415 - not for `frontleak --help`

        names = "|".join(verifier.name for verifier in registry.VERIFIERS)
        yield click.Option(
            ["--vendor"], metavar=f"[{names}]", help="Vendor of the token.  [default: recognised from its form]"
        )
        yield from super().declared()


@click.command(cls=_Verify, short_help="Ask a token's vendor whether it is live and what it can do.")
@click.argument("token", nargs=-1, metavar="< TOKEN", callback=_refuse, expose_value=False)
@click.option(
    "--token-env", metavar="NAME", help="Read the token from this environment variable instead of standard input."
)
@TEXT_OR_JSON
@click.option("--dry-run", is_flag=True, help="List the requests that would be made; send nothing and read no token.")
@click.option(
    "--record",
    type=FilePath(),
    metavar="FILE",
    help="Write requests and responses to FILE, without the token, names and ids, so that it can be shared.",
)
@OFFLINE
@click.pass_context
def verify(ctx: click.Context, /, **given: Any) -> None:
    """Ask a token's vendor whether it is live, who owns it and what it can do.

    The token is read from standard input. It is sent only to its vendor's API, in a header of a few GET requests that
    change nothing (see docs/verifying.md).

    Exit codes: 0 inactive, 1 active, 2 usage or internal error, 3 unknown, 130 interrupted.
    """
    from frontleak.cli import vendor_choice  # noqa: PLC0415 - keeps `--help` fast

    hints = given_hints(ctx)
    verifier = vendor_choice.named(given["vendor"], hints) if given.get("vendor") else None
    if given["dry_run"]:
        _print_plan(verifier or vendor_choice.only_one_for(hints), hints)
        ctx.exit(ExitCode.CLEAN)
    check_may_call("frontleak verify", offline=given["offline"])
    if given["record"]:
        outputs.check_file(given["record"])
    secret = _read_token(given["token_env"])
    checked = _check(ctx, verifier or vendor_choice.recognised_by_form(secret, hints), secret, hints)
    outputs.write_stdout(_json(checked) if given["form"] == "json" else _text(checked))  # even if the disk is full
    if given["record"]:
        from frontleak.verify.trace import trace  # noqa: PLC0415 - as above

        recorded = trace(checked, version=VERSION)
        outputs.write_file(given["record"], iter([json.dumps(recorded, indent=2, ensure_ascii=False), "\n"]))
    ctx.exit(_exit_code(checked))


def _print_plan(verifier: "Verifier", hints: "Hints") -> None:
    from frontleak.verify.hints import planned  # noqa: PLC0415 - as above

    for step in planned(verifier, hints):
        click.echo(f"GET {step.request.url}\n    {step.when}")


def _check(ctx: click.Context, verifier: "Verifier", secret: "Secret", hints: "Hints") -> "Checked":
    from frontleak.verify.interface import VerifyOptions  # noqa: PLC0415 - as above
    from frontleak.verify.run import Task, check_all  # noqa: PLC0415

    (checked,) = check_all([Task(verifier=verifier, secret=secret, hints=hints)], VerifyOptions(resolver=ctx.obj))
    return checked


def _read_token(variable: str | None) -> "Secret":
    """Read the token. No message contains it.

    Raises:
        click.UsageError: there is no token, or more than one.
    """
    from frontleak.core.secret import Secret  # noqa: PLC0415 - as above

    if variable is not None:
        value = os.environ.get(variable, "").encode("utf-8", "surrogateescape")
        if not value.strip():
            raise click.UsageError("the environment variable named by --token-env is unset or empty")
    elif sys.stdin is None:
        raise click.UsageError(
            "standard input is closed; name an environment variable that contains the token with --token-env"
        )
    elif sys.stdin.isatty():
        value = click.prompt("Token", hide_input=True, err=True).encode("utf-8", "surrogateescape")
    else:
        value = sys.stdin.buffer.read(_MAX_INPUT)
    words = value.removeprefix(b"Bearer ").split()
    if len(words) != 1:
        given = "several words or lines" if words else "nothing"
        raise click.UsageError(f"expected one token, got {given}")
    return Secret(words[0])


def _text(checked: "Checked") -> Iterator[str]:
    verdict = checked.verdict
    yield f"{verdict.headline}\n"
    facts = {
        "label": verdict.label,
        "expires": verdict.expires,
        "how": verdict.reason,
        "evidence": verdict.evidence,
        "calls": tuple(
            f"{call.method} https://{call.host}{call.path}  {call.outcome}  {call.milliseconds} ms"
            for call in checked.calls
        ),
    }
    for name, value in facts.items():
        lines = (value,) if isinstance(value, str) else value
        for number, line in enumerate(line for line in lines if line):
            yield f"    {'' if number else name:<10}{printable(line)}\n"


def _json(checked: "Checked") -> Iterator[str]:
    from frontleak.report.interface import json_text  # noqa: PLC0415 - as above

    calls = ",\n    ".join(json_text(call.to_plain()) for call in checked.calls)
    listed = f"[\n    {calls}\n  ]" if calls else "[]"
    yield f'{{\n  "version": 1,\n  "verdict": {json_text(checked.verdict.to_plain())},\n  "calls": {listed}\n}}\n'


def _exit_code(checked: "Checked") -> ExitCode:
    from frontleak.core.verdict import Status  # noqa: PLC0415 - as above

    if checked.verdict.is_live:
        return ExitCode.FINDINGS
    return ExitCode.CLEAN if checked.verdict.status is Status.INACTIVE else ExitCode.INCOMPLETE
