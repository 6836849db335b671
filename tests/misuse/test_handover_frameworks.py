"""What each framework sends to the browser: page data, headers, redirects, errors, heads, states, answers of servers."""

from collections.abc import Mapping
from typing import Final

import pytest

from tests.support.code import package, places

RULE: Final = "sanity-token-to-browser"
TOKEN: Final = "process.env.SANITY_API_TOKEN"
NEXT: Final = "next"
SVELTE: Final = "@sveltejs/kit"
NUXT: Final = "nuxt"
ROUTER: Final = "@react-router/dev"

SILENT: Final[Mapping[str, tuple[str, str, str]]] = {
    "a picture that the server draws": (
        NEXT,
        "app/opengraph-image.tsx",
        (
            "import {ImageResponse} from 'next/og'\n"
            "export default () => new ImageResponse(<div><img src={`https://a.com/?t=${TOKEN}`}/></div>, {width: 1})"
        ),
    ),
    "a picture of another function": (
        NEXT,
        "lib/picture.tsx",
        "import satori from 'satori'\nexport const draw = () => satori(<img src={`https://a.com/?t=${TOKEN}`}/>, {})",
    ),
    "a picture in an answer": (
        NEXT,
        "app/api/og/route.tsx",
        "export async function GET() { const a = new ImageResponse((<img src={`https://a.com/?t=${TOKEN}`}/>)); return a }",
    ),
    "a header of a client": (
        NEXT,
        "app/api/a/route.ts",
        "const api = new GraphQLClient('https://a.com'); api.setHeader('authorization', TOKEN)",
    ),
    "a header of a client that a function makes": (
        NEXT,
        "app/api/a/route.ts",
        "export const make = () => { const api = createApi(); api.setHeader('authorization', TOKEN); return api }",
    ),
    "a header of a request": (
        NEXT,
        "app/api/a/route.ts",
        "const a = https.request('https://a.com'); a.setHeader('authorization', TOKEN)",
    ),
    "metadata without a secret": (NEXT, "app/page.tsx", "export const metadata = {title: await load(TOKEN)}"),
    "a header for the next handler": (
        NEXT,
        "middleware.ts",
        (
            "export const middleware = (request) => { const headers = new Headers(request.headers)\n"
            "headers.set('authorization', TOKEN)\nreturn NextResponse.next({request: {headers}}) }"
        ),
    ),
    "a rewrite, which the server follows": (
        NEXT,
        "next.config.js",
        "module.exports = {async rewrites() { return [{source: '/a', destination: `https://a.com?t=${TOKEN}`}] }}",
    ),
    "a redirect of another package": (
        NEXT,
        "app/go/route.ts",
        "import {redirect} from './log'\nexport const GET = () => redirect(TOKEN)",
    ),
    "a function that is bound to an id": (
        NEXT,
        "app/page.tsx",
        "import {like} from './actions'\nconst a = TOKEN\nexport default () => <form action={like.bind(null, 'id')}/>",
    ),
    "a server function that calls Sanity": (
        NEXT,
        "app/actions.ts",
        "'use server'\nexport const like = async (id) => (await load(id, {headers: {Authorization: `Bearer ${TOKEN}`}})).id",
    ),
    "load that calls Sanity": (
        SVELTE,
        "src/routes/+page.server.ts",
        "export const load = ({fetch}) => ({posts: fetch('/a', {headers: {Authorization: TOKEN}}).then((r) => r.json())})",
    ),
    "an error without a secret": (
        SVELTE,
        "src/routes/+page.server.ts",
        "import {error} from '@sveltejs/kit'\nexport const load = () => { if (!TOKEN) error(500, 'no token') }",
    ),
    "error of another package": (
        SVELTE,
        "src/routes/+page.server.ts",
        "import {error} from './log'\nexport const load = () => { error(500, TOKEN) }",
    ),
    "a hook that answers": (
        SVELTE,
        "src/hooks.server.ts",
        "export const handle = ({event, resolve}) => { log(TOKEN); return resolve(event) }",
    ),
    "a head without a secret": (NUXT, "app/pages/a.vue", "<script setup>\nuseHead({title: 'TOKEN'})\n</script>"),
    "a plugin that logs": (
        NUXT,
        "server/plugins/a.ts",
        "export default defineNitroPlugin((nitroApp) => { nitroApp.hooks.hook('request', () => { log(TOKEN) }) })",
    ),
    "a proxy of the server": (
        NUXT,
        "nuxt.config.ts",
        "export default defineNuxtConfig({nitro: {devProxy: {'/a': {headers: {Authorization: TOKEN}}}}})",
    ),
    "a store on the client": (
        NUXT,
        "app/stores/a.ts",
        "export const useA = defineStore('a', {state: () => ({a: !!TOKEN})})",
    ),
    "a loader that calls Sanity": (
        ROUTER,
        "app/routes/a.tsx",
        "export const loader = async () => ({posts: await load({token: TOKEN})})\nexport default () => null",
    ),
    "the body of a request": ("express", "src/a.ts", "export const f = (req) => req.write(TOKEN)"),
    "headers of a request that the server makes": (
        "express",
        "src/a.ts",
        "app.get('/', async (req, res) => { res.json(await call({headers: {authorization: TOKEN}})) })",
    ),
    "settings of an app": ("express", "src/a.ts", "app.set('secret', TOKEN)"),
    "values for other handlers of Hono": (
        "hono",
        "src/a.ts",
        "app.use((c, next) => { c.set('token', TOKEN); return next() })",
    ),
    "a mock": ("express", "src/__mocks__/a.ts", "app.get('/', (req, res) => res.json({token: TOKEN}))"),
    "frontmatter of Astro": ("astro", "src/pages/a.astro", "---\nconst a = await load(TOKEN)\n---\n<p>{a.title}</p>"),
    "a switch in a page": (
        "astro",
        "src/pages/a.astro",
        "---\nconst on = !!TOKEN\n---\n<p {on}>{TOKEN ? 'on' : 'off'}</p>",
    ),
    "braces in a style": (
        "astro",
        "src/pages/a.astro",
        "---\nconst color = TOKEN\n---\n<style>\na {color}\n</style><script>const a = {color}</script>",
    ),
    "a prop that an Astro component does not show": (
        "astro",
        "src/pages/a.astro",
        "---\nimport Posts from '../posts.astro'\n---\n<Posts token={TOKEN}/>",
    ),
    "an action that calls Sanity": (
        "astro",
        "src/actions/index.ts",
        "export const server = {like: defineAction({handler: async () => load(TOKEN)})}",
    ),
    "a loader of Qwik that calls Sanity": (
        "@builder.io/qwik",
        "src/routes/index.tsx",
        "export const usePosts = routeLoader$(async () => load(TOKEN))",
    ),
    "a function of Netlify that calls Sanity": (
        "netlify-cli",
        "netlify/functions/a.js",
        "export const handler = async () => ({statusCode: 200, body: JSON.stringify(await load(TOKEN))})",
    ),
}


@pytest.mark.parametrize(("framework", "path", "code"), SILENT.values(), ids=SILENT)
def test_what_sends_no_secret(framework: str, path: str, code: str) -> None:
    files = {
        "package.json": package(framework),
        path: code.replace("TOKEN", TOKEN),
        "app/actions.ts": "'use server'\nexport async function like(token, id) {}",
        "src/posts.astro": "---\nconst {token} = Astro.props\nconst posts = await load(token)\n---\n<p>{posts.title}</p>",
    }
    files[path] = code.replace("TOKEN", TOKEN)
    assert places(files, RULE) == []


FOUND: Final[Mapping[str, tuple[str, str, str]]] = {
    "metadata": (NEXT, "app/page.tsx", "export const metadata = {other: {token: TOKEN}}"),
    "generateMetadata": (
        NEXT,
        "app/a/layout.tsx",
        "export async function generateMetadata() { return {other: {a: TOKEN}} }",
    ),
    "robots": (
        NEXT,
        "app/robots.ts",
        "export default function robots() { return {sitemap: `https://a.com?t=${TOKEN}`} }",
    ),
    "the text of an element": (NEXT, "app/page.tsx", "export default () => <b>a {TOKEN}</b>"),
    "a redirect": (
        NEXT,
        "app/go/route.ts",
        "import {redirect} from 'next/navigation'; export const GET = () => redirect(`/a?token=${TOKEN}`)",
    ),
    "a redirect of a response": (
        NEXT,
        "middleware.ts",
        "export const middleware = (r) => NextResponse.redirect(new URL('/a?t=' + TOKEN, r.url))",
    ),
    "a header of a response": (
        NEXT,
        "middleware.ts",
        "export function middleware() { const res = NextResponse.next(); res.headers.set('x', TOKEN); return res }",
    ),
    "a header of a response of another name": (
        NEXT,
        "middleware.ts",
        "export function middleware() { const answer = NextResponse.next(); answer.headers.append('x', TOKEN); return answer }",
    ),
    "a header of a new response": (
        NEXT,
        "app/a/route.ts",
        "export const GET = () => new Response('', {headers: {'x-a': TOKEN}})",
    ),
    "getInitialProps": (
        NEXT,
        "pages/index.tsx",
        "const Page = () => <b/>; Page.getInitialProps = async () => ({token: TOKEN}); export default Page",
    ),
    "getInitialProps of a class": (
        NEXT,
        "pages/_app.tsx",
        "export default class App { static async getInitialProps() { return {token: TOKEN} } }",
    ),
    "what is bound to an action": (
        NEXT,
        "app/page.tsx",
        "import {like} from './actions'; export default () => <form action={like.bind(null, TOKEN)}/>",
    ),
    "headers of the configuration": (
        NEXT,
        "next.config.mjs",
        "export default {async headers() { return [{source: '/(.*)', headers: [{key: 'x-a', value: TOKEN}]}] }}",
    ),
    "redirects of the configuration": (
        NEXT,
        "next.config.js",
        "module.exports = {redirects: async () => [{source: '/a', destination: `/b?t=${TOKEN}`, permanent: true}]}",
    ),
    "a promise in load": (
        SVELTE,
        "src/routes/+page.server.ts",
        "export const load = () => ({a: Promise.resolve(TOKEN)})",
    ),
    "setHeaders": (
        SVELTE,
        "src/routes/+page.server.ts",
        "export const load = ({setHeaders}) => { setHeaders({'x-a': TOKEN}) }",
    ),
    "error": (
        SVELTE,
        "src/routes/+page.server.ts",
        "import {error} from '@sveltejs/kit'; export const load = () => { error(500, {message: 'a', token: TOKEN}) }",
    ),
    "redirect": (
        SVELTE,
        "src/routes/+page.server.ts",
        "import {redirect} from '@sveltejs/kit'; export const load = () => { throw redirect(303, `/a?t=${TOKEN}`) }",
    ),
    "a form action": (
        SVELTE,
        "src/routes/+page.server.ts",
        "export const actions = {default: async () => ({token: TOKEN})}",
    ),
    "fail": (
        SVELTE,
        "src/routes/+page.server.ts",
        "import {fail} from '@sveltejs/kit'; export const actions = {a: () => fail(400, {token: TOKEN})}",
    ),
    "a remote function": (
        SVELTE,
        "src/routes/a.remote.ts",
        "import {query} from '$app/server'; export const settings = query(async () => TOKEN)",
    ),
    "handleError": (SVELTE, "src/hooks.server.ts", "export const handleError = () => ({message: 'a', token: TOKEN})"),
    "transformPageChunk": (
        SVELTE,
        "src/hooks.server.ts",
        "export const handle = ({event, resolve}) => resolve(event, {transformPageChunk: ({html}) => html.replace('%t%', TOKEN)})",
    ),
    "app.head": (
        NUXT,
        "nuxt.config.ts",
        "export default defineNuxtConfig({app: {head: {meta: [{name: 'a', content: TOKEN}]}}})",
    ),
    "routeRules": (
        NUXT,
        "nuxt.config.ts",
        "export default defineNuxtConfig({routeRules: {'/**': {headers: {'x-a': TOKEN}}}})",
    ),
    "useHead": (NUXT, "app/pages/a.vue", "<script setup>useHead({meta: [{name: 'a', content: TOKEN}]})</script>"),
    "createError": (
        NUXT,
        "server/api/a.ts",
        "export default defineEventHandler(() => { throw createError({data: {token: TOKEN}}) })",
    ),
    "a plugin of the server": (
        NUXT,
        "server/plugins/a.ts",
        "export default defineNitroPlugin((nitroApp) => { nitroApp.hooks.hook('render:html', (html) => { html.head.push(`<i>${TOKEN}</i>`) }) })",
    ),
    "useAsyncData": (
        NUXT,
        "app/pages/a.vue",
        "<script setup>const {data} = await useAsyncData('a', () => ({token: TOKEN}))</script>",
    ),
    "the state of a store": (
        NUXT,
        "app/stores/a.ts",
        "export const useA = defineStore('a', {state: () => ({token: TOKEN})})",
    ),
    "a store with a setup function": (
        NUXT,
        "app/stores/a.ts",
        "export const useA = defineStore('a', () => { const token = ref(TOKEN); return {token} })",
    ),
    "the configuration of the app": (NUXT, "app/app.config.ts", "export default defineAppConfig({token: TOKEN})"),
    "headers of a handler": (
        NUXT,
        "server/api/a.ts",
        "export default defineEventHandler((event) => { setResponseHeaders(event, {a: TOKEN}) })",
    ),
    "a redirect of a handler": (
        NUXT,
        "server/api/a.ts",
        "export default defineEventHandler((event) => sendRedirect(event, `/?${TOKEN}`))",
    ),
    "TransferState": (
        "@angular/core",
        "src/app/a.service.ts",
        "export class A { constructor(private transferState: TransferState) { this.transferState.set(KEY, TOKEN) } }",
    ),
    "an injected TransferState": (
        "@angular/core",
        "src/app/a.ts",
        "import {TransferState} from '@angular/core'; inject(TransferState).set(KEY, {token: TOKEN})",
    ),
    "headers of a route": (
        "@angular/core",
        "src/app/app.routes.server.ts",
        "export const serverRoutes: ServerRoute[] = [{path: '**', renderMode: 1, headers: {'x-a': TOKEN}}]",
    ),
    "a promise of a loader": (
        ROUTER,
        "app/routes/a.tsx",
        "export const loader = () => ({later: new Promise((done) => done(TOKEN))}); export default () => null",
    ),
    "headers of a route module": (
        ROUTER,
        "app/routes/a.tsx",
        "export const headers = () => ({'x-a': TOKEN}); export default () => null",
    ),
    "a redirect of a loader": (
        ROUTER,
        "app/routes/a.tsx",
        "import {redirect} from 'react-router'; export const loader = () => redirect(`/a?t=${TOKEN}`); export default () => null",
    ),
    "an element next to a picture": (
        NEXT,
        "app/a/page.tsx",
        "export const draw = () => new ImageResponse(<i/>)\nexport default () => <img src={TOKEN}/>",
    ),
    "a header of the response that a context has": (
        NEXT,
        "app/api/a/route.ts",
        "export const f = (context) => { const a = context.getResponse(); a.setHeader('x-a', TOKEN) }",
    ),
    "a header of the response of another name": (
        NEXT,
        "pages/api/a.ts",
        "export default (a, b) => { b.setHeader('x-a', TOKEN); b.end() }",
    ),
    "res.json": ("express", "src/a.ts", "app.get('/', (req, res) => res.json({token: TOKEN}))"),
    "res.send after a status": (
        "express",
        "lib/b.js",
        "router.get('/', (req, res) => { res.status(200).send(TOKEN) })",
    ),
    "res.render": ("express", "src/a.ts", "app.get('/', (req, res) => res.render('index', {token: TOKEN}))"),
    "res.redirect": ("express", "src/a.ts", "app.get('/', (req, res) => res.redirect(302, '/a?t=' + TOKEN))"),
    "res.set": ("express", "src/a.ts", "app.get('/', (req, res) => { res.set('x-a', TOKEN); res.end() })"),
    "app.locals": ("express", "src/a.ts", "app.locals.token = TOKEN"),
    "app.locals that are assigned together": ("express", "src/a.ts", "Object.assign(app.locals, {token: TOKEN})"),
    "reply.send": ("fastify", "src/a.ts", "app.get('/', async (request, reply) => reply.send({token: TOKEN}))"),
    "c.json": ("hono", "src/a.ts", "app.get('/', (c) => c.json({token: TOKEN}))"),
    "ctx.body": ("koa", "src/a.js", "app.use(async (ctx) => { ctx.body = {token: TOKEN} })"),
    "the text of a page": (
        "astro",
        "src/pages/a.astro",
        "---\nconst a = TOKEN ---\n<p>{a}</p>".replace(" ---", "\n---"),
    ),
    "a shorthand": ("astro", "src/pages/a.astro", "---\n---\n<p data-a={TOKEN} />"),
    "a function of Netlify": (
        "netlify-cli",
        "netlify/functions/a.js",
        "exports.handler = async () => ({statusCode: 200, body: JSON.stringify({token: TOKEN})})",
    ),
    "a variable of Netlify": (
        "netlify-cli",
        "netlify/functions/a.mjs",
        "export default async () => Response.json({t: Netlify.env.get('SANITY_TOKEN')})",
    ),
    "a variable of a worker": (
        "wrangler",
        "src/index.ts",
        "import {env} from 'cloudflare:workers'; export default {fetch: () => new Response(env.SANITY_TOKEN)}",
    ),
    "a loader of Qwik": (
        "@builder.io/qwik",
        "src/routes/index.tsx",
        "export const useA = routeLoader$(() => ({token: TOKEN}))",
    ),
    "a server function of TanStack Start": (
        "@tanstack/react-start",
        "src/a.ts",
        "export const a = createServerFn({method: 'GET'}).handler(async () => ({token: TOKEN}))",
    ),
    "an action of Astro": (
        "astro",
        "src/actions/index.ts",
        "export const server = {a: defineAction({handler: async () => ({token: TOKEN})})}",
    ),
    "a node of Gatsby": (
        "gatsby",
        "gatsby-node.js",
        "exports.sourceNodes = ({actions}) => actions.createNode({id: 'a', token: TOKEN})",
    ),
}


@pytest.mark.parametrize(("framework", "path", "code"), FOUND.values(), ids=FOUND)
def test_what_sends_a_secret(framework: str, path: str, code: str) -> None:
    files = {
        "package.json": package(framework),
        "app/actions.ts": "'use server'\nexport async function like(token) {}",
        path: code.replace("TOKEN", TOKEN) if "SANITY_TOKEN" not in code else code,
    }
    (place,) = places(files, RULE)
    assert place.startswith(f"{path}:")


def test_the_markup_of_astro_writes_every_kind_of_expression_into_the_page() -> None:
    page = f"---\nconst token = {TOKEN}\nconst all = {{token}}\n---\n"
    markup = "<p>{token}</p>\n<p {token}/>\n<p data-token=`${token}`/>\n<p {...all}/>\n<b></b> {token}\n"
    files = {"package.json": package("astro"), "src/pages/a.astro": page + markup}
    lines = {f"src/pages/a.astro:{line}" for line in (5, 6, 7, 9)}
    assert lines < set(places(files, RULE))


ASTRO_PROPS: Final[Mapping[str, str]] = {
    "an island": "---\nimport Island from './island'\nconst {token} = Astro.props\n---\n<Island client:load token={token}/>",
    "a text": "---\n---\n<p>{Astro.props.token}</p>",
    "another component": "---\nimport Text from './text.astro'\n---\n<Text value={Astro.props.token}/>",
}


@pytest.mark.parametrize("wrapper", ASTRO_PROPS.values(), ids=ASTRO_PROPS)
def test_a_prop_that_an_astro_component_passes_on(wrapper: str) -> None:
    files = {
        "package.json": package("astro"),
        "src/wrapper.astro": wrapper,
        "src/text.astro": "---\nconst {value} = Astro.props\n---\n<p title={value}/>",
        "src/island.jsx": "export default ({token}) => <b title={token}/>",
        "src/pages/a.astro": f"---\nimport Wrapper from '../wrapper.astro'\n---\n<Wrapper token={{{TOKEN}}}/>",
    }
    assert places(files, RULE) == ["src/pages/a.astro:4"]
