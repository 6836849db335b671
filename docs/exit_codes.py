"""The table of exit codes: every command, and what each code says about it."""

from collections.abc import Iterator, Mapping
from typing import Final

import click

from frontleak.cli.exit_codes import ExitCode

_NEVER: Final = "–"  # noqa: RUF001 - a dash in a table
_MEANINGS: Final[Mapping[tuple[str, ...], tuple[str, str, str]]] = {
    ("scan",): (
        "no finding at or above `--fail-on`",
        "at least one finding at or above `--fail-on`",
        "something could not be read, or on disk nothing was scanned; with `--strict`, anything was skipped",
    ),
    ("site",): (
        "no finding at or above `--fail-on`",
        "at least one finding at or above `--fail-on`",
        "something did not arrive, a limit was reached, or nothing was scanned; with `--strict`, anything was skipped",
    ),
    ("diff",): (
        "no new finding at or above `--fail-on`",
        "at least one new finding at or above `--fail-on`",
        "something could not be read, so the comparison is incomplete",
    ),
    ("shard merge",): (
        "no finding at or above `--fail-on`",
        "at least one finding at or above `--fail-on`",
        "something could not be read, or a shard has no result",
    ),
    ("shard plan", "shard run"): ("written, also with findings: `shard merge` reports them", _NEVER, _NEVER),
    ("verify",): ("the token is inactive", "the token is active", "unknown: the vendor's answer is inconclusive"),
    ("baseline create", "baseline update", "baseline import"): (
        "written, or there was nothing to change",
        _NEVER,
        "written, but something could not be read, or nothing was scanned",
    ),
    ("baseline prune",): (
        "written, or there was nothing to change",
        _NEVER,
        "nothing was removed: something could not be read, or nothing was scanned",
    ),
    ("init",): ("done, or there was nothing to do", _NEVER, "written, but the scan for the baseline is incomplete"),
    ("rules check",): ("the rules are valid", _NEVER, _NEVER),
    ("lsp",): ("the editor ended it", "it ended without the request `shutdown`, as the protocol says", _NEVER),
    (
        *(
            "baseline show",
            "ignore",
            "explain",
            "rules list",
            "rules show",
            "rules test",
            "config show",
            "config schema",
        ),
        *("hook install", "hook uninstall"),
    ): (
        "done",
        _NEVER,
        _NEVER,
    ),
}
"""Commands -> what the codes 0, 1 and 3 mean."""
_OTHERS: Final = {
    ExitCode.ERROR: "usage, configuration or internal error; `rules check`: a mistake in a rule; `init`: a failed step",
    ExitCode.INTERRUPTED: "interrupted by Ctrl-C",
}
"""What the codes mean that every command has."""


def exit_code_lines(commands: click.Group) -> Iterator[str]:
    """Yield the lines of the section.

    Raises:
        LookupError: the table lacks a command, or has one that does not exist.
    """
    listed = {name for names in _MEANINGS for name in names}
    if differing := listed.symmetric_difference(_leaves(commands)):
        raise LookupError(f"the table of exit codes lacks these commands, or has them in vain: {sorted(differing)}")
    columns = (ExitCode.CLEAN, ExitCode.FINDINGS, ExitCode.INCOMPLETE)
    yield f"| command | {' | '.join(str(code.value) for code in columns)} |"
    yield "|---|---|---|---|"
    for names, meanings in _MEANINGS.items():
        yield f"| {', '.join(f'`{name}`' for name in names)} | {' | '.join(meanings)} |"
    yield ""
    for code, meaning in _OTHERS.items():
        yield f"- {code.value}, for every command: {meaning}"


def _leaves(group: click.Group, path: str = "") -> Iterator[str]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        whole = f"{path} {name}".lstrip()
        if isinstance(command, click.Group):
            yield from _leaves(command, whole)
        else:
            yield whole
