"""A build publishes the public variables of an `.env` file, whatever git ignores; private ones belong there."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.support import Run, frontleak, repository, token, write

SECRET = token("1")
PRIVATE = token("2")
VITE = json.dumps({"private": True, "devDependencies": {"vite": "7.0.0"}})
ENV = f"""\
# VITE_OLD={PRIVATE}
SANITY_TOKEN={PRIVATE}
VITE_SANITY_TOKEN={SECRET}
PRIVATE_KEY="
VITE_NO={PRIVATE}
"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write(repository(tmp_path), {"package.json": VITE, ".gitignore": ".env*\n!.env.example\n", "src/a.ts": ""})


def found(done: Run) -> list[tuple[str, str, int]]:
    """Return (rule, path, line) of each finding in a JSON report."""
    return sorted((each["rule"], each["path"], each["line"]) for each in done.json()["findings"])


def scan(folder: Path, files: Mapping[str, str], *flags: str) -> Run:
    return frontleak("scan", "--format=json", *flags, cwd=write(folder, files))


SILENT: dict[str, dict[str, str]] = {
    "private variables": {".env": f"SANITY_TOKEN={PRIVATE}\n# VITE_A={PRIVATE}\nA='\nVITE_B={PRIVATE}\n'\n"},
    "a file with another name": {".gitignore": "*.txt\n", "a.env.txt": f"VITE_A={SECRET}\n"},
    "a folder that git ignores": {".gitignore": "old/\n", "old/.env": f"VITE_A={SECRET}\n"},
    "a package": {"node_modules/a/.env": f"VITE_A={SECRET}\n"},
    "a common prefix without its framework": {".env": f"PUBLIC_TOKEN={SECRET}\n"},
    "a public variable without a secret": {".env": "VITE_SANITY_PROJECT=abcd1234\nVITE_TITLE=a\n"},
}


@pytest.mark.parametrize("files", SILENT.values(), ids=SILENT)
def test_what_is_no_finding(project: Path, files: Mapping[str, str]) -> None:
    done = scan(project, files, "--fail-on=info")
    assert (done.code, found(done), done.json()["skipped"]) == (0, [], [])


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_public_variable_is_found_and_a_private_one_is_not(project: Path, jobs: str) -> None:
    done = scan(project, {".env.local": ENV}, "--jobs", jobs)
    assert done.code == 1
    assert found(done) == [("public-env-secret", ".env.local", 3)]
    assert PRIVATE[:14] not in done.out
    (value,) = scan(project, {}, "--select=sanity-token").json()["findings"]
    assert (value["line"], value["column"], value["exposure"]) == (3, len("VITE_SANITY_TOKEN=") + 1, "source")
    # without git, the private ones are found too
    assert ("sanity-token", ".env.local", 1) in found(scan(project, {}, "--no-gitignore"))


def test_the_framework_of_the_project_decides(project: Path) -> None:
    package = json.dumps({"private": True, "dependencies": {"@sveltejs/kit": "2.0.0"}})
    files = {"web/package.json": package, "web/.env": f"PUBLIC_A={SECRET}\n", ".env": f"PUBLIC_B={PRIVATE}\n"}
    assert found(scan(project, files, "--select=sanity-token")) == [("sanity-token", "web/.env", 1)]


def test_the_value_in_the_build_is_the_same_finding(project: Path) -> None:
    files = {".env": f"VITE_A={SECRET}\n", "dist/index.html": "<script></script>", "dist/a.js": f'x="{SECRET}"'}
    done = scan(project, files, "--select=sanity-token")
    (finding,) = done.json()["findings"]
    assert {finding["path"], *(place["path"] for place in finding["also_at"])} == {".env", "dist/a.js"}


def test_the_file_is_counted_and_listed(project: Path) -> None:
    def run(text: str) -> tuple[dict[str, Any], str]:
        done = scan(project, {".env": text}, "-v")
        return done.json()["coverage"], next(line for line in done.err.splitlines() if ": .env " in line)

    coverage, line = run("SANITY_TOKEN=a\n")
    assert (coverage["files"], coverage["ignored"]) == ({"text": 3}, 1)
    assert line == "left out: .env (git-ignored, and no variable in it is public)"
    coverage, line = run("VITE_A=a\n")
    assert (coverage["files"], coverage["ignored"]) == ({"text": 4}, 0)
    assert line == "read: .env (source, 9 bytes)"


def test_exclude_still_excludes(project: Path) -> None:
    assert scan(project, {".env": ENV}, "--exclude=.env").code == 0
    done = scan(project, {".frontleak.yaml": "exclude: [.env*]\n"})
    assert (done.code, done.json()["coverage"]["excluded"]) == (0, 1)


def test_links_and_pipes_are_not_opened(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = write(tmp_path_factory.mktemp("outside"), {"shared": ENV})
    (project / ".env").symlink_to(outside / "shared")
    os.mkfifo(project / ".env.local")
    done = scan(project, {})
    assert (done.code, found(done), done.json()["skipped"]) == (0, [], [])
    assert done.json()["coverage"]["ignored"] == 2
    write(project, {"shared.txt": "", ".env.real": ENV})
    (project / ".env.development").symlink_to(".env.real")
    assert {path for _, path, _ in found(scan(project, {}, "--select=sanity-token"))} <= {
        ".env.development",
        ".env.real",
    }


def test_the_size_limit_holds(project: Path) -> None:
    done = scan(project, {".env": ENV + "A=" + "a" * 2_000}, "--max-file-size=2000")
    assert [(each["path"], each["code"]) for each in done.json()["skipped"]] == [(".env", "too-large")]


def test_a_comment_ignores_it(project: Path) -> None:
    text = f"# frontleak: ignore[sanity-token] ours\nVITE_A={SECRET}\n"
    assert scan(project, {".env": text}).code == 0


def test_a_served_folder_is_no_source(tmp_path: Path) -> None:
    """Without a package.json or a repository, nothing says that a build reads the file."""
    assert found(scan(tmp_path, {".gitignore": ".env\n", ".env": ENV, "index.html": ""})) == []
