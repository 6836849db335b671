"""What `frontleak init` writes, one step each: configuration, hook, CI, baseline."""

import os
from collections.abc import Callable
from contextlib import chdir
from pathlib import Path
from typing import Final

import click

from frontleak.cli.accepted import BASELINE, find_baseline
from frontleak.cli.ci_steps import ci_edit, ci_lines
from frontleak.cli.config import find_config
from frontleak.cli.exit_codes import ExitCode
from frontleak.cli.hook import chosen, print_edits, wanted
from frontleak.cli.hooks.checkout import Checkout
from frontleak.cli.hooks.file_edit import FileEdit
from frontleak.cli.project import ProjectFacts
from frontleak.core.errors import FrontleakError
from frontleak.core.records import dataclass
from frontleak.core.repository import CONFIG_NAMES
from frontleak.core.secret import printable

STEPS: Final = ("config", "hook", "ci", "baseline")
"""Names of the steps, in order."""
_SCHEMA: Final = "https://raw.githubusercontent.com/frontleak/frontleak/main/docs/config.schema.json"
_CONFIG: Final = f"""\
# yaml-language-server: $schema={_SCHEMA}
# `frontleak config show` prints every setting and where it comes from.

fail-on: medium   # of critical, high, medium, low, info: findings below it are reported and do not fail
# exclude: ["legacy/", "*.stories.tsx"]   # paths that are not scanned, as in .gitignore
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class InitStep:
    """Something that `frontleak init` can write."""

    action: str = ""
    """What it would write and what for; empty if there is nothing to do."""
    reason: str = ""
    """Why there is nothing to do."""
    edits: tuple[FileEdit, ...] = ()
    next_steps: tuple[str, ...] = ()
    run: Callable[[], ExitCode] = lambda: ExitCode.CLEAN
    """What else it does after the edits."""

    makes: str = ""
    """The file that `run` may write, from the top."""

    def files(self, checkout: Checkout) -> list[str]:
        """Return the files that it wrote, once it is done."""
        made = [self.makes] if self.makes and os.path.isfile(checkout.path(self.makes)) else []
        return [*(edit.shown for edit in self.edits if edit.outcome != "unchanged"), *made]


def make_step(name: str, checkout: Checkout, facts: ProjectFacts, tool: str) -> InitStep:
    """Return a step by its name; nothing is written yet.

    Raises:
        FrontleakError: it cannot be done.
    """
    match name:
        case "config":
            return _config_step(checkout)
        case "hook":
            return _hook_step(checkout, facts, tool)
        case "ci":
            return _ci_step(checkout, facts)
        case _:
            return _baseline_step(checkout)


def _config_step(checkout: Checkout) -> InitStep:
    if found := find_config(Path(checkout.top)):
        return InitStep(reason=f"settings: {os.path.relpath(found, checkout.top)} exists")
    name = CONFIG_NAMES[0]
    edit = FileEdit(path=checkout.path(name), shown=name, before=None, after=_CONFIG)
    return _of_edits("settings", edit)


def _hook_step(checkout: Checkout, facts: ProjectFacts, tool: str) -> InitStep:
    hook_tool = chosen(checkout, tool)
    plan = hook_tool.install(checkout, wanted(checkout, facts.builds, push=bool(facts.builds)))
    if all(edit.outcome == "unchanged" for edit in plan.edits):
        return InitStep(reason=f"hook: {hook_tool.name} has it already", next_steps=plan.next_steps)
    when = "commit and push" if facts.builds else "commit"
    return _of_edits(f"scans before each {when}, with {hook_tool.name}", *plan.edits, next_steps=plan.next_steps)


def _ci_step(checkout: Checkout, facts: ProjectFacts) -> InitStep:
    edit = ci_edit(checkout, facts)
    if edit is None:
        lines = tuple(ci_lines(facts))
        outcome = "CI: its file is not edited, see below" if lines else "CI: none is known here"
        return InitStep(reason=outcome, next_steps=lines)
    if edit.outcome == "unchanged":
        return InitStep(reason="CI: runs frontleak already")
    return _of_edits("scans in CI", edit)


def _baseline_step(checkout: Checkout) -> InitStep:
    if found := find_baseline(Path(checkout.top)):
        return InitStep(reason=f"baseline: {os.path.relpath(found, checkout.top)} exists")
    return InitStep(
        action=f"write {BASELINE} (accepts the findings there are now, so that only new ones fail)",
        makes=BASELINE,
        run=lambda: _create_baseline(checkout),
    )


def _create_baseline(checkout: Checkout) -> ExitCode:
    from frontleak.cli.baseline import create, create_baseline  # noqa: PLC0415 - only if it is asked for

    with chdir(checkout.top), create.make_context("frontleak baseline create", []) as ctx:
        return create_baseline(ctx, ctx.params, even_empty=False)


def _of_edits(purpose: str, *edits: FileEdit, next_steps: tuple[str, ...] = ()) -> InitStep:
    files = ", ".join(edit.shown for edit in edits if edit.outcome != "unchanged")
    verb = "write" if all(edit.before is None for edit in edits) else "change"
    return InitStep(action=f"{verb} {files} ({purpose})", edits=edits, next_steps=next_steps)


def do_step(step: InitStep) -> ExitCode:
    """Write what a step writes, and print it."""
    print_edits(step.edits, dry_run=False)
    return step.run()


def problem_of(error: FrontleakError) -> str:
    """Return an error and its way out in one line."""
    return f"{'; '.join(error.problems)}{f' ({error.advice})' if error.advice else ''}"


def say(text: str, *, err: bool = False) -> None:
    """Print a line on standard output, or with `err` on standard error."""
    click.echo(printable(text), err=err)
