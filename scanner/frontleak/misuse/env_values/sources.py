"""Reads the variables of env files, the environment and the CI."""

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from frontleak.core.diagnostic import Code, Diagnostic, note
from frontleak.core.env_value import EnvVariable
from frontleak.core.origins import FileOrigin
from frontleak.files.dotenv import MOST_BYTES, read_env
from frontleak.files.env_expansion import expanded
from frontleak.misuse.env_values.harmless import ci_systems
from frontleak.misuse.env_values.select import Setting

HANDED_OVER: Final = "FRONTLEAK_SECRETS"
"""Variable into which a CI job may put all its secrets, as a JSON object of names and values."""
_MOST_MISTAKES: Final = 20
"""Mistakes of one file that are told."""


class NamedFile(NamedTuple):
    """An env file."""

    path: str
    """Absolute, with forward slashes."""
    shown: str
    """As displayed."""


class Read(NamedTuple):
    """What was read."""

    settings: tuple[Setting, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    files: frozenset[str] = frozenset()
    """Absolute paths of the files that were read."""


def read_files(files: Sequence[NamedFile], prefix_of: Callable[[str], str]) -> Read:
    """Return what some files set that are loaded together. Each value counts, also where a later file has another.

    Args:
        files: in the order in which they are loaded; a reference finds the value of the last that sets it.
        prefix_of: name of a variable -> its public prefix.

    Raises:
        OSError: a file cannot be read.
    """
    known: dict[str, str] = {}
    settings: list[Setting] = []
    diagnostics: list[Diagnostic] = []
    for file in files:
        with open(file.path, "rb") as opened:
            content = read_env(opened.read(MOST_BYTES + 1))
        origin = FileOrigin(path=file.shown)
        told = content.mistakes[:_MOST_MISTAKES]
        diagnostics += (note(Code.ENV_FILE, origin, f"line {each.line}: {each.reason}") for each in told)
        last = {each.name: each for each in content.assignments}
        known.update((name, each.value) for name, each in last.items())
        for each in last.values():
            variable = EnvVariable(each.name, file.shown, each.line, prefix_of(each.name))
            value, unknown = expanded(each.value, known)
            if not unknown:
                known[each.name] = value
                settings.append(Setting(variable, value))
            if value != each.value and (unknown or "${" not in each.value):
                settings.append(Setting(variable, each.value))  # as a loader without expansion has it
    return Read(tuple(settings), tuple(diagnostics), frozenset(file.path for file in files))


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
