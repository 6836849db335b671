"""Reads the variables that settings files of hosts and tools set: netlify.toml, wrangler's, those of docker compose.

Which files those are, and where in them variables are, is in rules/code/env-values.yaml.
"""

import functools
import os
import re
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Any, Final, NamedTuple

from frontleak.core.paths import slashes
from frontleak.core.repository import up_to_top
from frontleak.core.secret import printable
from frontleak.core.settings_tree import MistakeError, Node, nodes_at, text_of
from frontleak.files.dotenv import MOST_BYTES, Assignment, Mistake
from frontleak.rules.globs import expression
from frontleak.rules.load import load_data

_READERS: Final = {
    "toml": "frontleak.files.settings.toml_tree:read_toml",
    "json": "frontleak.files.settings.json_tree:read_json",
    "yaml": "frontleak.rules.foreign_yaml:read_yaml",
}
"""Syntax -> the function that reads it, imported when a file has it."""
MOST_SETTINGS_BYTES: Final = 200_000
"""Bytes of the largest settings file that is read: to parse YAML takes a second a megabyte."""
_MOST_ENV_FILES: Final = 20
"""Env files that one settings file may name."""
_RAW_LINE: Final = re.compile(r"[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]{0,200})[ \t]*=[ \t]*(.*)")
_COMMENT: Final = re.compile(r"(?:^|[ \t])#.*")
_REQUIRED: Final = re.compile(r"\$\{(\w+):?\?[^{}]*\}")


class NamedEnvFile(NamedTuple):
    """An env file that a settings file names."""

    path: str
    """Absolute, with forward slashes."""
    is_raw: bool
    """Whether its lines are taken as they are, with quotes and dollar signs."""


class SettingsFile(NamedTuple):
    """The variables that a settings file sets, and its mistakes."""

    assignments: tuple[Assignment, ...]
    """As written; the tables of all environments."""
    env_files: tuple[NamedEnvFile, ...]
    mistakes: tuple[Mistake, ...]
    has_references: bool
    """Whether the tool replaces `${NAME}` in values."""


def is_settings_file(name: str) -> bool:
    """Return whether variables are read from files of a name."""
    return _facts(name) is not None


def read_settings(path: str, data: bytes) -> SettingsFile:
    """Return what a settings file sets; what is not valid in it is a mistake, and sets nothing.

    Args:
        path: absolute; env files that it names are relative to its folder, and none is outside of the checkout.
        data: its content, which may be longer than what is read.
    """
    facts = _facts(path.rpartition("/")[2]) or {}
    if len(data) > MOST_SETTINGS_BYTES:
        return SettingsFile((), (), (Mistake(1, f"more than {MOST_SETTINGS_BYTES:,} bytes; it is not read"),), False)
    try:
        root = _reader(facts["syntax"])(data)
    except MistakeError as error:
        return SettingsFile((), (), (Mistake(error.line, error.reason),), False)
    mistakes: list[Mistake] = []
    has_references = bool(facts.get("references"))
    assignments = [each for table in facts["tables"] for node in nodes_at(root, table) for each in _set(node, mistakes)]
    places = facts.get("env_files", ())
    # the items of a list have a path of their own
    named = [node for place in places for node in nodes_at(root, place) if not isinstance(node.value, tuple)]
    if len(named) > _MOST_ENV_FILES:
        mistakes.append(
            Mistake(named[_MOST_ENV_FILES].line, f"more than {_MOST_ENV_FILES} env files; the rest is not read")
        )
    env_files = [found for node in named[:_MOST_ENV_FILES] if (found := _named(node, path, mistakes)) is not None]
    if has_references:
        assignments = [each._replace(value=_as_dotenv(each.value)) for each in assignments]
    return SettingsFile(tuple(assignments), tuple(dict.fromkeys(env_files)), tuple(mistakes), has_references)


def read_lines(data: bytes, *, is_raw: bool) -> Iterator[Assignment]:
    """Yield what docker compose reads otherwise than dotenv: `#` in a word, and lines that are taken as they are."""
    text = data[:MOST_BYTES].decode("utf-8", "surrogateescape")
    for number, line in enumerate(text.splitlines(), start=1):
        if match := _RAW_LINE.fullmatch(line):
            value = match[2] if is_raw else _COMMENT.sub("", match[2]).rstrip()
            if is_raw or ("#" in value and value[:1] not in {'"', "'"}):
                yield Assignment(match[1], value, number)


def _reader(syntax: str) -> Callable[[bytes], Node]:
    module, _, name = _READERS[syntax].partition(":")
    reader: Callable[[bytes], Node] = getattr(import_module(module), name)
    return reader


@functools.lru_cache(1024)
def _facts(name: str) -> Mapping[str, Any] | None:
    return next((each for pattern, each in _patterns() if pattern.fullmatch(name)), None)


@functools.cache
def _patterns() -> tuple[tuple[re.Pattern[str], Mapping[str, Any]], ...]:
    facts = load_data("code/env-values.yaml")["settings"]
    return tuple((re.compile(expression(each["files"])), each) for each in facts)


def _set(node: Node, mistakes: list[Mistake]) -> Iterator[Assignment]:
    """Yield what a table or a list of NAME=value sets."""
    if isinstance(node.value, Mapping):
        for name, inner in node.value.items():
            if (text := text_of(inner)) is not None:  # without a value, it is that of the shell
                yield Assignment(name, text, inner.line)
    elif isinstance(node.value, tuple):
        for item in node.value:
            name, equals, text = item.value.partition("=") if isinstance(item.value, str) else ("", "", "")
            if equals and name:
                yield Assignment(name, text, item.line)
            elif not isinstance(item.value, str):
                mistakes.append(Mistake(item.line, "no variable is set here, it is not NAME=value"))
    elif node.value is not None:
        mistakes.append(Mistake(node.line, "variables must be a table of NAME: value"))


def _named(node: Node, path: str, mistakes: list[Mistake]) -> NamedEnvFile | None:
    """Return an env file that a settings file names; None if there is none that may be read."""
    members = node.value if isinstance(node.value, Mapping) else {"path": node}
    name = members["path"].value if "path" in members else None
    if node.value is None:
        return None
    if not isinstance(name, str):
        mistakes.append(Mistake(node.line, "an env file has no path"))
        return None
    folder = path.rpartition("/")[0]
    found = slashes(os.path.abspath(os.path.join(folder, name)))
    if problem := _problem(found, folder):
        is_optional = "required" in members and members["required"].value == "false"
        if not (is_optional and not os.path.lexists(found)):
            mistakes.append(Mistake(node.line, f"the env file {printable(name[:100])} is not read: {problem}"))
        return None
    return NamedEnvFile(found, is_raw="format" in members and members["format"].value == "raw")


def _problem(path: str, folder: str) -> str:
    """Return why a file must not be read; empty if it may."""
    *_, top = up_to_top(folder)
    if not path.startswith(f"{top.rstrip('/')}/"):
        return "it is outside of the checkout"
    if not os.path.lexists(path):
        return "no such file"
    if os.path.realpath(path) != os.path.join(os.path.realpath(top), os.path.relpath(path, top)):
        return "it is a link"
    return "" if os.path.isfile(path) else "no file"


def _as_dotenv(value: str) -> str:
    """Return a value with references as dotenv has them: `$$` is a dollar sign, and `${A:?why}` has no default."""
    return _REQUIRED.sub(r"${\1}", value.replace("$$", "\\$"))
