"""Files that a script of the build writes where they are served: `writeFileSync("public/env.js", …)`."""

import functools
import re
from collections.abc import Iterator
from typing import Final

from frontleak.js.module import Expr, Module
from frontleak.js.syntax import arguments_of, text_parts
from frontleak.misuse.handover.sent import Sent
from frontleak.misuse.project import AnalysedProject
from frontleak.rules.load import load_data

_WRITTEN: Final = "the build writes it into a file that anyone can request"
_MOST_DEPTH: Final = 5
_MOST_ARGUMENTS: Final = 8
_LONGEST_CALLEE: Final = 60


def in_written_files(project: AnalysedProject, module: Module) -> Iterator[Sent]:
    """Yield what a module writes into files in a folder that is served, or that the client bundle is made of."""
    writers, served = _known()
    if not any(name.encode() in module.source for name in writers):
        return
    for node in module.all("call_expression"):
        callee = node.child_by_field_name("function")
        given = arguments_of(module, node)
        if callee is None or len(given) < 2 or callee.end_byte - callee.start_byte > _LONGEST_CALLEE:
            continue
        name = module.text(callee)
        if name.rpartition(".")[2] in writers and served.search(_path(project, given[0])):
            yield Sent(given[1], _WRITTEN)


@functools.cache
def _known() -> tuple[frozenset[str], re.Pattern[str]]:
    """Return the functions that write a file, and a regular expression for the path of a file that is served."""
    data = load_data("code/servers.yaml")["written_files"]
    folders = "|".join(map(re.escape, data["folders"]))
    endings = "|".join(map(re.escape, data["endings"]))
    return frozenset(data["functions"]), re.compile(rf"(?:^|/)(?:{folders})/(?:.*/)?[^/]*\.(?:{endings})/?$")


def _path(project: AnalysedProject, expr: Expr, depth: int = 0) -> str:
    """Return the known texts of a path in their order; what `path.join` and the like are given is joined by slashes."""
    if depth >= _MOST_DEPTH:
        return ""
    parts = text_parts(expr)
    if parts:
        return "".join(part if isinstance(part, str) else _path(project, part, depth + 1) for part in parts)
    if expr.node.type in {"call_expression", "new_expression"}:
        return "/".join(_path(project, each, depth + 1) for each in arguments_of(*expr)[:_MOST_ARGUMENTS])
    values = (each for each in project.references.referents(expr) if isinstance(each, Expr) and each != expr)
    return next((_path(project, each, depth + 1) for each in values), "")
