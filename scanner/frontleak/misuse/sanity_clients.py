"""Sanity clients in code: creation, configuration and writes. Names of functions are in rules/code/sanity.yaml."""

import functools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from frontleak.js.module import DEFAULT, EVERYTHING, Expr, Module
from frontleak.js.references import ExternalExport, MemberOf, Parameter, References, Referent
from frontleak.js.syntax import FUNCTIONS, arguments_of, member_name, returns, unwrapped
from frontleak.rules.load import load_data

if TYPE_CHECKING:
    from tree_sitter import Node

_MOST_CALLS: Final = 12
"""Calls that are visited to find the client from which another is derived."""
_ADDRESS: Final = re.compile(
    r"^(?:https?://(?:esm\.sh|cdn\.skypack\.dev|unpkg\.com|esm\.run|cdn\.jsdelivr\.net/npm|jspm\.dev)/(?:v\d+/)?|npm:)"
    r"|(?<=\w)@[\w.^~-]+(?=$|/)(?:/\+esm$)?|\?.*$"
)
"""The parts around the package name in a CDN URL or an `npm:` specifier."""


class SanityClient(NamedTuple):
    """A Sanity client, identified by the call that creates it."""

    made_by: Expr | None
    """The call; None for a ready-made client of another package."""
    settings: tuple[Expr, ...]
    """Its configurations: the last derivation first, the original last."""
    external: ExternalExport | None = None
    maker: Expr | None = None
    """The project's own function that creates it, if the call is of such a function."""
    inner: Expr | None = None
    """The call in that function that creates it."""


class SanityWrite(NamedTuple):
    """A call that writes through a client."""

    call: Expr
    method: Expr
    """Name of the method."""
    on: str
    """Variable name of the client; empty for any other expression."""
    client: SanityClient


@functools.cache
def _facts() -> Mapping[str, Any]:
    facts: Mapping[str, Any] = load_data("code/sanity.yaml")
    return facts


@functools.cache
def hosts() -> re.Pattern[str]:
    """Return the regular expression for API hosts."""
    return re.compile(_facts()["hosts"], re.VERBOSE)


def live_call(references: References, expr: Expr) -> bool:
    """Return whether a call is `defineLive`, which takes separate tokens for server and browser."""
    live = _facts()["live"]
    return any(
        isinstance(referent, ExternalExport)
        and referent.name == live["function"]
        and referent.package in live["packages"]
        for referent in _callees(references, expr)
    )


def live_token() -> str:
    """Return the name of the `defineLive` setting that is sent to the browser."""
    return str(_facts()["live"]["browser_token"])


class SanityClients:
    """The Sanity clients of a project."""

    def __init__(self, references: References, paths: Sequence[str], read: Callable[[str], bytes | None]) -> None:
        """Keep the absolute paths of the files that may create or use clients."""
        self._references = references
        self._paths = paths
        self._read = read
        self._made: tuple[Module | None, tuple[SanityClient, ...]] = (None, ())
        self._writes: tuple[Module | None, tuple[SanityWrite, ...]] = (None, ())

    def made(self, module: Module) -> tuple[SanityClient, ...]:
        """Return the clients that a module creates or derives."""
        if self._made[0] is not module:  # rules query one module at a time
            self._made = (module, tuple(_clients_in(self._references, module)))
        return self._made[1]

    def writes(self, module: Module) -> tuple[SanityWrite, ...]:
        """Return the calls in a module that write through a client."""
        if self._writes[0] is not module:
            self._writes = (module, tuple(_writes_in(self._references, module)))
        return self._writes[1]

    def tokens(self, client: SanityClient) -> Iterator[Expr]:
        """Yield the token of a client; for a parameter of the function that creates it, the argument of the call."""
        for token in self._references.members(client.settings[0], "token") if client.settings else ():
            if isinstance(token, Expr) and client.maker is None:
                yield token
            elif isinstance(token, Expr) and client.made_by is not None and client.maker is not None:
                for referent in self._references.referents(token):
                    if isinstance(referent, Parameter):
                        yield from self._arguments_for(referent, client.maker, client.made_by)

    def _arguments_for(self, parameter: Parameter, function: Expr, call: Expr) -> Iterator[Expr]:
        parameters = function.node.child_by_field_name("parameters")
        for node, argument in zip(parameters.named_children if parameters else (), arguments_of(*call), strict=False):
            if not node.start_byte <= parameter.place[0] < node.end_byte:
                continue
            found: list[Referent] = [argument]
            for name in parameter.path:
                found = [
                    inner
                    for referent in found
                    if isinstance(referent, Expr)
                    for inner in self._references.members(referent, str(name))
                ]
            yield from (referent for referent in found if isinstance(referent, Expr))

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
            if _write_calls().search(self._read(path) or b"")
            for module in self._references.modules(path)
            for write in _writes_in(self._references, module)
            if (made_by := write.client.made_by) is not None
        )


def _clients_in(references: References, module: Module) -> Iterator[SanityClient]:
    for node in module.all("call_expression", "new_expression"):
        client = _from_call(references, Expr(module, node), set())
        if client is not None and client.made_by is not None:
            yield client


def clients_of(references: References, expr: Expr, seen: set[tuple[str, int, int]]) -> Iterator[SanityClient]:
    """Yield the Sanity clients that an expression may evaluate to; `seen` holds the places of visited calls."""
    for referent in references.referents(expr):
        client = _of_referent(references, referent, seen)
        if client is not None:
            yield client


def _of_referent(references: References, referent: Referent, seen: set[tuple[str, int, int]]) -> SanityClient | None:
    if isinstance(referent, ExternalExport):
        names = _facts()["clients"].get(referent.package, ())
        return SanityClient(None, (), referent) if referent.name in names else None
    if isinstance(referent, MemberOf):
        callee = referent.whole.node.child_by_field_name("function")
        if referent.whole.module.name(callee) not in _facts()["global_clients"]:
            return None
        return SanityClient(None, ()) if referent.path in {(), ("client",)} else None
    return _from_call(references, referent, seen) if isinstance(referent, Expr) else None


def _from_call(references: References, expr: Expr, seen: set[tuple[str, int, int]]) -> SanityClient | None:
    """Return the client that a call creates from a configuration or derives from another client."""
    module, node = expr
    if node.type not in {"call_expression", "new_expression"} or expr.place in seen or len(seen) > _MOST_CALLS:
        return None
    seen.add(expr.place)
    callee = node.child_by_field_name("function") or node.child_by_field_name("constructor")
    if callee is None:
        return None
    arguments = arguments_of(module, node)
    if callee.type == "member_expression":
        owner, name = callee.child_by_field_name("object"), member_name(module, callee)
        if owner is not None and name in _facts()["reconfigure"]:
            bases = clients_of(references, Expr(module, owner), seen)
            return next((SanityClient(expr, (*arguments[:1], *base.settings), base.external) for base in bases), None)
        if name not in _factory_names():
            return None
    callees = _callees(references, expr)
    if any(isinstance(referent, ExternalExport) and _is_factory(referent) for referent in callees):
        return SanityClient(expr, tuple(arguments[:1]))
    return _from_function(references, expr, callees, seen)


def _from_function(
    references: References, expr: Expr, callees: Sequence[Referent], seen: set[tuple[str, int, int]]
) -> SanityClient | None:
    """Return the client that a function of the project creates and returns."""
    for function in callees:
        if isinstance(function, Expr) and function.node.type in FUNCTIONS:
            for returned in returns(function):
                if unwrapped(returned.node).type in {"call_expression", "new_expression", "identifier"}:
                    for inner in clients_of(references, returned, seen):
                        if inner.made_by is not None and inner.maker is None:
                            return inner._replace(made_by=expr, maker=function, inner=inner.made_by)
    return None


def _callees(references: References, expr: Expr) -> list[Referent]:
    module, node = expr
    callee = node.child_by_field_name("function") or node.child_by_field_name("constructor")
    return references.referents(Expr(module, callee)) if callee is not None else []


@functools.cache
def _factory_names() -> frozenset[str]:
    """Return the export names of functions that create a client."""
    return frozenset(name for names in _facts()["make_client"].values() for name in names)


def _is_factory(external: ExternalExport) -> bool:
    names = _facts()["make_client"].get(_ADDRESS.sub("", external.package), ())
    name = external.name.rpartition(".")[2]
    return name in names or (external.name == EVERYTHING and DEFAULT in names)


def _writes_in(references: References, module: Module) -> Iterator[SanityWrite]:
    """Yield the calls in a module that write through a Sanity client."""
    committed: dict[int, bool] = {}  # calls in a chain are visited from last to first
    for node in module.all("call_expression"):
        callee = node.child_by_field_name("function")
        owner = (
            callee.child_by_field_name("object") if callee is not None and callee.type == "member_expression" else None
        )
        if callee is None or owner is None:
            continue
        method = member_name(module, callee)
        is_used = committed.pop(node.id, node.id not in module.statements)
        committed[_chain_start(owner).id] = is_used or method == "commit"
        if not (method in _facts()["write_methods"] or method in _member_methods()):
            continue
        if method in _facts()["committed"] and not is_used:
            continue
        found = _receiver(references, module, owner, method)
        name = callee.child_by_field_name("property")
        if found is not None and name is not None:
            yield SanityWrite(Expr(module, node), Expr(module, name), *found)


def _receiver(references: References, module: Module, owner: "Node", method: str) -> tuple[str, SanityClient] | None:
    """Return the client on which a method is called, with its variable name if it has one."""
    holders = [owner] if method in _facts()["write_methods"] else []
    if owner.type == "member_expression":
        inner = owner.child_by_field_name("object")
        if inner is not None and method in _facts()["write_members"].get(member_name(module, owner), ()):
            holders.append(inner)
    for holder in holders:
        for client in clients_of(references, Expr(module, holder), set()):
            return module.text(holder) if holder.type == "identifier" else "", client
    return None


@functools.cache
def _write_calls() -> re.Pattern[bytes]:
    """Return a regular expression that matches files with a possible write."""
    names = sorted({*_facts()["write_methods"], *_member_methods()})
    return re.compile(rb"\.(?:%b)\s*[(<]" % "|".join(names).encode())


@functools.cache
def _member_methods() -> frozenset[str]:
    return frozenset(method for methods in _facts()["write_members"].values() for method in methods)


def _chain_start(owner: "Node") -> "Node":
    """Return the expression at the start of a member chain: `a()` in `a().b.c`."""
    while owner.type == "member_expression" and (inner := owner.child_by_field_name("object")) is not None:
        owner = inner
    return owner
