"""The configuration file: `.frontleak.yaml`, or `[tool.frontleak]` in pyproject.toml.

It sets defaults for flags of `frontleak scan`, but not for all of them: it can never reveal secrets, choose what is
scanned, or hide its own exclusions.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from frontleak.core.errors import ConfigError
from frontleak.core.paths import slashes
from frontleak.core.records import dataclass
from frontleak.core.repository import configuration_in, up_to_top
from frontleak.scanning.schedule import default_jobs

if TYPE_CHECKING:
    from frontleak.rules.documents import Document

PLUGINS: Final = frozenset({"detect-secrets"})
"""Other tools whose patterns `--plugins` can add."""
_TABLE: Final = "tool.frontleak"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigFile:
    """A parsed configuration file."""

    file: Path
    """Path of the file, for messages."""
    defaults: Mapping[str, Any]
    """Parameter of `scan` -> value."""
    lines: Mapping[str, int]
    """Parameter of `scan` -> 1-based line in the file."""
    document: "Document | None" = None
    """The whole file with the line of every key; for the settings that are no parameters."""

    def where(self, parameter: str) -> str:
        """Return `file:line` of a parameter, for messages."""
        return f"{self.file}:{self.lines.get(parameter, 1)}"


def find_config(folder: Path) -> Path | None:
    """Return the nearest configuration file at or above a folder, up to the root of its repository."""
    for parent in up_to_top(slashes(str(folder))):
        if file := configuration_in(parent.rstrip("/")):
            return Path(file)
    return None


def read_config(file: Path) -> ConfigFile:
    """Read a configuration file.

    Raises:
        ConfigError: the file cannot be read or is invalid; lists every mistake as `file:line: message`.
    """
    from frontleak.cli.config_options import OPTIONS, mistakes_of  # noqa: PLC0415 - only with a configuration file

    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = "not UTF-8" if isinstance(error, UnicodeDecodeError) else error.strerror or str(error)
        raise ConfigError(f"{file}: cannot be read: {reason}") from error
    document, mistakes = _read_toml(file, text) if file.suffix == ".toml" else _read_yaml(file, text)
    if document is not None:
        mistakes += mistakes_of(document)
    if mistakes:
        raise ConfigError(*mistakes, advice="correct the file, or run with --isolated to ignore it")
    if document is None:
        return ConfigFile(file=file, defaults={}, lines={})
    defaults = {
        option.parameter: document.value[name]
        for name, option in OPTIONS.items()
        if option.parameter and name in document.value
    }
    if defaults.get("jobs"):  # a scanned tree must not start thousands of processes
        defaults["jobs"] = min(defaults["jobs"], default_jobs())
    for name in ("rules", "baseline"):  # paths count from the folder of the file
        if isinstance(defaults.get(name), list):
            defaults[name] = [str(file.parent / path) for path in defaults[name]]
        elif name in defaults:
            defaults[name] = file.parent / defaults[name]
    lines = {OPTIONS[name].parameter: document.line((name,)) for name in document.value}
    return ConfigFile(file=file, defaults=defaults, lines=lines, document=document)


def _read_yaml(file: Path, text: str) -> "tuple[Document | None, list[str]]":
    from frontleak.rules.documents import read_documents  # noqa: PLC0415 - only with a configuration file

    documents, mistakes = read_documents(text, str(file), several=False)
    return documents[0] if documents else None, mistakes


def _read_toml(file: Path, text: str) -> "tuple[Document | None, list[str]]":
    import tomllib  # noqa: PLC0415 - only with a pyproject.toml

    from frontleak.rules.documents import Document  # noqa: PLC0415 - as above

    try:
        table = tomllib.loads(text).get("tool", {}).get("frontleak", {})
    except (tomllib.TOMLDecodeError, AttributeError, RecursionError) as error:
        raise ConfigError(f"{file}: not valid TOML: {error}") from error
    if not isinstance(table, dict):
        raise ConfigError(f"{file}: {_TABLE} must be a table")
    return Document(file=str(file), value=table, lines={(name,): line for name, line in _toml_lines(text)}), []


def _toml_lines(text: str) -> Iterator[tuple[str, int]]:
    """Yield each key of the table and its 1-based line; `tomllib` reports no lines."""
    in_table = False
    seen: set[str] = set()
    for number, line in enumerate(text.splitlines(), start=1):
        if line.lstrip().startswith("["):
            header = line.strip().strip("[]").replace('"', "").strip()
            in_table = header == _TABLE
            key = header.removeprefix(f"{_TABLE}.") if header.startswith(f"{_TABLE}.") else ""
        else:
            key = line.partition("=")[0].strip().strip("\"'") if in_table and "=" in line else ""
        if key and key not in seen:
            seen.add(key)
            yield key, number
