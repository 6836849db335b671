"""One project has one set of fingerprints, whichever folder it is scanned from and however its paths are written."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from tests.acceptance.support import Run, frontleak, git, installed, repository, token, write
from tests.support.maps import made

SECRET, BUILT, MAPPED, SERVED = (token(f"fingerprints/{number}") for number in range(4))
PASSWORD: Final = "letmein-served-99"
PACKAGE: Final = json.dumps({"name": "web", "dependencies": {"next": "15.0.0", "@sanity/client": "7.0.0"}})
CODE: Final = (
    "'use client'\nimport {createClient} from '@sanity/client'\n"
    "export const client = createClient({token: process.env.NEXT_PUBLIC_SANITY_TOKEN})\n"
)
BUNDLE: Final = f'fetch("/x", "{MAPPED}")\n//# sourceMappingURL=orders.js.map'
FILES: Final[Mapping[str, str]] = {
    "package.json": PACKAGE,
    "src/Like.tsx": CODE,
    "src/seed.ts": f"export const seed = '{SECRET}'\n",
    "src/orders.ts": "export const orders = 1\n",
    ".env.production": f"NEXT_PUBLIC_API_SECRET=a\nSANITY_DB=postgres://me:{PASSWORD}@db.example.com/x\n",
    "dist/index.html": "<script src=app.4f3c2a.js></script>",
    "dist/app.4f3c2a.js": f'var t="{BUILT}"\n',
    "dist/orders.js": BUNDLE,
    "dist/orders.js.map": made(sources=["../src/orders.ts"]).decode(),
    "dist/.env": f"SANITY_TOKEN={SERVED}\n",
}
ARGUMENTS: Final = ("--show-server", "--plugins=detect-secrets")
LEAST: Final = 8
"""Findings in these files, at least."""


def fingerprints(run: Run) -> list[tuple[str, str]]:
    """Return (rule, fingerprint) of all findings."""
    assert run.code in {0, 1}, run.err
    report = run.json()
    found = [*report["findings"], *report["suppressed"]]
    return sorted((finding["rule"], finding["fingerprint"]) for finding in found)


def ways(top: Path, elsewhere: Path) -> dict[str, tuple[Path, list[str]]]:
    """Return name -> (working directory, paths) of the ways to scan the project `top / "web"`."""
    web = top / "web"
    files = list(FILES)
    return {
        "the top": (top, ["."]),
        "no path": (top, []),
        "the folder from the top": (top, ["web"]),
        "the folder from inside": (web, ["."]),
        "the top from inside": (web, [".."]),
        "from a folder beside": (web / "src", ["../../web"]),
        "an absolute path": (top, [str(web)]),
        "an absolute path from inside": (web / "dist", [str(top)]),
        "an absolute path from elsewhere": (elsewhere, [str(web)]),
        "the path from elsewhere": (elsewhere, [os.path.relpath(top, elsewhere)]),
        "named files from the top": (top, [f"web/{name}" for name in files]),
        "named files from inside": (web, files),
        "absolute files from elsewhere": (elsewhere, [str(web / name) for name in files]),
    }


@pytest.fixture(params=["a repository", "a folder with a configuration"])
def top(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    folder = tmp_path / "top"
    if request.param == "a repository":
        repository(folder)
    else:
        write(folder, {".frontleak.yaml": "fail-on: low\n"})
    write(folder / "web", FILES)
    return folder


def scan(folder: Path, *paths: str) -> Run:
    return frontleak("scan", "--format=json", "--isolated", *ARGUMENTS, *paths, cwd=folder)


def test_every_way_gives_the_same(top: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere" / "below"
    elsewhere.mkdir(parents=True)
    expected = fingerprints(scan(top))
    assert len(expected) >= LEAST
    assert len({own for _, own in expected}) == len(expected)
    for name, (folder, paths) in ways(top, elsewhere).items():
        assert fingerprints(scan(folder, *paths)) == expected, name


NOT_IN_HISTORY: Final = frozenset(("public-env-secret", "sanity-token-in-client-code"))
"""Rules about code, which need the files of one commit together."""


@pytest.mark.parametrize("source", ["--staged", "--diff=main", "--history"])
def test_git_gives_the_same(source: str, tmp_path: Path) -> None:
    top = repository(tmp_path / "top")
    git(write(top, {"readme.txt": ""}), "add", "-A")
    git(top, "commit", "-qm", "first")
    git(top, "checkout", "-qb", "branch")
    git(write(top, {f"web/{name}": text for name, text in FILES.items()}), "add", "-A")
    if source != "--staged":
        git(top, "commit", "-qm", "second")
    on_disk = fingerprints(scan(top))
    assert len(on_disk) >= LEAST
    if source == "--history":
        on_disk = [each for each in on_disk if each[0] not in NOT_IN_HISTORY]
    for folder in (top, top / "web", top / "web" / "src"):
        assert fingerprints(scan(folder, source)) == on_disk, folder


def test_the_installed_command_gives_the_same(top: Path) -> None:
    arguments = ("scan", "--format=json", *ARGUMENTS)
    assert fingerprints(installed(*arguments, cwd=top)) == fingerprints(installed(*arguments, cwd=top / "web"))


def test_a_sarif_report_has_the_same(top: Path) -> None:
    def of(folder: Path) -> set[str]:
        (run,) = frontleak("scan", "--format=sarif", *ARGUMENTS, cwd=folder).json()["runs"]
        return {result["partialFingerprints"]["primaryLocationLineHash"] for result in run["results"]}

    assert len(of(top)) >= LEAST
    assert of(top) == of(top / "web")


def test_a_rebuild_with_another_hash_changes_nothing(top: Path) -> None:
    before = fingerprints(scan(top))
    (top / "web/dist/app.4f3c2a.js").rename(top / "web/dist/app.9b1d2e.js")
    assert fingerprints(scan(top / "web")) == before


def test_what_is_ignored_is_so_from_everywhere(top: Path, tmp_path: Path) -> None:
    every = scan(top).json()["findings"]
    assert len(every) >= LEAST
    for finding in every:
        done = frontleak("ignore", finding["fingerprint"], "--reason", "known", cwd=top / "web/src")
        assert done.code == 0, done.err
    assert (top / ".frontleak.yaml").is_file()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for name, (folder, paths) in ways(top, elsewhere).items():
        config = ["--config", str(top / ".frontleak.yaml")] if folder == elsewhere else []
        done = frontleak("scan", "--format=json", *ARGUMENTS, *config, *paths, cwd=folder)
        assert not done.json()["findings"], name
        assert len(done.json()["suppressed"]) == len(every), name
        assert done.code == 0, name


def test_a_baseline_holds_from_everywhere(top: Path, tmp_path: Path) -> None:
    done = frontleak("baseline", "create", *ARGUMENTS, cwd=top)
    assert done.code == 0, done.err
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for name, (folder, paths) in ways(top, elsewhere).items():
        file = str(top / ".frontleak-baseline.json")
        done = frontleak("scan", "--format=json", "--baseline", file, *ARGUMENTS, *paths, cwd=folder)
        assert not done.json()["findings"], name
        assert {each["suppressed_by"]["kind"] for each in done.json()["suppressed"]} == {"baseline"}, name


def test_explain_knows_the_fingerprints_from_inside(top: Path) -> None:
    finding = next(each for each in scan(top).json()["findings"] if each["path"].endswith("seed.ts"))
    done = frontleak("explain", finding["fingerprint"], cwd=top / "web/src")
    assert done.code == 0, done.err
    assert done.out.startswith("seed.ts:1:")


def test_two_reports_from_two_folders_do_not_differ(top: Path, tmp_path: Path) -> None:
    for number, folder in enumerate((top, top / "web")):
        (tmp_path / f"{number}.json").write_text(scan(folder).out)
    done = frontleak("diff", "0.json", "1.json", cwd=tmp_path)
    assert done.code == 0, done.err
    assert done.out.startswith("0 new, 0 gone, 0 moved, ")


def test_projects_in_one_scan_stay_apart(tmp_path: Path) -> None:
    """Two checkouts in one folder may have the same paths and names."""
    for name in ("one", "other"):
        write(repository(tmp_path / name), FILES)
    one, both = fingerprints(scan(tmp_path / "one")), scan(tmp_path).json()["findings"]
    assert {each["fingerprint"] for each in both} == {own for _, own in one}
    code = [each["path"] for each in both if each["rule"] == "public-env-secret"]
    assert sorted(code) == ["one/.env.production", "other/.env.production"]


def test_where_nothing_marks_a_project_an_ignored_finding_stays_ignored(tmp_path: Path) -> None:
    write(tmp_path / "web", FILES)
    every = scan(tmp_path, "web").json()["findings"]
    for finding in every:
        assert frontleak("ignore", finding["fingerprint"], "--reason", "known", cwd=tmp_path).code == 0
    for folder, path in ((tmp_path, "web"), (tmp_path, "."), (tmp_path / "web", ".")):
        done = frontleak("scan", "--format=json", *ARGUMENTS, path, cwd=folder)
        assert len(done.json()["suppressed"]) == len(every) >= LEAST
        assert done.code == 0
