"""Aliases that configurations of bundlers set: which forms are read, and where they lead."""

from collections.abc import Mapping
from typing import Final

import pytest

from tests.support.code import package, places

TOKEN: Final = "sanity-token-in-client-code"
FILES: Final = {
    "index.html": '<script type="module" src="/src/main.js"></script>',
    "src/main.js": "import {client} from '$cms/sanity'\nclient.fetch('*')",
    "src/cms/sanity.js": (
        "import {createClient} from '@sanity/client'\n"
        "export const client = createClient({projectId: 'abcd1234', token: process.env.SANITY_TOKEN})"
    ),
}

FORMS: Final[Mapping[str, str]] = {
    "a path": "{$cms: 'src/cms'}",
    "a path from the top": "{'$cms': '/src/cms'}",
    "a path from here": "{$cms: './src/cms/'}",
    "a path that is put together": "{$cms: path.resolve(__dirname, 'src/cms')}",
    "a path that is put together by a function": "{$cms: resolve(import.meta.dirname, './src/cms')}",
    "an address": "{$cms: fileURLToPath(new URL('./src/cms', import.meta.url))}",
    "the path of an address": "{$cms: new URL('./src/cms', import.meta.url).pathname}",
    "a template": "{$cms: `${__dirname}/src/cms`}",
    "a template in a call": "{$cms: path.join(`${__dirname}/src/cms`)}",
    "a constant": "{$cms: CMS}",
    "a file": "{'$cms/sanity': 'src/cms/sanity.js'}",
    "with stars": "{'$cms/*': 'src/cms/*'}",
    "a list": "[{find: /^~/, replacement: ''}, {find: '$cms', replacement: path.resolve(__dirname, 'src/cms')}]",
    "spread": "{...ALIASES}",
}


@pytest.mark.parametrize("aliases", FORMS.values(), ids=FORMS)
def test_forms(aliases: str) -> None:
    config = (
        "import {defineConfig} from 'vite'\nconst CMS = path.resolve(__dirname, 'src/cms')\n"
        f"const ALIASES = {{$cms: CMS}}\nexport default defineConfig(() => ({{resolve: {{alias: {aliases}}}}}))"
    )
    files = {**FILES, "package.json": package("vite"), "vite.config.ts": config}
    assert places(files, TOKEN) == ["src/cms/sanity.js:2"]


UNKNOWN: Final[Mapping[str, str]] = {
    "a path of the environment": "{$cms: process.env.CMS}",
    "a path that is worked out": "{$cms: folders.map(String)[0]}",
    "an expression": "[{find: /^\\$cms/, replacement: '/src/cms'}]",
    "nothing": "{}",
    "itself": "{$cms: $cms}",
    "another beginning": "{$cm: 'src/cms', '$cms/s': 'src/cms/s'}",
    "a file that is not there": "{$cms: 'src/other'}",
    "a folder above the repository": "{$cms: '../../../cms'}",
}


@pytest.mark.parametrize("aliases", UNKNOWN.values(), ids=UNKNOWN)
def test_what_leads_nowhere(aliases: str) -> None:
    files = {
        **FILES,
        "package.json": package("vite"),
        "vite.config.js": f"export default {{resolve: {{alias: {aliases}}}}}",
    }
    assert places(files, TOKEN) == []


CONFIGS: Final[Mapping[str, tuple[str, str, str]]] = {
    "SvelteKit": ("@sveltejs/kit", "svelte.config.js", "export default {kit: {alias: {$cms: 'src/cms'}}}"),
    "Astro": ("astro", "astro.config.mjs", "export default {vite: {resolve: {alias: {$cms: '/src/cms'}}}}"),
    "webpack": ("webpack", "webpack.common.js", "module.exports = {resolve: {alias: {$cms: `${__dirname}/src/cms`}}}"),
    "craco": (
        "react-scripts",
        "craco.config.js",
        "module.exports = {webpack: {alias: {$cms: `${__dirname}/src/cms`}}}",
    ),
    "Nuxt": ("nuxt", "nuxt.config.ts", "export default defineNuxtConfig({alias: {$cms: './src/cms'}})"),
}


@pytest.mark.parametrize(("framework", "name", "config"), CONFIGS.values(), ids=CONFIGS)
def test_configurations(framework: str, name: str, config: str) -> None:
    client = "'use client'\nimport {client} from '$cms/sanity'\nclient.fetch('*')"
    files = {**FILES, "package.json": package(framework), name: config, "src/main.js": client}
    assert places(files, TOKEN) == ["src/cms/sanity.js:2"]


def test_an_alias_counts_in_its_own_project() -> None:
    files = {
        "package.json": '{"private": true, "workspaces": ["apps/*"]}',
        "apps/a/package.json": package("vite"),
        "apps/a/vite.config.js": "export default {resolve: {alias: {$cms: '/src/cms'}}}",
        "apps/b/package.json": package("vite"),
        **{f"apps/b/{path}": text for path, text in FILES.items()},
    }
    assert places(files, TOKEN) == []
