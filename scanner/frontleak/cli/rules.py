"""`frontleak rules`: list, show, check and try rules."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from frontleak.cli.completion import complete_rules
from frontleak.cli.exit_codes import ExitCode
from frontleak.cli.file_paths import FilePath
from frontleak.cli.rule_vendors import of_vendor
from frontleak.cli.text_or_json import TEXT_OR_JSON
from frontleak.core.errors import ConfigError
from frontleak.core.origins import FileOrigin, StdinOrigin
from frontleak.core.rule import Rule
from frontleak.core.secret import printable

_RULES_OPTION = click.option(
    "--rules",
    "extra",
    multiple=True,
    type=FilePath(),
    metavar="PATH",
    help="Add the rules and frameworks in this file or folder; repeatable.",
)


@click.group()
def rules() -> None:
    """List, show, check and try the rules."""


@rules.command("list")
@_RULES_OPTION
@TEXT_OR_JSON
@click.option("--vendor", metavar="NAME", help="List only the rules of this vendor: of the file NAME.yaml.")
def list_rules(extra: tuple[Path, ...], form: str, vendor: str | None) -> None:
    """List all rules with id, severity and description."""
    from frontleak.scanning.rules import load_rules  # noqa: PLC0415 - keeps `--help` fast

    every = load_rules(extra).every
    if vendor is not None:
        every = of_vendor(vendor, every)
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
    """Show one rule, or all rules of a vendor, with reasons and fix."""
    from frontleak.scanning.rules import load_rules  # noqa: PLC0415 - as above

    found = load_rules(extra).by_id()
    if rule_id in found or not (rules_of := of_vendor(rule_id, found.values(), known=False)):
        describe(rule_id, extra)
        return
    for number, rule in enumerate(rules_of):
        if number:
            click.echo()
        _describe(rule)


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
    _describe(rule)


def _describe(rule: Rule) -> None:
    click.echo(f"{rule.id}: {printable(rule.name)}")
    public = ", public by design" if rule.exposure else ""
    click.echo(f"severity {rule.severity}, confidence {rule.confidence}, kind {rule.kind}{public}")
    click.echo(f"\nwhy  {printable(rule.why)}\n\nfix  {printable(rule.fix)}\n")
    for reference in rule.references:
        click.echo(f"see  {printable(reference)}")
    click.echo(f"\nwritten in {printable(rule.source)}")


@rules.command(short_help="Check the rules in PATHS, or all that come with the tool.")
@click.argument("extra", nargs=-1, type=FilePath(), metavar="[PATHS]...")
@click.pass_context
def check(ctx: click.Context, extra: tuple[Path, ...]) -> None:
    """Check the rules and frameworks in PATHS; without PATHS, all that come with the tool, which takes a minute.

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
    if extra:  # the others were not tried
        named = ", ".join(printable(str(path)) for path in extra)
        click.echo(f"no mistakes in {named} ({count} rules with those that come with the tool)")
    else:
        click.echo(f"{count} rules are valid")


@rules.command("test")
@click.argument("files", nargs=-1, required=True, type=FilePath(), metavar="FILE...")
@click.option(
    "--rules",
    "extra",
    multiple=True,
    type=FilePath(),
    metavar="PATH",
    help="Try the rules in this file or folder; repeatable.",
)
@click.option(
    "--select",
    multiple=True,
    metavar="RULE",
    shell_complete=complete_rules,
    help="Try only this rule, also a built-in one; repeatable, and `vendor-*` matches several.",
)
def try_rules(files: tuple[Path, ...], extra: tuple[Path, ...], select: tuple[str, ...]) -> None:
    """Try pattern rules on text of your own.

    Lists each match in FILE and each near miss, with the check of the rule that refuses it: the edges of the secret,
    `near`, a field of `require`, `allow`, a placeholder, an ignore comment, or another rule that reports the same text.
    The text is read as it is, without the decoders of a scan. `-` is standard input.
    """
    if not extra and not select:
        raise click.UsageError("name the rules to try: --rules PATH for your own, --select RULE for built-in ones")
    from frontleak.core.errors import InputError  # noqa: PLC0415 - as above
    from frontleak.core.vocabulary import Exposure  # noqa: PLC0415 - as above
    from frontleak.files.read import to_blob  # noqa: PLC0415 - as above
    from frontleak.selfcheck.rule_trials import Trials, tried_rules  # noqa: PLC0415 - as above

    trials = Trials(tried_rules(extra, select))
    matches = misses = 0
    for file in files:
        origin = StdinOrigin() if str(file) == "-" else FileOrigin(path=file.as_posix())
        try:
            data = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        except OSError as error:
            raise InputError(f"{origin.display}: {error.strerror or error}", advice="name a file") from error
        try:
            found = trials.of(to_blob(origin, data, Exposure.SOURCE))
        except TimeoutError:
            raise InputError(
                f"{origin.display}: a rule takes too long on this text", advice="try a shorter one"
            ) from None
        for each in found:
            what = "near miss" if each.reason else "match"
            click.echo(f"{origin.display}:{each.line}:{each.column}: {what}  {each.rule_id}  {each.text.strip()}")
            if each.reason:
                click.echo(f"    {printable(each.reason)}")
        misses += sum(1 for each in found if each.reason)
        matches += sum(1 for each in found if not each.reason)
    click.echo(f"{matches} match{'' if matches == 1 else 'es'}, {misses} near miss{'' if misses == 1 else 'es'}")


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
