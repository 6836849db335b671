"""Ways by which code of a server reads a secret before a page hands it to the browser."""

from collections.abc import Mapping
from typing import Final

import pytest

from tests.support.code import package, places

RULE: Final = "sanity-token-to-browser"
BROWSER: Final = {
    "package.json": package("next"),
    "app/editor.tsx": "'use client'\nexport const Editor = (props) => <b {...props}/>",
}
READER: Final = "export function read(name: string) {\n  const value = process.env[name]\n  return value!\n}"
ZOD: Final = (
    "import {z} from 'zod'\nexport const env = z.object({NAME: z.string(), PORT: z.number()}).parse(process.env)"
)
T3: Final = "import {createEnv} from '@t3-oss/env-nextjs'\nexport const env = createEnv({server: {NAME: z.string()}})"
ENVALID: Final = "import {cleanEnv, str} from 'envalid'\nexport const env = cleanEnv(process.env, {NAME: str()})"
WAYS: Final[Mapping[str, tuple[str, str, str]]] = {
    "directly": ("", "", "process.env.NAME"),
    "by its text": ("", "", "process.env['NAME']"),
    "as base64": ("", "", "Buffer.from(process.env.NAME ?? '').toString('base64')"),
    "destructured": ("", "const {NAME} = process.env", "NAME"),
    "by a function": (READER, "import {read} from './read'", "read('NAME')"),
    "from an object": ("export const all = {a: {key: process.env.NAME}}", "import {all} from './read'", "all.a.key"),
    "from a function's result": (
        "export const all = () => ({key: process.env.NAME})",
        "import {all} from './read'",
        "all().key",
    ),
    "from an instance": (
        "class All { key = process.env.NAME }\nexport const all = new All()",
        "import {all} from './read'",
        "all.key",
    ),
    "by another name of the environment": (
        "const e = process.env\nexport const key = e.NAME",
        "import {key} from './read'",
        "key",
    ),
    "checked by zod": (ZOD, "import {env} from './read'", "env.NAME"),
    "checked by t3": (T3, "import {env} from './read'", "env.NAME"),
    "checked by envalid": (ENVALID, "import {env} from './read'", "env.NAME"),
    "with others": (
        "",
        "const [, key] = await Promise.all([load(), read()])\nconst read = () => process.env.NAME",
        "key",
    ),
    "in a list": ("", "const all = [{key: process.env.NAME}]", "all.filter(Boolean)"),
    "by a method of an instance": (
        "class All {\n  key = process.env.NAME\n  get() { return this.key }\n}\nexport const all = new All()",
        "import {all} from './read'",
        "all.get()",
    ),
    "in a copy": ("", "const all = Object.assign({}, {key: process.env.NAME})", "all"),
    "in a text": ("", "const all = JSON.stringify({key: process.env.NAME})", "`data: ${all}`"),
    "by env-var": (
        "import env from 'env-var'\nexport const key = env.get('NAME').required().asString()",
        "import {key} from './read'",
        "key",
    ),
}
SECRETS: Final = (
    "STRIPE_SECRET_KEY",
    "JWT_SECRET",
    "DATABASE_URL",
    "MONGODB_URI",
    "SMTP_PASS",
    "SMTP_PASSWORD",
    "OPENAI_KEY",
    "GITHUB_PAT",
    "SUPABASE_SERVICE_ROLE",
    "FIREBASE_SERVICE_ACCOUNT",
    "AZURE_CONNECTION_STRING",
)
NO_SECRETS: Final = ("SENTRY_DSN", "SITE_URL", "DATABASE_NAME", "MAPBOX_TOKEN", "STRIPE_PUBLISHABLE_KEY")


def _files(way: str, name: str) -> dict[str, str]:
    read, line, value = WAYS[way]
    page = f"import {{Editor}} from './editor'\n{line}\nexport default () => <Editor given={{{value}}}/>"
    files = {"app/page.tsx": page, **({"app/read.ts": read} if read else {})}
    return {**BROWSER, **{path: text.replace("NAME", name) for path, text in files.items()}}


@pytest.mark.parametrize("way", WAYS)
def test_what_is_no_secret_is_silent(way: str) -> None:
    found = {name: places(_files(way, name)) for name in NO_SECRETS}
    assert found == {key: [] for key in NO_SECRETS}


@pytest.mark.parametrize("way", WAYS)
def test_a_secret_is_found(way: str) -> None:
    found = {name: [place.partition(":")[0] for place in places(_files(way, name), RULE)] for name in SECRETS}
    assert found == {key: ["app/page.tsx"] for key in SECRETS}


KEY: Final = "process.env.OPENAI_API_KEY"
SILENT: Final[Mapping[str, tuple[str, str]]] = {
    "another item": (f"const [a, key] = await Promise.all([load(), {KEY}])", "a"),
    "a search by a client": (f"const ai = new OpenAI({{apiKey: {KEY}}})", "await ai.models.find('a')"),
    "a copy that replaces it": (f"const all = {{key: {KEY}}}", "Object.assign({}, all, {key: undefined})"),
    "what a method fetches with it": (
        f"class Api {{\n  key = {KEY}\n  get() {{ return fetch('a', {{headers: {{a: this.key}}}}) }}\n}}",
        "new Api().get()",
    ),
    "whether it is set, in a text": (f"const all = JSON.stringify({{has: !!{KEY}}})", "`data: ${all}`"),
}


@pytest.mark.parametrize(("line", "value"), SILENT.values(), ids=SILENT)
def test_what_is_made_without_it(line: str, value: str) -> None:
    page = f"import {{Editor}} from './editor'\n{line}\nexport default async () => <Editor given={{{value}}}/>"
    assert places({**BROWSER, "app/page.tsx": page}) == []


@pytest.mark.parametrize(
    ("dependency", "code"),
    [
        ("hono", "app.get('/', (c) => {\n  const { DATABASE_URL } = c.env\n  return c.text(DATABASE_URL)\n})"),
        (
            "@builder.io/qwik",
            "export const useKey = routeLoader$(async ({env}) => ({key: env.get('OPENAI_API_KEY')}))",
        ),
    ],
)
def test_an_environment_that_a_handler_is_given(dependency: str, code: str) -> None:
    assert len(places({"package.json": package(dependency), "src/routes/index.ts": code}, RULE)) == 1


SILENT_DUMPS: Final[Mapping[str, str]] = {
    "given to a child process": "spawn('next', {env: process.env})\nspawn('next', {env: {...process.env, A: 1}})",
    "for the server itself": "const all = {...process.env}\nexport const load = () => ({port: all.PORT})",
    "a loader that counts": "export const loader = () => ({count: Object.keys(process.env).length})",
}
DUMPS: Final[Mapping[str, str]] = {
    "a member": "export const loader = async () => ({env: process.env})",
    "a spread": "export async function loader() {\n  return {\n    env: {...process.env},\n  }\n}",
    "the environment": "export const loader = () => {\n  return process.env\n}",
    "a constant": "const env = process.env\nexport const loader = () => ({env})",
    "JSON": "export const loader = () => json({env: process.env})",
}


@pytest.mark.parametrize("code", SILENT_DUMPS.values(), ids=SILENT_DUMPS)
def test_an_environment_that_stays_on_the_server(code: str) -> None:
    assert places({"package.json": package("@remix-run/node"), "app/routes/_index.tsx": code}) == []


@pytest.mark.parametrize("code", DUMPS.values(), ids=DUMPS)
def test_the_whole_environment_as_the_only_secret_of_a_project(code: str) -> None:
    assert len(places({"package.json": package("@remix-run/node"), "app/routes/_index.tsx": code}, RULE)) == 1
