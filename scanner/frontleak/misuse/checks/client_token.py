"""A token given to a Sanity client, or to a request to Sanity, in code that the browser gets."""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from frontleak.js.module import Expr, Module
from frontleak.js.syntax import arguments_of
from frontleak.misuse.misuse import Misuse
from frontleak.misuse.project import AnalysedProject
from frontleak.misuse.sanity_clients import SanityClient, hosts
from frontleak.misuse.taint_sources import SourceKind, TaintSource, taint_sources
from frontleak.misuse.variable_names import Power, power, public_prefix
from frontleak.modulegraph.reachability import ImportPath

_PATHS: Final = re.compile(r"/data/(?:mutate|actions|query)/|/assets/(?:images|files)/")
_LONGEST_ADDRESS: Final = 400
"""Bytes of an expression that may hold the address of the API."""
_PUBLISHED: Final = re.compile(r"(?:^|\.)(?:public|publicRuntimeConfig|extra)\.")
"""What is in the name of a setting of a framework's configuration that the browser gets."""
_DECLARED_PUBLIC: Final = " of astro:env/client"
"""How a variable is read that is declared for the browser, without a prefix."""
_REQUESTS: Final = re.compile(
    r"(?:^|\.)(?:fetch|\$fetch|ofetch|axios|ky|got|request|get|post|put|patch|delete|create|useFetch)$"
)


def check(project: AnalysedProject, path: str) -> Iterator[Misuse]:
    """Yield the tokens that clients and requests of browser code are given."""
    for module in project.modules(path):
        for found in _given(project, module):
            import_path = project.reachability.import_path(found.call.module)
            if import_path is not None and project.reachability.is_reachable(found.call):
                yield from _use(project, found, import_path)


class _Given(NamedTuple):
    """A token that a call is given."""

    call: Expr
    token: Expr
    client: SanityClient | None = None
    """What the call makes; None for a request."""
    writes: bool = False
    """Whether the call itself writes."""


def _given(project: AnalysedProject, module: Module) -> Iterator[_Given]:
    for client in project.clients.made(module):
        if client.made_by is not None:
            for token in project.clients.tokens(client):
                yield _Given(client.made_by, token, client)
    yield from _headers(project, module)


def _use(project: AnalysedProject, given: _Given, import_path: ImportPath) -> Iterator[Misuse]:
    token = given.token
    known = [source for source in taint_sources(project.references, token) if _counts(project, source)]
    if not known:
        return
    variables = [source for source in known if source.kind is not SourceKind.LITERAL] or known
    names = tuple(dict.fromkeys(source.name.rpartition(".")[2] for source in variables if source.name))
    powers = {power(name) for name in names}
    if token.module.path != import_path.hops[-1].node.path:
        import_path = project.reachability.import_path(token.module) or import_path
    yield Misuse(
        path=token.module.path,
        start=token.node.start_byte,
        end=token.node.end_byte,
        names=names,
        power=Power.WRITE if Power.WRITE in powers or _is_written(project, given) else _milder(powers),
        import_path=import_path,
        shipped=shipped(project, known),
        certain=import_path.certain,
    )


def _is_written(project: AnalysedProject, given: _Given) -> bool:
    """Say whether a call writes, or something does through the client that it makes; that takes a look at all files."""
    return given.writes or (given.client is not None and project.clients.is_written(given.client))


def _milder(powers: set[Power]) -> Power:
    return Power.READ if powers == {Power.READ} else Power.UNKNOWN


def _counts(project: AnalysedProject, source: TaintSource) -> bool:
    """Say whether a flow is a secret of the project, not a value that whoever calls decides on.

    What a server action answers with is no part of the browser's code; a secret in an answer is a finding there.
    """
    if source.expr is not None and project.reachability.holds_actions(source.expr.module.path):
        return False
    return source.kind is SourceKind.LITERAL or (
        source.kind in {SourceKind.ENV, SourceKind.SETTING} and source.name != "NODE_ENV"
    )


def shipped(project: AnalysedProject, found: Sequence[TaintSource]) -> str:
    """Return what the browser gets of a token, as a sentence without its full stop."""
    if any(source.kind is SourceKind.LITERAL for source in found):
        return "the token is written in the code, so it is in the bundle"
    if public := [source for source in found if source.kind is SourceKind.ENV and _is_public(project, source)]:
        return f"the value of {public[0].name} is put into the bundle while building"
    if given := [source for source in found if source.kind is SourceKind.SETTING and _PUBLISHED.search(source.name)]:
        return f"the configuration gives the browser the value of {given[0].name.removeprefix('default.')}"
    if undefined := project.undefined():
        return (
            f"{undefined}; so either the code does not work or it ships the token, and the usual ways to make it work, "
            "a public prefix or a setting of the bundler, ship it"
        )
    return "what becomes of the value depends on the bundler"


def _is_public(project: AnalysedProject, source: TaintSource) -> bool:
    return bool(public_prefix(source.name, project.framework_ids)) or source.how.endswith(_DECLARED_PUBLIC)


def _headers(project: AnalysedProject, module: Module) -> Iterator[_Given]:
    """Yield the tokens in the Authorization header of requests to Sanity."""
    mutates = b"/data/mutate" in module.source
    for node in module.all("call_expression", "new_expression"):
        callee = node.child_by_field_name("function")
        if callee is None or not _REQUESTS.search(module.ending(callee, 40)):
            continue
        given = arguments_of(module, node)
        found = [value for item in given for value in _authorization(project, item)]
        if found and _goes_to_sanity(project, given):
            writes = _writes(project, given) or (mutates and given[0].node.type == "object")
            yield from (_Given(Expr(module, node), value, writes=writes) for value in found)


def _authorization(project: AnalysedProject, argument: Expr) -> Iterator[Expr]:
    for headers in project.references.members(argument, "headers"):
        if isinstance(headers, Expr):
            for name in ("Authorization", "authorization"):
                found = project.references.members(headers, name)
                yield from (value for value in found if isinstance(value, Expr))


def _goes_to_sanity(project: AnalysedProject, given: Sequence[Expr]) -> bool:
    addresses = [
        given[0],
        *(
            found
            for item in given
            for key in ("url", "baseURL", "prefixUrl")
            for found in project.references.members(item, key)
        ),
    ]
    return any(_is_sanity_address(project, address) for address in addresses if isinstance(address, Expr))


def _is_sanity_address(project: AnalysedProject, address: Expr) -> bool:
    return any(
        isinstance(found, Expr)
        and found.node.type in {"string", "template_string", "binary_expression", "new_expression"}
        and (hosts().search(text := found.module.beginning(found.node, _LONGEST_ADDRESS)) or _PATHS.search(text))
        for found in project.references.referents(address)
    )


def _writes(project: AnalysedProject, given: Sequence[Expr]) -> bool:
    texts = [
        found.module.beginning(found.node, _LONGEST_ADDRESS)
        for item in given[:1]
        for found in project.references.referents(item)
        if isinstance(found, Expr)
    ]
    return any(mark in text for text in texts for mark in ("/data/mutate/", "/data/actions/", "/assets/"))
