"""Environment variables with a public prefix, which publishes their value, whose name denotes a secret."""

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from frontleak.core.records import replace
from frontleak.core.vocabulary import Role, Severity
from frontleak.js.embedded_scripts import ending
from frontleak.js.module import Expr, Import, Module
from frontleak.js.references import References
from frontleak.js.syntax import ancestors, callee_name, member_name, property_name, unwrapped
from frontleak.misuse.check import Check, Identity, Subsumption
from frontleak.misuse.checks import client_token
from frontleak.misuse.environment import is_destructured, variables_read
from frontleak.misuse.misuse import Misuse
from frontleak.misuse.project import AnalysedProject
from frontleak.misuse.variable_names import is_sanity, is_secret, is_test_file, power, public_prefix, public_prefixes
from frontleak.misuse.variable_values import has_harmless_value, variables_set
from frontleak.rules.code_names import VARIABLE, CodeNames, any_of, code_names, made_of_code_names
from frontleak.rules.frameworks import Framework, made_of_frameworks
from frontleak.rules.misuse_rule import MisuseRule

if TYPE_CHECKING:
    from tree_sitter import Node

_LONGEST_FIELD: Final = 1_000
"""Bytes at the start of a variable's declaration that are searched for a setting such as `access: "public"`."""
_NAME: Final = "[A-Za-z_][A-Za-z0-9_]{2,100}"
_MOST_LINES: Final = 2_000
_MOST_ARGUMENTS: Final = 4
"""Arguments of a call that are searched for the name of a variable."""


def check(project: AnalysedProject, path: str, _: MisuseRule) -> Iterator[Misuse]:
    """Yield each mention of such a variable in code, HTML, `.env` files and build settings."""
    for module in project.modules_with_secrets(path) if _may_read(project, path) else ():
        yield from _reads(project, path, module)
        yield from _inlined(project, path, module)
    in_page = _in_page().finditer(project.read(path) or b"") if ending(path) in {"html", "htm"} else ()
    for match in itertools.islice(in_page, _MOST_LINES):
        group = match.lastindex or 0
        name = match.group(group).decode()
        if _is_misnamed(project, name):
            yield _misnamed(project, path, match.span(group), name)
    for match in itertools.islice(variables_set(path, project.env_files.get(path, b"")), _MOST_LINES):
        name = match["name"].decode()
        if _is_misnamed(project, name):
            yield _misnamed(project, path, match.span("name"), name, Role.DEFINITION)


def _may_read(project: AnalysedProject, path: str) -> bool:
    """Return whether a file may read such a variable; a test, which no bundle has, does so only by its whole name."""
    return not is_test_file(project.relative(path)) or _in_tests().search(project.read(path) or b"") is not None


@made_of_frameworks
def _in_tests(_: tuple[Framework, ...]) -> re.Pattern[bytes]:
    """Return a regular expression for the prefixes of such variables, and for the modules that export declared ones."""
    return re.compile(any_of(sorted({*public_prefixes(), *code_names().environment_modules_of("declared")})).encode())


def _is_misnamed(project: AnalysedProject, name: str) -> bool:
    """Return whether a variable is public by its prefix, has the name of a secret, and is not known to be harmless."""
    prefix = public_prefix(name, project.framework_ids)
    return bool(prefix) and is_secret(name, prefix) and not has_harmless_value(project, name)


def _misnamed(project: AnalysedProject, path: str, span: tuple[int, int], name: str, role: Role = Role.USE) -> Misuse:
    prefix = public_prefix(name, project.framework_ids)
    return _misuse(path, span, name, role, f"the client bundle contains every {prefix} variable that code reads")


def _declared_public(module: Module) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield (name, span) of each variable that a framework's configuration declares public."""
    for node in module.all("call_expression"):
        name = callee_name(module, node)
        declaration = next((each for function, each in _declarations() if name.startswith(function)), None)
        if declaration is None:
            continue
        *_, pair = ancestors(Expr(module, node))
        key = pair.child_by_field_name("key") if pair.child_by_field_name("value") == node else None
        if key is not None and declaration.search(module.beginning(node, _LONGEST_FIELD)):
            yield property_name(module, key), (key.start_byte, key.end_byte)


@made_of_code_names
def _declarations(names: CodeNames) -> list[tuple[str, re.Pattern[str]]]:
    """Return (beginning of a function's name, regular expression for the setting) of each public declaration."""
    return [
        (f"{each.function}.", re.compile(rf"{re.escape(each.setting)}\s*:\s*[\"']{re.escape(each.value)}[\"']"))
        for each in names.public_declarations
    ]


@made_of_code_names
def _in_page(names: CodeNames) -> re.Pattern[bytes]:
    """Return a regular expression for a placeholder for a variable in a page, with one group."""
    forms = (re.escape(text).replace(VARIABLE, f"({_NAME})") for text in names.page_variables)
    return re.compile(("|".join(forms) or "(?!)").encode())


def _declared(path: str, span: tuple[int, int], name: str, role: Role) -> Misuse:
    shipped = f"the variable {name} is declared public, so the build copies its value into the client bundle"
    return _misuse(path, span, name, role, shipped)


def _misuse(path: str, span: tuple[int, int], name: str, role: Role, shipped: str) -> Misuse:
    return Misuse(
        path=path,
        start=span[0],
        end=span[1],
        names=(name,),
        variables=(name,),
        role=role,
        power=power(name),
        shipped=shipped,
        severity=None if is_sanity(name) else Severity.MEDIUM,
    )


def _reads(project: AnalysedProject, path: str, module: Module) -> Iterator[Misuse]:
    """Yield the reads in one module: members of the environment, destructured names and imports."""
    found = (_members_read, _variables_asked_for, _variables_assigned)
    for node, name in itertools.chain.from_iterable(each(project, module) for each in found):
        yield _misnamed(project, path, node.byte_range, name)
    for key, span in _declared_public(module):
        if is_secret(key) and not has_harmless_value(project, key):
            yield _declared(path, span, key, Role.DEFINITION)
    for declaration in module.declarations():
        imported, members = declaration.imported, declaration.path
        if imported is not None:
            yield from _imported(project, path, declaration.place, imported)
            continue
        value = Expr(module, declaration.value) if declaration.value is not None and members else None
        if value is None or not _is_misnamed(project, str(members[-1])):
            continue
        if is_destructured(project.references, value, members[:-1]):
            yield _misnamed(project, path, declaration.place, str(members[-1]))


def _inlined(project: AnalysedProject, path: str, module: Module) -> Iterator[Misuse]:
    """Yield the reads of secrets without a public prefix, if the build puts every variable into client-side code."""
    builder = _inlining(project)
    if builder is None or is_test_file(project.relative(path)):
        return
    for node in module.all("member_expression", "subscript_expression"):
        for name in variables_read(project.references, Expr(module, node)):
            if not name.isupper() or not is_secret(name) or public_prefix(name, project.framework_ids):
                continue
            import_path = project.reachability.import_path(module)
            if import_path is not None and not has_harmless_value(project, name):
                shipped = f"{builder.name} puts every variable that client-side code reads into the bundle"
                found = _misuse(path, node.byte_range, name, Role.USE, shipped)
                yield replace(found, import_path=import_path)


def _inlining(project: AnalysedProject) -> Framework | None:
    """Return the framework of a project whose build puts every variable that code reads into the bundle."""
    return next((framework for framework in project.frameworks if framework.code.inlines_variables), None)


def _members_read(project: AnalysedProject, module: Module) -> Iterator[tuple["Node", str]]:
    """Yield (expression, name) of each member of the environment that has such a name."""
    references = project.references
    for node in module.all("member_expression", "subscript_expression"):
        names = _member_names(references, Expr(module, node))
        wrong = {name for name in names if name.isupper() and _is_misnamed(project, name)}
        for name in wrong.intersection(variables_read(references, Expr(module, node)) if wrong else ()):
            yield node, name


def _variables_asked_for(project: AnalysedProject, module: Module) -> Iterator[tuple["Node", str]]:
    """Yield (call, name) of each call that returns the variable of the name, or end of a name, that it is given."""
    for node in module.all("call_expression"):
        given = [text for text in _texts_given(module, node) if text.isupper() and is_secret(text)]
        for name in variables_read(project.references, Expr(module, node)) if given else ():
            if name.endswith(tuple(given)) and _is_misnamed(project, name):
                yield node, name


def _variables_assigned(project: AnalysedProject, module: Module) -> Iterator[tuple["Node", str]]:
    """Yield (pattern, name) of each variable in `({NAME} = process.env)`."""
    for node in module.all("assignment_expression"):
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or right is None or left.type != "object_pattern":
            continue
        for child in left.named_children:
            key = child.child_by_field_name("key") or child.child_by_field_name("left") or child
            name = property_name(module, key)
            if _is_misnamed(project, name) and is_destructured(project.references, Expr(module, right), ()):
                yield child, name


def _member_names(references: References, expr: Expr) -> list[str]:
    """Return the names of the member that an expression reads; a key that is a number or parameter is not followed."""
    module, node = expr
    if node.type == "member_expression":
        return [member_name(module, node)]
    index = unwrapped(node.child_by_field_name("index") or node)
    if index.type in {"number", "unary_expression", "update_expression", "call_expression"}:
        return []
    if index.type == "identifier":
        declaration = module.lookup(module.text(index), index)
        if declaration is None or declaration.parameter or not (declaration.imported or declaration.value):
            return []
    return references.member_names(expr)


def _texts_given(module: Module, call: "Node") -> list[str]:
    """Return the texts in the arguments of a call: a function may read the variable of that name."""
    arguments = call.child_by_field_name("arguments")
    given = arguments.named_children[:_MOST_ARGUMENTS] if arguments is not None else []
    return [module.string(each) for each in given if each.type == "string"]


def _imported(project: AnalysedProject, path: str, place: tuple[int, int], imported: Import) -> Iterator[Misuse]:
    """Yield an import of a variable from a module that exports the environment."""
    if imported.specifier in code_names().environment_modules_of("declared") and is_secret(imported.name):
        yield _declared(path, place, imported.name, Role.USE)
    elif imported.specifier in code_names().environment_modules and _is_misnamed(project, imported.name):
        yield _misnamed(project, path, place, imported.name)


def _not_reported_yet(project: AnalysedProject, misuses: Sequence[Misuse], tokens: Sequence[Misuse]) -> list[Misuse]:
    """Drop reads of variables that another finding already reports as the token of a client.

    A variable that is also declared, in an `.env` file or as public, is kept: its declaration needs its own fix. One
    that only tests, stories and mocks read is low: no bundle has its value.
    """
    misuses = _lowered(project, misuses)
    reported = {name for misuse in tokens for name in misuse.names}
    declared = {
        name
        for misuse in misuses
        for name in misuse.names
        if misuse.path in project.env_files or not (misuse.import_path or public_prefix(name, project.framework_ids))
    }
    return [
        misuse for misuse in misuses if not reported.issuperset(misuse.names) or not declared.isdisjoint(misuse.names)
    ]


def _lowered(project: AnalysedProject, misuses: Sequence[Misuse]) -> list[Misuse]:
    """Return misuses, with low severity for the variables that only tests, stories and mocks read."""
    readers: dict[str, set[str]] = {}
    for misuse in misuses:
        for name in misuse.names if misuse.path not in project.env_files else ():
            readers.setdefault(name, set()).add(misuse.path)
    low = {name for name, paths in readers.items() if all(_is_test(project, path) for path in paths)}
    return [
        replace(each, severity=Severity.LOW) if each.names and low.issuperset(each.names) else each for each in misuses
    ]


def _is_test(project: AnalysedProject, path: str) -> bool:
    """Return whether a file is a test, a story or a mock that no client-side code imports."""
    if not is_test_file(project.relative(path)):
        return False
    if is_test_file(path.rpartition("/")[2]):  # by its name, not by a folder that may also be a page
        return True
    return all(project.reachability.import_path(module) is None for module in project.modules(path))


CHECK: Final = Check(
    name="public-env",
    find=check,
    identity=Identity.VARIABLE,
    belongs_on_server=True,
    subsumption=Subsumption(by=(client_token.CHECK,), remaining=_not_reported_yet),
)
