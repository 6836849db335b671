"""The wheel contains everything needed and nothing else, and works without a checkout."""

import os
import zipfile
import zlib
from pathlib import Path
from typing import Final

import pytest

from tests.acceptance.support import run, token, write
from tests.support.paths import ROOT
from tests.support.wheels import built_wheel, installed_wheel


@pytest.fixture(scope="module")
def wheel() -> Path:
    return built_wheel()


COMPILED: Final = "frontleak/_compiled/"


def names(wheel: Path) -> list[str]:
    """Return the names of all files in a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def test_the_wheel_puts_one_package_into_site_packages(wheel: Path) -> None:
    (version,) = {name.split("/")[0] for name in names(wheel) if ".dist-info/" in name}
    assert {name.split("/")[0] for name in names(wheel)} == {"frontleak", version}


def test_every_rule_is_in_the_wheel(wheel: Path) -> None:
    rules = {
        f"frontleak/_rules/{file.relative_to(ROOT / 'rules').as_posix()}" for file in (ROOT / "rules").rglob("*.yaml")
    }
    assert len(rules) > 30
    assert rules <= set(names(wheel))


def test_every_module_is_in_the_wheel_and_nothing_else(wheel: Path) -> None:
    modules = {file.relative_to(ROOT / "scanner").as_posix() for file in (ROOT / "scanner").rglob("*.py")}
    inside = {
        name
        for name in names(wheel)
        if name.startswith("frontleak/") and not name.startswith(("frontleak/_rules/", COMPILED))
    }
    assert inside - {"frontleak/py.typed"} == modules | {f"frontleak/report/page.{kind}" for kind in ("css", "js")}
    assert {name.rpartition(".")[2] for name in names(wheel) if name.startswith("frontleak/_rules/")} == {"yaml"}


def test_the_compiled_rules_are_in_the_wheel(wheel: Path) -> None:
    kinds = [name.removeprefix(COMPILED).partition("-")[0] for name in names(wheel) if name.startswith(COMPILED)]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "rules": 1,
        "frameworks": 1,
        "values": 12,
        "hyperscan": 2,
        "expressions": 1,
    }


def test_no_compiled_rule_holds_a_fake_or_a_path_of_the_build(wheel: Path) -> None:
    """A scan needs neither examples nor samples."""
    with zipfile.ZipFile(wheel) as archive:
        texts = [archive.read(name) for name in names(wheel) if name.startswith(COMPILED)]
        (rules,) = (archive.read(name) for name in names(wheel) if name.startswith(f"{COMPILED}rules-"))
    rest = rules.partition(b"\n")[2]
    while rest:
        stored = zlib.decompressobj()
        texts.append(stored.decompress(rest))
        rest = stored.unused_data
    assert len(texts) > 1_000
    assert not any(word in text for text in texts for word in (b"{sample}", os.fsencode(ROOT), b"frontleak-cache"))


def test_the_wheel_holds_its_licence_and_its_command(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        texts = {
            name.split("dist-info/")[1]: archive.read(name).decode() for name in names(wheel) if "dist-info/" in name
        }
    assert {"licenses/LICENSE", "licenses/NOTICE", "METADATA", "entry_points.txt"} <= set(texts)
    assert "frontleak = frontleak.cli.main:run" in texts["entry_points.txt"]
    assert "Requires-Python: >=3.11" in texts["METADATA"]


def test_the_package_says_that_it_is_typed(wheel: Path) -> None:
    assert "frontleak/py.typed" in names(wheel)


def test_the_installed_wheel_scans_without_the_checkout(wheel: Path, tmp_path: Path) -> None:
    python, env = installed_wheel(wheel, tmp_path)
    where = run([python, "-c", "import frontleak; print(frontleak.__file__)"], cwd=tmp_path, env=env)
    assert where.out.startswith(f"{tmp_path}/venv/")
    twice = "import frontleak as f\nfor _ in '12': print(len(f.scan().findings))"
    assert run([python, "-c", twice], cwd=write(tmp_path / "api", {"a.js": f"'{token()}'"}), env=env).out == "1\n1\n"
    assert list((tmp_path / "cache").glob("*")) == [], "what the wheel holds is not compiled again"
    elsewhere = write(tmp_path / "elsewhere", {"dist/a.js": f"'{token()}'"})
    done = run([python.with_name("frontleak"), "scan", "--format=json"], cwd=elsewhere, env=env)
    assert (done.code, done.err) == (1, "")
    assert done.places() == [("dist/a.js", 1, 2)]
    assert (
        "written in rules/sanity/token.yaml:1"
        in run([python.with_name("frontleak"), "rules", "show", "sanity-token"], cwd=elsewhere, env=env).out
    )
