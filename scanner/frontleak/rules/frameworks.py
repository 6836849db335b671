"""What frameworks write, who gets to see it, and which variables they publish; the facts are in rules/frameworks."""

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from frontleak.core.vocabulary import Exposure
from frontleak.rules.load import load_folder

FRAMEWORKS_FOLDER: Final = "frameworks"
_REQUIRED: Final[Mapping[str, frozenset[str]]] = {
    "": frozenset({"id", "name", "dependencies", "public_env", "outputs", "code", "page", "references"}),
    "code": frozenset(),
    "page": frozenset({"intro", "settings", "wrong", "right", "blind"}),
}
_FIELDS: Final[Mapping[str, frozenset[str]]] = {
    "": _REQUIRED[""] | {"makes_apps", "aliases", "virtual"},
    "code": frozenset(
        {*("server", "client", "pages", "templates", "islands"), *("stripped", "returned", "undefined", "fix")}
    ),
    "page": _REQUIRED["page"],
}
"""Fields of a framework's file, and of its sections; docs/writing-rules.md says what each means."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileMark:
    """One way to recognise an output folder: all that is given must fit."""

    folder: str = ""
    """Name of the folder, or the end of its path; empty when any will do."""
    holds: tuple[str, ...] = ()
    """Paths relative to the folder that exist, without a wildcard in the first; `*` stays within the last name."""


@dataclass(frozen=True, slots=True)
class ExampleLine:
    """Who gets to see the files a glob names."""

    exposure: Exposure
    """`served` or `server`."""
    glob: str
    """Path relative to the output folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputGlobs:
    """A folder that a framework writes."""

    name: str
    recognised_by: tuple[FileMark, ...]
    """Any of them will do; empty when nothing tells the folder from another's."""
    reach: tuple[ExampleLine, ...]
    """The first line whose glob fits a file decides; a file that none fits counts as served."""


@dataclass(frozen=True, slots=True)
class Alias:
    """A beginning of import specifiers that stands for a folder when nothing is set otherwise."""

    name: str
    """Such as `$lib`: the specifier is this, or this with a slash and more."""
    folders: tuple[str, ...]
    """Relative to the project; the first in which the file is counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeFacts:
    """Where the source files of a project run. Globs count from the project's folder."""

    server: tuple[str, ...] = ()
    """Files that no browser gets: what they import is not shipped for their sake."""
    client: tuple[str, ...] = ()
    """Entries of what the browser gets."""
    pages: tuple[str, ...] = ()
    """Entries too, but for some exports that stay on the server."""
    templates: tuple[str, ...] = ()
    """Pages in a folder that is served as it is, into which the build writes variables all the same."""
    islands: bool = False
    """Whether components that pages mark with `client:` are entries."""
    stripped: frozenset[str] = frozenset()
    """Exports of pages that stay on the server; what they return is shipped."""
    returned: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Glob of files -> exported functions whose result is sent to the browser."""
    undefined: str = ""
    """What becomes of a variable without public prefix in browser code, as a sentence without its full stop."""
    fix: str = ""
    """How the misuse of a token is mended there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Framework:
    """What is known of one framework."""

    id: str
    name: str
    dependencies: tuple[str, ...]
    """Packages of which one is in the package.json of a project that uses it."""
    makes_apps: bool
    """Whether a project that needs it to run is an app rather than a library."""
    aliases: tuple[Alias, ...]
    virtual: tuple[str, ...]
    """Beginnings of specifiers of modules that it makes itself, and so stand in no file."""
    public_env: tuple[str, ...]
    """Beginnings of the names of variables whose values it puts into browser code."""
    outputs: tuple[OutputGlobs, ...]
    code: CodeFacts
    references: tuple[str, ...]


@functools.cache
def load_frameworks() -> tuple[Framework, ...]:
    """Return all frameworks in order of id; read once a process.

    Raises:
        RuleError: a file is missing or not YAML.
    """
    return tuple(_framework(data) for data in load_folder(FRAMEWORKS_FOLDER))


def _framework(data: Mapping[str, Any]) -> Framework:
    return Framework(
        id=data["id"],
        name=data["name"],
        dependencies=tuple(data["dependencies"]),
        makes_apps=data.get("makes_apps", False),
        aliases=tuple(Alias(name, tuple(folders)) for name, folders in data.get("aliases", {}).items()),
        virtual=tuple(data.get("virtual", ())),
        public_env=tuple(data["public_env"]),
        outputs=tuple(_output(output) for output in data["outputs"]),
        code=_code(data.get("code", {})),
        references=tuple(data["references"]),
    )


def _code(data: Mapping[str, Any]) -> CodeFacts:
    return CodeFacts(
        server=tuple(data.get("server", ())),
        client=tuple(data.get("client", ())),
        pages=tuple(data.get("pages", ())),
        templates=tuple(data.get("templates", ())),
        islands=data.get("islands", False),
        stripped=frozenset(data.get("stripped", ())),
        returned={glob: tuple(names) for glob, names in data.get("returned", {}).items()},
        undefined=data.get("undefined", ""),
        fix=" ".join(data.get("fix", "").split()),
    )


def _output(data: Mapping[str, Any]) -> OutputGlobs:
    marks = (
        FileMark(folder=mark.get("folder", ""), holds=tuple(mark.get("holds", ()))) for mark in data["recognised_by"]
    )
    lines = (ExampleLine(Exposure(exposure), glob) for line in data["reach"] for exposure, glob in line.items())
    return OutputGlobs(name=data["name"], recognised_by=tuple(marks), reach=tuple(lines))


def framework_mistakes(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the fields of one framework as written, as `file:line: what`."""
    source = f"rules/{FRAMEWORKS_FOLDER}/{data.get('id')}.yaml:1"
    for section, known in _FIELDS.items():
        where = f"{section}." if section else ""
        fields = data.get(section, {}) if section else data
        for name in sorted(fields.keys() - known):
            yield f"{source}: unknown field {where + name!r}; there are {', '.join(sorted(known))}"
        for name in sorted(_REQUIRED[section] - fields.keys()):
            yield f"{source}: field {where + name!r} is missing"
