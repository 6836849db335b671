"""Findings in built sites are compared with verdicts, and their table is a section of the page of packages."""

import io
import subprocess
import tarfile
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from bench import quiet, sites
from bench.corpus import CorpusError
from bench.judged import Verdict
from bench.sites import Scanned, Site, fetch, load, render, with_section

TRUE: Final = Verdict(rule="r", path="dist/a.js", true=True, reason="The page sends it.", fingerprint="f1")
FALSE: Final = Verdict(rule="r", path="dist/a.js", true=False, reason="An example.", fingerprint="f1")


def scanned(*found: tuple[str, str], verdicts: tuple[Verdict, ...] = ()) -> Scanned:
    """Return a scanned site with findings (fingerprint, severity)."""
    site = Site(package="a", version="1", registry="npm", folder="dist", built_by="Vite", verdicts=verdicts)
    findings = [
        {"fingerprint": fingerprint, "path": "dist/a.js", "line": 3, "rule": "r", "severity": severity}
        for fingerprint, severity in found
    ]
    report: dict[str, Any] = {"tool": {"version": "1"}, "findings": findings}
    return Scanned(site=site, files=2, bytes=1_500_000, report=report)


def test_true_findings_and_mild_false_ones_are_no_faults() -> None:
    assert list(scanned().faults()) == []
    assert list(scanned(("f1", "high"), verdicts=(TRUE,)).faults()) == []
    assert list(scanned(("f1", "low"), verdicts=(FALSE,)).faults()) == []


@pytest.mark.parametrize("severity", ["medium", "high", "critical"])
def test_a_false_finding_that_fails_a_scan_is_a_fault(severity: str) -> None:
    (fault,) = scanned(("f1", severity), verdicts=(FALSE,)).faults()
    assert f"a@1: dist/a.js:3 r is false, and fails a scan ({severity})" in fault


def test_a_finding_without_a_verdict_is_a_fault() -> None:
    (fault,) = scanned(("f1", "info")).faults()
    assert "dist/a.js:3 r has no verdict" in fault
    assert "f1" in fault


def test_a_verdict_without_its_finding_is_a_fault() -> None:
    (fault,) = scanned(verdicts=(TRUE,)).faults()
    assert "dist/a.js r is judged but no longer found" in fault


def test_the_section_has_sizes_counts_and_verdicts() -> None:
    page = render([scanned(("f1", "high"), verdicts=(TRUE,))])
    assert page.startswith(quiet.SITES_HEADING)
    assert "| a 1 | `dist` | Vite | 2 | 1.5 | 1 | 1 | 0 |" in page
    assert "| a | `dist/a.js:3` | `r` | high | true | The page sends it. |" in page
    assert "| a 1 | `dist` | Vite | 2 | 1.5 | 1 | 1 | 1 |" in render([scanned(("f1", "high"), verdicts=(FALSE,))])


def test_each_command_keeps_the_part_of_the_other() -> None:
    section = render([scanned()])
    page = with_section("# Packages\n\nold\n", section)
    assert page == f"# Packages\n\nold\n\n{section}"
    assert with_section(page, section) == page
    assert quiet.with_sites("# Packages\n\nnew\n", page) == f"# Packages\n\nnew\n\n{section}"
    assert quiet.with_sites("# Packages\n", "# Packages\n") == "# Packages\n"


def test_the_listed_sites_are_at_least_twenty_and_differ() -> None:
    listed = load()
    assert len({(site.package, site.folder) for site in listed}) == len(listed) >= 20
    assert {site.registry for site in listed} <= sites.REGISTRIES.keys()


def test_only_the_folder_of_the_site_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def download(_package: str, _version: str, folder: Path) -> Path:
        with tarfile.open(folder / "a.tgz", "w:gz") as archive:
            for name in ("package/dist/a.js", "package/distant/b.js", "package/c.js", "package/../../up.js"):
                archive.addfile(tarfile.TarInfo(name), io.BytesIO())
        return folder / "a.tgz"

    monkeypatch.setattr(sites, "download", download)
    site = scanned().site
    unpacked = fetch(site, tmp_path)
    assert unpacked == tmp_path / "a@1"
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.*") if path.is_file()] == [
        "a@1/dist/a.js"
    ]
    monkeypatch.setattr(sites, "REGISTRIES", {})
    assert fetch(site, tmp_path) == unpacked  # from the cache


def test_only_the_folder_of_a_wheel_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        assert command[-1] == "a==1"
        with zipfile.ZipFile(Path(command[-2], "a-1-py3-none-any.whl"), "w") as wheel:
            for name in ("a/dist/index.html", "a/distant/b.js", "a/__init__.py", "../up.js"):
                wheel.writestr(name, "")
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(subprocess, "run", run)
    unpacked = fetch(replace(scanned().site, registry="pypi", folder="a/dist"), tmp_path)
    assert [path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*.*")] == ["a/dist/index.html"]
    assert not (tmp_path / "up.js").exists()


def test_a_failed_download_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = subprocess.CompletedProcess([], 1, "", "No matching distribution")
    monkeypatch.setattr(subprocess, "run", lambda *_args, **_kwargs: done)
    with pytest.raises(CorpusError, match="pip download a==1 failed: No matching distribution"):
        fetch(replace(scanned().site, registry="pypi"), tmp_path)


def test_a_package_without_the_folder_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(_site: Site, _folder: Path) -> None:
        pass

    monkeypatch.setattr(sites, "REGISTRIES", {"npm": nothing})
    with pytest.raises(CorpusError, match="a@1 has no folder dist"):
        fetch(scanned().site, tmp_path)
