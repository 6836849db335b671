"""JavaScript syntax trees of short pieces of text; the only importer of tree-sitter, which some platforms lack.

What is no JavaScript can take the parser time that grows with more than the square of its length, because it looks for
the cheapest repair. So only little code is parsed at a time, and given up when it takes the parser more steps than any
well-formed text of its length does.
"""

import functools
from re import DOTALL
from typing import TYPE_CHECKING, Final

from scanner.javascript.budget import Budget
from scanner.patterns import Pattern

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

MOST_PARSED: Final = 34_000
"""Bytes that are parsed at once: a tree takes sixty times its text in memory."""
MOST_CODE: Final = 4_000
"""Bytes of them that are not literals in a list."""
_COST_OF_ERRORS: Final = 30
"""Units a byte: what parsing takes at worst when the text is not well-formed."""
_STEPS: Final = 50
_BYTES_A_STEP: Final = 8
"""A step is what the parser does between two questions whether to go on: fourteen bytes or more of well-formed text."""
_MOST_OPEN_COMMENTS: Final = 8
"""Comments that do not end; each is read to the end of the text again and again by the parser's error recovery."""
_LITERAL: Final = rb"(?:0x[0-9a-fA-F]++|\d++|\"(?>[^\"\\\n]+|\\.)*+\"|'(?>[^'\\\n]+|\\.)*+'|`(?>[^`\\$]+|\\.)*+`)"
_LITERALS: Final = Pattern(_LITERAL + rb"(?:\s{0,9},\s{0,9}" + _LITERAL + rb")*+", DOTALL)


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


def parse(text: bytes, budget: Budget) -> "Node | None":
    """Return the root of the tree of some text, damaged parts and all; None when it is too long or cannot be parsed.

    Raises:
        ExhaustedError: the budget is used up.
    """
    budget.spend(60 + len(text) // 3)
    parser = _parser()
    if parser is None or len(text) > MOST_PARSED:
        return None
    if len(text) > MOST_CODE and len(_LITERALS.sub(b"", text)) > MOST_CODE:
        return None
    if text.count(b"/*", text.rfind(b"*/") + 1) > _MOST_OPEN_COMMENTS:
        return None
    left = _STEPS + len(text) // _BYTES_A_STEP

    def too_long(_offset: int, _has_error: bool) -> bool:
        nonlocal left
        left -= 1
        return left < 0

    try:
        root = parser.parse(lambda offset, _point: text[offset:], progress_callback=too_long).root_node
    except ValueError:  # given up
        parser.reset()
        root = None
    if root is None or root.has_error:
        budget.spend(_COST_OF_ERRORS * len(text))
    return root
