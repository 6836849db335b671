"""Real builds of real frameworks: the values of variables are found in what is served, with variable, file and module.

Each app has the mistake that people make with its framework, and gives further secrets away in every encoding, each that
of another variable. The same build is silent about the env files of other projects.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from tests.acceptance.support import environment, frontleak, repository, write
from tests.support.env_values import fake, ordinary_env
from tests.support.frontends import FRONTENDS, KEY, LEFT_OUT, NOT_NAMED, PUBLIC, Frontend
from tests.support.planted_values import PAGE, PAYLOAD, PLANTS, Plant

toolchain: Final = pytest.mark.toolchain
slow: Final = pytest.mark.slow
_SLOW: Final = 900
"""Seconds for an installation or a build."""
_IGNORED: Final = "node_modules\ndist\nbuild\n.next\n.output\n.svelte-kit\n*.env\n.env*\n"
_BUILDS: Final = [(app, build) for app, each in FRONTENDS.items() for build in each.builds]

_Finding = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """An app that is built."""

    name: str
    app: Frontend
    folder: Path

    def scan(self, env_file: str) -> list[_Finding]:
        """Return what a scan of the served folders finds of the values of an env file; it shows none of them."""
        done = frontleak("scan", *self.app.served, "--env-file", env_file, "--format", "json", cwd=self.folder)
        for value in (KEY, PUBLIC, *(plant.value for plant in self.app.plants)):
            assert value.encode() not in done.stdout + done.stderr
        return [each for each in json.loads(done.stdout)["findings"] if "variable" in each["context"]]


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return a function that installs an app, once: its name -> its folder."""
    made: dict[str, Path] = {}

    def install(name: str) -> Path:
        if name not in made:
            made[name] = _installed(FRONTENDS[name], tmp_path_factory.mktemp(name))
        return made[name]

    return install


@pytest.fixture(
    scope="session", params=_BUILDS, ids=[build if app == build else f"{app}, {build}" for app, build in _BUILDS]
)
def built(request: pytest.FixtureRequest, installed: Callable[[str], Path]) -> Built:
    """Build an app with one of its toolchains."""
    name, build = request.param
    app, folder = FRONTENDS[name], installed(name)
    for served in app.served:
        if served != app.assets:
            shutil.rmtree(folder / served, ignore_errors=True)
    _run(app.builds[build].split(), folder)
    return Built(name=name, app=app, folder=folder)


def _installed(app: Frontend, folder: Path) -> Path:
    repository(folder)
    dependencies = dict(each.rsplit("@", 1) for each in app.packages)
    package = {"name": "app", "private": True, "main": "index.js", "dependencies": dependencies, **(app.package or {})}
    write(folder, {**app.tree, ".gitignore": _IGNORED, "package.json": json.dumps(package)})
    others = "".join(f"{plant.variable}={fake(700 + number)}\n" for number, plant in enumerate(app.plants))
    write(folder, {"ordinary.env": ordinary_env(), "others.env": f"INTERNAL_API_KEY={fake(699)}\n{others}"})
    _run(["npm", "install", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error", *app.packages], folder)
    return folder


def _run(command: list[str], folder: Path) -> None:
    path = f"{folder / 'node_modules' / '.bin'}{os.pathsep}{os.environ['PATH']}"
    env = environment(PATH=path, CI="1", NEXT_TELEMETRY_DISABLED="1", ASTRO_TELEMETRY_DISABLED="1", EXPO_OFFLINE="1")
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=_SLOW, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"


def _places(finding: _Finding) -> list[_Finding]:
    return [finding, *finding["also_at"]]


def _by_variable(findings: list[_Finding]) -> Mapping[str, _Finding]:
    """Return the one finding of each variable."""
    found = {name: each for each in findings for name in each["context"]["variable"]}
    assert len(found) == len(findings), [each["context"]["variable"] for each in findings]
    return found


def _is_served(place: _Finding) -> bool:
    return bool(place["exposure"] == "served") and not place["path"].endswith(".map")


@toolchain
@slow
@pytest.mark.parametrize("env_file", ["ordinary.env", "others.env"])
def test_a_build_is_silent_about_the_env_files_of_others(built: Built, env_file: str) -> None:
    assert built.scan(env_file) == []


@toolchain
@slow
def test_each_value_is_found_in_its_encoding_with_variable_file_and_module(built: Built) -> None:
    found = _by_variable(built.scan(".env"))
    lines = built.app.env.splitlines()
    for plant in built.app.plants:
        finding = found[plant.variable]
        assert finding["context"]["set_in"] == [f".env:{lines.index(f'{plant.variable}=`{plant.value}`') + 1}"]
        assert finding["context"]["mistake"] == ["boundary"]
        assert finding["exposure"] == "served"
        assert any(plant.via in ("", *place["via"]) and plant.path in place["path"] for place in _places(finding)), (
            plant
        )
        if plant.path != ".map":
            assert any(_is_served(place) for place in _places(finding)), plant
        if plant.module and (built.name, plant.variable) not in NOT_NAMED:
            _assert_named(built, plant, finding)


def _assert_named(built: Built, plant: Plant, finding: _Finding) -> None:
    """Check that the source map and the imports name the module."""
    module = built.app.path(plant.module)
    assert [hop["path"] for hop in finding["chain"]][-1:] == [module], finding
    assert any(place["original"] and place["original"]["path"] == module for place in _places(finding)), finding


@toolchain
@slow
def test_the_mistake_of_the_framework_is_named_with_variable_file_and_module(built: Built) -> None:
    app, found = built.app, _by_variable(built.scan(".env"))
    if (built.name, "INTERNAL_API_KEY") not in LEFT_OUT:
        finding = found["INTERNAL_API_KEY"]
        assert (finding["context"]["set_in"], finding["context"]["mistake"]) == ([".env:2"], ["boundary"])
        assert any(_is_served(place) for place in _places(finding))
        assert not app.module or [hop["path"] for hop in finding["chain"]][-1:] == [app.module]
    if app.public:
        finding = found[app.public]
        assert (finding["context"]["set_in"], finding["context"]["mistake"]) == ([".env:3"], ["name"])
        assert any(_is_served(place) and place["path"] != ".env" for place in _places(finding))
        assert finding["severity"] == "critical"


@toolchain
@slow
def test_without_source_maps_the_imports_name_the_module(built: Built) -> None:
    with _without_maps(built):
        found = _by_variable(built.scan(".env"))
    for plant in built.app.plants:
        if plant.path == ".map":
            assert plant.variable not in found
        elif plant.module.endswith(".js"):
            chain = [hop["path"] for hop in found[plant.variable]["chain"]]
            assert chain[-1:] == [built.app.path(plant.module)], (plant.variable, chain)


@contextmanager
def _without_maps(built: Built) -> Iterator[None]:
    """Take the source maps out of the served folders for a while."""
    maps = [path for served in built.app.served for path in (built.folder / served).rglob("*.map*")]
    assert maps
    apart = built.folder / "node_modules" / ".maps"
    apart.mkdir()
    for number, path in enumerate(maps):
        path.rename(apart / str(number))
    yield
    for number, path in enumerate(maps):
        (apart / str(number)).rename(path)
    apart.rmdir()


def test_each_app_gives_away_every_encoding_or_says_why_not() -> None:
    every = {plant.variable for plant in (*PLANTS, PAGE, PAYLOAD)} | {"INTERNAL_API_KEY"}
    for name, app in FRONTENDS.items():
        left_out = {variable for app_name, variable in LEFT_OUT if app_name == name}
        planted = {plant.variable for plant in app.plants} | ({"INTERNAL_API_KEY"} - left_out)
        assert planted | left_out == every, name
        assert not planted & left_out, name
    assert {app_name for app_name, _ in (*LEFT_OUT, *NOT_NAMED)} <= FRONTENDS.keys()
