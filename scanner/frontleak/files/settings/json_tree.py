"""Reads JSON with comments, as wrangler.jsonc has it."""

import re
from collections.abc import Iterator
from typing import Final

from frontleak.core.diagnostic import Diagnostic
from frontleak.core.settings_tree import DEEPEST, MistakeError, Node
from frontleak.files.settings.keys import ITEM, tree
from frontleak.resolve.jsonc import read_object

_TOKEN: Final = re.compile(
    r'"(?P<text>(?:[^"\\]++|\\.)*+)"(?P<key>\s*+:)?|//[^\r\n]*+|/\*(?:[^*]++|\*(?!/))*+(?:\*/)?|(?P<mark>[{}\[\]])',
    re.DOTALL,
)
_REASON: Final = re.compile(r"line (\d+): (.*)", re.DOTALL)


def read_json(data: bytes) -> Node:
    """Return the tree of a file.

    Raises:
        MistakeError: it is not valid.
    """
    found = read_object("", data)
    if isinstance(found, Diagnostic):
        told = _REASON.fullmatch(found.message)
        raise MistakeError(int(told[1]) if told else 1, told[2] if told else "not valid JSON")
    return tree(found, dict(_lines(data.decode("utf-8-sig"))))


def _lines(text: str) -> Iterator[tuple[tuple[str, ...], int]]:
    """Yield (path, line) of the keys."""
    path: list[str] = []  # of what is open; a key stays on it until the next one
    depth: list[int] = []  # length of the path where each table or list began
    line, position = 1, 0
    for token in _TOKEN.finditer(text):
        line += text.count("\n", position, token.start())
        position = token.start()
        if token["key"] and depth:
            del path[depth[-1] :]
            path.append(token["text"])
            yield tuple(path), line
        elif token["mark"] in {"{", "["}:
            if len(depth) > DEEPEST:
                return
            depth.append(len(path) + (token["mark"] == "["))
            path += [ITEM] if token["mark"] == "[" else []
        elif token["mark"] and depth:
            del path[depth.pop() - (token["mark"] == "]") :]
