"""Embeddings: how build tools write quotes and line breaks in strings, attributes and URLs."""

from collections.abc import Callable
from typing import Final


def _quotes(double: str, newline: str = "\n") -> Callable[[str], str]:
    return lambda text: text.replace('"', double).replace("\n", newline)


EMBEDDINGS: Final[tuple[tuple[str, Callable[[str], str]], ...]] = (
    ("plain", lambda text: text),
    ("single quotes", _quotes("'")),
    ("template literal", _quotes("`")),
    ("JSON string", _quotes('\\"', "\\n")),
    ("JSON string in a JSON string", _quotes('\\\\\\"', "\\\\n")),
    ("HTML attribute", _quotes("&quot;")),
    ("numeric HTML entity", _quotes("&#34;")),
    ("URL", _quotes("%22", "%0A")),
    ("JavaScript \\u escape", _quotes("\\u0022", "\\n")),
    ("JavaScript \\x escape", _quotes("\\x22", "\\n")),
)
"""Name and function that rewrites the text of an example for that embedding."""
