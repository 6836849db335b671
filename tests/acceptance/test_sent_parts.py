"""The command on builds whose server sends parts of its own files: those are leaks, the rest of the files is not."""

import json
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from fixtures.fakes import fake_token
from tests.acceptance.support import frontleak, installed, write

TOKEN: Final = fake_token("sent-part")
NITRO: Final = "const _inlineRuntimeConfig = %s;\nconst useRuntimeConfig = () => _inlineRuntimeConfig;\n"
CHUNK: Final = ".output/server/chunks/nitro/nitro.mjs"
TEMPLATES: Final = """\
const options = {
  templates: {
    app: ({ head, body }) => '<meta content="TOKEN"/>' + head + body
  }
};
"""

KEPT: Final[Mapping[str, Mapping[str, str]]] = {
    "a private setting of Nuxt": {CHUNK: NITRO % json.dumps({"public": {"id": "a"}, "token": TOKEN})},
    "the address behind a proxy of Nuxt": {
        CHUNK: NITRO
        % json.dumps({"nitro": {"routeRules": {"/a/**": {"proxy": {"to": f"https://a.example/?a={TOKEN}"}}}}})
    },
    "the development server of Nuxt": {".nuxt/dev/index.mjs": NITRO % json.dumps({"token": TOKEN})},
    "the prerendering server of Nuxt": {
        ".nuxt/prerender/chunks/nitro/nitro.mjs": NITRO % json.dumps({"token": TOKEN}),
        ".nuxt/prerender/chunks/nitro/nitro.mjs.map": json.dumps({"version": 3, "sources": [], "a": TOKEN}),
    },
    "code for an adapter of SvelteKit": {".svelte-kit/adapter-node/entries/a.js": f'const token = "{TOKEN}";'},
    "`env` of Next.js": {".next/required-server-files.json": json.dumps({"config": {"env": {"T": TOKEN}}})},
    "a rewrite of Next.js": {
        ".next/routes-manifest.json": json.dumps(
            {"rewrites": [{"source": "/a", "destination": f"https://a.example/?a={TOKEN}"}]}
        )
    },
    "a secret of a handler of Nuxt that is only used": {
        CHUNK: NITRO % "{}",
        ".output/server/chunks/routes/api/a.mjs": f"""
            const token = "{TOKEN}";
            const a = defineEventHandler(() => $fetch("https://a.example", {{headers: {{authorization: token}}}}));
            export {{ a as default }};""",
    },
    "the key of Astro": {
        "dist/client/_astro/a.js": "",
        "dist/server/entry.mjs": "",
        "dist/server/manifest_a.mjs": f"const manifest = deserializeManifest({json.dumps({'key': TOKEN})});",
    },
}
SENT: Final[Mapping[str, Mapping[str, str]]] = {
    "a public setting of Nuxt": {CHUNK: NITRO % json.dumps({"token": "a", "public": {"sanity": {"token": TOKEN}}})},
    "a header of Nuxt": {
        CHUNK: NITRO % json.dumps({"nitro": {"routeRules": {"/a": {"headers": {"x-token": TOKEN}}}}}, indent=2)
    },
    "a public setting of Nuxt in Base64": {
        CHUNK: NITRO % '{"public": {"token": atob("%s")}}' % b64encode(TOKEN.encode()).decode()
    },
    "a public setting of Nuxt on Vercel": {
        f".vercel/output/functions/__fallback.func/{CHUNK[15:]}": NITRO % json.dumps({"public": {"token": TOKEN}})
    },
    "`publicRuntimeConfig` of Next.js": {
        ".next/required-server-files.json": json.dumps({"config": {"publicRuntimeConfig": {"T": TOKEN}}})
    },
    "a header of Next.js": {
        ".next/routes-manifest.json": json.dumps({"headers": [{"headers": [{"key": "x-token", "value": TOKEN}]}]})
    },
    "the page around all pages of SvelteKit": {
        ".svelte-kit/output/server/chunks/internal.js": TEMPLATES.replace("TOKEN", TOKEN),
    },
    "what a handler of Nuxt returns": {
        CHUNK: NITRO % "{}",
        ".output/server/chunks/routes/api/a.mjs": f"""
            const a = defineEventHandler(() => ({{ token: "{TOKEN}" }}));
            export {{ a as default }};""",
    },
    "what a loader of SvelteKit returns of another script": {
        ".svelte-kit/output/server/chunks/config.js": f'const config = {{token: "{TOKEN}"}};\nexport {{ config as c }};',
        ".svelte-kit/output/server/entries/pages/_page.server.js": """
            import { c as config } from "../../chunks/config.js";
            const load = () => ({ sanity: config });
            export { load };""",
    },
    "what an island of Astro is given": {
        "dist/client/_astro/a.js": "",
        "dist/server/entry.mjs": "",
        "dist/server/pages/index.astro.mjs": f"""
            const $$Index = createComponent(($$result, $$props, $$slots) => {{
              return renderTemplate`${{renderComponent($$result, "E", E, {{ "client:load": true, "token": "{TOKEN}" }})}}`;
            }});""",
    },
    "an inlined script of Astro": {
        "dist/client/_astro/a.js": "",
        "dist/server/entry.mjs": "",
        "dist/server/manifest_a.mjs": f"const manifest = deserializeManifest({json.dumps({'inlinedScripts': [['a', f'const t=`{TOKEN}`']]})});",
    },
}


@pytest.mark.parametrize("files", KEPT.values(), ids=KEPT)
def test_what_stays_on_the_server_is_no_leak(tmp_path: Path, files: Mapping[str, str]) -> None:
    write(tmp_path, {"package.json": "{}", **files})
    done = frontleak("scan", "--isolated", "--format", "json", cwd=tmp_path)
    assert done.json()["findings"] == []
    assert done.code == 0
    shown = frontleak("scan", "--isolated", "--format", "json", "--show-server", cwd=tmp_path).json()["findings"]
    assert [finding["exposure"] for finding in shown] == ["server"]


@pytest.mark.parametrize("files", SENT.values(), ids=SENT)
def test_what_the_server_always_sends_is_a_leak(tmp_path: Path, files: Mapping[str, str]) -> None:
    write(tmp_path, {"package.json": "{}", **files})
    done = frontleak("scan", "--isolated", "--format", "json", cwd=tmp_path)
    assert [finding["exposure"] for finding in done.json()["findings"]] == ["served"]
    assert done.code == 1


def test_the_report_says_how_the_server_sends_a_secret(tmp_path: Path) -> None:
    text = f'const settings = {{token: "{TOKEN}"}};\nexport const GET = () => Response.json(settings);'
    write(tmp_path, {"package.json": "{}", ".output/server/chunks/a.mjs": text})
    done = installed("scan", "--isolated", cwd=tmp_path)
    assert done.code == 1
    assert "so   Through settings: the response is sent to anyone who requests it." in done.out


def test_the_report_never_says_that_a_secret_stays_on_the_server(tmp_path: Path) -> None:
    write(tmp_path, {"package.json": "{}", ".output/server/index.mjs": f'const token = "{TOKEN}"'})
    assert "server output; a handler may send it" in installed("scan", "--isolated", "--show-server", cwd=tmp_path).out


def test_the_report_says_that_code_of_the_server_may_send_its_secrets(tmp_path: Path) -> None:
    write(tmp_path, {"package.json": "{}", ".output/server/index.mjs": f'const token = "{TOKEN}"'})
    text = installed("scan", "--isolated", cwd=tmp_path).out
    assert "1 secret found only in server output" in text
    assert "Its code may still send them: scan the source code too." in text
