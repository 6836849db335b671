"""TanStack Start: routes and their loaders are client-side code; handlers of server functions and routes are not."""

from collections.abc import Mapping
from typing import Final

import pytest

from tests.support.code import misuse, package, places

PACKAGE: Final = package("@tanstack/react-start", "@tanstack/react-router", "@sanity/client")
LIBRARY: Final = (
    "import {createClient} from '@sanity/client'\n"
    "export const client = createClient({projectId: 'abcd1234', token: process.env.SANITY_API_WRITE_TOKEN})\n"
)
ROUTE: Final = "import {createFileRoute} from '@tanstack/react-router'\nimport {client} from '../lib/sanity'\n"

SILENT: Final[Mapping[str, str]] = {
    "a server function": "const posts = createServerFn({method: 'GET'}).handler(() => client.fetch('*'))\n"
    "export const Route = createFileRoute('/')({loader: () => posts()})",
    "handlers of a server route": "export const Route = createFileRoute('/a')({server: {handlers: {GET: async () => "
    "Response.json(await client.fetch('*'))}}})",
    "a handler that is a method": "export const Route = createFileRoute('/a')({server: {handlers: {async POST() { "
    "return client.create({_type: 'a'}) }}}})",
    "a server route of its own": "export const ServerRoute = createServerFileRoute('/a').methods({GET: () => client.fetch('*')})",
    "an API route": "export const APIRoute = createAPIFileRoute('/a')({GET: () => client.fetch('*')})",
}


@pytest.mark.parametrize("code", SILENT.values(), ids=SILENT)
def test_what_stays_on_the_server(code: str) -> None:
    assert places({"package.json": PACKAGE, "src/lib/sanity.ts": LIBRARY, "src/routes/a.tsx": ROUTE + code}) == []


LOUD: Final[Mapping[str, str]] = {
    "a loader": "export const Route = createFileRoute('/')({loader: () => client.fetch('*')})",
    "a check before loading": "export const Route = createFileRoute('/')({beforeLoad: async () => client.fetch('*')})",
    "a component": "export const Route = createFileRoute('/')({component: () => <b onClick={() => client.fetch('*')}/>})",
    "a loader next to a handler": "export const Route = createFileRoute('/')({server: {handlers: {GET: () => "
    "client.fetch('*')}}, loader: () => client.fetch('*')})",
}


@pytest.mark.parametrize("folder", ["src", "app"])
@pytest.mark.parametrize("code", LOUD.values(), ids=LOUD)
def test_what_a_route_ships(code: str, folder: str) -> None:
    files = {"package.json": PACKAGE, f"{folder}/lib/sanity.ts": LIBRARY, f"{folder}/routes/a.tsx": ROUTE + code}
    (finding,) = misuse(files)
    assert (finding.rule_id, finding.place.origin.path) == ("sanity-token-in-client-code", f"{folder}/lib/sanity.ts")


def test_a_token_in_the_answer_of_a_server_route() -> None:
    code = (
        "export const Route = createFileRoute('/a')({server: {handlers: {GET: () => "
        "Response.json({token: process.env.SANITY_TOKEN})}}})"
    )
    assert places({"package.json": PACKAGE, "src/routes/a.tsx": code}) == ["src/routes/a.tsx:1"]
