"""What frameworks write, who gets to see it, and which variables they publish; the facts are in rules/frameworks."""

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from scanner.model import Exposure
from scanner.rules.load import load_folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One way to recognise an output folder: all that is given must fit."""

    folder: str = ""
    """Name of the folder, or the end of its path; empty when any will do."""
    holds: tuple[str, ...] = ()
    """Paths relative to the folder that exist, without a wildcard in the first; `*` stays within the last name."""


@dataclass(frozen=True, slots=True)
class Line:
    """Who gets to see the files a glob names."""

    exposure: Exposure
    """`served` or `server`."""
    glob: str
    """Path relative to the output folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """A folder that a framework writes."""

    name: str
    recognised_by: tuple[Mark, ...]
    """Any of them will do; empty when nothing tells the folder from another's."""
    reach: tuple[Line, ...]
    """The first line whose glob fits a file decides; a file that none fits counts as served."""


@dataclass(frozen=True, slots=True)
class Alias:
    """A beginning of import specifiers that stands for a folder when nothing is set otherwise."""

    name: str
    """Such as `$lib`: the specifier is this, or this with a slash and more."""
    folders: tuple[str, ...]
    """Relative to the project; the first in which the file is counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
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
    outputs: tuple[Output, ...]
    code: Code
    references: tuple[str, ...]


@functools.cache
def load_frameworks() -> tuple[Framework, ...]:
    """Return all frameworks in order of id; read once a process.

    Raises:
        RuleError: a file is missing or not YAML.
    """
    return tuple(_framework(data) for data in load_folder("frameworks"))


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


def _code(data: Mapping[str, Any]) -> Code:
    return Code(
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


def _output(data: Mapping[str, Any]) -> Output:
    marks = (Mark(folder=mark.get("folder", ""), holds=tuple(mark.get("holds", ()))) for mark in data["recognised_by"])
    lines = (Line(Exposure(exposure), glob) for line in data["reach"] for exposure, glob in line.items())
    return Output(name=data["name"], recognised_by=tuple(marks), reach=tuple(lines))


def frameworks_page() -> str:
    """Return the page docs/frameworks.md."""
    known = sorted(load_frameworks(), key=lambda framework: framework.name.lower())
    return "\n".join(
        (
            "# Frameworks: what is served and what stays\n",
            "Generated from `rules/frameworks/*.yaml` by `python docs/generate.py`.\n",
            "Each file of build output is `served` (sent to browsers) or `server` (stays on the server, or is never",
            "deployed). In each table the first line that fits a path decides; a file that no line fits, and every",
            "file of build output that is not recognised, counts as served. Where two tables cover a file, it is",
            "served as soon as one of them says so. Files outside build output, below a `package.json` or in a",
            "repository, are `source`; a folder that is neither counts as served.\n",
            "| framework | public variables begin with |",
            "|---|---|",
            *(f"| [{framework.name}](#{_anchor(framework.name)}) | {_prefixes(framework)} |" for framework in known),
            *(part for framework in known for part in _section(framework)),
            "",
        )
    )


def _section(framework: Framework) -> Iterator[str]:
    yield f"\n## {framework.name}\n"
    yield f"Used by a project that depends on {_either(framework.dependencies)}."
    if framework.aliases:
        yield f"Unless a project says otherwise, {'; '.join(map(_alias, framework.aliases))}."
    for output in framework.outputs:
        yield f"\n### {framework.name}: {output.name}\n"
        if output.recognised_by:
            yield f"Recognised by {'; or '.join(_mark(mark) for mark in output.recognised_by)}.\n"
        else:
            yield "Recognised by nothing but its usual name: all of it counts as served.\n"
        if output.reach:
            yield "| path | |\n|---|---|"
            yield from (f"| `{line.glob}` | {line.exposure} |" for line in output.reach)
            yield "| all else | served |"
        elif output.recognised_by:
            yield "All of it is served."
    yield ""
    yield from (f"- <{reference}>" for reference in framework.references)


def _alias(alias: Alias) -> str:
    return f"imports of `{alias.name}/` are looked for in {_either(alias.folders)}"


def _mark(mark: Mark) -> str:
    named = f"the name `{mark.folder}`" if mark.folder else ""
    held = f"{'holding ' if named else 'a folder that holds '}{_all(mark.holds)}" if mark.holds else ""
    return " ".join(part for part in (named, held) if part)


def _prefixes(framework: Framework) -> str:
    return ", ".join(f"`{prefix}`" for prefix in framework.public_env) or "(none)"


def _all(words: tuple[str, ...]) -> str:
    return " and ".join(f"`{word}`" for word in words)


def _either(words: tuple[str, ...]) -> str:
    return " or ".join(f"`{word}`" for word in words)


def _anchor(name: str) -> str:
    kept = "".join(letter for letter in name.lower() if letter.isalnum() or letter in " -")
    return kept.replace(" ", "-")
