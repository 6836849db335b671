"""The option `--format` of commands that print text for people or JSON for programs."""

from typing import Final

import click

TEXT_OR_JSON: Final = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Output format.",
)
