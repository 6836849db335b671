r"""Reads `.env` files as the loader of the frameworks does, with the line of each variable.

Next.js, Vite and what is built on it, Create React App, Expo and wrangler use dotenv for JavaScript, so this is its
grammar (https://github.com/motdotla/dotenv, `lib/main.js` of version 16): three kinds of quotes, several lines inside
them, `\n` and `\r` in double ones, a comment from `#` on, `NAME: value`. python-dotenv has another one: no backticks,
more escapes, a comment only after a space. It would look for values that no build has.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

MOST_BYTES: Final = 1_000_000
"""Bytes of the largest file that is read."""
_LINE: Final = re.compile(
    r"""^[^\S\n]*+(?:export\s++)?(?P<name>[A-Za-z0-9_.-]++)(?:\s*+=\s*?|:\s+?)"""
    r"""(?P<value>\s*'(?:\\'|[^'])*'|\s*"(?:\\"|[^"])*"|\s*`(?:\\`|[^`])*`|[^\#\r\n]+)?\s*?(?:\#.*)?$""",
    re.MULTILINE,
)
_QUOTED: Final = re.compile(r"""^(['"`])([\s\S]*)\1$""", re.MULTILINE)
_QUOTES: Final = "'\"`"


class Assignment(NamedTuple):
    """A variable that a file sets."""

    name: str
    value: str
    """Without quotes, not expanded; bytes that are no UTF-8 are lone surrogates."""
    line: int
    """1-based line of the name."""


class Mistake(NamedTuple):
    """A line that sets nothing, or not what it seems to set."""

    line: int
    """1-based."""
    reason: str


class EnvFile(NamedTuple):
    """The content of a file."""

    assignments: tuple[Assignment, ...]
    """In order; a name may occur twice, then the last counts."""
    mistakes: tuple[Mistake, ...]


def read_env(data: bytes) -> EnvFile:
    """Return what a file sets, and its mistakes. It is linear in the file but for runs of backslashes and quotes."""
    if b"\0" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return EnvFile((), (Mistake(1, "the file is binary"),))
    text = _text(data[:MOST_BYTES])
    found: list[Assignment] = []
    mistakes: list[Mistake] = []
    if len(data) > MOST_BYTES:
        mistakes.append(Mistake(text.count("\n") + 1, f"more than {MOST_BYTES:,} bytes; the rest is not read"))
    position, line = 0, 1
    for match in _LINE.finditer(text):
        mistakes += _strays(text[position : match.start()], line)
        line += text.count("\n", position, match.start())
        at = line + text.count("\n", match.start(), match.start("name"))
        value = (match["value"] or "").strip()
        if value[:1] and value[0] in _QUOTES and (len(value) < 2 or value[-1] != value[0]):
            mistakes.append(Mistake(at, f"the value of {match['name'][:60]} begins with a quote that does not end"))
        found.append(Assignment(match["name"], _unquoted(value), at))
        line += text.count("\n", match.start(), match.end())
        position = match.end()
    mistakes += _strays(text[position:], line)
    return EnvFile(tuple(found), tuple(sorted(mistakes)))


def _text(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):  # what PowerShell writes
        text = data.decode("utf-16", "replace")
    else:
        text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _unquoted(value: str) -> str:
    bare = _QUOTED.sub(r"\2", value)
    return bare.replace("\\n", "\n").replace("\\r", "\r") if value.startswith('"') else bare


def _strays(text: str, line: int) -> Iterator[Mistake]:
    """Yield the lines between two variables that are neither blank nor a comment."""
    for number, each in enumerate(text.split("\n"), start=line):
        if each.strip() and not each.lstrip().startswith("#"):
            yield Mistake(number, "no variable is set here, it is not NAME=value")
