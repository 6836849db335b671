"""Framework facts from rules/frameworks: output folders, their exposure, and public environment variables."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from frontleak.core.vocabulary import Exposure
from frontleak.rules.load import load_folder
from frontleak.rules.paths import FRAMEWORKS_FOLDER


@dataclass(frozen=True, slots=True, kw_only=True)
class FileMark:
    """One way to recognise an output folder: every field given must match."""

    folder: str = ""
    """Name of the folder, or the end of its path; empty for any."""
    holds: tuple[str, ...] = ()
    """Paths relative to the folder that must exist; no wildcard in the first, `*` matches within the last name."""


@dataclass(frozen=True, slots=True)
class ExampleLine:
    """The exposure of files that match a glob."""

    exposure: Exposure
    """`served` or `server`."""
    glob: str
    """Path relative to the output folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputGlobs:
    """An output folder of a framework."""

    name: str
    recognised_by: tuple[FileMark, ...]
    """Any one is enough; empty if the folder has no distinctive mark."""
    reach: tuple[ExampleLine, ...]
    """The first line whose glob matches decides; a file without a match counts as served."""


@dataclass(frozen=True, slots=True)
class Alias:
    """A default import alias: a specifier prefix for a folder, unless the project configures another."""

    name: str
    """Such as `$lib`; matches the specifier itself and anything below it (`$lib/…`)."""
    folders: tuple[str, ...]
    """Relative to the project; the first folder that contains the file is used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeFacts:
    """Where the source files of a project run. Globs are relative to the project's folder."""

    server: tuple[str, ...] = ()
    """Server-side files: their imports do not reach the browser through them."""
    client: tuple[str, ...] = ()
    """Client entry points."""
    pages: tuple[str, ...] = ()
    """Entry points too, except for the exports in `stripped`."""
    templates: tuple[str, ...] = ()
    """Pages in a folder served unchanged, where the build still inserts variables."""
    islands: bool = False
    """Whether components that pages mark with `client:` are entry points."""
    stripped: frozenset[str] = frozenset()
    """Exports of pages that stay on the server; their return values reach the browser."""
    returned: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """File glob -> exported functions whose return value is sent to the browser."""
    undefined: str = ""
    """Effect on a variable without public prefix in client-side code, as a sentence without its full stop."""
    fix: str = ""
    """How to fix misuse of a token in this framework."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Framework:
    """The facts about one framework."""

    id: str
    name: str
    dependencies: tuple[str, ...]
    """A project uses it if its package.json lists one of these packages."""
    makes_apps: bool
    """Whether a project with it as a runtime dependency is an app, not a library."""
    aliases: tuple[Alias, ...]
    virtual: tuple[str, ...]
    """Specifier prefixes of virtual modules, which have no file."""
    public_env: tuple[str, ...]
    """Prefixes of environment variables that it inserts into client-side code."""
    outputs: tuple[OutputGlobs, ...]
    code: CodeFacts
    references: tuple[str, ...]


@functools.cache
def load_frameworks() -> tuple[Framework, ...]:
    """Return all frameworks, sorted by file name; read once per process.

    Raises:
        RuleError: a file is missing or invalid.
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
