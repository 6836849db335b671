"""`.env` files that git ignores: a walk reads only their public variables, for a build publishes those values anyway.

The syntax is that of dotenv, which Next.js, Vite and others use: `NAME=value` or `NAME: value`, quotes may hold several
lines, and a comment begins after a space (https://github.com/motdotla/dotenv).
"""

import re
from collections.abc import Callable
from typing import Final

_NAME: Final = re.compile(r"\.env(?:\..+)?")
_ASSIGNMENT: Final = re.compile(
    rb"""^[ \t]*+(?:export[ \t]++)?(?P<name>[\w.-]++)(?:[ \t]*+=[ \t]*+|:[ \t]++)"""
    rb"""(?:"(?:[^"\\]++|\\.)*+"|'(?:[^'\\]++|\\.)*+'|`(?:[^`\\]++|\\.)*+`|(?:(?![ \t]\#)[^\n])*+)""",
    re.MULTILINE | re.DOTALL,
)
_NOT_LINE_END: Final = re.compile(rb"[^\r\n]")


def is_env_file(name: str) -> bool:
    """Return whether a file with this name holds one variable per line, such as `.env.production`."""
    return name.startswith(".env") and _NAME.fullmatch(name) is not None


def public_part(data: bytes, is_public: Callable[[str], bool]) -> bytes | None:
    """Return a text in which all but the public variables is blank, so that places stay; None if it has none.

    Args:
        data: of an `.env` file.
        is_public: name of a variable -> whether a build publishes its value.
    """
    pieces: list[bytes] = []
    end = 0
    for match in _ASSIGNMENT.finditer(data):
        if is_public(match["name"].decode("ascii", "replace")):
            pieces += [_NOT_LINE_END.sub(b" ", data[end : match.start()]), match.group()]
            end = match.end()
    return b"".join((*pieces, _NOT_LINE_END.sub(b" ", data[end:]))) if pieces else None
