"""Where the imports of a file lead: to what creates a client, to a request to the API, to a secret, to some files."""

import functools
from collections.abc import Callable, Iterable

from frontleak.misuse.file_marks import NAMES_SETTINGS
from frontleak.misuse.sanity_requests import may_set_token, names_address
from frontleak.misuse.secret_signs import shows_sign
from frontleak.modulegraph.graph import ModuleGraph


class Leads:
    """Which files lead to what is looked for: they have it, or a file has it that they import, directly or indirectly.

    What leads nowhere need not be parsed.
    """

    def __init__(self, graph: ModuleGraph | None = None) -> None:
        """Set the module graph; without one, every file may lead anywhere."""
        self._graph = graph

    def to_client(self, path: str) -> bool:
        """Return whether a file, by its absolute path, leads to what creates a client."""
        return self._graph is None or path in self._graph.leading or self._graph.leaves(path)

    def to_request(self, path: str) -> bool:
        """Return whether a file leads to a part of an address of the API, and to what may be the token of a request."""
        return self._graph is None or path in self._to_request or self._graph.leaves(path)

    def to_secret(self, path: str) -> bool:
        """Return whether a file leads to a sign of a secret or of the environment."""
        return self._graph is None or path in self._to_secret or self._graph.leaves(path)

    def sets_tokens(self, path: str) -> bool:
        """Return whether a file names a package whose settings may hold a token."""
        return self._graph is None or self._graph.leaves(path) or bool(self._graph.summary(path).marks & NAMES_SETTINGS)

    def to_any(self, paths: Iterable[str]) -> Callable[[str], bool]:
        """Return what tells whether a file leads to one of some files."""
        graph = self._graph
        if graph is None:
            return lambda _: True
        found = graph.leading_to(paths)
        return lambda path: path in found or graph.leaves(path)

    @functools.cached_property
    def _to_request(self) -> frozenset[str]:
        assert self._graph is not None
        tokens = self._graph.leading_to_such(may_set_token) | self._to_secret
        return tokens & self._graph.leading_to_such(names_address)

    @functools.cached_property
    def _to_secret(self) -> frozenset[str]:
        assert self._graph is not None
        return self._graph.leading_to_such(shows_sign)
