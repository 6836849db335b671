"""A token given to a Sanity client, or to a request to Sanity, in code that the browser gets."""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from frontleak.js.module import Module, Spot
from frontleak.js.syntax import arguments_of
from frontleak.misuse.misuse import Use
from frontleak.misuse.project import Analysed
from frontleak.misuse.sanity_clients import Client, hosts
from frontleak.misuse.taint_sources import Flow, Kind, flows
from frontleak.misuse.variable_names import Power, power, public_prefix
from frontleak.modulegraph.reachability import Chain

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


def check(project: Analysed, path: str) -> Iterator[Use]:
    """Yield the tokens that clients and requests of browser code are given."""
    for module in project.modules(path):
        for found in _given(project, module):
            chain = project.boundary.chain(found.call.module)
            if chain is not None and project.boundary.ships(found.call):
                yield from _use(project, found, chain)


class _Given(NamedTuple):
    """A token that a call is given."""

    call: Spot
    token: Spot
    client: Client | None = None
    """What the call makes; None for a request."""
    writes: bool = False
    """Whether the call itself writes."""


def _given(project: Analysed, module: Module) -> Iterator[_Given]:
    for client in project.clients.made(module):
        if client.made_by is not None:
            for token in project.clients.tokens(client):
                yield _Given(client.made_by, token, client)
    yield from _headers(project, module)


def _use(project: Analysed, given: _Given, chain: Chain) -> Iterator[Use]:
    token = given.token
    known = [flow for flow in flows(project.program, token) if _counts(project, flow)]
    if not known:
        return
    variables = [flow for flow in known if flow.kind is not Kind.LITERAL] or known
    names = tuple(dict.fromkeys(flow.name.rpartition(".")[2] for flow in variables if flow.name))
    powers = {power(name) for name in names}
    if token.module.path != chain.links[-1].node.path:
        chain = project.boundary.chain(token.module) or chain
    yield Use(
        path=token.module.path,
        start=token.node.start_byte,
        end=token.node.end_byte,
        names=names,
        power=Power.WRITE if Power.WRITE in powers or _is_written(project, given) else _milder(powers),
        chain=chain,
        shipped=shipped(project, known),
        certain=chain.certain,
    )


def _is_written(project: Analysed, given: _Given) -> bool:
    """Say whether a call writes, or something does through the client that it makes; that takes a look at all files."""
    return given.writes or (given.client is not None and project.clients.is_written(given.client))


def _milder(powers: set[Power]) -> Power:
    return Power.READ if powers == {Power.READ} else Power.UNKNOWN


def _counts(project: Analysed, flow: Flow) -> bool:
    """Say whether a flow is a secret of the project, not a value that whoever calls decides on.

    What a server action answers with is no part of the browser's code; a secret in an answer is a finding there.
    """
    if flow.spot is not None and project.boundary.holds_actions(flow.spot.module.path):
        return False
    return flow.kind is Kind.LITERAL or (flow.kind in {Kind.ENV, Kind.SETTING} and flow.name != "NODE_ENV")


def shipped(project: Analysed, found: Sequence[Flow]) -> str:
    """Return what the browser gets of a token, as a sentence without its full stop."""
    if any(flow.kind is Kind.LITERAL for flow in found):
        return "the token is written in the code, so it is in the bundle"
    if public := [flow for flow in found if flow.kind is Kind.ENV and _is_public(project, flow)]:
        return f"the value of {public[0].name} is put into the bundle while building"
    if given := [flow for flow in found if flow.kind is Kind.SETTING and _PUBLISHED.search(flow.name)]:
        return f"the configuration gives the browser the value of {given[0].name.removeprefix('default.')}"
    if undefined := project.undefined():
        return (
            f"{undefined}; so either the code does not work or it ships the token, and the usual ways to make it work, "
            "a public prefix or a setting of the bundler, ship it"
        )
    return "what becomes of the value depends on the bundler"


def _is_public(project: Analysed, flow: Flow) -> bool:
    return bool(public_prefix(flow.name, project.framework_ids)) or flow.how.endswith(_DECLARED_PUBLIC)


def _headers(project: Analysed, module: Module) -> Iterator[_Given]:
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
            yield from (_Given(Spot(module, node), value, writes=writes) for value in found)


def _authorization(project: Analysed, argument: Spot) -> Iterator[Spot]:
    for headers in project.program.members(argument, "headers"):
        if isinstance(headers, Spot):
            for name in ("Authorization", "authorization"):
                found = project.program.members(headers, name)
                yield from (value for value in found if isinstance(value, Spot))


def _goes_to_sanity(project: Analysed, given: Sequence[Spot]) -> bool:
    addresses = [
        given[0],
        *(
            found
            for item in given
            for key in ("url", "baseURL", "prefixUrl")
            for found in project.program.members(item, key)
        ),
    ]
    return any(_is_sanity_address(project, address) for address in addresses if isinstance(address, Spot))


def _is_sanity_address(project: Analysed, address: Spot) -> bool:
    return any(
        isinstance(found, Spot)
        and found.node.type in {"string", "template_string", "binary_expression", "new_expression"}
        and (hosts().search(text := found.module.beginning(found.node, _LONGEST_ADDRESS)) or _PATHS.search(text))
        for found in project.program.definitions(address)
    )


def _writes(project: Analysed, given: Sequence[Spot]) -> bool:
    texts = [
        found.module.beginning(found.node, _LONGEST_ADDRESS)
        for item in given[:1]
        for found in project.program.definitions(item)
        if isinstance(found, Spot)
    ]
    return any(mark in text for text in texts for mark in ("/data/mutate/", "/data/actions/", "/assets/"))
