"""Reads the variables of env files, the environment and the CI."""

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from frontleak.core.diagnostic import Code, Diagnostic, note
from frontleak.core.env_value import EnvVariable
from frontleak.core.origins import FileOrigin
from frontleak.files.dotenv import MOST_BYTES, Assignment, Mistake, read_env
from frontleak.files.env_expansion import expanded
from frontleak.misuse.env_values.harmless import ci_systems
from frontleak.misuse.env_values.select import Setting
from frontleak.misuse.env_values.settings_files import is_settings_file, read_lines, read_settings

HANDED_OVER: Final = "FRONTLEAK_SECRETS"
"""Variable into which a CI job may put all its secrets, as a JSON object of names and values."""
_MOST_MISTAKES: Final = 20
"""Mistakes of one file that are told."""
_NOTHING: Final[Mapping[str, str]] = {}


class NamedFile(NamedTuple):
    """An env file."""

    path: str
    """Absolute, with forward slashes."""
    shown: str
    """As displayed."""

    def beside(self, path: str) -> str:
        """Return the path of another file as displayed."""
        return path.removeprefix(self.path.removesuffix(self.shown))


class Read(NamedTuple):
    """What was read."""

    settings: tuple[Setting, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    files: frozenset[str] = frozenset()
    """Absolute paths of the files that were read."""


def read_files(
    files: Sequence[NamedFile], prefix_of: Callable[[str], str], known: Mapping[str, str] = _NOTHING
) -> Read:
    """Return what some files set that are loaded together. Each value counts, also where a later file has another.

    Args:
        files: in the order in which they are loaded; a reference finds the value of the last that sets it. A file of
            settings counts with the env files that it names.
        prefix_of: name of a variable -> its public prefix.
        known: values that references find, besides.

    Raises:
        OSError: a file cannot be read.
    """
    reading = _Reading(prefix_of, dict(known))
    for file in files:
        reading.file(file)
    return Read(tuple(reading.settings), tuple(reading.diagnostics), frozenset(reading.files))


class _Reading:
    """What is read so far of files that are loaded together."""

    def __init__(self, prefix_of: Callable[[str], str], known: dict[str, str]) -> None:
        self.settings: list[Setting] = []
        self.diagnostics: list[Diagnostic] = []
        self.files: list[str] = []
        self._prefix_of = prefix_of
        self._known = known

    def file(self, file: NamedFile) -> None:
        """Read a file, and the env files that it names."""
        data = self._data(file)
        if not is_settings_file(file.path.rpartition("/")[2]):
            content = read_env(data)
            self._set(file, content.assignments, content.mistakes)
            return
        found = read_settings(file.path, data)
        for each in found.env_files:
            inner = NamedFile(each.path, file.beside(each.path))
            text = self._data(inner)
            if not each.is_raw:
                content = read_env(text)
                self._set(inner, content.assignments, content.mistakes)
            self._set(inner, tuple(read_lines(text, is_raw=each.is_raw)), (), expands=False)
        self._set(file, found.assignments, found.mistakes, expands=found.has_references, every=True)

    def _data(self, file: NamedFile) -> bytes:
        with open(file.path, "rb") as opened:
            data = opened.read(MOST_BYTES + 1)
        self.files.append(file.path)
        return data

    def _set(
        self,
        file: NamedFile,
        assignments: Sequence[Assignment],
        mistakes: Sequence[Mistake],
        *,
        expands: bool = True,
        every: bool = False,
    ) -> None:
        """Add what a file sets: the last value of each name, or with `every` that of each environment."""
        origin = FileOrigin(path=file.shown)
        told = mistakes[:_MOST_MISTAKES]
        self.diagnostics += (note(Code.ENV_FILE, origin, f"line {each.line}: {each.reason}") for each in told)
        last = {each.name: each for each in assignments}
        self._known.update((name, each.value) for name, each in last.items() if not every)
        for each in assignments if every else last.values():
            variable = EnvVariable(each.name, file.shown, each.line, self._prefix_of(each.name))
            value, unknown = expanded(each.value, self._known) if expands else (each.value, ())
            if not unknown:
                if not every:
                    self._known[each.name] = value
                self.settings.append(Setting(variable, value))
            if value != each.value and (unknown or not (every or "${" in each.value)):
                self.settings.append(Setting(variable, each.value))  # as a loader without expansion has it


def of_environment(
    environment: Mapping[str, str], names: Sequence[str], prefixes: Sequence[str], *, every: bool, ci: bool
) -> dict[str, tuple[str, bool]]:
    """Return the variables of the environment that are asked for: name -> value, and whether somebody named it.

    Args:
        environment: of the process.
        names: exact names.
        prefixes: beginnings of names.
        every: whether all are taken.
        ci: whether those are taken that the CI is known to set as secrets.
    """
    wanted = {*names, *(_ci_names(environment) if ci else ())}
    found = {
        name: (value, name in wanted)
        for name, value in environment.items()
        if name != HANDED_OVER and (every or name in wanted or name.startswith(tuple(prefixes)))
    }
    return found | ({name: (value, True) for name, value in _handed_over(environment)} if ci else {})


def _ci_names(environment: Mapping[str, str]) -> Iterator[str]:
    for system in ci_systems():
        secrets = system["secrets"]
        if environment.get(str(system["recognised_by"])) and isinstance(secrets, list):
            yield from secrets


def _handed_over(environment: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    try:
        given = json.loads(environment.get(HANDED_OVER, ""))
    except (ValueError, RecursionError):
        return
    if isinstance(given, dict):
        yield from ((str(name), value) for name, value in given.items() if isinstance(value, str))


def named_file(path: str, shown: Callable[[str], str]) -> NamedFile:
    """Return an env file by its path."""
    absolute = os.path.abspath(path).replace(os.sep, "/")
    return NamedFile(absolute, shown(absolute))
