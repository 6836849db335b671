"""Exported names: followed through re-exports and barrels to what the last module means by them."""

from collections.abc import Sequence
from typing import Protocol

from frontleak.js.module import DEFAULT, EVERYTHING, Declaration, Expr, Import, Module
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

    def values(self, module: Module, name: str, declaration: Declaration) -> list[Referent] | None:
        """Return the values of a variable by its declaration; None when there are none."""
        ...


def exported(project: ProjectModules, path: str, name: str) -> list[Referent]:
    """Return the referents of an export of a file."""
    seen: set[tuple[str, str]] = set()
    pending = [(path, name)]
    found: list[Referent] = []
    while pending and len(seen) < MOST_DEPTH * 4:
        at, wanted = pending.pop(0)
        if (at, wanted) in seen:
            continue
        seen.add((at, wanted))
        for module in project.modules(at):
            here = _of_module(project, module, wanted)
            if here is None:
                pending += _starred(project, module, wanted, found)
                continue
            for item in here:
                if isinstance(item, Import):
                    inner = project.resolve(item.specifier, at)
                    if inner is None:
                        found.append(ExternalExport(item.specifier, item.name))
                    elif item.name == EVERYTHING:
                        found.append(Namespace(inner))
                    else:
                        pending.append((inner, item.name))
                else:
                    found.append(item)
    return found


def _of_module(project: ProjectModules, module: Module, name: str) -> Sequence[Referent | Import] | None:
    export = module.exports.get(name)
    if export is None:
        return None
    if export.source is not None:
        return [export.source]
    if export.local:
        declaration = module.top(export.local)
        if declaration is not None and declaration.imported is not None:
            return [declaration.imported]
        if declaration is not None and (values := project.values(module, export.local, declaration)) is not None:
            return values
    return [Expr(module, unwrapped(export.value))] if export.value is not None else None


def _starred(project: ProjectModules, module: Module, name: str, found: list[Referent]) -> list[tuple[str, str]]:
    if name == DEFAULT:
        return []
    inner = [(star, project.resolve(star, module.path)) for star in module.stars]
    if len(inner) == 1 and inner[0][1] is None:
        found.append(ExternalExport(inner[0][0], name))
    return [(path, name) for _, path in inner if path is not None]
