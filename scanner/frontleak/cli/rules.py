"""`frontleak rules`: list, show and check rules."""

import json
from collections.abc import Sequence
from pathlib import Path

import click

from frontleak.cli.completion import complete_rules
from frontleak.cli.exit_codes import ExitCode
from frontleak.core.errors import ConfigError
from frontleak.core.rule import Rule
from frontleak.core.secret import printable

_RULES_OPTION = click.option(
    "--rules",
    "extra",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="Add the rules and frameworks in this file or folder.",
)


@click.group()
def rules() -> None:
    """List, show and check the rules."""


@rules.command("list")
@_RULES_OPTION
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Output format.",
)
def list_rules(extra: tuple[Path, ...], form: str) -> None:
    """List all rules with id, severity and description."""
    from frontleak.scanning.rules import load_rules  # noqa: PLC0415 - keeps `--help` fast

    every = load_rules(extra).every
    if form == "json":
        click.echo(json.dumps([_plain(rule) for rule in every], indent=2))
        return
    longest = max(len(rule.id) for rule in every)
    for rule in every:
        public = "  (public by design)" if rule.exposure else ""
        click.echo(f"{rule.id:<{longest}}  {rule.severity:<8}  {printable(rule.name)}{public}")


@rules.command()
@click.argument("rule_id", metavar="RULE", shell_complete=complete_rules)
@_RULES_OPTION
def show(rule_id: str, extra: tuple[Path, ...]) -> None:
    """Show one rule: what it finds, why it matters and how to fix a finding."""
    describe(rule_id, extra)


def describe(rule_id: str, extra: Sequence[Path | str]) -> None:
    """Print what a rule finds, why it matters and how to fix a finding.

    Raises:
        ConfigError: there is no such rule.
    """
    from frontleak.scanning.rules import load_rules  # noqa: PLC0415 - as above

    by_id = load_rules([Path(path) for path in extra]).by_id()
    rule = by_id.get(rule_id)
    if rule is None:
        from frontleak.rules.ruleset import no_such_rule  # noqa: PLC0415 - only for a mistake

        raise ConfigError(no_such_rule(rule_id, by_id), advice="`frontleak rules list` shows all rules")
    click.echo(f"{rule.id}: {printable(rule.name)}")
    public = ", public by design" if rule.exposure else ""
    click.echo(f"severity {rule.severity}, confidence {rule.confidence}, kind {rule.kind}{public}")
    click.echo(f"\nwhy  {printable(rule.why)}\n\nfix  {printable(rule.fix)}\n")
    for reference in rule.references:
        click.echo(f"see  {printable(reference)}")
    click.echo(f"\nwritten in {printable(rule.source)}")


@rules.command()
@click.argument("extra", nargs=-1, type=click.Path(path_type=Path), metavar="[PATHS]...")
@click.pass_context
def check(ctx: click.Context, extra: tuple[Path, ...]) -> None:
    """Check the built-in rules and the rules in PATHS.

    Each example must be found in every encoding that builds use, and each silent text must produce no finding. Every
    mistake is listed with its file and line.
    """
    from frontleak.selfcheck.check import check_rules  # noqa: PLC0415 - as above

    count, mistakes = check_rules(extra)
    if mistakes:
        from frontleak.core.shown_names import shown_name  # noqa: PLC0415 - as above
    for mistake in mistakes:
        click.echo(shown_name(printable(mistake)))
    if mistakes:
        number = "1 mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
        click.echo(f"{number} in {count} rules; docs/writing-rules.md explains every field", err=True)
        ctx.exit(ExitCode.ERROR)
    click.echo(f"{count} rules are valid")


def _plain(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "kind": rule.kind,
        "name": rule.name,
        "severity": rule.severity,
        "confidence": rule.confidence,
        "exposure": rule.exposure,
        "why": rule.why,
        "fix": rule.fix,
        "references": rule.references,
    }
