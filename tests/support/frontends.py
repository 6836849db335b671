"""Small apps of real frameworks that give secrets away: one by their own mistake, the others in every encoding."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tests.support.env_values import fake
from tests.support.planted_values import PAGE, PAYLOAD, PLANTS, Plant, assets_of, env_of, modules_of

KEY: Final = fake(1)
PUBLIC: Final = fake(2)
FETCH: Final = "export const load = () => fetch('/api', {headers: {authorization: process.env.INTERNAL_API_KEY}})\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Frontend:
    """An app."""

    packages: tuple[str, ...]
    files: Mapping[str, str]
    """Without the planted modules."""
    builds: Mapping[str, str]
    """Name of the toolchain -> command."""
    served: tuple[str, ...]
    """Folders that a site serves, or that a framework's server reads."""
    assets: str
    """Folder of files that are served as they are."""
    sources: str = ""
    """Folder of the sources; empty for the top."""
    module: str = ""
    """Module that gives `INTERNAL_API_KEY` away; empty where neither a map nor an import tells it."""
    public: str = ""
    """Name of the variable whose public prefix is the mistake; empty for none."""
    sent: tuple[Plant, ...] = ()
    """What the server of the framework sends."""
    package: Mapping[str, object] | None = None
    """Further members of package.json."""

    @property
    def plants(self) -> tuple[Plant, ...]:
        """The secrets that are given away in every encoding that this toolchain can write."""
        return (*PLANTS, *self.sent)

    @property
    def env(self) -> str:
        """Content of `.env`: a comment, the key, the public variable if any, the plants."""
        public = f"{self.public}={PUBLIC}\n" if self.public else ""
        return f"# of the project\nINTERNAL_API_KEY={KEY}\n{public}{env_of(self.plants)}"

    def path(self, module: str) -> str:
        """Return the path of a module that is named below the sources."""
        return f"{self.sources}/{module}" if self.sources else module

    @property
    def tree(self) -> Mapping[str, str | bytes]:
        """All files but package.json."""
        return {
            **self.files,
            **modules_of(PLANTS, self.path("")),
            **assets_of(PLANTS, self.assets),
            ".env": self.env,
        }


_SENT: Final = (PAGE, PAYLOAD)
LEFT_OUT: Final[Mapping[tuple[str, str], str]] = {
    ("vite", "KEY_PAGE"): "no page is rendered: index.html is copied",
    ("vite", "KEY_PAYLOAD"): "no server sends data",
    ("webpack", "KEY_PAGE"): "no page is rendered",
    ("webpack", "KEY_PAYLOAD"): "no server sends data",
    ("expo", "KEY_PAGE"): "no page is rendered: index.html is a template",
    ("expo", "KEY_PAYLOAD"): "no server sends data",
    ("expo", "INTERNAL_API_KEY"): "only variables with EXPO_PUBLIC_ are read",
}
"""(app, variable) -> why its encoding cannot occur in what the toolchain writes."""
_NO_MAPPINGS: Final = "Vite maps no code of a JSON module, so the position is in the module before it, or in none"
NOT_NAMED: Final[Mapping[tuple[str, str], str]] = {
    **{(app, "KEY_JSON"): _NO_MAPPINGS for app in ("vite", "astro", "sveltekit", "nuxt")},
    ("webpack", "KEY_JSON"): "webpack maps no code of a JSON module",
    ("next", "KEY_JSON"): "webpack maps no code of a JSON module; Turbopack names it by a URL of its own",
    ("expo", "KEY_JSON"): "the map names the module; but a JSON module imports nothing, and is no part of the graph",
}
"""(app, variable) -> why no module is named, or a wrong one."""

FRONTENDS: Final[Mapping[str, Frontend]] = {
    "vite": Frontend(
        packages=("vite@7",),
        files={
            "vite.config.js": "import {loadEnv} from 'vite'\nexport default ({mode}) => ({build: {sourcemap: true}, define: "
            "{'process.env.INTERNAL_API_KEY': JSON.stringify(loadEnv(mode, process.cwd(), '').INTERNAL_API_KEY)}})\n",
            "index.html": '<script type="module" src="/src/main.js"></script>\n',
            "src/main.js": "import {load} from './lib/api.js'\nimport './generated/index.js'\nload()\n"
            "fetch('/api', {headers: {authorization: import.meta.env.VITE_ADMIN_SECRET}})\n",
            "src/lib/api.js": FETCH,
        },
        builds={"vite": "vite build"},
        served=("dist",),
        assets="public",
        sources="src",
        module="src/lib/api.js",
        public="VITE_ADMIN_SECRET",
        package={"type": "module"},
    ),
    "webpack": Frontend(
        packages=("webpack@5", "webpack-cli@6"),
        files={
            "webpack.config.js": "process.loadEnvFile('.env')\nconst {EnvironmentPlugin} = require('webpack')\n"
            "module.exports = {mode: 'production', devtool: 'source-map', entry: './src/index.js', "
            "module: {rules: [{test: /assets/, type: 'asset/resource'}]}, "
            "plugins: [new EnvironmentPlugin(['INTERNAL_API_KEY'])]}\n",
            "src/index.js": "import {load} from './api'\nimport './generated'\nload()\n"
            + "".join(f"new URL('../assets/{plant.name}', import.meta.url)\n" for plant in PLANTS if plant.name),
            "src/api.js": FETCH,
        },
        builds={"webpack": "webpack"},
        served=("dist",),
        assets="assets",
        sources="src",
        module="src/api.js",
    ),
    "next": Frontend(
        packages=("next@16", "react@19", "react-dom@19"),
        files={
            "next.config.mjs": "export default {productionBrowserSourceMaps: true, "
            "env: {INTERNAL_API_KEY: process.env.INTERNAL_API_KEY}}\n",
            "app/layout.jsx": "export default ({children}) => <html><body>{children}</body></html>\n",
            "app/page.jsx": "import {Load} from '../lib/load'\n"
            "export default () => <p title={process.env.KEY_PAGE}><Load data={{key: process.env.KEY_PAYLOAD}}/></p>\n",
            "lib/load.jsx": "'use client'\nimport {load} from './api'\nimport '../generated'\n"
            "const tell = () => fetch('/api', {headers: {authorization: process.env.NEXT_PUBLIC_ADMIN_SECRET}})\n"
            "export const Load = ({data}) => <a title={data.key} onClick={() => load() && tell()}>b</a>\n",
            "lib/api.js": FETCH,
        },
        builds={"turbopack": "next build", "webpack": "next build --webpack"},
        served=(".next", "public"),
        assets="public",
        module="lib/api.js",
        public="NEXT_PUBLIC_ADMIN_SECRET",
        sent=_SENT,
        package={"type": "module"},
    ),
    "astro": Frontend(
        packages=("astro@5", "@astrojs/preact@4", "preact@10"),
        files={
            "astro.config.mjs": "import preact from '@astrojs/preact'\n"
            "export default {integrations: [preact()], vite: {build: {sourcemap: true}}}\n",
            "src/island.jsx": "export const Island = ({text}) => <b onClick={() => alert(text)}>b</b>\n",
            "src/pages/index.astro": "---\nimport {Island} from '../island'\n"
            "const {INTERNAL_API_KEY: key, KEY_PAGE: page, KEY_PAYLOAD: sent} = import.meta.env\n---\n"
            "<html><body><p title={page}>a</p><Island client:load text={sent}/>"
            "<script define:vars={{key}}>fetch('/api', {headers: {authorization: key}})</script>"
            "<script>import '../generated'</script></body></html>\n",
        },
        builds={"astro": "astro build"},
        served=("dist",),
        assets="public",
        sources="src",
        sent=_SENT,
        package={"type": "module"},
    ),
    "sveltekit": Frontend(
        packages=(
            "@sveltejs/kit@2",
            "@sveltejs/adapter-static@3",
            "@sveltejs/vite-plugin-svelte@6",
            "svelte@5",
            "vite@7",
        ),
        files={
            "svelte.config.js": "import adapter from '@sveltejs/adapter-static'\n"
            "export default {kit: {adapter: adapter({precompress: true})}}\n",
            "vite.config.js": "import {sveltekit} from '@sveltejs/kit/vite'\n"
            "export default {plugins: [sveltekit()], build: {sourcemap: true}}\n",
            "src/app.html": "<html><head>%sveltekit.head%</head><body>%sveltekit.body%</body></html>\n",
            "src/routes/+page.server.js": "import {INTERNAL_API_KEY, KEY_PAGE, KEY_PAYLOAD} from '$env/static/private'\n"
            "export const prerender = true\n"
            "export const load = () => ({key: INTERNAL_API_KEY, page: KEY_PAGE, sent: KEY_PAYLOAD})\n",
            "src/routes/+page.svelte": "<script>import '../generated'\nlet {data} = $props()</script>\n"
            "<p title={data.page}>{data.title}</p>\n",
        },
        builds={"sveltekit": "vite build"},
        served=("build",),
        assets="static",
        sources="src",
        sent=_SENT,
        package={"type": "module"},
    ),
    "nuxt": Frontend(
        packages=("nuxt@4", "vue@3"),
        files={
            "nuxt.config.ts": "export default defineNuxtConfig({runtimeConfig: "
            "{public: {key: process.env.INTERNAL_API_KEY}}, sourcemap: {client: true}})\n",
            "app/app.vue": "<script setup>\nimport './generated'\n"
            "const {data} = await useAsyncData('a', async () => "
            "({page: process.env.KEY_PAGE, sent: process.env.KEY_PAYLOAD}))\n</script>\n"
            '<template><p :title="data.page">hello</p></template>\n',
        },
        builds={"nuxt": "nuxt generate"},
        served=(".output/public",),
        assets="public",
        sources="app",
        sent=_SENT,
        # a later one refuses the key of the first page
        package={"type": "module", "overrides": {"unstorage": "1.17.1"}},
    ),
    "expo": Frontend(
        packages=("expo@54", "react@19.1", "react-dom@19.1", "react-native@0.81", "react-native-web@0.21"),
        files={
            "app.json": '{"expo": {"name": "a", "slug": "a", "platforms": ["web"], "web": {"bundler": "metro"}}}\n',
            "index.js": "import {registerRootComponent} from 'expo'\nimport {Text} from 'react-native'\n"
            "import './generated'\n"
            "registerRootComponent(() => <Text>{process.env.EXPO_PUBLIC_ADMIN_SECRET}</Text>)\n",
        },
        builds={"expo": "expo export --platform web --source-maps"},
        served=("dist",),
        assets="public",
        public="EXPO_PUBLIC_ADMIN_SECRET",
    ),
}
