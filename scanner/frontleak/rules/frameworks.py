"""Framework facts from rules/frameworks and own files: output folders, where code runs, names with a meaning."""

import functools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, TypeVar

from frontleak.core.records import dataclass, field
from frontleak.core.vocabulary import Exposure
from frontleak.rules.paths import FRAMEWORKS_FOLDER

T = TypeVar("T")


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


@dataclass(frozen=True, slots=True)
class SentPart:
    """A part of files that stay on the server which the server sends to browsers all the same."""

    glob: str
    """Path of the files relative to the output folder."""
    path: str
    """Keys down to the part, joined by dots; `*` is any key or index (see `decode/sent_parts.py`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputGlobs:
    """An output folder of a framework."""

    name: str
    recognised_by: tuple[FileMark, ...]
    """Any one is enough; empty if the folder has no distinctive mark."""
    reach: tuple[ExampleLine, ...]
    """The first line whose glob matches decides; a file without a match counts as served."""
    sent: tuple[SentPart, ...] = ()
    """Parts of server files that count as served."""


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
    stripped: frozenset[str] = frozenset()
    """Exports of pages that stay on the server; their return values reach the browser."""
    returned: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """File glob -> exported functions whose return value is sent to the browser."""
    sent_results: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Glob of scripts of a built server, by absolute path -> exported functions whose result is sent to the browser."""
    published_settings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Glob of configuration files -> their settings that are sent to the browser, as dotted paths."""
    shared_state: tuple[str, ...] = ()
    """Functions whose function argument runs on the server too; its result is written into the page."""
    inlines_variables: bool = False
    """Whether its build puts every variable that client-side code reads into the bundle, whatever its name."""
    undefined: str = ""
    """Effect on a variable without public prefix in client-side code, as a sentence without its full stop."""
    fix: str = ""
    """How to fix misuse of a token in this framework."""
    server_variable: str = ""
    """Expression that reads a variable on the server, with NAME for its name; empty where no one reads all of them."""
    server_import: str = ""
    """The import that this expression needs; empty if it needs none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Framework:
    """The facts about one framework."""

    id: str
    name: str
    dependencies: tuple[str, ...]
    """A project uses it if its package.json lists one of these packages."""
    configurations: tuple[str, ...]
    """Names of its configuration files, as globs: without a package.json, they tell the folder of a project."""
    makes_apps: bool
    """Whether a project with it as a runtime dependency is an app, not a library."""
    rank: int
    """Of a project's frameworks, that with the lowest rank has the advice; 0 unless it is a tool below others."""
    aliases: tuple[Alias, ...]
    virtual: tuple[str, ...]
    """Specifier prefixes of virtual modules, which have no file."""
    public_env: tuple[str, ...]
    """Prefixes of environment variables that it inserts into client-side code."""
    distinctive_env: tuple[str, ...]
    """Those of one word that count in every project all the same."""
    build_files: tuple[str, ...]
    """Names of files, as globs, that set variables for its builds."""
    env_files: tuple[str, ...]
    """Files of variables that it loads, as globs, in its order: later ones win."""
    build_folders: tuple[str, ...]
    """Folders that its build writes unless it is configured otherwise, relative to the project; the usual one first."""
    outputs: tuple[OutputGlobs, ...]
    code: CodeFacts
    names: Mapping[str, Any]
    """As in its file; `code_names` joins those of all frameworks."""
    references: tuple[str, ...]
    shipped: bool
    """Whether it comes with the tool."""
    source: str = ""
    """Where it is defined, as `file:line`; empty where that is not kept."""


_CHOSEN: Final[ContextVar[tuple[Framework, ...]]] = ContextVar("frameworks")


def load_frameworks() -> tuple[Framework, ...]:
    """Return the frameworks in use: those of the current scan, else all shipped ones, sorted by file name.

    Raises:
        RuleError: a file is missing or invalid.
    """
    return _CHOSEN.get(()) or _shipped()


@functools.cache
def _shipped() -> tuple[Framework, ...]:
    from frontleak.rules.load import load_folder  # noqa: PLC0415 - it imports this module; a scan does not need it

    return tuple(map(framework_of, load_folder(FRAMEWORKS_FOLDER)))


@contextmanager
def using_frameworks(frameworks: tuple[Framework, ...]) -> Iterator[None]:
    """Use some frameworks until the end of the block; the shipped ones if there are none."""
    token = _CHOSEN.set(frameworks)
    try:
        yield
    finally:
        _CHOSEN.reset(token)


def made_of_frameworks(make: Callable[[tuple[Framework, ...]], T]) -> Callable[[], T]:
    """Decorate a function of the frameworks in use: it is called without arguments, and again only for other ones."""
    latest: list[tuple[tuple[Framework, ...], T]] = []

    @functools.wraps(make)
    def made() -> T:
        frameworks = load_frameworks()
        if not latest or latest[0][0] is not frameworks:
            latest[:] = [(frameworks, make(frameworks))]
        return latest[0][1]

    return made


def framework_of(data: Mapping[str, Any]) -> Framework:
    """Return the framework of the data of its document, which must be valid, with `shipped` added."""
    return Framework(
        id=data["id"],
        name=data["name"],
        dependencies=tuple(data["dependencies"]),
        configurations=tuple(data.get("configurations", ())),
        makes_apps=data.get("makes_apps", False),
        rank=data.get("rank", 0),
        aliases=tuple(Alias(name, tuple(folders)) for name, folders in data.get("aliases", {}).items()),
        virtual=tuple(data.get("virtual", ())),
        public_env=tuple(data["public_env"]),
        distinctive_env=tuple(data.get("distinctive_env", ())),
        build_files=tuple(data.get("build_files", ())),
        env_files=tuple(data.get("env_files", ())),
        build_folders=tuple(data.get("build_folders", ())),
        outputs=tuple(_output(output) for output in data["outputs"]),
        code=_code(data["code"]),
        names=data.get("names", {}),
        references=tuple(data["references"]),
        shipped=data.get("shipped", True),
        source=data.get("source", ""),
    )


def _code(data: Mapping[str, Any]) -> CodeFacts:
    return CodeFacts(
        server=tuple(data.get("server", ())),
        client=tuple(data.get("client", ())),
        pages=tuple(data.get("pages", ())),
        templates=tuple(data.get("templates", ())),
        stripped=frozenset(data.get("stripped", ())),
        returned={glob: tuple(names) for glob, names in data.get("returned", {}).items()},
        sent_results={glob: tuple(names) for glob, names in data.get("sent_results", {}).items()},
        published_settings={glob: tuple(paths) for glob, paths in data.get("published_settings", {}).items()},
        shared_state=tuple(data.get("shared_state", ())),
        inlines_variables=data.get("inlines_variables", False),
        undefined=data.get("undefined", ""),
        fix=" ".join(data.get("fix", "").split()),
        server_variable=data.get("server_variable", ""),
        server_import=data.get("server_import", ""),
    )


def _output(data: Mapping[str, Any]) -> OutputGlobs:
    marks = (
        FileMark(folder=mark.get("folder", ""), holds=tuple(mark.get("holds", ()))) for mark in data["recognised_by"]
    )
    lines = (ExampleLine(Exposure(exposure), glob) for line in data["reach"] for exposure, glob in line.items())
    sent = (SentPart(part["files"], path) for part in data.get("sent", ()) for path in part["paths"])
    return OutputGlobs(name=data["name"], recognised_by=tuple(marks), reach=tuple(lines), sent=tuple(sent))
