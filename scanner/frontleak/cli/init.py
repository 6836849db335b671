"""`frontleak init`: set frontleak up in a repository."""

import os
import shlex
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from frontleak.cli.exit_codes import ExitCode
from frontleak.cli.hook import TOOLS
from frontleak.core.errors import FrontleakError

if TYPE_CHECKING:
    from frontleak.cli.project import ProjectFacts


@click.command(short_help="Set up frontleak here: settings, hook, CI step and baseline.")
@click.option("--yes", "-y", is_flag=True, help="Ask nothing, and do all of it.")
@click.option("--no-config", is_flag=True, help="Write no settings.")
@click.option("--no-hook", is_flag=True, help="Install no hook.")
@click.option("--no-ci", is_flag=True, help="Add no step to the CI.")
@click.option("--no-baseline", is_flag=True, help="Accept no findings.")
@click.option(
    "--tool", type=click.Choice(TOOLS), default="auto", show_default=True, help="The tool that runs your hooks."
)
@click.pass_context
def init(ctx: click.Context, /, yes: bool, tool: str, **without: bool) -> None:
    """Set up frontleak in this repository: settings, a hook, a CI step, and a baseline of old findings.

    Asks before each; without a terminal and without --yes, only says what it would do. Never overwrites a file.

    Exit codes: 0 done, 2 a step failed or wrong usage, 3 the scan for the baseline is incomplete, 130 interrupted.
    """
    from frontleak.cli.hooks.checkout import find_checkout  # noqa: PLC0415 - keeps `--help` fast
    from frontleak.cli.init_steps import STEPS, do_step, make_step, problem_of, say  # noqa: PLC0415 - as above
    from frontleak.cli.project import find_facts  # noqa: PLC0415 - as above

    checkout = find_checkout()
    facts = find_facts(checkout.top)
    for line in _described(facts):
        say(line)
    asks = not yes and sys.stdin.isatty() and sys.stdout.isatty()
    code, written = ExitCode.CLEAN, list[str]()
    next_steps = list[str]()
    for name in (step for step in STEPS if not without[f"no_{step}"]):
        try:
            step = make_step(name, checkout, facts, tool)
            if not step.action:
                say(step.reason)
            elif not yes and not asks:
                say(f"would {step.action}")
                continue
            elif yes or click.confirm(_question(step.action), default=name != "baseline"):
                code = max(code, do_step(step), key=(ExitCode.CLEAN, ExitCode.INCOMPLETE, ExitCode.ERROR).index)
                written += step.files(checkout)
            else:
                continue
            next_steps += step.next_steps
        except FrontleakError as error:
            say(f"error: {name}: {problem_of(error)}", err=True)
            code = ExitCode.ERROR
    if yes or asks:
        _print_next(facts, written, next_steps)
    else:
        say("nothing was written: `frontleak init --yes` does it all, and --no-config, --no-hook, --no-ci and")
        say("--no-baseline leave a part out")
    ctx.exit(code)


def _question(action: str) -> str:
    from frontleak.core.secret import printable  # noqa: PLC0415 - as above

    return f"{action[0].upper()}{printable(action[1:])}?"


def _described(facts: "ProjectFacts") -> Iterator[str]:
    """Yield what was recognised, a line each."""
    for app in facts.apps:
        where = f"{app.folder}: " if app.folder else ""
        builds = f"; builds {', '.join(app.builds)}" if app.builds else ""
        yield f"{where}{', '.join(framework.name for framework in app.frameworks)}{builds}"
    if not facts.apps:
        yield "no framework is known here: frontleak reads any JavaScript, HTML and build output"
    rest = [facts.package_manager, "workspaces" if facts.has_workspaces else "", *facts.ci]
    if any(rest):
        yield ", ".join(filter(None, rest))


def _print_next(facts: "ProjectFacts", written: list[str], steps: list[str]) -> None:
    from frontleak.cli.init_steps import say  # noqa: PLC0415 - as above

    for step in dict.fromkeys(steps):
        say(f"next: {step}")
    inside = [file for file in written if not os.path.isabs(file) and not file.startswith(".git/")]
    if inside:
        say(f"next: `git add {shlex.join(dict.fromkeys(inside))}` and commit")
    say(f"next: `frontleak scan{f' {shlex.join(facts.builds)}' if facts.builds else ''}`, after a build")
