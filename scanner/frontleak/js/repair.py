"""The best syntax tree of a script: its grammar may lack what the language has.

The newest grammar of TypeScript is from 2024, and none has the types of Flow. What a grammar rejects is therefore read
again, with its types erased. That takes time only for a script that has a syntax error for its grammar.
"""

from typing import TYPE_CHECKING, Final, NamedTuple

from frontleak.js.erasure.language import Language
from frontleak.js.parse import Grammar, parse_source
from frontleak.js.syntax import first_error

if TYPE_CHECKING:
    from tree_sitter import Node


class SyntaxTree(NamedTuple):
    """A tree whose offsets are those of the script, and what is wrong in it."""

    root: "Node"
    error: int | None = None
    """Byte offset of the first syntax error."""


_ATTEMPTS: Final[dict[Grammar, tuple[Language | None, ...]]] = {
    Grammar.JAVASCRIPT: (None, Language.FLOW),  # types that TypeScript has as well
    Grammar.TYPESCRIPT: (Language.TYPESCRIPT, None, Language.TSX),  # or JSX in a `.ts` file
    Grammar.TSX: (Language.TSX,),
}
"""How a script that its grammar rejects is read again, by the grammar of TSX: as it is, or erased as a language."""


def best_tree(text: bytes, grammar: Grammar) -> SyntaxTree | None:
    """Return the tree of a script whose first syntax error is latest; None when it is too long or takes too long."""
    best = _tree(text, grammar)
    for attempt in _ATTEMPTS[grammar]:
        if best is None or best.error is None:
            break
        other = text if attempt is None else _erased(text, attempt)
        best = _better(best, _tree(other, Grammar.TSX)) if other is not None else best
    return best


def _tree(text: bytes, grammar: Grammar) -> SyntaxTree | None:
    root = parse_source(text, grammar)
    return SyntaxTree(root, first_error(root)) if root is not None else None


def _erased(text: bytes, language: Language) -> bytes | None:
    from frontleak.js.erasure.erase import erased  # noqa: PLC0415 - most scripts have no syntax error

    return erased(text, language)


def _better(tree: SyntaxTree, other: SyntaxTree | None) -> SyntaxTree:
    if tree.error is None or other is None:
        return tree
    return other if other.error is None or other.error > tree.error else tree
