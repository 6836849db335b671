"""Tokens in requests to Sanity: the `Authorization` header of HTTP and GraphQL clients, and tokens in the address."""

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from frontleak.core.lazy_regex import LazyRegex, LazyTextRegex
from frontleak.js.module import DEFAULT, EVERYTHING, Expr, Module
from frontleak.js.references import References
from frontleak.js.referents import ExternalExport
from frontleak.js.syntax import FUNCTIONS, arguments_of, items, member_name, members_of_literal, uncommented
from frontleak.misuse.sanity_clients import hosts
from frontleak.misuse.taint_sources import SourceKind, taint_sources
from frontleak.misuse.variable_names import is_secret
from frontleak.modulegraph.config_objects import ConfigValue, leaves_at
from frontleak.modulegraph.file_summary import FileSummary
from frontleak.rules.load import load_data

if TYPE_CHECKING:
    from tree_sitter import Node

_IN_PATHS: Final = "/data/(?:mutate|actions|query)/|/assets/(?:images|files)/"
_PATHS: Final = LazyTextRegex(_IN_PATHS)
_WRITES: Final = ("/data/mutate/", "/data/actions/", "/assets/")
_ABSOLUTE: Final = LazyTextRegex(r"[\"'`]?(?:https?:|wss?:)?//")
_LONGEST_ADDRESS: Final = 400
"""Bytes at the start of an expression that are searched for the URL of the API."""
_LONGEST_CALLEE: Final = 40
"""Bytes at the end of a callee that are compared with the names of functions."""
_MOST_PARTS: Final = 24
"""Expressions of which one address is made."""
_MOST_ARGUMENTS: Final = 5
_TEXTS: Final = frozenset({"string", "template_string", "binary_expression", "number"})
_COMMON: Final = "common"
"""Member of the headers of axios for requests of every method."""
_HEADERS: Final = ("Authorization", "authorization")
_MARKS: Final = LazyRegex(rb"uthorization|\.auth\(")
"""Parts of code that sets a header apart from the address."""
_IN_ADDRESS: Final = LazyTextRegex(r"[?&](?:access_?)?(?:token|auth|authorization|bearer)=$", re.IGNORECASE)
"""Matches the text of a URL before a token."""


NAMES_ADDRESS: Final = 4
"""Mark of a summary: the file has one of `addresses`."""
SETS_TOKEN: Final = 8
"""Mark of a summary: the file has one of `token_places`."""


class RequestToken(NamedTuple):
    """A token in a request to Sanity."""

    call: Expr
    token: Expr
    writes: bool
    """Whether the request writes, by its address."""


class _Addresses(NamedTuple):
    """Where requests go."""

    sanity: bool = False
    elsewhere: bool = False
    """Whether an absolute address is not of Sanity."""
    writes: bool = False


@functools.cache
def _facts() -> Mapping[str, Any]:
    found: Mapping[str, Any] = load_data("code/requests.yaml")
    return found


@functools.cache
def _names() -> re.Pattern[str]:
    return re.compile(_facts()["names"], re.VERBOSE)


@functools.cache
def _packages(kind: str) -> tuple[bytes, ...]:
    return tuple(package.encode() for package in _facts()[kind])


@functools.cache
def addresses() -> re.Pattern[bytes]:
    """Return a regular expression for a part of an address of the API, without which no request goes to Sanity."""
    return re.compile(f"{load_data('code/sanity.yaml')['hosts']}|{_IN_PATHS}".encode(), re.VERBOSE)


@functools.cache
def token_places() -> bytes:
    """Return a regular expression, as text, for where a request has a token: a header, an address, a part of a client.

    Without one, a request has a token only if that is in its address and shows by a sign of a secret.
    """
    in_address = rb"(?i:[?&](?:access_?)?(?:token|auth|authorization|bearer)=)"
    return b"|".join((rb"uthorization|\.auth\b", in_address, *map(re.escape, _packages("token_parts"))))


def names_address(file: FileSummary) -> bool:
    """Return whether a file has a part of an address of the API."""
    return bool(file.marks & NAMES_ADDRESS)


def may_set_token(file: FileSummary) -> bool:
    """Return whether a file may set a token of a request, other than one that shows by a sign of a secret."""
    return bool(file.marks & SETS_TOKEN)


def _may_import(kind: str, module: Module) -> bool:
    """Return whether a module may import a package of the data."""
    return any(package in module.source for package in _packages(kind))


def request_tokens(references: References, module: Module) -> Iterator[RequestToken]:
    """Yield the tokens in the requests of a module to Sanity."""
    search = _Search(references, module)
    yield from search.found()


class _Search:
    """Finds the tokens in the requests of a module."""

    def __init__(self, references: References, module: Module) -> None:
        self._references = references
        self._module = module
        self._mutates = b"/data/mutate" in module.source
        self._imports_senders = _may_import("senders", module)

    def found(self) -> Iterator[RequestToken]:
        all_sent: list[_Addresses] = []
        others: list[Expr] = []
        for node in self._module.all("call_expression", "new_expression"):
            call = Expr(self._module, node)
            if not self._is_sender(call):
                others.append(call)
                continue
            arguments = arguments_of(*call)[:_MOST_ARGUMENTS]
            sent = self._addresses(arguments)
            all_sent.append(sent)
            if sent.sanity:
                does_write = sent.writes or (self._mutates and arguments[0].node.type == "object")
                for token in (*self._authorization(arguments), *self._in_address(arguments)):
                    yield RequestToken(call, token, does_write)
            elif self._is_called_on_sanity(call):
                for token in self._authorization(arguments):
                    yield RequestToken(call, token, self._mutates)
        if _MARKS.search(self._module.source) or _may_import("token_parts", self._module):
            yield from self._loose(others, all_sent)

    def _loose(self, calls: Sequence[Expr], sent: Sequence[_Addresses]) -> Iterator[RequestToken]:
        """Yield the tokens that are set apart from the address: by a method, an assignment or a part of a client."""
        goes_to_sanity = any(each.sanity for each in sent) and not any(each.elsewhere for each in sent)
        does_write = any(each.writes for each in sent if each.sanity)
        for call in calls:
            arguments = arguments_of(*call)[:_MOST_ARGUMENTS]
            callee = call.node.child_by_field_name("function")
            name = (
                member_name(self._module, callee) if callee is not None and callee.type == "member_expression" else ""
            )
            if name in _facts()["setters"] and (goes_to_sanity or self._is_called_on_sanity(call)):
                yield from (RequestToken(call, token, does_write) for token in self._set(name, arguments))
            elif goes_to_sanity:
                given = [each for each in arguments if each.node.type in {"object", *FUNCTIONS}]
                for token in (*self._authorization(given), *self._of_part(call, arguments)):
                    yield RequestToken(call, token, does_write)
        for node in self._module.all("assignment_expression") if goes_to_sanity else ():
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            if left is not None and right is not None and self._is_header(left):
                yield RequestToken(Expr(self._module, node), Expr(self._module, right), does_write)

    def _is_header(self, left: "Node") -> bool:
        return (
            left.type in {"member_expression", "subscript_expression"} and member_name(self._module, left) in _HEADERS
        )

    def _is_sender(self, call: Expr) -> bool:
        callee = _callee(call)
        if callee is None:
            return False
        if _names().search(self._module.ending(callee, _LONGEST_CALLEE)):
            return True
        if not self._imports_senders or callee.type != "identifier":
            return False
        return any(
            isinstance(each, ExternalExport) and _exported(each) in _facts()["senders"].get(each.package, ())
            for each in self._references.referents(Expr(self._module, callee))
        )

    def _is_called_on_sanity(self, call: Expr) -> bool:
        """Return whether a method is one of a client or request whose own address is Sanity's."""
        callee = _callee(call)
        owner = (
            callee.child_by_field_name("object") if callee is not None and callee.type == "member_expression" else None
        )
        if owner is None:
            return False
        if owner.type == "identifier" and self._module.name(owner) in self._opened:
            return True
        for _ in range(_MOST_ARGUMENTS):  # `api.defaults.headers.set(…)`, `request.get(url).set(…)`
            if owner is None or owner.type != "member_expression":
                break
            owner = owner.child_by_field_name("object")
        made = self._references.referents(Expr(self._module, owner)) if owner is not None else []
        return any(
            isinstance(each, Expr)
            and each.node.type in {"call_expression", "new_expression"}
            and each.node.id != call.node.id
            and self._addresses(arguments_of(*each)[:_MOST_ARGUMENTS]).sanity
            for each in made
        )

    @functools.cached_property
    def _opened(self) -> frozenset[str]:
        """Names of variables with an `XMLHttpRequest` that is opened with an address of Sanity."""
        opened = (
            (self._module.name(callee.child_by_field_name("object")), arguments_of(self._module, node)[1:2])
            for node in (self._module.all("call_expression") if b".open" in self._module.source else ())
            if (callee := node.child_by_field_name("function")) is not None
            and callee.type == "member_expression"
            and member_name(self._module, callee) == "open"
        )
        return frozenset(name for name, address in opened if self._addresses(address).sanity)

    def _authorization(self, arguments: Sequence[Expr]) -> Iterator[Expr]:
        for argument in arguments:
            root = [ConfigValue("", argument)]
            known = self._known_members(argument)
            for setting in _facts()["headers"]:
                steps = setting.split(".")
                for headers in leaves_at(self._references, root, steps) if known is None or steps[0] in known else ():
                    yield from self._of_headers(headers.expr)
            if known is None or not known.isdisjoint(_HEADERS):
                yield from self._of_headers(argument)

    def _known_members(self, argument: Expr) -> frozenset[str] | None:
        """Return the names of the members of an argument; None when not all are known."""
        literals = self._references.referents(argument)
        tables = [
            members_of_literal(each) for each in literals if isinstance(each, Expr) and each.node.type == "object"
        ]
        if len(tables) < len(literals) or any(table.spread for table in tables):
            is_text = all(isinstance(each, Expr) and each.node.type in _TEXTS for each in literals)
            return frozenset() if literals and is_text else None
        return frozenset(name for table in tables for name in table.named)

    def _of_headers(self, headers: Expr, *, for_all: bool = False) -> Iterator[Expr]:
        known = self._known_members(headers)
        for name in _HEADERS:
            if known is None or name in known:
                yield from (leaf.expr for leaf in leaves_at(self._references, [ConfigValue("", headers)], [name]))
        if known is None:
            yield from self._of_pairs(headers)
        elif _COMMON in known and not for_all:
            for leaf in leaves_at(self._references, [ConfigValue("", headers)], [_COMMON]):
                yield from self._of_headers(leaf.expr, for_all=True)

    def _of_pairs(self, headers: Expr) -> Iterator[Expr]:
        """Yield the token in headers that are a list, `[["Authorization", token]]`."""
        for found in self._references.referents(headers):
            if isinstance(found, Expr) and found.node.type == "array":
                for _, item in items(found.node):
                    pair = [each for _, each in items(item)] if item.type == "array" else []
                    if len(pair) == 2 and found.module.text(pair[0])[1:-1] in _HEADERS:
                        yield Expr(found.module, pair[1])

    def _set(self, name: str, arguments: Sequence[Expr]) -> Iterator[Expr]:
        """Yield the token that a method sets."""
        if name == "auth":
            yield from arguments[:1]
        elif len(arguments) > 1 and set(self._references.texts(arguments[0])) & set(_HEADERS):
            yield arguments[1]
        elif len(arguments) == 1:
            yield from self._authorization(arguments)

    def _of_part(self, call: Expr, arguments: Sequence[Expr]) -> Iterator[Expr]:
        callee = _callee(call)
        for each in self._references.referents(Expr(self._module, callee)) if callee is not None else ():
            if isinstance(each, ExternalExport):
                setting = _facts()["token_parts"].get(each.package, {}).get(each.name)
                for argument in arguments[:1] if setting else ():
                    for leaf in leaves_at(self._references, [ConfigValue("", argument)], [setting]):
                        yield from self._results(leaf.expr)

    def _results(self, expr: Expr) -> Iterator[Expr]:
        """Yield what an expression may be; for a function, what it returns."""
        body = expr.node.child_by_field_name("body") if expr.node.type in FUNCTIONS else None
        yield Expr(expr.module, body) if body is not None and body.type != "statement_block" else expr

    # --- addresses ---------------------------------------------------------------------------------------------------

    def _addresses(self, arguments: Sequence[Expr]) -> _Addresses:
        """Return where a request with such arguments goes."""
        texts = list(self._address_texts(arguments))
        is_sanity = any(hosts().search(text) or _PATHS.search(text) for text in texts)
        return _Addresses(
            sanity=is_sanity,
            elsewhere=not is_sanity and any(_ABSOLUTE.match(text) for text in texts),
            writes=any(mark in text for text in texts for mark in _WRITES),
        )

    def _address_exprs(self, arguments: Sequence[Expr]) -> Iterator[Expr]:
        yield from arguments[:2]  # `request(url)`, `$.get(url)`, `superagent("GET", url)`
        for argument in arguments:
            known = self._known_members(argument)
            for key in (key for key in _facts()["addresses"] if known is None or key in known):
                members = self._references.members(argument, key)
                yield from (member for member in members if isinstance(member, Expr))

    def _address_texts(self, arguments: Sequence[Expr]) -> Iterator[str]:
        """Yield the texts of which the addresses of a request are made."""
        pending = list(self._address_exprs(arguments))
        for _ in range(_MOST_PARTS):
            if not pending:
                return
            for found in self._references.referents(pending.pop(0)):
                if not isinstance(found, Expr):
                    continue
                module, node = found
                match node.type:
                    case "string":
                        yield module.beginning(node, _LONGEST_ADDRESS)
                    case "template_string":
                        yield module.beginning(node, _LONGEST_ADDRESS)
                        pending += _substituted(found)
                    case "binary_expression":
                        yield module.beginning(node, _LONGEST_ADDRESS)
                        sides = (node.child_by_field_name("left"), node.child_by_field_name("right"))
                        pending += (Expr(module, side) for side in sides if side is not None)
                    case "new_expression":  # `new URL(path, base)`
                        yield module.beginning(node, _LONGEST_ADDRESS)
                        pending += arguments_of(module, node)[:2]
                    case "arrow_function":
                        pending += self._results(found)
                    case _:
                        pass

    def _in_address(self, arguments: Sequence[Expr]) -> Iterator[Expr]:
        """Yield the secrets in the address of a request, `…?token=${token}`."""
        for address in self._address_exprs(arguments):
            for found in self._references.referents(address):
                if isinstance(found, Expr) and found.node.type in {"template_string", "binary_expression"}:
                    yield from self._secrets(found)

    def _secrets(self, address: Expr) -> Iterator[Expr]:
        module, node = address
        parts = (
            _substituted(address)
            if node.type == "template_string"
            else [Expr(module, each) for each in node.named_children]
        )
        for part in parts:
            before = module.source[node.start_byte : part.node.start_byte].decode("utf-8", "replace")
            sources = taint_sources(self._references, part)
            is_token = _IN_ADDRESS.search(before.rstrip("${ +\"'`"))
            if any(
                source.kind is SourceKind.LITERAL
                or is_token
                or (source.kind is SourceKind.ENV and is_secret(source.name))
                for source in sources
            ):
                yield part


def _callee(call: Expr) -> "Node | None":
    return call.node.child_by_field_name("function") or call.node.child_by_field_name("constructor")


def _exported(external: ExternalExport) -> str:
    return external.name if external.name != EVERYTHING else DEFAULT


def _substituted(template: Expr) -> list[Expr]:
    parts = (uncommented(part) for part in template.node.named_children if part.type == "template_substitution")
    return [Expr(template.module, part) for part in parts if part is not None]
