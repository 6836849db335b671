"""Sanity clients in code: where one is made, what it is given, and where it writes. Facts: rules/code/sanity.yaml."""

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

_MOST_LOOKED_AT: Final = 12
"""Clients that are looked at on the way to what one was derived from."""
_ADDRESS: Final = re.compile(
    r"^(?:https?://(?:esm\.sh|cdn\.skypack\.dev|unpkg\.com|esm\.run|cdn\.jsdelivr\.net/npm|jspm\.dev)/(?:v\d+/)?|npm:)"
    r"|(?<=\w)@[\w.^~-]+(?=$|/)(?:/\+esm$)?|\?.*$"
)
"""What surrounds the name of a package in an address from which a browser imports it."""


class SanityClient(NamedTuple):
    """A Sanity client, by what makes it."""

    made_by: Expr | None
    """The call; None for one that another package offers ready-made."""
    settings: tuple[Expr, ...]
    """What it is given: the configuration, and those it was derived with, the last first."""
    external: ExternalExport | None = None
    maker: Expr | None = None
    """The function of the program that makes it, when the call is of one."""
    inner: Expr | None = None
    """The call in that function which makes it."""


class SanityWrite(NamedTuple):
    """A call that writes."""

    call: Expr
    method: Expr
    """The name of the method."""
    on: str
    """The client as it is written there."""
    client: SanityClient


@functools.cache
def _facts() -> Mapping[str, Any]:
    facts: Mapping[str, Any] = load_data("code/sanity.yaml")
    return facts


@functools.cache
def hosts() -> re.Pattern[str]:
    """Return the expression of the API's hosts."""
    return re.compile(_facts()["hosts"], re.VERBOSE)


def live_call(references: References, expr: Expr) -> bool:
    """Say whether a call is that of `defineLive`, which splits a token between server and browser."""
    live = _facts()["live"]
    return any(
        isinstance(referent, ExternalExport)
        and referent.name == live["function"]
        and referent.package in live["packages"]
        for referent in _callees(references, expr)
    )


def live_token() -> str:
    """Return the setting of `defineLive` that is shared with the browser."""
    return str(_facts()["live"]["browser_token"])


class SanityClients:
    """The Sanity clients of a project."""

    def __init__(self, references: References, paths: Sequence[str], read: Callable[[str], bytes | None]) -> None:
        """Take the absolute paths of the files in which clients may be made or used."""
        self._references = references
        self._paths = paths
        self._read = read
        self._made: tuple[Module | None, tuple[SanityClient, ...]] = (None, ())
        self._writes: tuple[Module | None, tuple[SanityWrite, ...]] = (None, ())

    def made(self, module: Module) -> tuple[SanityClient, ...]:
        """Return the clients that the calls of a module make or derive."""
        if self._made[0] is not module:  # the rules ask about one module after the other
            self._made = (module, tuple(_made_in(self._references, module)))
        return self._made[1]

    def writes(self, module: Module) -> tuple[SanityWrite, ...]:
        """Return the calls of a module that write through a client."""
        if self._writes[0] is not module:
            self._writes = (module, tuple(_writes_in(self._references, module)))
        return self._writes[1]

    def tokens(self, client: SanityClient) -> Iterator[Expr]:
        """Yield what a client is given as its token; where that is a parameter of its function, what the call gives."""
        for token in self._references.members(client.settings[0], "token") if client.settings else ():
            if isinstance(token, Expr) and client.maker is None:
                yield token
            elif isinstance(token, Expr) and client.made_by is not None and client.maker is not None:
                for referent in self._references.referents(token):
                    if isinstance(referent, Parameter):
                        yield from self._given(referent, client.maker, client.made_by)

    def _given(self, parameter: Parameter, function: Expr, call: Expr) -> Iterator[Expr]:
        parameters = function.node.child_by_field_name("parameters")
        for node, given in zip(parameters.named_children if parameters else (), arguments_of(*call), strict=False):
            if not node.start_byte <= parameter.place[0] < node.end_byte:
                continue
            found: list[Referent] = [given]
            for name in parameter.path:
                found = [
                    inner
                    for referent in found
                    if isinstance(referent, Expr)
                    for inner in self._references.members(referent, str(name))
                ]
            yield from (referent for referent in found if isinstance(referent, Expr))

    def is_written(self, client: SanityClient) -> bool:
        """Say whether some code of the project writes through a client, or one that the same function makes."""
        return any(
            (call.module.path, call.node.start_byte) in self._written
            for call in (client.made_by, client.inner)
            if call is not None
        )

    @functools.cached_property
    def _written(self) -> frozenset[tuple[str, int]]:
        """Path and offset of each call that makes a client through which something is written."""
        return frozenset(
            (made_by.module.path, made_by.node.start_byte)
            for path in self._paths
            if _methods().search(self._read(path) or b"")
            for module in self._references.modules(path)
            for write in _writes_in(self._references, module)
            if (made_by := write.client.made_by) is not None
        )


def _made_in(references: References, module: Module) -> Iterator[SanityClient]:
    for node in module.all("call_expression", "new_expression"):
        client = _made(references, Expr(module, node), set())
        if client is not None and client.made_by is not None:
            yield client


def clients_of(references: References, expr: Expr, seen: set[tuple[str, int, int]]) -> Iterator[SanityClient]:
    """Yield the Sanity clients that an expression may be; `seen` are the calls that were looked at before."""
    for referent in references.referents(expr):
        client = _client(references, referent, seen)
        if client is not None:
            yield client


def _client(references: References, referent: Referent, seen: set[tuple[str, int, int]]) -> SanityClient | None:
    if isinstance(referent, ExternalExport):
        names = _facts()["clients"].get(referent.package, ())
        return SanityClient(None, (), referent) if referent.name in names else None
    if isinstance(referent, MemberOf):
        callee = referent.whole.node.child_by_field_name("function")
        if referent.whole.module.name(callee) not in _facts()["global_clients"]:
            return None
        return SanityClient(None, ()) if referent.path in {(), ("client",)} else None
    return _made(references, referent, seen) if isinstance(referent, Expr) else None


def _made(references: References, expr: Expr, seen: set[tuple[str, int, int]]) -> SanityClient | None:
    """Return the client that a call makes: of a configuration, or of another client."""
    module, node = expr
    if node.type not in {"call_expression", "new_expression"} or expr.place in seen or len(seen) > _MOST_LOOKED_AT:
        return None
    seen.add(expr.place)
    callee = node.child_by_field_name("function") or node.child_by_field_name("constructor")
    if callee is None:
        return None
    given = arguments_of(module, node)
    if callee.type == "member_expression":
        owner, name = callee.child_by_field_name("object"), member_name(module, callee)
        if owner is not None and name in _facts()["reconfigure"]:
            bases = clients_of(references, Expr(module, owner), seen)
            return next((SanityClient(expr, (*given[:1], *base.settings), base.external) for base in bases), None)
        if name not in _makers():
            return None
    callees = _callees(references, expr)
    if any(isinstance(referent, ExternalExport) and _makes(referent) for referent in callees):
        return SanityClient(expr, tuple(given[:1]))
    return _made_by_function(references, expr, callees, seen)


def _made_by_function(
    references: References, expr: Expr, callees: Sequence[Referent], seen: set[tuple[str, int, int]]
) -> SanityClient | None:
    """Return the client that a function of the program makes and returns."""
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
def _makers() -> frozenset[str]:
    """Return the names under which packages export what makes a client."""
    return frozenset(name for names in _facts()["make_client"].values() for name in names)


def _makes(external: ExternalExport) -> bool:
    names = _facts()["make_client"].get(_ADDRESS.sub("", external.package), ())
    name = external.name.rpartition(".")[2]
    return name in names or (external.name == EVERYTHING and DEFAULT in names)


def _writes_in(references: References, module: Module) -> Iterator[SanityWrite]:
    """Yield the calls of a module that write through a Sanity client."""
    committed: dict[int, bool] = {}  # the calls of a chain come from its end to its beginning
    for node in module.all("call_expression"):
        callee = node.child_by_field_name("function")
        owner = (
            callee.child_by_field_name("object") if callee is not None and callee.type == "member_expression" else None
        )
        if callee is None or owner is None:
            continue
        method = member_name(module, callee)
        is_kept = committed.pop(node.id, node.id not in module.statements)
        committed[_chained(owner).id] = is_kept or method == "commit"
        if not (method in _facts()["write_methods"] or method in _member_methods()):
            continue
        if method in _facts()["committed"] and not is_kept:
            continue
        found = _owner(references, module, owner, method)
        name = callee.child_by_field_name("property")
        if found is not None and name is not None:
            yield SanityWrite(Expr(module, node), Expr(module, name), *found)


def _owner(references: References, module: Module, owner: "Node", method: str) -> tuple[str, SanityClient] | None:
    """Return the client on which a method is called, as it is written and as it is made."""
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
def _methods() -> re.Pattern[bytes]:
    """Return an expression of what a file holds that writes."""
    names = sorted({*_facts()["write_methods"], *_member_methods()})
    return re.compile(rb"\.(?:%b)\s*\(" % "|".join(names).encode())


@functools.cache
def _member_methods() -> frozenset[str]:
    return frozenset(method for methods in _facts()["write_members"].values() for method in methods)


def _chained(owner: "Node") -> "Node":
    """Return the call to whose result a chain of members goes on: `a()` of `a().b.c`."""
    while owner.type == "member_expression" and (inner := owner.child_by_field_name("object")) is not None:
        owner = inner
    return owner
