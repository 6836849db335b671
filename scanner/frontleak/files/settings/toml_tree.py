"""Reads TOML, as netlify.toml and wrangler.toml have it."""

import re
import tomllib
from collections.abc import Iterator
from typing import Any, Final

from frontleak.core.settings_tree import MistakeError, Node
from frontleak.files.settings.keys import ITEM, tree

_AT: Final = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)")
_KEY: Final = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.){0,200}"|'[^'\n]{0,200}')"""
_KEYS: Final = rf"{_KEY}(?:[ \t]{{0,20}}\.[ \t]{{0,20}}{_KEY}){{0,20}}"
_LINE: Final = re.compile(rf"[ \t]*(?:(?P<table>\[\[?)[ \t]*(?P<of>{_KEYS})[ \t]*\]|(?P<key>{_KEYS})[ \t]*=)")
_INLINE: Final = re.compile(rf"[{{,][ \t]*(?P<key>{_KEYS})[ \t]*=")
_DEEP: Final = re.compile(
    r"""(?<![A-Za-z0-9_.'"-])(?:(?:[A-Za-z0-9_-]++|"[^"\n]{0,99}+"|'[^'\n]{0,99}+')[ \t]*+\.[ \t]*+){200}"""
)
"""A dotted key for which the parser takes time that grows with its square."""
_LONGEST: Final = 100_000
"""Characters of a line in which keys are looked for."""


def read_toml(data: bytes) -> Node:
    """Return the tree of a file.

    Raises:
        MistakeError: it is not valid.
    """
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise MistakeError(data.count(b"\n", 0, error.start) + 1, "not UTF-8") from None
    if deep := _DEEP.search(text):
        raise MistakeError(text.count("\n", 0, deep.start()) + 1, "nested too deeply")
    try:
        value = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = _AT.search(str(error))
        line = int(at[1]) if at and at[1] else text.count("\n") + 1
        raise MistakeError(line, f"not valid TOML: {_reason(error)}") from None
    except RecursionError:
        raise MistakeError(1, "nested too deeply") from None
    except ValueError:
        raise MistakeError(1, "not valid TOML: a number with too many digits") from None
    return tree(value, dict(_lines(text)))


def _reason(error: tomllib.TOMLDecodeError) -> str:
    """Return what is wrong, without the part of the file that some messages show: it could be a secret."""
    reason = _AT.sub("", str(error))
    return re.sub(r"['\"(].*", "", reason).strip().lower() or "a syntax error"


def _lines(text: str) -> Iterator[tuple[tuple[str, ...], int]]:
    """Yield (path, line) of the keys; a line of a longer text may look like one, which only moves a line."""
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.split("\n"), start=1):
        match = _LINE.match(line[:_LONGEST])
        if match is None:
            continue
        if match["table"]:
            table = (*_path(match["of"]), *((ITEM,) if match["table"] == "[[" else ()))
            found = [table]
        else:
            own = (*table, *_path(match["key"]))
            inline = _INLINE.finditer(line[:_LONGEST], match.end())
            found = [own, *((*own, *_path(inner["key"])) for inner in inline)]
        yield from ((path, number) for path in found)


def _path(keys: str) -> tuple[str, ...]:
    """Return the steps of a dotted key."""
    try:
        value: Any = tomllib.loads(f"{keys} = 1")
    except tomllib.TOMLDecodeError:
        return (keys,)
    path: list[str] = []
    while isinstance(value, dict):
        ((name, value),) = value.items()
        path.append(name)
    return tuple(path)
