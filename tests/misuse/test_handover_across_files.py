"""Handover across files: the variable of a client in another file, environments that are passed on, helpers, props."""

from collections.abc import Mapping
from typing import Final

import pytest

from tests.support.code import Texts, misuse, package, places

RULE: Final = "sanity-token-to-browser"
NEXT: Final = package("next", "@sanity/client")
CLIENT: Final = "import {{createClient}} from '@sanity/client'\nexport const c = createClient({{projectId: 'abcd1234', token: {}}})\n"
EDITOR: Final = "'use client'\nexport const Editor = (props) => <b {...props}/>"

SILENT: Final[Mapping[str, Texts]] = {
    "another variable": {
        "lib/c.ts": CLIENT.format("process.env.CMS_KEY_A"),
        "app/api/t/route.ts": "export const GET = () => Response.json({title: process.env.CMS_TITLE})",
    },
    "a variable whose name begins alike": {
        "lib/c.ts": CLIENT.format("process.env.CMS_KEY_A"),
        "app/api/t/route.ts": "export const GET = () => Response.json({title: process.env.CMS_KEY_ALL})",
    },
    "the same variable in a request to elsewhere": {
        "lib/c.ts": CLIENT.format("process.env.CMS_KEY_A"),
        "app/api/t/route.ts": "export const GET = async () => Response.json(await (await fetch('https://example.com', "
        "{headers: {Authorization: process.env.CMS_KEY_A}})).json())",
    },
    "the same variable in a test": {
        "lib/c.ts": CLIENT.format("process.env.CMS_KEY_A"),
        "app/api/t/route.test.ts": "export const GET = () => Response.json({token: process.env.CMS_KEY_A})",
    },
    "the same variable as a switch": {
        "lib/c.ts": CLIENT.format("process.env.CMS_KEY_A"),
        "app/api/t/route.ts": "export const GET = () => Response.json({on: !!process.env.CMS_KEY_A, "
        "off: process.env.CMS_KEY_A ? 'on' : 'off', is: Boolean(process.env.CMS_KEY_A)})",
    },
    "a header of a request of a proxy": {
        "app/api/t/route.ts": "export const on = (proxyReq) => proxyReq.setHeader('Authorization', process.env.SANITY_TOKEN)",
    },
    "headers of a request": {
        "app/api/t/route.ts": "export const GET = () => { const headers = new Headers(); "
        "headers.set('Authorization', process.env.SANITY_TOKEN); return fetch('https://example.com', {headers}) }",
    },
    "a helper that calls Sanity and returns its result": {
        "lib/load.ts": "export const load = async (token) => (await fetch('https://example.com', {headers: {token}})).json()",
        "app/api/t/route.ts": "import {load} from '../../../lib/load'\n"
        "export const GET = async () => Response.json(await load(process.env.SANITY_TOKEN))",
    },
    "a server component that only uses its prop": {
        "app/page.tsx": "import {Shell} from './shell'\nexport default () => <Shell token={process.env.SANITY_TOKEN}/>",
        "app/shell.tsx": "export const Shell = async ({token}) => <b>{(await load(token)).title}</b>",
    },
    "another prop of a server component": {
        "app/page.tsx": "import {Shell} from './shell'\n"
        "export default () => <Shell token={process.env.SANITY_TOKEN} title='a'/>",
        "app/shell.tsx": "export const Shell = ({token, title}) => <b title={title}>{title}</b>",
    },
}


@pytest.mark.parametrize("files", SILENT.values(), ids=SILENT)
def test_what_hands_nothing_over(files: Texts) -> None:
    assert places({"package.json": NEXT, **files}, RULE) == []


FOUND: Final[Mapping[str, tuple[Texts, str]]] = {
    "a variable of another name in a route": (
        {
            "lib/c.ts": CLIENT.format("process.env.CMS_KEY_A"),
            "app/api/t/route.ts": "export const GET = () => Response.json({token: process.env.CMS_KEY_A})",
        },
        "app/api/t/route.ts:1",
    ),
    "a variable that is given by a constant of a third file": (
        {
            "lib/env.ts": "export const key = process.env.CMS_KEY_A!",
            "lib/c.ts": "import {key} from './env'\n" + CLIENT.format("key"),
            "app/api/t/route.ts": "export const GET = () => Response.json({token: process.env.CMS_KEY_A})",
        },
        "app/api/t/route.ts:1",
    ),
    "a variable of a preview": (
        {
            "lib/live.ts": "import {defineLive} from 'next-sanity/live'\n"
            "export const live = defineLive({client, serverToken: process.env.CMS_VIEW})",
            "pages/index.tsx": "export const getStaticProps = () => ({props: {a: process.env.CMS_VIEW}})\n"
            "export default () => null",
        },
        "pages/index.tsx:1",
    ),
    "a helper that answers": (
        {
            "lib/reply.ts": "export const reply = (data) => new Response(JSON.stringify(data))",
            "app/api/t/route.ts": "import {reply} from '../../../lib/reply'\n"
            "export const GET = () => reply({token: process.env.SANITY_TOKEN})",
        },
        "app/api/t/route.ts:2",
    ),
    "props through two components": (
        {
            "app/page.tsx": "import {Shell} from './shell'\n"
            "export default () => <Shell config={{token: process.env.SANITY_TOKEN}}/>",
            "app/shell.tsx": "import {Inner} from './inner'\nexport const Shell = (props) => <Inner {...props.config}/>",
            "app/inner.tsx": "import {Editor} from './editor'\nexport function Inner({token}) { return <Editor token={token}/> }",
            "app/editor.tsx": EDITOR,
        },
        "app/page.tsx:2",
    ),
    "the text of an element in a component": (
        {
            "app/page.tsx": "import Shell from './shell'\nexport default () => <Shell token={process.env.SANITY_TOKEN}/>",
            "app/shell.tsx": "export default ({token}) => <p>{token}</p>",
        },
        "app/page.tsx:2",
    ),
    "a cached function": (
        {
            "lib/token.ts": "import {cache} from 'react'\nexport const token = cache(async () => process.env.SANITY_TOKEN)",
            "app/page.tsx": "import {Editor} from './editor'\nimport {token} from '../lib/token'\n"
            "export default async () => <Editor token={await token()}/>",
            "app/editor.tsx": EDITOR,
        },
        "app/page.tsx:3",
    ),
    "a value of unstable_cache": (
        {
            "app/page.tsx": "import {unstable_cache} from 'next/cache'\nimport {Editor} from './editor'\n"
            "const settings = unstable_cache(async () => ({token: process.env.SANITY_TOKEN}), ['a'])\n"
            "export default async () => { const {token} = await settings(); return <Editor token={token}/> }",
            "app/editor.tsx": EDITOR,
        },
        "app/page.tsx:4",
    ),
    "a promise as a prop": (
        {
            "app/page.tsx": "import {Editor} from './editor'\n"
            "export default () => <Editor token={Promise.resolve(process.env.SANITY_TOKEN)}/>",
            "app/editor.tsx": EDITOR,
        },
        "app/page.tsx:2",
    ),
    "a new promise as a prop": (
        {
            "app/page.tsx": "import {Editor} from './editor'\n"
            "export default () => <Editor a={new Promise((resolve) => resolve({token: process.env.SANITY_TOKEN}))}/>",
            "app/editor.tsx": EDITOR,
        },
        "app/page.tsx:2",
    ),
    "the value of a context": (
        {
            "app/page.tsx": "import {Settings} from './settings'\n"
            "export default () => <Settings.Provider value={{token: process.env.SANITY_TOKEN}}/>",
            "app/settings.tsx": "'use client'\nimport {createContext} from 'react'\nexport const Settings = createContext({})",
        },
        "app/page.tsx:2",
    ),
    "the state of a store": (
        {
            "app/page.tsx": "import {StoreProvider} from './store'\n"
            "export default () => <StoreProvider initialState={{token: process.env.SANITY_TOKEN}}/>",
            "app/store.tsx": "'use client'\nexport const StoreProvider = ({initialState}) => <b/>",
        },
        "app/page.tsx:2",
    ),
    "an object that is filled later": (
        {
            "app/api/t/route.ts": "export const GET = () => { const data = {}; data.token = process.env.SANITY_TOKEN\n"
            "return Response.json(data) }",
        },
        "app/api/t/route.ts:1",
    ),
    "headers that are filled later": (
        {
            "app/api/t/route.ts": "export const GET = () => { const headers = new Headers()\n"
            "headers.set('x-token', process.env.SANITY_TOKEN)\nreturn new Response('', {headers}) }",
        },
        "app/api/t/route.ts:2",
    ),
}


@pytest.mark.parametrize(("files", "place"), FOUND.values(), ids=FOUND)
def test_what_hands_a_token_over(files: Texts, place: str) -> None:
    assert places({"package.json": NEXT, **files}, RULE) == [place]


ENVIRONMENTS: Final[Mapping[str, tuple[str, str, str]]] = {
    "platform.env": (
        "@sveltejs/kit",
        "src/routes/+page.server.ts",
        "export const load = ({platform}) => ({t: platform?.env?.SANITY_TOKEN})",
    ),
    "platform.env of the event": (
        "@sveltejs/kit",
        "src/routes/+page.server.ts",
        "export const load = (event) => ({t: event.platform!.env.SANITY_TOKEN})",
    ),
    "context.env": (
        "@react-router/dev",
        "app/routes/a.tsx",
        "export const loader = ({context}) => ({t: context.env.SANITY_TOKEN})\nexport default () => null",
    ),
    "context.cloudflare.env": (
        "@react-router/dev",
        "app/routes/a.tsx",
        "export const loader = ({context: {cloudflare: {env}}}) => ({t: env.SANITY_TOKEN})\nexport default () => null",
    ),
    "env of a worker": (
        "wrangler",
        "src/worker.ts",
        "export default {fetch: (request, env) => Response.json({t: env.SANITY_TOKEN})}",
    ),
    "a destructured env": (
        "wrangler",
        "functions/a.js",
        "export const onRequest = ({env}) => { const {SANITY_TOKEN} = env; return Response.json({t: SANITY_TOKEN}) }",
    ),
    "c.env of Hono": ("hono", "src/index.ts", "app.get('/', (c) => c.json({t: c.env.SANITY_TOKEN}))"),
}


@pytest.mark.parametrize(("framework", "path", "code"), ENVIRONMENTS.values(), ids=ENVIRONMENTS)
def test_an_environment_that_is_passed_in(framework: str, path: str, code: str) -> None:
    assert places({"package.json": package(framework), path: code}, RULE) == [f"{path}:1"]
    harmless = code.replace("SANITY_TOKEN", "SANITY_DATASET")
    assert places({"package.json": package(framework), path: harmless}, RULE) == []


@pytest.mark.parametrize(
    ("name", "severity"),
    {"SANITY_VIEWER_TOKEN": "medium", "SANITY_TOKEN": "high", "SANITY_WRITE_TOKEN": "critical"}.items(),
)
def test_the_name_of_a_token_tells_the_severity(name: str, severity: str) -> None:
    files = {
        "package.json": package("@sveltejs/kit"),
        "src/routes/+page.server.ts": f"export const load = ({{platform}}) => ({{t: platform.env.{name}}})",
    }
    assert [finding.severity for finding in misuse(files)] == [severity]


HOOK: Final = "export const handle = ({event, resolve}) => { event.locals.token = TOKEN; return resolve(event) }"
STATES: Final[Mapping[str, tuple[str, Texts]]] = {
    "locals of SvelteKit": (
        "@sveltejs/kit",
        {
            "src/hooks.server.ts": HOOK,
            "src/routes/+page.server.ts": "export const load = ({locals}) => ({a: locals.token})",
        },
    ),
    "locals of an event": (
        "@sveltejs/kit",
        {
            "src/hooks.server.ts": HOOK,
            "src/routes/+page.server.ts": "export const load = (e) => ({a: {b: e.locals.token}})",
        },
    ),
    "locals of Astro": (
        "astro",
        {
            "src/middleware.ts": "export const onRequest = (context, next) => { context.locals.token = TOKEN; return next() }",
            "src/pages/index.astro": "---\nconst {token} = Astro.locals\n---\n<p data-a={token}/>",
        },
    ),
    "the context of Nuxt": (
        "nuxt",
        {
            "server/middleware/a.ts": "export default defineEventHandler((event) => { event.context.token = TOKEN })",
            "server/api/a.ts": "export default defineEventHandler((event) => ({token: event.context.token}))",
        },
    ),
}


@pytest.mark.parametrize(("framework", "files"), STATES.values(), ids=STATES)
def test_what_a_hook_keeps_for_a_request(framework: str, files: Texts) -> None:
    hook = next(iter(files))
    secret = {path: str(text).replace("TOKEN", "process.env.SANITY_TOKEN") for path, text in files.items()}
    assert places({"package.json": package(framework), **secret}, RULE) == [f"{hook}:1"]
    switch = {path: str(text).replace("TOKEN", "!!process.env.SANITY_TOKEN") for path, text in files.items()}
    assert places({"package.json": package(framework), **switch}, RULE) == []
    unread = {hook: secret[hook]}
    assert places({"package.json": package(framework), **unread}, RULE) == []
