"""Aliases and entries in bundler configurations, in their various forms."""

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
    "a path in pieces": "{$cms: path.join(__dirname, 'src', 'cms')}",
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


BOOT: Final = {
    "src/boot.js": "import {client} from './cms/sanity'\nclient.fetch('*')",
    "src/cms/sanity.js": FILES["src/cms/sanity.js"],
}

ENTRIES: Final[Mapping[str, tuple[str, str, str]]] = {
    "Vite's input": ("vite", "vite.config.js", "export default {build: {rollupOptions: {input: 'src/boot.js'}}}"),
    "Vite's input by name": (
        "vite",
        "vite.config.ts",
        "export default defineConfig({build: {rollupOptions: {input: {a: resolve(__dirname, 'src/boot.js')}}}})",
    ),
    "Vite's input in a list": (
        "vite",
        "vite.config.ts",
        "export default {build: {rolldownOptions: {input: ['src/boot.js']}}}",
    ),
    "webpack's entry": ("webpack", "webpack.config.js", "module.exports = {entry: {a: ['core-js', './src/boot.js']}}"),
    "webpack's entry by a path": (
        "webpack",
        "webpack.config.js",
        "module.exports = {entry: path.join(__dirname, 'src/boot.js')}",
    ),
}


@pytest.mark.parametrize(("framework", "name", "config"), ENTRIES.values(), ids=ENTRIES)
def test_entries(framework: str, name: str, config: str) -> None:
    assert places({**BOOT, "package.json": package(framework), name: config}, TOKEN) == ["src/cms/sanity.js:2"]


INDEX: Final = {"src/index.js": BOOT["src/boot.js"], "src/cms/sanity.js": FILES["src/cms/sanity.js"]}

NO_ENTRIES: Final[Mapping[str, tuple[str, str, str]]] = {
    "a bundle of Vite for a server": (
        "vite",
        "vite.config.js",
        "export default {build: {ssr: true, rollupOptions: {input: 'src/index.js'}}}",
    ),
    "a bundle of webpack for a server": ("webpack", "webpack.config.js", "module.exports = {target: 'node20'}"),
    "a bundle of webpack for a server, merged": (
        "webpack",
        "webpack.config.js",
        "const common = {target: 'node'}\nmodule.exports = merge(common, {mode: 'production'})",
    ),
    "another entry": ("webpack", "webpack.config.js", "module.exports = {entry: './src/other.js'}"),
    "no configuration": ("webpack", "README.md", "# nothing"),
}


def test_where_webpack_begins_when_nothing_is_said() -> None:
    files = {
        **INDEX,
        "package.json": package("webpack-cli-of-ours", "webpack"),
        "webpack.config.js": "module.exports = {mode: 'production'}",
    }
    assert places(files, TOKEN) == ["src/cms/sanity.js:2"]


@pytest.mark.parametrize(("framework", "name", "config"), NO_ENTRIES.values(), ids=NO_ENTRIES)
def test_what_begins_no_bundle_for_browsers(framework: str, name: str, config: str) -> None:
    files = {**INDEX, "package.json": package(f"not-{framework}"), name: config}
    assert places(files, TOKEN) == []
