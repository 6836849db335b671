r"""Keeps text in a CI log from being read as a command to the CI system.

GitHub's runner obeys a line that begins with `::name::`, after blanks, and `##[name]` anywhere in a line; Azure
Pipelines and TeamCity obey `##vso[` and `##teamcity[`. File names and code can hold both.
Source: https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
"""

import re
from collections.abc import Iterable, Iterator

from frontleak.core.lazy_regex import LazyTextRegex

_COMMAND = LazyTextRegex(r"(?m)^([ \t]*):(?=:)|#(?=#\w*\[)")


def without_commands(pieces: Iterable[str]) -> Iterator[str]:
    r"""Yield text with the first character of each command as an escape: `\x3a:error::`, `\x23#[error]`.

    Each piece begins a line.
    """
    for piece in pieces:
        yield _COMMAND.sub(_escaped, piece) if "::" in piece or "##" in piece else piece


def without_command(text: str) -> str:
    """Return a line without commands."""
    (line,) = without_commands((text,))
    return line


def _escaped(found: re.Match[str]) -> str:
    indent = found[1]
    return r"\x23" if indent is None else rf"{indent}\x3a"
