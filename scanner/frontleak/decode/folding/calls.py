"""Calls of supported functions, and of functions of the text, with constant arguments."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from frontleak.core.budget import WorkBudget
from frontleak.core.lazy_regex import LazyRegex
from frontleak.decode.folding import builtins as js_builtins
from frontleak.decode.folding.builtins import UNKNOWN, Value
from frontleak.decode.folding.nodes import Lambda, Named, weight

if TYPE_CHECKING:
    from tree_sitter import Node

_MOST_CALLS: Final = 2_000
"""Items of a list to which a function is applied."""
_INDIRECT: Final = frozenset({"apply", "call", "bind"})
_WORDS: Final = LazyRegex(rb"[A-Za-z_$][\w$]*")
Apply = Callable[[Lambda, Sequence[Value]], Value]
"""Evaluates the body of a function of the text for some arguments."""


def call(callee: Value, args: Sequence[Value], apply: Apply, budget: WorkBudget) -> Value:
    """Return the value of a call, else `UNKNOWN`."""
    while isinstance(callee, Named) and isinstance(callee.of, Named | Lambda) and callee.name in _INDIRECT:
        budget.spend(1)
        if callee.name == "bind":
            return callee.of
        args = args[1:] if callee.name == "call" else _listed(args[1:])
        callee = callee.of
    if isinstance(callee, Lambda):
        return apply(callee, args)
    if not isinstance(callee, Named):
        return UNKNOWN
    budget.spend(2 + sum(map(weight, args)))
    target, name = callee.of, callee.name
    if target is None and name == "Array.from" and len(args) > 1:
        target, name, args = js_builtins.call(name, args[:1]), "map", args[1:]
    if target is None:
        return js_builtins.call(name, args)
    if isinstance(target, list) and args and isinstance(args[0], Named | Lambda):
        return _over(target, name, args, apply, budget)
    return js_builtins.method(target, name, args)


def _over(items: Sequence[Value], name: str, args: Sequence[Value], apply: Apply, budget: WorkBudget) -> Value:
    """Apply a function to each item of a list."""
    function = args[0]
    if len(items) > _MOST_CALLS:
        return UNKNOWN
    if name in {"map", "flatMap"}:
        most = 1 if isinstance(function, Named) and function.name != "parseInt" else 2
        made = [call(function, [item, index][:most], apply, budget) for index, item in enumerate(items)]
        return js_builtins.flattened(made) if name == "flatMap" else made
    if name in {"reduce", "reduceRight"}:
        total: Value = args[1] if len(args) > 1 else UNKNOWN
        rest = list(items) if name == "reduce" else list(reversed(items))
        if len(args) < 2 and rest:
            total = rest.pop(0)
        for index, item in enumerate(rest):
            total = call(function, [total, item, index], apply, budget)
        return total
    return UNKNOWN


def bound(function: Lambda, args: Sequence[Value]) -> dict[bytes, Value]:
    """Return the values of a function's parameters; destructured ones are `UNKNOWN`."""
    node = function.node.child_by_field_name("parameter")
    if node is not None:
        return {function.source.text(node): args[0] if args else UNKNOWN}
    node = function.node.child_by_field_name("parameters")
    names: dict[bytes, Value] = {}
    for index, child in enumerate(node.named_children if node is not None else ()):
        written = function.source.text(child).partition(b"=")[0].strip()
        if child.type in {"identifier", "assignment_pattern"} and _WORDS.fullmatch(written):
            names[written] = args[index] if index < len(args) else UNKNOWN
        else:
            names.update((word.group(), UNKNOWN) for word in _WORDS.finditer(function.source.text(child)))
    return names


def _listed(args: Sequence[Value]) -> Sequence[Value]:
    return args[0] if args and isinstance(args[0], list) else []


def returned(function: Lambda) -> "Node | None":
    """Return the expression that a function returns, the last of several; None without one."""
    body = function.node.child_by_field_name("body")
    if body is not None and body.type == "statement_block":
        found = [child for child in body.named_children if child.type == "return_statement"]
        body = found[-1].named_children[0] if found and found[-1].named_children else None
    return body
