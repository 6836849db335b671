"""Embeddings: how build tools write quotes and line breaks in strings and attributes, and secrets in addresses."""

from collections.abc import Callable
from typing import Final

from frontleak.rules.edges import Edge


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

ADDRESSES: Final[tuple[tuple[str, frozenset[Edge], Callable[[str], str]], ...]] = (
    ("URL user part", frozenset({Edge.ADDRESS, Edge.PATH}), "git+https://{}@host.example/owner/repository.git".format),
    ("URL path segment", frozenset({Edge.ADDRESS, Edge.PATH}), "https://host.example/v1/{}/messages".format),
    ("URL with escaped slashes", frozenset({Edge.ADDRESS, Edge.PATH}), '"https:\\/\\/{}:@host.example\\/v1"'.format),
    ("relative path segment", frozenset({Edge.PATH}), '"/v1/{}"'.format),
)
"""Name, edges of the rules that must find their secret there, and function that puts a secret into an address."""
