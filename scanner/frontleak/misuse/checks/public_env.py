"""Environment variables with a public prefix, which publishes their value, whose name denotes a secret."""

import itertools
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from frontleak.core.vocabulary import Severity
from frontleak.js.embedded_scripts import ending
from frontleak.js.module import Expr, Import, Module
from frontleak.js.references import ExternalExport
from frontleak.js.syntax import ancestors, member_name, property_name
from frontleak.misuse.candidates import BUILD_FILE
from frontleak.misuse.misuse import Misuse
from frontleak.misuse.project import AnalysedProject
from frontleak.misuse.taint_sources import is_environment
from frontleak.misuse.variable_names import is_sanity, is_secret, power, public_prefix

if TYPE_CHECKING:
    from tree_sitter import Node

_LONGEST_FIELD: Final = 1_000
"""Bytes at the start of a variable's declaration that are searched for `access: "public"`."""
_PUBLIC_FIELD: Final = re.compile(r"access\s*:\s*[\"']public[\"']")
_LINE: Final = re.compile(rb"^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]{2,100})[ \t]*=", re.MULTILINE)
_SET: Final = re.compile(rb"(?<![\w.$])(?<!\$\{)([A-Z][A-Z0-9_]{2,100}+)[\"']?[ \t]*[:=]")
"""A variable that is set in a workflow, a Dockerfile or hosting settings."""
_IN_PAGE: Final = re.compile(rb"%([A-Za-z_][A-Za-z0-9_]{2,100})%")
"""A placeholder for a variable in an HTML page of Vite or Create React App."""
_DECLARED_PUBLIC: Final = "astro:env/client"
"""Exports the variables that the Astro configuration declares public, regardless of their names."""
_MOST_LINES: Final = 2_000


def check(project: AnalysedProject, path: str) -> Iterator[Misuse]:
    """Yield each mention of such a variable in code, HTML, `.env` files and build settings."""
    for module in project.modules(path):
        yield from _reads(project, path, module)
    in_page = _IN_PAGE.finditer(project.read(path) or b"") if ending(path) in {"html", "htm"} else ()
    for match in itertools.islice(itertools.chain(in_page, _variables_set(project, path)), _MOST_LINES):
        name = match.group(1).decode()
        if _is_misnamed(project, name):
            yield _misuse(project, path, match.span(1), name)


def _variables_set(project: AnalysedProject, path: str) -> "Iterator[re.Match[bytes]]":
    """Yield the variables that an `.env` file or build settings set, without those in `#` comments."""
    data = project.env_files.get(path, b"")
    if not BUILD_FILE.fullmatch(path.rpartition("/")[2]):
        yield from _LINE.finditer(data)
        return
    for match in _SET.finditer(data):
        if b"#" not in data[data.rfind(b"\n", 0, match.start()) + 1 : match.start()]:
            yield match


def _is_misnamed(project: AnalysedProject, name: str) -> bool:
    return bool(public_prefix(name, project.framework_ids)) and is_secret(name)


def _misuse(project: AnalysedProject, path: str, span: tuple[int, int], name: str) -> Misuse:
    prefix = public_prefix(name, project.framework_ids)
    return Misuse(
        path=path,
        start=span[0],
        end=span[1],
        names=(name,),
        power=power(name),
        shipped=f"the client bundle contains every {prefix} variable that code reads",
        severity=None if is_sanity(name) else Severity.MEDIUM,
    )


def _declared_public(module: Module) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield (name, span) of each variable that the Astro configuration declares public."""
    for node in module.all("call_expression"):
        if not module.name(node.child_by_field_name("function")).startswith("envField."):
            continue
        *_, pair = ancestors(Expr(module, node))
        key = pair.child_by_field_name("key") if pair.child_by_field_name("value") == node else None
        if key is not None and _PUBLIC_FIELD.search(module.beginning(node, _LONGEST_FIELD)):
            yield property_name(module, key), (key.start_byte, key.end_byte)


def _declared(path: str, span: tuple[int, int], name: str) -> Misuse:
    return Misuse(
        path=path,
        start=span[0],
        end=span[1],
        names=(name,),
        power=power(name),
        shipped=f"the variable {name} is declared public, so the build copies its value into the client bundle",
        severity=None if is_sanity(name) else Severity.MEDIUM,
    )


def _reads(project: AnalysedProject, path: str, module: Module) -> Iterator[Misuse]:
    """Yield the reads in one module: members of the environment, destructured names and imports."""
    references = project.references

    def of_environment(node: "Node | None") -> bool:
        return node is not None and any(is_environment(found) for found in references.referents(Expr(module, node)))

    for node in module.all("member_expression", "subscript_expression"):
        name = member_name(module, node)
        if name.isupper() and _is_misnamed(project, name) and of_environment(node.child_by_field_name("object")):
            yield _misuse(project, path, (node.start_byte, node.end_byte), name)
    for key, span in _declared_public(module):
        if is_secret(key):
            yield _declared(path, span, key)
    for declaration in module.declarations():
        imported, members = declaration.imported, declaration.path
        if imported is not None:
            yield from _imported(project, path, declaration.place, imported)
        elif len(members) == 1 and _is_misnamed(project, str(members[0])) and of_environment(declaration.value):
            yield _misuse(project, path, declaration.place, str(members[0]))


def _imported(project: AnalysedProject, path: str, place: tuple[int, int], imported: Import) -> Iterator[Misuse]:
    """Yield an import of a variable from a module that exports the environment."""
    if imported.specifier == _DECLARED_PUBLIC and is_secret(imported.name):
        yield _declared(path, place, imported.name)
    elif is_environment(ExternalExport(imported.specifier, "env")) and _is_misnamed(project, imported.name):
        yield _misuse(project, path, place, imported.name)
