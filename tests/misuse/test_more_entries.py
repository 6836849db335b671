"""Entry points of client bundles that only settings tell: angular.json, pages of Vue CLI, main of an Expo app, Qwik."""

from collections.abc import Mapping
from typing import Final

import pytest

from tests.support.code import Texts, misuse, package, places

LIBRARY: Final = (
    "import {createClient} from '@sanity/client'\n"
    "export const client = createClient({projectId: 'abcd1234', token: process.env.SANITY_TOKEN})\n"
)
USE: Final = "import {client} from '../lib/sanity'\nclient.fetch('*')"
ANGULAR: Final = '{"projects": {"app": {"architect": {"build": {"options": {"KEY": "src/boot.ts"}}}}}}'

SILENT: Final[Mapping[str, Texts]] = {
    "the server of angular.json": {
        "package.json": package("@angular/core"),
        "angular.json": ANGULAR.replace("KEY", "server"),
        "src/boot.ts": USE,
    },
    "an angular.json that is no JSON": {
        "package.json": package("@angular/core"),
        "angular.json": "{",
        "src/boot.ts": USE,
    },
    "main of a server": {
        "package.json": '{"private": true, "main": "src/boot.js", "dependencies": {"express": "*", "@sanity/client": "*"}}',
        "src/boot.js": USE,
    },
    "a manifest of a site": {
        "package.json": package("vite"),
        "manifest.json": '{"name": "a", "start_url": "/", "icons": [{"src": "src/boot.ts"}]}',
        "src/boot.ts": USE,
    },
    "a remote function of Vike": {
        "package.json": package("vike"),
        "pages/index/like.telefunc.ts": "import {client} from '../../lib/sanity'\nexport const like = () => client.fetch('*')",
        "pages/index/+Page.tsx": "import {like} from './like.telefunc'\nexport default () => <b onClick={like}/>",
    },
    "a file that a pattern leaves out": {
        "package.json": package("vite"),
        "src/main.ts": "import.meta.glob(['./*.ts', '!./*.server.ts'])",
        "src/boot.server.ts": USE,
    },
    "a file that a pattern leaves out anywhere": {
        "package.json": package("vite"),
        "src/main.ts": "import.meta.glob(['!**/boot.ts', './deep/*.ts'], {eager: true})",
        "src/deep/boot.ts": "import {client} from '../../lib/sanity'\nclient.fetch('*')",
    },
    "loaders and handlers of Qwik": {
        "package.json": package("@builder.io/qwik", "@sanity/client"),
        "src/routes/index.tsx": "import {client} from '../../lib/sanity'\n"
        "export const usePosts = routeLoader$(() => client.fetch('*'))\n"
        "export const onGet = async ({json}) => json(200, await client.fetch('*'))\n"
        "export default component$(() => <b>{usePosts().value}</b>)",
    },
}


@pytest.mark.parametrize("files", SILENT.values(), ids=SILENT)
def test_what_is_no_entry(files: Texts) -> None:
    assert places({"lib/sanity.ts": LIBRARY, **files}) == []


LOUD: Final[Mapping[str, Texts]] = {
    "browser of angular.json": {
        "package.json": package("@angular/core"),
        "angular.json": ANGULAR.replace("KEY", "browser"),
        "src/boot.ts": USE,
    },
    "main of angular.json": {
        "package.json": package("@angular/core"),
        "angular.json": ANGULAR.replace("KEY", "main"),
        "src/boot.ts": USE,
    },
    "a worker of a manifest": {
        "package.json": package("web-ext"),
        "manifest.json": '{"manifest_version": 3, "background": {"service_worker": "src/boot.ts"}}',
        "src/boot.ts": USE,
    },
    "scripts of a manifest": {
        "package.json": package("@crxjs/vite-plugin"),
        "manifest.json": '{"content_scripts": [{"matches": ["*://*/*"], "js": ["src/a.ts", "src/boot.ts"]}]}',
        "src/boot.ts": USE,
    },
    "a file that a pattern does not leave out": {
        "package.json": package("vite"),
        "src/main.ts": "import.meta.glob(['./*.ts', '!./*.server.ts'])",
        "src/boot.ts": USE,
    },
    "a page of Vue CLI": {
        "package.json": package("@vue/cli-service"),
        "vue.config.js": "module.exports = {pages: {admin: {entry: 'src/admin.js', title: 'a'}}}",
        "src/admin.js": USE,
    },
    "a page of Vue CLI that is a text": {
        "package.json": package("@vue/cli-service"),
        "vue.config.js": "module.exports = {pages: {admin: 'src/admin.js'}}",
        "src/admin.js": USE,
    },
    "main of an Expo app": {
        "package.json": '{"private": true, "main": "src/entry.js", "dependencies": {"expo": "*"}}',
        "src/entry.js": USE,
    },
    "a component of Qwik": {
        "package.json": package("@builder.io/qwik", "@sanity/client"),
        "src/routes/index.tsx": "import {client} from '../../lib/sanity'\n"
        "export default component$(() => <button onClick$={() => client.fetch('*')}/>)",
    },
}


@pytest.mark.parametrize("files", LOUD.values(), ids=LOUD)
def test_an_entry_that_settings_tell(files: Texts) -> None:
    (finding,) = misuse({"lib/sanity.ts": LIBRARY, **files})
    assert (finding.rule_id, finding.place.origin.path) == ("sanity-token-in-client-code", "lib/sanity.ts")


VARIABLES: Final[Mapping[str, tuple[str, Texts]]] = {
    "wrangler.toml": ("wrangler", {"wrangler.toml": '[vars]\nVITE_SANITY_TOKEN = "put-in-while-building"\n'}),
    "wrangler.jsonc": ("wrangler", {"wrangler.jsonc": '{"vars": {"VITE_SANITY_TOKEN": "put-in-while-building"}}'}),
    "@ngx-env/builder": ("@angular/core", {"src/main.ts": "console.log(import.meta.env.NG_APP_SANITY_TOKEN)"}),
}


@pytest.mark.parametrize(("framework", "files"), VARIABLES.values(), ids=VARIABLES)
def test_a_public_variable_of_a_host_or_builder(framework: str, files: Texts) -> None:
    assert {finding.rule_id for finding in misuse({"package.json": package(framework), **files})} == {
        "public-env-secret"
    }


def test_a_variable_that_babel_inserts() -> None:
    code = "import {SANITY_TOKEN} from '@env'\nimport {createClient} from '@sanity/client'\n"
    files = {
        "package.json": package("expo"),
        "app/index.tsx": f"{code}export const client = createClient({{token: SANITY_TOKEN}})",
    }
    assert places(files, "sanity-token-in-client-code") == ["app/index.tsx:3"]
    assert places({**files, "app/index.tsx": code.replace("SANITY_TOKEN", "SANITY_DATASET")}) == []
