"""Real builds of real frameworks: the value of a variable is found in what is served, with variable, file and module.

Each app has one mistake, as people make it. The same build with the env file of another project is silent.
"""

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from tests.acceptance.support import environment, frontleak, repository, write
from tests.support.env_values import fake, ordinary_env

pytestmark = [pytest.mark.slow, pytest.mark.toolchain]

KEY: Final = fake(1)
PUBLIC: Final = fake(2)
_SLOW: Final = 900
"""Seconds for an installation or a build."""
ENV: Final = f"# of the project\nINTERNAL_API_KEY={KEY}\n"
FETCH: Final = "export const load = () => fetch('/api', {headers: {authorization: process.env.INTERNAL_API_KEY}})\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """An app that gives a secret away."""

    packages: tuple[str, ...]
    files: Mapping[str, str]
    build: str
    served: str
    module: str = ""
    """The module that a finding names; empty where neither a map nor an import tells it."""
    env: str = ENV
    mistake: str = "boundary"


_NEXT: Final = {
    "next.config.mjs": "export default {env: {INTERNAL_API_KEY: process.env.INTERNAL_API_KEY}}\n",
    "app/layout.jsx": "export default ({children}) => <html><body>{children}</body></html>\n",
    "app/page.jsx": "import {Load} from '../lib/load'\nexport default () => <Load/>\n",
    "lib/load.jsx": "'use client'\nimport {load} from './api'\nexport const Load = () => <a onClick={() => load()}>b</a>\n",
    "lib/api.js": FETCH,
}
_NEXT_PACKAGES: Final = ("next@16", "react@19", "react-dom@19")
APPS: Final[Mapping[str, App]] = {
    "vite": App(
        packages=("vite@7",),
        files={
            "vite.config.js": "import {loadEnv} from 'vite'\nexport default ({mode}) => ({define: "
            "{'process.env.INTERNAL_API_KEY': JSON.stringify(loadEnv(mode, process.cwd(), '').INTERNAL_API_KEY)}})\n",
            "index.html": '<script type="module" src="/src/main.js"></script>\n',
            "src/main.js": "import {load} from './lib/api.js'\nload()\n",
            "src/lib/api.js": FETCH,
        },
        build="vite build",
        served="dist",
        module="src/lib/api.js",
    ),
    "vite, public prefix": App(
        packages=("vite@7",),
        files={
            "index.html": '<script type="module" src="/src/main.js"></script>\n',
            "src/main.js": "fetch('/api', {headers: {authorization: import.meta.env.VITE_ADMIN_SECRET}})\n",
        },
        build="vite build",
        served="dist",
        env=f"# of the project\nVITE_ADMIN_SECRET={PUBLIC}\n",
        mistake="name",
    ),
    "webpack": App(
        packages=("webpack@5", "webpack-cli@6"),
        files={
            "webpack.config.js": "process.loadEnvFile('.env')\nconst {EnvironmentPlugin} = require('webpack')\n"
            "module.exports = {mode: 'production', devtool: 'source-map', entry: './src/index.js', "
            "plugins: [new EnvironmentPlugin(['INTERNAL_API_KEY'])]}\n",
            "src/index.js": "import {load} from './api'\nload()\n",
            "src/api.js": FETCH,
        },
        build="webpack",
        served="dist",
        module="src/api.js",
    ),
    "next, turbopack": App(
        packages=_NEXT_PACKAGES, files=_NEXT, build="next build", served=".next", module="lib/api.js"
    ),
    "next, webpack": App(
        packages=_NEXT_PACKAGES, files=_NEXT, build="next build --webpack", served=".next", module="lib/api.js"
    ),
    "astro": App(
        packages=("astro@5",),
        files={
            "src/pages/index.astro": "---\nconst key = import.meta.env.INTERNAL_API_KEY\n---\n"
            "<html><body><script define:vars={{key}}>fetch('/api', {headers: {authorization: key}})</script></body></html>\n",
        },
        build="astro build",
        served="dist",
    ),
    "sveltekit": App(
        packages=(
            "@sveltejs/kit@2",
            "@sveltejs/adapter-static@3",
            "@sveltejs/vite-plugin-svelte@6",
            "svelte@5",
            "vite@7",
        ),
        files={
            "svelte.config.js": "import adapter from '@sveltejs/adapter-static'\nexport default {kit: {adapter: adapter()}}\n",
            "vite.config.js": "import {sveltekit} from '@sveltejs/kit/vite'\nexport default {plugins: [sveltekit()]}\n",
            "src/app.html": "<html><head>%sveltekit.head%</head><body>%sveltekit.body%</body></html>\n",
            "src/routes/+page.server.js": "import {INTERNAL_API_KEY} from '$env/static/private'\n"
            "export const prerender = true\nexport const load = () => ({key: INTERNAL_API_KEY})\n",
            "src/routes/+page.svelte": "<script>let {data} = $props()</script>\n<p>{data.title}</p>\n",
        },
        build="vite build",
        served="build",
    ),
    "nuxt": App(
        packages=("nuxt@4", "vue@3"),
        files={
            "nuxt.config.ts": "export default defineNuxtConfig({runtimeConfig: "
            "{public: {key: process.env.INTERNAL_API_KEY}}})\n",
            "app/app.vue": "<template><p>hello</p></template>\n",
        },
        build="nuxt generate",
        served=".output/public",
    ),
    "expo": App(
        packages=("expo@54", "react@19.1", "react-dom@19.1", "react-native@0.81", "react-native-web@0.21"),
        files={
            "app.json": '{"expo": {"name": "a", "slug": "a", "platforms": ["web"], "web": {"bundler": "metro"}}}\n',
            "index.js": "import {registerRootComponent} from 'expo'\nimport {Text} from 'react-native'\n"
            "registerRootComponent(() => <Text>{process.env.EXPO_PUBLIC_ADMIN_SECRET}</Text>)\n",
        },
        build="expo export --platform web",
        served="dist",
        env=f"# of the project\nEXPO_PUBLIC_ADMIN_SECRET={PUBLIC}\n",
        mistake="name",
    ),
}


def _run(command: list[str], folder: Path) -> None:
    path = f"{folder / 'node_modules' / '.bin'}{os.pathsep}{os.environ['PATH']}"
    env = environment(PATH=path, CI="1", NEXT_TELEMETRY_DISABLED="1", ASTRO_TELEMETRY_DISABLED="1", EXPO_OFFLINE="1")
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=_SLOW, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"


def _found(folder: Path, served: str, env_file: str) -> list[dict[str, Any]]:
    done = frontleak("scan", served, "--env-file", env_file, "--format", "json", cwd=folder)
    assert KEY.encode() not in done.stdout + done.stderr
    assert PUBLIC.encode() not in done.stdout + done.stderr
    return [each for each in json.loads(done.stdout)["findings"] if "variable" in each["context"]]


@pytest.mark.parametrize("name", APPS)
def test_a_value_in_a_build_is_named_with_variable_file_and_module(name: str, tmp_path: Path) -> None:
    app = APPS[name]
    repository(tmp_path)
    dependencies = dict(each.rsplit("@", 1) for each in app.packages)
    package = {"name": "app", "private": True, "main": "index.js", "dependencies": dependencies}
    if name not in {"webpack", "expo"}:
        package["type"] = "module"
    if name == "nuxt":  # a later one refuses the key of the first page
        package["overrides"] = {"unstorage": "1.17.1"}
    ignored = "node_modules\ndist\nbuild\n.next\n.output\n.env*\n"
    write(tmp_path, {**app.files, ".env": app.env, ".gitignore": ignored, "package.json": json.dumps(package)})
    write(tmp_path, {"other.env": ordinary_env()})
    _run(["npm", "install", "--no-audit", "--no-fund", "--loglevel=error", *app.packages], tmp_path)
    _run(app.build.split(), tmp_path)
    assert _found(tmp_path, app.served, "other.env") == []
    (finding,) = _found(tmp_path, app.served, ".env")
    assert finding["context"]["set_in"] == [".env:2"]
    assert finding["context"]["mistake"] == [app.mistake]
    assert finding["context"]["variable"] == [app.env.splitlines()[1].partition("=")[0]]
    if app.module:
        named = [hop["path"] for hop in finding["chain"]]
        assert named[-1:] == [app.module], finding
    if app.mistake == "boundary":
        assert finding["exposure"] == "served"
