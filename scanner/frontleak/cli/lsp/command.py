"""`frontleak lsp`."""

import os
import sys

import click

from frontleak.cli.messages import note
from frontleak.core.errors import ConfigError


@click.command(short_help="Serve an editor by the Language Server Protocol.")
@click.option("--stdio", is_flag=True, help="Talk over standard input and output, as it always does.")
@click.pass_context
def lsp(ctx: click.Context, stdio: bool) -> None:  # noqa: ARG001 - editors pass it
    """Serve an editor by the Language Server Protocol, over standard input and output.

    It shows secrets while you write, and the import chains of tokens when you save. Your editor starts it;
    docs/editors.md has the lines for each editor. Requires `pip install 'frontleak[lsp]'`.
    """
    try:
        from frontleak.cli.lsp.server import serve  # noqa: PLC0415 - an extra, and half a second
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in {"pygls", "lsprotocol", "cattrs", "attrs", "attr"}:
            raise
        advice = "pip install 'frontleak[lsp]'"
        if getattr(sys, "frozen", False):
            advice = f"the standalone binary has no language server: {advice}, and let the editor start that command"
        raise ConfigError("frontleak lsp needs a package that is not installed", advice=advice) from error
    if sys.stdin is None or sys.stdout is None or sys.stderr is None:
        raise ConfigError(
            "frontleak lsp talks over standard input and output, and one of them is closed",
            advice="let an editor start it: docs/editors.md has the lines for each",
        )
    if sys.stdin.isatty():
        note("frontleak lsp waits for an editor on standard input; Ctrl-C ends it. See docs/editors.md")
    stdin, stdout = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what else is printed must not be read as a message
    ctx.exit(serve(stdin, stdout))
