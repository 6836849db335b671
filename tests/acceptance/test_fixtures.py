"""Real builds: every leak in plain text is reported at its place, and nothing else.

Each EXPECTED.yaml is ground truth from an independent search (fixtures/locate.py). Places with a form other than
`plain` need a decoder: reporting them is optional here.
"""

import runpy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.acceptance.support import frontleak, installed
from tests.support.built_apps import FIXTURES, NAMES, expected, scanned

_fake_token: Callable[[str, int], str] = runpy.run_path(str(FIXTURES / "fakes.py"))["fake_token"]


def secrets(report: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the findings about secrets; test_built_apps.py checks those about files."""
    return [finding for finding in report["findings"] if finding["kind"] == "pattern"]


def value(leak: dict[str, Any]) -> str:
    """Return the fake token of a leak."""
    return _fake_token(leak["secret"], leak.get("tail", 178))


def places(finding: dict[str, Any]) -> list[dict[str, Any]]:
    """Return all places of a reported finding."""
    return [finding, *finding["also_at"]]


SETTLED: Final = [
    pytest.param(name, leak, id=f"{name}: {leak['secret']}")
    for name in NAMES
    for leak in expected(name)["findings"]
    if any(place["form"] == "plain" for place in leak["places"])
]


def test_there_are_fixtures_to_hold_the_command_to() -> None:
    assert len(NAMES) >= 10
    assert len(SETTLED) >= 20


@pytest.mark.parametrize(("fixture", "leak"), SETTLED)
def test_a_leak_is_reported_at_every_place_where_it_stands_plainly(fixture: str, leak: dict[str, Any]) -> None:
    (finding,) = [finding for finding in scanned(fixture).json()["findings"] if finding["secret"] == value(leak)]
    assert finding["rule"] == leak["rule"]
    for path, in_file in _by_file(leak):
        reported = [(place["line"], place["column"]) for place in places(finding) if place["path"] == path]
        plain = [place for place in in_file if place["form"] == "plain"]
        for place in plain:
            assert (place["line"], place["column"]) in reported
        if len(plain) == len(in_file):
            assert len(reported) == sum(place.get("count", 1) for place in plain)
            assert min(reported) == min((place["line"], place["column"]) for place in plain)


def _by_file(leak: dict[str, Any]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for path in {place["path"]: None for place in leak["places"]}:
        in_file = [place for place in leak["places"] if place["path"] == path]
        if any(place["form"] == "plain" for place in in_file):
            yield path, in_file


@pytest.mark.parametrize(("fixture", "leak"), [param for param in SETTLED if "context" in param.values[1]])  # type: ignore[operator]
def test_a_leak_is_reported_with_its_project_and_dataset(fixture: str, leak: dict[str, Any]) -> None:
    (finding,) = [finding for finding in scanned(fixture).json()["findings"] if finding["secret"] == value(leak)]
    nearest = {name: finding["context"].get(name, [])[: len(values)] for name, values in leak["context"].items()}
    assert nearest == leak["context"]


@pytest.mark.parametrize("fixture", NAMES)
def test_nothing_else_is_reported(fixture: str) -> None:
    leaks = [*expected(fixture)["findings"], *expected(fixture)["not_leaked"]]
    listed = {place["path"] for leak in leaks for place in leak["places"]}
    for finding in secrets(scanned(fixture).json()):
        assert {place["path"] for place in places(finding)} <= listed
        assert any(finding["secret"] in value(leak) for leak in leaks), "a fake, or the piece of one that stands there"


@pytest.mark.parametrize("fixture", NAMES)
def test_the_exit_code_says_whether_something_leaks(fixture: str) -> None:
    plain = [place for leak in expected(fixture)["findings"] for place in leak["places"] if place["form"] == "plain"]
    done = frontleak("scan", expected(fixture)["scan"], "--isolated", cwd=FIXTURES / fixture)
    if not expected(fixture)["findings"]:
        assert done.code == 0
    elif plain:
        assert done.code == 1
    assert done.err == ""


@pytest.mark.parametrize("fixture", NAMES)
def test_every_file_of_a_fixture_is_read(fixture: str) -> None:
    report = scanned(fixture).json()
    folder = FIXTURES / fixture / expected(fixture)["scan"]
    files = [file for file in folder.rglob("*") if file.is_file() and not {"node_modules", "cache"} & set(file.parts)]
    assert not [skip for skip in report["skipped"] if skip["incomplete"]]
    assert sum(report["coverage"]["files"].values()) == len(files)


@pytest.mark.parametrize("fixture", NAMES)
def test_no_secret_is_shown_unless_asked_for(fixture: str) -> None:
    done = frontleak(
        "scan", expected(fixture)["scan"], "--isolated", "--format=json", "--show-server", cwd=FIXTURES / fixture
    )
    leaks = [*expected(fixture)["findings"], *expected(fixture)["not_leaked"]]
    assert not [leak["secret"] for leak in leaks if value(leak)[:20] in done.out]


@pytest.mark.parametrize("fixture", NAMES)
def test_the_source_of_a_fixture_holds_placeholders_and_no_secret(fixture: str) -> None:
    """Code misuse is covered by other tests. Files in `public/` are copied to the output and found as well."""
    app = FIXTURES / fixture / "app"
    assert app.is_dir()
    flags = ("--isolated", "--no-gitignore", "--fail-on=info", "--format=json")
    done = frontleak("scan", "app", *flags, cwd=FIXTURES / fixture)
    names = [(item["rule"], Path(item["path"]).name) for item in expected(fixture)["files"]]
    copied = [(rule, f"app/public/{name}") for rule, name in names if (app / "public" / name).is_file()]
    findings = done.json()["findings"]
    others = [finding for finding in findings if finding["kind"] in {"pattern", "file"}]
    assert [(finding["rule"], finding["path"]) for finding in others] == copied
    assert (done.code, done.err) == (1 if findings else 0, "")


def test_a_fixture_of_another_folder_is_shown_from_the_working_directory(tmp_path: Path) -> None:
    done = installed("scan", FIXTURES / "vite-react" / "dist", "--isolated", "--format=json", cwd=tmp_path)
    assert done.code == 1
    (finding,) = secrets(done.json())
    assert finding["path"].startswith(f"{FIXTURES}/vite-react/dist/assets/")
    (about_maps,) = [finding for finding in done.json()["findings"] if finding["kind"] == "file"]
    assert about_maps["path"] == f"{FIXTURES}/vite-react/dist"
    assert about_maps["snippet"].startswith(f"{FIXTURES}/vite-react/dist/assets/"[:99])
