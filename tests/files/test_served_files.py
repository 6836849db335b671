"""Files that should not be in a served folder: found where they would be served, and nowhere else."""

import json
import pickle
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontleak.core.blob import Blob
from frontleak.core.detection import Detection, FileMatch
from frontleak.core.fingerprint import fingerprint
from frontleak.core.origins import FileOrigin, MemberOrigin, Origin, StdinOrigin
from frontleak.core.secret import identity_of
from frontleak.core.vocabulary import Exposure, RuleKind, Severity
from frontleak.files.interface import FileEntry
from frontleak.files.served_files import detections_of, matches_of, once_per_build
from frontleak.files.walk import FileWalk
from frontleak.files.walk_rules import load_walk_rules
from frontleak.rules.file_rule import FileRule, FileRules
from frontleak.rules.paths import rules_directory
from frontleak.selfcheck.file_rules import behaviour
from frontleak.triage.group import group
from tests.acceptance.support import write
from tests.support.shipped import full_set, shipped_sources

RULES: Final = FileRules(full_set().others)
BY_ID: Final = {rule.id: rule for rule in RULES.rules}
ENV: Final = b"API_KEY=abc\n"
MAP: Final = b'{"version":3,"sourcesContent":["a"],"mappings":""}'


def found(path: str | Origin, data: bytes, exposure: Exposure = Exposure.SERVED) -> list[Detection]:
    """Return the detections about a file."""
    origin = FileOrigin(path=path) if isinstance(path, str) else path
    blob = Blob(origin=origin, data=data, exposure=exposure)
    return list(detections_of(blob, RULES.about(blob).rules))


def noted(path: str | Origin, data: bytes = MAP, exposure: Exposure = Exposure.SERVED) -> tuple[FileMatch, ...]:
    """Return the notes about a file."""
    origin = FileOrigin(path=path) if isinstance(path, str) else path
    blob = Blob(origin=origin, data=data, exposure=exposure)
    return matches_of(blob, RULES.about(blob).rules)


@pytest.mark.parametrize("exposure", [each for each in Exposure if each is not Exposure.SERVED])
def test_what_is_not_served_is_nobodys_business(exposure: Exposure) -> None:
    assert found("dist/.env", ENV, exposure) == []
    assert noted("dist/a.js.map", MAP, exposure) == ()


@pytest.mark.parametrize("path", ["dist/index.html", "dist/assets/app.js", "dist/env", "dist/a.env", "dist/.env/a.js"])
def test_an_ordinary_file_is_no_finding(path: str) -> None:
    assert found(path, ENV) == []


def test_standard_input_has_no_name() -> None:
    assert found(StdinOrigin(), ENV) == []


WRITTEN: Final = {document.value["id"]: document for document in shipped_sources().others}


@pytest.mark.parametrize("rule", RULES.rules, ids=lambda rule: rule.id)
def test_a_rule_is_sound_on_its_own_examples(rule: FileRule) -> None:
    assert list(behaviour(WRITTEN[rule.id], rule)) == []


def test_a_rule_stands_in_a_file_of_its_name() -> None:
    files = sorted((rules_directory() / "files").glob("*.yaml"))
    assert [file.stem for file in files] == [rule.id for rule in RULES.rules]
    assert len(files) >= 7


@pytest.mark.parametrize("rule", RULES.rules, ids=lambda rule: rule.id)
def test_a_rule_about_a_folder_is_mild_and_says_where_its_facts_come_from(rule: FileRule) -> None:
    assert rule.severity in (Severity.MEDIUM, Severity.LOW, Severity.INFO)
    assert rule.references
    assert rule.why
    assert rule.fix


def test_an_example_that_fails_is_named() -> None:
    rule, written = BY_ID["served-env-file"], WRITTEN["served-env-file"]
    for field, path, problem in (("examples", "b", "does not match"), ("silent", ".env", "matches")):
        wrong = replace(written, value={**written.value, field: {path: "A=b"}})
        assert list(behaviour(wrong, rule)) == [f"{written.where(field)}: {field}: {path}: {problem}"]


ORIGINS: Final[Mapping[str, Origin]] = {
    "a file": FileOrigin(path="dist/.env"),
    "a file in the working directory": FileOrigin(path=".env"),
    "a compressed copy": MemberOrigin(container=FileOrigin(path="dist/.env.gz"), member=""),
    "a member of an archive": MemberOrigin(container=FileOrigin(path="dist/all.zip"), member="site/.env"),
    "an archive in an archive": MemberOrigin(container=FileOrigin(path="dist/all.zip"), member="site.zip!/.env"),
}


@pytest.mark.parametrize("origin", ORIGINS.values(), ids=ORIGINS)
def test_a_file_is_known_wherever_it_is_packed(origin: Origin) -> None:
    (finding,) = found(origin, ENV)
    assert finding.rule_id == "served-env-file"
    assert finding.place.origin == origin
    assert finding.place.exposure is Exposure.SERVED


def test_a_finding_shows_the_path_and_keeps_its_fingerprint_when_merged() -> None:
    (detection,) = found("dist/.env", ENV)
    (finding,) = group([pickle.loads(pickle.dumps(detection))], BY_ID)
    assert finding.place.origin.display == "dist/.env"
    assert (detection.secret, finding.secret, finding.kind) == (None, None, RuleKind.FILE)
    identity = identity_of(b"dist/.env")
    assert finding.fingerprint == fingerprint(finding.rule_id, identity, finding.place.origin)


def test_the_same_file_in_two_folders_is_two_findings() -> None:
    assert len(group([*found("dist/.env", ENV), *found("out/.env", ENV)], BY_ID)) == 2


def test_the_values_in_a_file_are_not_shown() -> None:
    (finding,) = found("dist/.env", b"TOKEN=very-secret-value\n")
    assert "very-secret" not in repr(finding)


@given(st.binary(max_size=300), st.sampled_from([".env", ".npmrc", "a.pem", "a.p12", "a.json", ".git/config", "a.map"]))
def test_any_content_will_do(data: bytes, name: str) -> None:
    found(f"dist/{name}", data)
    noted(f"dist/{name}", data)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Change to an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def together(paths: Sequence[str], named: Sequence[str] = (".",)) -> list[Detection]:
    """Return the detections reported once per build for maps at some paths."""
    return list(once_per_build([note for path in paths for note in noted(path)], BY_ID, named))


def test_maps_without_sources_are_not_noted() -> None:
    assert noted("dist/a.js.map", b'{"version":3,"mappings":""}') == ()


def test_maps_of_a_library_are_not_noted(here: Path) -> None:
    write(
        here,
        {"package.json": json.dumps({"name": "a", "version": "1.0.0", "main": "dist/a.js"}), "dist/package.json": "{}"},
    )
    assert together(["dist/a.js.map"]) == []


@pytest.mark.parametrize(
    "package", ["", "[]", "{", '{"name":"a"}', '{"name":"a","main":"x","private":true}', "[" * 9999]
)
def test_maps_are_noted_once_a_build(here: Path, package: str) -> None:
    write(here, {"package.json": package, "dist/a.js": "", "apps/b/dist/b.js": ""})
    first, second = together(["dist/b.js.map", "dist/x/a.js.map", "apps/b/dist/b.js.map"])
    assert (first.place.origin.path, second.place.origin.path) == ("dist", "apps/b/dist")
    assert (first.context, first.snippet) == ({"files": ("2",)}, "dist/b.js.map, dist/x/a.js.map")
    assert second.context["files"] == ("1",)
    assert first.severity is Severity.INFO


def test_a_compressed_copy_of_a_map_is_not_counted_again(here: Path) -> None:
    twin = MemberOrigin(container=FileOrigin(path="dist/a.js.map.gz"), member="")
    notes = [*noted("dist/a.js.map"), *noted(twin)]
    write(here, {"dist/a.js": ""})
    (finding,) = once_per_build(notes, BY_ID, ["."])
    assert finding.context["files"] == ("1",)


def test_maps_whose_names_differ_in_a_hash_alone_are_counted_each(here: Path) -> None:
    write(here, {"dist/a.js": ""})
    (finding,) = together([f"dist/assets/index-{hashed}.js.map" for hashed in ("Ab12Cd34", "Ef56Gh78")])
    assert finding.context["files"] == ("2",)


@pytest.mark.parametrize("length", [3, 30, 300])
def test_a_finding_for_a_build_names_a_few_files(here: Path, length: int) -> None:
    write(here, {"dist/a.js": ""})
    (finding,) = together([f"dist/{'x' * length}{number}.js.map" for number in range(2000)])
    assert finding.context["files"] == ("2000",)
    assert finding.snippet.startswith("dist/xxx")
    assert finding.snippet.endswith("…")
    assert len(finding.snippet) <= 100


def test_what_is_in_an_archive_is_not_noted() -> None:
    member = MemberOrigin(container=FileOrigin(path="dist/a.zip"), member="a.js.map")
    assert noted(member) == ()


@pytest.mark.parametrize(("named", "shown"), [("dist", "dist"), ("dist/x", "dist"), ("dist/x/a.js.map", "dist")])
def test_the_build_is_known_when_a_part_of_it_is_named(here: Path, named: str, shown: str) -> None:
    write(here, {"package.json": "{}", "dist/x/a.js.map": ""})
    (finding,) = together(["dist/x/a.js.map"], [named])
    assert finding.place.origin.path == shown


def test_a_build_outside_the_working_directory_is_shown_whole(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(here, {"dist/a.js.map": "", "else/where.txt": ""})
    monkeypatch.chdir(here / "else")
    (finding,) = together([f"{here}/dist/a.js.map"], ["../dist"])
    assert finding.place.origin.path == f"{here.as_posix()}/dist"


def walked(*exclude: str) -> list[str]:
    """Return the files in a walk."""
    target = FileWalk(["."], load_walk_rules(), max_size=10_000, exclude=exclude)
    return [item.shown for item in target.entries() if isinstance(item, FileEntry)]


REPOSITORY: Final = {".git/config": "[core]\n", ".git/HEAD": "ref: refs/heads/main\n", "a.js": ""}


def test_the_repository_of_a_source_tree_is_not_looked_at(here: Path) -> None:
    write(here, REPOSITORY)
    assert walked() == ["a.js"]


def test_the_repository_of_a_package_of_the_source_tree_is_not_looked_at(here: Path) -> None:
    write(here, {"package.json": "{}", **{f"packages/a/{path}": text for path, text in REPOSITORY.items()}})
    assert ".git" not in " ".join(walked())


def test_a_repository_in_build_output_is_noticed_by_its_settings(here: Path) -> None:
    write(here, {"package.json": "{}", **{f"dist/{path}": text for path, text in REPOSITORY.items()}})
    assert [path for path in walked() if "/.git/" in path] == ["dist/.git/config"]
    assert not [path for path in walked(".git") if "/.git/" in path]
    (finding,) = found("dist/.git/config", b"[core]\n")
    assert finding.rule_id == "served-git-folder"


def test_a_link_to_a_repository_in_build_output_is_not_followed(here: Path) -> None:
    write(here, {"package.json": "{}", "dist/a.js": "", **{f"else/{path}": text for path, text in REPOSITORY.items()}})
    (here / "dist/.git").symlink_to(here / "else/.git")
    assert not [path for path in walked() if "/.git/" in path]
