"""`frontleak hook`: make git run frontleak before a commit and a push, and undo it."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

import click

from frontleak.core.errors import ConfigError
from frontleak.core.secret import printable

if TYPE_CHECKING:
    from frontleak.cli.hooks.checkout import Checkout
    from frontleak.cli.hooks.file_edit import FileEdit
    from frontleak.cli.hooks.hook_tool import HookTool, Wanted

TOOLS: Final = ("auto", "git", "husky", "lint-staged", "lefthook", "pre-commit")
_DRY_RUN: Final = click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")


@click.group()
def hook() -> None:
    """Run frontleak before each commit and each push.

    docs/hooks.md has the lines of each tool, to write them by hand.
    """


@hook.command()
@click.option(
    "--tool",
    type=click.Choice(TOOLS),
    default="auto",
    show_default=True,
    help="The tool that runs your hooks; `auto` finds it, or else writes a hook of git itself.",
)
@click.option("--push", is_flag=True, help="Scan the build folders before a push, too.")
@click.option(
    "--build",
    multiple=True,
    metavar="FOLDER",
    help="A folder that your build writes, from the top of the repository; repeatable, implies --push.  "
    "[default: as usual for the frameworks of the project]",
)
@_DRY_RUN
def install(tool: str, push: bool, build: tuple[str, ...], dry_run: bool) -> None:
    """Make git run frontleak, and show what is written.

    Nothing else in a file changes, and a hook that exists keeps its commands. `frontleak hook uninstall` undoes it.
    """
    from frontleak.cli.hooks.checkout import find_checkout  # noqa: PLC0415 - keeps `--help` fast

    checkout = find_checkout()
    install_hook(checkout, chosen(checkout, tool), wanted(checkout, build, push=push), dry_run=dry_run)


@hook.command()
@_DRY_RUN
def uninstall(dry_run: bool) -> None:
    """Take out what `frontleak hook install` wrote, and show it."""
    from frontleak.cli.hooks.checkout import find_checkout  # noqa: PLC0415 - as above
    from frontleak.cli.hooks.registry import removals  # noqa: PLC0415 - as above

    edits = removals(find_checkout())
    if not edits:
        click.echo("no hook of frontleak is installed here")
    print_edits(edits, dry_run=dry_run)


def chosen(checkout: "Checkout", name: str) -> "HookTool":
    """Return the hook tool with a name, or with `auto` the one that the repository uses."""
    from frontleak.cli.hooks.registry import choose_tool, tool_named  # noqa: PLC0415 - as above

    return choose_tool(checkout) if name == "auto" else tool_named(name)


def wanted(checkout: "Checkout", builds: Sequence[str], *, push: bool) -> "Wanted":
    """Return what the hooks are to do.

    Raises:
        ConfigError: a build is to be scanned before a push, and no build folder is known.
    """
    from frontleak.cli.hooks.hook_tool import Wanted  # noqa: PLC0415 - as above

    if push and not builds:
        from frontleak.cli.project import find_facts  # noqa: PLC0415 - reads the frameworks

        builds = find_facts(checkout.top).builds
        if not builds:
            raise ConfigError(
                "no framework of this project is known, so neither is its build folder",
                advice="name the folder: --build dist",
            )
    unsafe = [build for build in builds if not build or any(ord(char) < ord(" ") for char in build)]
    if unsafe:
        raise ConfigError(f"--build {unsafe[0]!r}: not the name of a folder", advice="pass a path such as dist")
    return Wanted(builds=tuple(builds))


def install_hook(checkout: "Checkout", tool: "HookTool", wanted: "Wanted", *, dry_run: bool) -> None:
    """Add the lines to the files of a hook tool, and print them and what remains to be done."""
    plan = tool.install(checkout, wanted)
    print_edits(plan.edits, dry_run=dry_run)
    for step in plan.next_steps:
        click.echo(f"next: {step}")


def print_edits(edits: "Sequence[FileEdit]", *, dry_run: bool) -> None:
    """Apply edits unless `dry_run`, and print each with the lines that change."""
    say: Callable[[str], str] = (lambda word: f"would be {word}") if dry_run else (lambda word: word)
    for edit in edits:
        if edit.outcome == "unchanged":
            click.echo(f"{printable(edit.shown)}: has the lines already")
            continue
        if not dry_run:
            edit.apply()
        click.echo(f"{printable(edit.shown)}: {say(edit.outcome)}")
        for line in edit.difference():
            click.echo(f"    {printable(line)}")
