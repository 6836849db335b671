"""Projects without Sanity: a secret of another service that server-side code passes to the browser is found."""

import json
from pathlib import Path
from typing import Final

import pytest

from tests.acceptance.support import installed, write


def package(*names: str) -> str:
    return json.dumps({"name": "shop", "dependencies": dict.fromkeys(names, "*")})


PAY: Final = "'use client'\nexport default function Pay({secret}) { return <b>{secret.length}</b> }\n"
FETCHED: Final = "fetch('https://api.example.com/v1', {headers: {Authorization: `Bearer ${%s}`}}).then((r) => r.json())"
SILENT: Final[dict[str, dict[str, str]]] = {
    "a copy of the environment": {
        "package.json": package("next", "react"),
        "app/api/key/route.js": "const {env} = process\n"
        "export const GET = () => Response.json({on: Boolean(env.STRIPE_SECRET_KEY), region: env.REGION})\n",
    },
    "props of a Next.js page": {
        "package.json": package("next", "react"),
        "pages/index.js": "export async function getServerSideProps() {\n"
        f"  return {{props: {{items: await {FETCHED % 'process.env.STRIPE_SECRET_KEY'}}}}}\n}}\n",
    },
    "data of SvelteKit": {
        "package.json": package("@sveltejs/kit", "svelte"),
        "src/routes/+page.server.ts": "import {STRIPE_SECRET_KEY} from '$env/static/private'\n"
        f"export const load = async () => ({{items: await {FETCHED % 'STRIPE_SECRET_KEY'}}})\n",
    },
    "an answer of Nuxt": {
        "package.json": package("nuxt"),
        "server/api/items.ts": "export default defineEventHandler(() => {\n"
        f"  const {{stripeSecret}} = useRuntimeConfig()\n  return {FETCHED % 'stripeSecret'}\n}})\n",
    },
    "data of React Router": {
        "package.json": package("react-router", "@react-router/dev"),
        "app/routes/home.tsx": "const {STRIPE_SECRET_KEY} = process.env\n"
        f"export const loader = async () => ({{items: await {FETCHED % 'STRIPE_SECRET_KEY'}}})\n",
    },
    "what is public of a configuration": {
        "package.json": package("next", "react"),
        "lib/config.ts": "const config = {site: process.env.SITE_URL, stripe: {secret: process.env.STRIPE_SECRET_KEY}}\n"
        "export const {stripe, ...publicConfig} = config\n",
        "pages/index.tsx": "import {publicConfig} from '../lib/config'\n"
        "export const getStaticProps = () => ({props: {publicConfig}})\n",
    },
    "the end of a key": {
        "package.json": package("next", "react"),
        "app/api/status/route.ts": "const key = process.env.STRIPE_SECRET_KEY\nexport const GET = () => Response.json("
        "{last: key.slice(-4), stars: key.replace(/.(?=.{4})/g, '*'), on: Boolean(key), mode: key ? 'on' : 'off'})\n",
    },
    "a token that a secret signs": {
        "package.json": package("express"),
        "index.js": "app.post('/login', (req, res) => res.json("
        "{token: jwt.sign({id: 1}, process.env.JWT_SECRET), old: jwt.encode({id: 1}, process.env.JWT_SECRET)}))\n",
    },
    "a script": {
        "package.json": package("next", "react"),
        "scripts/sync.mjs": f"console.log(await {FETCHED % 'process.env.GITHUB_TOKEN'})\n",
    },
}
FOUND: Final[dict[str, tuple[str, dict[str, str]]]] = {
    **{
        f"a variable of the environment as {what}": (
            "app/api/key/route.js:2",
            {
                "package.json": package("next", "react"),
                "app/api/key/route.js": f"{first}\nexport const GET = () => Response.json({{key: {key}}})\n",
            },
        )
        for what, first, key in (
            ("an import", "import {env} from 'node:process'", "env.STRIPE_SECRET_KEY"),
            ("a member of the process", "const {env} = process", "env.STRIPE_SECRET_KEY"),
            ("a copy", "const env = process.env", "env.STRIPE_SECRET_KEY"),
            ("what is required", "const {env} = require('process')", "env['STRIPE_SECRET_KEY']"),
            ("a part of a part", "const {env: {STRIPE_SECRET_KEY: key}} = process", "key"),
        )
    },
    "props of a Next.js page": (
        "pages/index.js:2",
        {
            "package.json": package("next", "react"),
            "pages/index.js": "export async function getServerSideProps() {\n"
            "  return {props: {key: process.env.STRIPE_SECRET_KEY}}\n}\n",
        },
    ),
    "a prop of a client component": (
        "app/page.jsx:2",
        {
            "package.json": package("next", "react"),
            "app/page.jsx": "import Pay from './pay'\n"
            "export default function Page() { return <Pay secret={process.env['RESEND_API_KEY']} /> }\n",
            "app/pay.jsx": PAY,
        },
    ),
    "a constant of another module": (
        "pages/index.js:2",
        {
            "package.json": package("next", "react"),
            "lib/keys.js": "export const key = process.env.OPENAI_API_KEY\n",
            "pages/index.js": "import {key} from '../lib/keys'\nexport const getStaticProps = () => ({props: {key}})\n",
        },
    ),
    "data of SvelteKit": (
        "src/routes/+page.server.ts:2",
        {
            "package.json": package("@sveltejs/kit", "svelte"),
            "src/routes/+page.server.ts": "import {STRIPE_SECRET_KEY} from '$env/static/private'\n"
            "export const load = () => ({key: STRIPE_SECRET_KEY})\n",
        },
    ),
    "an answer of Nuxt": (
        "server/api/key.ts:3",
        {
            "package.json": package("nuxt"),
            "server/api/key.ts": "export default defineEventHandler(() => {\n"
            "  const {stripeSecret} = useRuntimeConfig()\n  return {key: stripeSecret}\n})\n",
        },
    ),
    "data of React Router": (
        "app/routes/home.tsx:2",
        {
            "package.json": package("react-router", "@react-router/dev"),
            "app/routes/home.tsx": "const {STRIPE_SECRET_KEY} = process.env\n"
            "export const loader = () => ({key: STRIPE_SECRET_KEY})\n",
        },
    ),
}


@pytest.mark.parametrize("files", SILENT.values(), ids=SILENT)
def test_a_secret_that_stays_on_the_server_is_silent(files: dict[str, str], tmp_path: Path) -> None:
    write(tmp_path, files)
    assert installed("scan", ".", "--isolated", "--format", "json", cwd=tmp_path).json()["findings"] == []


@pytest.mark.parametrize(("place", "files"), FOUND.values(), ids=FOUND)
def test_a_secret_that_is_passed_to_the_browser_is_found(place: str, files: dict[str, str], tmp_path: Path) -> None:
    write(tmp_path, files)
    (finding,) = installed("scan", ".", "--isolated", "--format", "json", cwd=tmp_path).json()["findings"]
    assert f"{finding['path']}:{finding['line']}" == place
    assert "Sanity" not in finding["title"] + finding["why"] + finding["fix"]
