"""The projects of a tree: their files, their frameworks, and which are libraries."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontleak.resolve.file_tree import DiskFileTree
from frontleak.resolve.packages import PackageJsons
from frontleak.resolve.projects import Project, find_projects, in_library, is_library
from tests.acceptance.support import write
from tests.support.tree import DictFiles


def projects(tree: Mapping[str, Any]) -> list[Project]:
    """Return the projects of the sources in a tree; values other than text are written as JSON."""
    files = {path: text if isinstance(text, str) else json.dumps(text) for path, text in tree.items()}
    sources = [path for path in tree if not path.endswith(".json")]
    return list(find_projects(DictFiles(files), sources))


APPS: Final[Mapping[str, Mapping[str, Any]]] = {
    "npm init -y": {"name": "a", "version": "1.0.0", "main": "index.js", "license": "ISC", "scripts": {"test": "x"}},
    "a package of a monorepo": {"name": "@a/b", "exports": {".": "./src/index.ts"}, "types": "./src/index.ts"},
    "a private package": {"name": "a", "private": True, "exports": "./a.js", "files": ["dist"]},
    "a package without a name": {"exports": "./a.js"},
    "a name of another type": {"name": 1, "exports": "./a.js"},
    "an app of Next": {"name": "a", "dependencies": {"next": "16"}, "files": ["dist"], "module": "a.js"},
    "an app of Nuxt": {"name": "a", "dependencies": {"nuxt": "4"}, "types": "a.d.ts"},
    "an app of Gatsby": {"name": "a", "dependencies": {"gatsby": "5"}, "files": []},
    "an app of Expo": {"name": "a", "main": "expo-router/entry", "dependencies": {"expo": "55"}},
    "a Studio": {"name": "a", "main": "package.json", "dependencies": {"sanity": "5"}},
    "an app of Vite": {"name": "a", "devDependencies": {"vite": "8"}, "type": "module"},
    "a server": {"name": "a", "main": "dist/server.js", "scripts": {"start": "node ."}},
    "nothing": {},
}


@pytest.mark.parametrize("package", APPS.values(), ids=APPS)
def test_what_ships_is_no_library(package: Mapping[str, Any]) -> None:
    assert not is_library(package)


LIBRARIES: Final[Mapping[str, Mapping[str, Any]]] = {
    "exports": {"name": "a", "exports": {".": "./dist/a.js"}},
    "a version that a tool puts in": {"name": "a", "exports": "./a.js", "version": None, "repository": "b/a"},
    "a module": {"name": "a", "main": "./a.js", "module": "./a.mjs"},
    "types": {"name": "a", "types": "a.d.ts"},
    "settings for publishing": {"name": "a", "publishConfig": {"access": "public"}},
    "files": {"name": "a", "files": ["dist"]},
    "a file for script tags": {"name": "a", "unpkg": "dist/a.umd.js"},
    "a command": {"name": "create-a", "bin": "cli.js"},
    "a main file that is built": {"name": "a", "main": "dist/a.js"},
    "a main file that is built, with dots": {"name": "a", "main": "./lib/index.js", "scripts": []},
    "a plugin of Next": {"name": "a", "exports": "./a.js", "dependencies": {"next": "16"}},
    "a plugin of Sanity": {
        "name": "a",
        "files": ["dist"],
        "peerDependencies": {"sanity": "5"},
        "devDependencies": {"sanity": "5"},
    },
    "a plugin of Vite": {"name": "a", "types": "a.d.ts", "dependencies": {"vite": "8"}},
    "dependencies of another type": {"name": "a", "files": [], "dependencies": ["next"]},
}


@pytest.mark.parametrize("package", LIBRARIES.values(), ids=LIBRARIES)
def test_what_other_code_uses_is_a_library(package: Mapping[str, Any]) -> None:
    assert is_library({"version": "1.0.0", **package})


FRAMEWORKS: Final[Mapping[str, tuple[Mapping[str, Any], Sequence[str]]]] = {
    "none": ({}, []),
    "a dependency": ({"dependencies": {"next": "16"}}, ["nextjs"]),
    "a dependency for development": ({"devDependencies": {"@sveltejs/kit": "3", "vite": "8"}}, ["sveltekit", "vite"]),
    "a peer dependency": ({"peerDependencies": {"next": "16"}}, []),
    "one that is asked for and there to develop": (
        {"peerDependencies": {"next": "16"}, "devDependencies": {"next": "16"}},
        ["nextjs"],
    ),
    "any of several names": ({"dependencies": {"@remix-run/dev": "2"}}, ["react-router"]),
    "dependencies of another type": ({"dependencies": "next", "devDependencies": ["next"]}, []),
}


@pytest.mark.parametrize(("package", "expected"), FRAMEWORKS.values(), ids=FRAMEWORKS)
def test_frameworks_of_a_project(package: Mapping[str, Any], expected: Sequence[str]) -> None:
    (project,) = projects({"package.json": {"name": "a", **package}, "src/a.ts": ""})
    assert [framework.id for framework in project.frameworks] == expected


CONFIGURED: Final[Mapping[str, tuple[Mapping[str, Any], Sequence[tuple[str, Sequence[str]]]]]] = {
    "an app whose dependencies are hoisted": (
        {"package.json": {"name": "a"}, "next.config.mjs": "", "app/page.tsx": ""},
        [("", ["nextjs"])],
    ),
    "a host beside an app": (
        {"package.json": {"name": "a", "dependencies": {"astro": "5"}}, "netlify.toml": "", "src/pages/a.astro": ""},
        [("", ["astro", "netlify"])],
    ),
    "settings of a compiler beside a bundler": (
        {"package.json": {"name": "a", "devDependencies": {"vite": "8"}}, "svelte.config.js": "", "src/main.ts": ""},
        [("", ["vite"])],
    ),
    "a bundler alone": ({"package.json": {"name": "a"}, "vite.config.ts": "", "src/main.ts": ""}, [("", [])]),
    "apps of a monorepo with one package.json": (
        {
            "package.json": {"name": "a", "dependencies": {"next": "16", "expo": "54", "vite": "8"}},
            "apps/web/next.config.js": "",
            "apps/web/pages/a.tsx": "",
            "libs/a.ts": "",
        },
        [("", ["expo", "nextjs", "vite"]), ("apps/web", ["nextjs", "vite"])],
    ),
    "a folder with settings of what the package does not have": (
        {
            "package.json": {"name": "a", "dependencies": {"vite": "8"}},
            "examples/next.config.js": "",
            "examples/a.ts": "",
        },
        [("", ["vite"])],
    ),
    "a folder with the settings of a studio": (
        {
            "package.json": {"name": "a", "dependencies": {"next": "16", "sanity": "5"}},
            "studio/sanity.config.ts": "",
        },
        [("", ["nextjs", "sanity-studio"])],
    ),
}


@pytest.mark.parametrize(("tree", "expected"), CONFIGURED.values(), ids=CONFIGURED)
def test_frameworks_by_configuration_files(
    tree: Mapping[str, Any], expected: Sequence[tuple[str, Sequence[str]]]
) -> None:
    found = [(project.folder, [each.id for each in project.frameworks]) for project in projects(tree)]
    assert found == [(folder, list(ids)) for folder, ids in expected]


def test_a_tree_without_sources_has_no_project() -> None:
    assert projects({"package.json": {"name": "a"}}) == []


def test_files_below_no_package_are_a_project_of_their_own() -> None:
    (project,) = projects({"src/a.ts": "", "b.ts": ""})
    assert (project.folder, project.package, project.sources) == ("", None, ("b.ts", "src/a.ts"))
    assert (project.frameworks, project.is_library) == ((), False)


def test_a_monorepo_has_several_projects() -> None:
    found = projects(
        {
            "package.json": {"name": "all", "private": True, "workspaces": ["*/*"]},
            "tools/x.ts": "",
            "apps/web/package.json": {"name": "web", "dependencies": {"next": "16"}},
            "apps/web/app/page.tsx": "",
            "apps/studio/package.json": {"name": "studio", "dependencies": {"sanity": "5"}},
            "apps/studio/sanity.config.ts": "",
            "packages/ui/package.json": {"name": "ui", "version": "1.0.0", "exports": "./src/index.ts"},
            "packages/ui/src/index.ts": "",
            "packages/ui/src/deep/er.ts": "",
        }
    )
    assert [(project.folder, project.is_library, project.sources) for project in found] == [
        ("", False, ("tools/x.ts",)),
        ("apps/studio", False, ("apps/studio/sanity.config.ts",)),
        ("apps/web", False, ("apps/web/app/page.tsx",)),
        ("packages/ui", True, ("packages/ui/src/deep/er.ts", "packages/ui/src/index.ts")),
    ]
    assert [[framework.id for framework in project.frameworks] for project in found] == [
        [],
        ["sanity-studio"],
        ["nextjs"],
        [],
    ]


@pytest.mark.parametrize(
    "marker", [{}, {"type": "module"}, {"main": "../a.js", "types": "../a.d.ts"}, {"sideEffects": False}]
)
def test_a_file_that_only_marks_a_folder_is_no_project(marker: Mapping[str, Any]) -> None:
    (project,) = projects({"package.json": {"name": "a"}, "src/package.json": marker, "src/a.ts": ""})
    assert project.folder == ""


def test_a_broken_package_is_a_project_of_which_nothing_is_known() -> None:
    (project,) = projects({"a/package.json": '{\n"name": "x",\n', "a/b.ts": ""})
    assert project.folder == "a"
    assert project.package is not None
    assert project.package.diagnostic is not None
    assert project.package.diagnostic.origin.path == "a/package.json"
    assert not project.is_library


def test_projects_on_disk(tmp_path: Path) -> None:
    write(tmp_path, {"web/package.json": '{"name": "web", "dependencies": {"next": "16"}}', "web/a.ts": ""})
    packages = PackageJsons(DiskFileTree(str(tmp_path)))
    (project,) = find_projects(DiskFileTree(str(tmp_path)), ["web/a.ts"], packages)
    assert (project.folder, project.frameworks[0].id) == ("web", "nextjs")
    assert packages.diagnostics == ()


LIBRARY: Final = '{"name": "a", "version": "1.0.0", "exports": "./a.js"}'


def test_a_folder_in_a_library(tmp_path: Path) -> None:
    write(tmp_path, {"package.json": LIBRARY, "dist/package.json": '{"type": "module"}', "dist/b/c.js": ""})
    assert in_library(f"{tmp_path.as_posix()}/dist/b")


@pytest.mark.parametrize("name", ["a/app", "@b/a/app"])
def test_a_folder_in_an_entry_of_a_library(tmp_path: Path, name: str) -> None:
    entry = json.dumps({"name": name, "main": "dist/c.js", "typings": "dist/c.d.ts", "components": ["d"]})
    write(tmp_path, {"package.json": LIBRARY, "app/package.json": entry, "app/dist/c.js": ""})
    assert in_library(f"{tmp_path.as_posix()}/app/dist")


def test_an_entry_of_a_package_is_no_project() -> None:
    (project,) = projects(
        {
            "package.json": {"name": "a", "version": "1.0.0", "exports": "./b.js"},
            "app/package.json": {"name": "a/app"},
            "app/c.ts": "",
        }
    )
    assert (project.folder, project.is_library) == ("", True)


def test_a_scoped_package_is_a_project() -> None:
    (project,) = projects({"package.json": {"name": "a"}, "app/package.json": {"name": "@a/app"}, "app/c.ts": ""})
    assert project.folder == "app"


@pytest.mark.parametrize("package", ["", "[]", "{", '{"name": "a"}', '{"name": "a", "main": "x"}', "[" * 9_999])
def test_a_folder_in_an_app(tmp_path: Path, package: str) -> None:
    write(tmp_path, {"package.json": package, "dist/c.js": ""})
    assert not in_library(f"{tmp_path.as_posix()}/dist")


def test_a_package_above_a_repository_does_not_count(tmp_path: Path) -> None:
    write(tmp_path, {"package.json": LIBRARY, "repo/.git/HEAD": "", "repo/dist/a.js": ""})
    assert not in_library(f"{tmp_path.as_posix()}/repo/dist")


VALUES: Final = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=4)),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["next", "start", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(
    st.dictionaries(
        st.sampled_from(
            ["name", "main", "exports", "files", "scripts", "dependencies", "peerDependencies", "workspaces"]
        ),
        VALUES,
        max_size=6,
    )
)
def test_any_package_will_do(package: Mapping[str, Any]) -> None:
    (project,) = projects({"package.json": {"name": "a", **package}, "a.ts": ""})
    assert project.is_library in (True, False)
