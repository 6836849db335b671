"""Types of fields: texts, numbers, globs, settings, expressions, small projects."""

import math
import re
from collections.abc import Collection
from typing import Any, Final

import regex

from frontleak.rules.documents import Path
from frontleak.rules.regex_ast import RegexError, parse
from frontleak.rules.schema import Expression, ListOf, MapOf, Mistakes, Type, Value, is_text

_MOST_STARS: Final = 3
"""Of a glob; more of them take too long on hostile names."""
_MOST_WILDCARDS: Final = 4
"""Of a glob for a whole path, counting `**` as one; more of them take too long on hostile paths."""
_WILDCARD: Final = re.compile(r"\*+")
_BRACES: Final = re.compile(r"\{[^{}]*\}")
_MOST_ALTERNATIVES: Final = 200
"""Texts that the braces of a glob stand for."""
_MOST_STEPS: Final = 10
"""Of a setting; at most two of them may be `*`, because each multiplies the members to look at."""


def one_of(words: Collection[str]) -> Value:
    """Return the type for one of several words."""
    return Value(f"one of {', '.join(words)}", lambda value: isinstance(value, str) and value in set(words))


def whole_number(least: int, most: int, unit: str) -> Value:
    """Return the type of a whole number between two bounds, in a unit such as `bytes`."""
    return Value(f"a number of {unit} from {least} to {most}", lambda value: _is_between(value, least, most, int))


def number(least: float, most: float, unit: str) -> Value:
    """Return the type of a number between two bounds."""
    return Value(f"a number of {unit} from {least} to {most}", lambda value: _is_between(value, least, most, float))


def _is_between(value: Any, least: float, most: float, kind: type[int | float]) -> bool:
    return isinstance(value, (int, kind)) and not isinstance(value, bool) and least <= value <= most


TEXT: Final = Value("a string", is_text)
NOT_EMPTY: Final = Value("a string", lambda value: isinstance(value, str) and value != "")
FLAG: Final = Value("true or false", lambda value: isinstance(value, bool))
TEXTS: Final = ListOf(TEXT, "a non-empty list of strings")
ID: Final = Value(
    "kebab-case, such as sanity-token",
    lambda value: isinstance(value, str) and re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", value) is not None,
)


def _grammar_problem(text: str) -> str:
    try:
        parse(text)
    except RegexError as error:
        return str(error)
    return ""


def _bounded_expression_problem(text: str) -> str:
    if problem := _grammar_problem(text):
        return problem
    try:
        regex.compile(text.encode("ascii"), regex.VERBOSE | regex.VERSION0)
    except (regex.error, RecursionError) as error:
        return f"not a valid regular expression: {error}"
    return ""


def glob_problem(glob: str) -> str:
    """Return what is wrong with a glob; empty if nothing is."""
    outside = re.sub(r"\{[^{}]*\}", "", glob)
    if "{" in outside or "}" in outside:
        return f"{glob!r} has braces that are nested or do not match"
    if glob.startswith("/") or "\\" in glob:
        return f"{glob!r} must be relative, with forward slashes"
    return ""


def _end_of_path_problem(glob: str) -> str:
    """Return what is wrong with a glob for the end of a path, which runs on names that may be hostile."""
    if problem := glob_problem(glob):
        return problem
    if "**" in glob:
        return f"{glob!r}: ** is not supported here; a glob matches the end of a path anyway"
    if glob.count("*") > _MOST_STARS or _alternatives(glob) > _MOST_ALTERNATIVES:
        return f"{glob!r} is too complex: at most {_MOST_STARS} stars and {_MOST_ALTERNATIVES} alternatives"
    return ""


def project_glob_problem(glob: str) -> str:
    """Return what is wrong with a glob for a whole path in a project; empty if nothing is."""
    if problem := glob_problem(glob):
        return problem
    wildcards = len(_WILDCARD.findall(_BRACES.sub("", glob)))
    wildcards += sum(max(len(_WILDCARD.findall(each)) for each in group.split(",")) for group in _BRACES.findall(glob))
    if wildcards > _MOST_WILDCARDS or _alternatives(glob) > _MOST_ALTERNATIVES:
        return f"{glob!r} is too complex: at most {_MOST_WILDCARDS} wildcards and {_MOST_ALTERNATIVES} alternatives"
    return ""


def _alternatives(glob: str) -> int:
    """Return the number of texts that the braces of a glob stand for."""
    return math.prod(group.count(",") + 1 for group in _BRACES.findall(glob))


def setting_problem(setting: str) -> str:
    """Return what is wrong with a path in an object, such as `env.**`; empty if nothing is."""
    steps = setting.split(".")
    if not all(step.strip() for step in steps):
        return f"{setting!r} has an empty step"
    if "**" in steps[:-1]:
        return f"{setting!r}: ** may stand only at the end"
    if steps.count("*") > 2 or len(steps) > _MOST_STEPS:
        return f"{setting!r} is too complex: at most {_MOST_STEPS} steps, two of them *"
    return ""


def _is_inner_path(path: Any) -> bool:
    """Return whether a path stays inside a folder on every platform: examples are written to a temporary one."""
    return (
        isinstance(path, str)
        and re.fullmatch(r"[^/\\:\x00-\x1f]{1,200}(?:/[^/\\:\x00-\x1f]{1,200})*", path) is not None
        and not {".", ".."} & set(path.split("/"))
    )


INNER_PATH: Final = Value("a relative path with forward slashes", _is_inner_path)


class _Files:
    """The files of a small project: path -> text."""

    _files: Final = MapOf(
        Value("a string", lambda value: isinstance(value, str)),
        "a mapping of path: text",
        key=INNER_PATH,
    )

    def check(self, value: Any, path: Path, mistakes: Mistakes) -> None:
        """Record the mistakes in all paths and texts."""
        self._files.check(value, path, mistakes)
        for name in value if isinstance(value, dict) else ():
            if any(other.startswith(f"{name}/") for other in value):
                mistakes.add((*path, name), f"{name!r} is a file and a folder")


FILES: Final[Type] = _Files()
BOUNDED: Final = Expression("a regular expression", _bounded_expression_problem)
GLOBS: Final = ListOf(Expression("a glob", _end_of_path_problem), "a non-empty list of globs")
SETTINGS: Final = ListOf(Expression("a setting, such as env.**", setting_problem), "a non-empty list of settings")
GRAMMAR: Final = Expression("a grammar", _grammar_problem)
