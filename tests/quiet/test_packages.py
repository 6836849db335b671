"""Excerpts of real packages that look like misuse are silent: as packages, in their own folders, and as sources of an app.

bench/quiet.py cuts the excerpts and scans the complete packages; tests/quiet/packages/cuts.yaml says what looks like misuse.
"""

import functools
import json
import shutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import pytest

from bench.quiet import APPS, CUTS, as_app, cuts
from tests.acceptance.support import frontleak, write

for _name in ("frontleak.misuse.analyse", "frontleak.misuse.project_files", "frontleak.js.parse"):
    import_module(_name)  # otherwise every forked run imports them again

PACKAGES: Final = {cut.package: CUTS / cut.package for cut in cuts()}
MISUSE: Final = {
    "src/like.ts": """\
import {createClient} from '@sanity/client'
const client = createClient({projectId: 'abcd1234', token: process.env.SANITY_WRITE_TOKEN, ignoreBrowserTokenWarning: true})
export const like = (id: string) => client.patch(id).inc({likes: 1}).commit()
"""
}

each_package = pytest.mark.parametrize("package", PACKAGES)
each_app = pytest.mark.parametrize("framework", APPS)


def scan(folder: Path, target: str = ".") -> dict[str, Any]:
    """Scan a folder."""
    return frontleak("scan", target, "--isolated", "--format=json", cwd=folder).json()


def test_every_piece_is_there_and_nothing_else() -> None:
    wanted = {cut.file for cut in cuts()} | {folder / "package.json" for folder in PACKAGES.values()}
    found = {path for path in CUTS.rglob("*") if path.is_file()} - {CUTS / "cuts.yaml", CUTS / "LICENSES.md"}
    assert found == wanted
    licences = (CUTS / "LICENSES.md").read_text("utf-8")
    for folder in PACKAGES.values():
        package = json.loads((folder / "package.json").read_text("utf-8"))
        assert package["license"] == "MIT"
        assert f"`{package['name']}` {package['version']}" in licences


@each_package
def test_a_package_is_silent_where_it_is_installed(package: str, tmp_path: Path) -> None:
    shutil.copytree(PACKAGES[package], tmp_path / "node_modules" / package)
    report = scan(tmp_path, f"node_modules/{package}")
    assert report["findings"] == []
    assert sum(report["coverage"]["files"].values()) == sum(path.is_file() for path in PACKAGES[package].rglob("*"))


@each_package
def test_a_package_is_silent_in_a_folder_of_its_own(package: str, tmp_path: Path) -> None:
    assert scan(shutil.copytree(PACKAGES[package], tmp_path / "package"))["findings"] == []


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return a function from framework to the report on all excerpts as sources of one app."""

    @functools.cache
    def scanned(framework: str) -> dict[str, Any]:
        return scan(as_app(PACKAGES, tmp_path_factory.mktemp(framework), framework))

    return scanned


@each_app
def test_the_code_of_packages_is_silent_as_sources_of_an_app(framework: str, app: Any) -> None:
    assert app(framework)["findings"] == []
    # excerpts import modules that do not exist
    reasons = [skip["reason"] for skip in app(framework)["skipped"]]
    assert [
        reason for reason in reasons if "could not be parsed" not in reason and "could not be resolved" not in reason
    ] == []


@each_app
def test_that_silence_is_not_deafness(framework: str, app: Any, tmp_path: Path) -> None:
    """The excerpts with a sign of a client or a secret are parsed, and misuse among them is found."""
    assert app(framework)["coverage"]["code"]["parsed"] >= len(cuts()) // 2
    folder = write(as_app(PACKAGES, tmp_path, framework), MISUSE)
    entry = folder / APPS[framework]["entry"]
    up = "../" * APPS[framework]["entry"].count("/") or "./"
    entry.write_text(f"{entry.read_text('utf-8')}import '{up}src/like'\n", "utf-8")
    found = [(finding["rule"], finding["path"], finding["line"]) for finding in scan(folder)["findings"]]
    assert found == [
        ("sanity-token-in-client-code", "src/like.ts", 2),
        ("sanity-browser-token-warning-ignored", "src/like.ts", 2),
    ]


def defeated() -> Iterator[Any]:
    """Yield the ways to turn a package into an app: `private` in package.json, or no package.json."""
    for package in PACKAGES:
        for how in ("private", "gone"):
            yield pytest.param(package, how, id=f"{package}, {how}")


@pytest.mark.parametrize(("package", "how"), list(defeated()))
def test_a_package_that_is_no_library_is_silent(package: str, how: str, tmp_path: Path) -> None:
    folder = shutil.copytree(PACKAGES[package], tmp_path / "package")
    manifest = folder / "package.json"
    if how == "private":
        manifest.write_text(json.dumps(json.loads(manifest.read_text("utf-8")) | {"private": True}), "utf-8")
    else:
        manifest.unlink()
        (tmp_path / ".git").mkdir()  # still a source tree
    assert scan(folder)["findings"] == []
