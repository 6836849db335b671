"""Exported names: followed through re-exports and barrels to what the last module means by them."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from frontleak.js.module import DEFAULT, EVERYTHING, Declaration, Export, Expr, Import, Module
from frontleak.js.referents import ExternalExport, Namespace, Referent
from frontleak.js.step_budget import MOST_DEPTH
from frontleak.js.syntax import unwrapped


class ProjectModules(Protocol):
    """The modules of a project, and what their names mean."""

    def modules(self, path: str) -> Sequence[Module]:
        """Return the scripts of a file."""
        ...

    def resolve(self, specifier: str, importer: str) -> str | None:
        """Return the absolute path of an imported file; None for another package or when unresolved."""
        ...

    def may_export(self, path: str, name: str) -> bool:
        """Return whether a file may export a name, by its text."""
        ...

    def values(self, module: Module, name: str, declaration: Declaration) -> list[Referent] | None:
        """Return the values of a variable by its declaration; None when there are none."""
        ...


class Exports:
    """Finds what exported names of a project mean, and remembers in which files they end.

    A barrel may stand for fifty files, and is asked for the same names again and again.
    """

    def __init__(self) -> None:
        self._ends: dict[tuple[str, str], Sequence[_End]] = {}

    def of(self, project: ProjectModules, path: str, name: str) -> list[Referent]:
        """Return the referents of an export of a file."""
        ends = self._ends.get((path, name))
        if ends is None:
            ends = self._ends[path, name] = _ends(project, path, name)
        return [found for end in ends for found in (_values(project, end) if isinstance(end, _Declared) else [end])]


class _Declared(NamedTuple):
    """A name where a script declares it."""

    path: str
    number: int
    """Index of the script in its file."""
    name: str


_End = _Declared | ExternalExport | Namespace
"""Where an exported name ends; no part of a syntax tree."""


def _imported(module: Module, export: Export) -> Import | None:
    """Return the import that an export passes on under a local name; None if it does not."""
    declaration = module.top(export.local) if export.local else None
    return declaration.imported if declaration is not None else None


def _ends(project: ProjectModules, path: str, name: str) -> list[_End]:
    """Return where an export of a file ends, through re-exports and barrels; of several files behind a barrel, one."""
    seen: set[tuple[str, str]] = set()
    pending = [(path, name)]
    found: list[_End] = []
    while pending and not found and len(seen) < MOST_DEPTH * 4:
        at, wanted = pending.pop(0)
        if (at, wanted) in seen:
            continue
        seen.add((at, wanted))
        for number, module in enumerate(project.modules(at) if project.may_export(at, wanted) else ()):
            export = module.exports.get(wanted)
            imported = export and (export.source or _imported(module, export))
            if imported:
                inner = project.resolve(imported.specifier, at)
                if inner is None:
                    found.append(ExternalExport(imported.specifier, imported.name))
                elif imported.name == EVERYTHING:
                    found.append(Namespace(inner))
                else:
                    pending.insert(0, (inner, imported.name))
            elif export:
                found.append(_Declared(at, number, wanted))
            elif wanted != DEFAULT:
                inside = [(star, project.resolve(star, at)) for star in module.stars]
                if len(inside) == 1 and inside[0][1] is None:
                    found.append(ExternalExport(inside[0][0], wanted))
                pending += ((file, wanted) for _, file in inside if file is not None)
    return found


def _values(project: ProjectModules, end: _Declared) -> list[Referent]:
    """Return the values of a name in the script that declares and exports it."""
    module = next(iter(project.modules(end.path)[end.number :]), None)
    export = module.exports.get(end.name) if module is not None else None
    if module is None or export is None:  # the file has changed meanwhile
        return []
    declaration = module.top(export.local) if export.local else None
    if declaration is not None and (values := project.values(module, export.local, declaration)) is not None:
        return values
    return [Expr(module, unwrapped(export.value))] if export.value is not None else []
