"""`frontleak config`: the settings that a scan here would use, where each comes from, and their schema."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from frontleak.cli.config import ConfigFile
from frontleak.core.secret import printable


@click.group()
def config() -> None:
    """Show the settings of a scan, and the schema of the configuration file."""


@config.command()
@click.option(
    "--config",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Configuration file.  [default: nearest .frontleak.yaml, or [tool.frontleak] in pyproject.toml]",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Output format.",
)
def show(file: Path | None, form: str) -> None:
    """Show each setting of `frontleak scan` here, and where it comes from.

    Flags come first, then environment variables, then the configuration file, then the defaults.
    """
    rows = list(_settings(["--config", str(file)] if file else []))
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


def _settings(arguments: list[str]) -> Iterator[tuple[str, Any, str]]:
    """Yield each option of the configuration file, its value in a scan here, and where the value comes from."""
    from frontleak.cli.accepted import BASELINE, find_baseline  # noqa: PLC0415 - as above
    from frontleak.cli.config_options import OPTIONS  # noqa: PLC0415 - as above
    from frontleak.cli.scan import scan  # noqa: PLC0415 - as above

    context = scan.make_context("scan", arguments)
    found: ConfigFile | None = context.meta.get("config")
    variables = {parameter.name: parameter.envvar for parameter in scan.params}
    document = found.document.value if found and found.document else {}
    for name, option in OPTIONS.items():
        if not option.parameter:
            yield name, _jsonable(document.get(name, [])), _line(found, name) if name in document else "default"
            continue
        value = context.params[option.parameter]
        match context.get_parameter_source(option.parameter):
            case click.core.ParameterSource.ENVIRONMENT:
                origin = f"environment variable {variables[option.parameter]}"
            case click.core.ParameterSource.DEFAULT_MAP:
                origin = _line(found, name)
            case _ if name == "baseline" and (nearest := find_baseline(Path.cwd())):
                value, origin = os.path.relpath(nearest), f"found: {BASELINE} of the project"
            case _:
                origin = "default"
        yield name, _jsonable(value), origin


def _line(found: ConfigFile | None, name: str) -> str:
    if found is None or found.document is None:
        return "default"
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
