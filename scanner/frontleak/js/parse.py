"""JavaScript and TypeScript syntax trees. Only this module imports tree-sitter, which some platforms lack.

On text that is not JavaScript, the parser searches for the cheapest repair, and its time can grow faster than the
square of the length. Therefore the input is short, and parsing stops when it takes more steps than any well-formed
text of that length.
"""

import functools
from enum import StrEnum
from re import DOTALL
from types import ModuleType
from typing import TYPE_CHECKING, Final

from frontleak.core.budget import WorkBudget
from frontleak.core.lazy_regex import LazyRegex
from frontleak.js.erasure.misread import without_misread

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

MOST_PARSED: Final = 34_000
"""Bytes per `parse` call; a tree takes sixty times its text in memory."""
MOST_CODE: Final = 4_000
"""Bytes per `parse` call outside lists of literals."""
MOST_SOURCE: Final = 1_000_000
"""Bytes of the largest parsed source file; a larger file is generated."""
_COST_OF_ERRORS: Final = 30
"""Budget units per byte: worst-case parsing cost of malformed text."""
_STEPS: Final = 50
_BYTES_A_STEP: Final = 8
"""A step is the work between two progress callbacks: at least fourteen bytes of well-formed text."""
_MOST_OPEN_COMMENTS: Final = 8
"""Unterminated comments; the parser's error recovery reads each to the end of the text repeatedly."""
_MOST_OPEN_ANGLES: Final = 3_000
"""Unclosed `<` in TypeScript. When arguments such as `a<b,` may be types and do not end, the time of the parser's error
recovery grows with the square of their number, in one step that cannot be interrupted."""
_LITERAL: Final = b"(?:%b)" % b"|".join(
    (
        *(rb"0x[0-9a-fA-F]++", rb"\d++", rb"\"(?>[^\"\\\n]+|\\.)*+(?:\"|())", rb"'(?>[^'\\\n]+|\\.)*+(?:'|())"),
        rb"`(?>[^`\\$]+|\\.)*+(?:`|())",
    )
)
_LITERALS: Final = LazyRegex(_LITERAL + rb"(?:\s{0,9},\s{0,9}" + _LITERAL + rb")*+", DOTALL)
"""A comma-separated list of literals; a group matches when the last literal is unterminated."""


_TEXTS: Final = LazyRegex(
    rb"(?://[^\n]*+|/\*(?>[^*]|\*(?!/))*+\*/|\"(?>[^\"\\\n]|\\.)*+\"|'(?>[^'\\\n]|\\.)*+'|`(?>[^`\\]|\\.)*+`)", DOTALL
)
"""Comments and literals, in which `/*` may be part of a path."""


class Grammar(StrEnum):
    """The grammar of a text."""

    JAVASCRIPT = "javascript"
    """JavaScript with JSX. Always used for bundles, because TypeScript parses `a<b,c>(d)` as a generic call."""
    TYPESCRIPT = "typescript"
    TSX = "tsx"


_BINDINGS: Final = {
    Grammar.JAVASCRIPT: ("tree_sitter_javascript", "language"),
    Grammar.TYPESCRIPT: ("tree_sitter_typescript", "language_typescript"),
    Grammar.TSX: ("tree_sitter_typescript", "language_tsx"),
}
"""Package of each grammar, and the function of its extension module that returns the language."""


@functools.cache
def _parser(grammar: Grammar) -> "Parser | None":
    try:
        from tree_sitter import Language, Parser  # noqa: PLC0415 - absent on some platforms, needed only for a trigger

        return Parser(Language(_language(grammar)))
    except (ImportError, ValueError, TypeError):  # not installed, or a grammar built for another version of the library
        return None


def _language(grammar: Grammar) -> object:
    """Return the language of a grammar.

    Raises:
        ImportError: its package is not installed.
    """
    package, name = _BINDINGS[grammar]
    if (binding := _binding(package)) is not None:
        return getattr(binding, name)()
    if grammar is Grammar.JAVASCRIPT:
        from tree_sitter_javascript import language  # noqa: PLC0415 - as above
    elif grammar is Grammar.TYPESCRIPT:
        from tree_sitter_typescript import language_typescript as language  # noqa: PLC0415 - as above
    else:
        from tree_sitter_typescript import language_tsx as language  # noqa: PLC0415 - as above
    return language()


def _binding(package: str) -> ModuleType | None:
    """Return the extension module in a package of a grammar; None if it is not there.

    The package itself also imports what reads its queries, `importlib.resources`: three milliseconds of a hook.
    """
    from importlib.machinery import ExtensionFileLoader, PathFinder  # noqa: PLC0415 - as above
    from importlib.util import find_spec, module_from_spec  # noqa: PLC0415 - as above

    found = find_spec(package)
    inside = found.submodule_search_locations if found is not None else None
    spec = PathFinder.find_spec(f"{package}._binding", inside) if inside is not None else None
    if spec is None or not isinstance(spec.loader, ExtensionFileLoader):
        return None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def available() -> bool:
    """Return whether a JavaScript parser is installed."""
    return _parser(Grammar.JAVASCRIPT) is not None


def parse(text: bytes, budget: WorkBudget) -> "Node | None":
    """Return the root of the tree of a piece of a bundle, which may contain syntax errors.

    None when the text is too long or cannot be parsed.

    Raises:
        ExhaustedError: the budget is exhausted.
    """
    budget.spend(60 + len(text) // 3)
    if len(text) > MOST_PARSED or (len(text) > MOST_CODE and _code_in(text) > MOST_CODE):
        return None
    root = _parsed(text, Grammar.JAVASCRIPT)
    if root is None or root.has_error:
        budget.spend(_COST_OF_ERRORS * len(text))
    return root


def parse_source(text: bytes, grammar: Grammar) -> "Node | None":
    """Return the root of the tree of a source file, which may contain syntax errors.

    A tree of TypeScript has no `await`, `void` and `!` where they mislead the grammar: it has their operand.

    None when the file is longer than `MOST_SOURCE`, or exceeds the step limit for its length.
    """
    if len(text) > MOST_SOURCE:
        return None
    if grammar is not Grammar.JAVASCRIPT:
        text = without_misread(text)
    return _parsed(_without_paths(text) if _open_comments(text) > _MOST_OPEN_COMMENTS else text, grammar)


def _parsed(text: bytes, grammar: Grammar) -> "Node | None":
    parser = _parser(grammar)
    if parser is None or _open_comments(text) > _MOST_OPEN_COMMENTS:
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
    except ValueError:  # cancelled by the progress callback
        parser.reset()
        return None


def _open_comments(text: bytes) -> int:
    """Return the number of `/*` behind the last `*/`."""
    return text.count(b"/*", text.rfind(b"*/") + 1)


def _without_paths(text: bytes) -> bytes:
    """Return a text of the same length without `/*` in its literals, which lists of routes have."""
    return _TEXTS.sub(lambda found: found[0] if found[0][:1] == b"/" else found[0].replace(b"/*", b"/_"), text)


def _open_angles(text: bytes) -> int:
    """Return how many more `<` than `>` a text has, not counting arrows."""
    return text.count(b"<") - text.count(b">") + text.count(b"=>")


def _code_in(text: bytes) -> int:
    """Return the number of bytes outside lists of literals; all bytes when a literal is unterminated."""
    size = len(text)
    for literals in _LITERALS.finditer(text):
        if literals.lastindex:
            return len(text)
        size -= literals.end() - literals.start()
    return size
