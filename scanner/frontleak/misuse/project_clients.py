"""The Sanity clients of a project: what its modules create and write, and the tokens they get."""

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from frontleak.core.lazy_regex import LazyRegex
from frontleak.js.embedded_scripts import ScriptSection
from frontleak.js.module import Expr, Module
from frontleak.js.references import References
from frontleak.js.referents import Parameter
from frontleak.misuse.app_tokens import app_tokens
from frontleak.misuse.functions_called import ELEMENTS, contexts_read, functions_called, given_to
from frontleak.misuse.leads import Leads
from frontleak.misuse.passed_tokens import PassedToken, through_functions
from frontleak.misuse.sanity_clients import SanityClient, clients_in, members_among
from frontleak.misuse.sanity_requests import request_tokens
from frontleak.misuse.sanity_writes import SanityWrite, write_calls, writes_in

_SINK: Final = LazyRegex(
    rb"anity|\.(?:withConfig|config|clone)\s*\(|/data/(?:mutate|actions|query)|/assets/(?:images|files)"
)
"""Matches a file that may pass a token on: one that names Sanity, derives a client or has paths of the API."""


class DirectTokens:
    """The clients that modules create, and the tokens that they pass on themselves; shared by all files of a tree.

    A file that has none is known from then on and is not parsed again for them.
    """

    def __init__(self, references: References, read: Callable[[str], bytes | None], leads: Leads | None = None) -> None:
        """`read` returns the bytes of a file; `leads` tells where its imports lead, None if that is not known."""
        self._references = references
        self._read = read
        self.leads: Final = leads or Leads()
        self._made: tuple[Module | None, tuple[SanityClient, ...]] = (None, ())
        self._makes_none: set[tuple[str, ScriptSection]] = set()
        self._passes_none: set[tuple[str, ScriptSection]] = set()
        self._silent: set[str] = set()

    def made(self, module: Module) -> tuple[SanityClient, ...]:
        """Return the clients that a module creates or derives."""
        key = (module.path, module.section)
        if key in self._makes_none:
            return ()
        if self._made[0] is not module:  # rules query one module at a time
            may_make = self.leads.to_client
            made = clients_in(self._references, module, may_make) if may_make(module.path) else ()
            self._made = (module, tuple(made))
            if not self._made[1]:
                self._makes_none.add(key)
        return self._made[1]

    def of_file(self, path: str) -> Iterator[PassedToken]:
        """Yield the tokens that the modules of a file pass to clients and requests themselves, if it may pass any."""
        if path in self._silent or not self._may_pass(path):
            return
        is_silent = True
        for module in self._references.modules(path):
            for passed in self.of(module):
                is_silent = False
                yield passed
        if is_silent:
            self._silent.add(path)

    def _may_pass(self, path: str) -> bool:
        return _SINK.search(self._read(path) or b"") is not None and self.may_pass(path)

    def may_pass(self, path: str) -> bool:
        """Return whether the modules of a file may pass tokens themselves."""
        return self.leads.to_client(path) or self.leads.to_request(path) or self.leads.sets_tokens(path)

    def of(self, module: Module) -> Sequence[PassedToken]:
        """Return the tokens that a module passes to clients and requests itself."""
        key = (module.path, module.section)
        if key in self._passes_none:
            return ()
        found = tuple(self._of(module))
        if not found:
            self._passes_none.add(key)
        return found

    def _of(self, module: Module) -> Iterator[PassedToken]:
        for client in self.made(module):
            if client.made_by is not None and client.maker is None:
                for token in self._references.members(client.settings[0], "token") if client.settings else ():
                    if isinstance(token, Expr):
                        yield PassedToken(client.made_by, token, client)
                    elif isinstance(token, Parameter):
                        yield PassedToken(client.made_by, token.expr, client, parameter=token)
        for call, token in app_tokens(self._references, module):
            yield PassedToken(call, token)
        for call, token, writes in (
            request_tokens(self._references, module) if self.leads.to_request(module.path) else ()
        ):
            yield PassedToken(call, token, writes=writes)


class SanityClients:
    """The Sanity clients of a project."""

    def __init__(
        self,
        references: References,
        paths: Sequence[str],
        read: Callable[[str], bytes | None],
        direct: DirectTokens | None = None,
    ) -> None:
        """Keep the absolute paths of the files that may create or use clients.

        `direct` is what is known about single files; None for nothing.
        """
        self._references = references
        self._paths = paths
        self._read = read
        self._direct = direct or DirectTokens(references, read)
        self._writes: tuple[Module | None, tuple[SanityWrite, ...]] = (None, ())

    def may_make(self, path: str) -> bool:
        """Return whether the modules of a file may create or derive a client."""
        return self._direct.leads.to_client(path)

    def made(self, module: Module) -> tuple[SanityClient, ...]:
        """Return the clients that a module creates or derives."""
        return self._direct.made(module)

    def writes(self, module: Module) -> tuple[SanityWrite, ...]:
        """Return the calls in a module that write through a client."""
        if self._writes[0] is not module:
            self._writes = (module, tuple(writes_in(self._references, module, self._in_contexts)))
        return self._writes[1]

    def may_pass(self, path: str) -> bool:
        """Return whether the modules of a file may pass tokens to clients and requests; see `passed`."""
        return self._direct.may_pass(path) or path in self._given

    def passed(self, module: Module) -> Iterator[PassedToken]:
        """Yield the tokens that a module passes to clients and requests, itself or through functions of the project."""
        yield from (passed for passed in self._direct.of(module) if passed.parameter is None)
        for passed in self._given.get(module.path, ()):
            if passed.call.module.section is module.section:
                yield passed

    def prepare(self) -> None:
        """Search the files for the tokens that their calls give to functions of the project."""
        _ = self._given

    @functools.cached_property
    def _given(self) -> Mapping[str, list[PassedToken]]:
        """Path -> tokens that its calls give to functions of the project."""
        found: dict[str, list[PassedToken]] = {}
        importing = self._direct.leads.to_any
        for passed in through_functions(self._references, self._paths, self._direct.of_file, importing):
            found.setdefault(passed.call.module.path, []).append(passed)
        return found

    def _in_contexts(self, expr: Expr) -> Iterator[tuple[SanityClient, str]]:
        """Yield (client, member) for each client that an expression reads from a React context."""
        if not self.has_any:
            return
        for slot in contexts_read(self._references, expr):
            for setter in (slot.owner, *self._providers.get(slot.key, ())):
                yield from members_among(self._references, given_to(self._references, setter, slot), set())

    @functools.cached_property
    def has_any(self) -> bool:
        """Whether any file may create or derive a client."""
        return any(map(self.may_make, self._paths))

    @functools.cached_property
    def _providers(self) -> Mapping[tuple[str, int], list[Expr]]:
        """The key of a React context -> the elements that set its value."""
        found: dict[tuple[str, int], list[Expr]] = {}
        for path in self._paths:
            for module in self._references.modules(path):
                for node in module.all(*ELEMENTS):
                    element = Expr(module, node)
                    for function in functions_called(self._references, element):
                        if function.node.type == "call_expression":
                            found.setdefault((function.module.path, function.node.start_byte), []).append(element)
        return found

    def is_written(self, client: SanityClient) -> bool:
        """Return whether the project writes through a client, or through another client of the same function."""
        return any(
            (call.module.path, call.node.start_byte) in self._written
            for call in (client.made_by, client.inner)
            if call is not None
        )

    @functools.cached_property
    def _written(self) -> frozenset[tuple[str, int]]:
        """(path, offset) of each call that creates a client with writes."""
        return frozenset(
            (made_by.module.path, made_by.node.start_byte)
            for path in self._paths
            if write_calls().search(self._read(path) or b"")
            for module in self._references.modules(path)
            for write in writes_in(self._references, module, self._in_contexts)
            if (made_by := write.client.made_by) is not None
        )
