"""fixtures/sources is consistent: files, lines and corrected twins exist, and no file contains a secret."""

import functools
import itertools
import json
import re
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from frontleak.core.blob import Blob
from frontleak.core.origins import FileOrigin
from frontleak.core.vocabulary import Exposure
from frontleak.rules.misuse_rule import MisuseRule
from frontleak.scanning.blob import scan_blob
from tests.support.filled import PLACEHOLDER, files
from tests.support.paths import FIXTURES
from tests.support.shipped import full_engine, full_set

SOURCES: Final = FIXTURES / "sources"
TEMPLATES: Final = sorted(folder.name for folder in (SOURCES / "templates").iterdir())
PROJECTS: Final = sorted(folder.name for folder in SOURCES.iterdir() if folder.name != "templates")
FRAMEWORKS: Final = {
    *("next-app", "next-pages", "vite-react", "nuxt", "vue", "sveltekit", "astro", "react-router", "gatsby", "expo"),
    *("studio", "webpack", "angular"),
}
SEVERITIES: Final = {
    rule.id: {rule.severity, rule.when_writing, rule.when_reading}
    for rule in full_set().others
    if isinstance(rule, MisuseRule)
}
"""Rule -> possible severities of its findings."""
KEYS: Final = {"rule", "path", "line", "severity", "names", "chain", "because"}

each_project = pytest.mark.parametrize("project", PROJECTS)


@functools.cache
def expected(project: str) -> list[dict[str, Any]]:
    """Return the expected findings of a project."""
    loaded: dict[str, list[dict[str, Any]]] = yaml.safe_load((SOURCES / project / "EXPECTED.yaml").read_text("utf-8"))
    assert set(loaded) == {"findings"}
    return loaded["findings"]


def line_at(project: str, path: str, line: int) -> str:
    """Return a line of a misuse project; it must exist."""
    lines = (SOURCES / project / "misuse" / path).read_text("utf-8").splitlines()
    assert 1 <= line <= len(lines), f"{project}/misuse/{path} has no line {line}"
    return lines[line - 1]


def places(finding: dict[str, Any]) -> list[tuple[str, int]]:
    """Return path and line of all places of a finding, the primary one first."""
    others = [place.rsplit(":", 1) for place in finding.get("also", [])]
    return [(finding["path"], finding["line"]), *((path, int(line)) for path, line in others)]


def _is_of_variable(finding: dict[str, Any]) -> bool:
    """Return whether a finding about code brings in where its variable is set or read."""
    return finding["rule"] == "sanity-token-in-client-code" and bool(finding.get("also"))


def imports(importer: Path, imported: str) -> bool:
    """Return whether a file mentions another one like a specifier: by name, or by folder for an index."""
    path = Path(imported)
    name = path.parent.name if path.stem == "index" else path.stem
    text = importer.read_text("utf-8")
    return bool(re.search(rf"""["'][^"'\n]*{re.escape(name)}(\.\w+)*["']""", text)) or (
        path.stem == "astro.config" and "sanity:client" in text
    )


def test_every_framework_has_its_project() -> None:
    assert set(PROJECTS) >= FRAMEWORKS
    assert len(TEMPLATES) >= 8


@each_project
def test_a_project_is_a_misuse_its_correct_twin_and_what_to_expect(project: str) -> None:
    folder = SOURCES / project
    assert {path.name for path in folder.iterdir()} == {"misuse", "correct", "EXPECTED.yaml"}
    wrong, right = (
        {path.relative_to(folder / kind) for path in files(folder / kind)} for kind in ("misuse", "correct")
    )
    assert len(wrong & right) >= 3, "the same app"
    assert any(
        (folder / "misuse" / path).read_bytes() != (folder / "correct" / path).read_bytes() for path in wrong & right
    )
    if (manifest := Path("package.json")) in wrong | right:
        names = {json.loads((folder / kind / manifest).read_bytes())["name"] for kind in ("misuse", "correct")}
        assert len(names) == 1


@each_project
def test_the_correct_twin_has_none_of_the_public_variables(project: str) -> None:
    for finding in expected(project):
        if finding["rule"] == "public-env-secret" or _is_of_variable(finding):
            (name,) = finding["names"]
            defined = re.compile(rf"^\s*{name}\s*=|\benv\.{name}\b|%{name}%", re.MULTILINE)
            assert not [
                file for file in files(SOURCES / project / "correct") if defined.search(file.read_text("utf-8"))
            ]


@each_project
def test_every_expected_place_exists(project: str) -> None:
    assert expected(project)
    for finding in expected(project):
        assert set(finding) - {"also"} == KEYS
        assert finding["severity"] in SEVERITIES[finding["rule"]]
        assert finding["because"] == finding["because"].strip() != ""
        assert all(line_at(project, *place).strip() for place in places(finding))
        assert len(places(finding)) == len(set(places(finding)))
        if not _is_of_variable(finding):  # else the place to fix first comes first
            assert places(finding) == sorted(places(finding)), "the first place in order of path and line"


@each_project
def test_expectations_are_in_order_and_different(project: str) -> None:
    keys = [(finding["path"], finding["line"], finding["rule"]) for finding in expected(project)]
    assert keys == sorted(set(keys))


@each_project
def test_every_chain_leads_from_file_to_file(project: str) -> None:
    folder = SOURCES / project / "misuse"
    for finding in expected(project):
        chain = finding["chain"]
        assert len(chain) != 1, "a place that is the entry has no chain"
        assert len(set(chain)) == len(chain)
        assert not chain or chain[-1] == finding["path"]
        assert all((folder / path).is_file() for path in chain)
        broken = [(a, b) for a, b in itertools.pairwise(chain) if not imports(folder / a, b)]
        assert broken == []


@each_project
def test_every_name_is_written_in_the_project(project: str) -> None:
    code = "\n".join(file.read_text("utf-8") for file in files(SOURCES / project / "misuse"))
    for finding in expected(project):
        assert [name for name in finding["names"] if not re.search(rf"\b{re.escape(name)}\b", code)] == []
        if finding["rule"] == "public-env-secret" or _is_of_variable(finding):
            (name,) = finding["names"]
            named = [name in line_at(project, *place) for place in places(finding)]
            assert any(named[1:]) if _is_of_variable(finding) else all(named)


def test_nothing_is_installed_built_or_locked() -> None:
    names = {part for path in files(SOURCES) for part in path.relative_to(SOURCES).parts}
    assert not names & {"node_modules", "package-lock.json", "yarn.lock", "pnpm-lock.yaml", ".next", "dist", "build"}


def test_no_file_holds_the_shape_of_a_secret() -> None:
    for path in files(SOURCES):
        found = scan_blob(Blob(origin=FileOrigin(path=path.name), data=path.read_bytes()), full_engine()).detections
        assert [item for item in found if item.place.exposure is not Exposure.PUBLIC] == [], path


def test_placeholders_stand_in_misuse_alone_and_are_used_once() -> None:
    used = [(name, path) for path in files(SOURCES) for name in PLACEHOLDER.findall(path.read_text("utf-8"))]
    assert len(used) >= 5
    assert len({name for name, _ in used}) == len(used)
    for name, path in used:
        project, kind, *_ = path.relative_to(SOURCES).parts
        assert kind == "misuse"
        assert name.startswith(f"src-{project}-")
