"""`frontleak config`: the settings that a scan here would use, where each comes from, and their schema."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import click

from frontleak.cli.config import ConfigFile
from frontleak.cli.scan_options import BASELINE_FILE, FAIL_ON, NO_BASELINE, STRICT, scan_options
from frontleak.cli.text_or_json import TEXT_OR_JSON
from frontleak.core.secret import printable

_DEFAULT: Final = "default"
_FLAG: Final = "command line"


@click.group(short_help="Show the settings of a scan, and the schema of their file.")
def config() -> None:
    """Show the settings of a scan, and the schema of the configuration file."""


@config.command()
@TEXT_OR_JSON
@FAIL_ON
@BASELINE_FILE
@NO_BASELINE
@STRICT
@scan_options
@click.pass_context
def show(ctx: click.Context, /, form: str, **_: Any) -> None:
    """Show each setting of a scan here, and where it comes from.

    Takes the flags of a scan. They come first, then environment variables, then the configuration file, then the
    defaults.
    """
    rows = list(_settings(ctx))
    if form == "json":
        plain = [{"option": name, "value": value, "from": source} for name, value, source in rows]
        click.echo(json.dumps(plain, indent=2))
        return
    longest = max(len(name) for name, _, _ in rows)
    for name, value, source in rows:
        click.echo(f"{name:<{longest}}  {printable(_shown(value))}  ({printable(source)})")


@config.command()
def schema() -> None:
    """Print the JSON Schema of .frontleak.yaml, for editors."""
    from frontleak.cli.config_options import json_schema  # noqa: PLC0415 - keeps `--help` fast

    click.echo(json.dumps(json_schema(), indent=2))


def _settings(ctx: click.Context) -> Iterator[tuple[str, Any, str]]:
    """Yield each option of the configuration file, its value in a scan here, and where the value comes from.

    `engine`, which no file sets, follows if it is given.
    """
    from frontleak.cli.config_options import OPTIONS  # noqa: PLC0415 - as above

    found: ConfigFile | None = ctx.meta.get("config")
    document = found.document.value if found and found.document else {}
    for name, option in OPTIONS.items():
        if option.parameter:
            yield _setting(ctx, found, name, option.parameter)
        else:
            yield name, _jsonable(document.get(name, [])), _line(found, name) if name in document else _DEFAULT
    engine = _setting(ctx, found, "engine", "engine")
    if engine[2] != _DEFAULT:
        yield engine


def _setting(ctx: click.Context, found: ConfigFile | None, name: str, parameter: str) -> tuple[str, Any, str]:
    """Return an option, its value in a scan, and where the value comes from."""
    from frontleak.cli.accepted import BASELINE, find_baseline  # noqa: PLC0415 - as above

    value, origin = ctx.params[parameter], _DEFAULT
    match ctx.get_parameter_source(parameter):
        case click.core.ParameterSource.COMMANDLINE:
            origin = _FLAG
        case click.core.ParameterSource.ENVIRONMENT:
            variables = (each.envvar for each in ctx.command.params if each.name == parameter)
            origin = f"environment variable {next(variables)}"
        case click.core.ParameterSource.DEFAULT_MAP:
            origin = _line(found, name)
        case _ if name == "baseline" and (nearest := find_baseline(Path.cwd())):
            value, origin = os.path.relpath(nearest), f"found: {BASELINE} of the project"
        case _:
            pass
    if (name, True) in (("exclude", ctx.params["no_exclude"]), ("baseline", ctx.params["no_baseline"])):
        value, origin = None if name == "baseline" else (), f"{_FLAG}: --no-{name}"
    return name, _jsonable(value), origin


def _line(found: ConfigFile | None, name: str) -> str:
    if found is None or found.document is None:
        return _DEFAULT
    return f"{os.path.relpath(found.file)}:{found.document.line((name,))}"


def _jsonable(value: Any) -> Any:
    """Return a value as JSON has it: no dates, paths or tuples."""
    if isinstance(value, dict):
        return {name: _jsonable(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_jsonable(each) for each in value]
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def _shown(value: Any) -> str:
    match value:
        case None | []:
            return "none"
        case bool():
            return "true" if value else "false"
        case [*items]:
            return ", ".join(each if isinstance(each, str) else json.dumps(each, ensure_ascii=False) for each in items)
        case _:
            return str(value)
