"""Values in a configuration that hold the whole environment: directly, copied name by name, or read from a file."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from frontleak.core.lazy_regex import LazyTextRegex
from frontleak.js.module import Expr, Module
from frontleak.js.references import References
from frontleak.js.referents import MemberOf, Referent
from frontleak.js.syntax import FUNCTIONS, ancestors, arguments_of, callee_name, member_name, returns, unwrapped
from frontleak.misuse.environment import is_environment
from frontleak.misuse.variable_names import is_sanity, public_prefix
from frontleak.rules.load import load_data

if TYPE_CHECKING:
    from tree_sitter import Node

_OVER_ALL: Final = LazyTextRegex(
    r"(?:Object\.(?:keys|entries|assign|fromEntries)|\w*[mM]ap(?:Values|Keys|Obj|Object)?)\("
)
_CHOOSES: Final = LazyTextRegex(
    r"startsWith\(|\.test\(|\.match\(|includes\(|indexOf\(|\bin\s+(?:allowed|public)|[pP]ick\w*\(|\.exec\("
)
"""Matches code that takes only some of the variables, such as those with a public prefix."""
_LONGEST_LOOP: Final = 1_500
"""Bytes at the start of a loop or call that are searched for how it goes over the environment."""
_ENV_FILE: Final = LazyTextRegex(
    r"(?:^|/)(?:\.env(?:\.[\w.-]+)?|\.?(?:env|environment|secrets?|credentials)(?:\.[\w-]+)?\.(?:json|ya?ml|toml))$"
)
_MOST_DEPTH: Final = 5
_MOST_REFERENTS: Final = 60


def is_whole(references: References, value: Expr) -> bool:
    """Return whether a value is the whole environment, directly, copied variable by variable, or read from a file."""
    found = references.referents(value)
    given = [each for each in found if isinstance(each, Expr)] + _as_written(value)
    calls = [each for each in given if each.node.type == "call_expression"]
    return (
        any(_is_unfiltered(references, each) for each in found)
        or any(_copies_all(references, call) or _is_read_from_file(references, call) for call in calls)
        or _is_filled(references, value)
    )


def _as_written(value: Expr) -> list[Expr]:
    """Return the expression itself, or the value of its constant: a call is not followed into its function."""
    module, node = value.module, unwrapped(value.node)
    if node.type in {"identifier", "shorthand_property_identifier"}:
        declaration = module.lookup(module.text(node), node)
        declared = declaration.value if declaration is not None and not declaration.path else None
        return [Expr(module, unwrapped(declared))] if declared is not None else []
    return [Expr(module, node)]


def _is_any_unfiltered(references: References, given: Iterable[Expr]) -> bool:
    return any(_is_unfiltered(references, found) for each in given for found in references.referents(each))


def _is_unfiltered(references: References, referent: Referent) -> bool:
    """Return whether a referent is the environment, and not only the variables with some public prefix."""
    if not is_environment(references, referent):
        return False
    whole = referent.whole if isinstance(referent, MemberOf) else referent
    if not isinstance(whole, Expr) or whole.node.type != "call_expression":
        return True
    callee = callee_name(*whole).rpartition(".")[2]
    position = load_data("code/environment.yaml")["by_prefix"].get(callee)
    if position is None or isinstance(referent, MemberOf):
        return True
    given = arguments_of(*whole)[position:][:1]
    return any(
        not prefix or (is_sanity(prefix) and not public_prefix(prefix))
        for argument in given
        for prefix in _texts(references, argument)
    )


def _texts(references: References, expr: Expr) -> Iterator[str]:
    """Yield the texts of a string or of the items of a list."""
    for referent in references.referents(expr):
        if isinstance(referent, Expr) and referent.node.type == "array":
            for item in referent.node.named_children:
                yield from references.texts(Expr(referent.module, item))
    yield from references.texts(expr)


def _copies_all(references: References, call: Expr) -> bool:
    """Return whether a call goes over the environment and keeps all of it, itself or in the function that it calls."""
    module, node = call
    if _goes_over_all(module.beginning(node, _LONGEST_LOOP)):
        inner = (
            each
            for each in (node, *module.within(node, "call_expression"))
            if _OVER_ALL.match(module.beginning(each, 40))
        )
        if _is_any_unfiltered(references, (item for each in inner for item in arguments_of(module, each)[:1])):
            return True
    callee = node.child_by_field_name("function")
    if callee is None or not _is_any_unfiltered(references, arguments_of(module, node)):
        return False
    functions = [found for found in references.referents(Expr(module, callee)) if isinstance(found, Expr)]
    return any(
        _goes_over_all(function.module.beginning(function.node, _LONGEST_LOOP))
        for function in functions
        if function.node.type in FUNCTIONS and returns(function)
    )


def _goes_over_all(text: str) -> bool:
    """Return whether code goes over all members of an object, and does not choose some by their names."""
    return _OVER_ALL.search(text) is not None and _CHOOSES.search(text) is None


def _is_read_from_file(references: References, expr: Expr) -> bool:
    """Return whether a value is made by calls from the text of an `.env` file."""
    readers = tuple(load_data("code/environment.yaml")["file_readers"])
    pending = [(expr, 0)]
    for _ in range(_MOST_REFERENTS):
        if not pending:
            break
        (module, node), depth = pending.pop()
        callee = node.child_by_field_name("function")
        if node.type != "call_expression" or callee is None:
            continue
        given = arguments_of(module, node)[:3]
        if module.name(callee).endswith(readers):
            if any(_ENV_FILE.search(text) for argument in given[:1] for text in _path_texts(references, argument)):
                return True
        elif depth < _MOST_DEPTH:
            owner = callee.child_by_field_name("object") if callee.type == "member_expression" else None
            inner = [*given, *([Expr(module, owner)] if owner is not None else [])]
            pending += (
                (found, depth + 1) for each in inner for found in references.referents(each) if isinstance(found, Expr)
            )
    return False


def _path_texts(references: References, expr: Expr) -> Iterator[str]:
    """Yield the texts of a path, or of the last part of one that is joined."""
    yield from references.texts(expr)
    for referent in references.referents(expr):
        if isinstance(referent, Expr) and referent.node.type in {"call_expression", "new_expression"}:
            for argument in arguments_of(*referent):
                yield from references.texts(argument)


def _is_filled(references: References, value: Expr) -> bool:
    """Return whether a loop over the environment fills an object: `for (const key in process.env) define[key] = …`."""
    module, node = value.module, unwrapped(value.node)
    name = module.name(node) if node.type in {"identifier", "shorthand_property_identifier"} else ""
    for assignment in module.all("assignment_expression") if name else ():
        left = assignment.child_by_field_name("left")
        owner = left.child_by_field_name("object") if left is not None and left.type == "subscript_expression" else None
        if owner is not None and module.name(owner) == name and _is_in_loop(references, Expr(module, assignment)):
            return True
    return False


def _is_in_loop(references: References, assignment: Expr) -> bool:
    """Return whether an assignment is in a loop over the whole environment that takes every variable."""
    module = assignment.module
    for around in ancestors(assignment):
        over = _iterated(module, around)
        if over is None or _CHOOSES.search(module.beginning(around, _LONGEST_LOOP)):
            continue
        given = arguments_of(module, over)[:1] if over.type == "call_expression" else []
        if _is_any_unfiltered(references, [Expr(module, over), *given]):
            return True
    return False


def _iterated(module: Module, loop: "Node") -> "Node | None":
    """Return what `for … in`, `for … of` or `forEach` goes over; None for any other node."""
    if loop.type == "for_in_statement":
        return loop.child_by_field_name("right")
    callee = loop.child_by_field_name("function") if loop.type == "call_expression" else None
    is_loop = callee is not None and callee.type == "member_expression" and member_name(module, callee) == "forEach"
    return callee.child_by_field_name("object") if callee is not None and is_loop else None
