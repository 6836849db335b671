"""By the text of a file, whether a secret or the environment may come from it."""

from collections import Counter

import pytest

from fixtures.fakes import fake_token
from frontleak.misuse import secret_signs
from frontleak.misuse.file_marks import marks_of
from frontleak.misuse.sanity_clients import NAMES_CLIENT
from frontleak.misuse.secret_signs import HAS_SIGN
from frontleak.modulegraph.import_scan import import_sites

SILENT = (
    "export const a = process.env.NODE_ENV",
    "export const a = process?.env?.PORT ?? import.meta.env.MODE",
    "export const a = process\n  .env\n  .PORT",
    "export const a = import.meta.url + import.meta.hot",
    "process.exit(process.argv.length)",
    "if (typeof process !== 'undefined' && process && process.env.PORT) a()",
    "// it is in process.env\nexport const a = 1",
    "const a = `\n  // process.env\n`",
    "<p>the process is in process.env on the server</p>",
    "'it takes long to process.'",
    "const {env} = JSON.parse(text)",
    "const a = config.PAGE_SIZE + MAX_TOKENS + CSRF_TOKEN",
    "import {token} from './token'\nexport const secret = token.secret",
    "const method = ['DELETE', 'PATCH', `${one}_${other}`]",
    "const key = `_${id}` + id.split('_')[0] + '_type' + /[A-Z0-9_]+/",
    "const environment = processes.environment",
)
SIGNS = (
    "export const a = process.env.SANITY_TOKEN",
    "export const a = import.meta.env.VITE_A_SECRET",
    "export const a = process.env.token",
    "export const a = process.env[name]",
    "export const a = process['env']",
    "export const a = process!.env.SANITY_TOKEN",
    "export const a = (process as any).env.a",
    "export const a = globalThis.process.env",
    "export const {A} = process.env",
    "export const {env} = process",
    "export default process",
    "const p = process\nexport const a = p.env",
    "send(process.env as Record<string, string>)",
    "for (const name in process.env) send(name)",
    "send(process.env instanceof Object)",
    "// a line\nsend(process.env)",
    "// a line\rsend(process.env)",
    "// a line\N{LINE SEPARATOR}send(process.env)",
    "<p>\n// {process.env.SANITY_TOKEN}\n</p>",
    "<p>\n// {process.env}\n</p>",
    "const a = `\n// ${process.env}\n`",
    "export const a = Deno.env.get('A')",
    "export const a = Bun.env",
    "export const a = context.env.SANITY_API_TOKEN",
    "export const a = config.DB_PASSWORD",
    "export const a = config[`${name}_TOKEN`]",
    "export const a = config[`SANITY_${name}`]",
    "export const a = config['SANITY_' + 'TOKEN']",
    "export const a = config['SANITY' + '_' + 'TOKEN']",
    "export const [one, other] = ['SANITY', 'TOKEN']",
    "const prefix = 'SANITY_'",
    "import {A} from '$env/static/private'",
    "import {env} from 'process'",
    "import {A} from 'astro:env/server'",
    "const {parse} = require('dotenv')",
    "const {parsed} = config()",
    "export default defineConfig(({mode}) => loadEnv(mode, '.'))",
    "export const a = useRuntimeConfig().a",
    "export const a = getSecret('A')",
    "export const {sanityFetch} = defineLive({client, browserToken})",
    "export const env = {A: envField.string({access: 'public'})}",
    f"const a = '{fake_token('sign')}'",
    f"const a = 'Bearer {fake_token('sign')}'",
)


@pytest.mark.parametrize("text", SILENT)
def test_a_file_without_a_sign(text: str) -> None:
    assert not marks_of(text.encode(), import_sites(text.encode())) & HAS_SIGN


@pytest.mark.parametrize("text", SIGNS)
def test_a_file_with_a_sign(text: str) -> None:
    assert marks_of(text.encode(), import_sites(text.encode())) & HAS_SIGN


@pytest.mark.parametrize(
    "text",
    [
        "import {defineType, Card as createCard} from 'sanity'",
        "import {\n  type Rule,\n  defineType,\n} from 'sanity'",
        "import type {SanityClient} from '@sanity/client'",
        "import {createClient} from 'redis'",
    ],
)
def test_a_file_that_imports_nothing_that_creates_a_client(text: str) -> None:
    assert not marks_of(text.encode(), import_sites(text.encode())) & NAMES_CLIENT


@pytest.mark.parametrize(
    "text",
    [
        "import {createClient} from '@sanity/client'",
        "import {type Rule, createClient as make} from 'sanity'",
        "import {default as make} from '@sanity/client'",
        "import {'createClient' as make} from 'sanity'",
        "import {cre\\u0061teClient} from 'sanity'",
        "import {/* a */ createClient} from 'sanity'",
        "import make from 'picosanity'",
        "import sanity, {defineType} from 'next-sanity'",
        "import * as sanity from 'sanity'",
        "export * from 'sanity'",
        "export {defineType} from 'sanity'",
        "const {defineType} = require('sanity')",
        "const sanity = await import('sanity')",
        "import {sanityClient} from 'sanity:client'",
        "import {a} from 'b'\nimport {createClient} from 'https://esm.sh/@sanity/client@7'",
        "const {client} = useSanity()",
    ],
)
def test_a_file_that_may_name_what_creates_a_client(text: str) -> None:
    assert marks_of(text.encode(), import_sites(text.encode())) & NAMES_CLIENT


@pytest.mark.parametrize("text", ["// process;", "// process.env[a] {", "\t// process \N{LINE SEPARATOR} process "])
def test_the_beginning_of_a_comment_is_read_once_however_often_it_names_the_environment(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts: Counter[str] = Counter()
    real = secret_signs._COMMENT

    class Counting:
        @staticmethod
        def match(data: bytes, start: int) -> object:
            counts["read"] += 1
            return real.match(data, start)

    monkeypatch.setattr(secret_signs, "_COMMENT", Counting)
    data = f"{text.replace('process', 'process;' * 300)}\n".encode() * 5
    marks_of(data, ())
    assert counts["read"] <= 5
