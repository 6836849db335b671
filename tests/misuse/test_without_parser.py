"""Without tree-sitter, patterns are found as usual, and one line reports that no code was analysed."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from frontleak.misuse.analyse import NOT_ANALYSED
from tests.acceptance.support import SUMMARY, installed, token, write
from tests.support.code import package

CLIENT: Final = (
    "import {createClient} from '@sanity/client'\n"
    "export const client = createClient({projectId: 'abcd1234', token: process.env.SANITY_WRITE_TOKEN})\n"
)
MISUSE: Final[Mapping[str, str]] = {"package.json": package("vite"), "src/main.ts": CLIENT}
SEVERAL: Final[Mapping[str, str]] = {
    f"apps/{name}/{path}": text for name in ("one", "two", "three") for path, text in MISUSE.items()
}
LITERAL: Final = f"export const a = '{token()}'\n"


@pytest.fixture
def without(tmp_path: Path) -> dict[str, str]:
    """Return an environment in which tree-sitter cannot be imported."""
    absent = (
        "import sys\n"
        "class Absent:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.partition('.')[0].startswith('tree_sitter'):\n"
        "            raise ModuleNotFoundError(f'No module named {name!r}', name=name)\n"
        "sys.meta_path.insert(0, Absent())\n"
    )
    return {"PYTHONPATH": str(write(tmp_path / "site", {"sitecustomize.py": absent}))}


def test_misuse_is_found_with_it(tmp_path: Path) -> None:
    """The tests below are not vacuous: there is something to find."""
    report = installed("scan", ".", "--format=json", cwd=write(tmp_path, MISUSE)).json()
    assert "sanity-token-in-client-code" in [finding["rule"] for finding in report["findings"]]
    assert report["skipped"] == []


def test_without_code_that_is_worth_it_nothing_is_missed(tmp_path: Path, without: dict[str, str]) -> None:
    done = installed("scan", ".", "--format=json", cwd=write(tmp_path / "in", {"src/a.ts": "const a = 1"}), env=without)
    assert (done.code, done.err, done.json()["skipped"]) == (0, "", [])


def test_one_line_says_what_is_not_done_and_the_code_is_that_of_a_clean_scan(
    tmp_path: Path, without: dict[str, str]
) -> None:
    done = installed("scan", ".", cwd=write(tmp_path / "in", SEVERAL), env=without)
    assert (done.code, done.err) == (0, "")
    assert done.out.count(NOT_ANALYSED) == done.out.count("tree-sitter is") == 1
    assert "pip install" in NOT_ANALYSED


def test_who_wants_a_scan_to_be_complete_is_told_by_the_exit_code(tmp_path: Path, without: dict[str, str]) -> None:
    assert installed("scan", ".", "--strict", cwd=write(tmp_path / "in", MISUSE), env=without).code == 3


def test_patterns_are_found_as_ever(tmp_path: Path, without: dict[str, str]) -> None:
    folder = write(tmp_path / "in", {**SEVERAL, "apps/one/src/a.ts": LITERAL})
    reports = [part for name in ("json", "sarif", "text") for part in (f"--format={name}", "-o", str(tmp_path / name))]
    done = installed("scan", ".", *reports, cwd=folder, env=without)
    assert done.code == 1
    assert SUMMARY.fullmatch(done.err)
    report = json.loads((tmp_path / "json").read_text("utf-8"))
    assert [(finding["rule"], finding["path"]) for finding in report["findings"]] == [
        ("sanity-token", "apps/one/src/a.ts")
    ]
    (skip,) = report["skipped"]
    assert (skip["reason"], skip["incomplete"]) == (NOT_ANALYSED, False)
    (run,) = json.loads((tmp_path / "sarif").read_text("utf-8"))["runs"]
    assert [result["ruleId"] for result in run["results"]] == ["sanity-token"]
    (notice,) = run["invocations"][0]["toolExecutionNotifications"]
    assert NOT_ANALYSED in notice["message"]["text"]
    assert notice["level"] == "note"
    assert (tmp_path / "text").read_text("utf-8").count(NOT_ANALYSED) == 1


def test_a_file_that_is_named_is_scanned_as_ever(tmp_path: Path, without: dict[str, str]) -> None:
    folder = write(tmp_path / "in", {**MISUSE, "src/a.ts": LITERAL})
    done = installed("scan", "src/a.ts", "src/main.ts", "--format=json", cwd=folder, env=without)
    assert [finding["rule"] for finding in done.json()["findings"]] == ["sanity-token"]
    assert [skip["reason"] for skip in done.json()["skipped"]] == [NOT_ANALYSED]
    assert done.code == 1
