"""The configuration file: `.frontleak.yaml`, or `[tool.frontleak]` in pyproject.toml.

It sets defaults for flags of `frontleak scan`, but not for all of them: it can never reveal secrets, choose what is
scanned, or hide its own exclusions.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from frontleak.core.errors import ConfigError
from frontleak.core.paths import slashes
from frontleak.core.records import dataclass
from frontleak.core.repository import up_to_top
from frontleak.core.vocabulary import Severity
from frontleak.scanning.schedule import default_jobs

FILE_NAMES: Final = (".frontleak.yaml", ".frontleak.yml")
_TABLE: Final = "tool.frontleak"
_COMMAND_LINE_ONLY: Final = frozenset({"verify", "verify-cache"})
PLUGINS: Final = frozenset({"detect-secrets"})
"""Other tools whose patterns `--plugins` can add."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """An option of the configuration file."""

    parameter: str
    """Parameter of `scan` that it sets the default of."""
    accepts: Callable[[Any], bool]
    """Return whether a value is valid."""
    expected: str
    """The valid values, for messages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigFile:
    """A parsed configuration file."""

    file: Path
    """Path of the file, for messages."""
    defaults: Mapping[str, Any]
    """Parameter of `scan` -> value."""
    lines: Mapping[str, int]
    """Parameter of `scan` -> 1-based line in the file."""

    def where(self, parameter: str) -> str:
        """Return `file:line` of a parameter, for messages."""
        return f"{self.file}:{self.lines.get(parameter, 1)}"


def _is_text_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) and item for item in value)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


OPTIONS: Final[Mapping[str, Option]] = {
    "fail-on": Option(
        parameter="fail_on",
        accepts=lambda value: isinstance(value, str) and value in set(Severity),
        expected=f"one of {', '.join(Severity)}",
    ),
    "select": Option(parameter="select", accepts=_is_text_list, expected="a list of rule ids"),
    "ignore": Option(parameter="ignore", accepts=_is_text_list, expected="a list of rule ids"),
    "exclude": Option(parameter="exclude", accepts=_is_text_list, expected="a list of patterns, as in .gitignore"),
    "rules": Option(parameter="rules", accepts=_is_text_list, expected="a list of rule files or folders"),
    "plugins": Option(
        parameter="plugins",
        accepts=lambda value: _is_text_list(value) and set(value) <= PLUGINS,
        expected="a list: [detect-secrets]",
    ),
    "gitignore": Option(parameter="gitignore", accepts=_is_flag, expected="true or false"),
    "show-public": Option(parameter="show_public", accepts=_is_flag, expected="true or false"),
    "show-server": Option(parameter="show_server", accepts=_is_flag, expected="true or false"),
    "strict": Option(parameter="strict", accepts=_is_flag, expected="true or false"),
    "jobs": Option(
        parameter="jobs", accepts=_is_count, expected="a number of processes, at most one per CPU, 0 for one per CPU"
    ),
    "max-file-size": Option(
        parameter="max_file_size", accepts=lambda value: _is_count(value) and value > 0, expected="a number of bytes"
    ),
}


def find_config(folder: Path) -> Path | None:
    """Return the nearest configuration file at or above a folder, up to the root of its repository."""
    for parent in map(Path, up_to_top(slashes(str(folder)))):
        for name in FILE_NAMES:
            if (parent / name).is_file():
                return parent / name
        project = parent / "pyproject.toml"
        if project.is_file() and b"[tool.frontleak" in project.read_bytes():
            return project
    return None


def read_config(file: Path) -> ConfigFile:
    """Read a configuration file.

    Raises:
        ConfigError: the file cannot be read or is invalid; lists every mistake as `file:line: message`.
    """
    from difflib import get_close_matches  # noqa: PLC0415 - only with a configuration file

    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = "not UTF-8" if isinstance(error, UnicodeDecodeError) else error.strerror or str(error)
        raise ConfigError(f"{file}: cannot be read: {reason}") from error
    values, lines, mistakes = _read_toml(file, text) if file.suffix == ".toml" else _read_yaml(file, text)
    defaults: dict[str, Any] = {}
    refused = [name for name in values if name not in OPTIONS and _is_command_line_only(name)]
    mistakes += (_command_line_only(file, lines, name) for name in refused)
    for name, value in values.items():
        option = OPTIONS.get(name)
        if name in refused:
            continue
        if option is None:
            similar = get_close_matches(str(name), OPTIONS, n=1)
            hint = f"did you mean {similar[0]!r}?" if similar else f"valid options: {', '.join(OPTIONS)}"
            mistakes.append(f"{file}:{lines.get(name, 1)}: unknown option {name!r}; {hint}")
        elif not option.accepts(value):
            mistakes.append(f"{file}:{lines.get(name, 1)}: {name} must be {option.expected}")
        else:
            defaults[option.parameter] = value
    if mistakes:
        raise ConfigError(*mistakes, advice="correct the file, or run with --isolated to ignore it")
    if defaults.get("jobs"):  # a scanned tree must not start thousands of processes
        defaults["jobs"] = min(defaults["jobs"], default_jobs())
    if "rules" in defaults:
        defaults["rules"] = [str(file.parent / path) for path in defaults["rules"]]
    by_parameter = {OPTIONS[name].parameter: lines.get(name, 1) for name in values if name in OPTIONS}
    return ConfigFile(file=file, defaults=defaults, lines=by_parameter)


def _is_command_line_only(name: str) -> bool:
    """Return whether an option belongs to verification, with its own name or one that a verifier declares."""
    from frontleak.verify.registry import hint_names  # noqa: PLC0415 - only for an option that no file may set

    return name in _COMMAND_LINE_ONLY or name in hint_names()


def _command_line_only(file: Path, lines: Mapping[str, int], name: str) -> str:
    why = "only a command-line flag can set it, so that no file in a scanned tree can cause network requests"
    return f"{file}:{lines.get(name, 1)}: unknown option {name!r}: {why}"


_Values = tuple[Mapping[str, Any], Mapping[str, int], list[str]]


def _read_yaml(file: Path, text: str) -> _Values:
    from frontleak.rules.documents import read_documents  # noqa: PLC0415 - only with a configuration file

    documents, mistakes = read_documents(text, str(file), several=False)
    if not documents:
        return {}, {}, mistakes
    (document,) = documents
    if not isinstance(document.value, dict):
        return {}, {}, [*mistakes, f"{document.where()}: expected a mapping of option: value"]
    return document.value, {name: document.line((name,)) for name in document.value}, mistakes


def _read_toml(file: Path, text: str) -> _Values:
    import tomllib  # noqa: PLC0415 - only with a pyproject.toml

    try:
        table = tomllib.loads(text).get("tool", {}).get("frontleak", {})
    except (tomllib.TOMLDecodeError, AttributeError, RecursionError) as error:
        raise ConfigError(f"{file}: not valid TOML: {error}") from error
    if not isinstance(table, dict):
        raise ConfigError(f"{file}: {_TABLE} must be a table")
    return table, _toml_lines(text), []


def _toml_lines(text: str) -> dict[str, int]:
    """Return the 1-based line of each key of the table; `tomllib` reports no lines."""
    lines: dict[str, int] = {}
    in_table = False
    for number, line in enumerate(text.splitlines(), start=1):
        if line.lstrip().startswith("["):
            in_table = line.strip().strip("[]").replace('"', "").strip() == _TABLE
        elif in_table and "=" in line:
            lines.setdefault(line.partition("=")[0].strip().strip("\"'"), number)
    return lines
