"""Findings in public repositories are compared with verdicts."""

import re
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest

from bench.judged import Comparison, JudgedError, Repository, Verdict, commit_of, load, matched, render

COMMIT: Final = "0123456789" * 4
VERDICT: Final = Verdict(rule="r", path="a.ts", true=True, reason="Read by a page.", fingerprint="f1")


def repository(*verdicts: Verdict, commit: str = COMMIT) -> Repository:
    return Repository(name="a/b", commit=commit, uses="an app", read="All of it.", verdicts=verdicts)


def comparison(found: tuple[str, ...], *verdicts: Verdict) -> Comparison:
    findings = [{"fingerprint": each, "path": "a.ts", "line": 3, "rule": "r", "severity": "high"} for each in found]
    report: dict[str, Any] = {
        "tool": {"version": "1"},
        "findings": findings,
        "coverage": {"files": {"text": 2}, "code": None},
    }
    return Comparison(repository=repository(*verdicts), report=report)


def test_findings_with_verdicts_are_no_faults() -> None:
    assert list(comparison(("f1",), VERDICT).faults()) == []
    assert list(comparison(()).faults()) == []


def test_a_finding_without_a_verdict_is_a_fault() -> None:
    (fault,) = comparison(("f1", "f2"), VERDICT).faults()
    assert "a.ts:3 r has no verdict" in fault
    assert "f2" in fault


def test_a_verdict_without_its_finding_is_a_fault() -> None:
    (fault,) = comparison((), VERDICT).faults()
    assert "a.ts r is judged but no longer found" in fault


def test_the_page_has_each_verdict() -> None:
    page = render([comparison(("f1",), VERDICT)])
    assert "| `a.ts:3` | `r` | high | true | Read by a page. |" in page
    assert "| a/b | `0123456789` | an app | 2 | 0 | 0 | 1 | 1 | 0 |" in page


def test_the_commit_of_an_archive_is_in_its_name(tmp_path: Path) -> None:
    (tmp_path / f"b-{COMMIT}").mkdir()
    assert commit_of(tmp_path / f"b-{COMMIT}") == COMMIT


def test_the_commit_of_a_checkout_is_that_of_git(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    identity = ["-c", "user.name=a", "-c", "user.email=a@b.c"]
    subprocess.run(["git", "-C", str(tmp_path), *identity, "commit", "-q", "--allow-empty", "-m", "a"], check=True)
    assert re.fullmatch("[0-9a-f]{40}", commit_of(tmp_path))


def test_a_folder_without_a_commit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(JudgedError, match="no git checkout"):
        commit_of(tmp_path)


def test_every_repository_needs_its_checkout(tmp_path: Path) -> None:
    with pytest.raises(JudgedError, match="a/b at .* is missing"):
        list(matched([repository()], []))
    (tmp_path / f"c-{COMMIT[::-1]}").mkdir()
    with pytest.raises(JudgedError, match="does not list"):
        list(matched([repository()], [tmp_path / f"c-{COMMIT[::-1]}"]))


def test_the_judged_repositories_are_pinned_and_argued() -> None:
    repositories = load()
    assert len(repositories) > 4
    assert any(each.name == "sanity-io/sanity" for each in repositories)
    for each in repositories:
        assert re.fullmatch("[0-9a-f]{40}", each.commit)
        assert re.fullmatch(r"[\w.-]+/[\w.-]+", each.name)
        assert each.uses
        assert each.read.endswith(".")
        assert len({verdict.fingerprint for verdict in each.verdicts}) == len(each.verdicts)
        assert all(verdict.reason.endswith(".") and "\n" not in verdict.reason for verdict in each.verdicts)
