"""Imports that configurations, patterns, links and conditions of a package lead to, and what is said about others."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from tests.acceptance.support import write
from tests.support.code import Texts, package, places, scanned
from tests.support.made import scan_paths

TOKEN: Final = "sanity-token-in-client-code"
CLIENT: Final = (
    "import {createClient} from '@sanity/client'\n"
    "export const client = createClient({projectId: 'a', token: process.env.SANITY_TOKEN})\n"
)
USE: Final = "import {client} from '$cms/sanity'\nclient.fetch('*')\n"
VITE: Final[Texts] = {
    "package.json": package("vite", "@sanity/client"),
    "index.html": "<script type='module' src='/src/main.ts'></script>",
}
BASE: Final[Texts] = {**VITE, "src/main.ts": USE, "src/cms/sanity.ts": CLIENT}
NEXT: Final[Texts] = {
    "package.json": package("next", "@sanity/client"),
    "app/list.tsx": f"'use client'\n{USE}",
    "src/cms/sanity.ts": CLIENT,
}


def alias(plugins: str) -> str:
    """Return the configuration of Babel with some plugins."""
    return f"module.exports = (api) => {{ api.cache(true); return {{presets: ['a'], plugins: [{plugins}]}} }}"


NOWHERE: Final[Mapping[str, Texts]] = {
    "another alias": {"babel.config.js": alias("['module-resolver', {alias: {$other: './src/cms'}}]")},
    "a path that is worked out": {"babel.config.js": alias("['module-resolver', {alias: {$cms: folder()}}]")},
    "an option of the bundler": {"vite.config.ts": "export default {server: {alias: {$cms: 'src/cms'}}}"},
    "another member": {
        "next.config.js": "module.exports = {webpack(config) { config.module.alias.$cms = './src/cms' }}"
    },
    "no configuration": {},
    "broken JSON": {".babelrc": "{plugins: [["},
    "odd JSON": {".babelrc": '{"plugins": {"a": 1, "b": [null, {"alias": [1]}]}}'},
}


@pytest.mark.parametrize("files", NOWHERE.values(), ids=NOWHERE)
def test_what_is_no_alias(files: Texts) -> None:
    assert places({**BASE, **files}, TOKEN) == []


JSON: Final = json.dumps({"plugins": [["module-resolver", {"alias": {"$cms": "./src/cms"}}]]})
BABEL: Final[Mapping[str, Texts]] = {
    "module-resolver": {"babel.config.js": alias("['module-resolver', {root: ['.'], alias: {$cms: './src/cms'}}]")},
    "its full name": {"babel.config.cjs": alias("['babel-plugin-module-resolver', {alias: {$cms: './src/cms'}}]")},
    "required": {
        "babel.config.js": alias(
            "'other', [require.resolve('babel-plugin-module-resolver'), {alias: {$cms: './src/cms'}}]"
        )
    },
    "an object": {
        "babel.config.mjs": "export default {plugins: [['module-resolver', {alias: {'$cms': './src/cms'}}]]}"
    },
    "an expression": {"babel.config.js": alias(r"['module-resolver', {alias: {'^\\$cms/(.+)': './src/cms/\\1'}}]")},
    "a joined path": {
        "babel.config.js": alias("['module-resolver', {alias: {$cms: path.join(__dirname, 'src', 'cms')}}]")
    },
    "JSON": {".babelrc": JSON},
    "JSON with comments": {"babel.config.json": f"// a\n{JSON}"},
    "the package.json": {
        "package.json": json.dumps(
            {"private": True, "dependencies": {"vite": "7", "@sanity/client": "7"}, "babel": json.loads(JSON)}
        )
    },
    "a root": {
        "babel.config.js": alias("['module-resolver', {root: ['./src/lib']}]"),
        "src/lib/$cms/sanity.ts": CLIENT.replace("export", "export const a = 1; export"),
        "src/cms/sanity.ts": "",
    },
}


@pytest.mark.parametrize("files", BABEL.values(), ids=BABEL)
def test_aliases_of_babel(files: Texts) -> None:
    assert len(places({**BASE, **files}, TOKEN)) == 1


FUNCTIONS: Final[Mapping[str, Texts]] = {
    "a member set by webpack of Next": {
        "next.config.js": "module.exports = {webpack(config) { config.resolve.alias.$cms = `${__dirname}/src/cms`; return config }}"
    },
    "a member in brackets": {
        "next.config.mjs": (
            "export default {webpack: (config, {isServer}) => { if (config.resolve) "
            "config.resolve.alias['$cms'] = path.resolve(dir, 'src/cms'); return config }}"
        )
    },
    "all members": {
        "next.config.ts": (
            "export default withA({webpack: (config: any) => { config.resolve!.alias = "
            "{...config.resolve!.alias, $cms: path.join(__dirname, 'src/cms')}; return config }})"
        )
    },
    "Object.assign": {
        "next.config.js": (
            "module.exports = {webpack(config) { Object.assign(config.resolve.alias, {$cms: '/src/cms'}); return config }}"
        )
    },
    "aliases of Turbopack": {
        "next.config.js": "module.exports = {turbopack: {resolveAlias: {'$cms/*': './src/cms/*'}}}"
    },
}


@pytest.mark.parametrize("files", FUNCTIONS.values(), ids=FUNCTIONS)
def test_aliases_that_a_function_of_a_configuration_sets(files: Texts) -> None:
    assert places({**NEXT, **files}, TOKEN) == ["src/cms/sanity.ts:2"]


OTHERS: Final[Mapping[str, tuple[str, str, Texts]]] = {
    "webpack by a function": (
        "webpack",
        "src/index.ts",
        {
            "webpack.config.js": (
                "module.exports = (env, argv) => { const config = {entry: './src/index.ts', resolve: {alias: {}}}\n"
                "config.resolve.alias.$cms = path.resolve(__dirname, 'src/cms'); return config }"
            )
        },
    ),
    "webpack by a function that returns it": (
        "webpack",
        "src/index.ts",
        {
            "webpack.config.ts": (
                "export default async () => ({entry: './src/index.ts', resolve: {alias: {$cms: path.resolve('src/cms')}}})"
            )
        },
    ),
    "Vue CLI in a chain": (
        "@vue/cli-service",
        "src/main.ts",
        {
            "vue.config.js": "module.exports = {chainWebpack: (config) => { config.resolve.alias.set('$cms', resolve('src/cms')) }}"
        },
    ),
    "Vue CLI in a longer chain": (
        "@vue/cli-service",
        "src/main.ts",
        {
            "vue.config.js": (
                "module.exports = {chainWebpack: (config) => config.resolve.alias.set('$a', './a').set('$cms', './src/cms')}"
            )
        },
    ),
    "Gatsby": (
        "gatsby",
        "src/pages/index.tsx",
        {
            "gatsby-node.js": (
                "exports.onCreateWebpackConfig = ({actions}) => "
                "actions.setWebpackConfig({resolve: {alias: {$cms: path.resolve(__dirname, 'src/cms')}}})"
            )
        },
    ),
    "craco": (
        "react-scripts",
        "src/index.ts",
        {
            "craco.config.js": "module.exports = {webpack: {configure: (config) => { config.resolve.alias.$cms = './src/cms' }}}"
        },
    ),
    "config-overrides": (
        "react-scripts",
        "src/index.ts",
        {
            "config-overrides.js": "module.exports = override(addWebpackAlias({$cms: path.resolve(__dirname, 'src/cms')}))"
        },
    ),
}


@pytest.mark.parametrize(("dependency", "entry", "files"), OTHERS.values(), ids=OTHERS)
def test_aliases_of_other_builds(dependency: str, entry: str, files: Texts) -> None:
    tree = {"package.json": package(dependency, "@sanity/client"), entry: USE, "src/cms/sanity.ts": CLIENT, **files}
    assert places(tree, TOKEN) == ["src/cms/sanity.ts:2"]


NO_PATTERN: Final[Mapping[str, str]] = {
    "another folder": "import.meta.glob('./other/*.ts')",
    "another kind": "import.meta.glob('./cms/*.js')",
    "one folder only": "import.meta.glob('./*.ts')",
    "in a text": "export const a = `import.meta.glob('./cms/*.ts')`",
    "in a comment": "// import.meta.glob('./cms/*.ts')",
    "a context with another kind": "require.context('./cms', true, /\\.css$/)",
    "a context of one folder": "require.context('.', false, /\\.ts$/)",
}


@pytest.mark.parametrize("code", NO_PATTERN.values(), ids=NO_PATTERN)
def test_files_that_a_pattern_does_not_match(code: str) -> None:
    assert places({**BASE, "src/main.ts": f"{code}\n"}, TOKEN) == []


PATTERNS: Final[Mapping[str, str]] = {
    "a star": "const all = import.meta.glob('./cms/*.ts')",
    "stars": "const all = import.meta.glob('./**/*.{ts,js}', {eager: true})",
    "from the root": "const all = import.meta.glob('/src/cms/*')",
    "by an alias": "const all = import.meta.glob('@/cms/*.ts')",
    "a list": "const all = import.meta.glob(['./other/*.ts', './cms/*.ts', '!**/a.ts'])",
    "with a type": "const all = import.meta.glob<Module>('./cms/sanity.ts')",
    "a context": "const all = require.context('./cms', false, /\\.ts$/)",
    "a context of all": "const all = require.context('.', true)",
    "a context of webpack": "const all = import.meta.webpackContext('./cms')",
}


@pytest.mark.parametrize("code", PATTERNS.values(), ids=PATTERNS)
def test_files_that_a_pattern_matches(code: str) -> None:
    tree = {**BASE, "src/main.ts": f"{code}\nstart(all)\n"}
    assert places(tree, TOKEN) == ["src/cms/sanity.ts:2"]


def test_a_hook_follows_a_pattern() -> None:
    tree = {**BASE, "src/main.ts": "const all = import.meta.glob('./cms/*.ts')\nstart(all)\n"}
    assert places(tree, TOKEN, "src/main.ts") == ["src/cms/sanity.ts:2"]


def linked(folder: Path, target: str, name: str = "@our/env") -> list[str]:
    """Return the findings in an app whose node_modules has a link to a folder."""
    app = {**VITE, "src/main.ts": "import {client} from '@our/env'\nclient.fetch('*')"}
    files = {f"apps/web/{path}": text for path, text in app.items()}
    write(folder, {**files, "libs/env/package.json": '{"name": "@our/env", "private": true, "main": "./index.ts"}'})
    write(folder, {"libs/env/index.ts": CLIENT, "package.json": '{"private": true}', ".git/HEAD": ""})
    link = folder / f"apps/web/node_modules/{name}"
    link.parent.mkdir(parents=True)
    link.symlink_to(os.path.relpath(folder / target, link.parent) if target[0] != "/" else target)
    before = Path.cwd()
    os.chdir(folder)
    try:
        report = scan_paths(".")
    finally:
        os.chdir(before)
    return [finding.place.origin.path for finding in report.findings if finding.rule_id == TOKEN]


def test_a_package_of_the_tree_through_a_link(tmp_path: Path) -> None:
    assert linked(tmp_path, "libs/env") == ["libs/env/index.ts"]


@pytest.mark.parametrize("target", ["libs/other", "/", "apps/web/node_modules/.pnpm/x"])
def test_links_that_lead_nowhere(tmp_path: Path, target: str) -> None:
    assert linked(tmp_path, target) == []


def env_package(exports: object, **files: str) -> Texts:
    """Return an app of Next with a package of its workspace that has some exports."""
    return {
        "package.json": json.dumps(
            {"private": True, "workspaces": ["env"], "dependencies": {"next": "15", "@sanity/client": "7"}}
        ),
        "env/package.json": json.dumps({"name": "@our/env", "private": True, "exports": exports}),
        "app/list.tsx": "'use client'\nimport {client} from '@our/env'\nexport const A = () => <b onClick={() => client.fetch('*')}/>",
        **{f"env/{path.replace('__', '/')}.ts": text for path, text in files.items()},
    }


SAFE: Final = "export const client = {fetch: (query) => fetch('/api?' + query)}"
SIDES: Final[Mapping[str, tuple[Texts, list[str]]]] = {
    "the browser's part": (
        env_package({"browser": "./b.ts", "default": "./s.ts"}, b=SAFE, s=CLIENT),
        [],
    ),
    "the browser's part, listed last": (
        env_package({"node": "./s.ts", "default": "./b.ts"}, b=SAFE, s=CLIENT),
        [],
    ),
    "the part of components of the server": (
        env_package({".": {"react-server": {"default": "./s.ts"}, "default": "./b.ts"}}, b=SAFE, s=CLIENT),
        [],
    ),
    "the browser's part that is built, the other's source": (
        env_package({"browser": "./dist/b.js", "default": "./dist/s.js"}, dist__b=SAFE, src__s=CLIENT),
        [],
    ),
    "a token in the browser's part": (
        env_package({"browser": "./b.ts", "default": "./s.ts"}, b=CLIENT, s=SAFE),
        ["env/b.ts:2"],
    ),
    "a token in the part for both": (
        env_package({"react-server": "./s.ts", "default": "./b.ts"}, b=CLIENT, s=SAFE),
        ["env/b.ts:2"],
    ),
}


@pytest.mark.parametrize(("files", "expected"), SIDES.values(), ids=SIDES)
def test_the_side_decides_between_conditions(files: Texts, expected: list[str]) -> None:
    assert places(files, TOKEN) == expected


@pytest.mark.parametrize("condition", ["react-server", "node"])
def test_code_of_the_server_gets_the_servers_part(condition: str) -> None:
    tree = env_package(
        {condition: "./s.ts", "default": "./b.ts"},
        s="export const token = process.env.SANITY_WRITE_TOKEN",
        b="export const token = undefined",
    )
    route = "import {token} from '@our/env'\nexport const GET = () => Response.json({token})"
    found = places({**tree, "app/api/a/route.ts": route, "app/list.tsx": ""}, "sanity-token-to-browser")
    assert found == ["app/api/a/route.ts:2"]


def said(files: Texts) -> list[str]:
    """Return what a report says about imports that lead nowhere."""
    return [each.message for each in scanned(files).skipped if "could not be resolved" in each.message]


ASSETS: Final = (
    *(
        "./a.svg",
        "./a.svg?react",
        "./a.css?inline",
        "./a.txt?raw",
        "!!raw-loader!./a.md",
        "./a.glb",
        "./a.mov",
        "./a.po",
    ),
    *("./a.woff2#iefix", "./worker?url", "~/a.png", "./a.module.scss", "./a.vtt", "./a.xml"),
)


def test_nothing_is_said_about_assets() -> None:
    imports = "\n".join(f"import a{number} from '{name}'; use(a{number})" for number, name in enumerate(ASSETS))
    assert said({**BASE, "src/main.ts": f"{imports}\n", "src/cms/sanity.ts": CLIENT}) == []


def test_nothing_is_said_about_packages_or_patterns() -> None:
    code = "import 'react'\nimport 'node:fs'\nimport 'fs'\nimport.meta.glob('./none/*.ts')\nimport 'virtual:a'\n"
    config = {"vite.config.ts": "export default {resolve: {alias: {$cms: './src/cms'}}}"}
    assert (
        said({**BASE, **config, "package.json": package("vite", "react", "@sanity/client"), "src/main.ts": code + USE})
        == []
    )


def test_what_leads_nowhere_is_said_once() -> None:
    code = "import {a} from './gone'\nimport {b} from './gone'\nimport {c} from './lost'\nuse(a, b, c)\n"
    (message,) = said({**BASE, "src/main.ts": code})
    assert "./gone" in message


def test_a_name_that_may_be_an_alias() -> None:
    config = {"babel.config.js": alias("['module-resolver', {alias: folders()}]")}
    (message,) = said({**BASE, **config})
    assert "$cms/sanity" in message
