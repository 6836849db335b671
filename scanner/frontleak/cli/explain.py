"""`frontleak explain`: one rule, or one finding of the working directory in full."""

import re
import sys
from collections.abc import Iterator
from typing import Any, Final

import click

from frontleak.cli import outputs
from frontleak.cli.accepted import read_accepted
from frontleak.cli.completion import complete_rules
from frontleak.cli.config import ConfigFile
from frontleak.cli.console import look
from frontleak.cli.rules import describe
from frontleak.cli.scan_options import prepare, run, scan_options
from frontleak.core.errors import ConfigError
from frontleak.core.finding import Finding, Place
from frontleak.core.records import replace
from frontleak.core.report import Report
from frontleak.core.secret import printable
from frontleak.core.vocabulary import Exposure
from frontleak.report.interface import position_of
from frontleak.report.service_messages import without_commands

_FINGERPRINT: Final = re.compile(r"[0-9a-f]{32}")


@click.command(short_help="Explain a rule, or a finding with all its places and its fix.")
@click.argument("what", metavar="RULE|FINGERPRINT", shell_complete=complete_rules)
@scan_options
@click.pass_context
def explain(ctx: click.Context, /, what: str, **given: Any) -> None:
    """Explain a rule, or a finding by its fingerprint: all its places, why it matters, how to fix or ignore it.

    For a fingerprint, the working directory is scanned as `frontleak scan` does.
    """
    if not _FINGERPRINT.fullmatch(what):
        describe(what, given["rules"])
        return
    config: ConfigFile | None = ctx.meta.get("config")
    accepted = read_accepted(config, config.defaults.get("baseline") if config else None)
    ruleset, options = prepare(ctx, {**given, "paths": ()}, accepted=accepted)
    report = run(ctx, ruleset, options, given["rules"])
    every = (*report.findings, *report.hidden, *report.suppressed)
    finding = next((each for each in every if each.fingerprint == what), None)
    if finding is None:
        raise ConfigError(
            f"no finding here has the fingerprint {what}",
            advice="`frontleak scan --format json` shows the fingerprints of the findings here",
        )
    outputs.write_stdout(without_commands(_explained(report, finding)))


def _explained(report: Report, finding: Finding) -> Iterator[str]:
    from frontleak.report.text import render  # noqa: PLC0415 - as above

    shown = replace(report, findings=(finding,), hidden=(), suppressed=(), skipped=())
    text = "".join(render(shown, look(sys.stdout, "auto")))
    yield text.partition("\n\n")[0] + "\n"
    yield "\nplaces\n"
    for place in (finding.place, *finding.also_at):
        role = f"{place.role}  " if place.role else ""
        yield f"    {role}{_place(place)}\n"
    for reference in finding.rule.references:
        yield f"see  {printable(reference)}\n"
    suppression = finding.suppression
    if suppression is not None:
        details = ", ".join(printable(part) for part in (suppression.reason, suppression.where) if part)
        yield f"\nIt does not count: {suppression.kind.value}{f' ({details})' if details else ''}.\n"
        return
    yield f"\nignore it with\n    frontleak ignore {finding.fingerprint} --reason '…'\n"
    if finding.exposure is Exposure.SOURCE and not (finding.place.role and finding.also_at):  # it silences one place
        yield f"or with a comment in its line\n    frontleak: ignore[{finding.rule_id}] reason\n"


def _place(place: Place) -> str:
    via = f", decoded from {', then '.join(place.via)}" if place.via else ""
    original = f", from {printable(place.original.path)}:{place.original.line}" if place.original else ""
    return f"{position_of(place)}  {place.exposure}{via}{original}"
