"""Handover in projects as people write them: small parts of sites, on the frameworks that they use."""

from collections.abc import Mapping
from typing import Final

import pytest

from tests.support.code import Texts, misuse, package

RULE: Final = "sanity-token-to-browser"
DEPENDENCIES: Final[Mapping[str, tuple[str, ...]]] = {
    "@shopify/hydrogen": ("@shopify/hydrogen", "react-router", "@react-router/dev", "@sanity/client"),
}

SILENT: Final[Mapping[str, tuple[str, Texts]]] = {
    "fetch result": (
        "next",
        {
            "app/api/a/route.ts": "import {createClient} from '@sanity/client'\nexport const client = createClient({projectId: 'q7m2k9xd', dataset: 'production', useCdn: false, token: process.env.SANITY_API_TOKEN})\nexport const GET = async () => NextResponse.json(await client.fetch('*', {}, {token: process.env.SANITY_API_TOKEN}))",
        },
    ),
    "withConfig": (
        "next",
        {
            "app/page.tsx": "import {E} from './e'\nimport {createClient} from '@sanity/client'\nexport const client = createClient({projectId: 'q7m2k9xd', dataset: 'production', useCdn: false, token: process.env.SANITY_API_TOKEN})\nexport default async () => { const c = client.withConfig({token: process.env.SANITY_API_TOKEN}); const d = await c.fetch('*'); return <E a={d.title} b={!!process.env.SANITY_API_TOKEN} c={process.env.SANITY_API_TOKEN ? 1 : 0}/> }",
            "app/e.tsx": "'use client'\nexport const E = (p) => <b>{p.a}</b>",
        },
    ),
    "client server comp": (
        "next",
        {
            "app/page.tsx": "import {List} from './list'\nimport {createClient} from '@sanity/client'\nexport const client = createClient({projectId: 'q7m2k9xd', dataset: 'production', useCdn: false, token: process.env.SANITY_API_TOKEN})\nexport default () => <List client={client}/>",
            "app/list.tsx": "export const List = async ({client}) => <ul>{(await client.fetch('*')).map((p) => <li key={p._id}>{p.title}</li>)}</ul>",
        },
    ),
    "loadQuery": (
        "next",
        {
            "lib/loadQuery.ts": "import {createClient} from '@sanity/client'\nexport const client = createClient({projectId: 'q7m2k9xd', dataset: 'production', useCdn: false, token: process.env.SANITY_API_TOKEN})\nexport const loadQuery = async ({query}) => { const {token} = {token: process.env.SANITY_API_TOKEN}; return client.fetch(query, {}, {token}) }",
            "app/page.tsx": "import {loadQuery} from '../lib/loadQuery'\nimport {E} from './e'\nexport default async () => <E a={await loadQuery({query: '*'})}/>",
            "app/e.tsx": "'use client'\nexport const E = (p) => <b>{p.a}</b>",
        },
    ),
    "action": (
        "next",
        {
            "app/a.ts": "'use server'\nimport {createClient} from '@sanity/client'\nconst c = createClient({token: process.env.SANITY_API_TOKEN})\nexport async function f(x) { const r = await c.create(x); return {ok: true, id: r._id} }",
        },
    ),
    "svelte": (
        "@sveltejs/kit",
        {
            "src/lib/server/s.ts": "import {SANITY_TOKEN} from '$env/static/private'\nimport {createClient} from '@sanity/client'\nexport const client = createClient({projectId: 'q7m2k9xd', dataset: 'production', useCdn: false, token: SANITY_TOKEN})\n",
            "src/routes/+page.server.ts": "import {client} from '$lib/server/s'\nexport const load = async ({setHeaders}) => { setHeaders({'cache-control': 'x'}); return {a: client.fetch('*'), b: await client.fetch('*')} }\nexport const actions = {default: async ({request}) => { const d = await request.formData(); await client.create({_type: 'x', t: d.get('t')}); return {ok: true} }}",
        },
    ),
    "svelte preview": (
        "@sveltejs/kit",
        {
            "src/hooks.server.ts": "import {SANITY_TOKEN} from '$env/static/private'\nimport {createRequestHandler, setServerClient} from '@sanity/svelte-loader'\nimport {client} from './s'\nsetServerClient(client.withConfig({token: SANITY_TOKEN, stega: true}))\nexport const handle = createRequestHandler()\nexport const x = ({event, resolve}) => { event.locals.client = client.withConfig({token: SANITY_TOKEN}); return resolve(event) }",
            "src/routes/+page.server.ts": "export const load = async ({locals}) => ({a: await locals.client.fetch('*'), p: locals.preview})",
            "src/s.ts": "import {createClient} from '@sanity/client'\nexport const client = createClient({projectId: 'q7m2k9xd', dataset: 'production', useCdn: false, token: undefined})\n",
        },
    ),
    "hydrogen": (
        "@shopify/hydrogen",
        {
            "server.ts": "import {createSanityContext} from 'hydrogen-sanity'\nexport default {async fetch(request, env) { const sanity = createSanityContext({client: {token: env.SANITY_API_TOKEN}}); return handle(request, {sanity}) }}",
            "app/root.tsx": "export async function loader({context}) {\n const {sanity, env} = context\n return {a: await sanity.loadQuery('*'), d: env.SANITY_DATASET, preview: Boolean(env.SANITY_API_TOKEN)}\n}\nexport default () => null",
        },
    ),
    "draft enable": (
        "next",
        {
            "app/api/draft/route.ts": "import {validatePreviewUrl} from '@sanity/preview-url-secret'\nimport {redirect} from 'next/navigation'\nimport {createClient} from '@sanity/client'\nexport const client = createClient({projectId: 'q7m2k9xd', dataset: 'production', useCdn: false, token: process.env.SANITY_API_TOKEN})\nexport async function GET(request) { const {isValid, redirectTo = '/'} = await validatePreviewUrl(client.withConfig({token: process.env.SANITY_API_TOKEN}), request.url); if (!isValid) return new Response('Invalid secret', {status: 401}); (await draftMode()).enable(); redirect(redirectTo) }",
        },
    ),
    "defineEnableDraftMode": (
        "next",
        {
            "app/api/draft/route.ts": "import {defineEnableDraftMode} from 'next-sanity/draft-mode'\nimport {createClient} from '@sanity/client'\nexport const client = createClient({projectId: 'q7m2k9xd', dataset: 'production', useCdn: false, token: process.env.SANITY_API_TOKEN})\nexport const {GET} = defineEnableDraftMode({client: client.withConfig({token: process.env.SANITY_API_TOKEN})})",
        },
    ),
    "webhook": (
        "next",
        {
            "app/api/r/route.ts": "import {parseBody} from 'next-sanity/webhook'\nexport async function POST(req) { const {isValidSignature, body} = await parseBody(req, process.env.SANITY_REVALIDATE_SECRET); if (!isValidSignature) return new Response('x', {status: 401}); return NextResponse.json({body}) }",
        },
    ),
    "secret compare": (
        "next",
        {
            "pages/api/r.ts": "export default (req, res) => { if (req.query.secret !== process.env.SANITY_REVALIDATE_SECRET) return res.status(401).json({message: 'Invalid token'}); res.json({revalidated: true}) }",
        },
    ),
    "proxy": (
        "next",
        {
            "app/api/p/route.ts": "export async function GET(req) { const headers = new Headers(); headers.set('Authorization', `Bearer ${process.env.SANITY_API_TOKEN}`); const r = await fetch('https://q7m2k9xd.api.sanity.io/v1/data', {headers}); return new Response(r.body, {headers: r.headers, status: r.status}) }",
        },
    ),
    "middleware": (
        "next",
        {
            "middleware.ts": "export function middleware(request) { const headers = new Headers(request.headers); headers.set('x-token', process.env.SANITY_API_TOKEN); return NextResponse.rewrite(new URL('/a', request.url), {request: {headers}}) }",
        },
    ),
    "express auth": (
        "express",
        {
            "src/a.ts": "import {createClient} from '@sanity/client'\nexport const client = createClient({projectId: 'q7m2k9xd', dataset: 'production', useCdn: false, token: process.env.SANITY_API_TOKEN})\napp.use((req, res, next) => { if (req.headers.authorization !== `Bearer ${process.env.SANITY_API_TOKEN}`) return res.status(401).send('no'); next() })\napp.get('/', async (req, res) => { res.json(await client.fetch('*')) })\napp.set('sanityToken', process.env.SANITY_API_TOKEN)",
        },
    ),
    "express locals client": (
        "express",
        {
            "src/a.ts": "import {createClient} from '@sanity/client'\nexport const client = createClient({projectId: 'q7m2k9xd', dataset: 'production', useCdn: false, token: process.env.SANITY_API_TOKEN})\napp.locals.client = client\napp.get('/', async (req, res) => res.render('a', {posts: await client.fetch('*')}))",
        },
    ),
    "astro": (
        "astro",
        {
            "src/lib/s.ts": "import {createClient} from '@sanity/client'\nexport const client = createClient({projectId: 'q7m2k9xd', dataset: 'production', useCdn: false, token: import.meta.env.SANITY_TOKEN})\n",
            "src/pages/a.astro": "---\nimport {client} from '../lib/s'\nconst token = import.meta.env.SANITY_TOKEN\nconst posts = await client.fetch('*', {}, {token})\nif (!token) return Astro.redirect('/x')\n---\n<ul>{posts.map((p) => <li>{p.title} {token ? 'x' : 'y'}</li>)}</ul>\n<style>a { color: {token} }</style>\n<p>{token && 'preview'}</p>",
        },
    ),
    "msw": (
        "vite",
        {
            "src/mocks/handlers.ts": "import {http, HttpResponse} from 'msw'\nexport const handlers = [http.get('/t', () => HttpResponse.json({token: process.env.SANITY_TOKEN}))]",
        },
    ),
    "test": (
        "next",
        {
            "app/api/a/route.test.ts": "export const GET = () => Response.json({token: process.env.SANITY_API_TOKEN})",
        },
    ),
    "script": (
        "next",
        {
            "scripts/seed.ts": "import {createClient} from '@sanity/client'\nexport const client = createClient({projectId: 'q7m2k9xd', dataset: 'production', useCdn: false, token: process.env.SANITY_API_TOKEN})\nconst res = await fetch('https://x.com', {headers: {Authorization: process.env.SANITY_API_TOKEN}})\nconsole.log(await res.json())\nclient.create({_type: 'a', token: 'b'})",
        },
    ),
    "axios": (
        "express",
        {
            "src/a.ts": "const api = axios.create({headers: {Authorization: `Bearer ${process.env.SANITY_API_TOKEN}`}})\nexport const f = async (req, res) => { const response = await api.get('/x'); res.json(response.data) }",
        },
    ),
    "length": (
        "next",
        {
            "app/page.tsx": "import {E} from './e'\nexport default () => <E a={process.env.SANITY_API_TOKEN.length} b={typeof process.env.SANITY_API_TOKEN} c={process.env.SANITY_API_TOKEN !== undefined}/>",
            "app/e.tsx": "'use client'\nexport const E = (p) => <b>{p.a}</b>",
        },
    ),
    "react query": (
        "next",
        {
            "app/page.tsx": "import {HydrationBoundary} from '@tanstack/react-query'\nimport {createClient} from '@sanity/client'\nexport const client = createClient({projectId: 'q7m2k9xd', dataset: 'production', useCdn: false, token: process.env.SANITY_API_TOKEN})\nexport default async () => { const q = new QueryClient(); await q.prefetchQuery({queryKey: ['a'], queryFn: () => client.fetch('*')}); return <HydrationBoundary state={dehydrate(q)}/> }",
        },
    ),
    "error cause": (
        "next",
        {
            "app/api/a/route.ts": "export const GET = async () => { if (!process.env.SANITY_API_TOKEN) return new Response('Missing environment variable SANITY_API_TOKEN', {status: 500}); return new Response('ok') }",
        },
    ),
    "env check obj": (
        "next",
        {
            "app/page.tsx": "import {env} from '../lib/env'\nimport {E} from './e'\nexport default () => <E a={env.projectId}/>",
            "lib/env.ts": "export const env = {projectId: process.env.SANITY_PROJECT_ID, token: process.env.SANITY_API_TOKEN}",
            "app/e.tsx": "'use client'\nexport const E = (p) => <b>{p.a}</b>",
        },
    ),
}


@pytest.mark.parametrize(("framework", "files"), SILENT.values(), ids=SILENT)
def test_a_part_of_a_site_that_hands_nothing_over(framework: str, files: Texts) -> None:
    packages = DEPENDENCIES.get(framework, (framework,))
    assert misuse({"package.json": package(*packages), **files}) == []


FOUND: Final[Mapping[str, tuple[str, Texts]]] = {
    "nuxt name": (
        "nuxt",
        {
            "server/utils/s.ts": "import {createClient} from '@sanity/client'\nexport const client = createClient({projectId: 'q7m2k9xd', dataset: 'production', token: process.env.CMS_RW})\n",
            "server/api/a.ts": "export default defineEventHandler(() => ({t: process.env.CMS_RW}))",
        },
    ),
    "nuxt runtime": (
        "nuxt",
        {
            "nuxt.config.ts": "export default defineNuxtConfig({runtimeConfig: {cmsKey: process.env.CMS_RW}})",
            "server/utils/s.ts": "import {createClient} from '@sanity/client'\nexport const c = () => createClient({token: useRuntimeConfig().cmsKey})",
            "server/api/a.ts": "export default defineEventHandler(() => ({t: useRuntimeConfig().cmsKey}))",
        },
    ),
    "svelte name": (
        "@sveltejs/kit",
        {
            "src/lib/server/s.ts": "import {CMS_RW} from '$env/static/private'\nimport {createClient} from '@sanity/client'\nexport const client = createClient({projectId: 'q7m2k9xd', dataset: 'production', token: CMS_RW})\n",
            "src/routes/+layout.server.ts": "import {CMS_RW} from '$env/static/private'\nexport const load = () => ({t: CMS_RW})",
        },
    ),
    "svelte dyn": (
        "@sveltejs/kit",
        {
            "src/lib/server/s.ts": "import {env} from '$env/dynamic/private'\nimport {createClient} from '@sanity/client'\nexport const client = createClient({projectId: 'q7m2k9xd', dataset: 'production', token: env.CMS_RW})\n",
            "src/routes/api/+server.ts": "import {json} from '@sveltejs/kit'\nimport {env} from '$env/dynamic/private'\nexport const GET = () => json({t: env.CMS_RW})",
        },
    ),
    "remix name": (
        "@remix-run/dev",
        {
            "app/lib/s.server.ts": "import {createClient} from '@sanity/client'\nexport const client = createClient({projectId: 'q7m2k9xd', dataset: 'production', token: process.env.CMS_RW})\n",
            "app/root.tsx": "export const loader = async () => json({ENV: {CMS_RW: process.env.CMS_RW}})\nexport default () => null",
        },
    ),
    "express name": (
        "express",
        {
            "src/s.js": "const {createClient} = require('@sanity/client')\nmodule.exports = createClient({token: process.env.CMS_RW})",
            "src/server.js": "const express = require('express')\nconst app = express()\napp.get('/t', (req, res) => { res.json({t: process.env.CMS_RW}) })",
        },
    ),
    "bracket": (
        "next",
        {
            "lib/c.ts": "import {createClient} from '@sanity/client'\nexport const client = createClient({projectId: 'q7m2k9xd', dataset: 'production', token: process.env['CMS_RW']})\n",
            "app/api/route.ts": "export const GET = () => Response.json({t: process.env['CMS_RW']})",
        },
    ),
    "destructured": (
        "next",
        {
            "lib/c.ts": "const {CMS_RW} = process.env\nimport {createClient} from '@sanity/client'\nexport const client = createClient({projectId: 'q7m2k9xd', dataset: 'production', token: CMS_RW})\n",
            "app/api/route.ts": "const {CMS_RW: token} = process.env\nexport const GET = () => Response.json({token})",
        },
    ),
    "withConfig": (
        "next",
        {
            "lib/c.ts": "import {createClient} from '@sanity/client'\nexport const client = createClient({projectId: 'q7m2k9xd', dataset: 'production', token: undefined})\nexport const w = client.withConfig({token: process.env.CMS_RW, useCdn: false})",
            "app/api/route.ts": "export const GET = () => Response.json({t: process.env.CMS_RW})",
        },
    ),
    "env module": (
        "next",
        {
            "lib/env.ts": "export const env = {cms: process.env.CMS_RW!}",
            "lib/c.ts": "import {env} from './env'\nimport {createClient} from '@sanity/client'\nexport const client = createClient({projectId: 'q7m2k9xd', dataset: 'production', token: env.cms})\n",
            "app/api/route.ts": "import {env} from '../../lib/env'\nexport const GET = () => Response.json({t: env.cms})",
        },
    ),
    "header client": (
        "next",
        {
            "lib/c.ts": "export const q = () => fetch('https://q7m2k9xd.api.sanity.io/v1/data/query/production', {headers: {Authorization: `Bearer ${process.env.CMS_RW}`}})",
            "app/api/route.ts": "export const GET = () => Response.json({t: process.env.CMS_RW})",
        },
    ),
    "hydrogen defer": (
        "@shopify/hydrogen",
        {
            "app/routes/_index.tsx": "export async function loader({context}) {\n return {a: await context.sanity.query('*'), token: context.env.SANITY_API_TOKEN}\n}\nexport default () => null",
        },
    ),
    "hydrogen args": (
        "@shopify/hydrogen",
        {
            "app/routes/_index.tsx": "export async function loader(args) {\n const a = await loadCritical(args)\n return {...a}\n}\nfunction loadCritical({context}) { return {token: context.env.SANITY_API_TOKEN} }\nexport default () => null",
        },
    ),
    "hydrogen name": (
        "@shopify/hydrogen",
        {
            "server.ts": "import {createSanityContext} from 'hydrogen-sanity'\nexport default {async fetch(request, env) { const sanity = createSanityContext({client: {token: env.CMS_RW}}) }}",
            "app/root.tsx": "export async function loader({context: {env}}) {\n return {token: env.CMS_RW}\n}\nexport default () => null",
        },
    ),
    "hydrogen createHydrogenContext": (
        "@shopify/hydrogen",
        {
            "app/root.tsx": "export const loader = ({context}) => { const {SANITY_API_TOKEN: token} = context.env; return data({token}) }\nexport default () => null",
        },
    ),
    "svelte platform +server": (
        "@sveltejs/kit",
        {
            "src/routes/t/+server.ts": "import {json} from '@sveltejs/kit'\nexport const GET = async ({platform}) => json({t: platform.env.SANITY_API_TOKEN})",
        },
    ),
    "svelte platform const": (
        "@sveltejs/kit",
        {
            "src/routes/+layout.server.ts": "export const load = async (event) => {\n const env = event.platform?.env ?? {}\n return {preview: {token: env.SANITY_API_TOKEN}}\n}",
        },
    ),
    "svelte platform name": (
        "@sveltejs/kit",
        {
            "src/lib/server/s.ts": "import {createClient} from '@sanity/client'\nexport const make = (platform) => createClient({token: platform.env.CMS_RW})",
            "src/routes/+page.server.ts": "export const load = async ({platform}) => ({t: platform.env.CMS_RW})",
        },
    ),
    "astro runtime": (
        "astro",
        {
            "src/pages/a.astro": "---\nconst {env} = Astro.locals.runtime\n---\n<p data-t={env.SANITY_API_TOKEN}/>",
        },
    ),
    "astro island name": (
        "astro",
        {
            "src/lib/s.ts": "import {createClient} from '@sanity/client'\nexport const client = createClient({projectId: 'q7m2k9xd', dataset: 'production', token: import.meta.env.CMS_RW})\n",
            "src/pages/a.astro": "---\nimport A from '../A.jsx'\n---\n<A client:load token={import.meta.env.CMS_RW}/>",
            "src/A.jsx": "export default (p) => <b/>",
        },
    ),
    "astro endpoint": (
        "astro",
        {
            "src/lib/s.ts": "import {createClient} from '@sanity/client'\nexport const client = createClient({projectId: 'q7m2k9xd', dataset: 'production', token: import.meta.env.CMS_RW})\n",
            "src/pages/t.json.ts": "export const GET = () => new Response(JSON.stringify({t: import.meta.env.CMS_RW}))",
        },
    ),
    "astro getSecret": (
        "astro",
        {
            "src/lib/s.ts": "import {getSecret} from 'astro:env/server'\nimport {createClient} from '@sanity/client'\nexport const client = createClient({projectId: 'q7m2k9xd', dataset: 'production', token: getSecret('CMS_RW')})\n",
            "src/pages/t.json.ts": "import {getSecret} from 'astro:env/server'\nexport const GET = () => Response.json({t: getSecret('CMS_RW')})",
        },
    ),
    "astro vars obj": (
        "astro",
        {
            "src/lib/s.ts": "import {CMS_RW} from 'astro:env/server'\nimport {createClient} from '@sanity/client'\nexport const client = createClient({projectId: 'q7m2k9xd', dataset: 'production', token: CMS_RW})\n",
            "src/pages/a.astro": "---\nimport {CMS_RW as t} from 'astro:env/server'\n---\n<script is:inline define:vars={{ cfg: {t} }}>x = cfg</script>",
        },
    ),
    "astro set:html": (
        "astro",
        {
            "src/pages/a.astro": "---\nconst c = JSON.stringify({t: import.meta.env.SANITY_TOKEN})\n---\n<script type='application/json' set:html={c}></script>",
        },
    ),
    "astro set:html2": (
        "astro",
        {
            "src/pages/a.astro": "---\n---\n<script is:inline set:html={`window.T = '${import.meta.env.SANITY_TOKEN}'`}/>",
        },
    ),
    "tanstack loader": (
        "@tanstack/react-start",
        {
            "src/utils/s.ts": "import {createServerFn} from '@tanstack/react-start'\nexport const cfg = createServerFn({method: 'GET'})\n  .middleware([a])\n  .inputValidator((d) => d)\n  .handler(async () => { return {token: process.env.SANITY_API_TOKEN} })",
        },
    ),
    "viewer props": (
        "next",
        {
            "app/page.tsx": "import {E} from './e'\nexport default () => <E token={process.env.SANITY_API_READ_TOKEN}/>",
            "app/e.tsx": "'use client'\nexport const E = (p) => <b/>",
        },
    ),
    "server action inline": (
        "next",
        {
            "app/page.tsx": "import {E} from './e'\nexport default () => { async function get() { 'use server'\n return process.env.SANITY_TOKEN }\n return <E get={get}/> }",
            "app/e.tsx": "'use client'\nexport const E = (p) => <b/>",
        },
    ),
    "draft props": (
        "next",
        {
            "app/layout.tsx": "import {Live} from './live'\nimport {token} from '../lib/token'\nexport default async ({children}) => <html><body>{children}{(await draftMode()).isEnabled && <Live token={token}/>}</body></html>",
            "lib/token.ts": "import 'server-only'\nexport const token = process.env.SANITY_VIEWER_TOKEN\nif (!token) throw new Error('x')",
            "app/live.tsx": "'use client'\nexport const Live = (p) => <b/>",
        },
    ),
    "getStaticProps preview": (
        "next",
        {
            "pages/[slug].tsx": "import {readToken} from '../lib/token'\nexport const getStaticProps = async ({preview = false}) => ({props: {preview, token: preview ? readToken : ''}})\nexport default () => null",
            "lib/token.ts": "export const readToken = process.env.SANITY_API_READ_TOKEN || ''",
        },
    ),
    "cf pages": (
        "wrangler",
        {
            "functions/api/t.ts": "export const onRequestGet: PagesFunction<Env> = async (context) => new Response(JSON.stringify({t: context.env.SANITY_API_TOKEN}))",
        },
    ),
    "cf getRequestContext": (
        "next",
        {
            "app/api/t/route.ts": "import {getRequestContext} from '@cloudflare/next-on-pages'\nexport const GET = () => Response.json({t: getRequestContext().env.SANITY_API_TOKEN})",
        },
    ),
    "cf getCloudflareContext": (
        "next",
        {
            "app/page.tsx": "import {getCloudflareContext} from '@opennextjs/cloudflare'\nimport {E} from './e'\nexport default async () => { const {env} = await getCloudflareContext({async: true}); return <E t={env.SANITY_API_TOKEN}/> }",
            "app/e.tsx": "'use client'\nexport const E = (p) => <b/>",
        },
    ),
    "netlify context": (
        "netlify-cli",
        {
            "netlify/edge-functions/t.ts": "export default async (request, context) => context.json({t: Deno.env.get('SANITY_API_TOKEN')})",
        },
    ),
    "netlify cb": (
        "netlify-cli",
        {
            "netlify/functions/t.js": "exports.handler = (event, context, callback) => callback(null, {statusCode: 200, body: JSON.stringify({t: process.env.SANITY_TOKEN})})",
        },
    ),
    "zustand": (
        "next",
        {
            "app/page.tsx": "import {Init} from './init'\nexport default () => { const state = {auth: {token: process.env.SANITY_TOKEN}}; return <Init state={state}/> }",
            "app/init.tsx": "'use client'\nexport const Init = ({state}) => { useStore.setState(state); return null }",
        },
    ),
    "redux ssr": (
        "express",
        {
            "src/server.jsx": "app.get('*', (req, res) => { const store = configureStore({reducer, preloadedState: {cms: {token: process.env.SANITY_TOKEN}}}); res.send(page(store)) })",
        },
    ),
    "pinia ref": (
        "nuxt",
        {
            "stores/cms.ts": "export const useCms = defineStore('cms', () => { const token = ref(process.env.SANITY_TOKEN)\nreturn {token} })",
        },
    ),
    "next promise use": (
        "next",
        {
            "app/page.tsx": "import {E} from './e'\nasync function get() { return {token: process.env.SANITY_TOKEN} }\nexport default () => { const p = get(); return <E p={p}/> }",
            "app/e.tsx": "'use client'\nexport const E = (p) => <b/>",
        },
    ),
    "cookies svelte": (
        "@sveltejs/kit",
        {
            "src/hooks.server.ts": "import {SANITY_TOKEN} from '$env/static/private'\nexport const handle = async ({event, resolve}) => { event.cookies.set('t', SANITY_TOKEN, {path: '/'}); const response = await resolve(event); response.headers.set('x', SANITY_TOKEN); return response }",
        },
    ),
    "remix headers": (
        "@react-router/dev",
        {
            "app/routes/a.tsx": "export const loader = () => data({}, {headers: {'Set-Cookie': `t=${process.env.SANITY_TOKEN}`}})\nexport default () => null",
        },
    ),
    "remix throw": (
        "@react-router/dev",
        {
            "app/routes/a.tsx": "export const loader = () => { throw new Response(process.env.SANITY_TOKEN, {status: 500}) }\nexport default () => null",
        },
    ),
    "remix entry": (
        "@react-router/dev",
        {
            "app/entry.server.tsx": "export default function handleRequest(request, status, responseHeaders, ctx) { responseHeaders.set('x-t', process.env.SANITY_TOKEN) }",
        },
    ),
    "nuxt plugin server": (
        "nuxt",
        {
            "plugins/a.server.ts": "export default defineNuxtPlugin((nuxtApp) => { useState('t', () => process.env.SANITY_TOKEN) })",
        },
    ),
    "nuxt payload": (
        "nuxt",
        {
            "plugins/a.server.ts": "export default defineNuxtPlugin((nuxtApp) => { nuxtApp.payload.token = process.env.SANITY_TOKEN })",
        },
    ),
    "nitro response": (
        "nuxt",
        {
            "server/plugins/a.ts": "export default defineNitroPlugin((nitro) => { nitro.hooks.hook('render:response', (response) => { response.headers['x-t'] = process.env.SANITY_TOKEN }) })",
        },
    ),
    "nuxt useRequestFetch": (
        "nuxt",
        {
            "server/api/a.ts": "export default defineEventHandler(async (event) => { const config = useRuntimeConfig(event); return {ok: true, token: config.sanityToken} })",
        },
    ),
    "angular header": (
        "@angular/core",
        {
            "src/server.ts": "const app = express()\napp.use('/**', (req, res, next) => { res.setHeader('x', process.env['SANITY_TOKEN']); next() })",
        },
    ),
    "express class": (
        "express",
        {
            "src/c.ts": "export class C { token(req: Request, res: Response) { return res.status(200).json({token: process.env.SANITY_TOKEN}) } }",
        },
    ),
    "express locals": (
        "express",
        {
            "src/c.ts": "export const f = (req, res) => { res.locals.token = process.env.SANITY_TOKEN; res.render('index') }",
        },
    ),
    "express html": (
        "express",
        {
            "src/c.ts": "app.get('/', (req, res) => { res.send(`<script>window.T='${process.env.SANITY_TOKEN}'</script>`) })",
        },
    ),
    "express renderx": (
        "express",
        {
            "src/c.ts": "app.get('/', (req, res) => { const model = {}; model.token = process.env.SANITY_TOKEN; res.render('a', model) })",
        },
    ),
    "next getInitialProps fn": (
        "next",
        {
            "pages/_app.js": "function App() { return null }\nApp.getInitialProps = async function (ctx) { return {pageProps: {token: process.env.SANITY_TOKEN}} }\nexport default App",
        },
    ),
    "next Script": (
        "next",
        {
            "app/layout.tsx": "export default () => <html><head><script dangerouslySetInnerHTML={{__html: `window.T=${JSON.stringify({t: process.env.SANITY_TOKEN})}`}}/></head></html>",
        },
    ),
    "next Script comp": (
        "next",
        {
            "app/layout.tsx": "import Script from 'next/script'\nexport default () => <Script id='a'>{`window.T='${process.env.SANITY_TOKEN}'`}</Script>",
        },
    ),
    "next json ld": (
        "next",
        {
            "pages/_document.tsx": "export default () => <Html><Head><meta name='t' content={process.env.SANITY_TOKEN}/></Head></Html>",
        },
    ),
    "vercel": (
        "vercel",
        {
            "api/t.ts": "export default function handler(req, res) { res.setHeader('x-t', process.env.SANITY_TOKEN); res.end() }",
        },
    ),
    "writeHead": (
        "express",
        {
            "src/c.ts": "http.createServer((req, res) => { res.writeHead(302, {Location: '/?t=' + process.env.SANITY_TOKEN}); res.end() })",
        },
    ),
    "props 3 default export": (
        "next",
        {
            "app/page.tsx": "import Layout from './l'\nexport default function P() { return <Layout><Main cfg={{sanity: {token: process.env.SANITY_API_TOKEN}}}/></Layout> }\nfunction Main({cfg}) { return <Wrapper sanity={cfg.sanity}/> }\nimport Wrapper from './w'",
            "app/w.tsx": "import E from './e'\nexport default function Wrapper({sanity: {token}}: {sanity: {token: string}}) { return <div><E token={token}/></div> }",
            "app/l.tsx": "export default ({children}) => <div>{children}</div>",
            "app/e.tsx": "'use client'\nexport const E = (p) => <b>{p.a}</b>\nexport default E",
        },
    ),
    "props rest": (
        "next",
        {
            "app/page.tsx": "import W from './w'\nexport default () => <W token={process.env.SANITY_API_TOKEN} a='b'/>",
            "app/w.tsx": "import E from './e'\nexport default function W({a, ...rest}) { return <E {...rest}/> }",
            "app/e.tsx": "'use client'\nexport const E = (p) => <b>{p.a}</b>\nexport default E",
        },
    ),
    "props default": (
        "next",
        {
            "app/page.tsx": "import W from './w'\nexport default () => <W/>",
            "app/w.tsx": "import E from './e'\nexport default function W({token = process.env.SANITY_API_TOKEN}) { return <E token={token}/> }",
            "app/e.tsx": "'use client'\nexport const E = (p) => <b>{p.a}</b>\nexport default E",
        },
    ),
    "props memo": (
        "next",
        {
            "app/page.tsx": "import W from './w'\nexport default () => <W token={process.env.SANITY_API_TOKEN}/>",
            "app/w.tsx": "import {memo} from 'react'\nimport E from './e'\nexport default memo(function W({token}) { return <E token={token}/> })",
            "app/e.tsx": "'use client'\nexport const E = (p) => <b>{p.a}</b>\nexport default E",
        },
    ),
    "createElement": (
        "next",
        {
            "app/page.tsx": "import {createElement} from 'react'\nimport E from './e'\nexport default () => createElement(E, {token: process.env.SANITY_API_TOKEN})",
            "app/e.tsx": "'use client'\nexport const E = (p) => <b>{p.a}</b>\nexport default E",
        },
    ),
    "children fn": (
        "next",
        {
            "app/page.tsx": "import E from './e'\nconst render = (token) => <E token={token}/>\nexport default () => <div>{render(process.env.SANITY_API_TOKEN)}</div>",
            "app/e.tsx": "'use client'\nexport const E = (p) => <b>{p.a}</b>\nexport default E",
        },
    ),
    "map": (
        "next",
        {
            "app/page.tsx": "import E from './e'\nexport default () => <div>{['a'].map((a) => <E key={a} token={process.env.SANITY_API_TOKEN}/>)}</div>",
            "app/e.tsx": "'use client'\nexport const E = (p) => <b>{p.a}</b>\nexport default E",
        },
    ),
    "gen metadata async": (
        "next",
        {
            "app/layout.tsx": "export const generateMetadata = async () => { const other = {}; other['x-token'] = process.env.SANITY_API_TOKEN; return {title: 'a', other} }",
        },
    ),
    "icons": (
        "next",
        {
            "app/page.tsx": "export const metadata: Metadata = {icons: `https://cdn.com/x?token=${process.env.SANITY_API_TOKEN}`}",
        },
    ),
    "cookie obj": (
        "next",
        {
            "middleware.ts": "export function middleware() { const res = NextResponse.next(); res.cookies.set({name: 't', value: process.env.SANITY_API_TOKEN}); return res }",
        },
    ),
    "cookie append": (
        "next",
        {
            "app/api/r/route.ts": "export const GET = () => new Response('', {headers: {'Set-Cookie': `t=${process.env.SANITY_API_TOKEN}; Path=/`}})",
        },
    ),
    "cookie serialize": (
        "express",
        {
            "src/a.ts": "import {serialize} from 'cookie'\nexport const f = (req, res) => { res.setHeader('Set-Cookie', serialize('t', process.env.SANITY_API_TOKEN)); res.end() }",
        },
    ),
    "searchParams": (
        "next",
        {
            "app/api/r/route.ts": "import {redirect} from 'next/navigation'\nexport function GET() { const url = new URL('https://a.com'); url.searchParams.set('t', process.env.SANITY_API_TOKEN); redirect(url.toString()) }",
        },
    ),
    "searchParams2": (
        "next",
        {
            "app/api/r/route.ts": "export function GET() { const url = new URL('https://a.com'); url.searchParams.set('t', process.env.SANITY_API_TOKEN); return Response.redirect(url) }",
        },
    ),
    "gip class prop": (
        "next",
        {
            "pages/a.tsx": "export default class A extends React.Component { static getInitialProps = async () => ({token: process.env.SANITY_API_TOKEN}) }",
        },
    ),
    "gip expr": (
        "next",
        {
            "pages/a.tsx": "const A: NextPage = () => null\nA.getInitialProps = getProps\nasync function getProps() { return {token: process.env.SANITY_API_TOKEN} }\nexport default A",
        },
    ),
    "react cache member": (
        "next",
        {
            "lib/t.ts": "import * as React from 'react'\nexport const getCfg = React.cache(() => ({token: process.env.SANITY_API_TOKEN}))",
            "app/page.tsx": "import {getCfg} from '../lib/t'\nimport E from './e'\nexport default () => { const cfg = getCfg(); return <E cfg={cfg}/> }",
            "app/e.tsx": "'use client'\nexport const E = (p) => <b>{p.a}</b>\nexport default E",
        },
    ),
    "use cache": (
        "next",
        {
            "lib/t.ts": "export async function getCfg() { 'use cache'\n return {token: process.env.SANITY_API_TOKEN} }",
            "app/page.tsx": "import {getCfg} from '../lib/t'\nimport E from './e'\nexport default async () => <E cfg={await getCfg()}/>",
            "app/e.tsx": "'use client'\nexport const E = (p) => <b>{p.a}</b>\nexport default E",
        },
    ),
    "context comp": (
        "next",
        {
            "app/layout.tsx": "import {Provider} from './p'\nexport default ({children}) => { const value = {token: process.env.SANITY_API_TOKEN}; return <Provider value={value}>{children}</Provider> }",
            "app/p.tsx": "'use client'\nconst Ctx = createContext(null)\nexport function Provider({value, children}) { return <Ctx.Provider value={value}>{children}</Ctx.Provider> }",
        },
    ),
    "bind curry": (
        "next",
        {
            "app/page.tsx": "import {save} from './a'\nexport default () => { const withToken = save.bind(null, process.env.SANITY_API_TOKEN); return <form action={withToken}/> }",
            "app/a.ts": "'use server'\nexport async function save(token, f) {}",
        },
    ),
    "bind inline": (
        "next",
        {
            "app/page.tsx": "export default () => { async function save(token, f) { 'use server'\n await x(token) }\n return <form action={save.bind(null, process.env.SANITY_API_TOKEN)}/> }",
        },
    ),
    "promise then": (
        "next",
        {
            "app/page.tsx": "import E from './e'\nconst get = async () => process.env.SANITY_API_TOKEN\nexport default () => { const p = get(); return <Suspense><E p={p}/></Suspense> }",
            "app/e.tsx": "'use client'\nexport const E = (p) => <b>{p.a}</b>\nexport default E",
        },
    ),
    "config header fn": (
        "next",
        {
            "next.config.ts": "const token = process.env.SANITY_API_TOKEN\nconst nextConfig: NextConfig = {headers() { return Promise.resolve([{source: '/x', headers: [{key: 'x', value: token}]}]) }}\nexport default nextConfig",
        },
    ),
    "config wrap": (
        "next",
        {
            "next.config.mjs": "import withX from 'x'\nconst redirects = async () => [{source: '/a', destination: 'https://b.com/?k=' + process.env.SANITY_API_TOKEN, permanent: false}]\nexport default withX({redirects})",
        },
    ),
    "defer svelte nested": (
        "@sveltejs/kit",
        {
            "src/routes/+layout.server.ts": "import {SANITY_TOKEN} from '$env/static/private'\nconst getToken = async () => SANITY_TOKEN\nexport const load = async () => ({streamed: {token: getToken()}})",
        },
    ),
    "svelte error str": (
        "@sveltejs/kit",
        {
            "src/routes/a/+server.ts": "import {error} from '@sveltejs/kit'\nimport {SANITY_TOKEN} from '$env/static/private'\nexport const GET = () => { throw error(500, `bad token ${SANITY_TOKEN}`) }",
        },
    ),
    "svelte handleError fn": (
        "@sveltejs/kit",
        {
            "src/hooks.server.ts": "import {SANITY_TOKEN} from '$env/static/private'\nexport function handleError({error, event}) { return {message: 'x', debug: {token: SANITY_TOKEN}} }",
        },
    ),
    "svelte chunk 2": (
        "@sveltejs/kit",
        {
            "src/hooks.server.ts": "import {SANITY_TOKEN} from '$env/static/private'\nexport const handle = async ({event, resolve}) => { const transformPageChunk = ({html}) => html.replaceAll('%x%', SANITY_TOKEN); return await resolve(event, {transformPageChunk}) }",
        },
    ),
    "svelte chunk tpl": (
        "@sveltejs/kit",
        {
            "src/hooks.server.ts": "import {SANITY_TOKEN} from '$env/static/private'\nexport const handle = async ({event, resolve}) => resolve(event, {transformPageChunk({html, done}) { return html + `<script>t='${SANITY_TOKEN}'</script>` }})",
        },
    ),
    "svelte setHeaders ev": (
        "@sveltejs/kit",
        {
            "src/routes/+page.server.ts": "import {SANITY_TOKEN} from '$env/static/private'\nexport const load = (event) => { event.setHeaders({'x-t': SANITY_TOKEN}) }",
        },
    ),
    "nuxt head fn": (
        "nuxt",
        {
            "app.vue": "<script setup>\nconst token = process.env.SANITY_TOKEN\nuseHead(() => ({script: [{innerHTML: `window.T='${token}'`}]}))\n</script>",
        },
    ),
    "nuxt seo": (
        "nuxt",
        {
            "pages/a.vue": "<script setup>\nconst c = useRuntimeConfig()\nuseSeoMeta({description: c.sanityToken})\n</script>",
        },
    ),
    "nuxt routeRules redirect": (
        "nuxt",
        {
            "nuxt.config.ts": "export default defineNuxtConfig({routeRules: {'/a': {redirect: `/b?t=${process.env.SANITY_TOKEN}`}}})",
        },
    ),
    "nuxt createError page": (
        "nuxt",
        {
            "pages/a.vue": "<script setup>\nthrow createError({statusCode: 500, data: {t: process.env.SANITY_TOKEN}})\n</script>",
        },
    ),
    "nuxt plugin html": (
        "nuxt",
        {
            "server/plugins/x.ts": "export default defineNitroPlugin((nitroApp) => {\n  nitroApp.hooks.hook('render:html', (html, {event}) => {\n    html.bodyAppend.push(`<script>window.T = ${JSON.stringify({t: useRuntimeConfig().sanityToken})}</script>`)\n  })\n})",
        },
    ),
    "angular makeStateKey": (
        "@angular/core",
        {
            "src/app/app.component.ts": "export class A { private ts = inject(TransferState); constructor() { if (isPlatformServer(this.id)) { this.ts.set(makeStateKey('t'), process.env['SANITY_TOKEN']) } } }",
        },
    ),
    "angular service": (
        "@angular/core",
        {
            "src/app/x.ts": "export class A { constructor(private state: TransferState) { this.state.set<string>(KEY, process.env['SANITY_TOKEN']) } }",
        },
    ),
    "express router chain": (
        "express",
        {
            "src/r.ts": "router.route('/x').get((request, response) => response.type('json').send({t: process.env.SANITY_API_TOKEN}))",
        },
    ),
    "express async fn": (
        "express",
        {
            "controllers/x.js": "exports.show = async function (req, res, next) { try { const data = await load(); return res.render('x', {data, sanityToken: process.env.SANITY_API_TOKEN}) } catch (e) { next(e) } }",
        },
    ),
    "express cookie": (
        "express",
        {
            "src/a.ts": "export const f = (req, res) => res.cookie('t', process.env.SANITY_API_TOKEN, {httpOnly: true})",
        },
    ),
    "express app.locals dest": (
        "express",
        {
            "src/a.ts": "const {locals} = app\napp.locals.cms = {token: process.env.SANITY_API_TOKEN}",
        },
    ),
    "express helper": (
        "express",
        {
            "src/a.ts": "import {ok} from './h'\napp.get('/', (req, res) => ok(res, {t: process.env.SANITY_API_TOKEN}))",
            "src/h.ts": "export function ok(res, data) { return res.status(200).json({ok: true, data}) }",
        },
    ),
    "hono return": (
        "hono",
        {
            "src/a.ts": "app.get('/', (c) => { const {SANITY_TOKEN} = env(c); return c.json({t: SANITY_TOKEN}) })",
        },
    ),
    "koa body": (
        "koa",
        {
            "src/a.ts": "router.get('/', (ctx) => { ctx.body = JSON.stringify({t: process.env.SANITY_API_TOKEN}) })",
        },
    ),
    "cf handler satisfies": (
        "wrangler",
        {
            "src/index.ts": "export default {\n async fetch(req, env, ctx): Promise<Response> { return Response.json({token: env.SANITY_TOKEN}) },\n} satisfies ExportedHandler<Env>",
        },
    ),
    "cf class": (
        "wrangler",
        {
            "src/index.ts": "export default class extends WorkerEntrypoint { fetch() { return new Response(this.env.SANITY_TOKEN) } }",
        },
    ),
    "rr middleware": (
        "@react-router/dev",
        {
            "app/routes/a.tsx": "export const loader = async ({context}) => { const token = await context.env.SANITY_TOKEN; return Response.json({token}) }\nexport default () => null",
        },
    ),
    "rr lc": (
        "@react-router/dev",
        {
            "app/routes/a.tsx": "export const loader = ({context}) => { const cfg = {}; cfg.token = context.cloudflare.env.SANITY_TOKEN; return cfg }\nexport default () => null",
        },
    ),
}


@pytest.mark.parametrize(("framework", "files"), FOUND.values(), ids=FOUND)
def test_a_part_of_a_site_that_hands_a_token_over(framework: str, files: Texts) -> None:
    packages = DEPENDENCIES.get(framework, (framework,))
    assert RULE in {finding.rule_id for finding in misuse({"package.json": package(*packages), **files})}
