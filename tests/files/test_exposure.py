"""Exposure of files: files that may be served count as served, whichever folder is scanned."""

import fnmatch
import os
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from frontleak.core.vocabulary import Exposure
from frontleak.files.exposure import ExposureMap
from frontleak.rules.frameworks import load_frameworks
from frontleak.rules.globs import expression
from frontleak.rules.load import load_folder
from frontleak.rules.paths import FRAMEWORKS_FOLDER
from tests.acceptance.support import write
from tests.support.paths import ROOT

SERVED: Final = Exposure.SERVED
SERVER: Final = Exposure.SERVER
SOURCE: Final = Exposure.SOURCE
FIXTURES: Final = ROOT / "fixtures"


def exposure(root: Path, path: str, *, named: str = "") -> Exposure:
    """Return the exposure of a file below a folder, if the folder or one below it is scanned."""
    return ExposureMap((root / named).as_posix()).exposure((root / path).as_posix())


NO_SERVER_OUTPUT: Final[Mapping[str, Sequence[str]]] = {
    "a folder server in a dist that nothing marks": ["dist/server/index.js", "dist/client/app.js"],
    "a folder server in a source tree": ["package.json", "server/index.js", "client/assets/a.js"],
    "an Astro build without a server": ["dist/_astro/a.js", "dist/server/entry.mjs"],
    "a script called like the worker of Cloudflare": ["dist/_worker.js", "dist/index.html"],
    "a folder functions in a static build": ["dist/functions/a.js", "dist/index.html"],
    "a page called like a manifest": [".next/server/pages/blog/my-manifest.json"],
    "a page called like a trace": [".next/server/pages/a.nft.json"],
    "a route called chunks": [".next/server/app/chunks/page.html"],
    "a route called cache in an export": ["out/_next/static/a.js", "out/cache/index.html"],
    "a public folder with a server in it": [".output/public/server/index.mjs"],
    "a build inside a folder that is served": [".output/public/.next/server/chunks/a.js"],
    "a folder that only begins like one": [".nextjs/server/a.js", "x.output/server/a.mjs"],
    "a config.json beside static and functions": ["dist/config.json", "dist/static/a.js", "dist/functions/b.js"],
}


@pytest.mark.parametrize("files", NO_SERVER_OUTPUT.values(), ids=NO_SERVER_OUTPUT)
def test_what_may_be_served_is_never_called_server_output(tmp_path: Path, files: Sequence[str]) -> None:
    write(tmp_path, dict.fromkeys(files, ""))
    assert SERVER not in {exposure(tmp_path, path) for path in files}


LAYOUTS: Final[Mapping[str, Mapping[str, Exposure]]] = {
    "Next.js": {
        ".next/BUILD_ID": SERVER,
        ".next/static/chunks/a.js": SERVED,
        ".next/static/chunks/a.js.map": SERVED,
        ".next/server/app/page.js": SERVER,
        ".next/server/app/index.html": SERVED,
        ".next/server/app/a/b.rsc": SERVED,
        ".next/server/app/a.meta": SERVED,
        ".next/server/app/robots.txt.body": SERVED,
        ".next/server/app/a.segments/_tree.segment.rsc": SERVED,
        ".next/server/app/a/page/build-manifest.json": SERVER,
        ".next/server/pages/index.html": SERVED,
        ".next/server/pages/a/b.json": SERVED,
        ".next/server/pages/a.js": SERVER,
        ".next/server/pages/a.js.nft.json": SERVER,
        ".next/server/pages/a/pages-manifest.json": SERVER,
        ".next/server/pages-manifest.json": SERVER,
        ".next/server/middleware-manifest.json": SERVER,
        ".next/server/chunks/ssr/a.js.map": SERVER,
        ".next/required-server-files.json": SERVER,
        ".next/required-server-files.js": SERVER,
        ".next/cache/webpack/0.pack": SERVER,
        ".next/trace": SERVER,
        ".next/dev/static/chunks/a.js": SERVED,
        ".next/dev/server/chunks/a.js": SERVER,
        ".next/standalone/server.js": SERVER,
        ".next/standalone/.env": SERVER,
        ".next/standalone/public/a.js": SERVED,
        ".next/standalone/apps/web/public/a.js": SERVED,
        ".next/standalone/.next/static/a.js": SERVED,
        ".next/standalone/.next/server/chunks/a.js": SERVER,
        ".next/standalone/.next/server/app/a.html": SERVED,
        ".next/standalone/.next/server/app/public/page.js": SERVER,
    },
    "Next.js with another folder": {
        "target/BUILD_ID": SERVER,
        "target/package.json": SERVER,
        "target/routes-manifest.json": SERVER,
        "target/server/chunks/a.js": SERVER,
        "target/server/app/index.html": SERVED,
        "target/static/a.js": SERVED,
    },
    "an export of Next.js": {"out/_next/static/a.js": SERVED, "out/index.txt": SERVED},
    "Vite": {"dist/index.html": SERVED, "dist/assets/index-a1b2c3d4.js": SERVED},
    "Vite with a server": {"dist/client/assets/a.js": SERVED, "dist/server/entry-server.js": SERVER},
    "Create React App": {"build/asset-manifest.json": SERVED, "build/static/js/main.js": SERVED},
    "webpack": {"dist/main.js": SERVED, "dist/main.js.map": SERVED},
    "Astro": {"dist/_astro/a.js": SERVED, "dist/index.html": SERVED},
    "Astro with a server": {
        "dist/client/_astro/a.js": SERVED,
        "dist/client/index.html": SERVED,
        "dist/server/entry.mjs": SERVER,
        "dist/server/chunks/a.mjs": SERVER,
    },
    "SvelteKit before an adapter": {
        ".svelte-kit/output/client/_app/immutable/a.js": SERVED,
        ".svelte-kit/output/prerendered/pages/index.html": SERVED,
        ".svelte-kit/output/server/index.js": SERVER,
        ".svelte-kit/generated/server/internal.js": SERVER,
        ".svelte-kit/adapter-node/entries/pages/_page.server.js": SERVER,
        ".svelte-kit/cloudflare/_app/immutable/a.js": SERVED,
        ".svelte-kit/cloudflare/_worker.js": SERVER,
    },
    "SvelteKit for Node": {
        "build/client/_app/immutable/a.js": SERVED,
        "build/prerendered/index.html": SERVED,
        "build/server/chunks/a.js": SERVER,
        "build/index.js": SERVER,
        "build/env.js": SERVER,
        "build/shims.js": SERVER,
        "build/handler.js": SERVER,
    },
    "SvelteKit, static": {"build/_app/immutable/a.js": SERVED, "build/_app/env.js": SERVED},
    "Nuxt": {
        ".output/public/_nuxt/a.js": SERVED,
        ".output/public/index.html": SERVED,
        ".output/server/chunks/nitro/nitro.mjs": SERVER,
        ".output/nitro.json": SERVER,
        ".nuxt/dist/client/_nuxt/a.js": SERVED,
        ".nuxt/dist/server/server.mjs": SERVER,
        ".nuxt/manifest/meta/a.json": SERVED,
        ".nuxt/dev/index.mjs": SERVER,
        ".nuxt/prerender/chunks/nitro/nitro.mjs": SERVER,
        ".nuxt/prerender/index.mjs.map": SERVER,
        ".nuxt/types/a.d.ts": SERVER,
        ".nuxt/nuxt.json": SERVER,
    },
    "Gatsby": {
        "gatsby-config.js": SOURCE,
        "package.json": SOURCE,
        "public/page-data/app-data.json": SERVED,
        "public/app-1.js": SERVED,
        ".cache/production-app.js": SERVER,
    },
    "React Router": {"build/client/assets/a.js": SERVED, "build/server/index.js": SERVER},
    "Remix without Vite": {
        "build/index.js": SERVER,
        "public/build/manifest-1a2b3c4d.js": SERVED,
        "public/build/root-1.js": SERVED,
    },
    "Angular with a server": {
        "dist/shop/browser/index.html": SERVED,
        "dist/shop/browser/main-1.js": SERVED,
        "dist/shop/server/server.mjs": SERVER,
        "dist/shop/server/chunk-1.mjs": SERVER,
        "dist/shop/server/assets-chunks/index_server_html.mjs": SERVED,
        "dist/shop/server/index.server.html": SERVED,
        "dist/shop/server/angular-app-manifest.mjs": SERVER,
    },
    "Vue CLI": {"dist/index.html": SERVED, "dist/js/app.1a2b3c4d.js": SERVED},
    "Expo": {"dist/_expo/static/js/web/a.js": SERVED, "dist/index.html": SERVED},
    "Expo with a server": {
        "dist/_expo/static/js/web/a.js": SERVED,
        "dist/client/_expo/static/js/web/a.js": SERVED,
        "dist/server/index.html": SERVED,
        "dist/server/_expo/routes.json": SERVER,
        "dist/server/_expo/functions/api/a+api.js": SERVER,
    },
    "Storybook": {"storybook-static/iframe.html": SERVED, "storybook-static/sb-manager/a.js": SERVED},
    "Sanity Studio": {"dist/index.html": SERVED, "dist/static/sanity-a1b2c3d4.js": SERVED},
    "Netlify": {
        ".netlify/functions/a.zip": SERVER,
        ".netlify/functions-internal/a/a.mjs": SERVER,
        ".netlify/edge-functions/a.js": SERVER,
        ".netlify/v1/functions/a.mjs": SERVER,
        ".netlify/static/a.js": SERVED,
        ".netlify/deploy/v1/blobs/deploy/a": SERVED,
        ".netlify/state.json": SERVER,
    },
    "Vercel": {
        ".vercel/output/config.json": SERVER,
        ".vercel/output/static/_next/static/a.js": SERVED,
        ".vercel/output/functions/a.func/index.js": SERVER,
        ".vercel/output/_functions/pages/index.astro.mjs": SERVER,
        ".vercel/output/functions/a.prerender-fallback.html": SERVED,
        ".vercel/.env.production.local": SERVER,
    },
    "Cloudflare Pages": {
        "dist/_worker.js/index.js": SERVER,
        "dist/_worker.js/chunks/a.mjs": SERVER,
        "dist/_routes.json": SERVED,
        "dist/index.html": SERVED,
        "dist/_astro/a.js": SERVED,
    },
    "Cloudflare with OpenNext": {
        ".open-next/assets/_next/static/a.js": SERVED,
        ".open-next/server-functions/default/index.mjs": SERVER,
        ".open-next/worker.js": SERVER,
    },
}


def every_layout() -> Iterator[tuple[str, Mapping[str, Exposure]]]:
    """Yield (name, files) of the layouts above and those in the files of frameworks."""
    yield from LAYOUTS.items()
    for data in load_folder(FRAMEWORKS_FOLDER):
        for files in data["page"].get("layouts", ()):
            yield data["name"], {path: Exposure(each) for path, each in files.items()}


def placed() -> Iterator[Any]:
    """Yield (all files, one of them, its exposure) of every layout."""
    for name, files in every_layout():
        for path, expected in files.items():
            yield pytest.param(files, path, expected, id=f"{name}: {path}")


@pytest.mark.parametrize(("files", "path", "expected"), [*placed()])
def test_each_file_of_a_layout_is_seen_by_whom_the_framework_sends_it_to(
    tmp_path: Path, files: Mapping[str, Exposure], path: str, expected: Exposure
) -> None:
    write(tmp_path, dict.fromkeys(["package.json", *files], ""))
    assert exposure(tmp_path, path) is expected


@pytest.mark.parametrize(("files", "path", "expected"), [*placed()])
def test_any_folder_above_a_file_may_be_named(
    tmp_path: Path, files: Mapping[str, Exposure], path: str, expected: Exposure
) -> None:
    write(tmp_path, dict.fromkeys(["package.json", *files], ""))
    folders = [parent.as_posix() for parent in Path(path).parents]
    assert {exposure(tmp_path, path, named=folder) for folder in folders} == {expected}


@pytest.mark.parametrize(("files", "path", "expected"), [*placed()])
def test_a_build_without_its_project_is_known_too(
    tmp_path: Path, files: Mapping[str, Exposure], path: str, expected: Exposure
) -> None:
    write(tmp_path, dict.fromkeys(files, ""))
    known = SERVED if expected is SOURCE and "package.json" not in files else expected
    assert exposure(tmp_path, path) is known


SENT: Final[Mapping[str, tuple[str, ...]]] = {
    ".output/server/chunks/nitro/nitro.mjs": ("_inlineRuntimeConfig.public",),
    ".output/public/_nuxt/nitro.mjs": (),
    ".nuxt/prerender/chunks/nitro/nitro.mjs": (),
    ".next/required-server-files.json": ("config.publicRuntimeConfig",),
    ".next/routes-manifest.json": ("headers.*.headers", "redirects.*.destination"),
    ".next/build-manifest.json": (),
    ".next/standalone/server.js": ("nextConfig.publicRuntimeConfig",),
    ".next/standalone/.next/routes-manifest.json": ("redirects.*.destination",),
    ".next/standalone/apps/web/.next/required-server-files.json": ("config.publicRuntimeConfig",),
    ".svelte-kit/output/server/chunks/internal.js": ("templates.app", "templates.error"),
    ".svelte-kit/generated/server/internal.js": (),
    ".vercel/output/config.json": ("routes.*.headers",),
    ".open-next/middleware/handler.mjs": ("ConfigHeaders.*.headers",),
    ".vercel/output/functions/__fallback.func/chunks/nitro/nitro.mjs": ("_inlineRuntimeConfig.public",),
    ".netlify/functions-internal/server/chunks/nitro/nitro.mjs": ("_inlineRuntimeConfig.public",),
    "dist/_worker.js/chunks/nitro/nitro.mjs": ("_inlineRuntimeConfig.public",),
    ".open-next/server-functions/default/.next/routes-manifest.json": ("headers.*.headers",),
}
"""Path -> some of the parts of the file that are sent; none if there are none."""


@pytest.mark.parametrize(("path", "expected"), SENT.items())
def test_parts_of_files_that_stay_on_the_server_are_sent(tmp_path: Path, path: str, expected: tuple[str, ...]) -> None:
    write(tmp_path, {"package.json": "", "dist/_worker.js/index.js": "", path: ""})
    parts = ExposureMap(tmp_path.as_posix()).sent_parts((tmp_path / path).as_posix())
    assert set(expected) <= set(parts)
    assert bool(expected) is bool(parts)


def test_every_framework_has_a_layout_that_is_tried() -> None:
    tried = " ".join(name for name, _ in every_layout())
    assert all(framework.name.split()[0].split(".")[0] in tried for framework in load_frameworks())


SOURCES: Final[Mapping[str, tuple[Sequence[str], str, Exposure]]] = {
    "a source file below a package.json": (["package.json"], "src/a.js", SOURCE),
    "a source file in a repository": ([".git/HEAD"], "src/a.js", SOURCE),
    "a package inside a folder nothing is known of": (["web/package.json"], "web/src/a.js", SOURCE),
    "a file beside that package": (["web/package.json"], "a.js", SERVED),
    "a folder nothing is known of": ([], "site/a.js", SERVED),
    "a folder with a usual name": (["package.json"], "dist/a.js", SERVED),
    "a package.json inside build output": (["package.json", "dist/package.json"], "dist/a.js", SERVED),
    "a repository inside build output": (["package.json", "dist/.git/HEAD"], "dist/a.js", SERVED),
    "a folder that holds a mark": (["package.json", "wwwroot/_astro/a.js"], "wwwroot/index.html", SERVED),
    "a source tree that looks like a build": (["package.json", "_astro/a.js"], "src/a.js", SOURCE),
}


@pytest.mark.parametrize(("others", "path", "expected"), SOURCES.values(), ids=SOURCES)
def test_source_trees_are_told_from_build_output(
    tmp_path: Path, others: Sequence[str], path: str, expected: Exposure
) -> None:
    write(tmp_path, dict.fromkeys([*others, path], ""))
    assert exposure(tmp_path, path) is expected


@pytest.mark.parametrize("others", [["build/app/.git/HEAD"], ["build/app/package.json"]])
def test_the_names_of_folders_above_a_project_say_nothing(tmp_path: Path, others: Sequence[str]) -> None:
    write(tmp_path, dict.fromkeys([*others, "build/app/src/a.js"], ""))
    assert exposure(tmp_path, "build/app/src/a.js", named="build/app") is SOURCE


def test_a_repository_called_like_build_output_is_a_source_tree_unless_it_is_in_one(tmp_path: Path) -> None:
    write(tmp_path, dict.fromkeys(["www/.git/HEAD", "www/a.js", "app/package.json", "app/dist/.git/HEAD"], ""))
    assert exposure(tmp_path, "www/a.js", named="www") is SOURCE
    assert exposure(tmp_path, "app/dist/a.js", named="app/dist") is SERVED


def test_a_folder_that_is_gone_counts_as_served(tmp_path: Path) -> None:
    assert exposure(tmp_path, "site/gone/a.js") is SERVED


@pytest.mark.parametrize("root", ["/", ""])
def test_the_root_of_the_file_system_may_be_named(root: str) -> None:
    assert ExposureMap(root).exposure("/nowhere-at-all/a.js") is SERVED


def test_very_deep_folders_are_no_trouble(tmp_path: Path) -> None:
    assert ExposureMap(tmp_path.as_posix()).exposure(f"{tmp_path.as_posix()}/{'a/' * 2000}b.js") is SERVED


def test_what_a_walk_listed_decides_like_what_is_listed_here(tmp_path: Path) -> None:
    write(tmp_path, dict.fromkeys([f"{number}/{path}" for number, f in enumerate(LAYOUTS.values()) for path in f], ""))
    own, told = ExposureMap(tmp_path.as_posix()), ExposureMap(tmp_path.as_posix())
    for folder, folders, files in os.walk(tmp_path):
        told.enter(Path(folder).as_posix(), [*folders, *files])
        for name in files:
            path = (Path(folder) / name).as_posix()
            assert told.exposure(path) is own.exposure(path)
            assert told.build_of(path) == own.build_of(path)


BUILDS: Final[Mapping[str, tuple[str, str]]] = {
    "the outermost folder": ("dist/assets/a.js", "dist"),
    "a build among packages": ("apps/web/.next/static/a.js", "apps/web/.next"),
    "a build in a build": (".next/standalone/.next/static/a.js", ".next"),
    "none in a source tree": ("src/a.js", ""),
}


@pytest.mark.parametrize(("path", "build"), BUILDS.values(), ids=BUILDS)
def test_a_file_belongs_to_one_build(tmp_path: Path, path: str, build: str) -> None:
    write(tmp_path, dict.fromkeys(["package.json", path], ""))
    reach = ExposureMap(tmp_path.as_posix())
    assert reach.build_of((tmp_path / path).as_posix()) == (f"{tmp_path.as_posix()}/{build}" if build else "")
    assert reach.is_build_output((tmp_path / path).as_posix()) is bool(build)


def test_a_folder_nothing_is_known_of_is_a_build_of_its_own(tmp_path: Path) -> None:
    write(tmp_path, {"site/a.js": ""})
    reach = ExposureMap(tmp_path.as_posix())
    assert reach.build_of((tmp_path / "site/a.js").as_posix()) == tmp_path.as_posix()
    assert not reach.is_build_output((tmp_path / "site/a.js").as_posix())


def fixture_places() -> Iterator[Any]:
    """Yield (fixture, folder to scan, path, exposure) for every place in EXPECTED.yaml."""
    for file in sorted(FIXTURES.glob("*/EXPECTED.yaml")):
        truth = yaml.safe_load(file.read_text())
        served = tomllib.loads((file.parent / "leaks.toml").read_text())["served"]
        paths = {place["path"] for leak in (*truth["findings"], *truth["not_leaked"]) for place in leak["places"]}
        for path in sorted(paths):
            expected = SERVED if any(fnmatch.fnmatchcase(path, glob) for glob in served) else SERVER
            yield pytest.param(file.parent, truth["scan"], path, expected, id=f"{file.parent.name}: {path}")


@pytest.mark.parametrize(("fixture", "scan", "path", "expected"), [*fixture_places()])
def test_what_real_builds_hold_is_seen_by_whom_the_fixture_says(
    fixture: Path, scan: str, path: str, expected: Exposure
) -> None:
    assert exposure(fixture, path, named=scan) is expected
    assert exposure(fixture, path) is expected


GLOBS: Final = [
    ("a/**", "a/b/c", True),
    ("a/**", "a", False),
    ("**/a.js", "a.js", True),
    ("**/a.js", "b/c/a.js", True),
    ("**/a.js", "b/ca.js", False),
    ("a/**/b/**", "a/b/c", True),
    ("a/**/b/**", "a/x/b/b/c", True),
    ("*.js", "a.js", True),
    ("*.js", "a/b.js", False),
    ("a?.js", "ab.js", True),
    ("a?.js", "a/.js", False),
    ("{a,b*}.js", "bcd.js", True),
    ("{a,b*}.js", "c.js", False),
    ("a.js", "abjs", False),
    ("[a]+(b", "[a]+(b", True),
]


@pytest.mark.parametrize(("glob", "path", "fits"), GLOBS)
def test_globs_mean_what_the_page_says(glob: str, path: str, fits: bool) -> None:
    import re

    assert bool(re.fullmatch(expression(glob), path)) is fits


def test_a_mark_begins_with_a_plain_name_below_its_folder() -> None:
    marks = [m for f in load_frameworks() for output in f.outputs for m in output.recognised_by]
    assert all(mark.folder or (mark.holds and "*" not in mark.holds[0]) for mark in marks)
    assert all(mark.folder or not mark.holds[0].startswith(".") or mark.holds[0][1] != "." for mark in marks)


def test_every_framework_says_where_its_facts_come_from() -> None:
    assert all(framework.references and framework.dependencies for framework in load_frameworks())


NAMES: Final = st.sampled_from(
    [".next", "server", "static", "client", "_worker.js", ".git", "package.json", "a", "dist"]
)


@given(st.lists(NAMES, min_size=1, max_size=8), st.integers(0, 8))
def test_any_path_has_an_exposure(names: Sequence[str], depth: int) -> None:
    root = "/nowhere-at-all"
    path = "/".join([root, *names])
    assert ExposureMap("/".join([root, *names[:depth]][: len(names)])).exposure(path) in (SERVED, SERVER)
