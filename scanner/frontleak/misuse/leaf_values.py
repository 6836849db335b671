"""Leaf values of an expression: what a nested object, a list, a text or a call holds in the end."""

import functools
import itertools
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from frontleak.core.lazy_regex import LazyRegex
from frontleak.js.module import Expr
from frontleak.js.references import References
from frontleak.js.referents import MemberOf, Parameter, Referent
from frontleak.js.syntax import (
    FUNCTIONS,
    arguments_of,
    callee_name,
    member_name,
    members_of_literal,
    merged,
    parameters_of,
    returns,
    unwrapped,
)
from frontleak.misuse.masks import REPLACES, is_filtered, is_masked
from frontleak.misuse.templates import written_by_template
from frontleak.rules.code_names import code_names

if TYPE_CHECKING:
    from tree_sitter import Node

_MOST_DEPTH: Final = 6
_MOST_STEPS: Final = 300
"""Expressions that are visited for the leaf values of one expression."""
_MOST_MEMBERS: Final = 60
_MOST_SUMMANDS: Final = 20
_FILLED: Final = frozenset({"object", "array", "new_expression", "call_expression"})
"""Types of values whose members may be assigned later."""
_VARIABLES: Final = frozenset({"identifier", "shorthand_property_identifier"})
_JOINS: Final = frozenset({"replace", "replaceAll", "concat", "toString"})
"""Methods of a text whose result has the text and the arguments."""
_OF_LIST: Final = frozenset(
    {"filter", "find", "findLast", "slice", "flat", "at", "join", "reverse", "toReversed", "sort", "toSorted"}
)
"""Methods of a list whose result has items of it."""
_DELETION: Final = LazyRegex(rb"\bdelete\s+([\w$\x80-\xff]+)\s*(?:\??\.\s*|\[\s*[\"'])([\w$]+)")
_MOST_ENCODED: Final = 1
"""Arguments of a method `encode` that encodes a text; with another one, it signs it: `jwt.encode(claims, secret)`."""
_HOLDERS: Final = frozenset({"Promise.resolve", "Promise.all", "Promise.allSettled", "Object.fromEntries"})
"""Functions of JavaScript whose result has their argument in it."""
_MADE_OF: Final = frozenset({"URL", "URLSearchParams", "Map", "Set", "Headers", "FormData", "String"})
"""Classes whose instances have the arguments of their constructor in them."""
_TAGS: Final = frozenset({"html", "escapeInject", "String.raw"})
"""Functions before a template that return its text."""
_SERIALISERS: Final = frozenset({"JSON.stringify", "serialize", "uneval", "devalue.uneval", "devalue.stringify"})
"""Functions that serialise a value to text."""


class _Part(NamedTuple):
    """A part of a value."""

    name: str
    """That of its closest named member."""
    expr: Expr
    left_out: frozenset[str] = frozenset()
    """Members that it has lost: deleted, replaced by a later member, or taken out of a rest."""


def leaf_values(references: References, expr: Expr) -> list[tuple[str, Expr]]:
    """Return (name, value) of each leaf in nested objects and lists; the name is that of its closest named member."""
    found: list[tuple[str, Expr]] = []
    pending: list[tuple[_Part, tuple[Expr, ...], int]] = [(_Part("", expr), (), 0)]
    for _ in range(_MOST_STEPS):
        if not pending or len(found) >= _MOST_MEMBERS:
            break
        (name, at, left_out), calls, depth = pending.pop(0)
        referents = references.referents(at)
        left_out |= _deleted(at)
        inner = [part for referent in referents for part in _parts(references, referent, name, left_out)]
        inner += (_Part(*part) for part in _assigned_parts(at, referents) if part[0] not in left_out)
        inner += (_Part(name, given) for given in _given(references, referents, calls))
        if not inner or depth >= _MOST_DEPTH:
            found.append((name, at))
        calls = (*calls, at) if unwrapped(at.node).type == "call_expression" else calls
        pending += ((part, calls, depth + 1) for part in inner)
    return found


def _deleted(expr: Expr) -> frozenset[str]:
    """Return the members of a variable that its script deletes: `delete copy.token`."""
    module, node = expr.module, unwrapped(expr.node)
    found = _deletions(module.source) if node.type in _VARIABLES else {}
    return found.get(module.source[node.start_byte : node.end_byte], frozenset()) if found else frozenset()


@functools.lru_cache(maxsize=32)  # the values of a few scripts are followed in turn, each with many variables
def _deletions(source: bytes) -> Mapping[bytes, frozenset[str]]:
    """Return variable -> its members that a script deletes."""
    found: dict[bytes, set[str]] = {}
    for match in _DELETION.finditer(source) if b"delete " in source else ():
        found.setdefault(match[1], set()).add(match[2].decode("utf-8", "replace"))
    return {owner: frozenset(names) for owner, names in found.items()}


def _given(references: References, referents: Iterable[Referent], calls: tuple[Expr, ...]) -> list[Expr]:
    """Return what calls give for a parameter of the functions whose results are looked into: `page(html, state)`."""
    found: list[Expr] = []
    for parameter in referents if calls else ():
        if not isinstance(parameter, Parameter):
            continue
        for module, node in reversed(calls):
            call = unwrapped(node)
            callee = call.child_by_field_name("function")
            functions = references.referents(Expr(module, callee)) if callee is not None else []
            for function in functions:
                if not isinstance(function, Expr) or function.module is not parameter.expr.module:
                    continue
                for place, argument in zip(_places(function), arguments_of(module, call), strict=False):
                    if place[0] <= parameter.place[0] < place[1]:
                        given = references.at_path(argument, parameter.path)
                        found += (each for each in given if isinstance(each, Expr))
    return found


def _places(function: Expr) -> list[tuple[int, int]]:
    return [node.byte_range for node in parameters_of(function)] if function.node.type in FUNCTIONS else []


def _assigned_parts(expr: Expr, referents: Iterable[Referent]) -> list[tuple[str, Expr]]:
    """Return (name, value) of what is assigned to members of a variable: `data.token = …`, `headers.set("x", …)`."""
    module, node = expr.module, unwrapped(expr.node)
    if node.type not in _VARIABLES:
        return []
    if not any(isinstance(found, Expr) and found.node.type in _FILLED for found in referents):
        return []
    assigned = module.assigned_below(module.text(node))[:_MOST_MEMBERS]
    return [(name.rpartition(".")[2], Expr(module, value)) for name, value in assigned]


def _parts(references: References, referent: Referent, name: str, left_out: frozenset[str]) -> list[_Part]:
    """Return each part of a value that is not left out; a part without a name of its own gets `name`."""
    if isinstance(referent, MemberOf) and referent.left_out:
        left_out |= referent.left_out
        referent = referent.whole
    if not isinstance(referent, Expr):
        return []
    module, node = referent
    match node.type:
        case "object" | "array":
            table = members_of_literal(referent)
            is_object = node.type == "object"
            kept = (each for each in table.named.items() if not is_object or each[0] not in left_out)
            members = itertools.islice(kept, _MOST_MEMBERS)
            found = [_Part(key if is_object else name, Expr(module, value)) for key, (_, value) in members]
            for place, value in table.spread[:_MOST_MEMBERS]:
                replaced = frozenset(key for key, (at, _) in table.named.items() if key and at > place)
                found.append(_Part(name, Expr(module, value), left_out | replaced))
            return found
        case "template_string" | "call_expression" if (template := _template_of(referent)) is not None:
            inner = [each for each in template.named_children if each.type == "template_substitution"]
            parts = [Expr(module, each.named_children[0]) for each in inner if each.named_children]
            is_tagged = node is not template
            return [
                _Part(name, each) for part in parts for each in ([part] if is_tagged else _in_text(references, part))
            ]
        case "binary_expression":
            return [_Part(name, part) for part in _summands(references, referent)]
        case "call_expression" | "new_expression":
            copied = _copied(merged(referent), name, left_out)
            return copied or [_Part(name, argument) for argument in _held(references, referent)]
        case _:
            return []


def _copied(arguments: Iterable[Expr], name: str, left_out: frozenset[str]) -> list[_Part]:
    """Return the arguments of `Object.assign` and its like, the last first, without members that a later one has."""
    found: list[_Part] = []
    for argument in arguments:
        found.append(_Part(name, argument, left_out))
        if argument.node.type == "object":
            left_out |= frozenset(members_of_literal(argument).named)
    return found


def _in_text(references: References, part: Expr) -> list[Expr]:
    """Return what calls hold whose result a template has: `${JSON.stringify(a)}`, also by the name of a variable."""
    found = references.referents(part) if part.node.type == "identifier" else [part]
    return [inner for each in found if isinstance(each, Expr) for inner in _held(references, each)]


def _template_of(expr: Expr) -> "Node | None":
    """Return a template, or the one after the name of a function that returns its text."""
    module, node = expr
    if node.type == "template_string":
        return node
    template = node.child_by_field_name("arguments")
    is_tagged = template is not None and template.type == "template_string" and callee_name(module, node) in _TAGS
    return template if is_tagged else None


def _summands(references: References, expr: Expr) -> list[Expr]:
    """Return what a sum is made of, if a call in it holds its arguments; else the sum is a leaf itself."""
    pending, found, holds = [expr], list[Expr](), False
    while pending and len(found) < _MOST_SUMMANDS:
        module, node = part = pending.pop()
        operator = node.child_by_field_name("operator") if node.type == "binary_expression" else None
        held = _held(references, part) if node.type == "call_expression" else []
        if operator is not None and operator.type == "+":
            sides = node.child_by_field_name("right"), node.child_by_field_name("left")
            pending += (Expr(module, side) for side in sides if side is not None)
        else:
            holds = holds or bool(held)
            found += held or [part]
    return found if holds else []


def _held(references: References, expr: Expr) -> list[Expr]:
    """Return the arguments that the result of a call holds, if any: as text, as a promise, in a URL, in a page."""
    module, node = expr
    arguments = arguments_of(module, node)
    if node.type == "new_expression" and arguments:
        name = module.name(node.child_by_field_name("constructor"))
        return _resolved(arguments[0]) if name == "Promise" else arguments[:1] if name in _MADE_OF else []
    name = callee_name(*expr)
    if is_filtered(expr):
        return []
    if name in _SERIALISERS or name in _HOLDERS or name in code_names().value_holders:
        return [inner for argument in arguments[:2] for inner in _results_or_self(argument)]
    callee = node.child_by_field_name("function")
    if callee is not None and callee.type == "member_expression":
        method = member_name(module, callee)
        if method in _JOINS or (method == "encode" and len(arguments) <= _MOST_ENCODED):
            owner = callee.child_by_field_name("object") if not is_masked(expr) else None
            given = arguments[1:] if method in REPLACES else arguments
            return [*([Expr(module, owner)] if owner is not None else []), *given]
        if method in _OF_LIST and (owner := callee.child_by_field_name("object")) is not None:
            lists = references.referents(Expr(module, owner))
            return [each for each in lists if isinstance(each, Expr) and each.node.type == "array"]
    return written_by_template(references, expr) if node.type == "call_expression" else []


def _results_or_self(argument: Expr) -> list[Expr]:
    """Return what a function returns, as in `computed(() => …)`; any other argument itself."""
    return returns(argument) if argument.node.type in FUNCTIONS else [argument]


def _resolved(executor: Expr) -> list[Expr]:
    """Return what the function of a promise resolves it with: `new Promise((resolve) => resolve(…))`."""
    module, node = executor
    names = {module.name(each) for each in parameters_of(executor)[:1]} if node.type in FUNCTIONS else set()
    calls = (call for call in module.within(node, "call_expression") if names)
    return [argument for call in calls if callee_name(module, call) in names for argument in arguments_of(module, call)]
