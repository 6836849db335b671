"""JavaScript syntax trees of short pieces of text; the only importer of tree-sitter, which some platforms lack."""

import functools
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

MOST_PARSED: Final = 64_000
"""Bytes that are parsed at once: a tree takes sixty times its text in memory, and cannot be given up half-way."""


@functools.cache
def _parser() -> "Parser | None":
    try:
        import tree_sitter_javascript  # noqa: PLC0415 - absent on some platforms, and needed only for a trigger
        from tree_sitter import Language, Parser  # noqa: PLC0415 - as above
    except ImportError:
        return None
    try:
        return Parser(Language(tree_sitter_javascript.language()))
    except (ValueError, TypeError):  # a grammar made for another version of the library
        return None


def available() -> bool:
    """Say whether JavaScript can be parsed here."""
    return _parser() is not None


def parse(text: bytes) -> "Node | None":
    """Return the root of the tree of some text, damaged parts and all; None when it is too long or cannot be parsed."""
    parser = _parser()
    if parser is None or len(text) > MOST_PARSED:
        return None
    try:
        return parser.parse(text).root_node
    except ValueError:
        return None
