"""JavaScript and TypeScript syntax trees; the only importer of tree-sitter, which some platforms lack.

What is no JavaScript can take the parser time that grows with more than the square of its length, because it looks for
the cheapest repair. So only little code is parsed at a time, and given up when it takes the parser more steps than any
well-formed text of its length does.
"""

import functools
from enum import StrEnum
from re import DOTALL
from typing import TYPE_CHECKING, Final

from frontleak.core.budget import WorkBudget
from frontleak.core.lazy_regex import LazyRegex

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

MOST_PARSED: Final = 34_000
"""Bytes that are parsed at once: a tree takes sixty times its text in memory."""
MOST_CODE: Final = 4_000
"""Bytes of them that are not literals in a list."""
MOST_SOURCE: Final = 1_000_000
"""Bytes of a source file that is parsed; a larger one was not written by a person."""
_COST_OF_ERRORS: Final = 30
"""Units a byte: what parsing takes at worst when the text is not well-formed."""
_STEPS: Final = 50
_BYTES_A_STEP: Final = 8
"""A step is what the parser does between two questions whether to go on: fourteen bytes or more of well-formed text."""
_MOST_OPEN_COMMENTS: Final = 8
"""Comments that do not end; each is read to the end of the text again and again by the parser's error recovery."""
_MOST_OPEN_ANGLES: Final = 3_000
"""`<` that nothing closes, in TypeScript: when arguments such as `a<b,` may be types and do not end, the parser's error
recovery takes time that grows with the square of their number, in one step that cannot be interrupted."""
_LITERAL: Final = b"(?:%b)" % b"|".join(
    (
        *(rb"0x[0-9a-fA-F]++", rb"\d++", rb"\"(?>[^\"\\\n]+|\\.)*+(?:\"|())", rb"'(?>[^'\\\n]+|\\.)*+(?:'|())"),
        rb"`(?>[^`\\$]+|\\.)*+(?:`|())",
    )
)
_LITERALS: Final = LazyRegex(_LITERAL + rb"(?:\s{0,9},\s{0,9}" + _LITERAL + rb")*+", DOTALL)
"""Literals in a list; a group takes part when the last of them does not end."""


class Grammar(StrEnum):
    """What some text is written in."""

    JAVASCRIPT = "javascript"
    """JavaScript, JSX included; bundles are always this, for TypeScript reads `a<b,c>(d)` as something else."""
    TYPESCRIPT = "typescript"
    TSX = "tsx"


@functools.cache
def _parser(grammar: Grammar) -> "Parser | None":
    try:
        from tree_sitter import Language, Parser  # noqa: PLC0415 - absent on some platforms, needed only for a trigger

        if grammar is Grammar.JAVASCRIPT:
            from tree_sitter_javascript import language  # noqa: PLC0415 - as above
        elif grammar is Grammar.TYPESCRIPT:
            from tree_sitter_typescript import language_typescript as language  # noqa: PLC0415 - as above
        else:
            from tree_sitter_typescript import language_tsx as language  # noqa: PLC0415 - as above
        return Parser(Language(language()))
    except (ImportError, ValueError, TypeError):  # not installed, or a grammar made for another version of the library
        return None


def available() -> bool:
    """Say whether JavaScript can be parsed here."""
    return _parser(Grammar.JAVASCRIPT) is not None


def parse(text: bytes, budget: WorkBudget) -> "Node | None":
    """Return the root of the tree of a piece of a bundle, damaged parts and all.

    None when it is too long or cannot be parsed.

    Raises:
        ExhaustedError: the budget is used up.
    """
    budget.spend(60 + len(text) // 3)
    if len(text) > MOST_PARSED or (len(text) > MOST_CODE and _code_in(text) > MOST_CODE):
        return None
    root = _parsed(text, Grammar.JAVASCRIPT)
    if root is None or root.has_error:
        budget.spend(_COST_OF_ERRORS * len(text))
    return root


def parse_source(text: bytes, grammar: Grammar) -> "Node | None":
    """Return the root of the tree of a source file, damaged parts and all.

    None when it is longer than `MOST_SOURCE`, or cannot be parsed in a time that fits its length.
    """
    return _parsed(text, grammar) if len(text) <= MOST_SOURCE else None


def _parsed(text: bytes, grammar: Grammar) -> "Node | None":
    parser = _parser(grammar)
    if parser is None or text.count(b"/*", text.rfind(b"*/") + 1) > _MOST_OPEN_COMMENTS:
        return None
    if grammar is not Grammar.JAVASCRIPT and _open_angles(text) > _MOST_OPEN_ANGLES:
        return None
    left = _STEPS + len(text) // _BYTES_A_STEP

    def too_long(_offset: int, _has_error: bool) -> bool:
        nonlocal left
        left -= 1
        return left < 0

    try:
        return parser.parse(lambda offset, _point: text[offset:], progress_callback=too_long).root_node
    except ValueError:  # given up
        parser.reset()
        return None


def _open_angles(text: bytes) -> int:
    """Return how many `<` more than `>` there are in some text, arrows left out."""
    return text.count(b"<") - text.count(b">") + text.count(b"=>")


def _code_in(text: bytes) -> int:
    """Return how many bytes of some text are not literals in a list; all of them when a literal does not end."""
    size = len(text)
    for literals in _LITERALS.finditer(text):
        if literals.lastindex:
            return len(text)
        size -= literals.end() - literals.start()
    return size
