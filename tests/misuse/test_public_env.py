"""Public variables with the names of secrets: where they are read and where they are set."""

from collections.abc import Mapping
from typing import Final

import pytest

from frontleak.core.vocabulary import Severity
from tests.support.code import misuse, package, places

RULE: Final = "public-env-secret"
NEXT: Final = {"package.json": package("next")}
NAME: Final = "NEXT_PUBLIC_SANITY_TOKEN"

NO_READ: Final[Mapping[str, str]] = {
    "a variable of the server": "export const a = process.env.SANITY_TOKEN",
    "a public variable that is no secret": "export const a = process.env.NEXT_PUBLIC_SANITY_PROJECT_ID",
    "a public key": "export const a = process.env.NEXT_PUBLIC_STRIPE_PUBLISHABLE_KEY",
    "a comment": "// process.env.NEXT_PUBLIC_SANITY_TOKEN",
    "a text": "export const a = 'process.env.NEXT_PUBLIC_SANITY_TOKEN'",
    "a member of something else": "export const a = settings.NEXT_PUBLIC_SANITY_TOKEN",
    "a name of the file itself": "const NEXT_PUBLIC_SANITY_TOKEN = 'a'; export const b = NEXT_PUBLIC_SANITY_TOKEN",
    "a key": "export const a = {NEXT_PUBLIC_SANITY_TOKEN: ''}",
    "taken out of something else": "const {NEXT_PUBLIC_SANITY_TOKEN} = settings",
    "an environment of its own": "const process = {env: {}}; export const a = process.env.NEXT_PUBLIC_SANITY_TOKEN",
    "a field of a class of something else": (
        "class Settings { static env = {} }; export const a = Settings.env.NEXT_PUBLIC_SANITY_TOKEN"
    ),
    "an environment that is given": "export const f = (process) => process.env.NEXT_PUBLIC_SANITY_TOKEN",
    "a cast of something else": "export const a = (settings as any).env.NEXT_PUBLIC_SANITY_TOKEN",
    "a member of a member of something else": "const {env: {NEXT_PUBLIC_SANITY_TOKEN}} = settings",
    "something else asked for by Reflect": "export const a = Reflect.get(settings, 'NEXT_PUBLIC_SANITY_TOKEN')",
    "a key that another variable has": "const key = 'NEXT_PUBLIC_SITE'; export const a = process.env[key]",
    "a key that is given": "export const f = (NEXT_PUBLIC_SANITY_TOKEN) => process.env[NEXT_PUBLIC_SANITY_TOKEN]",
    "a function that looks elsewhere": (
        "const get = (key) => cache[key]; export const a = get('NEXT_PUBLIC_SANITY_TOKEN')"
    ),
    "a function that only prints it": "const log = (key) => key; export const a = log('NEXT_PUBLIC_SANITY_TOKEN')",
    "the environment deeper inside": "export const a = process.env.config.NEXT_PUBLIC_SANITY_TOKEN",
    "a process that a package gives": "import process from 'other'; export const a = process.env.NEXT_PUBLIC_SANITY_TOKEN",
}


@pytest.mark.parametrize("code", NO_READ.values(), ids=NO_READ)
def test_what_is_no_read(code: str) -> None:
    assert places({**NEXT, "lib/a.ts": f"/* {NAME} */\n{code}"}) == []


READS: Final[Mapping[str, str]] = {
    "process.env": "export const a = process.env.NEXT_PUBLIC_SANITY_TOKEN",
    "brackets": "export const a = process.env['NEXT_PUBLIC_SANITY_TOKEN']",
    "asked for carefully": "export const a = process.env?.NEXT_PUBLIC_SANITY_TOKEN",
    "import.meta.env": "export const a = import.meta.env.NEXT_PUBLIC_SANITY_TOKEN",
    "destructured": "const {NEXT_PUBLIC_SANITY_TOKEN} = process.env",
    "destructured under another name": "const {NEXT_PUBLIC_SANITY_TOKEN: token} = process.env",
    "destructured with a default": "const {NEXT_PUBLIC_SANITY_TOKEN = ''} = process.env",
    "of another name": "const env = process.env; export const a = env.NEXT_PUBLIC_SANITY_TOKEN",
    "in a function": "export const f = () => process.env.NEXT_PUBLIC_SANITY_TOKEN",
    "in an element": "export const A = () => <b c={process.env.NEXT_PUBLIC_SANITY_TOKEN}/>",
    "as a parameter's default": "export const f = (a = process.env.NEXT_PUBLIC_SANITY_TOKEN) => a",
    "in a condition": "if (!process.env.NEXT_PUBLIC_SANITY_TOKEN) throw new Error('a')",
    "a cast": "export const a = (process as any).env.NEXT_PUBLIC_SANITY_TOKEN",
    "a cast, asked for carefully": "export const a = (process as any)?.env?.NEXT_PUBLIC_SANITY_TOKEN",
    "a cast of import.meta": "export const a = (import.meta as any).env.NEXT_PUBLIC_SANITY_TOKEN",
    "a cast by unknown": "export const a = (process as unknown as {env: Env}).env.NEXT_PUBLIC_SANITY_TOKEN",
    "a cast of the environment": "export const a = (process.env as Env).NEXT_PUBLIC_SANITY_TOKEN",
    "satisfies": "export const a = (process.env satisfies Env)['NEXT_PUBLIC_SANITY_TOKEN']",
    "not null": "export const a = process!.env!.NEXT_PUBLIC_SANITY_TOKEN!",
    "a cast of globalThis": "export const a = (globalThis as any).process.env.NEXT_PUBLIC_SANITY_TOKEN",
    "window": "export const a = window.process?.env.NEXT_PUBLIC_SANITY_TOKEN",
    "brackets all the way": "export const a = process['env']['NEXT_PUBLIC_SANITY_TOKEN']",
    "a template as key": "export const a = process.env[`NEXT_PUBLIC_SANITY_TOKEN`]",
    "destructured from process": "const {env} = process; export const a = env.NEXT_PUBLIC_SANITY_TOKEN",
    "destructured from a cast": "const {env} = import.meta as any; export const a = env.NEXT_PUBLIC_SANITY_TOKEN",
    "destructured twice": "const {env: {NEXT_PUBLIC_SANITY_TOKEN: a}} = process",
    "process of another name": "const p = process as any; export const a = p.env.NEXT_PUBLIC_SANITY_TOKEN",
    "process of globalThis": "const {process: p} = globalThis; export const a = p.env.NEXT_PUBLIC_SANITY_TOKEN",
    "process as a module": "import p from 'node:process'; export const a = p.env.NEXT_PUBLIC_SANITY_TOKEN",
    "env of a module": "import {env} from 'process'; export const a = env.NEXT_PUBLIC_SANITY_TOKEN",
    "process that is required": "export const a = require('node:process').env.NEXT_PUBLIC_SANITY_TOKEN",
    "Reflect": "export const a = Reflect.get(process.env, 'NEXT_PUBLIC_SANITY_TOKEN')",
    "Reflect of a cast": "export const a = Reflect.get((import.meta as any).env, 'NEXT_PUBLIC_SANITY_TOKEN') as string",
    "Reflect for the environment": "export const a = Reflect.get(process, 'env').NEXT_PUBLIC_SANITY_TOKEN",
    "a constant as key": "const KEY = 'NEXT_PUBLIC_SANITY_TOKEN'; export const a = process.env[KEY]",
    "a constant as key, cast": (
        "const KEY = 'NEXT_PUBLIC_SANITY_TOKEN' as const; export const a = (process.env as any)[KEY as string]"
    ),
    "a member of constants as key": (
        "const KEYS = {token: 'NEXT_PUBLIC_SANITY_TOKEN'} as const; export const a = process.env[KEYS.token]"
    ),
    "a member of an enum as key": (
        "enum Key { Token = 'NEXT_PUBLIC_SANITY_TOKEN' }\nexport const a = process.env[Key.Token]"
    ).replace("\n", "; "),
    "a sum as key": "const prefix = 'NEXT_PUBLIC_'; export const a = process.env[prefix + 'SANITY_TOKEN']",
    "a template of constants as key": (
        "const prefix = 'NEXT_PUBLIC'; export const a = process.env[`${prefix}_SANITY_TOKEN`]"
    ),
    "one of two keys": (
        "const key = draft ? 'NEXT_PUBLIC_SANITY_TOKEN' : 'NEXT_PUBLIC_SITE'; export const a = process.env[key]"
    ),
    "a function that is given the name": (
        "const get = (key: string) => process.env[key]; export const a = get('NEXT_PUBLIC_SANITY_TOKEN')"
    ),
    "a function that checks": (
        "function get(key: string) { const value = process.env[key]; if (!value) throw new Error(key); return value } "
        "export const a = get('NEXT_PUBLIC_SANITY_TOKEN')"
    ),
    "a function that adds the prefix": (
        "const get = (key) => (import.meta as any).env[`NEXT_PUBLIC_${key}`] ?? ''; export const a = get('SANITY_TOKEN')"
    ),
    "a field of a class": (
        "class Settings { static env = import.meta.env }; export const a = Settings.env.NEXT_PUBLIC_SANITY_TOKEN"
    ),
    "a method of a class": (
        "class Env { static get(key) { return process.env[key] } }; export const a = Env.get('NEXT_PUBLIC_SANITY_TOKEN')"
    ),
    "a parameter's default that is the environment": (
        "export const f = (env = import.meta.env) => env.NEXT_PUBLIC_SANITY_TOKEN"
    ),
    "destructured in a parameter's default": "export const f = ({NEXT_PUBLIC_SANITY_TOKEN} = process.env) => 1",
    "destructured by an assignment": ("let NEXT_PUBLIC_SANITY_TOKEN; ({NEXT_PUBLIC_SANITY_TOKEN} = process.env)"),
    "destructured from what a function returns": (
        "const useEnv = () => process.env; const {NEXT_PUBLIC_SANITY_TOKEN} = useEnv()"
    ),
    "destructured from a copy": "const {NEXT_PUBLIC_SANITY_TOKEN: a} = Object.assign({}, import.meta.env)",
    "a copy": "const env = {...process.env}; export const a = env.NEXT_PUBLIC_SANITY_TOKEN",
    "a schema": "const env = schema.parse(process.env); export const a = env.NEXT_PUBLIC_SANITY_TOKEN",
}


@pytest.mark.parametrize("code", READS.values(), ids=READS)
def test_a_read(code: str) -> None:
    (finding,) = misuse({**NEXT, "lib/a.tsx": code})
    assert (finding.rule_id, finding.place.line, finding.context) == (RULE, 1, {"name": (NAME,)})


def test_a_read_on_the_server_counts_because_the_build_publishes_it_all_the_same() -> None:
    assert places({**NEXT, "app/api/route.ts": f"export const GET = () => fetch(process.env.{NAME})"}, RULE) == [
        "app/api/route.ts:1"
    ]


ENV_FILE: Final = """# NEXT_PUBLIC_COMMENT_TOKEN=a
NEXT_PUBLIC_SANITY_PROJECT_ID=abcd1234
NEXT_PUBLIC_SANITY_TOKEN=
export NEXT_PUBLIC_SANITY_WRITE_TOKEN=a
  NEXT_PUBLIC_STRIPE_SECRET_KEY = b
SANITY_API_TOKEN=c
NEXT_PUBLIC_SANITY_VIEWER_TOKEN=d # a comment
A=NEXT_PUBLIC_VALUE_TOKEN=e
"""


@pytest.mark.parametrize("name", [".env", ".env.local", ".env.production", ".env.example", "apps/web/.env"])
def test_an_environment_file(name: str) -> None:
    found = misuse({**NEXT, "apps/web/package.json": package("next"), name: ENV_FILE})
    assert [(finding.place.line, finding.context["name"], finding.severity) for finding in found] == [
        (3, ("NEXT_PUBLIC_SANITY_TOKEN",), Severity.HIGH),
        (4, ("NEXT_PUBLIC_SANITY_WRITE_TOKEN",), Severity.CRITICAL),
        (5, ("NEXT_PUBLIC_STRIPE_SECRET_KEY",), Severity.MEDIUM),
        (7, ("NEXT_PUBLIC_SANITY_VIEWER_TOKEN",), Severity.MEDIUM),
    ]
    assert {finding.rule_id for finding in found} == {RULE}


@pytest.mark.parametrize("name", ["env.txt", "README.md", "config/.envrc.js.txt"])
def test_what_is_no_environment_file(name: str) -> None:
    assert places({**NEXT, name: ENV_FILE}) == []


def test_a_variable_is_one_finding_with_the_places_where_it_is_named() -> None:
    (finding,) = misuse({**NEXT, ".env": f"{NAME}=a", "lib/a.ts": f"export const a = process.env.{NAME}"})
    shown = [f"{place.origin.path}:{place.line}" for place in (finding.place, *finding.also_at)]
    assert shown == [".env:1", "lib/a.ts:1"]


def test_two_projects_that_name_the_same_variable_are_two_findings() -> None:
    tree = {
        "apps/a/package.json": package("next"),
        "apps/a/.env": f"{NAME}=a",
        "apps/b/package.json": package("next"),
        "apps/b/.env": f"{NAME}=a",
    }
    assert places(tree, RULE) == ["apps/a/.env:1", "apps/b/.env:1"]


@pytest.mark.parametrize(
    ("dependency", "name", "expected"),
    [
        ("next", "PUBLIC_SANITY_TOKEN", []),
        ("astro", "PUBLIC_SANITY_TOKEN", [".env:1"]),
        ("@sveltejs/kit", "PUBLIC_SANITY_TOKEN", [".env:1"]),
        ("next", "VITE_SANITY_TOKEN", [".env:1"]),
        ("sanity", "SANITY_STUDIO_API_TOKEN", [".env:1"]),
        ("expo", "EXPO_PUBLIC_SANITY_TOKEN", [".env:1"]),
    ],
)
def test_a_prefix_of_a_common_word_counts_where_its_framework_is_used(
    dependency: str, name: str, expected: list[str]
) -> None:
    assert places({"package.json": package(dependency), ".env": f"{name}=a\n"}, RULE) == expected


def test_a_library_publishes_nothing() -> None:
    tree = {
        "package.json": '{"name": "a", "version": "1.0.0", "exports": "./a.js"}',
        "a.js": f"export const a = process.env.{NAME}",
    }
    assert places(tree) == []


USED: Final = f"""'use client'
import {{createClient}} from '@sanity/client'
const token = process.env.{NAME}
export const client = createClient({{projectId: 'abcd1234', token}})"""

EXPLAINED: Final[Mapping[str, tuple[Mapping[str, str], list[str]]]] = {
    "read where a client is made": ({}, []),
    "read elsewhere too": ({"lib/env.ts": f"export const env = {{token: process.env.{NAME}}}"}, []),
    "set in a file": ({".env.example": f"{NAME}=\n"}, []),
    "another variable": ({"lib/b.ts": f"export const b = process.env.{NAME}_2"}, ["lib/b.ts:1"]),
}


@pytest.mark.parametrize(("files", "expected"), EXPLAINED.values(), ids=EXPLAINED)
def test_a_token_of_a_client_is_one_finding_wherever_its_variable_is_set(
    files: Mapping[str, str], expected: list[str]
) -> None:
    tree = {**NEXT, "lib/a.ts": USED, **files}
    assert places(tree, "sanity-token-in-client-code") == ["lib/a.ts:4"]
    assert places(tree, RULE) == expected


BUILDS: Final[Mapping[str, tuple[str, str, int]]] = {
    "a workflow": (
        ".github/workflows/build.yml",
        "jobs:\n  a:\n    steps:\n      - run: npm run build\n        env:\n          NEXT_PUBLIC_SANITY_TOKEN: ${{ secrets.SANITY }}\n",
        6,
    ),
    "a pipeline": (".gitlab-ci.yml", "variables:\n  'NEXT_PUBLIC_SANITY_TOKEN': $SANITY\n", 2),
    "an image": ("Dockerfile", "FROM node\nARG NEXT_PUBLIC_SANITY_TOKEN=a\n", 2),
    "an image for something": ("docker/Dockerfile.web", "FROM node\nENV NEXT_PUBLIC_SANITY_TOKEN=$TOKEN\n", 2),
    "containers": ("compose.yaml", "services:\n  a:\n    environment:\n      - NEXT_PUBLIC_SANITY_TOKEN=a\n", 4),
    "Netlify": ("netlify.toml", "[build.environment]\n  NEXT_PUBLIC_SANITY_TOKEN = 'a'\n", 2),
    "Vercel": ("vercel.json", '{"build": {"env": {"NEXT_PUBLIC_SANITY_TOKEN": "@sanity"}}}', 1),
}


@pytest.mark.parametrize(("path", "text", "line"), BUILDS.values(), ids=BUILDS)
def test_a_variable_that_the_settings_of_a_build_set(path: str, text: str, line: int) -> None:
    (finding,) = misuse({**NEXT, path: text})
    assert (finding.rule_id, finding.place.line, finding.context) == (RULE, line, {"name": (NAME,)})


NO_BUILDS: Final[Mapping[str, tuple[str, str]]] = {
    "a comment": ("a.yml", "a: 1 # NEXT_PUBLIC_SANITY_TOKEN: b\n# NEXT_PUBLIC_SANITY_TOKEN: b\n"),
    "the value of another": ("a.yml", "env:\n  SANITY_TOKEN: ${{ secrets.NEXT_PUBLIC_SANITY_TOKEN }}\n"),
    "a use in a shell": ("a.yml", "run: test -n $NEXT_PUBLIC_SANITY_TOKEN=a ${NEXT_PUBLIC_SANITY_TOKEN:-b}\n"),
    "a name that is no secret's": ("a.yml", "env:\n  NEXT_PUBLIC_SANITY_DATASET: a # the token\n"),
    "a variable of the server": ("Dockerfile", "ENV SANITY_TOKEN=a\n"),
    "a part of a name": ("a.yml", "OLD_NEXT_PUBLIC_SANITY_TOKEN: a\n"),
    "another file": ("notes.txt", "NEXT_PUBLIC_SANITY_TOKEN: a\n"),
}


@pytest.mark.parametrize(("path", "text"), NO_BUILDS.values(), ids=NO_BUILDS)
def test_what_the_settings_of_a_build_may_say(path: str, text: str) -> None:
    assert places({**NEXT, path: text}) == []


INLINED: Final[Mapping[str, tuple[str, Mapping[str, str], list[str]]]] = {
    "a script of a page": (
        "parcel",
        {"index.html": "<script type=module src=./a.js></script>", "a.js": "use(process.env.SANITY_TOKEN)"},
        ["a.js:1"],
    ),
    "what a script of a page imports": (
        "parcel",
        {
            "index.html": "<script type=module src=./a.js></script>",
            "a.js": "import './b'",
            "b.js": "use(process.env.SANITY_TOKEN)",
        },
        ["b.js:1"],
    ),
    "an entry point of webpack": (
        "dotenv-webpack",
        {"webpack.config.js": "module.exports = {entry: './src/a.js'}", "src/a.js": "use(process.env.SANITY_TOKEN)"},
        ["src/a.js:1"],
    ),
    "a script that no page has": (
        "parcel",
        {"index.html": "<p>a</p>", "server.js": "use(process.env.SANITY_TOKEN)"},
        [],
    ),
    "a bundle for a server": (
        "dotenv-webpack",
        {
            "webpack.config.js": "module.exports = {target: 'node', entry: './src/a.js'}",
            "src/a.js": "use(process.env.SANITY_TOKEN)",
        },
        [],
    ),
    "a public variable": (
        "parcel",
        {
            "index.html": "<script type=module src=./a.js></script>",
            "a.js": "/* SANITY_TOKEN */ use(process.env.SITE_URL)",
        },
        [],
    ),
    "another bundler": (
        "vite",
        {"index.html": "<script type=module src=./a.js></script>", "a.js": "use(process.env.SANITY_TOKEN)"},
        [],
    ),
}


@pytest.mark.parametrize(("builder", "files", "found"), INLINED.values(), ids=INLINED)
def test_a_build_that_puts_every_variable_into_the_bundle(
    builder: str, files: Mapping[str, str], found: list[str]
) -> None:
    assert places({"package.json": package(builder), **files}) == found
