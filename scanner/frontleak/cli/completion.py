"""Completes rule ids in the shell."""

import click


def complete_rules(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the ids of the built-in rules that begin with what was typed."""
    from frontleak.scanning.rules import load_rules  # noqa: PLC0415 - only when a shell asks

    return [rule.id for rule in load_rules().every if rule.id.startswith(incomplete)]
