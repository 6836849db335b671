"""Tokens that code passes to a Sanity client or to a request, also through functions, classes and React contexts."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from frontleak.js.module import Expr, Module
from frontleak.js.references import References
from frontleak.js.referents import Parameter
from frontleak.misuse.functions_called import (
    CALLS,
    PROVIDER,
    Slot,
    callee_of,
    contexts_read,
    functions_called,
    given_to,
    is_context,
    name_called,
    slot_of,
)
from frontleak.misuse.sanity_clients import SanityClient
from frontleak.misuse.taint_sources import taint_sources

if TYPE_CHECKING:
    from tree_sitter import Node

_MOST_ROUNDS: Final = 4
"""Functions that hand a token on, one to the next."""
_MOST_SLOTS: Final = 200
"""Parameters of a project that become a token."""
_MOST_PASSED: Final = 500
"""Tokens of a project that are given to such parameters."""


class PassedToken(NamedTuple):
    """A token that is passed to a call."""

    call: Expr
    token: Expr
    client: SanityClient | None = None
    """The client that the call creates; None for a request."""
    writes: bool = False
    """Whether the call is a request that writes."""
    parameter: Parameter | None = None
    """The parameter of a function of which the token is a member; the token itself is then unknown here."""


_Slots = dict[tuple[str, int, int, tuple[str, ...]], tuple[Slot, PassedToken]]


def through_functions(
    references: References,
    paths: Sequence[str],
    direct: Callable[[str], Iterable[PassedToken]],
    importing: Callable[[Iterable[str]], Callable[[str], bool]],
) -> list[PassedToken]:
    """Return the tokens of a project that calls give to a parameter which becomes the token of a client or request.

    Args:
        references: the modules of the project.
        paths: absolute paths of the files that are searched for calls.
        direct: yields the tokens that a file, by its absolute path, itself passes to clients and requests.
        importing: files -> whether a file is one of them or may import one, directly or indirectly.
    """
    slots: _Slots = {}
    for path in paths:
        for passed in direct(path):
            _add(slots, references, passed)
    found: list[PassedToken] = []
    searched = 0
    for _ in range(_MOST_ROUNDS):
        new = list(itertools.islice(slots.values(), searched, None))
        searched = len(slots)
        if not new:
            break
        leads_to_owner = importing({slot.owner.module.path for slot, _ in new})
        for passed in _given_to(references, paths, new, leads_to_owner):
            _add(slots, references, passed)
            found += [passed] if passed.parameter is None and len(found) < _MOST_PASSED else []
    return found


def _given_to(
    references: References,
    paths: Sequence[str],
    slots: Sequence[tuple[Slot, PassedToken]],
    leads_to_owner: Callable[[str], bool],
) -> Iterator[PassedToken]:
    """Yield the tokens that the calls in some files give to parameters.

    `leads_to_owner` returns whether a file has one of the functions or may import one, directly or indirectly.
    """
    search = _Search(references, slots, leads_to_owner)
    for path in paths:
        for module in references.modules(path) if leads_to_owner(path) else ():
            yield from search.in_module(module)


def _add(slots: _Slots, references: References, passed: PassedToken) -> None:
    """Add the parameters and contexts from which a token comes."""
    if passed.parameter is not None:
        found = [slot_of(passed.parameter)]
    else:
        sources = taint_sources(references, passed.token)
        found = [slot_of(source.parameter) for source in sources if source.parameter is not None]
        found += contexts_read(references, passed.token)
    for slot in found:
        if slot is not None and len(slots) < _MOST_SLOTS:
            slots.setdefault((*slot.key, slot.position, slot.path), (slot, passed))


class _Search:
    """Finds the calls that give a value to one of some parameters."""

    def __init__(
        self,
        references: References,
        slots: Sequence[tuple[Slot, PassedToken]],
        leads_to_owner: Callable[[str], bool],
    ) -> None:
        self._references = references
        self._leads_to_owner = leads_to_owner
        self._by_owner: dict[tuple[str, int], list[tuple[Slot, PassedToken]]] = {}
        for slot, passed in slots:
            self._by_owner.setdefault(slot.key, []).append((slot, passed))
        self._names = {name for slot, _ in slots for name in _names(slot.owner)}

    def in_module(self, module: Module) -> Iterator[PassedToken]:
        """Yield the tokens that the calls of a module give."""
        for node in module.all(*CALLS):
            call = Expr(module, node)
            name = name_called(module, node)
            if (name and name not in self._names) or not self._may_run_owner(module, node):
                continue
            for function in functions_called(self._references, call):
                for slot, passed in self._by_owner.get((function.module.path, function.node.start_byte), ()):
                    yield from self._given(call, slot, passed)
        for slot, passed in itertools.chain.from_iterable(self._by_owner.values()):
            if is_context(slot) and slot.owner.module.path == module.path:  # `createContext(value)`
                yield from self._given(slot.owner, slot, passed)

    def _may_run_owner(self, module: Module, node: "Node") -> bool:
        """Return whether a call may run one of the functions, by where the name that it calls is imported from."""
        callee = callee_of(node)
        if callee is None or callee.type != "identifier":
            return callee is not None
        declaration = module.lookup(module.text(callee), callee)
        imported = declaration.imported if declaration is not None else None
        if imported is None:
            return declaration is not None
        path = self._references.resolve(imported.specifier, module.path)
        return path is not None and self._leads_to_owner(path)

    def _given(self, call: Expr, slot: Slot, passed: PassedToken) -> Iterator[PassedToken]:
        client = passed.client
        if client is not None:
            client = client._replace(made_by=call, inner=client.inner or client.made_by)
        for value in given_to(self._references, call, slot):
            if isinstance(value, Expr):
                yield PassedToken(call, value, client, passed.writes)
            elif isinstance(value, Parameter):
                yield PassedToken(call, value.expr, client, passed.writes, value)


def _names(function: Expr) -> Iterator[str]:
    """Yield the names under which a function, or the provider of a context, may be called as a member."""
    module, node = function
    if node.type == "call_expression":
        yield PROVIDER
    yield module.name(node.child_by_field_name("name"))
    around = node.parent
    for _ in range(4):  # `make = useCallback(async (token) => …)`
        if around is None:
            break
        for field in ("name", "key", "left"):
            named = around.child_by_field_name(field)
            if named is not None:
                yield module.name(named).rpartition(".")[2]
        around = around.parent
