"""Text in Markdown, as GitHub and GitLab read it: prose, code, blocks of code."""

from typing import Final

from frontleak.core.lazy_regex import LazyTextRegex
from frontleak.core.secret import printable

_PUNCTUATION: Final = LazyTextRegex(r"[\\`*_\[\]<>#|~&@$!{}^]")
_TICKS: Final = LazyTextRegex(r"`+")


def prose(text: str) -> str:
    r"""Return plain text: no markup, link, image, mention or formula begins in it. Addresses stay as they are."""
    return _PUNCTUATION.sub(lambda found: f"\\{found.group()}", printable(text))


def code(text: str) -> str:
    """Return text as code in a line; not for a cell of a table, which a `|` would end."""
    text = printable(text)
    fence = "`" * (_longest_run(text) + 1)
    pad = " " if text[:1] in {"`", " ", ""} or text[-1:] in {"`", " "} else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def block(text: str, indent: str = "") -> str:
    """Return one line of text as a block of code, with its line breaks."""
    text = printable(text)
    fence = "`" * max(3, _longest_run(text) + 1)
    return f"{indent}{fence}text\n{indent}{text}\n{indent}{fence}\n"


def _longest_run(text: str) -> int:
    return max(map(len, _TICKS.findall(text)), default=0)
