"""Fold an expression of a small program, marked with `«` and `»`."""

from frontleak.core.budget import WorkBudget
from frontleak.decode.folding.builtins import HOLE
from frontleak.decode.folding.fold import Folder

UNKNOWN_PART = "…"
"""Stands for unknown parts in the result of `folded`."""


def folded(program: str, budget: WorkBudget | None = None) -> list[str]:
    """Return the folded texts of expressions in the marked span; without marks, in the whole program."""
    before, _, rest = program.rpartition("«")
    inside, _, after = rest.partition("»")
    text = (before + inside + after).encode()
    start = len(before.encode())
    folder = Folder(text, budget or WorkBudget())
    return [found.value.replace(HOLE, UNKNOWN_PART) for found in folder.fold(start, start + len(inside.encode()))]
