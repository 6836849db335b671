"""Scan sites and apps as their toolchains built them, from published packages, and count false positives.

sites.toml lists the packages, the folder of each that is a built site, and a verdict on each finding. The results are a
section of the page that `python -m bench.quiet` writes.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any, Final

from bench.corpus import DEFAULT_FOLDER, CorpusError, download, prepare_folder, size_of
from bench.judged import Verdict
from bench.quiet import SITES_HEADING, scan

SITES_FILE: Final = Path(__file__).with_name("sites.toml")
_FAILING: Final = frozenset({"medium", "high", "critical"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A folder of a published package with a built site."""

    package: str
    version: str
    registry: str
    """`npm` or `pypi`."""
    folder: str
    """Path in the package."""
    built_by: str
    verdicts: tuple[Verdict, ...] = ()

    @property
    def name(self) -> str:
        """Package and version, which is also the name of its folder in the cache."""
        return f"{self.package}@{self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """A site, its size, and the report of its scan."""

    site: Site
    files: int
    bytes: int
    report: Mapping[str, Any]

    @property
    def findings(self) -> list[dict[str, Any]]:
        """All that a scan reports, which leaves out what is public by design."""
        return list(self.report["findings"])

    def verdict(self, finding: Mapping[str, Any]) -> Verdict | None:
        """Return what reading the code said about a finding."""
        return next((each for each in self.site.verdicts if each.fingerprint == finding["fingerprint"]), None)

    def faults(self) -> Iterator[str]:
        """Yield what differs from the verdicts, and each false finding that fails a scan."""
        for finding in self.findings:
            place = f"{self.site.name}: {finding['path']}:{finding['line']} {finding['rule']}"
            verdict = self.verdict(finding)
            if verdict is None:
                yield f"{place} has no verdict; judge it in {SITES_FILE.name} ({finding['fingerprint']})"
            elif not verdict.true and finding["severity"] in _FAILING:
                yield f"{place} is false, and fails a scan ({finding['severity']})"
        found = {finding["fingerprint"] for finding in self.findings}
        for verdict in self.site.verdicts:
            if verdict.fingerprint not in found:
                yield f"{self.site.name}: {verdict.path} {verdict.rule} is judged but no longer found"


def load(path: Path = SITES_FILE) -> tuple[Site, ...]:
    """Read the sites."""
    return tuple(
        Site(
            **{key: each[key] for key in ("package", "version", "registry", "folder", "built_by")},
            verdicts=tuple(Verdict(**verdict) for verdict in each.get("finding", ())),
        )
        for each in tomllib.loads(path.read_text("utf-8"))["site"]
    )


def of_npm(site: Site, folder: Path) -> None:
    """Download a package with npm, and unpack the folder of the site into `folder`."""
    tarball = download(site.package, site.version, folder)
    with tarfile.open(tarball) as archive:
        for member in archive:
            parts = PurePosixPath(member.name).parts[1:]  # without the top folder
            if member.isfile() and PurePosixPath(*parts).is_relative_to(site.folder):
                archive.extract(member.replace(name="/".join(parts), deep=False), folder, filter="data")
    tarball.unlink()


def of_pypi(site: Site, folder: Path) -> None:
    """Download a wheel with pip, and unpack the folder of the site into `folder`."""
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--only-binary=:all:",
        "--dest",
        str(folder),
    ]
    done = subprocess.run([*command, f"{site.package}=={site.version}"], capture_output=True, text=True, check=False)
    if done.returncode:
        raise CorpusError(f"pip download {site.package}=={site.version} failed: {done.stderr.strip()}")
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(
            folder, [name for name in archive.namelist() if PurePosixPath(name).is_relative_to(site.folder)]
        )
    wheel.unlink()


REGISTRIES: Final[Mapping[str, Callable[[Site, Path], None]]] = {"npm": of_npm, "pypi": of_pypi}


def fetch(site: Site, folder: Path) -> Path:
    """Return the folder of a package in the cache that has the site; download it if it is missing."""
    unpacked = folder / site.name
    if not (unpacked / site.folder).is_dir():
        print(f"fetching {site.name}", file=sys.stderr)
        partial = folder / "partial"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir()
        REGISTRIES[site.registry](site, partial)
        if not (partial / site.folder).is_dir():
            raise CorpusError(f"{site.name} has no folder {site.folder}")
        (unpacked / site.folder).parent.mkdir(parents=True, exist_ok=True)
        (partial / site.folder).rename(unpacked / site.folder)
        shutil.rmtree(partial)
    return unpacked


def render(scanned: Sequence[Scanned]) -> str:
    """Return the results as a section of a Markdown page."""
    megabytes = sum(each.bytes for each in scanned) / 1e6
    lines = [
        f"{SITES_HEADING}\n",
        "Written by `python -m bench.sites`. All findings were judged by reading the code.\n",
        f"- Date: {datetime.now(tz=UTC):%Y-%m-%d}",
        f"- frontleak {scanned[0].report['tool']['version']}",
        f"- {len(scanned)} sites, {sum(each.files for each in scanned):,} files, {megabytes:,.0f} MB\n",
        "| site | folder | built by | files | MB | findings | of medium or higher | of these false |",
        "| --- | --- | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for each in scanned:
        failing = [finding for finding in each.findings if finding["severity"] in _FAILING]
        false = [finding for finding in failing if (verdict := each.verdict(finding)) is None or not verdict.true]
        lines.append(
            f"| {each.site.package} {each.site.version} | `{each.site.folder}` | {each.site.built_by} | {each.files:,} "
            f"| {each.bytes / 1e6:,.1f} | {len(each.findings)} | {len(failing)} | {len(false)} |"
        )
    lines += ["", "| site | place | rule | severity | verdict | reason |", "| --- | --- | --- | --- | --- | --- |"]
    for each in scanned:
        for finding in each.findings:
            if (verdict := each.verdict(finding)) is not None:
                word = "true" if verdict.true else "false"
                lines.append(
                    f"| {each.site.package} | `{finding['path']}:{finding['line']}` | `{finding['rule']}` "
                    f"| {finding['severity']} | {word} | {verdict.reason} |"
                )
    return "\n".join((*lines, ""))


def with_section(page: str, section: str) -> str:
    """Return a page with this section of built sites in place of the one it had."""
    before = page.partition(SITES_HEADING)[0].rstrip("\n")
    return f"{before}\n\n{section}" if before else section


def main() -> int:
    """Scan the sites; return 1 when findings and verdicts differ or a false one fails a scan, 2 for an error."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dir", type=Path, default=DEFAULT_FOLDER, help="cache folder")
    parser.add_argument("--frontleak", default=str(Path(sys.executable).with_name("frontleak")), help="command to run")
    parser.add_argument("-o", "--output", type=Path, help="also write the results into their section of this page")
    options = parser.parse_args()
    scanned = []
    try:
        folder = prepare_folder(options.dir / "sites")
        for site in load():
            unpacked = fetch(site, folder)
            size = size_of(unpacked / site.folder)
            report = scan(options.frontleak, unpacked, site.folder)
            scanned.append(Scanned(site=site, files=size.files, bytes=size.bytes, report=report))
            print(f"{site.name} {site.folder}: {len(report['findings'])} findings", flush=True)
    except CorpusError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    faults = [fault for each in scanned for fault in each.faults()]
    for fault in faults:
        print(fault, file=sys.stderr)
    if options.output is not None and not faults:
        written = options.output.read_text("utf-8") if options.output.exists() else ""
        options.output.write_text(with_section(written, render(scanned)), "utf-8")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
