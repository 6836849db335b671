"""Configuration settings that put values into the client bundle, per framework."""

from collections.abc import Mapping, Sequence
from typing import Final

import pytest

from frontleak.core.vocabulary import Severity
from tests.acceptance.support import token
from tests.support.code import misuse, package, places

FILES: Final[Mapping[str, str]] = {
    "next": "next.config.mjs",
    "vite": "vite.config.ts",
    "nuxt": "nuxt.config.ts",
    "webpack": "webpack.config.js",
    "@vue/cli-service": "vue.config.js",
    "gatsby": "gatsby-config.js",
    "expo": "app.config.js",
    "@angular/core": "src/environments/environment.ts",
}

SILENT: Final[Mapping[str, tuple[str, str]]] = {
    "an ordinary variable": ("next", "export default {env: {SITE: process.env.SITE}}"),
    "a public variable": (
        "next",
        "export default {env: {NEXT_PUBLIC_TOKEN: process.env.NEXT_PUBLIC_SANITY_TOKEN_URL}}",
    ),
    "settings of the server": ("next", "export default {serverRuntimeConfig: {token: process.env.SANITY_TOKEN}}"),
    "a rewrite": ("next", "export default {rewrites: async () => [{key: process.env.SANITY_TOKEN}]}"),
    "a comment": ("next", "export default {env: {/* SANITY_TOKEN: process.env.SANITY_TOKEN */}}"),
    "a flag made of a secret's name": ("next", "export default {env: {SANITY_TOKEN_URL: 'https://example.com/token'}}"),
    "a file that is not the configuration": ("next", ""),
    "a short text": ("vite", "export default {define: {TOKEN: JSON.stringify('a')}}"),
    "the usual prefix": ("vite", "export default {envPrefix: 'VITE_'}"),
    "several usual prefixes": ("vite", "export default {envPrefix: ['VITE_', 'NEXT_PUBLIC_', 'SANITY_STUDIO_']}"),
    "a proxy": ("vite", "export default {server: {proxy: {'/a': {headers: {a: process.env.SANITY_TOKEN}}}}}"),
    "private runtime settings": ("nuxt", "export default defineNuxtConfig({runtimeConfig: {sanityToken: ''}})"),
    "settings of a module": ("nuxt", "export default defineNuxtConfig({sanity: {projectId: process.env.SANITY_ID}})"),
    "names without secrets": (
        "webpack",
        "module.exports = {plugins: [new webpack.DefinePlugin({VERSION: JSON.stringify('1.0.0-abcdefgh')})]}",
    ),
    "names of variables without secrets": ("webpack", "module.exports = {plugins: [new EnvironmentPlugin(['SITE'])]}"),
    "a bundle for a server": (
        "webpack",
        "module.exports = {target: 'node', plugins: [new DefinePlugin({T: JSON.stringify(process.env.SANITY_TOKEN)})]}",
    ),
    "a bundle for a server among others": (
        "webpack",
        (
            "module.exports = [{target: 'web', plugins: []}, "
            "{target: 'node20', plugins: [new DefinePlugin({T: JSON.stringify(process.env.SANITY_TOKEN)})]}]"
        ),
    ),
    "options of another plugin in a chain": (
        "@vue/cli-service",
        "module.exports = {chainWebpack: (c) => c.plugin('a').tap((args) => { args[0].token = process.env.SANITY_TOKEN; return args })}",
    ),
    "a plugin that a chain uses": (
        "@vue/cli-service",
        "module.exports = {chainWebpack: (c) => c.plugin('a').use(Upload, [{token: process.env.SANITY_TOKEN}])}",
    ),
    "options of a plugin": (
        "gatsby",
        "module.exports = {plugins: [{resolve: 'a', options: {token: process.env.SANITY_TOKEN}}]}",
    ),
    "hooks": ("expo", "export default {hooks: {a: process.env.SANITY_TOKEN}}"),
    "an empty secret of Angular": ("@angular/core", "export const environment = {sanityToken: ''}"),
}


@pytest.mark.parametrize(("framework", "code"), SILENT.values(), ids=SILENT)
def test_what_is_not_published(framework: str, code: str) -> None:
    path = FILES[framework] if code else "lib/next.config.ts.txt"
    assert places({"package.json": package(framework), path: f"/* SANITY_TOKEN */\n{code}"}) == []


LOUD: Final[Mapping[str, tuple[str, str, str, Sequence[str]]]] = {
    "env that is added to the configuration of Next": (
        "next",
        "const config = {reactStrictMode: true}\nconfig.env = {SANITY_TOKEN: process.env.SANITY_TOKEN}\nmodule.exports = config",
        "next-config-publishes-secret",
        ["SANITY_TOKEN"],
    ),
    "env of Next": (
        "next",
        "export default {env: {SANITY_TOKEN: process.env.SANITY_TOKEN}}",
        "next-config-publishes-secret",
        ["SANITY_TOKEN"],
    ),
    "env of Next, in a function": (
        "next",
        "export default async (phase) => { const config = {env: {A: process.env.SANITY_TOKEN}}; return config }",
        "next-config-publishes-secret",
        ["SANITY_TOKEN"],
    ),
    "env of Next, in plugins": (
        "next",
        "export default withA(withB({c: 1})({env: {A: process.env.SANITY_TOKEN}}))",
        "next-config-publishes-secret",
        ["SANITY_TOKEN"],
    ),
    "env of Next, a constant": (
        "next",
        "const env = {A: process.env.SANITY_TOKEN}\nconst config = {env}\nmodule.exports = config",
        "next-config-publishes-secret",
        ["SANITY_TOKEN"],
    ),
    "env of Next, spread": (
        "next",
        "const more = {A: process.env.SANITY_TOKEN}\nexport default {env: {...more}}",
        "next-config-publishes-secret",
        ["SANITY_TOKEN"],
    ),
    "public settings of Next": (
        "next",
        "export default {publicRuntimeConfig: {sanity: {token: process.env.SANITY_TOKEN}}}",
        "next-config-publishes-secret",
        ["SANITY_TOKEN"],
    ),
    "define of Vite": (
        "vite",
        "export default defineConfig({define: {T: JSON.stringify(process.env.SANITY_TOKEN)}})",
        "vite-config-publishes-secret",
        ["SANITY_TOKEN"],
    ),
    "define of Vite, of what loadEnv gives": (
        "vite",
        (
            "export default defineConfig(({mode}) => { const env = loadEnv(mode, '.', ''); "
            "return {define: {'process.env.T': JSON.stringify(env.SANITY_TOKEN)}} })"
        ),
        "vite-config-publishes-secret",
        ["SANITY_TOKEN"],
    ),
    "a wide prefix": ("vite", "export default {envPrefix: ['VITE_', 'SANITY_']}", "vite-config-publishes-secret", []),
    "an empty prefix": ("vite", "export default {envPrefix: ''}", "vite-config-publishes-secret", []),
    "public runtime settings": (
        "nuxt",
        "export default defineNuxtConfig({runtimeConfig: {public: {sanityToken: process.env.SANITY_TOKEN}}})",
        "nuxt-config-publishes-secret",
        ["SANITY_TOKEN"],
    ),
    "public runtime settings that the environment fills": (
        "nuxt",
        "export default defineNuxtConfig({runtimeConfig: {public: {sanityToken: ''}}})",
        "nuxt-config-publishes-secret",
        ["sanityToken"],
    ),
    "the token of Nuxt's module": (
        "nuxt",
        "export default defineNuxtConfig({sanity: {token: process.env.ANYTHING}})",
        "nuxt-sanity-token-public",
        ["ANYTHING"],
    ),
    "a definition in a chain": (
        "@vue/cli-service",
        (
            "module.exports = {chainWebpack: (config) => { config.plugin('define').tap((args) => { "
            "args[0]['process.env'].T = JSON.stringify(process.env.SANITY_TOKEN); return args }) }}"
        ),
        "webpack-publishes-secret",
        ["SANITY_TOKEN"],
    ),
    "definitions in a chain, assigned together": (
        "@vue/cli-service",
        (
            "module.exports = {chainWebpack(config) { config.plugin('define').tap((args) => { "
            "Object.assign(args[0], {T: JSON.stringify(process.env.SANITY_TOKEN)}); return args }) }}"
        ),
        "webpack-publishes-secret",
        ["SANITY_TOKEN"],
    ),
    "new definitions in a chain": (
        "@vue/cli-service",
        (
            "module.exports = {chainWebpack: (config) => { config.plugin('define').tap(([old]) => "
            "[{...old, T: JSON.stringify(process.env.SANITY_TOKEN)}]) }}"
        ),
        "webpack-publishes-secret",
        ["SANITY_TOKEN"],
    ),
    "a plugin that a chain uses": (
        "@vue/cli-service",
        (
            "module.exports = {chainWebpack: (config) => config.plugin('a')"
            ".use(webpack.DefinePlugin, [{T: JSON.stringify(process.env.SANITY_TOKEN)}])}"
        ),
        "webpack-publishes-secret",
        ["SANITY_TOKEN"],
    ),
    "DefinePlugin": (
        "webpack",
        "module.exports = {plugins: [new webpack.DefinePlugin({T: JSON.stringify(process.env.SANITY_TOKEN)})]}",
        "webpack-publishes-secret",
        ["SANITY_TOKEN"],
    ),
    "EnvironmentPlugin": (
        "webpack",
        "module.exports = {plugins: [new EnvironmentPlugin(['SITE', 'SANITY_TOKEN'])]}",
        "webpack-publishes-secret",
        ["SANITY_TOKEN"],
    ),
    "EnvironmentPlugin with defaults": (
        "webpack",
        "module.exports = {plugins: [new EnvironmentPlugin({SITE: 'a', SANITY_TOKEN: ''})]}",
        "webpack-publishes-secret",
        ["SANITY_TOKEN"],
    ),
    "the whole environment": (
        "webpack",
        "module.exports = {plugins: [new DefinePlugin({'process.env': JSON.stringify(process.env)})]}",
        "webpack-publishes-whole-env",
        [],
    ),
    "the whole environment, name by name": (
        "webpack",
        "module.exports = {plugins: [new DefinePlugin(Object.keys(process.env).reduce((a, b) => a, {}))]}",
        "webpack-publishes-whole-env",
        [],
    ),
    "what pages query of Gatsby": (
        "gatsby",
        "module.exports = {siteMetadata: {sanity: {token: process.env.SANITY_TOKEN}}}",
        "gatsby-config-publishes-secret",
        ["SANITY_TOKEN"],
    ),
    "extra of Expo": (
        "expo",
        "export default ({config}) => ({...config, extra: {a: process.env.SANITY_TOKEN}})",
        "expo-config-publishes-secret",
        ["SANITY_TOKEN"],
    ),
    "the environment of Angular": (
        "@angular/core",
        "export const environment = {sanity: {writeToken: 'replaced-while-deploying'}}",
        "angular-environment-secret",
        [],
    ),
}


@pytest.mark.parametrize(("framework", "code", "rule", "names"), LOUD.values(), ids=LOUD)
def test_what_is_published(framework: str, code: str, rule: str, names: Sequence[str]) -> None:
    (finding,) = misuse({"package.json": package(framework), FILES[framework]: f"/* SANITY_TOKEN */ {code}"})
    assert (finding.rule_id, list(finding.context.get("name", ()))) == (rule, names)


def test_a_prefix_is_wide_when_secrets_of_the_project_begin_with_it() -> None:
    config = {"package.json": package("vite"), "vite.config.ts": "export default {envPrefix: ['APP_']} // SANITY_TOKEN"}
    assert places(config) == []
    assert places({**config, ".env": "APP_TITLE=a"}) == []
    assert places({**config, ".env": "APP_SANITY_TOKEN=a"}) == ["vite.config.ts:1"]


def test_a_prefix_that_is_not_utf_8_is_read() -> None:
    config: Mapping[str, str | bytes] = {
        "package.json": package("vite"),
        "vite.config.ts": b"export default {envPrefix: ['A\x83']}",
    }
    assert places({**config, ".env": b"A\x83_TITLE=1"}) == []
    assert places({**config, ".env": b"A\x83_SANITY_TOKEN=1"}) == ["vite.config.ts:1"]


def test_an_empty_prefix_publishes_everything() -> None:
    (finding,) = misuse({"package.json": package("vite"), "vite.config.ts": "export default {envPrefix: ''}"})
    assert finding.severity is Severity.CRITICAL


@pytest.mark.parametrize(
    ("name", "severity"), [("SANITY_TOKEN", Severity.HIGH), ("SANITY_WRITE_TOKEN", Severity.CRITICAL)]
)
def test_what_is_published_weighs_what_its_name_says(name: str, severity: Severity) -> None:
    code = f"export default {{env: {{A: process.env.{name}}}}}"
    (finding,) = misuse({"package.json": package("next"), "next.config.ts": code})
    assert finding.severity is severity
    assert finding.shipped == f"the configuration publishes the value of {name} to the browser"


def test_a_literal_that_is_published() -> None:
    code = f"export default {{env: {{\n  sanityToken: '{token()}',\n}}}}"
    found = misuse({"package.json": package("next"), "next.config.mjs": code})
    assert [(finding.rule_id, finding.place.line) for finding in found] == [("next-config-publishes-secret", 2)]


APP_JSON: Final = """{
  "expo": {
    "name": "a",
    "updates": {"requestHeaders": {"sanityToken": "only-a-header-of-updates"}},
    "extra": {
      "projectId": "abcd1234-abcd",
      "sanityToken": "a-token-that-everybody-gets"
    }
  }
}
"""


def test_a_configuration_that_is_json() -> None:
    """The place is that of the published member, even if another has the same name."""
    (finding,) = misuse({"package.json": package("expo"), "app.json": APP_JSON})
    assert (finding.rule_id, finding.place.line, finding.place.column) == ("expo-config-publishes-secret", 7, 7)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '"a"',
        '{"expo": []}',
        '{"expo": {"extra": "token"}}',
        '{"expo": {"extra": {"token": 1}}}',
        "[" * 100_000,
    ],
    ids=["nothing", "broken", "a list", "null", "a text", "a list inside", "a text inside", "a number", "deep"],
)
def test_a_configuration_that_is_strange_json(text: str) -> None:
    assert places({"package.json": package("expo"), "app.json": text}) == []
