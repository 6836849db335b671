"""Values that scripts and configurations of bundlers put into bundles: `define`, `env`, `replace`, whole environments."""

from collections.abc import Mapping, Sequence
from typing import Final

import pytest

from frontleak.core.vocabulary import Severity
from tests.support.code import misuse, package, places

RULE: Final = "bundler-publishes-secret"
ESBUILD: Final = "import * as esbuild from 'esbuild'\n"
OUT: Final = "entryPoints: ['src/main.ts'], bundle: true, outdir: 'dist'"

SILENT: Final[Mapping[str, tuple[str, str]]] = {
    "an ordinary variable": ("build.mjs", f"{ESBUILD}esbuild.build({{{OUT}, define: {{A: process.env.NODE_ENV}}}})"),
    "an object of ordinary variables": (
        "build.mjs",
        f"{ESBUILD}esbuild.build({{{OUT}, define: {{'process.env': JSON.stringify({{A: process.env.NODE_ENV}})}}}})",
    ),
    "another option": (
        "build.mjs",
        f"{ESBUILD}esbuild.build({{{OUT}, banner: {{js: ''}}, footer: process.env.SANITY_TOKEN}})",
    ),
    "a bundle for Node": (
        "build.mjs",
        f"{ESBUILD}esbuild.build({{{OUT}, platform: 'node', define: {{T: JSON.stringify(process.env.SANITY_TOKEN)}}}})",
    ),
    "a bundle for Node, by a constant": (
        "build.mjs",
        (
            f"{ESBUILD}const platform = 'node'\n"
            f"esbuild.build({{{OUT}, platform, define: {{T: JSON.stringify(process.env.SANITY_TOKEN)}}}})"
        ),
    ),
    "a function of that name of another package": (
        "build.mjs",
        "import {build} from './esbuild'\nbuild({define: {T: JSON.stringify(process.env.SANITY_TOKEN)}})",
    ),
    "a function of that name of the file": (
        "build.mjs",
        "// esbuild\nconst build = (options) => options\nbuild({define: {T: process.env.SANITY_TOKEN}})",
    ),
    "the token used by the script itself": (
        "build.mjs",
        f"{ESBUILD}fetch('https://example.com', {{headers: {{a: process.env.SANITY_TOKEN}}}})\nesbuild.build({{{OUT}}})",
    ),
    "chosen by prefix": (
        "build.mjs",
        (
            f"{ESBUILD}const define = Object.fromEntries(Object.entries(process.env)"
            ".filter(([key]) => key.startsWith('APP_')).map(([key, value]) => [key, JSON.stringify(value)]))\n"
            f"esbuild.build({{{OUT}, define}})"
        ),
    ),
    "chosen by an expression": (
        "webpack.config.js",
        (
            "const KEPT = /^APP_/i\nconst raw = Object.keys(process.env).filter((key) => KEPT.test(key))"
            ".reduce((env, key) => { env[key] = process.env[key]; return env }, {})\n"
            "module.exports = {plugins: [new webpack.DefinePlugin({'process.env': JSON.stringify(raw)})]}"
        ),
    ),
    "chosen in a loop": (
        "build.mjs",
        (
            f"{ESBUILD}const define = {{}}\nfor (const key in process.env) {{ if (/^APP_/.test(key)) "
            "define['process.env.' + key] = JSON.stringify(process.env[key]) }\n"
            f"esbuild.build({{{OUT}, define}})"
        ),
    ),
    "one variable of a file": (
        "build.mjs",
        (
            f"{ESBUILD}import dotenv from 'dotenv'\nimport fs from 'node:fs'\n"
            "const env = dotenv.parse(fs.readFileSync('.env'))\n"
            f"esbuild.build({{{OUT}, define: {{SITE: JSON.stringify(env.SITE)}}}})"
        ),
    ),
    "the text of another file": (
        "build.mjs",
        (
            f"{ESBUILD}import fs from 'node:fs'\nconst version = JSON.parse(fs.readFileSync('version.json')).version\n"
            f"esbuild.build({{{OUT}, define: {{'process.env': JSON.stringify(version)}}}})"
        ),
    ),
    "the variables that Vite publishes anyway": (
        "vite.config.ts",
        "export default defineConfig(({mode}) => ({define: {'process.env': loadEnv(mode, process.cwd())}}))",
    ),
    "those with several public prefixes": (
        "vite.config.ts",
        "export default ({mode}) => ({define: {'process.env': loadEnv(mode, '.', ['VITE_', 'NEXT_PUBLIC_'])}})",
    ),
    "the public variables of Rsbuild": (
        "rsbuild.config.ts",
        (
            "import {defineConfig, loadEnv} from '@rsbuild/core'\nconst {publicVars} = loadEnv({prefixes: ['APP_']})\n"
            "export default defineConfig({source: {define: publicVars}})"
        ),
    ),
    "variables of Bun with a public prefix": (
        "build.ts",
        "Bun.build({entrypoints: ['a.ts'], env: 'PUBLIC_*', define: {A: '1'}})",
    ),
    "Bun for a server": (
        "build.ts",
        "Bun.build({entrypoints: ['a.ts'], target: 'bun', env: 'inline', define: {T: process.env.SANITY_TOKEN}})",
    ),
    "a mode of Bun": ("build.ts", "Bun.build({entrypoints: ['a.ts'], env: 'disable'})"),
    "settings of a plugin of Rollup": (
        "rollup.config.js",
        "import replace from '@rollup/plugin-replace'\nexport default {plugins: [replace({include: 'src/**', 'process.env.NODE_ENV': '\"a\"'})]}",
    ),
}


@pytest.mark.parametrize(("path", "code"), SILENT.values(), ids=SILENT)
def test_what_is_not_published(path: str, code: str) -> None:
    assert places({"package.json": package("react"), path: f"/* SANITY_TOKEN */ {code}"}) == []


SECRETS: Final[Mapping[str, tuple[str, str, str]]] = {
    "esbuild": (
        "build.mjs",
        f"{ESBUILD}esbuild.build({{{OUT}, define: {{T: JSON.stringify(process.env.SANITY_TOKEN)}}}})",
        RULE,
    ),
    "esbuild, in an object that is one text": (
        "build.mjs",
        f"{ESBUILD}esbuild.build({{define: {{'process.env': JSON.stringify({{A: '', T: process.env.SANITY_TOKEN}})}}}})",
        RULE,
    ),
    "esbuild by a name": (
        "scripts/make.js",
        "const {buildSync} = require('esbuild')\nbuildSync({define: {T: `\"${process.env.SANITY_TOKEN}\"`}})",
        RULE,
    ),
    "esbuild by its default": (
        "esbuild.config.ts",
        (
            "import esbuild from 'esbuild'\nconst ctx = await esbuild.context({define: {T: '\"' + process.env.SANITY_TOKEN + '\"'}})"
        ),
        RULE,
    ),
    "esbuild with options of a constant": (
        "build.mjs",
        (
            f"{ESBUILD}const define = {{'process.env.T': JSON.stringify(process.env.SANITY_TOKEN)}}\n"
            "const common = {bundle: true, define}\nesbuild.build({...common, outdir: 'dist'})"
        ),
        RULE,
    ),
    "esbuild with an option set later": (
        "build.mjs",
        f"{ESBUILD}const options = {{}}\noptions.define = {{T: JSON.stringify(process.env.SANITY_TOKEN)}}\nesbuild.build(options)",
        RULE,
    ),
    "esbuild for the browser beside one for Node": (
        "build.mjs",
        (
            f"{ESBUILD}esbuild.build({{platform: 'node'}})\n"
            "esbuild.build({platform: 'browser', define: {T: JSON.stringify(process.env.SANITY_TOKEN)}})"
        ),
        RULE,
    ),
    "esbuild in a function of the script": (
        "build.mjs",
        (
            f"{ESBUILD}const run = (more) => esbuild.build({{bundle: true, ...more}})\n"
            "run({define: {T: JSON.stringify(process.env.SANITY_TOKEN)}})"
        ),
        RULE,
    ),
    "esbuild in a function that gets its options": (
        "build.mjs",
        (
            f"{ESBUILD}async function run(options) {{ await esbuild.build(options) }}\n"
            "run({define: {T: JSON.stringify(process.env.SANITY_TOKEN)}})"
        ),
        RULE,
    ),
    "define of the compiler of Next": (
        "next.config.ts",
        "export default {compiler: {define: {T: process.env.SANITY_TOKEN}}}",
        "next-config-publishes-secret",
    ),
    "replace of Rollup": (
        "rollup.config.mjs",
        (
            "import replace from '@rollup/plugin-replace'\n"
            "export default [{plugins: [replace({'process.env.T': JSON.stringify(process.env.SANITY_TOKEN)})]}]"
        ),
        RULE,
    ),
    "replace of Rollup in a script": (
        "tools/bundle.cjs",
        (
            "const {rollup} = require('rollup')\nconst replace = require('@rollup/plugin-replace')\n"
            "rollup({plugins: [replace({values: {T: JSON.stringify(process.env.SANITY_TOKEN)}})]})"
        ),
        RULE,
    ),
    "replace of old Rollup": (
        "rollup.config.js",
        "import replace from 'rollup-plugin-replace'\nexport default {plugins: [replace({T: process.env.SANITY_TOKEN})]}",
        RULE,
    ),
    "process.env of Rollup": (
        "rollup.config.js",
        (
            "import inject from 'rollup-plugin-inject-process-env'\n"
            "export default {plugins: [inject({TOKEN: process.env.SANITY_TOKEN})]}"
        ),
        RULE,
    ),
    "Rolldown": (
        "rolldown.config.ts",
        "export default defineConfig({transform: {define: {T: JSON.stringify(process.env.SANITY_TOKEN)}}})",
        RULE,
    ),
    "Rspack": (
        "rspack.config.mjs",
        (
            "import {rspack} from '@rspack/core'\n"
            "export default {plugins: [new rspack.DefinePlugin({T: JSON.stringify(process.env.SANITY_TOKEN)})]}"
        ),
        "webpack-publishes-secret",
    ),
    "Rspack in a script": (
        "scripts/build.js",
        (
            "const {rspack} = require('@rspack/core')\n"
            "rspack({plugins: [new rspack.EnvironmentPlugin(['SANITY_TOKEN'])]}).run()"
        ),
        "webpack-publishes-secret",
    ),
    "webpack in a script": (
        "scripts/build.js",
        (
            "import webpack from 'webpack'\n"
            "webpack({plugins: [new webpack.DefinePlugin({T: JSON.stringify(process.env.SANITY_TOKEN)})]}).run()"
        ),
        "webpack-publishes-secret",
    ),
    "Rsbuild": (
        "rsbuild.config.ts",
        "export default defineConfig({source: {define: {T: JSON.stringify(process.env.SANITY_TOKEN)}}})",
        RULE,
    ),
    "Rsbuild, of one environment": (
        "rsbuild.config.ts",
        "export default {environments: {web: {source: {define: {T: JSON.stringify(process.env.SANITY_TOKEN)}}}}}",
        RULE,
    ),
    "Rsbuild in a script": (
        "build.mjs",
        (
            "import {createRsbuild} from '@rsbuild/core'\n"
            "createRsbuild({rsbuildConfig: {source: {define: {T: JSON.stringify(process.env.SANITY_TOKEN)}}}})"
        ),
        RULE,
    ),
    "Parcel": (
        "build.mjs",
        "import {Parcel} from '@parcel/core'\nnew Parcel({entries: 'index.html', env: {T: process.env.SANITY_TOKEN}})",
        RULE,
    ),
    "Bun": (
        "build.ts",
        "await Bun.build({entrypoints: ['a.ts'], define: {T: JSON.stringify(process.env.SANITY_TOKEN)}})",
        RULE,
    ),
    "Bun as a module": (
        "build.ts",
        "import {build} from 'bun'\nbuild({entrypoints: ['a.ts'], define: {T: JSON.stringify(Bun.env.SANITY_TOKEN)}}) // Bun.build(",
        RULE,
    ),
    "tsup": ("tsup.config.ts", "export default defineConfig({env: {TOKEN: process.env.SANITY_TOKEN}})", RULE),
    "tsup, by options": (
        "tsup.config.ts",
        "export default defineConfig((options) => ({define: {T: JSON.stringify(process.env.SANITY_TOKEN)}}))",
        RULE,
    ),
    "tsup in a script": (
        "build.ts",
        "import {build} from 'tsup'\nawait build({entry: ['a.ts'], define: {T: JSON.stringify(process.env.SANITY_TOKEN)}})",
        RULE,
    ),
    "Vite in a script": (
        "build.ts",
        "import {build} from 'vite'\nawait build({define: {T: JSON.stringify(process.env.SANITY_TOKEN)}})",
        "vite-config-publishes-secret",
    ),
    "a plugin of Vite that returns define": (
        "vite.config.ts",
        "export default {plugins: [{name: 'a', config: () => ({define: {T: JSON.stringify(process.env.SANITY_TOKEN)}})}]}",
        "vite-config-publishes-secret",
    ),
    "a plugin of Vite for variables": (
        "vite.config.ts",
        "import environment from 'vite-plugin-environment'\nexport default {plugins: [environment(['SANITY_TOKEN'])]}",
        "vite-config-publishes-secret",
    ),
}


@pytest.mark.parametrize(("path", "code", "rule"), SECRETS.values(), ids=SECRETS)
def test_a_secret_that_is_published(path: str, code: str, rule: str) -> None:
    (finding,) = misuse({"package.json": package("react"), path: code})
    assert (finding.rule_id, finding.context.get("name")) == (rule, ("SANITY_TOKEN",))


def test_a_secret_of_another_vendor_counts() -> None:
    code = f"{ESBUILD}esbuild.build({{define: {{K: JSON.stringify(process.env.STRIPE_SECRET_KEY)}}}})"
    assert places({"package.json": package("react"), "build.mjs": code}, RULE) == ["build.mjs:2"]


WHOLE: Final[Mapping[str, tuple[str, str]]] = {
    "process.env": ("define: {'process.env': JSON.stringify(process.env)}", ""),
    "process.env by a name": ("define: {'process.env': JSON.stringify(env)}", "const env = process.env"),
    "process.env, spread": ("define: {'process.env': JSON.stringify({...process.env, A: 1})}", ""),
    "spread into define": ("define: {...process.env}", ""),
    "a file": (
        "define: {'process.env': JSON.stringify(env)}",
        "import dotenv from 'dotenv'\nconst env = dotenv.config().parsed",
    ),
    "a file, destructured": (
        "define: {'process.env': JSON.stringify(parsed)}",
        "import {config} from 'dotenv'\nconst {parsed} = config({path: '.env.local'})",
    ),
    "a file that is parsed": (
        "define: {'process.env': JSON.stringify(env)}",
        "import dotenv from 'dotenv'\nimport fs from 'node:fs'\nconst env = dotenv.parse(fs.readFileSync('.env'))",
    ),
    "a file that is expanded": (
        "define: {'process.env': JSON.stringify(env)}",
        (
            "import dotenv from 'dotenv'\nimport {expand} from 'dotenv-expand'\n"
            "const env = expand(dotenv.config()).parsed"
        ),
    ),
    "a file that is parsed by hand": (
        "define: {'process.env': JSON.stringify(env)}",
        (
            "import fs from 'node:fs'\nconst text = fs.readFileSync('.env.production', 'utf8')\n"
            "const env = Object.fromEntries(text.split('\\n').map((line) => line.split('=')))"
        ),
    ),
    "a JSON file": (
        "define: {'process.env': JSON.stringify(JSON.parse(fs.readFileSync('env.json', 'utf8')))}",
        "import fs from 'node:fs'",
    ),
    "a file at a joined path": (
        "define: {'process.env': JSON.stringify(parse(readFileSync(path.join(root, '.env'), 'utf8')))}",
        "import {readFileSync} from 'node:fs'\nimport path from 'node:path'\nimport {parse} from './parse'",
    ),
    "spread from a file": (
        "define: {...env}",
        "import dotenv from 'dotenv'\nimport fs from 'fs'\nconst env = dotenv.parse(fs.readFileSync('.env'))",
    ),
    "name by name": (
        "define",
        (
            "const define = Object.keys(process.env).reduce((all, key) => "
            "({...all, [`process.env.${key}`]: JSON.stringify(process.env[key])}), {})"
        ),
    ),
    "entry by entry": (
        "define: Object.fromEntries(Object.entries(process.env).map(([k, v]) => [`process.env.${k}`, JSON.stringify(v)]))",
        "",
    ),
    "in a loop": (
        "define",
        "const define = {}\nfor (const key in process.env) { define[`process.env.${key}`] = JSON.stringify(process.env[key]) }",
    ),
    "in a loop, beside another": (
        "define",
        (
            "const define = {A: '1'}\nfor (const [key, value] of Object.entries(process.env)) "
            "define['process.env.' + key] = JSON.stringify(value)"
        ),
    ),
    "in a loop over a file": (
        "define",
        (
            "import dotenv from 'dotenv'\nconst {parsed} = dotenv.config()\nconst define = {}\n"
            "Object.keys(parsed).forEach((key) => { define[key] = JSON.stringify(parsed[key]) })"
        ),
    ),
    "by a function of the script": (
        "define: all(process.env)",
        "const all = (env) => Object.fromEntries(Object.entries(env).map(([key, value]) => [key, JSON.stringify(value)]))",
    ),
    "by lodash": (
        "define: mapValues(process.env, (value) => JSON.stringify(value))",
        "import {mapValues} from 'lodash'",
    ),
}


@pytest.mark.parametrize(("option", "before"), WHOLE.values(), ids=WHOLE)
def test_a_whole_environment(option: str, before: str) -> None:
    found = misuse({"package.json": package("react"), "build.mjs": f"{ESBUILD}{before}\nesbuild.build({{{option}}})"})
    assert {(finding.rule_id, finding.severity) for finding in found} == {(RULE, Severity.CRITICAL)}
    assert len(found) == 1


MORE_WHOLE: Final[Mapping[str, tuple[str, str, str]]] = {
    "Vite, without a prefix": (
        "vite.config.ts",
        "export default ({mode}) => ({define: {'process.env': JSON.stringify(loadEnv(mode, process.cwd(), ''))}})",
        "vite-config-publishes-secret",
    ),
    "Vite, with a prefix of secrets": (
        "vite.config.ts",
        "export default ({mode}) => ({define: {'process.env': loadEnv(mode, '.', ['VITE_', 'SANITY_'])}})",
        "vite-config-publishes-secret",
    ),
    "Rsbuild, the parsed files": (
        "rsbuild.config.ts",
        (
            "import {defineConfig, loadEnv} from '@rsbuild/core'\nconst {parsed} = loadEnv()\n"
            "export default defineConfig({source: {define: {'process.env': JSON.stringify(parsed)}}})"
        ),
        RULE,
    ),
    "webpack, a file": (
        "webpack.config.js",
        (
            "const env = require('dotenv').config().parsed\n"
            "module.exports = {plugins: [new webpack.DefinePlugin({'process.env': JSON.stringify(env)})]}"
        ),
        "webpack-publishes-whole-env",
    ),
    "Bun, inline": ("build.ts", "\nBun.build({entrypoints: ['a.ts'], env: 'inline'})", RULE),
    "Vite in a script, an empty prefix": (
        "build.ts",
        "import {build} from 'vite'\nbuild({envPrefix: '', define: {'process.env': process.env}})",
        "vite-config-publishes-secret",
    ),
}


@pytest.mark.parametrize(("path", "code", "rule"), MORE_WHOLE.values(), ids=MORE_WHOLE)
def test_a_whole_environment_in_a_configuration(path: str, code: str, rule: str) -> None:
    found = misuse({"package.json": package("react"), path: f"/* SANITY_TOKEN */ {code}"})
    assert {(finding.rule_id, finding.severity) for finding in found} == {(rule, Severity.CRITICAL)}


PAGES: Final[Mapping[str, tuple[str, Sequence[str]]]] = {
    "an ordinary context": ("exports.createPages = ({actions}) => actions.createPage({context: {slug: 'a'}})", []),
    "a token for the build": (
        "exports.sourceNodes = async () => fetch('https://a.api.sanity.io', {headers: {a: process.env.SANITY_TOKEN}})",
        [],
    ),
    "a token": (
        "exports.createPages = ({actions}) => actions.createPage({context: {t: process.env.SANITY_TOKEN}})",
        ["1"],
    ),
    "a token, destructured": (
        "exports.createPages = ({actions: {createPage}}) => createPage({path: '/', context: {t: process.env.SANITY_TOKEN}})",
        ["1"],
    ),
    "a context that is spread": (
        (
            "exports.onCreatePage = ({page, actions}) => { const {createPage} = actions\n"
            "createPage({...page, context: {...page.context, token: process.env.SANITY_TOKEN}}) }"
        ),
        ["2"],
    ),
    "a context of a constant": (
        "const context = {token: process.env.SANITY_TOKEN}\nexports.createPages = ({actions}) => actions.createPage({context})",
        ["1"],
    ),
    "all variables": ("exports.createPages = ({actions}) => actions.createPage({context: {env: process.env}})", ["1"]),
    "a slice": (
        "exports.createPages = ({actions}) => actions.createSlice({id: 'a', context: {t: process.env.SANITY_TOKEN}})",
        ["1"],
    ),
    "a secret of another vendor": (
        "exports.createPages = ({actions}) => actions.createPage({context: {key: process.env.STRIPE_SECRET_KEY}})",
        ["1"],
    ),
}


@pytest.mark.parametrize(("code", "lines"), PAGES.values(), ids=PAGES)
def test_the_context_of_a_page_of_gatsby(code: str, lines: Sequence[str]) -> None:
    tree = {"package.json": package("gatsby"), "gatsby-node.js": code}
    assert places(tree) == [f"gatsby-node.js:{line}" for line in lines]
