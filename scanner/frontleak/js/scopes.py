"""Parse a script and bind its names: declarations, imports and exports by scope."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from frontleak.js.embedded_scripts import EmbeddedScript
from frontleak.js.module import DEFAULT, EVERYTHING, Declaration, Export, Import, Module, NameScope
from frontleak.js.repair import best_tree
from frontleak.js.syntax import (
    FUNCTIONS,
    declared_names,
    is_getter,
    items,
    property_name,
    uncommented,
    unwrapped,
)

if TYPE_CHECKING:
    from tree_sitter import Node

_MOST_NODES: Final = 600_000
"""Visited nodes per tree; a source file of a megabyte has fewer."""
_MOST_NESTED: Final = 100
"""Nested scopes; a name declared deeper is bound in the scope at this depth."""
_SCOPES: Final = FUNCTIONS | {
    *("program", "statement_block", "for_statement", "for_in_statement", "catch_clause", "class_body")
}
_INDEXED: Final = frozenset(
    {
        *("call_expression", "new_expression", "jsx_opening_element", "jsx_self_closing_element"),
        *("member_expression", "subscript_expression", "assignment_expression", "augmented_assignment_expression"),
    }
)
_DECLARES: Final = frozenset(
    {
        *("import_statement", "export_statement", "variable_declarator", "arrow_function"),
        *("assignment_expression", "augmented_assignment_expression"),
        *("function_declaration", "generator_function_declaration", "class_declaration", "enum_declaration"),
        *("formal_parameters", "public_field_definition", "field_definition", "method_definition", "return_statement"),
        *("expression_statement", "for_in_statement", "catch_clause"),
    }
)
"""Node types that declare or export a name, assign or return a value, or discard it."""
_LEAVES: Final = frozenset(
    {
        *("identifier", "property_identifier", "shorthand_property_identifier", "type_identifier", "this"),
        *("string", "number", "regex", "comment", "jsx_text", "import_statement"),
        *("type_annotation", "type_arguments", "type_parameters", "predefined_type"),
        *("interface_declaration", "type_alias_declaration", "ambient_declaration"),
    }
)
"""Node types without declarations or indexed nodes inside."""


def parse_module(path: str, script: EmbeddedScript) -> Module | None:
    """Parse a script and bind its names; None when it is too long or cannot be parsed."""
    tree = best_tree(script.text, script.grammar)
    if tree is None:
        return None
    line = 0 if tree.error is None else script.text.count(b"\n", 0, tree.error) + 1
    module = Module(path, script.section, script.text, tree.root, damage=line)
    _Binder(module).read()
    return module


class _Binder:
    """Walks a tree once, without recursion, and fills in a module."""

    def __init__(self, module: Module) -> None:
        self._module = module

    def read(self) -> None:
        self._module.directives = frozenset(self._directives())
        scope = NameScope(0, len(self._module.source), None)
        scopes, nodes = self._module.scopes, self._module.nodes
        scopes.append(scope)
        # a scope on the stack marks the return to that scope
        pending: list[Node | NameScope] = [*reversed(self._module.root.named_children)]
        depth = 0
        for _ in range(_MOST_NODES):
            if not pending:
                return
            node = pending.pop()
            if isinstance(node, NameScope):
                scope = node
                depth -= 1
                continue
            kind = node.type
            if kind in _INDEXED:
                nodes.setdefault(kind, []).append(node)
            outer = scope
            if kind in _SCOPES and depth < _MOST_NESTED:
                scope = NameScope(node.start_byte, node.end_byte, outer, node if kind in FUNCTIONS else None)
                scope.fields = {} if kind == "class_body" else None
                scopes.append(scope)
                pending.append(outer)
                depth += 1
            if kind in _DECLARES:
                self._record(node, kind, scope, outer)
            if kind not in _LEAVES:
                children = node.named_children
                children.reverse()
                pending += children
        lines = self._module.source.count(b"\n", 0, scope.start)
        self._module.damage = self._module.damage or lines + 1  # the rest was not visited

    def _directives(self) -> Iterator[str]:
        for child in self._module.root.named_children:
            if child.type in {"comment", "hash_bang_line"}:
                continue
            inner = child.named_children[0] if child.type == "expression_statement" and child.named_children else None
            if inner is None or inner.type != "string":
                return
            yield self._module.string(inner)

    def _record(self, node: "Node", kind: str, scope: NameScope, outer: NameScope) -> None:
        """Record the declarations of a node; `scope` is its own scope if it has one, `outer` the enclosing scope."""
        match kind:
            case "assignment_expression" | "augmented_assignment_expression":
                if kind == "assignment_expression":
                    self._common_js(node)
                left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
                if left is not None and right is not None and self._module.name(left).startswith("this."):
                    _record_field(scope, self._module.text(left)[len("this.") :], right)
            case "public_field_definition" | "field_definition":
                key = node.child_by_field_name("name") or node.child_by_field_name("property")
                value = node.child_by_field_name("value")
                if key is not None and value is not None:
                    _record_field(scope, property_name(self._module, key), value)
            case "method_definition" if (key := node.child_by_field_name("name")) is not None and _is_value(node):
                _record_field(outer, property_name(self._module, key), node)
            case "return_statement":
                self._return(node, scope)
            case "expression_statement" if (expression := uncommented(node)) is not None:
                self._module.statements.add(expression.id)
            case "import_statement":
                self._import(node, scope)
            case "export_statement":
                self._export(node)
            case "variable_declarator":
                name = node.child_by_field_name("name")
                if name is not None:
                    self._bind(scope, name, node.child_by_field_name("value"))
            case "function_declaration" | "generator_function_declaration" | "class_declaration" | "enum_declaration":
                name = node.child_by_field_name("name")
                if name is not None:
                    outer.names.setdefault(self._module.text(name), Declaration(node))
            case "formal_parameters":
                for parameter in node.named_children:
                    pattern = parameter.child_by_field_name("pattern") or parameter
                    default = parameter.child_by_field_name("value")
                    if pattern.type == "assignment_pattern":
                        default = pattern.child_by_field_name("right")
                    self._bind(scope, pattern, default, parameter=True)
                    if pattern.type == "identifier" and _is_field(parameter):
                        _record_field(scope, self._module.text(pattern), pattern)
            case "for_in_statement" if node.child_by_field_name("kind") is not None:
                if (each := node.child_by_field_name("left")) is not None:
                    self._bind(scope, each, None)
            case "catch_clause" if (caught := node.child_by_field_name("parameter")) is not None:
                self._bind(scope, caught, None)
            case "arrow_function" if (single := node.child_by_field_name("parameter")) is not None:
                self._bind(scope, single, None, parameter=True)
            case _:
                pass

    def _bind(self, scope: NameScope, pattern: "Node", value: "Node | None", *, parameter: bool = False) -> None:
        """Declare the names of a pattern, each with its member path into the value."""
        pending: list[tuple[Node, tuple[str | int, ...]]] = [(pattern, ())]
        while pending:
            node, path = pending.pop()
            match node.type:
                case "identifier" | "shorthand_property_identifier_pattern":
                    name = self._module.text(node)
                    path = (*path, name) if node.type != "identifier" else path
                    place = (node.start_byte, node.end_byte)
                    scope.names.setdefault(name, Declaration(value, path, parameter=parameter, place=place))
                case "object_pattern":
                    pending += ((child, path) for child in node.named_children)
                case "array_pattern":
                    pending += ((child, (*path, index)) for index, child in items(node))
                case "pair_pattern":
                    key, target = node.child_by_field_name("key"), node.child_by_field_name("value")
                    if key is not None and target is not None:
                        pending.append((target, (*path, property_name(self._module, key))))
                case "assignment_pattern" | "object_assignment_pattern":
                    left = node.child_by_field_name("left")
                    if left is not None:
                        pending.append((left, path))
                case "rest_pattern" if node.named_children:
                    pending.append((node.named_children[0], path))
                case _:
                    pass

    def _return(self, node: "Node", scope: NameScope) -> None:
        value = uncommented(node)
        around: NameScope | None = scope
        while around is not None and around.function is None:
            around = around.outer
        if value is not None and around is not None:
            around.returned.append(value)

    def _import(self, node: "Node", scope: NameScope) -> None:
        source = node.child_by_field_name("source")
        clause = next((child for child in node.named_children if child.type not in {"string", "comment"}), None)
        if clause is not None and clause.type == "import_require_clause":
            source = clause.child_by_field_name("source")
        if source is None or source.type != "string":
            return
        specifier = self._module.string(source)
        types = any(child.type == "type" for child in node.children)
        if clause is None:
            self._module.imports.setdefault(specifier, []).append(Import(specifier, "", types))
            return
        for child in clause.named_children:
            match child.type:
                case "identifier":
                    name = EVERYTHING if clause.type == "import_require_clause" else DEFAULT
                    self._imported(scope, child, Import(specifier, name, types))
                case "namespace_import" if child.named_children:
                    self._imported(scope, child.named_children[0], Import(specifier, EVERYTHING, types))
                case "named_imports":
                    for item in child.named_children:
                        name_node = item.child_by_field_name("name")
                        if item.type == "import_specifier" and name_node is not None:
                            only = types or any(part.type == "type" for part in item.children)
                            local = item.child_by_field_name("alias") or name_node
                            self._imported(scope, local, Import(specifier, self._name(name_node), only))
                case _:
                    pass

    def _imported(self, scope: NameScope, local: "Node", imported: Import) -> None:
        imported = imported._replace(local=self._module.text(local))
        self._module.imports.setdefault(imported.specifier, []).append(imported)
        place = (local.start_byte, local.end_byte)
        scope.names.setdefault(imported.local, Declaration(None, imported=imported, place=place))

    def _name(self, node: "Node") -> str:
        return self._module.string(node) if node.type == "string" else self._module.text(node)

    def _export(self, node: "Node") -> None:
        source = node.child_by_field_name("source")
        specifier = self._module.string(source) if source is not None and source.type == "string" else ""
        # the grammar lacks `export type *`
        types = any(child.type == "type" or self._module.name(child) == "type" for child in node.children[:2])
        exports = self._module.exports
        declared, value = node.child_by_field_name("declaration"), node.child_by_field_name("value")
        is_default = any(child.type == "default" for child in node.children)
        if declared is not None:
            names = list(declared_names(self._module, declared))
            if is_default:
                exports[DEFAULT] = Export(value=declared, local=names[0] if names else "")
            for name in names if not is_default else ():
                exports[name] = Export(local=name)
        elif value is not None:
            inner = unwrapped(value)
            local = self._module.text(inner) if inner.type == "identifier" else ""
            exports[DEFAULT] = Export(value=value, local=local)
        clause = next(
            (child for child in node.named_children if child.type in {"export_clause", "namespace_export"}), None
        )
        if specifier and clause is None and any(child.type == "*" for child in node.children):
            if not types:
                self._module.stars.append(specifier)
        elif clause is not None and clause.type == "namespace_export" and clause.named_children:
            exports[self._name(clause.named_children[0])] = Export(source=Import(specifier, EVERYTHING, types))
        elif clause is not None:
            for item in clause.named_children:
                name_node = item.child_by_field_name("name")
                if name_node is None:
                    continue
                only = types or any(part.type == "type" for part in item.children)
                name = self._name(name_node)
                exported = self._name(item.child_by_field_name("alias") or name_node)
                exports[exported] = Export(source=Import(specifier, name, only)) if specifier else Export(local=name)

    def _common_js(self, node: "Node") -> None:
        """Record `module.exports = …` and `exports.name = …`."""
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or right is None or left.type != "member_expression" or left.end_byte - left.start_byte > 200:
            return
        target = self._module.text(left).replace(" ", "")
        if target == "module.exports":
            self._module.exports.setdefault(DEFAULT, Export(value=right))
        elif target.startswith(("module.exports.", "exports.")):
            self._module.exports.setdefault(target.rpartition(".")[2], Export(value=right))


def _is_field(parameter: "Node") -> bool:
    """Return whether a parameter of a constructor declares a field, `private token: string`."""
    return any(
        child.type in {"accessibility_modifier", "readonly", "override_modifier"} for child in parameter.children
    )


def _is_value(method: "Node") -> bool:
    """Return whether a method can be read as a member of an instance: a getter, or one of a class."""
    return is_getter(method) or (method.parent is not None and method.parent.type == "class_body")


def _record_field(scope: NameScope, name: str, value: "Node") -> None:
    """Record a value of a field of the class that encloses a scope."""
    around: NameScope | None = scope
    while around is not None:
        if around.fields is not None:
            around.fields.setdefault(name, []).append(value)
            return
        around = around.outer
