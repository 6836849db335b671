"""Handover by servers and settings: handlers that return the response, procedures, decorators, configurations, state."""

from collections.abc import Mapping
from typing import Final

import pytest

from tests.support.code import Texts, package, places

RULE: Final = "sanity-token-to-browser"
KEY: Final = "process.env.CMS_KEY_A"
"""A variable whose name says nothing: another file gives it to a client."""
CLIENT: Final = (
    "import {createClient} from '@sanity/client'\n"
    f"export const client = createClient({{projectId: 'abcd1234', token: {KEY}}})\n"
)


def project(*dependencies: str, **files: str) -> dict[str, str]:
    """Return a project with a client in lib/c.ts; names of files have `__` for `/` and end in `_ts` and the like."""
    paths = {f"{'.'.join(name.replace('__', '/').rsplit('_', 1))}": text for name, text in files.items()}
    return {"package.json": package(*dependencies, "@sanity/client"), "lib/c.ts": CLIENT, **paths}


FETCHED: Final = "import {client} from './lib/c'\n"
SILENT: Final[Mapping[str, Texts]] = {
    "a route of Fastify that fetches": project(
        "fastify",
        server_ts=f"import Fastify from 'fastify'\n{FETCHED}Fastify().get('/a', async () => ({{a: await client.fetch('*')}}))",
    ),
    "a hook of Fastify": project(
        "fastify",
        server_ts=f"import Fastify from 'fastify'\nFastify().addHook('onRequest', async (req) => check(req, {KEY}))",
    ),
    "a map in a file of Fastify": project(
        "fastify", server_ts=f"import Fastify from 'fastify'\nFastify().decorate('cms', () => ({{key: {KEY}}}))"
    ),
    "a get of something else in a file of Fastify": project(
        "fastify", server_ts=f"import Fastify from 'fastify'\ncache.get('key', () => {KEY})"
    ),
    "a stream that is read": project(
        "next",
        app__api__a__route_ts=f"export const GET = async () => {{ const q = new Queue(); q.add(encode({KEY})); return new Response() }}",
    ),
    "a file that a handler of Qwik sends itself": project(
        "@builder.io/qwik-city",
        src__a_ts=f"import {{server$}} from '@builder.io/qwik-city'\nexport const a = server$(() => mail.send('a', headers({KEY})))",
    ),
    "a value that is no state of Nuxt": project("nuxt")
    | {
        "app.vue": f"<script setup>\nconst key = ref('key')\nif (import.meta.server) {{ key.value = {KEY} }}\n</script>"
    },
    "a message that a server sends": project("express", server_ts=f"export const a = (to) => mailer.send(to, {KEY})"),
    "a get of something else": project("koa", server_ts=f"cache.get('key', () => ({{key: {KEY}}}))"),
    "a procedure that fetches": project(
        "@trpc/server",
        router_ts=f"{FETCHED}export const r = router({{a: publicProcedure.query(() => client.fetch('*'))}})",
    ),
    "a query of something else": project("next", db_ts=f"db.query(() => ({{key: {KEY}}}))"),
    "a controller that fetches": project(
        "@nestjs/common",
        src__a_ts="import {Controller, Get} from '@nestjs/common'\nimport {client} from '../lib/c'\n"
        "@Controller() export class A { @Get() all() { return client.fetch('*') } }",
    ),
    "a method of a controller that is no route": project(
        "@nestjs/common",
        src__a_ts="import {Controller, Get} from '@nestjs/common'\n"
        f"@Controller() export class A {{ key() {{ return {KEY} }} @Get() all() {{ return use(this.key()) }} }}",
    ),
    "a decorator of something else": project(
        "lit", src__a_ts=f"import {{Get}} from './http'\nexport class A {{ @Get() all() {{ return {KEY} }} }}"
    ),
    "a request that a middleware makes": project(
        "astro",
        src__middleware_ts=f"export const onRequest = async (c, next) => {{ const q = new Request('https://x.example'); "
        f"q.headers.set('x-a', {KEY}); await fetch(q); return next() }}",
    ),
    "markup without a secret": project(
        "astro", src__pages__a_astro="<body data-a={import.meta.env.MODE}>{1 + 1}</body>"
    ),
    "other settings of Next": project("next", next__config_js="")
    | {"next.config.js": f"module.exports = {{serverRuntimeConfig: {{key: {KEY}}}, env: {{A: process.env.TITLE}}}}"},
    "private settings of Nuxt": project("nuxt")
    | {"nuxt.config.ts": f"export default defineNuxtConfig({{runtimeConfig: {{key: {KEY}, public: {{a: 'b'}}}}}})"},
    "settings of a server of that name": project("express")
    | {"config/environment.js": f"module.exports = () => ({{APP: {{key: {KEY}}}}})"},
    "a plugin of Docusaurus that fetches": project("@docusaurus/core")
    | {
        "plugins/a.js": "export default () => ({name: 'a', contentLoaded: async ({actions}) => "
        f"actions.setGlobalData(await load({KEY}))}})",
    },
    "a data file of VitePress that fetches": project("vitepress")
    | {"docs/a.data.ts": "import {client} from '../lib/c'\nexport default {load: () => client.fetch('*')}"},
    "a theme of VitePress": project("vitepress")
    | {
        ".vitepress/config.ts": f"const key = {KEY}\nexport default {{themeConfig: {{title: 'a'}}, vite: {{server: {{key}}}}}}"
    },
    "a query that is not written into a page": project(
        "next",
        app__a_ts=f"export const a = () => qc.prefetchQuery({{queryKey: ['a'], queryFn: () => ({{key: {KEY}}})}})",
    ),
    "another setting of Nuxt in a response": project(
        "nuxt", server__api__a_ts="export default defineEventHandler(() => ({a: useRuntimeConfig().title}))"
    )
    | {
        "nuxt.config.ts": f"export default defineNuxtConfig({{runtimeConfig: {{cmsKey: {KEY}, title: process.env.TITLE}}}})"
    },
    "options of another plugin of Babel": project("expo")
    | {"babel.config.js": f"module.exports = {{plugins: [['upload-source-maps', {{key: {KEY}}}]]}}"},
    "another setting that a function sets": project("sanity")
    | {
        "sanity.cli.ts": f"export default {{vite: (config) => {{ config.server.headers = {{a: {KEY}}}; return config }}}}"
    },
    "a definition that a function sets elsewhere": project("sanity")
    | {
        "sanity.cli.ts": f"const use = (config) => {{ config.define.A = {KEY} }}\nexport default {{vite: (config) => config}}"
    },
    "files of the build that nobody can request": project(
        "vite",
        scripts__a_js=f"import fs from 'fs'\nfs.writeFileSync('.env.local', `KEY=${{{KEY}}}`)\n"
        f"fs.writeFileSync('server/settings.js', JSON.stringify({{key: {KEY}}}))\n"
        f"fs.writeFileSync('deploy/environments/a.json', {KEY})\nfs.writeFileSync('public/robots.xml', {KEY})\nfs.writeFileSync(`public/${{name()}}.sh`, {KEY})",
    ),
    "a served file of what is fetched": project(
        "vite",
        scripts__a_js="import fs from 'fs'\nimport {client} from '../lib/c'\n"
        "fs.writeFileSync('public/posts.json', JSON.stringify(await client.fetch('*')))",
    ),
    "a query with a tag": project(
        "hono", server_ts=f"app.get('/', async (c) => c.json(await sql`select a from b where key = ${{{KEY}}}`))"
    ),
    "global data of Eleventy that is fetched": project("@11ty/eleventy")
    | {
        "eleventy.config.js": "import {client} from './lib/c'\n"
        "export default (config) => config.addGlobalData('posts', () => client.fetch('*'))"
    },
    "a message to another server": project(
        "socket.io-client",
        server_ts=f"import {{io}} from 'socket.io-client'\nconst socket = io('https://a.example')\nsocket.emit('auth', {KEY})",
    ),
    "a message to another server, without a library": project(
        "ws",
        server_ts=f"import WebSocket from 'ws'\nconst ws = new WebSocket(url)\nws.on('open', () => ws.send({KEY}))",
    ),
    "a message that a server of web sockets passes on to another server": project(
        "ws",
        server_ts="import {WebSocket, WebSocketServer} from 'ws'\nnew WebSocketServer({port: 1}).on('connection', (client) => {\n"
        f"const ws = new WebSocket('wss://a.example')\nws.send(JSON.stringify({{key: {KEY}}}))\n}})",
    ),
    "a message that a server of socket.io passes on to another server": project(
        "socket.io",
        server_ts="import {Server} from 'socket.io'\nimport {io} from 'socket.io-client'\nnew Server(1)\n"
        f"const socket = io('https://a.example')\nsocket.emit('auth', {KEY})",
    ),
    "a socket that gets what is fetched": project(
        "socket.io",
        server_ts="import {Server} from 'socket.io'\nimport {client} from './lib/c'\n"
        "new Server(1).on('connection', async (socket) => socket.emit('posts', await client.fetch('*')))",
    ),
    "a resolver that fetches": project(
        "@apollo/server",
        src__a_ts="import {client} from '../lib/c'\nexport const resolvers = {Query: {posts: () => client.fetch('*')}}",
    ),
    "settings of a cache of that shape": project(
        "@apollo/client",
        src__a_ts=f"new Cache({{typePolicies: {{Query: {{fields: {{a: {{read: () => {KEY}}}}}}}}}}})",
    ),
    "a function that resolves something else": project(
        "vite", plugins__a_ts=f"export default {{name: 'a', alias: {{resolve: () => ask({KEY})}}}}"
    ),
    "a mail that a template makes": project(
        "ejs",
        server_ts=f"import ejs from 'ejs'\nexport const a = (to) => mailer.send(to, ejs.render(mail, {{key: {KEY}}}))",
    ),
    "a render of something else": project(
        "express",
        server_ts=f"import {{chart}} from './chart'\napp.get('/', (req, res) => res.send(chart.render({{key: {KEY}}})))",
    ),
    "a page of a function that drops what it is given": project(
        "express",
        server_ts=f"app.get('/', (req, res) => res.send(page('a', {KEY})))\nfunction page(a, key) {{ return `<b>${{a}}</b>` }}",
    ),
    "another member of the state of a request": project("@sveltejs/kit")
    | {
        "src/hooks.server.ts": f"export const handle = ({{event, resolve}}) => {{ event.locals.key = {KEY}; return resolve(event) }}",
        "src/routes/+layout.server.ts": "export const load = ({locals}) => ({user: locals.user})",
    },
}


@pytest.mark.parametrize("files", SILENT.values(), ids=SILENT)
def test_what_hands_nothing_over(files: Texts) -> None:
    assert places(files) == []


FOUND: Final[Mapping[str, tuple[Texts, str]]] = {
    "a route of Fastify": (
        project(
            "fastify", server_ts=f"import Fastify from 'fastify'\nFastify().get('/a', async () => ({{key: {KEY}}}))"
        ),
        "server.ts:2",
    ),
    "a route of a plugin of Fastify": (
        project("fastify", plugin_js=f"module.exports = async (fastify) => {{\nfastify.post('/a', () => {KEY})\n}}"),
        "plugin.js:2",
    ),
    "a stream": (
        project(
            "next",
            app__api__a__route_ts="export function GET() {\nconst s = new ReadableStream({start(controller) {\n"
            f"controller.enqueue(new TextEncoder().encode({KEY})) }}}})\nreturn new Response(s)\n}}",
        ),
        "app/api/a/route.ts:3",
    ),
    "what a handler of Qwik answers": (
        project(
            "@builder.io/qwik-city",
            src__routes__a__index_ts="import type {RequestHandler} from '@builder.io/qwik-city'\n"
            f"export const onGet: RequestHandler = async ({{json}}) => json(200, {{key: {KEY}}})",
        ),
        "src/routes/a/index.ts:2",
    ),
    "the context of a middleware of TanStack Start": (
        project(
            "@tanstack/react-start",
            src__a_ts="import {createMiddleware} from '@tanstack/react-start'\nexport const a = createMiddleware()"
            f".server(({{next}}) =>\nnext({{sendContext: {{key: {KEY}}}}}))",
        ),
        "src/a.ts:3",
    ),
    "a redirect of Gatsby": (
        project("gatsby")
        | {
            "gatsby-node.js": "exports.createPages = ({actions}) => {\n"
            f"actions.createRedirect({{fromPath: '/a', toPath: '/b?a=' + {KEY}}})\n}}"
        },
        "gatsby-node.js:2",
    ),
    "a feed of Astro": (
        project(
            "astro",
            src__pages__a_js="import feed, {rss} from '@astrojs/rss'\n"
            f"export const GET = () => rss({{title: 'a', items: [{{link: '/?a=' + {KEY}}}]}})",
        ),
        "src/pages/a.js:2",
    ),
    "a text that an event handler sends": (
        project("nuxt", server__routes__a_ts=f"export default defineEventHandler((event) => send(event, {KEY}))"),
        "server/routes/a.ts:1",
    ),
    "parameters of a page of Next": (
        project("next", **{"app__[a]__page_tsx": f"export const generateStaticParams = () => [{{a: {KEY}}}]"}),
        "app/[a]/page.tsx:1",
    ),
    "the state of Nuxt that is set later": (
        project("nuxt")
        | {
            "app.vue": f"<script setup>\nconst key = useState('key')\nawait callOnce(() => {{ key.value = {KEY} }})\n</script>"
        },
        "app.vue:3",
    ),
    "a route of Fastify as an object": (
        project(
            "fastify",
            server_ts="import Fastify from 'fastify'\n"
            f"Fastify().route({{method: 'GET', url: '/a', handler: async () => ({{key: {KEY}}})}})",
        ),
        "server.ts:2",
    ),
    "a route of Elysia": (
        project(
            "elysia",
            server_ts=f"import {{Elysia}} from 'elysia'\nnew Elysia().get('/a', () => ({{key: {KEY}}})).listen(1)",
        ),
        "server.ts:2",
    ),
    "a procedure": (
        project("@trpc/server", router_ts=f"export const r = router({{a: t.procedure.query(() => ({{key: {KEY}}}))}})"),
        "router.ts:1",
    ),
    "a procedure with input": (
        project(
            "@trpc/server",
            router_ts=f"export const a = protectedProcedure.input(z.string()).mutation(async () => {{\nreturn {KEY}\n}})",
        ),
        "router.ts:2",
    ),
    "a controller": (
        project(
            "@nestjs/common",
            src__a_ts="import {Controller, Get} from '@nestjs/common'\n"
            f"@Controller('a') export class A {{\n@Get('key')\nkey() {{ return {{key: {KEY}}} }}\n}}",
        ),
        "src/a.ts:4",
    ),
    "a controller with two decorators": (
        project(
            "@nestjs/common",
            src__a_ts="import {Get, UseGuards} from '@nestjs/common'\n"
            f"export class A {{ @Get() @UseGuards(Guard)\nasync key() {{ return {KEY} }} }}",
        ),
        "src/a.ts:3",
    ),
    "a resolver": (
        project(
            "@nestjs/graphql",
            src__a_ts="import {Resolver, Query as Ask} from '@nestjs/graphql'\n"
            f"@Resolver() export class A {{ @Ask(() => String) key() {{ return {KEY} }} }}",
        ),
        "src/a.ts:2",
    ),
    "a header of what comes next": (
        project(
            "astro",
            src__middleware_ts="export const onRequest = async (c, next) => {\nconst r = await next()\n"
            f"r.headers.set('x-a', {KEY})\nreturn r\n}}",
        ),
        "src/middleware.ts:3",
    ),
    "markup alone": (project("astro", src__pages__a_astro=f"<body data-a={{{KEY}}}></body>"), "src/pages/a.astro:1"),
    "a text in markup alone": (project("astro", src__pages__a_astro=f"<p>\n{{{KEY}}}</p>"), "src/pages/a.astro:2"),
    "env of Next": (
        project("next") | {"next.config.js": f"module.exports = {{env: {{A: {KEY}}}}}"},
        "next.config.js:1",
    ),
    "public settings of Nuxt": (
        project("nuxt")
        | {"nuxt.config.ts": f"export default defineNuxtConfig({{runtimeConfig: {{public: {{a: {KEY}}}}}}})"},
        "nuxt.config.ts:1",
    ),
    "a private setting of Nuxt in a response": (
        project("nuxt", server__api__a_ts="export default defineEventHandler(() => ({a: useRuntimeConfig().cmsKey}))")
        | {"nuxt.config.ts": f"export default defineNuxtConfig({{runtimeConfig: {{cmsKey: {KEY}}}}})"},
        "server/api/a.ts:1",
    ),
    "a definition of Babel": (
        project("expo") | {"babel.config.js": f"module.exports = {{plugins: [['transform-define', {{A: {KEY}}}]]}}"},
        "babel.config.js:1",
    ),
    "a definition that Storybook adds": (
        project("storybook", "vite")
        | {
            ".storybook/main.ts": "export default {viteFinal: async (config) => mergeConfig(config, {\n"
            f"define: {{A: JSON.stringify({KEY})}}}})}}"
        },
        ".storybook/main.ts:2",
    ),
    "a definition that a function sets": (
        project("sanity")
        | {
            "sanity.cli.ts": "export default defineCliConfig({vite: (config) => {\n"
            f"config.define.A = JSON.stringify({KEY})\nreturn config\n}}}})"
        },
        "sanity.cli.ts:2",
    ),
    "a definition of the bundler of VitePress": (
        project("vitepress")
        | {".vitepress/config.ts": f"export default {{vite: {{define: {{A: JSON.stringify({KEY})}}}}}}"},
        ".vitepress/config.ts:1",
    ),
    "a definition of an extension": (
        project("wxt")
        | {"wxt.config.ts": f"export default {{vite: () => ({{define: {{A: JSON.stringify({KEY})}}}})}}"},
        "wxt.config.ts:1",
    ),
    "parameters of a page of webpack": (
        project("webpack")
        | {
            "webpack.config.js": "const Html = require('html-webpack-plugin')\n"
            f"module.exports = {{plugins: [new Html({{templateParameters: {{a: {KEY}}}}})]}}"
        },
        "webpack.config.js:2",
    ),
    "what a preload script exposes": (
        project(
            "electron",
            src__preload_ts="import {contextBridge} from 'electron'\n"
            f"contextBridge.exposeInMainWorld('cms', {{key: {KEY}}})",
        ),
        "src/preload.ts:2",
    ),
    "a definition of Vite": (
        project("vite") | {"vite.config.ts": f"export default {{define: {{__A__: JSON.stringify({KEY})}}}}"},
        "vite.config.ts:1",
    ),
    "a script that bundles": (
        project(
            "esbuild", build_mjs=f"import {{build}} from 'esbuild'\nbuild({{define: {{A: JSON.stringify({KEY})}}}})"
        ),
        "build.mjs:2",
    ),
    "fields of Docusaurus": (
        project("@docusaurus/core") | {"docusaurus.config.js": f"module.exports = {{customFields: {{key: {KEY}}}}}"},
        "docusaurus.config.js:1",
    ),
    "global data of Docusaurus": (
        project("@docusaurus/core")
        | {
            "plugins/a.js": "export default () => ({name: 'a', contentLoaded: ({actions: {setGlobalData}}) =>\n"
            f"setGlobalData({{key: {KEY}}})}})",
        },
        "plugins/a.js:2",
    ),
    "the theme's settings of VitePress": (
        project("vitepress") | {".vitepress/config.mts": f"export default defineConfig({{themeConfig: {{a: {KEY}}}}})"},
        ".vitepress/config.mts:1",
    ),
    "a data file of VitePress": (
        project("vitepress", docs__a_ts="") | {"docs/a.data.ts": f"export default {{load: () => ({{key: {KEY}}})}}"},
        "docs/a.data.ts:1",
    ),
    "a data file of VitePress, in a function": (
        project("vitepress")
        | {"docs/a.data.js": f"export default defineLoader({{\nasync load() {{ return {{key: {KEY}}} }}\n}})"},
        "docs/a.data.js:2",
    ),
    "paths of VitePress": (
        project("vitepress")
        | {"docs/a.paths.js": f"export default {{paths() {{ return [{{params: {{a: {KEY}}}}}] }}}}"},
        "docs/a.paths.js:1",
    ),
    "the environment of Ember": (
        project("ember-source")
        | {
            "config/environment.js": "module.exports = function () {\nconst ENV = {APP: {}}\n"
            f"ENV.APP.key = {KEY}\nreturn ENV\n}}"
        },
        "config/environment.js:3",
    ),
    "settings of a plugin of Capacitor": (
        project("@capacitor/core") | {"capacitor.config.ts": f"export default {{plugins: {{Cms: {{key: {KEY}}}}}}}"},
        "capacitor.config.ts:1",
    ),
    "a query in the cache of a page": (
        project(
            "next",
            app__page_tsx="import {dehydrate} from '@tanstack/react-query'\nexport default async () => {\n"
            f"await qc.prefetchQuery({{queryKey: ['a'], queryFn: async () => ({{key: {KEY}}})}})\nreturn dehydrate(qc)\n}}",
        ),
        "app/page.tsx:3",
    ),
    "an API route of SolidStart": (
        project("@solidjs/start", src__routes__api__a_ts=f"export const GET = () => ({{key: {KEY}}})"),
        "src/routes/api/a.ts:1",
    ),
    "a served file that the build writes": (
        project(
            "vite",
            scripts__a_js="import {writeFileSync} from 'node:fs'\n"
            f"writeFileSync('./public/env.js', `window.ENV = ${{JSON.stringify({{key: {KEY}}})}}`)",
        ),
        "scripts/a.js:2",
    ),
    "an environment of Angular that the build writes": (
        project(
            "@angular/core",
            scripts__a_ts="import {writeFile} from 'fs'\nconst target = `./src/environments/environment.prod.ts`\n"
            f"const text = `export const environment = {{key: '${{{KEY}}}'}}`\nwriteFile(target, text, () => 0)",
        ),
        "scripts/a.ts:4",
    ),
    "a served file, by the parts of its path": (
        project(
            "vite",
            build_js="const fs = require('fs')\nconst path = require('path')\nconst root = path.join(__dirname, 'public')\n"
            f"fs.promises.writeFile(path.join(root, 'config.json'), JSON.stringify({{key: {KEY}}}))",
        ),
        "build.js:4",
    ),
    "a page with a tag": (
        project(
            "hono",
            server_ts="import {html} from 'hono/html'\n"
            f"app.get('/', (c) => c.html(html`<script>a = '${{{KEY}}}'</script>`))",
        ),
        "server.ts:2",
    ),
    "a page of Vike": (
        project("vike")
        | {
            "pages/+onRenderHtml.ts": "import {escapeInject} from 'vike/server'\n"
            f"export const onRenderHtml = () => escapeInject`<html data-a=${{{KEY}}}></html>`"
        },
        "pages/+onRenderHtml.ts:2",
    ),
    "global data of Eleventy": (
        project("@11ty/eleventy")
        | {"eleventy.config.js": f"export default (config) => config.addGlobalData('a', () => ({{key: {KEY}}}))"},
        "eleventy.config.js:1",
    ),
    "a message to a socket": (
        project(
            "socket.io",
            server_ts="import {Server} from 'socket.io'\nconst io = new Server(1)\n"
            f"io.on('connection', (socket) => socket.emit('settings', {{key: {KEY}}}))",
        ),
        "server.ts:3",
    ),
    "a message to a room": (
        project(
            "socket.io",
            server_js="const {Server} = require('socket.io')\nconst io = new Server(1)\n"
            f"io.to('room').emit('settings', {{key: {KEY}}})",
        ),
        "server.js:3",
    ),
    "a message of a server of web sockets": (
        project(
            "ws",
            server_ts="import {WebSocketServer} from 'ws'\nnew WebSocketServer({port: 1}).on('connection', (ws) =>\n"
            f"ws.send(JSON.stringify({{key: {KEY}}})))",
        ),
        "server.ts:3",
    ),
    "a message of Nitro": (
        project(
            "nuxt", server__routes__a_ts=f"export default defineWebSocketHandler({{open: (peer) => peer.send({KEY})}})"
        ),
        "server/routes/a.ts:1",
    ),
    "an event that a server sends": (
        project(
            "hono",
            server_ts="import {streamSSE} from 'hono/streaming'\napp.get('/a', (c) => streamSSE(c, async (stream) => {\n"
            f"await stream.writeSSE({{data: {KEY}}})\n}}))",
        ),
        "server.ts:3",
    ),
    "a cookie of Fastify": (
        project("fastify", server_ts=f"app.get('/', (req, reply) => reply.setCookie('a', {KEY}).send({{}}))"),
        "server.ts:1",
    ),
    "a resolver of Apollo": (
        project(
            "@apollo/server",
            src__a_ts=f"export const resolvers = {{\nQuery: {{settings: async () => ({{key: {KEY}}})}}\n}}",
        ),
        "src/a.ts:2",
    ),
    "a resolver as a method, with its type": (
        project("graphql-yoga", src__a_ts=f"export const Mutation: Resolvers = {{\nlogin() {{ return {KEY} }}\n}}"),
        "src/a.ts:2",
    ),
    "a field of a schema in code": (
        project(
            "graphql",
            src__a_js="const {GraphQLObjectType} = require('graphql')\n"
            f"module.exports = new GraphQLObjectType({{fields: {{key: {{resolve: () => {KEY}}}}}}})",
        ),
        "src/a.js:2",
    ),
    "a page of EJS": (
        project(
            "ejs",
            server_ts="import ejs from 'ejs'\napp.get('/', async (req, res) => {\n"
            f"const page = await ejs.renderFile('a.ejs', {{key: {KEY}}})\nres.send(page)\n}})",
        ),
        "server.ts:3",
    ),
    "a page of Handlebars": (
        project(
            "handlebars",
            server_js="const Handlebars = require('handlebars')\nconst page = Handlebars.compile(text)\n"
            f"app.get('/', (req, res) => res.send(page({{key: {KEY}}})))",
        ),
        "server.js:3",
    ),
    "a page of an engine that is an object": (
        project(
            "eta",
            server_ts="import {Eta} from 'eta'\nconst eta = new Eta()\n"
            f"app.get('/', (req, reply) => reply.send(eta.render('a', {{key: {KEY}}})))",
        ),
        "server.ts:3",
    ),
    "a page that a function of the server writes": (
        project(
            "express",
            server_ts=f"app.get('/', (req, res) => {{ const state = {{key: {KEY}}}; res.send(page('<p/>', state)) }})\n"
            "const page = (html, state) => `${html}<script>window.S=${JSON.stringify(state).replace(/</g, '.')}</script>`",
        ),
        "server.ts:1",
    ),
    "a script that is a sum": (
        project(
            "express",
            server_ts=f"app.get('/a.js', (req, res) => res.send('window.A = ' + JSON.stringify({{key: {KEY}}})))",
        ),
        "server.ts:1",
    ),
    "the state of a request": (
        project("@sveltejs/kit")
        | {
            "src/hooks.server.ts": f"export const handle = ({{event, resolve}}) => {{ event.locals.key = {KEY}; return resolve(event) }}",
            "src/routes/+layout.server.ts": "export const load = ({locals}) => ({key: locals.key})",
        },
        "src/hooks.server.ts:1",
    ),
    "a function of a site at Netlify": (
        project() | {"netlify.toml": "", "netlify/functions/a.js": f"exports.handler = async () => ({{body: {KEY}}})"},
        "netlify/functions/a.js:1",
    ),
    "a function of pages at Cloudflare": (
        project()
        | {"wrangler.toml": "", "functions/a.js": "export const onRequest = ({env}) => new Response(env.CMS_KEY_A)"},
        "functions/a.js:1",
    ),
    "a page of an app in a monorepo with one package.json": (
        project("next", "expo")
        | {
            "apps/web/next.config.js": "module.exports = {}",
            "apps/web/pages/index.tsx": "export const getStaticProps = () => ({props: {a: process.env.SANITY_TOKEN}})\n"
            "export default () => null",
        },
        "apps/web/pages/index.tsx:1",
    ),
}


@pytest.mark.parametrize(("files", "place"), FOUND.values(), ids=FOUND)
def test_what_hands_a_token_over(files: Texts, place: str) -> None:
    assert places(files) == [place]
