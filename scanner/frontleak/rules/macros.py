"""Macros: named fragments of expressions."""

import re
from collections.abc import Mapping
from typing import Final

from frontleak.rules.data_files import MACROS
from frontleak.rules.documents import read_documents
from frontleak.rules.schema import mistakes_in

_MACRO: Final = re.compile(r"\{\{([a-z-]+)\}\}")


def expand(pattern: str, macros: Mapping[str, str]) -> str:
    """Replace each `{{name}}` by the macro's text in a non-capturing group.

    Raises:
        KeyError: there is no such macro; the argument is its name.
    """
    return _MACRO.sub(lambda m: f"(?:{macros[m.group(1)]}\n)", pattern)


def read_macros(text: str, file: str, before: Mapping[str, str]) -> tuple[dict[str, str], set[str], list[str]]:
    """Read a file of macros.

    A macro may use those defined before it, in this file or in `before`, and may not replace one of those.

    Returns:
        Name -> expression, the names of invalid macros, and the mistakes as `file:line: message`.
    """
    documents, mistakes = read_documents(text, file)
    macros: dict[str, str] = {}
    broken: set[str] = set()
    for document in documents:
        wrong = mistakes_in(document, MACROS)
        mistakes += wrong.texts()
        for name, value in document.value.items() if isinstance(document.value, dict) else ():
            if wrong.within((name,)) or not wrong.is_complete:
                broken.add(name)
                continue
            if name in before or name in macros:
                mistakes.append(f"{document.where(name)}: the macro {name!r} is defined already")
                continue
            try:
                macros[name] = expand(value, {**before, **macros})
            except KeyError as error:
                broken.add(name)
                if error.args[0] in broken - {name}:
                    continue
                mistakes.append(f"{document.where(name)}: there is no macro {{{{{error.args[0]}}}}} before this one")
    return macros, broken, mistakes
