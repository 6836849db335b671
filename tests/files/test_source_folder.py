"""Folders that are named like build output: routes are source, output is not."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from frontleak.files.source_folder import holds_source
from tests.acceptance.support import write
from tests.support.code import Texts, package, places

OUTPUT: Final[Mapping[str, tuple[str, Texts]]] = {
    "output of a package": ("dist", {"package.json": "{}", "dist/index.js": "import 'a'", "dist/a.svelte": "<b/>"}),
    "output with declarations": (
        "lib/dist",
        {"lib/dist/index.js": "export default 1", "lib/dist/index.d.ts": "", "lib/dist/A.vue": ""},
    ),
    "scripts that are served": ("app/static", {"app/static/main.js": "import {a} from './a.js'\nexport const b = a"}),
    "a served script that exports nothing": ("app/static", {"app/static/index.js": "document.title = 'a'"}),
    "pictures": ("pages/public", {"pages/public/a.svg": "<svg/>"}),
    "nothing": ("app/out", {"app/a.ts": ""}),
}


@pytest.mark.parametrize(("folder", "files"), OUTPUT.values(), ids=OUTPUT)
def test_what_is_no_source(tmp_path: Path, folder: str, files: Texts) -> None:
    write(tmp_path, files)
    assert not holds_source(f"{tmp_path.as_posix()}/{folder}")


SOURCE: Final[Mapping[str, tuple[str, Texts]]] = {
    "a route with types": ("app/static", {"app/static/page.tsx": ""}),
    "a folder of routes": ("src/app/build", {"src/app/build/[id]/page.tsx": ""}),
    "a page": ("pages/public", {"pages/public/index.js": "export default function Page() {}"}),
    "a route of SvelteKit": ("src/routes/dist", {"src/routes/dist/+page.server.js": "export const load = () => {}"}),
    "a module": ("src/lib/out", {"src/lib/out/a.ts": ""}),
}


@pytest.mark.parametrize(("folder", "files"), SOURCE.values(), ids=SOURCE)
def test_what_is_source(tmp_path: Path, folder: str, files: Texts) -> None:
    write(tmp_path, files)
    assert holds_source(f"{tmp_path.as_posix()}/{folder}")


@pytest.mark.parametrize("name", ["static", "public", "build", "dist", "out", "www"])
def test_a_route_that_is_named_like_build_output_is_analysed(name: str) -> None:
    files = {
        "package.json": package("next", "@sanity/client"),
        f"app/{name}/page.tsx": "import {Editor} from './editor'\nexport default () => <Editor token={process.env.SANITY_TOKEN}/>",
        f"app/{name}/editor.tsx": "'use client'\nexport const Editor = (props) => <b {...props}/>",
        f"pages/{name}/index.js": "export const getStaticProps = () => ({props: {t: process.env.SANITY_TOKEN}})\nexport default () => null",
    }
    assert places(files) == [f"app/{name}/page.tsx:2", f"pages/{name}/index.js:1"]
