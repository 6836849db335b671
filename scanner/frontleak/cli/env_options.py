"""The options that name environment variables, whose values a scan looks for."""

import os
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

import click

from frontleak.cli.file_paths import FilePath
from frontleak.cli.messages import note
from frontleak.core.errors import ConfigError
from frontleak.core.paths import display_path, slashes
from frontleak.core.secret import printable

if TYPE_CHECKING:
    from frontleak.cli.config import ConfigFile
    from frontleak.misuse.env_values.select import Selection
    from frontleak.misuse.env_values.sources import Read
    from frontleak.rules.ruleset import RuleSet
    from frontleak.scanning.env_values import EnvRequest

LEAST_LENGTH: Final = 4
"""The smallest minimum length: shorter values are everywhere."""
ENV_OPTIONS: Final = (
    click.option(
        "--env-file",
        type=FilePath(as_path=False),
        multiple=True,
        metavar="FILE",
        help="Look for the values that this env file sets, in every encoding; repeatable, later files win.",
    ),
    click.option(
        "--env", multiple=True, metavar="NAME", help="Look for the value of this environment variable; repeatable."
    ),
    click.option(
        "--env-prefix",
        multiple=True,
        metavar="PREFIX",
        help="Look for the values of all environment variables whose names begin with PREFIX; repeatable.",
    ),
    click.option("--env-all", is_flag=True, help="Look for the values of all environment variables, and name them."),
    click.option(
        "--env-from-ci",
        is_flag=True,
        help="Look for the secrets that the CI sets, and those that a job hands over in FRONTLEAK_SECRETS.",
    ),
    click.option(
        "--env-min-length",
        type=click.IntRange(min=LEAST_LENGTH),
        metavar="N",
        help="Look for values of N bytes or more.  [default: 8]",
    ),
    click.option(
        "--show-env-skipped", is_flag=True, help="List the variables whose values are not looked for, and why."
    ),
)
_GIVEN: Final = ("env_file", "env", "env_prefix", "env_all", "env_from_ci")


def env_request(ctx: click.Context, given: Mapping[str, Any], ruleset: "RuleSet") -> "EnvRequest | None":
    """Return which values a scan looks for; None for none.

    Raises:
        ConfigError: an env file cannot be read.
    """
    config = _configured(ctx.meta.get("config"))
    if not config and not any(given.get(name) for name in _GIVEN):
        return None
    from frontleak.core.env_value import EnvVariable  # noqa: PLC0415 - few scans know values
    from frontleak.misuse.env_values import sources  # noqa: PLC0415 - as above
    from frontleak.misuse.env_values.harmless import LEAST  # noqa: PLC0415 - as above
    from frontleak.misuse.env_values.select import Setting  # noqa: PLC0415 - as above
    from frontleak.rules.frameworks import using_frameworks  # noqa: PLC0415 - as above
    from frontleak.scanning.env_values import EnvRequest  # noqa: PLC0415 - as above

    with using_frameworks(ruleset.frameworks):
        reads = list(_files(ctx, given, config))
        names = (*given["env"], *config.get("names", ()))
        environment = sources.of_environment(
            os.environ,
            names,
            (*given["env_prefix"], *config.get("prefixes", ())),
            every=given["env_all"],
            ci=given["env_from_ci"] or config.get("from-ci", False),
        )
        prefix_of = _prefix_of("")
        own = [
            Setting(EnvVariable(name, prefix=prefix_of(name), is_declared=is_declared), value)
            for name, (value, is_declared) in environment.items()
        ]
    for name in dict.fromkeys(names):
        if name not in environment:
            note(printable(f"note: the environment variable {name} is not set, so its value is not looked for"))
    if given["env_from_ci"] and not environment:
        note("note: no secrets of a CI are in the environment (docs/env-values.md says how a job hands them over)")
    return EnvRequest(
        settings=[*(each for read in reads for each in read.settings), *own],
        files=frozenset().union(*(read.files for read in reads)),
        least=given["env_min_length"] or config.get("min-length") or LEAST,
        diagnostics=tuple(each for read in reads for each in read.diagnostics),
        chosen=_teller(given, own_names=frozenset(environment), named=given["env_all"] or bool(given["env_prefix"])),
    )


def _configured(config: "ConfigFile | None") -> Mapping[str, Any]:
    """Return the settings of the configuration, those of `auto` as a mapping."""
    found = config.document.value.get("env-values", {}) if config is not None and config.document is not None else {}
    return {"auto": True} if found == "auto" else found


def _files(ctx: click.Context, given: Mapping[str, Any], config: Mapping[str, Any]) -> "Iterator[Read]":
    from frontleak.misuse.env_values import sources  # noqa: PLC0415 - few scans know values

    here = slashes(os.getcwd())

    def shown(path: str) -> str:
        return display_path(here, path)

    named = [sources.named_file(path, shown) for path in given["env_file"]]
    if config.get("files"):
        from frontleak.misuse.env_values import projects  # noqa: PLC0415 - reads package.json, unlike an env file

        folder = slashes(os.path.abspath(ctx.meta["config"].file.parent))
        named[:0] = [sources.named_file(path, shown) for path in projects.inside(folder, config["files"])]
    if named:
        try:
            yield sources.read_files(named, _prefix_of(os.path.dirname(named[0].path)))
        except OSError as error:
            raise ConfigError(
                f"{printable(str(error.filename))}: cannot be read: {error.strerror}",
                advice="name a file of lines NAME=value",
            ) from error
    if config.get("auto"):
        from frontleak.misuse.env_values import projects  # noqa: PLC0415 - as above

        yield from projects.env_files_of([*given["paths"]] or ["."], shown, _prefix_of)


def _prefix_of(folder: str) -> Callable[[str], str]:
    """Return a function: name of a variable -> its public prefix in the project of a folder; any project without."""
    from frontleak.misuse.variable_names import public_prefix  # noqa: PLC0415 - few scans know values
    from frontleak.resolve.projects import framework_ids  # noqa: PLC0415 - as above

    used = framework_ids(folder) or None if folder else None
    return lambda name: public_prefix(name, used)


def _teller(given: Mapping[str, Any], *, own_names: frozenset[str], named: bool) -> "Callable[[Selection], None]":
    """Return what prints which values are looked for; it never prints one."""

    def tell(selection: "Selection") -> None:
        variables = {each for value in selection.values for each in value.variables}
        if named:
            names = sorted({each.name for each in variables if not each.file}.intersection(own_names))
            note(printable(f"note: looking for the values of {_count(len(names))}: {', '.join(names) or 'none'}"))
        skipped = selection.skipped
        if not given["show_env_skipped"]:
            if skipped and any(given.get(name) for name in _GIVEN):  # a configuration says so in each hook
                total = len({each.variable for each in skipped} | variables)
                left = f"{len({each.variable for each in skipped})} of {_count(total)}"
                note(f"note: the values of {left} are not looked for (--show-env-skipped lists them)")
            return
        for each in skipped:
            click.echo(printable(f"{each.variable.where}: {each.variable.name}: {each.reason}"), err=True)

    return tell


def _count(number: int) -> str:
    return f"{number} variable{'' if number == 1 else 's'}"
