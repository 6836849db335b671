"""What becomes of a value in built code: the expression around it has it, or a name, an export or a call gets it."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from frontleak.js.module import DEFAULT, Module
from frontleak.js.syntax import items, member_name, property_name
from frontleak.misuse.server_output.bundle import Bundle, Export
from frontleak.misuse.server_output.calls import through_call
from frontleak.misuse.server_output.steps import CALLED, Given, Onward, Sent, last_name, text_methods
from frontleak.rules.frameworks import Framework, made_of_frameworks
from frontleak.rules.globs import expression

if TYPE_CHECKING:
    from tree_sitter import Node

_SERVED: Final = "the result of {} is sent to the browser"


@made_of_frameworks
def _sent_results(
    frameworks: tuple[Framework, ...],
) -> "tuple[tuple[Callable[[str], re.Match[str] | None], tuple[str, ...]], ...]":
    pairs = (pair for framework in frameworks for pair in framework.code.sent_results.items())
    return tuple((re.compile(expression(glob)).fullmatch, names) for glob, names in pairs)


def outwards(bundle: Bundle, value: Onward) -> Iterator[Sent | Onward]:
    """Yield what becomes of a value."""
    module, node, path, _ = value
    around = node.parent
    if node.type in {"function_declaration", "generator_function_declaration"} and path[:1] == (CALLED,):
        name = node.child_by_field_name("name")
        if name is not None:
            yield from _named(bundle, module, name, path)
    follow = _AROUND.get(around.type) if around is not None else None
    if around is not None and follow is not None:
        yield from follow(bundle, _Place(module, around, node, path))


class _Place(NamedTuple):
    """A value in the expression or statement around it."""

    module: Module
    around: "Node"
    node: "Node"
    path: tuple[str, ...]

    def is_field(self, name: str) -> bool:
        """Return whether the value is a field of what is around it."""
        return self.around.child_by_field_name(name) == self.node


def _same(_: Bundle, place: _Place) -> Iterator[Onward]:
    yield Onward(place.module, place.around, place.path)


def _last(_: Bundle, place: _Place) -> Iterator[Onward]:
    if place.around.named_children[-1] == place.node:
        yield Onward(place.module, place.around, place.path)


def _branch(_: Bundle, place: _Place) -> Iterator[Onward]:
    if not place.is_field("condition"):
        yield Onward(place.module, place.around, place.path)


def _operand(_: Bundle, place: _Place) -> Iterator[Onward]:
    operator = place.around.child_by_field_name("operator")
    kind = operator.type if operator is not None else ""
    if kind in {"||", "??"} or (kind == "&&" and place.is_field("right")):
        yield Onward(place.module, place.around, place.path)
    elif kind == "+":
        yield Onward(place.module, place.around, ())


def _in_template(_: Bundle, place: _Place) -> Iterator[Onward]:
    if place.around.parent is not None:
        yield Onward(place.module, place.around.parent, ())


def _in_pair(bundle: Bundle, place: _Place) -> Iterator[Sent | Onward]:
    key, whole = place.around.child_by_field_name("key"), place.around.parent
    if key is not None and whole is not None and place.is_field("value"):
        yield from _member(bundle, place.module, whole, property_name(place.module, key), place.path)


def _in_object(bundle: Bundle, place: _Place) -> Iterator[Sent | Onward]:
    module, around, node, path = place
    if node.type == "shorthand_property_identifier":
        yield from _member(bundle, module, around, module.text(node), path)
    elif node.type == "method_definition":
        name = node.child_by_field_name("name")
        getter = any(child.type == "get" for child in node.children)
        inner = path[1:] if getter and path[:1] == (CALLED,) else path
        yield from _member(bundle, module, around, property_name(module, name) if name else "", inner)


def _member(bundle: Bundle, module: Module, whole: "Node", name: str, path: tuple[str, ...]) -> Iterator[Sent | Onward]:
    """Yield what becomes of an object with the value as a member."""
    if whole.type != "object":
        return
    yield Onward(module, whole, (name or "*", *path))
    if _lists_exports(module, whole):
        # of webpack: a function that returns the export
        yield from _exported(bundle, module, name, path[1:] if path[:2] == (CALLED, CALLED) else path)


def _lists_exports(module: Module, whole: "Node") -> bool:
    """Return whether an object lists the exports of a module, as Rollup (`__proto__: null`) and webpack write it."""
    if module.beginning(whole, 40).replace(" ", "").replace("\n", "").startswith("{__proto__:null"):
        return True
    arguments = whole.parent
    call = arguments.parent if arguments is not None and arguments.type == "arguments" else None
    callee = call.child_by_field_name("function") if call is not None else None
    if callee is None:
        return False
    names = {"d", "__exportAll"} if callee.type == "member_expression" else {"__exportAll"}
    return last_name(module, callee) in names


def _in_array(bundle: Bundle, place: _Place) -> Iterator[Sent | Onward]:
    module, around, node, path = place
    every = list(items(around))
    index = next((index for index, item in every if item == node), None)
    if index is None:
        return
    yield Onward(module, around, (str(index), *path))
    before = [item for at, item in every if at in {index - 2, index - 1}]
    # of Turbopack: ["name", 0, value, …]
    if len(before) == 2 and before[0].type == "string" and module.name(before[1]) == "0":
        yield from _exported(bundle, module, module.string(before[0]), path)


def _spread(_: Bundle, place: _Place) -> Iterator[Onward]:
    whole = place.around.parent
    if whole is not None and whole.type == "object":
        later = (child for child in whole.named_children if child.start_byte > place.around.start_byte)
        keys = (child.child_by_field_name("key") for child in later if child.type == "pair")
        if not any(key is not None and property_name(place.module, key) in place.path[:1] for key in keys):
            yield Onward(place.module, whole, place.path)
    elif whole is not None and whole.type == "array":
        yield Onward(place.module, whole, ("*", *place.path[1:]))


def _argument(bundle: Bundle, place: _Place) -> Iterator[Sent | Onward]:
    call = place.around.parent
    if call is not None:
        position = [child for child in place.around.named_children if child.type != "comment"].index(place.node)
        yield from through_call(bundle, Given(place.module, call, position, place.path))


def _called(bundle: Bundle, place: _Place) -> Iterator[Sent | Onward]:
    """Yield what becomes of a function that is called, and of a template with a tag."""
    if place.is_field("arguments"):  # renderTemplate`…`
        yield from through_call(bundle, Given(place.module, place.around, 0, ()))
    elif place.is_field("function") and place.path[:1] == (CALLED,):
        yield Onward(place.module, place.around, place.path[1:])


def _owner(_: Bundle, place: _Place) -> Iterator[Onward]:
    """Yield what becomes of a member that is taken out of a value, and of the result of a method of a text."""
    module, around, _node, path = place
    if not place.is_field("object"):
        return
    name = member_name(module, around)
    if path and (path[0] in {name, "*"} or (around.type == "subscript_expression" and not name)):
        yield Onward(module, around, path[1:])
    call = around.parent
    if not path and call is not None and call.type == "call_expression" and name in text_methods():
        yield Onward(module, call, ())


def _declared(bundle: Bundle, place: _Place) -> Iterator[Sent | Onward]:
    name = place.around.child_by_field_name("name")
    if name is None or name == place.node:
        return
    if name.type == "identifier":
        yield from _named(bundle, place.module, name, place.path)
    else:
        for use, inner in bundle.destructured(place.module, place.node, place.path):
            yield Onward(place.module, use, inner)


def _assignment(bundle: Bundle, place: _Place) -> Iterator[Sent | Onward]:
    module, around, _, path = place
    left = around.child_by_field_name("left")
    if left is None or not place.is_field("right"):
        return
    yield Onward(module, around, path)
    if left.type == "identifier":
        yield from _named(bundle, module, left, path)
        return
    owner = left.child_by_field_name("object") if left.type == "member_expression" else None
    if owner is None:
        return
    name, whole = member_name(module, left), module.name(owner)
    if whole in {"exports", "module.exports"}:
        yield from _exported(bundle, module, name, path)
    elif owner.type == "identifier" and module.lookup(whole, owner) is not None:
        for use in bundle.uses(module, whole, owner):
            if use.start_byte != owner.start_byte:
                yield Onward(module, use, (name, *path))


def _returned(_: Bundle, place: _Place) -> Iterator[Onward]:
    function = next(place.module.functions_around(place.around), None)
    if function is not None:
        yield Onward(place.module, function, (CALLED, *place.path))


def _body(_: Bundle, place: _Place) -> Iterator[Onward]:
    if place.is_field("body"):
        yield Onward(place.module, place.around, (CALLED, *place.path))


def _default(bundle: Bundle, place: _Place) -> Iterator[Sent | Onward]:
    yield from _exported(bundle, place.module, DEFAULT, place.path)


def _exported_name(bundle: Bundle, place: _Place) -> Iterator[Sent | Onward]:
    alias = place.around.child_by_field_name("alias") or place.around.child_by_field_name("name")
    yield from _exported(bundle, place.module, place.module.name(alias).strip("\"'"), place.path)


_AROUND: Final[Mapping[str, Callable[[Bundle, _Place], Iterator[Sent | Onward]]]] = {
    **dict.fromkeys(("parenthesized_expression", "await_expression", "yield_expression"), _same),
    "sequence_expression": _last,
    "ternary_expression": _branch,
    "binary_expression": _operand,
    "template_substitution": _in_template,
    "pair": _in_pair,
    "object": _in_object,
    "array": _in_array,
    "spread_element": _spread,
    "arguments": _argument,
    **dict.fromkeys(("call_expression", "new_expression"), _called),
    **dict.fromkeys(("member_expression", "subscript_expression"), _owner),
    "variable_declarator": _declared,
    "assignment_expression": _assignment,
    "return_statement": _returned,
    "arrow_function": _body,
    "export_statement": _default,
    "export_specifier": _exported_name,
}
"""Type of the node around a value -> what becomes of the value."""


def _named(bundle: Bundle, module: Module, name: "Node", path: tuple[str, ...]) -> Iterator[Sent | Onward]:
    """Yield the uses of a name, here and in the scripts that import it."""
    text = module.text(name)
    for use in bundle.uses(module, text, name):
        yield Onward(module, use, path, text)
    if module.lookup(text, name) is module.top(text):
        for exported in bundle.exported_as(module, text):
            yield from _exported(bundle, module, exported, path)


def _exported(bundle: Bundle, module: Module, name: str, path: tuple[str, ...]) -> Iterator[Sent | Onward]:
    """Yield what becomes of an export: a framework sends the results of some, other scripts import the others."""
    if CALLED in path[:2] and any(name in names for fits, names in _sent_results() if fits(module.path)):
        yield Sent(_SERVED.format(name))
    for other, use, inner in bundle.importers(Export(module.path, name)):
        yield Onward(other, use, (*inner, *path))
