"""Calls that write through a Sanity client. The methods are in rules/code/sanity-client-methods.yaml."""

import functools
import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from frontleak.core.lazy_regex import LazyTextRegex
from frontleak.js.module import Expr, Module
from frontleak.js.references import References
from frontleak.js.syntax import arguments_of, member_name
from frontleak.misuse.sanity_clients import SanityClient, client_members, facts
from frontleak.rules.load import load_data

if TYPE_CHECKING:
    from tree_sitter import Node

_ITSELF: Final = "."
"""The client, among the members in the data."""
_LONGEST_ADDRESS: Final = 400
"""Bytes at the start of an expression that are searched for the address of a request."""
_CHANGES: Final = LazyTextRegex(r"[\"'](?:PUT|PATCH|DELETE)[\"']", re.IGNORECASE)
"""Matches the method of an HTTP request that changes something."""


class SanityWrite(NamedTuple):
    """A call that writes through a client."""

    call: Expr
    method: Expr
    """Name of the method."""
    on: str
    """Variable name of the client; empty for any other expression."""
    client: SanityClient


@functools.cache
def _methods() -> Mapping[str, frozenset[str]]:
    """Return the methods that write, by the path of the client's member; empty for the client itself."""
    members = load_data("code/sanity-client-methods.yaml")["writes"]
    return {path if path != _ITSELF else "": frozenset(names) for path, names in members.items()}


@functools.cache
def _names() -> frozenset[str]:
    """Return the names of all methods that may write."""
    return frozenset().union(*_methods().values(), facts()["request_methods"])


@functools.cache
def write_calls() -> re.Pattern[bytes]:
    """Return a regular expression that matches files with a possible write."""
    return re.compile(rb"\.(?:%b)\s*[(<]" % "|".join(sorted({*_names(), "commit"})).encode())


@functools.cache
def member_names() -> bytes:
    """Return a regular expression, as text, for what a match of `write_calls` begins with."""
    return "|".join(rf"\.{name}" for name in sorted({*_names(), "commit"})).encode()


@functools.cache
def named_members() -> re.Pattern[bytes]:
    """Return a regular expression that matches files with a member that has the name of a method that may write."""
    return re.compile(rb"\.\s*(?:%b)\b" % "|".join(sorted(_names())).encode())


@functools.cache
def _write_requests() -> re.Pattern[str]:
    return re.compile(facts()["write_requests"], re.VERBOSE)


def writes_in(
    references: References, module: Module, others: Callable[[Expr], Iterator[tuple[SanityClient, str]]]
) -> Iterator[SanityWrite]:
    """Yield the calls in a module that write through a Sanity client.

    `others` yields (client, member) for an expression whose client stands elsewhere, such as in a React context.
    """
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
        name = callee.child_by_field_name("property")
        if method not in _names() or name is None:
            continue
        holder = Expr(module, owner)
        for client, member in itertools.chain(client_members(references, holder, set()), others(holder)):
            if member == "" and method in facts()["request_methods"]:
                does_write = _is_write_request(references, Expr(module, node))
            else:
                does_write = method in _methods().get(member, ())
            if does_write and (is_used or member != "" or method not in facts()["committed"]):
                yield SanityWrite(Expr(module, node), Expr(module, name), _name_of(module, owner, member), client)
                break


def _name_of(module: Module, owner: "Node", member: str) -> str:
    """Return the name of the variable that holds the client on whose member a method is called."""
    for _ in range(member.count(".") + 2 if member else 1):
        inner = owner.child_by_field_name("object") if owner.type == "member_expression" else None
        is_client = inner is None or not (member or member_name(module, owner) in facts()["same_members"])
        if is_client or inner is None:
            break
        owner = inner
    return module.text(owner) if owner.type == "identifier" else ""


def _is_write_request(references: References, call: Expr) -> bool:
    """Return whether a request through the client changes something, by its address or its HTTP method."""
    given = arguments_of(*call)[:1]
    addresses: list[Expr] = [
        *given,
        *_members(references, given, ("url", "uri")),
    ]
    texts = (_beginnings(references, each) for each in addresses)
    if any(_write_requests().search(text) for found in texts for text in found):
        return True
    return any(
        _CHANGES.fullmatch(text)
        for each in _members(references, given, ("method",))
        for text in _beginnings(references, each)
    )


def _members(references: References, owners: Sequence[Expr], names: Sequence[str]) -> list[Expr]:
    found = (member for owner in owners for name in names for member in references.members(owner, name))
    return [member for member in found if isinstance(member, Expr)]


def _beginnings(references: References, expr: Expr) -> list[str]:
    """Return the start of each literal that an expression may be."""
    return [
        found.module.beginning(found.node, _LONGEST_ADDRESS)
        for found in references.referents(expr)
        if isinstance(found, Expr) and found.node.type in {"string", "template_string", "binary_expression"}
    ]


def _chain_start(owner: "Node") -> "Node":
    """Return the expression at the start of a member chain: `a()` in `a().b.c`."""
    while owner.type == "member_expression" and (inner := owner.child_by_field_name("object")) is not None:
        owner = inner
    return owner
