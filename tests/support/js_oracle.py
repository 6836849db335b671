"""The imports of a source according to tree-sitter, as a reference."""

import functools
from collections.abc import Iterator
from typing import Final, Literal

import tree_sitter_javascript
import tree_sitter_typescript
from tree_sitter import Language, Node, Parser

from frontleak.js.escapes import unescape

Grammar = Literal["js", "ts", "tsx"]

_LANGUAGES: Final = {
    "js": tree_sitter_javascript.language,
    "ts": tree_sitter_typescript.language_typescript,
    "tsx": tree_sitter_typescript.language_tsx,
}


@functools.cache
def _parser(grammar: Grammar) -> Parser:
    return Parser(Language(_LANGUAGES[grammar]()))


def imports(source: bytes, grammar: Grammar) -> set[tuple[str, int]]:
    """Return (specifier, offset of its opening quote) of all imports with a literal specifier."""
    found: set[tuple[str, int]] = set()
    for node in _nodes(_parser(grammar).parse(source).root_node):
        if node.type in ("import_statement", "export_statement", "import_require_clause"):
            found |= _string(node.child_by_field_name("source"))
        elif node.type == "call_expression":
            called = node.child_by_field_name("function")
            if called is not None and (called.type == "import" or called.text == b"require"):
                found |= _string(_first_argument(node))
    return {(specifier, offset) for specifier, offset in found if specifier}


def has_error(source: bytes, grammar: Grammar) -> bool:
    """Return whether a source has syntax errors."""
    return _parser(grammar).parse(source).root_node.has_error


def _first_argument(call: Node) -> Node | None:
    arguments = call.child_by_field_name("arguments")
    if arguments is None or arguments.type != "arguments":
        return None
    return next((node for node in arguments.named_children if node.type != "comment"), None)


def _string(node: Node | None) -> set[tuple[str, int]]:
    if node is None or node.text is None or node.type not in ("string", "template_string"):
        return set()
    if any(child.type == "template_substitution" for child in node.children):
        return set()
    return {(unescape(node.text[1:-1]), node.start_byte)}


def _nodes(root: Node) -> Iterator[Node]:
    cursor = root.walk()
    while True:
        if cursor.node is not None:
            yield cursor.node
        if cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return
