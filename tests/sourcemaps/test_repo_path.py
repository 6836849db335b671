"""Sources are mapped to repository paths, and no name leads outside."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontleak.sourcemaps.repo_path import repo_path

NAMES: Final[Mapping[str, tuple[str, str]]] = {
    "relative": ("src/x.ts", "src/x.ts"),
    "above": ("../../src/x.ts", "src/x.ts"),
    "webpack with a name": ("webpack://app/./src/x.ts", "src/x.ts"),
    "webpack without": ("webpack:///./src/x.ts", "src/x.ts"),
    "webpack with a scoped name": ("webpack://_N_E/./src/x.ts?1a2b", "src/x.ts"),
    "webpack internal with a layer": ("webpack-internal:///(app-pages-browser)/./src/x.ts", "src/x.ts"),
    "webpack above the package": ("webpack://app/../shared/x.ts", "shared/x.ts"),
    "a loader": ("webpack:///./node_modules/vue-loader/index.js??ref--0!./src/X.vue?ab", "src/X.vue"),
    "turbopack": ("turbopack:///[project]/src/x.ts", "src/x.ts"),
    "turbopack with a host": ("turbopack://[project]/src/x.ts", "src/x.ts"),
    "percent signs": ("../%40me/%5Bslug%5D/x.js%3Fpage%3D/a", "@me/[slug]/x.js"),
    "http": ("http://localhost:3000/src/x.ts", "src/x.ts"),
    "file": ("file:///home/me/app/src/x.ts", "/home/me/app/src/x.ts"),
    "file on Windows": ("file:///C:/app/src/x.ts", "C:/app/src/x.ts"),
    "backslashes": ("..\\src\\x.ts", "src/x.ts"),
    "the way to a password": ("../../../../../../../../../../etc/passwd", "etc/passwd"),
    "the way to a password in a scheme": ("webpack://a/../../../../../../../../../../etc/passwd", "etc/passwd"),
    "an absolute path": ("/etc/passwd", "/etc/passwd"),
    "an absolute path in a scheme": ("file:///etc/passwd", "/etc/passwd"),
    "encoded dots": ("%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd", "etc/passwd"),
    "nothing": ("", ""),
    "a folder": ("webpack://app/", "app"),
    "only dots": ("../..", ""),
    "a zero byte": ("\0vite/x", "\0vite/x"),
    "half a character": ("\ud800.ts", "\ud800.ts"),
}


@pytest.mark.parametrize(("name", "expected"), NAMES.values(), ids=NAMES)
def test_a_source_that_is_not_there_keeps_its_name(name: str, expected: str, tmp_path: Path) -> None:
    assert repo_path(name, "", "dist/assets/a.js.map", str(tmp_path)) == (expected, False)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A working directory with two packages, one of which has been built."""
    for file in (
        "app/src/x.ts", "app/dist/assets/a.js", "app/index.js", "app/dist/index.js", "shared/x.ts", "app/@me/[s].ts",
        "app/.next/static/a.js", "src/y.ts",
    ):  # fmt: skip
        (tmp_path / "repo" / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "repo" / file).write_text("x")
    (tmp_path / "repo/app/package.json").write_text('{"name": "app"}')
    (tmp_path / "repo/app/.next/package.json").write_text('{"type": "commonjs"}')
    (tmp_path / "secret.ts").write_text("x")
    (tmp_path / "repo/app/src/link.ts").symlink_to(tmp_path / "secret.ts")
    return tmp_path / "repo"


FILES: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "beside the map": ("../../src/x.ts", "", "app/dist/assets/a.js.map", "app/src/x.ts"),
    "from the script": ("../../src/x.ts", "", "app/dist/assets/a.js", "app/src/x.ts"),
    "a sourceRoot": ("x.ts", "../../src/", "app/dist/assets/a.js.map", "app/src/x.ts"),
    "a sourceRoot with a scheme": ("src/x.ts", "webpack://app/.", "app/dist/assets/a.js.map", "app/src/x.ts"),
    "webpack": ("webpack://app/./src/x.ts", "", "app/dist/assets/a.js.map", "app/src/x.ts"),
    "turbopack, whose output holds a package.json": (
        "turbopack:///[project]/src/x.ts", "", "app/.next/static/a.js.map", "app/src/x.ts",
    ),
    "the other package": ("webpack://app/../shared/x.ts", "", "app/dist/assets/a.js.map", "shared/x.ts"),
    "the wrong number of dots": ("../src/x.ts", "", "app/dist/assets/a.js.map", "app/src/x.ts"),
    "not the output of the same name": ("webpack://app/./index.js", "", "app/dist/index.js.map", "app/index.js"),
    "encoded": ("webpack://app/./%40me/%5Bs%5D.ts", "", "app/dist/a.js.map", "app/@me/[s].ts"),
    "from the root of the server": ("/src/x.ts", "", "app/dist/assets/a.js.map", "app/src/x.ts"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "root", "map_path", "expected"), FILES.values(), ids=FILES)
def test_a_source_that_is_there_is_named_from_here(
    name: str, root: str, map_path: str, expected: str, project: Path
) -> None:
    assert repo_path(name, root, map_path, str(project)) == (expected, True)


@pytest.mark.parametrize(
    "name",
    ["../../../../secret.ts", "webpack://x/../../secret.ts", "src/link.ts", "webpack://app/./src/y.ts", "../../src"],
)
def test_no_path_leads_outside(name: str, project: Path) -> None:
    assert not repo_path(name, "", "app/dist/assets/a.js.map", str(project))[1]
    assert not repo_path(f"file://{project.parent}/secret.ts", "", "app/dist/a.js.map", str(project))[1]


def test_an_absolute_name_inside_is_told_from_here(project: Path) -> None:
    assert repo_path(f"file://{project}/app/src/x.ts", "", "app/dist/a.js.map", str(project)) == ("app/src/x.ts", True)


def test_a_map_elsewhere_stays_in_its_project(project: Path, tmp_path: Path) -> None:
    here = tmp_path / "here"
    here.mkdir()
    map_path = f"{project}/app/dist/assets/a.js.map"
    assert repo_path("webpack://app/./src/x.ts", "", map_path, str(here)) == (f"{project}/app/src/x.ts", True)
    assert repo_path("../../../shared/x.ts", "", map_path, str(here)) == ("shared/x.ts", False)


@given(st.text(max_size=60), st.text(max_size=20), st.text(max_size=30))
def test_a_name_is_never_an_error(name: str, root: str, map_path: str) -> None:
    path, _ = repo_path(name, root, map_path.replace("\0", ""), "/nonexistent")
    assert not path.startswith("../")
