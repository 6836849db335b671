"""Helpers for single syntax nodes: member and key names, arguments, returned values."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from frontleak.js.escapes import unescape
from frontleak.js.module import Declaration, Expr, Module, ObjectMembers

if TYPE_CHECKING:
    from tree_sitter import Node

FUNCTIONS: Final = frozenset(
    {
        *("arrow_function", "function_expression", "function_declaration", "method_definition"),
        *("generator_function", "generator_function_declaration"),
    }
)
"""Node types of functions."""
_WRAPPERS: Final = frozenset(
    {
        *("parenthesized_expression", "as_expression", "satisfies_expression", "non_null_expression"),
        *("await_expression", "type_assertion"),
    }
)
_MOST_RETURNS: Final = 12
_MOST_PATTERNS: Final = 8
"""Patterns within patterns of a parameter."""
_KEEPS_MEMBERS: Final = frozenset({"Object.freeze", "Object.seal", "structuredClone", "Headers", "Promise.all"})
"""Functions whose result has the members of their argument."""
_MERGES: Final = frozenset(
    {
        "Object.assign",
        "mergeConfig",
        "merge",
        "_.merge",
        "deepmerge",
        "_.assign",
        "_.extend",
        "_.defaults",
        "_.defaultsDeep",
        "defu",
    }
)
"""Functions whose result has the members of all their arguments."""
_LONGEST_MERGER: Final = max(map(len, _KEEPS_MEMBERS | _MERGES))
_MOST_PARAMETERS: Final = 50
_LONGEST_TEXT: Final = 200
"""Bytes of a constant expression that is read as a text."""
_MOST_ANCESTORS: Final = 100


def uncommented(node: "Node") -> "Node | None":
    """Return the first named child of a node that is not a comment."""
    first = node.named_child(0) if node.named_child_count else None
    if first is None or first.type != "comment":
        return first
    return next((child for child in node.named_children if child.type != "comment"), None)


def unwrapped(node: "Node") -> "Node":
    """Return the expression inside parentheses, `await`, `as`, `satisfies`, `<type>` and `!`."""
    while node.type in _WRAPPERS:
        inner = uncommented(node) if node.type != "type_assertion" else node.named_children[-1]  # after its type
        if inner is None:
            break
        node = inner
    return node


def first_error(root: "Node") -> int | None:
    """Return the byte offset of the first syntax error in a tree; None when there is none.

    When only the end of the text is missing, that is the end.
    """
    if not root.has_error:
        return None
    node = root
    for _ in range(_MOST_ANCESTORS):
        inner = next((child for child in node.children if child.has_error), None)
        if inner is None:
            break
        node = inner
    return root.end_byte if node == root else node.start_byte


def items(node: "Node") -> Iterator[tuple[int, "Node"]]:
    """Yield (index, item) of an array or array pattern; holes count."""
    index = 0
    for child in node.children:
        if child.type == ",":
            index += 1
        elif child.is_named and child.type != "comment":
            yield index, child


def members_of_literal(expr: Expr) -> ObjectMembers:
    """Return the members of an object or array literal, an enum or a class, cached per node."""
    module, node = expr
    members = module.tables.get(node.id)
    if members is None:
        members = module.tables[node.id] = _members(module, node)
    return members


def _members(module: Module, node: "Node") -> ObjectMembers:
    named: dict[str, tuple[int, Node]] = {}
    spread: list[tuple[int, Node]] = []
    if node.type in {"enum_declaration", "class_declaration", "class"}:
        node = node.child_by_field_name("body") or node
    if node.type == "array":
        for index, child in items(node):
            inner = uncommented(child) if child.type == "spread_element" else child
            if inner is not None:
                named[str(index)] = (index, inner)
        return ObjectMembers(named, ())
    for index, child in enumerate(node.named_children):
        match child.type:
            case "enum_assignment":
                key, value = child.child_by_field_name("name"), child.child_by_field_name("value")
                if key is not None and value is not None:
                    named[property_name(module, key)] = (index, value)
            case "pair":
                key, value = child.child_by_field_name("key"), child.child_by_field_name("value")
                if key is not None and value is not None:
                    named[property_name(module, key)] = (index, value)
            case "shorthand_property_identifier":
                named[module.text(child)] = (index, child)
            case "method_definition":
                key = child.child_by_field_name("name")
                if key is not None:
                    named[property_name(module, key)] = (index, child)
            case "public_field_definition" | "field_definition":
                key = child.child_by_field_name("name") or child.child_by_field_name("property")
                value = child.child_by_field_name("value")
                if key is not None and value is not None:
                    named[property_name(module, key)] = (index, value)
            case "spread_element" if (inner := uncommented(child)) is not None:
                spread.append((index, inner))
            case _:
                pass
    return ObjectMembers(named, spread)


def property_name(module: Module, node: "Node") -> str:
    """Return the property name of a key; empty for a computed key that is not a string literal."""
    match node.type:
        case "string":
            return module.string(node)
        case "computed_property_name":
            inner = node.named_children[0] if node.named_children else node
            return module.string(inner) if inner.type == "string" else ""
        case _:
            return module.text(node)


def member_name(module: Module, node: "Node") -> str:
    """Return the property name of a member expression; empty when it is computed."""
    if node.type == "subscript_expression":
        index = node.child_by_field_name("index")
        if index is None or index.type not in {"string", "number"}:
            return ""
        return module.string(index) if index.type == "string" else module.text(index)
    prop = node.child_by_field_name("property")
    return module.text(prop) if prop is not None else ""


def accessed(expr: Expr) -> tuple["Node", "Node"] | None:
    """Return (owner, key) of `a.b`, `a[b]` and `Reflect.get(a, b)`; None for any other expression."""
    module, node = expr
    match node.type:
        case "member_expression":
            owner, key = node.child_by_field_name("object"), node.child_by_field_name("property")
        case "subscript_expression":
            owner, key = node.child_by_field_name("object"), node.child_by_field_name("index")
        case "call_expression" if b"Reflect" in module.source and _is_reflect_get(module, node):
            given = arguments_of(module, node)
            owner, key = (given[0].node, given[1].node) if len(given) > 1 else (None, None)
        case _:
            return None
    return (owner, key) if owner is not None and key is not None else None


def _is_reflect_get(module: Module, call: "Node") -> bool:
    name = callee_name(module, call).replace("?.", ".")
    return name in {"Reflect.get", "Reflect.get.", "globalThis.Reflect.get"}


def default_in_pattern(module: Module, declaration: Declaration) -> "Node | None":
    """Return the default of a name in a pattern, `{token = x}` or `{a: token = x}`; None without one."""
    name = module.root.named_descendant_for_byte_range(*declaration.place)
    around = name.parent if name is not None else None
    if around is None or around.type not in {"assignment_pattern", "object_assignment_pattern"}:
        return None
    return around.child_by_field_name("right")


def left_out_of_rest(module: Module, declaration: Declaration) -> tuple[str, ...]:
    """Return the members that a pattern takes before the rest, `{a, b: c, ...rest}`; empty for any other name."""
    start, end = declaration.place
    if module.source[max(0, start - 3) : start] != b"...":
        return ()
    name = module.root.named_descendant_for_byte_range(start, end)
    pattern = name.parent.parent if name is not None and name.parent is not None else None
    if pattern is None or pattern.type != "object_pattern":
        return ()
    taken: list[str] = []
    for child in pattern.named_children:
        key = child.child_by_field_name("key") or child.child_by_field_name("left") or child
        if child.type != "rest_pattern" and key.type != "comment":
            taken.append(property_name(module, key))
    return tuple(filter(None, taken))


def awaited_by(module: Module, declaration: Declaration) -> "Node | None":
    """Return the promise whose result a parameter is, `promise.then((parameter) => …)`; None for any other."""
    node = module.root.named_descendant_for_byte_range(*declaration.place)
    for _ in range(_MOST_PATTERNS):
        if node is None or node.type in FUNCTIONS:
            break
        node = node.parent
    arguments = node.parent if node is not None and node.type in FUNCTIONS else None
    call = arguments.parent if arguments is not None and arguments.type == "arguments" else None
    callee = call.child_by_field_name("function") if call is not None else None
    if callee is None or callee.type != "member_expression" or member_name(module, callee) != "then":
        return None
    return callee.child_by_field_name("object")


def is_getter(method: "Node") -> bool:
    """Return whether a method is read like a field: `get token() {…}`."""
    return any(child.type == "get" for child in method.children)


def declared_names(module: Module, node: "Node") -> Iterator[str]:
    """Yield the names that a declaration adds to its scope."""
    name = node.child_by_field_name("name")
    if name is not None:
        yield module.text(name)
    for declarator in node.named_children if name is None else ():
        target = declarator.child_by_field_name("name") if declarator.type == "variable_declarator" else None
        pending = [target] if target is not None else []
        while pending:
            part = pending.pop()
            match part.type:
                case "identifier" | "shorthand_property_identifier_pattern":
                    yield module.text(part)
                case "pair_pattern":
                    pending += part.named_children[1:]
                case "assignment_pattern" | "object_assignment_pattern":
                    pending += part.named_children[:1]
                case _:
                    pending += part.named_children


def ancestors(expr: Expr) -> Iterator["Node"]:
    """Yield the nodes that enclose an expression, outermost first, at most `_MOST_ANCESTORS`."""
    module, node = expr
    around: Node | None = module.root
    for _ in range(_MOST_ANCESTORS):
        if around is None or around == node:
            break
        yield around
        around = around.child_with_descendant(node)


def arguments_of(module: Module, call: "Node") -> list[Expr]:
    """Return the arguments of a call, without comments."""
    arguments = call.child_by_field_name("arguments")
    if arguments is None or arguments.type != "arguments":
        return []
    return [Expr(module, child) for child in arguments.named_children if child.type != "comment"]


def callee_name(module: Module, call: "Node") -> str:
    """Return the code of what a call calls, such as `cache`; empty where it is long, and for what is no call."""
    return module.name(call.child_by_field_name("function")) if call.type == "call_expression" else ""


def merged(expr: Expr) -> list[Expr]:
    """Return the arguments whose members the result of a call has, highest precedence first."""
    module, node = expr
    callee = node.child_by_field_name("function") or node.child_by_field_name("constructor")
    if callee is None or callee.end_byte - callee.start_byte > _LONGEST_MERGER:
        return []
    name = module.text(callee)
    if name in _MERGES:
        return arguments_of(module, node)[::-1]
    return arguments_of(module, node)[:1] if name in _KEEPS_MEMBERS else []


def required_specifier(expr: Expr) -> str | None:
    """Return the specifier of `require("x")` or `import("x")`; None for any other expression."""
    module, node = expr
    if node.type != "call_expression":
        return None
    callee, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if callee is None or arguments is None or module.name(callee) not in {"require", "import"}:
        return None
    first = uncommented(arguments)
    return module.string(first) if first is not None and first.type == "string" else None


def returns(function: Expr) -> list[Expr]:
    """Return the returned expressions of a function, without those of nested functions."""
    body = function.node.child_by_field_name("body")
    if body is None:
        return []
    if body.type != "statement_block":
        return [Expr(function.module, body)]
    return [Expr(function.module, value) for value in function.module.returned(function.node)[:_MOST_RETURNS]]


def as_given(returned: Expr, function: Expr, call: Expr) -> Expr:
    """Return the argument of the call when the function returns its parameter, else the returned expression."""
    node = unwrapped(returned.node)
    parameters = function.node.child_by_field_name("parameters")
    if node.type != "identifier" or parameters is None or parameters.named_child_count > _MOST_PARAMETERS:
        return returned
    name = returned.module.text(node)
    arguments = arguments_of(call.module, call.node)
    for index, parameter in enumerate(parameters.named_children):
        pattern = parameter.child_by_field_name("pattern") or parameter
        if returned.module.text(pattern) == name and index < len(arguments):
            return arguments[index]
    return returned


def parameters_of(function: Expr) -> list["Node"]:
    """Return the names or patterns of the parameters of a function, without their types and defaults."""
    node = function.node
    single, several = node.child_by_field_name("parameter"), node.child_by_field_name("parameters")
    found = [single] if single is not None else several.named_children[:_MOST_PARAMETERS] if several is not None else []
    named = (each.child_by_field_name("pattern") or each for each in found if each.type != "comment")
    return [each.child_by_field_name("left") or each for each in named]


def text_parts(expr: Expr) -> list[str | Expr]:
    """Return the texts and expressions that a short string, template or sum is made of; empty for anything else."""
    module, node = expr
    if node.end_byte - node.start_byte > _LONGEST_TEXT:
        return []
    match node.type:
        case "string":
            return [module.string(node)]
        case "number":
            return [module.text(node)]
        case "template_string":
            inner = [child for child in node.named_children if child.type != "comment"]
            return [_template_part(module, child) for child in inner] or [""]
        case "binary_expression" if (operator := node.child_by_field_name("operator")) and operator.type == "+":
            sides = node.child_by_field_name("left"), node.child_by_field_name("right")
            return [Expr(module, side) for side in sides if side is not None]
        case _:
            return []


def _template_part(module: Module, node: "Node") -> str | Expr:
    substituted = uncommented(node) if node.type == "template_substitution" else None
    return Expr(module, substituted) if substituted is not None else unescape(module.source[slice(*node.byte_range)])
