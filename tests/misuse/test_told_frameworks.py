"""Trees without a package.json, and parts of a project whose package.json is above."""

from collections.abc import Mapping
from typing import Final

import pytest

from tests.support.code import Texts, misuse, package, places, scanned

CLIENT: Final = (
    "import {createClient} from '@sanity/client'\n"
    "export const client = createClient({projectId: 'a', token: process.env.SANITY_TOKEN})\n"
)
MESSAGE: Final = "no package.json was found"


def messages(files: Texts, *named: str) -> list[str]:
    """Return what the report of a tree says about a missing package.json."""
    return [each.message for each in scanned(files, *named).skipped if MESSAGE in each.message]


SILENT: Final[Mapping[str, Texts]] = {
    "server-side code of Next": {
        "next.config.mjs": "export default {}",
        "app/page.tsx": "import {client} from '../lib/client'\nexport default async () => <b>{await client.fetch('*')}</b>",
        "lib/client.ts": CLIENT,
    },
    "a prefix of a common word, without its framework": {".env": "PUBLIC_SANITY_TOKEN=x9!k", "a.ts": CLIENT},
    "a script": {"seed.ts": CLIENT},
    "built scripts": {
        "index.html": "<script type='module' src='/a.js'></script>",
        "a.js": "import{c}from'./v.js';c({token:void 0,a:'@sanity/client'});console.log(import.meta.env)",
    },
    "a server of Express": {"server.js": f"import express from 'express'\n{CLIENT}"},
}


@pytest.mark.parametrize("files", SILENT.values(), ids=SILENT)
def test_what_stays_on_the_server(files: Texts) -> None:
    assert places(files) == []


@pytest.mark.parametrize(
    "files",
    [
        {"a.py": "token = 'SANITY_TOKEN'"},
        {".github/workflows/a.yml": "env:\n  VITE_SANITY_TOKEN: ${{ secrets.A }}\n"},
        {"package.json": package("vite"), "src/a.ts": CLIENT},
        {"site/package.json": package("vite"), "site/src/a.ts": CLIENT, "scripts/seed.ts": CLIENT},
        {"src/a.ts": "export const a = 1"},
        {"scripts/a.ts": "fetch(url, {headers: {authorization: process.env.GITHUB_TOKEN}})"},
    ],
    ids=[
        "other code",
        "a workflow alone",
        "a package.json",
        "one of a part, and a script",
        "nothing to judge",
        "a script",
    ],
)
def test_no_line_without_need(files: Texts) -> None:
    assert messages(files) == []


LOUD: Final[Mapping[str, tuple[Texts, list[str], str]]] = {
    "Next, by its configuration": (
        {
            "next.config.mjs": "export default {}",
            "pages/index.tsx": "import {client} from '../lib/client'\nexport default () => <b onClick={() => client.fetch('*')}/>",
            "lib/client.ts": CLIENT,
        },
        ["lib/client.ts:2"],
        "Next.js",
    ),
    "Next, by an import": (
        {
            "pages/index.tsx": (
                "import Link from 'next/link'\nimport {client} from '../lib/client'\n"
                "export default () => <Link href='/' onClick={() => client.fetch('*')}/>"
            ),
            "lib/client.ts": CLIENT,
        },
        ["lib/client.ts:2"],
        "Next.js",
    ),
    "Next, in a folder": (
        {
            "site/next.config.js": "module.exports = {}",
            "site/src/pages/index.tsx": "import {client} from '@/client'\nexport default () => <b onClick={() => client.fetch('*')}/>",
            "site/src/client.ts": CLIENT,
        },
        ["site/src/client.ts:2"],
        "Next.js",
    ),
    "a playground": (
        {
            "index.html": "<script type='module' src='./main.js'></script>",
            "main.js": CLIENT.replace("process.env", "import.meta.env"),
        },
        ["main.js:2"],
        "Vite",
    ),
    "a page alone": (
        {
            "index.html": (
                "<script type='module'>\nimport {createClient} from '@sanity/client'\n"
                "createClient({projectId: 'a', token: import.meta.env.SANITY_TOKEN})\n</script>"
            )
        },
        ["index.html:3"],
        "Vite",
    ),
    "a configuration alone": (
        {
            "webpack.config.js": (
                "module.exports = {plugins: [new (require('webpack').DefinePlugin)({T: JSON.stringify(process.env.A_TOKEN)})]}"
            )
        },
        ["webpack.config.js:1"],
        "webpack",
    ),
    "aliases of a configuration": (
        {
            "play/index.html": "<script type='module' src='/src/main.ts'></script>",
            "play/vite.config.ts": "export default {resolve: {alias: {'~lib': '/lib'}}}",
            "play/src/main.ts": "import {client} from '~lib/client'\nclient.fetch('*')",
            "play/lib/client.ts": CLIENT,
        },
        ["play/lib/client.ts:2"],
        "Vite",
    ),
    "SvelteKit, with its prefix of a common word": (
        {
            "svelte.config.js": "export default {}",
            "src/lib/a.ts": "import {PUBLIC_SANITY_TOKEN} from '$env/static/public'",
        },
        ["src/lib/a.ts:1"],
        "SvelteKit",
    ),
    "Create React App, by its prefix": (
        {
            "src/index.jsx": "export const site = process.env.REACT_APP_SITE\nexport * from './client'",
            "src/client.js": CLIENT,
        },
        ["src/client.js:2"],
        "Create React App",
    ),
}


@pytest.mark.parametrize(("files", "expected", "name"), LOUD.values(), ids=LOUD)
def test_client_side_code(files: Texts, expected: list[str], name: str) -> None:
    assert places(files) == expected
    (message,) = messages(files)
    assert name in message


PART: Final[Texts] = {
    "package.json": package("next", "@sanity/client"),
    "src/pages/index.tsx": "import {client} from '../lib/client'\nexport default () => <b onClick={() => client.fetch('*')}/>",
    "src/lib/client.ts": CLIENT,
}


@pytest.mark.parametrize("named", ["src", "src/lib", "src/lib/client.ts"])
def test_a_part_of_a_project_finds_its_package_above(named: str) -> None:
    (finding,) = misuse(PART, named)
    assert finding.place.origin.path == "src/lib/client.ts"
    assert messages(PART, named) == []
