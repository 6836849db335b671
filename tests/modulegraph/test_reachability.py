"""Client or server: which modules reach the browser, per framework, and through which import path."""

from collections.abc import Mapping, Sequence
from typing import Final

import pytest

from tests.support.code import Texts, misuse, package

RULE: Final = "sanity-token-in-client-code"
CLIENT: Final = (
    "import {createClient} from '@sanity/client'\n"
    "export const client = createClient({projectId: 'a', token: process.env.A_TOKEN})\n"
)
"""A module with a token."""
READER: Final = "import {createClient} from '@sanity/client'\nexport const reader = createClient({projectId: 'a'})\n"
WRITER: Final = "export const writer = () => createClient({projectId: 'a', token: process.env.A_TOKEN})\n"
USES: Final = "import {client} from '{0}'\nexport default () => client.fetch('*')\n"


def chains(files: Texts) -> list[list[str]]:
    """Return the import path of each token that reaches the browser."""
    return [[hop.origin.path for hop in finding.import_path] for finding in misuse(files) if finding.rule_id == RULE]


def app(*dependencies: str, **files: str) -> dict[str, str]:
    """Return an app with some frameworks and a client in lib/sanity.ts."""
    return {"package.json": package(*dependencies, "@sanity/client"), "lib/sanity.ts": CLIENT}


NEXT: Final = app("next")
SERVER: Final[Mapping[str, tuple[Texts, Texts]]] = {
    "nothing imports it": (NEXT, {}),
    "a server component": (NEXT, {"app/page.tsx": USES.replace("{0}", "../lib/sanity")}),
    "a layout": (NEXT, {"app/layout.tsx": USES.replace("{0}", "../lib/sanity")}),
    "a server component that shows a client component": (
        NEXT,
        {
            "app/page.tsx": "import {client} from '../lib/sanity'\nimport {List} from './list'\nexport default () => <List/>",
            "app/list.tsx": "'use client'\nexport const List = () => <ul/>",
        },
    ),
    "a route handler": (NEXT, {"app/api/route.ts": USES.replace("{0}", "../../lib/sanity")}),
    "a route handler below src": (NEXT, {"src/app/api/route.ts": USES.replace("{0}", "../../../lib/sanity")}),
    "a file of pages/api": (NEXT, {"pages/api/a.ts": USES.replace("{0}", "../../lib/sanity")}),
    "middleware": (NEXT, {"middleware.ts": USES.replace("{0}", "./lib/sanity")}),
    "proxy": (NEXT, {"proxy.ts": USES.replace("{0}", "./lib/sanity")}),
    "the document of pages": (NEXT, {"pages/_document.tsx": USES.replace("{0}", "../lib/sanity")}),
    "the configuration": (NEXT, {"next.config.mjs": USES.replace("{0}", "./lib/sanity.ts")}),
    "a test of a client component": (
        NEXT,
        {"app/a.test.ts": USES.replace("{0}", "../lib/sanity"), "app/b.tsx": "'use client'\nexport const a = 1"},
    ),
    "a server action that a client component calls": (
        NEXT,
        {
            "app/form.tsx": "'use client'\nimport {save} from './actions'\nexport const Form = () => <form action={save}/>",
            "app/actions.ts": "'use server'\nimport {client} from '../lib/sanity'\nexport const save = async () => client.fetch('*')",
        },
    ),
    "a module that imports server-only": (
        NEXT,
        {
            "app/form.tsx": "'use client'\nimport {get} from './data'\nexport const Form = () => get()",
            "app/data.ts": "import 'server-only'\nimport {client} from '../lib/sanity'\nexport const get = () => client",
        },
    ),
    "an import of types": (
        NEXT,
        {"app/form.tsx": "'use client'\nimport type {client} from '../lib/sanity'\nexport const Form = () => null"},
    ),
    "an import of a type among braces": (
        NEXT,
        {"app/form.tsx": "'use client'\nimport {type client} from '../lib/sanity'\nexport const Form = () => null"},
    ),
    "the type of a module": (
        NEXT,
        {"app/form.tsx": "'use client'\nexport const f = (a: typeof import('../lib/sanity')) => a"},
    ),
    "an export of types": (
        NEXT,
        {
            "app/form.tsx": "'use client'\nexport type {client} from '../lib/sanity'\nexport const Form = () => null",
        },
    ),
    "an import in a comment": (
        NEXT,
        {"app/form.tsx": "'use client'\n// import {client} from '../lib/sanity'\nexport const Form = () => null"},
    ),
    "an import in a text": (
        NEXT,
        {"app/form.tsx": "'use client'\nexport const code = `\nimport {client} from '../lib/sanity'\n`"},
    ),
    "a directive that does not come first": (
        NEXT,
        {"app/form.tsx": "import {client} from '../lib/sanity'\n'use client'\nexport const Form = () => client"},
    ),
    "a directive in a comment": (
        NEXT,
        {"app/form.tsx": "// 'use client'\nimport {client} from '../lib/sanity'\nexport const Form = () => client"},
    ),
    "a page of which only getServerSideProps uses it": (
        NEXT,
        {
            "pages/index.tsx": "import {client} from '../lib/sanity'\n"
            "export const getServerSideProps = async () => ({props: {a: await client.fetch('*')}})\n"
            "export default ({a}) => <b>{a}</b>",
        },
    ),
    "a page of which only getStaticProps uses it": (
        NEXT,
        {
            "src/pages/index.tsx": "import {client} from '../../lib/sanity'\n"
            "export async function getStaticProps() { return {props: {a: await client.fetch('*')}} }\n"
            "export async function getStaticPaths() { return client.fetch('*') }\n"
            "export default function Page({a}) { return <b>{a}</b> }",
        },
    ),
    "a page of which only a helper of getStaticProps uses it": (
        NEXT,
        {
            "pages/index.tsx": "import {client} from '../lib/sanity'\n"
            "const load = () => client.fetch('*')\n"
            "const props = async () => ({a: await load()})\n"
            "export const getStaticProps = async () => ({props: await props()})\n"
            "export default ({a}) => <b>{a}</b>",
        },
    ),
    "a page that exports getStaticProps later": (
        NEXT,
        {
            "pages/index.tsx": "import {client} from '../lib/sanity'\n"
            "const getStaticProps = async () => ({props: {a: await client.fetch('*')}})\n"
            "export {getStaticProps}\n"
            "export default ({a}) => <b>{a}</b>",
        },
    ),
    "a page of which getStaticProps makes the client": (
        NEXT,
        {
            "pages/index.tsx": "import {createClient} from '@sanity/client'\n"
            "const client = createClient({projectId: 'a', token: process.env.A_TOKEN})\n"
            "export const getStaticProps = async () => ({props: {a: await client.fetch('*')}})\n"
            "export default ({a}) => <b>{a}</b>",
        },
    ),
    "a server action inside a component": (
        NEXT,
        {
            "app/form.tsx": "import {createClient} from '@sanity/client'\n"
            "export const Form = () => { const save = async () => { 'use server'; "
            "return createClient({token: process.env.A_TOKEN}) }; return <form action={save}/> }",
        },
    ),
    "a server module of Remix": (
        app("@remix-run/dev"),
        {
            "app/sanity.server.ts": CLIENT,
            "app/routes/a.tsx": "import {client} from '../sanity.server'\nexport default () => client",
        },
    ),
    "a server folder of React Router": (
        app("@react-router/dev"),
        {
            "app/.server/sanity.ts": CLIENT,
            "app/routes/a.tsx": "import {client} from '../.server/sanity'\nexport default () => client",
        },
    ),
    "a route of which only loader and action use it": (
        app("@react-router/dev"),
        {
            "app/routes/a.tsx": "import {client} from '../../lib/sanity'\n"
            "export const loader = () => client.fetch('*')\n"
            "export async function action() { return client.fetch('*') }\n"
            "export default () => <b/>",
        },
    ),
    "a file below $lib/server": (
        app("@sveltejs/kit", "vite"),
        {"src/lib/server/a.ts": CLIENT, "src/routes/+page.svelte": "<script>import '$lib/server/a'</script>"},
    ),
    "+page.server": (
        app("@sveltejs/kit", "vite"),
        {"src/routes/+page.server.ts": USES.replace("{0}", "../../lib/sanity")},
    ),
    "+layout.server": (
        app("@sveltejs/kit", "vite"),
        {"src/routes/+layout.server.ts": USES.replace("{0}", "../../lib/sanity")},
    ),
    "+server": (app("@sveltejs/kit", "vite"), {"src/routes/a/+server.ts": USES.replace("{0}", "../../../lib/sanity")}),
    "hooks of the server": (
        app("@sveltejs/kit", "vite"),
        {"src/hooks.server.ts": USES.replace("{0}", "../lib/sanity")},
    ),
    "a handler of Nuxt": (app("nuxt"), {"server/api/a.ts": USES.replace("{0}", "../../lib/sanity")}),
    "a plugin of Nuxt's server": (app("nuxt"), {"plugins/a.server.ts": USES.replace("{0}", "../lib/sanity")}),
    "frontmatter": (
        app("astro"),
        {
            "src/pages/index.astro": "---\nimport {client} from '../../lib/sanity'\nconst a = await client.fetch('*')\n---\n<b>{a}</b>"
        },
    ),
    "an endpoint of Astro": (app("astro"), {"src/pages/a.ts": USES.replace("{0}", "../../lib/sanity")}),
    "a component that no client: marks": (
        app("astro"),
        {
            "src/pages/index.astro": "---\nimport Form from '../form'\n---\n<Form/>",
            "src/form.tsx": USES.replace("{0}", "../lib/sanity"),
        },
    ),
    "gatsby-node": (app("gatsby"), {"gatsby-node.ts": USES.replace("{0}", "./lib/sanity")}),
    "a function of Gatsby": (app("gatsby"), {"src/api/a.ts": USES.replace("{0}", "../../lib/sanity")}),
    "a page of Gatsby of which only getServerData uses it": (
        app("gatsby"),
        {
            "src/pages/a.tsx": "import {client} from '../../lib/sanity'\n"
            "export const getServerData = async () => ({props: await client.fetch('*')})\n"
            "export default () => <b/>",
        },
    ),
    "a function of Netlify": (
        app("vite", "@netlify/functions"),
        {"netlify/functions/a.ts": USES.replace("{0}", "../../lib/sanity")},
    ),
    "a function of Vercel": (app("vite", "vercel"), {"api/a.ts": USES.replace("{0}", "../lib/sanity")}),
    "a worker of Cloudflare": (app("vite", "wrangler"), {"functions/a.ts": USES.replace("{0}", "../lib/sanity")}),
    "a script of the Studio": (app("sanity"), {"scripts/a.ts": USES.replace("{0}", "../lib/sanity")}),
    "the Studio's command line": (app("sanity"), {"sanity.cli.ts": USES.replace("{0}", "./lib/sanity")}),
    "an API route of Expo": (app("expo"), {"app/a+api.ts": USES.replace("{0}", "../lib/sanity")}),
    "a story's configuration": (app("storybook"), {".storybook/main.ts": USES.replace("{0}", "../lib/sanity")}),
    "an exported function that client code does not ask for": (
        {"package.json": package("next", "@sanity/client"), "lib/sanity.ts": f"{READER}{WRITER}"},
        {
            "pages/a.tsx": "import {reader, writer} from '../lib/sanity'\n"
            "export default () => <b onClick={() => reader.fetch('*')}/>\n"
            "export const getServerSideProps = async () => ({props: {a: await writer().fetch('*')}})",
        },
    ),
    "a function of the server of TanStack Start": (
        app("@tanstack/react-start", "vite"),
        {
            "src/posts.ts": "import {createServerFn} from '@tanstack/react-start'\nimport {client} from '../lib/sanity'\n"
            "export const add = createServerFn({method: 'POST'}).handler(async () => client.create({_type: 'a'}))",
            "src/main.tsx": "import {add} from './posts'\nadd()",
        },
    ),
    "a function of the server of TanStack Start that makes the client": (
        {"package.json": package("@tanstack/react-start", "vite", "@sanity/client")},
        {
            "src/main.tsx": "import {createClient} from '@sanity/client'\n"
            "const add = createServerFn().handler(() => createClient({token: process.env.A_TOKEN}).fetch('*'))",
        },
    ),
    "a remote function of SvelteKit": (
        app("@sveltejs/kit"),
        {
            "src/lib/a.remote.ts": USES.replace("{0}", "../../lib/sanity"),
            "src/routes/+page.svelte": "<script>import a from '$lib/a.remote'; a()</script>",
        },
    ),
    "a service that is tested with Vite": (
        app("@nestjs/core", "vite"),
        {"src/main.ts": "import {NestFactory} from '@nestjs/core'\n" + USES.replace("{0}", "../lib/sanity")},
    ),
    "a server of Node": (
        app("vue", "@vue/cli-service"),
        {"src/main.js": "const http = require('node:http')\n" + USES.replace("{0}", "../lib/sanity")},
    ),
    "a library": (
        {
            "package.json": '{"name": "a", "version": "1.0.0", "exports": "./index.ts", "dependencies": {"@sanity/client": "7"}}',
            "lib/sanity.ts": CLIENT,
        },
        {"index.ts": "'use client'\nexport * from './lib/sanity'"},
    ),
}


SERVER_PACKAGE: Final = {
    "package.json": '{"private": true, "workspaces": ["apps/*", "packages/*"]}',
    "packages/sanity/package.json": '{"name": "@our/sanity", "private": true, "main": "./index.ts"}',
    "packages/sanity/index.ts": CLIENT,
}


@pytest.mark.parametrize("user", [package("astro", "@our/sanity"), package("@our/sanity")], ids=["Astro", "nothing"])
def test_a_package_that_only_servers_use(user: str) -> None:
    """Entry points of one app do not apply to another: `src/main.ts` is a client entry only in Vite."""
    files = {
        "apps/site/package.json": user,
        "apps/site/src/main.ts": "import {client} from '@our/sanity'\nclient.fetch('*')",
        "apps/web/package.json": package("vite"),
        "apps/web/src/main.ts": "console.log(1)",
    }
    assert chains({**SERVER_PACKAGE, **files}) == []


def test_a_published_package_begins_nothing_whatever_it_is_built_with() -> None:
    published = '{"name": "@our/ui", "version": "1.0.0", "exports": "./src/main.ts", "devDependencies": {"vite": "7"}}'
    files = {
        "packages/ui/package.json": published,
        "packages/ui/src/main.ts": "import {client} from '@our/sanity'\nclient.fetch('*')",
    }
    assert chains({**SERVER_PACKAGE, **files}) == []


@pytest.mark.parametrize(("base", "files"), SERVER.values(), ids=SERVER)
def test_what_the_browser_does_not_get(base: Texts, files: Texts) -> None:
    assert chains({**base, **files}) == []


BROWSER: Final[Mapping[str, tuple[Texts, Texts, Sequence[str]]]] = {
    "a client component": (NEXT, {"app/a.tsx": "'use client'\n" + CLIENT}, ["app/a.tsx"]),
    "an exported function that client code asks for": (
        {"package.json": package("next", "@sanity/client"), "lib/sanity.ts": f"{READER}{WRITER}"},
        {
            "pages/a.tsx": "import {writer} from '../lib/sanity'\nexport default () => <b onClick={() => writer().fetch('*')}/>"
        },
        ["pages/a.tsx", "lib/sanity.ts"],
    ),
    "an exported function through a barrel": (
        {"package.json": package("next", "@sanity/client"), "lib/sanity.ts": f"{READER}{WRITER}"},
        {
            "lib/index.ts": "export * from './sanity'",
            "app/a.tsx": "'use client'\nimport {writer} from '../lib'\nwriter()",
        },
        ["app/a.tsx", "lib/index.ts", "lib/sanity.ts"],
    ),
    "an exported function that the module calls": (
        {
            "package.json": package("next", "@sanity/client"),
            "lib/sanity.ts": f"{READER}{WRITER}export const a = writer()",
        },
        {"app/a.tsx": "'use client'\nimport {a} from '../lib/sanity'\na.fetch('*')"},
        ["app/a.tsx", "lib/sanity.ts"],
    ),
    "an exported function of everything": (
        {"package.json": package("next", "@sanity/client"), "lib/sanity.ts": f"{READER}{WRITER}"},
        {"app/a.tsx": "'use client'\nimport * as sanity from '../lib/sanity'\nsanity.writer()"},
        ["app/a.tsx", "lib/sanity.ts"],
    ),
    "a function of the server beside one of the browser": (
        app("@tanstack/react-start", "vite"),
        {
            "src/main.tsx": "import {client} from '../lib/sanity'\n"
            "const add = createServerFn().handler(() => client.fetch('*'))\nclient.fetch('*')",
        },
        ["src/main.tsx", "lib/sanity.ts"],
    ),
    "a Studio whose configuration reads a file": (
        app("sanity"),
        {"sanity.config.ts": "import fs from 'fs'\n" + USES.replace("{0}", "./lib/sanity")},
        ["sanity.config.ts", "lib/sanity.ts"],
    ),
    "a client component, in double quotes": (NEXT, {"app/a.tsx": '"use client";\n' + CLIENT}, ["app/a.tsx"]),
    "a client component below a comment": (
        NEXT,
        {"app/a.tsx": "/* a licence */\n// of many lines\n\n'use client'\n" + CLIENT},
        ["app/a.tsx"],
    ),
    "a client component that is strict": (NEXT, {"app/a.tsx": "'use strict'\n'use client'\n" + CLIENT}, ["app/a.tsx"]),
    "what a client component imports": (
        NEXT,
        {"app/a.tsx": "'use client'\n" + USES.replace("{0}", "../lib/sanity")},
        ["app/a.tsx", "lib/sanity.ts"],
    ),
    "what that imports": (
        NEXT,
        {
            "app/a.tsx": "'use client'\nimport {load} from './b'\nexport const A = () => load()",
            "app/b.ts": "import {client} from '../lib/sanity'\nexport const load = () => client.fetch('*')",
        },
        ["app/a.tsx", "app/b.ts", "lib/sanity.ts"],
    ),
    "the shortest of several ways": (
        NEXT,
        {
            "app/a.tsx": "'use client'\nimport './b'",
            "app/b.ts": "import './c'",
            "app/c.ts": "import '../lib/sanity'",
            "app/z.tsx": "'use client'\nimport '../lib/sanity'",
        },
        ["app/z.tsx", "lib/sanity.ts"],
    ),
    "the way that is_reachable when a shorter one is of types": (
        NEXT,
        {
            "app/a.tsx": "'use client'\nimport type {client} from '../lib/sanity'\nimport './b'",
            "app/b.ts": "import '../lib/sanity'",
        },
        ["app/a.tsx", "app/b.ts", "lib/sanity.ts"],
    ),
    "modules that import each other": (
        NEXT,
        {
            "app/a.tsx": "'use client'\nimport './b'",
            "app/b.ts": "import './c'\nimport './b'",
            "app/c.ts": "import './b'\nimport './a'\nimport '../lib/sanity'",
        },
        ["app/a.tsx", "app/b.ts", "app/c.ts", "lib/sanity.ts"],
    ),
    "an import when it is run": (
        NEXT,
        {"app/a.tsx": "'use client'\nexport const f = async () => (await import('../lib/sanity')).client"},
        ["app/a.tsx", "lib/sanity.ts"],
    ),
    "an import for its effect": (
        NEXT,
        {"app/a.tsx": "'use client'\nimport '../lib/sanity'"},
        ["app/a.tsx", "lib/sanity.ts"],
    ),
    "require": (
        NEXT,
        {"app/a.jsx": "'use client'\nconst {client} = require('../lib/sanity')"},
        ["app/a.jsx", "lib/sanity.ts"],
    ),
    "an export": (
        NEXT,
        {"app/a.tsx": "'use client'\nexport {client} from '../lib/sanity'"},
        ["app/a.tsx", "lib/sanity.ts"],
    ),
    "a text that reads server-only": (
        NEXT,
        {
            "app/a.tsx": "'use client'\nimport {client} from './b'\nexport const A = () => client",
            "app/b.ts": "'server-only'\n" + CLIENT,
        },
        ["app/a.tsx", "app/b.ts"],
    ),
    "a value beside a type": (
        NEXT,
        {"app/a.tsx": "'use client'\nimport {type Client, client} from '../lib/sanity'\nexport const A = () => client"},
        ["app/a.tsx", "lib/sanity.ts"],
    ),
    "a page": (NEXT, {"pages/a.tsx": USES.replace("{0}", "../lib/sanity")}, ["pages/a.tsx", "lib/sanity.ts"]),
    "the app of pages": (
        NEXT,
        {"src/pages/_app.tsx": USES.replace("{0}", "../../lib/sanity")},
        ["src/pages/_app.tsx", "lib/sanity.ts"],
    ),
    "a page that uses it besides getStaticProps": (
        NEXT,
        {
            "pages/a.tsx": "import {client} from '../lib/sanity'\n"
            "export const getStaticProps = () => client.fetch('*')\n"
            "export default () => <b onClick={() => client.fetch('*')}/>",
        },
        ["pages/a.tsx", "lib/sanity.ts"],
    ),
    "a page that imports it for its effect": (
        NEXT,
        {"pages/a.tsx": "import '../lib/sanity'\nexport const getStaticProps = () => ({})\nexport default () => <b/>"},
        ["pages/a.tsx", "lib/sanity.ts"],
    ),
    "instrumentation of the browser": (
        NEXT,
        {"instrumentation-client.ts": "import './lib/sanity'"},
        ["instrumentation-client.ts", "lib/sanity.ts"],
    ),
    "an alias": (NEXT, {"app/a.tsx": "'use client'\nimport '@/lib/sanity'"}, ["app/a.tsx", "lib/sanity.ts"]),
    "a script of a page of HTML": (
        app("vite"),
        {"index.html": '<script type="module" src="/src/a.js"></script>', "src/a.js": "import '../lib/sanity'"},
        ["src/a.js", "lib/sanity.ts"],
    ),
    "a script in a page of HTML": (
        app("vite"),
        {"index.html": '<script type="module">import "./lib/sanity"</script>'},
        ["index.html", "lib/sanity.ts"],
    ),
    "the main file of Vite": (
        app("vite"),
        {"src/main.tsx": "import '../lib/sanity'"},
        ["src/main.tsx", "lib/sanity.ts"],
    ),
    "the main file of Create React App": (
        app("react-scripts"),
        {"src/index.js": "import '../lib/sanity'"},
        ["src/index.js", "lib/sanity.ts"],
    ),
    "the main file of Vue": (
        app("@vue/cli-service"),
        {"src/main.ts": "import '../lib/sanity'"},
        ["src/main.ts", "lib/sanity.ts"],
    ),
    "the main file of Angular": (
        app("@angular/core"),
        {"src/main.ts": "import '../lib/sanity'"},
        ["src/main.ts", "lib/sanity.ts"],
    ),
    "a component of Vue": (
        app("vite"),
        {
            "src/main.ts": "import App from './App.vue'",
            "src/App.vue": "<template><b/></template>\n<script setup lang=\"ts\">\nimport {client} from '../lib/sanity'\nclient.fetch('*')\n</script>",
        },
        ["src/main.ts", "src/App.vue", "lib/sanity.ts"],
    ),
    "a page of SvelteKit": (
        app("@sveltejs/kit"),
        {"src/routes/+page.svelte": "<script>\nimport {client} from '../../lib/sanity'\nclient.fetch('*')\n</script>"},
        ["src/routes/+page.svelte", "lib/sanity.ts"],
    ),
    "a load function that both sides run": (
        app("@sveltejs/kit"),
        {"src/routes/+page.ts": "import {client} from '../../lib/sanity'\nexport const load = () => client.fetch('*')"},
        ["src/routes/+page.ts", "lib/sanity.ts"],
    ),
    "$lib": (
        app("@sveltejs/kit"),
        {
            "src/routes/+page.svelte": "<script>import {client} from '$lib/a'; client.fetch('*')</script>",
            "src/lib/a.ts": CLIENT,
        },
        ["src/routes/+page.svelte", "src/lib/a.ts"],
    ),
    "a route of React Router": (
        app("@react-router/dev"),
        {"app/routes/a.tsx": USES.replace("{0}", "../../lib/sanity")},
        ["app/routes/a.tsx", "lib/sanity.ts"],
    ),
    "a loader of the browser": (
        app("@react-router/dev"),
        {
            "app/routes/a.tsx": "import {client} from '../../lib/sanity'\nexport const clientLoader = () => client.fetch('*')"
        },
        ["app/routes/a.tsx", "lib/sanity.ts"],
    ),
    "a page of Nuxt": (
        app("nuxt"),
        {"pages/index.vue": "<script setup>\nimport {client} from '../lib/sanity'\nclient.fetch('*')\n</script>"},
        ["pages/index.vue", "lib/sanity.ts"],
    ),
    "a composable of Nuxt": (
        app("nuxt"),
        {"app/composables/a.ts": USES.replace("{0}", "../../lib/sanity")},
        ["app/composables/a.ts", "lib/sanity.ts"],
    ),
    "a script of Astro": (
        app("astro"),
        {
            "src/pages/index.astro": "---\nconst a = 1\n---\n<b/>\n<script>\nimport {client} from '../../lib/sanity'\nclient.fetch('*')\n</script>"
        },
        ["src/pages/index.astro", "lib/sanity.ts"],
    ),
    "an island of Astro": (
        app("astro"),
        {
            "src/pages/index.astro": "---\nimport Form from '../form'\n---\n<Form client:load />",
            "src/form.tsx": USES.replace("{0}", "../lib/sanity"),
        },
        ["src/form.tsx", "lib/sanity.ts"],
    ),
    "an island with settings on several lines": (
        app("astro"),
        {
            "src/pages/index.astro": "---\nimport {Form} from '../form'\n---\n<Form\n  a={1}\n  client:only=\"react\"\n/>",
            "src/form.tsx": "import {client} from '../lib/sanity'\nexport const Form = () => client",
        },
        ["src/form.tsx", "lib/sanity.ts"],
    ),
    "the browser's part of Gatsby": (
        app("gatsby"),
        {"gatsby-browser.js": "import './lib/sanity'"},
        ["gatsby-browser.js", "lib/sanity.ts"],
    ),
    "a template of Gatsby": (
        app("gatsby"),
        {"src/templates/a.tsx": USES.replace("{0}", "../../lib/sanity")},
        ["src/templates/a.tsx", "lib/sanity.ts"],
    ),
    "the Studio's configuration": (
        app("sanity"),
        {"sanity.config.ts": "import './lib/sanity'"},
        ["sanity.config.ts", "lib/sanity.ts"],
    ),
    "an app of Sanity": (app("sanity"), {"src/App.tsx": "import '../lib/sanity'"}, ["src/App.tsx", "lib/sanity.ts"]),
    "a screen of Expo": (app("expo"), {"app/index.tsx": "import '../lib/sanity'"}, ["app/index.tsx", "lib/sanity.ts"]),
    "a story": (
        app("storybook"),
        {"src/a.stories.tsx": "import '../lib/sanity'"},
        ["src/a.stories.tsx", "lib/sanity.ts"],
    ),
    "an entry of webpack": (
        app("webpack"),
        {"webpack.config.js": "module.exports = {entry: {a: './src/a.js'}}", "src/a.js": "import '../lib/sanity'"},
        ["src/a.js", "lib/sanity.ts"],
    ),
    "an entry of webpack that a function gives": (
        app("webpack"),
        {
            "webpack.config.js": "module.exports = (env) => ({entry: ['./src/a.js']})",
            "src/a.js": "import '../lib/sanity'",
        },
        ["src/a.js", "lib/sanity.ts"],
    ),
    "a package of the workspace": (
        {"package.json": '{"private": true, "workspaces": ["apps/*", "packages/*"]}'},
        {
            "apps/web/package.json": package("next", "@our/sanity"),
            "apps/web/app/a.tsx": "'use client'\nimport {client} from '@our/sanity'\nexport const A = () => client",
            "packages/sanity/package.json": '{"name": "@our/sanity", "private": true, "main": "./index.ts", "dependencies": {"@sanity/client": "7"}}',
            "packages/sanity/index.ts": CLIENT,
        },
        ["apps/web/app/a.tsx", "packages/sanity/index.ts"],
    ),
    "a package of the workspace, by the place of an app's module": (
        {"package.json": '{"private": true, "workspaces": ["apps/*", "packages/*"]}'},
        {
            "apps/site/package.json": package("astro", "@our/sanity"),
            "apps/site/src/pages/index.astro": "---\nimport {client} from '@our/sanity'\nclient.fetch('*')\n---\n<b/>",
            "apps/web/package.json": package("vite", "@our/sanity"),
            "apps/web/src/main.ts": "import {client} from '@our/sanity'\nclient.fetch('*')",
            "packages/sanity/package.json": '{"name": "@our/sanity", "private": true, "main": "./index.ts"}',
            "packages/sanity/index.ts": CLIENT,
        },
        ["apps/web/src/main.ts", "packages/sanity/index.ts"],
    ),
}


@pytest.mark.parametrize(("base", "files", "import_path"), BROWSER.values(), ids=BROWSER)
def test_what_the_browser_gets(base: Texts, files: Texts, import_path: Sequence[str]) -> None:
    assert chains({**base, **files}) == [import_path]
