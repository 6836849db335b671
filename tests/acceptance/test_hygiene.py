"""Files in a build folder that should not be served, reported by the installed command."""

import gzip
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from frontleak.rules.samples import draw
from tests.acceptance.support import Run, frontleak, git, installed, repository, token, write

PACKAGE: Final = '{"name": "shop", "private": true}'
KEY: Final = draw(r"-----BEGIN\ (RSA\ |EC\ |OPENSSH\ |)PRIVATE\ KEY-----\n", "hygiene")
MAP: Final = '{"version":3,"sources":["a.ts"],"sourcesContent":["export {}"],"mappings":"AAAA"}'
REGISTRY: Final = f"//registry.npmjs.org/:_authToken={draw('[a-z0-9]{8}-[a-z0-9]{4}-[a-z0-9]{12}', 'hygiene')}\n"
ACCOUNT: Final = json.dumps({"type": "service_account", "private_key": KEY})
REPOSITORY: Final = "[core]\n\tbare = false\n"

BAD: Final[Mapping[str, tuple[str, str, str]]] = {
    "an environment file": (".env", "API_URL=https://example.com\n", "served-env-file"),
    "an environment file of a mode": (".env.production", "A=b\n", "served-env-file"),
    "the settings of a repository": (".git/config", REPOSITORY, "served-git-folder"),
    "a key of SSH": ("id_rsa", KEY, "served-private-key"),
    "a key of a server": ("certificates/server.key", KEY, "served-private-key"),
    "a service account": ("service-account.json", ACCOUNT, "served-service-account"),
    "a token of a registry": (".npmrc", REGISTRY, "served-npmrc-token"),
}
"""Files that should not be served: name, content and rule."""
FINE: Final[Mapping[str, tuple[str, str]]] = {
    "an example of an environment file": (".env.example", "API_KEY=your-key\n"),
    "an environment file that sets nothing": (".env", "# API_KEY=\nAPI_KEY=\n"),
    "a public key": ("id_rsa.pub", "ssh-rsa AAAAB3NzaC1yc2E user@example.com\n"),
    "a certificate": ("ca.pem", "-----BEGIN CERTIFICATE-----\nMIIB\n"),
    "a presentation of a Mac": ("talk.key", "PK"),
    "a credential of another sort": ("user.json", '{"type": "authorized_user", "client_id": "a"}'),
    "a registry whose token is a variable": (".npmrc", "//registry.npmjs.org/:_authToken=${NPM_TOKEN}\n"),
    "a folder that is called like a repository": ("git/config", REPOSITORY),
    "a source map without sources": ("a.js.map", '{"version":3,"sources":["a.ts"],"mappings":"AAAA"}'),
}
"""Files that may be served."""


def scan(folder: Path, *arguments: str, files: Mapping[str, str | bytes]) -> Run:
    """Scan a project with some files."""
    write(folder, {"package.json": PACKAGE, "dist/index.html": "<title>shop</title>", **files})
    return frontleak("scan", "--isolated", *arguments, cwd=folder)


def found(done: Run) -> list[tuple[str, str]]:
    """Return (rule, path) of all findings of a JSON report."""
    return [(finding["rule"], finding["path"]) for finding in done.json()["findings"]]


# --- silence ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "content"), FINE.values(), ids=FINE)
def test_what_may_be_served_is_no_finding(tmp_path: Path, name: str, content: str) -> None:
    done = scan(tmp_path, "--fail-on=info", files={f"dist/{name}": content})
    assert (done.code, done.err) == (0, "")


@pytest.mark.parametrize("folder", ["", "src/", "config/deploy/", ".next/server/", ".next/standalone/"])
def test_what_is_not_served_is_no_finding(tmp_path: Path, folder: str) -> None:
    """In a source tree and in server output, neither files nor source maps are reported."""
    bad = {f"{folder}{name}": content for name, content, rule in BAD.values() if rule != "served-git-folder"}
    build = {".next/BUILD_ID": "a", ".next/build-manifest.json": "{}", ".next/server/chunks/1.js.map": MAP}
    done = scan(tmp_path, "--format=json", "--show-server", "--no-gitignore", files={**bad, **build})
    assert [finding for finding in done.json()["findings"] if finding["kind"] == "file"] == []


def test_the_repository_of_the_project_is_no_finding(tmp_path: Path) -> None:
    repository(tmp_path)
    write(tmp_path, {"packages/a/.git/config": REPOSITORY, "packages/a/package.json": "{}"})
    assert scan(tmp_path, "--fail-on=info", files={}).code == 0


def test_what_git_ignores_in_the_sources_is_not_looked_at_but_build_output_is(tmp_path: Path) -> None:
    repository(tmp_path)
    ignored = {".gitignore": "*.pem\n.env\ndist\n", "app/public.d/.env": "A=b\n", "dist/.env": "A=b\n"}
    assert found(scan(tmp_path, "--format=json", files=ignored)) == [("served-env-file", "dist/.env")]


@pytest.mark.parametrize("pattern", [".env", "dist/.env", "*.env", ".*"])
def test_what_is_excluded_is_not_looked_at(tmp_path: Path, pattern: str) -> None:
    assert scan(tmp_path, f"--exclude={pattern}", "--fail-on=info", files={"dist/.env": "A=b\n"}).code == 0


def test_standard_input_has_no_name(few_rules: Path) -> None:
    """A cache below the working directory is not used, so the rules are compiled."""
    assert frontleak("scan", "-", "--isolated", "--fail-on=info", cwd="/", stdin=b"A=b\n").code == 0


@pytest.mark.parametrize("field", ['"main": "dist/index.js"', '"module": "dist/index.mjs"', '"exports": "./dist/a.js"'])
def test_source_maps_of_a_library_are_no_finding(tmp_path: Path, field: str) -> None:
    files = {
        "package.json": f'{{"name": "lib", "version": "1.0.0", {field}}}',
        "dist/index.js.map": MAP,
        "dist/esm/package.json": "{}",
    }
    assert scan(tmp_path, "--fail-on=info", files=files).code == 0


def test_libraries_that_are_installed_are_no_finding_when_they_are_named(tmp_path: Path) -> None:
    files = {
        "node_modules/lib/package.json": '{"name": "lib", "version": "1.0.0", "main": "dist/lib.js"}',
        "node_modules/lib/dist/lib.js.map": MAP,
        "node_modules/lib/test/server.key": KEY,
        "node_modules/lib/.npmrc": REGISTRY,
    }
    assert found(scan(tmp_path, "node_modules", "--format=json", files=files)) == []


# --- findings --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "content", "rule"), BAD.values(), ids=BAD)
def test_a_file_that_ought_not_to_be_served_is_a_finding(tmp_path: Path, name: str, content: str, rule: str) -> None:
    done = scan(tmp_path, "--format=json", files={f"dist/{name}": content})
    assert (done.code, done.err) == (1, "")
    (finding,) = [finding for finding in done.json()["findings"] if finding["kind"] == "file"]
    assert (finding["rule"], finding["path"], finding["severity"]) == (rule, f"dist/{name}", "medium")
    assert (finding["exposure"], finding["secret"], finding["length"]) == ("served", None, 0)


def test_a_whole_build_folder_is_found_wherever_the_scan_begins(tmp_path: Path) -> None:
    bad = {f"dist/{name}": content for name, content, _ in BAD.values()}
    scan(tmp_path, files={**bad, "dist/a.js.map": MAP})
    wanted = {(rule, name) for name, _, rule in BAD.values()}
    for folder, where, arguments in (("dist/", ".", ()), ("dist/", ".", ("dist",)), ("", "dist", ())):
        done = installed("scan", *arguments, "--isolated", "--format=json", "--select=served-*", cwd=tmp_path / where)
        assert done.code == 1
        files = {(rule, f"{folder}{name}") for rule, name in wanted}
        assert set(found(done)) == files | {("served-source-maps", folder.rstrip("/") or ".")}


def test_a_secret_in_such_a_file_is_a_finding_of_its_own(tmp_path: Path) -> None:
    done = scan(tmp_path, "--format=json", files={"dist/.env": f"SANITY_TOKEN={token()}\n"})
    secret, about_file = done.json()["findings"]
    assert (secret["rule"], secret["path"], secret["line"], secret["column"]) == ("sanity-token", "dist/.env", 1, 14)
    assert (about_file["rule"], about_file["also_at"]) == ("served-env-file", [])
    assert secret["fingerprint"] != about_file["fingerprint"]


def test_a_file_its_compressed_copy_and_the_same_in_an_archive(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("site/.env", "A=b\n")
        archive.writestr("site/a.js.map", MAP)
    twin = gzip.compress(b"A=c\n")
    files: dict[str, str | bytes] = {"dist/.env": "A=b\n", "dist/.env.gz": twin, "dist/site.zip": packed.getvalue()}
    done = scan(tmp_path, "--format=json", files=files)
    assert found(done) == [("served-env-file", "dist/.env"), ("served-env-file", "dist/site.zip!/site/.env")]
    assert [place["path"] for place in done.json()["findings"][0]["also_at"]] == ["dist/.env.gz"]


def test_source_maps_are_noted_once_a_build(tmp_path: Path) -> None:
    maps = {f"{folder}/a{number}.js.map": MAP for number in range(3) for folder in ("dist/x", "apps/b/dist")}
    twin = {"dist/x/a0.js.map.gz": gzip.compress(MAP.encode())}
    done = scan(tmp_path, "--format=json", files={**maps, **twin, "apps/b/package.json": PACKAGE})
    assert done.code == 0
    notes: list[dict[str, Any]] = done.json()["findings"]
    assert [(note["path"], note["context"], note["severity"]) for note in notes] == [
        ("apps/b/dist", {"files": ["3"]}, "info"),
        ("dist", {"files": ["3"]}, "info"),
    ]
    assert notes[1]["snippet"] == "dist/x/a0.js.map, dist/x/a1.js.map, dist/x/a2.js.map"


def test_a_rebuild_changes_no_fingerprint(tmp_path: Path) -> None:
    builds = [
        scan(tmp_path / number, "--format=json", files={"dist/.env": f"A={number}\n", f"dist/a-{number}.js.map": MAP})
        for number in ("12345678", "90ABCDEF")
    ]
    first, second = ([finding["fingerprint"] for finding in done.json()["findings"]] for done in builds)
    assert first == second
    assert len(set(first)) == 2


# --- report text and exit codes --------------------------------------------------------------------------------------


def test_the_text_report_shows_the_file_and_speaks_of_no_secret(tmp_path: Path) -> None:
    done = scan(tmp_path, files={"dist/.env": "A=b\n"})
    first, second, third, *rest = done.out.splitlines()
    assert first == "dist/.env  medium  Environment file in a served folder  [served-env-file]"
    assert second == "    served"
    assert third.startswith("    fix  Move the file out of public/ or static/")
    assert any(line.startswith("    why  Anyone can request /.env from the site") for line in rest)
    assert "secret" not in done.out
    assert "1 finding: 1 medium." in done.out


def test_the_text_report_tells_how_many_source_maps_there_are_and_names_a_few(tmp_path: Path) -> None:
    done = scan(tmp_path, files={f"dist/a{number}.js.map": MAP for number in range(12)})
    assert done.out.splitlines()[:3] == [
        "dist  info  Source maps with sources in a served folder  [served-source-maps]",
        "    dist/a0.js.map, dist/a1.js.map, dist/a10.js.map, …",
        "    files 12; served",
    ]


@pytest.mark.parametrize(
    ("files", "arguments", "code"),
    [
        pytest.param({"dist/.env": "A=b\n"}, [], 1, id="medium counts by default"),
        pytest.param({"dist/.env": "A=b\n"}, ["--fail-on=high"], 0, id="medium is not high"),
        pytest.param({"dist/.env": "A=b\n"}, ["--ignore=served-*"], 0, id="all such rules are switched off"),
        pytest.param({"dist/.env": "A=b\n"}, ["--select=sanity-*"], 0, id="others are selected"),
        pytest.param({"dist/.env": "A=b\n"}, ["--select=served-env-file"], 1, id="it is selected"),
        pytest.param({"dist/a.p12": b"\x30\x82\1\2"}, [], 0, id="low does not count by default"),
        pytest.param({"dist/a.p12": b"\x30\x82\1\2"}, ["--fail-on=low"], 1, id="low counts when asked"),
        pytest.param({"dist/a.js.map": MAP}, [], 0, id="info does not count by default"),
        pytest.param({"dist/a.js.map": MAP}, ["--fail-on=info"], 1, id="info counts when asked"),
        pytest.param({"dist/a.js.map": MAP}, ["--ignore=served-source-maps", "--fail-on=info"], 0, id="it is ignored"),
    ],
)
def test_exit_code(tmp_path: Path, files: Mapping[str, str | bytes], arguments: list[str], code: int) -> None:
    done = scan(tmp_path, *arguments, files=files)
    assert (done.code, done.err) == (code, "")


@pytest.mark.parametrize("flag", ["--select", "--ignore"])
def test_a_rule_that_does_not_exist_is_an_error(tmp_path: Path, flag: str) -> None:
    done = scan(tmp_path, f"{flag}=served-envfile", files={"dist/.env": "A=b\n"})
    assert (done.code, done.out) == (2, "")
    assert done.err.splitlines() == [
        "error: there is no rule 'served-envfile'; did you mean 'served-env-file'?",
        "       `frontleak rules list` shows all rules",
    ]


def test_names_of_files_are_shown_as_safe_text(tmp_path: Path) -> None:
    done = scan(tmp_path, files={"dist/\x1b[2J/.env": "A=b\n", "dist/\x1b[2J/a.js.map": MAP})
    assert "dist/\\x1b[2J/.env  medium" in done.out
    assert "dist/\\x1b[2J/a.js.map" in done.out
    assert "\x1b" not in done.out


def test_a_repository_that_was_cloned_into_the_build(tmp_path: Path) -> None:
    """Of a `.git` folder, only the settings are read: one finding, and the rest is skipped as usual."""
    repository(tmp_path / "dist")
    git(tmp_path / "dist", "commit", "--quiet", "--allow-empty", "--message=a")
    done = scan(tmp_path, "--format=json", files={})
    assert found(done) == [("served-git-folder", "dist/.git/config")]
    assert done.json()["coverage"]["files"] == {"text": 3}
