"""The whole environment printed, sent or put on the page in client-side code, which publishes unused variables too."""

import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from frontleak.core.lazy_regex import LazyTextRegex
from frontleak.js.global_names import global_name
from frontleak.js.module import Expr, Module
from frontleak.js.syntax import ancestors, arguments_of, callee_name, uncommented
from frontleak.misuse.check import Check
from frontleak.misuse.leaf_values import leaf_values
from frontleak.misuse.misuse import Misuse
from frontleak.misuse.project import AnalysedProject
from frontleak.rules.code_names import code_names
from frontleak.rules.misuse_rule import MisuseRule

if TYPE_CHECKING:
    from tree_sitter import Node

_ON_PAGE: Final = LazyTextRegex(r"^(?:window|globalThis|self|document)\b")
"""Matches the target of an assignment that code outside the bundle can read."""
_DEVELOPMENT: Final = LazyTextRegex(
    r"import\.meta\.env\.DEV\b|!\s*import\.meta\.env\.PROD\b|\b__DEV__\b|!==?\s*[\"']production|={2,3}\s*[\"']development"
)
"""Matches a condition that is false in a production build, which drops the code."""
_CONDITION: Final = 300
_MOST_ARGUMENTS: Final = 6


def check(project: AnalysedProject, path: str, rule: MisuseRule) -> Iterator[Misuse]:
    """Yield each place in client-side code that dumps the environment as its bundler puts it in."""
    whole = _inlined(project)
    data = project.read(path) or b""
    may_have = any(name.rpartition(".")[2].encode() in data for name in whole)
    may_dump = may_have and project.reachability.may_be_reachable(path)
    for module in project.modules_with_secrets(path) if may_dump else ():
        for node, value in (*_given(module, rule), *_assigned(module), *_in_elements(module)):
            found = (leaf for _, leaf in leaf_values(project.references, value))
            if any(
                global_name(project.references, referent) in whole
                for leaf in itertools.islice(found, _MOST_ARGUMENTS)
                for referent in project.references.referents(leaf)
            ):
                yield from _shipped(project, module, node)


def _inlined(project: AnalysedProject) -> frozenset[str]:
    """Return the expressions that the bundler of a project replaces by an object with all public variables."""
    own = (name for framework in project.frameworks for name in framework.names.get("inlined_environment", ()))
    return frozenset({*own, *(name for name in code_names().environment if name.startswith("import.meta."))})


def _given(module: Module, rule: MisuseRule) -> Iterator[tuple["Node", Expr]]:
    """Yield (call, argument) of the calls that the rule lists."""
    for node in module.all("call_expression"):
        name = callee_name(module, node)
        if name in rule.calls or name.rpartition(".")[2] in rule.calls:
            yield from ((node, argument) for argument in arguments_of(module, node)[:_MOST_ARGUMENTS])


def _assigned(module: Module) -> Iterator[tuple["Node", Expr]]:
    """Yield (assignment, value) of what is put where other scripts find it, such as `window.env`."""
    for node in module.all("assignment_expression"):
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        is_member = left is not None and left.type in {"member_expression", "subscript_expression"}
        if left is not None and right is not None and is_member and _ON_PAGE.match(module.name(left).lstrip("(")):
            yield node, Expr(module, right)


def _in_elements(module: Module) -> Iterator[tuple["Node", Expr]]:
    """Yield (element, value) of each attribute of an element."""
    for node in module.all("jsx_opening_element", "jsx_self_closing_element"):
        for child in node.named_children:
            value = child.named_children[-1] if child.type == "jsx_attribute" and child.named_children else child
            inner = uncommented(value) if value.type == "jsx_expression" else None
            if inner is not None:
                spread = uncommented(inner) if inner.type == "spread_element" else inner
                yield node, Expr(module, spread if spread is not None else inner)


def _shipped(project: AnalysedProject, module: Module, node: "Node") -> Iterator[Misuse]:
    expr = Expr(module, node)
    import_path = project.reachability.import_path(module)
    if import_path is None or not project.reachability.is_reachable(expr) or _is_in_development(expr):
        return
    yield Misuse(
        path=module.path,
        start=node.start_byte,
        end=node.end_byte,
        import_path=import_path,
        certain=import_path.certain,
        shipped="the client bundle contains every public variable of the build, also those that no other code reads",
    )


def _is_in_development(expr: Expr) -> bool:
    """Return whether a condition around an expression is false in a production build."""
    for around in ancestors(expr):
        condition = around.child_by_field_name("condition")
        if condition is None and around.type == "binary_expression":
            condition = around.child_by_field_name("left")
        if condition is not None and _DEVELOPMENT.search(expr.module.beginning(condition, _CONDITION)):
            return True
    return False


CHECK: Final = Check(name="environment-dump", find=check)
