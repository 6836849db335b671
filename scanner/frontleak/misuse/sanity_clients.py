"""Sanity clients in code: creation, configuration and writes. Names of functions are in rules/code/sanity.yaml."""

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from frontleak.core.lazy_regex import LazyRegex, LazyTextRegex
from frontleak.js.module import DEFAULT, EVERYTHING, Expr, Module
from frontleak.js.references import References
from frontleak.js.referents import ExternalExport, MemberOf, Referent
from frontleak.js.syntax import FUNCTIONS, arguments_of, member_name, returns, unwrapped
from frontleak.misuse.functions_called import CLASSES, class_around, extended_by
from frontleak.modulegraph.file_summary import FileSummary
from frontleak.modulegraph.import_scan import ImportKind, ImportSite
from frontleak.rules.load import load_data

if TYPE_CHECKING:
    from tree_sitter import Node

NAMES_CLIENT: Final = 1
"""Mark of a summary: the file names what creates a client or is one, by its imports or as a global."""
_NAMES: Final = LazyRegex(rb"\s*+\{([\w$\s,]*+)\}\s*+from\s*+")
"""What is between `import` and a specifier where it imports nothing but names, without comments or escapes."""
_MOST_CALLS: Final = 12
"""Calls that are visited to find the client from which another is derived."""
_ADDRESS: Final = LazyTextRegex(
    r"^(?:https?://(?:esm\.sh|cdn\.skypack\.dev|unpkg\.com|esm\.run|cdn\.jsdelivr\.net/npm|jspm\.dev)/(?:v\d+/)?|npm:)"
    r"|(?<=\w)@[\w.^~-]+(?=$|[/?])|/\+esm$|\?.*$"
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


@functools.cache
def facts() -> Mapping[str, Any]:
    """Return how code uses Sanity, `rules/code/sanity.yaml`."""
    facts: Mapping[str, Any] = load_data("code/sanity.yaml")
    return facts


def any_name(names: Iterable[str]) -> re.Pattern[bytes]:
    """Return a regular expression that matches one of some names in source code."""
    return re.compile(b"|".join(re.escape(name.encode()) for name in sorted(names)))


@functools.cache
def global_clients() -> re.Pattern[bytes]:
    """Return a regular expression for the functions that return a client without being imported."""
    return any_name(facts()["global_clients"])


@functools.cache
def _makers() -> frozenset[str]:
    """Return the packages whose exports create a client or are one."""
    return frozenset((*facts()["make_client"], *facts()["clients"]))


@functools.cache
def _made_by_name() -> frozenset[bytes]:
    """Return the names by which what creates a client, or is one, may be imported."""
    exports = (*facts()["make_client"].values(), *facts()["clients"].values())
    return frozenset(name.encode() for names in (*exports, [DEFAULT]) for name in names)


def _is_maker(specifier: str) -> bool:
    return _ADDRESS.sub("", specifier) in _makers()


def may_import_maker(text: bytes, imports: Sequence[ImportSite]) -> bool:
    """Return whether a file may import what creates a client or is one."""
    return any(not site.type_only and _is_maker(site.specifier) and _may_be_maker(text, site) for site in imports)


def _may_be_maker(text: bytes, site: ImportSite) -> bool:
    """Return whether an import of such a package may be of what creates a client: not where it names only others."""
    if site.kind is not ImportKind.STATIC:
        return True
    names = _NAMES.fullmatch(text, text.rfind(b"import", 0, site.offset) + len(b"import"), site.offset)
    return names is None or not _made_by_name().isdisjoint(names[1].replace(b",", b" ").split())


def names_client(file: FileSummary) -> bool:
    """Return whether a file may name what creates a client or is one."""
    return bool(file.marks & NAMES_CLIENT)


@functools.cache
def hosts() -> re.Pattern[str]:
    """Return the regular expression for API hosts."""
    return re.compile(facts()["hosts"], re.VERBOSE)


def live_call(references: References, expr: Expr) -> bool:
    """Return whether a call is `defineLive`, which takes separate tokens for server and browser."""
    live = facts()["live"]
    return any(
        isinstance(referent, ExternalExport)
        and referent.name == live["function"]
        and referent.package in live["packages"]
        for referent in _callees(references, expr)
    )


def live_token() -> str:
    """Return the name of the `defineLive` setting that is sent to the browser."""
    return str(facts()["live"]["browser_token"])


def clients_in(
    references: References, module: Module, may_make: Callable[[str], bool] = lambda _: True
) -> Iterator[SanityClient]:
    """Yield the clients that a module creates or derives, the last of several settings first.

    `may_make` returns whether a file, by its absolute path, or one that it imports, may name what creates a client.
    """
    known: dict[str, bool] = {}  # whether a name that the module imports may be what creates a client
    for node in module.all("call_expression", "new_expression"):
        callee = node.child_by_field_name("function") or node.child_by_field_name("constructor")
        if callee is None or not _may_create(references, module, callee, may_make, known):
            continue
        client = _from_call(references, Expr(module, node), set())
        if client is not None and client.made_by is not None:
            yield client


def _may_create(
    references: References, module: Module, callee: "Node", may_make: Callable[[str], bool], known: dict[str, bool]
) -> bool:
    """Return whether what a call calls may create or derive a client, by its name and where that is declared."""
    if callee.type == "member_expression":
        name = member_name(module, callee)
        return name in facts()["reconfigure"] or name in _factory_names()
    if callee.type != "identifier":
        return True
    name = module.text(callee)
    declaration = module.lookup(name, callee)
    imported = declaration.imported if declaration is not None else None
    if imported is None:
        return declaration is not None
    if name not in known:
        path = references.resolve(imported.specifier, module.path)
        known[name] = may_make(path) if path is not None else _is_maker(imported.specifier)
    return known[name]


def clients_of(references: References, expr: Expr, seen: set[tuple[str, int, int]]) -> Iterator[SanityClient]:
    """Yield the Sanity clients that an expression may evaluate to; `seen` holds the places of visited calls."""
    return (client for client, member in client_members(references, expr, seen) if not member)


def client_members(
    references: References, expr: Expr, seen: set[tuple[str, int, int]]
) -> Iterator[tuple[SanityClient, str]]:
    """Yield (client, member) for each member of a Sanity client that an expression may be, such as `agent.action`.

    The member is empty for the client itself, and for a member that has all methods of the client.
    """
    return members_among(references, references.referents(expr), seen)


def members_among(
    references: References, referents: Iterable[Referent], seen: set[tuple[str, int, int]]
) -> Iterator[tuple[SanityClient, str]]:
    """Yield (client, member) for each member of a Sanity client among some values."""
    for referent in referents:
        for client, path in _of_referent(references, referent, seen):
            yield client, ".".join(path[1:] if path[:1] and path[0] in facts()["same_members"] else path)


def _of_referent(
    references: References, referent: Referent, seen: set[tuple[str, int, int]]
) -> Iterator[tuple[SanityClient, tuple[str, ...]]]:
    """Yield the clients of which a value is a member, with the path of the member."""
    if isinstance(referent, ExternalExport):
        name, *path = referent.name.split(".")
        if name in facts()["clients"].get(referent.package, ()):
            yield SanityClient(None, (), ExternalExport(referent.package, name)), tuple(path)
        return
    if not isinstance(referent, Expr | MemberOf):
        return
    whole, path_in = (referent.whole, referent.path) if isinstance(referent, MemberOf) else (referent, ())
    callee = whole.node.child_by_field_name("function")
    name = whole.module.name(callee).rpartition(".")[2] if callee is not None else ""
    if isinstance(referent, MemberOf) and name in facts()["global_clients"]:
        yield SanityClient(None, ()), path_in[1:] if path_in[:1] == ("client",) else path_in
    elif (member := facts()["keepers"].get(name)) is not None and (member == "." or path_in[:1] == (member,)):
        rest = path_in if member == "." else path_in[1:]
        for kept in _kept(references, whole) if whole.place not in seen and len(seen) <= _MOST_CALLS else ():
            seen.add(whole.place)
            for client, path_of in (
                found for each in references.referents(kept) for found in _of_referent(references, each, seen)
            ):
                yield client, (*path_of, *rest)
    elif (made := _from_call(references, whole, seen)) is not None:
        yield made, path_in


def _kept(references: References, call: Expr) -> Iterator[Expr]:
    """Yield what a function keeps: its first argument, or what that returns."""
    for argument in arguments_of(*call)[:1]:
        for found in references.referents(argument):
            if isinstance(found, Expr):
                yield from returns(found) if found.node.type in FUNCTIONS else (found,)


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
        if owner is not None and name in facts()["reconfigure"]:
            bases = clients_of(references, Expr(module, owner), seen)
            return next((SanityClient(expr, (*arguments[:1], *base.settings), base.external) for base in bases), None)
        if name not in _factory_names():
            return None
    callees = _callees(references, expr)
    if any(_is_factory(references, referent) for referent in callees):
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
    if callee is not None and callee.type == "super":
        around = class_around(expr)
        extended = extended_by(around) if around is not None else None
        return references.referents(extended) if extended is not None else []
    return references.referents(Expr(module, callee)) if callee is not None else []


@functools.cache
def _factory_names() -> frozenset[str]:
    """Return the export names of functions that create a client."""
    return frozenset(name for names in facts()["make_client"].values() for name in names)


def _is_factory(references: References, callee: Referent) -> bool:
    """Return whether a function creates a client, also one that a factory called without arguments returns."""
    if isinstance(callee, Expr) and callee.node.type in CLASSES:
        extended = extended_by(callee)
        found = references.referents(extended) if extended is not None else []
        return any(isinstance(each, ExternalExport) and _is_factory(references, each) for each in found)
    if isinstance(callee, Expr):
        is_curried = callee.node.type == "call_expression" and not arguments_of(*callee)
        return is_curried and any(
            isinstance(inner, ExternalExport) and _is_factory(references, inner)
            for inner in _callees(references, callee)
        )
    if not isinstance(callee, ExternalExport):
        return False
    names = facts()["make_client"].get(_ADDRESS.sub("", callee.package), ())
    name = callee.name.rpartition(".")[2]
    return name in names or (callee.name == EVERYTHING and DEFAULT in names)
