"""Values that server-side code sends in the response to a request: body, headers, cookies, redirects, data of views."""

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from frontleak.core.lazy_regex import LazyTextRegex
from frontleak.js.module import Expr, Module
from frontleak.js.referents import ExternalExport, Parameter, Referent
from frontleak.js.syntax import arguments_of, member_name
from frontleak.misuse.handover.results import RESPONSES, unwrapped_answer
from frontleak.misuse.handover.sent import Sent
from frontleak.misuse.handover.servers import decorated_results
from frontleak.misuse.project import AnalysedProject
from frontleak.rules.code_names import CodeNames, any_of, code_names, made_of_code_names
from frontleak.rules.load import load_data

if TYPE_CHECKING:
    from tree_sitter import Node

_COOKIES: Final = LazyTextRegex(r"cookies?(?:\(\))?\)?\.set$|\.cookie$")
_HEADERS: Final = LazyTextRegex(r"(?:^|\.)(?:set|append)Header$")
_REQUEST: Final = LazyTextRegex(r"[rR]eq(?:uest)?\w*\.(?:set|append)Header$")
"""Matches a header of a request that the server makes itself, as a proxy does."""
_RESPONSE_HEADERS: Final = LazyTextRegex(
    r"(?:(?:^|\.)(?:res|resp|reply|response)\w*\.headers|(?:^|\.)\w*esponseHeaders)\.(?:set|append)$"
)
_HEADERS_OF: Final = LazyTextRegex(r"^(\w+)\.headers\.(?:set|append)$")
_RESPONSE_OF: Final = LazyTextRegex(r"[rR]es(?:p|ponse)?(?![a-z])|[rR]eply")
"""Matches what makes a response: `new Response`, `context.getResponse()`."""
_NAMED: Final = frozenset({"identifier", "member_expression"})
_MARKS: Final = LazyTextRegex(r"[()?!]")
_COOKIE: Final = "the cookie is stored in the browser, where its user can read it"
_RESPONSE: Final = "the response is sent to anyone who requests it"
_HEADER: Final = "the header is sent with the response to anyone who requests it"
_NEXT: Final = ("next(", "resolve(")
"""Beginnings of a call by which a middleware or hook gets the response of what comes after it."""
_LONGEST_CALLEE: Final = 200
"""Bytes of the longest callee whose name is looked at."""


def in_responses(project: AnalysedProject, module: Module) -> Iterator[Sent]:
    """Yield what calls and assignments put into the response to a request."""
    for node in module.all("call_expression", "new_expression"):
        callee = node.child_by_field_name("function") or node.child_by_field_name("constructor")
        arguments = arguments_of(module, node)
        if callee is not None and arguments and callee.end_byte - callee.start_byte <= _LONGEST_CALLEE:
            yield from _in_call(project, module, callee, arguments)
    yield from _assigned(module)
    for value in decorated_results(module):
        yield Sent(unwrapped_answer(value), _RESPONSE)


def _in_call(project: AnalysedProject, module: Module, callee: "Node", arguments: Sequence[Expr]) -> Iterator[Sent]:
    name = module.text(callee)
    if _is_cookie(project, module, callee, name):
        for value in arguments:
            if value.node.type != "object" or "value" in module.beginning(
                value.node, 1_000
            ):  # an object without `value` holds only cookie options
                yield Sent(value, _COOKIE)
    elif _sets_header(project, module, callee, name):
        yield from (Sent(value, _HEADER) for value in arguments)
    elif name in _responses():
        if _may_answer(project, module, name):
            yield Sent(unwrapped_answer(arguments[0]), _RESPONSE)
            for options in arguments[1:2]:
                headers = project.references.members(options, "headers")
                yield from (Sent(value, _HEADER) for value in headers if isinstance(value, Expr))
    else:
        yield from _answered(project, module, callee, arguments)


@made_of_code_names
def _cookie_store(names: CodeNames) -> re.Pattern[str]:
    """Return a regular expression for a call that returns an object that sets cookies."""
    return re.compile(rf"(?:await\s+)?{any_of(names.cookie_stores)}\(")


def _is_cookie(project: AnalysedProject, module: Module, callee: "Node", name: str) -> bool:
    """Return whether a call sets a cookie or serialises its value."""
    if _COOKIES.search(name) or name in code_names().cookie_functions:
        return True
    owner = callee.child_by_field_name("object") if callee.type == "member_expression" else None
    if owner is None or member_name(module, callee) not in {"set", "serialize"}:
        return False
    return any(
        isinstance(found, Expr)
        and found.node.type == "call_expression"
        and _cookie_store().match(found.module.beginning(found.node, 60))
        for found in project.references.referents(Expr(module, owner))
    )


def _sets_header(project: AnalysedProject, module: Module, callee: "Node", name: str) -> bool:
    """Return whether a call sets a header of the response; one of a request that the server makes is no handover."""
    if _HEADERS.search(name):
        return not _REQUEST.search(name) and not _is_of_client(project, module, callee)
    if _RESPONSE_HEADERS.search(name):
        return True
    if not _HEADERS_OF.match(name) or callee.type != "member_expression":
        return False
    headers = callee.child_by_field_name("object")
    owner = headers.child_by_field_name("object") if headers is not None else None
    return owner is not None and any(
        isinstance(found, Expr)
        and module.beginning(found.node, 60)
        .removeprefix("new ")
        .startswith(("Response", *_NEXT, *code_names().responses))
        for found in project.references.referents(Expr(module, owner))
    )


def _is_of_client(project: AnalysedProject, module: Module, callee: "Node") -> bool:
    """Return whether a method is one of an object that the code makes, such as a client or a request to a server."""
    owner = callee.child_by_field_name("object") if callee.type == "member_expression" else None
    owners = project.references.referents(Expr(module, owner)) if owner is not None and owner.type in _NAMED else []
    makers = [
        found.module.name(found.node.child_by_field_name("constructor") or found.node.child_by_field_name("function"))
        for found in owners
        if isinstance(found, Expr) and found.node.type in {"new_expression", "call_expression"}
    ]
    return bool(makers) and len(makers) == len(owners) and not any(map(_RESPONSE_OF.search, makers))


def _may_answer(project: AnalysedProject, module: Module, name: str) -> bool:
    """Return whether a function may make the response to a request here: short names have other meanings elsewhere."""
    if project.reachability.is_server(module.path) or "route" in module.path or "api" in module.path:
        return True
    return name.startswith(("Response", "NextResponse"))


class _Answer(NamedTuple):
    """What a method of a response sends."""

    positions: tuple[int, ...]
    """Positions of the arguments."""
    marks: tuple[bytes, ...]
    """Texts of which the file has one; empty if any file will do."""


@functools.cache
def _answers() -> Mapping[tuple[str, str], Sequence[_Answer]]:
    """Return (name of the response, method) -> what it sends."""
    found: dict[tuple[str, str], list[_Answer]] = {}
    for entry in load_data("code/servers.yaml")["answers"]:
        marks = tuple(mark.encode() for mark in entry.get("marks", ()))
        for owner in entry["owners"]:
            for method, positions in entry["methods"].items():
                found.setdefault((owner, method), []).append(_Answer(tuple(positions), marks))
    return found


def _answered(project: AnalysedProject, module: Module, callee: "Node", arguments: Sequence[Expr]) -> Iterator[Sent]:
    """Yield what a method of the response sends that a server library passes to a handler."""
    owner: Node | None = callee if callee.type == "member_expression" else None
    method = member_name(module, owner) if owner is not None else ""
    while owner is not None and owner.type in {"member_expression", "call_expression"}:
        owner = owner.child_by_field_name("object") or owner.child_by_field_name("function")
    if owner is None or owner.type != "identifier":
        return
    known = _answers().get((module.name(owner), method), ())
    found = [each for each in known if not each.marks or any(map(module.source.__contains__, each.marks))]
    if not found:
        return
    owners = project.references.referents(Expr(module, owner))
    if any(_is_outgoing(project, each) for each in owners):
        return
    is_given = any(isinstance(each, Parameter) for each in owners)
    if (
        is_given
        or any(each.marks for each in found)
        or project.reachability.is_server(module.path)
        or "route" in module.path
        or "api" in module.path
    ):
        positions = (position for each in found for position in each.positions)
        given = [arguments[position] for position in positions if position < len(arguments)]
        yield from (Sent(unwrapped_answer(value), _RESPONSE) for value in given)


def _is_outgoing(project: AnalysedProject, owner: Referent) -> bool:
    """Return whether a value is a connection that the server opens to another one: `new WebSocket(…)`, `io(…)`."""
    if not isinstance(owner, Expr) or owner.node.type not in {"call_expression", "new_expression"}:
        return False
    module, node = owner
    maker = node.child_by_field_name("function") or node.child_by_field_name("constructor")
    if maker is None or module.name(maker) in _names("sockets"):
        return maker is not None
    made = project.references.referents(Expr(module, maker))
    return any(isinstance(each, ExternalExport) and each.package in _names("packages") for each in made)


@functools.cache
def _names(kind: str) -> frozenset[str]:
    """Return classes of connections to another server, or packages that open them."""
    return frozenset(load_data("code/servers.yaml")["outgoing"][kind])


@functools.cache
def _named(kind: str) -> frozenset[str]:
    return frozenset(load_data("code/servers.yaml")[kind])


@made_of_code_names
def _responses(names: CodeNames) -> frozenset[str]:
    return frozenset({*RESPONSES, *names.responses})


def _assigned(module: Module) -> Iterator[Sent]:
    """Yield what is assigned to the body of a response, or to what all views of a server are rendered with."""
    bodies, view_data = _named("bodies"), _named("view_data")
    if b".render(" in module.source:
        view_data |= _named("view_data_of_response")
    for node in module.all("assignment_expression"):
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or right is None or left.type != "member_expression":
            continue
        name = module.name(left)
        if name in bodies:
            yield Sent(Expr(module, right), _RESPONSE)
        elif ".".join(name.split(".")[:2]) in view_data:
            yield Sent(Expr(module, right), "every view is rendered with it")
    for node in module.all("call_expression"):
        callee = node.child_by_field_name("function")
        if callee is not None and module.name(callee) == "Object.assign":
            target, *rest = arguments_of(module, node) or [Expr(module, node)]
            if module.name(target.node) in view_data:
                yield from (Sent(value, "every view is rendered with it") for value in rest)
