"""Scan complete npm packages that look like misuse but are not, and count false positives.

Each package is scanned in `node_modules` and in its own folder. Then all but the largest are copied into one app as its
own sources: without package.json, so that they are not treated as libraries, and with every module imported by
client-side code. That app is scanned once per framework.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any, Final

import yaml

from bench.corpus import DEFAULT_FOLDER, CorpusError, download, files_below, prepare_folder, unpack

ROOT: Final = Path(__file__).resolve().parent.parent
PACKAGES_FILE: Final = Path(__file__).with_name("quiet.toml")
CUTS: Final = ROOT / "tests" / "quiet" / "packages"
"""Excerpts of the packages for the tests, listed in cuts.yaml."""
APPS: Final[Mapping[str, Mapping[str, str]]] = {
    "next": {"dependencies": '{"next": "16.0.0"}', "entry": "src/main.ts"},
    "vite": {"dependencies": '{"vite": "7.0.0"}', "entry": "src/main.ts"},
    "nuxt": {"dependencies": '{"nuxt": "4.0.0"}', "entry": "app/plugins/main.ts"},
    "astro": {"dependencies": '{"astro": "5.0.0"}', "entry": "src/main.ts"},
    "sanity": {"dependencies": '{"sanity": "6.0.0"}', "entry": "sanity.config.ts"},
}
"""Framework -> dependencies of its app, and the entry file that imports every module."""
SITES_HEADING: Final = "## Built sites"
"""Begins the section that bench/sites.py writes at the end of the page."""
_OUTPUT: Final = frozenset({"dist", "build"})
_MODULES: Final = frozenset({".js", ".mjs", ".jsx", ".ts", ".tsx", ".vue"})
_KEPT: Final = ("name", "version", "license", "type", "main", "module", "types", "bin", "dependencies")
"""Fields of package.json that are kept with the excerpts; `exports` is reduced to `.`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """An excerpt of a package's file."""

    package: str
    path: str
    lines: tuple[tuple[int, int], ...]
    """First and last line of each part, 1-based and inclusive."""

    @property
    def file(self) -> Path:
        """The committed file."""
        return CUTS / self.package / self.path

    def of(self, text: str) -> str:
        """Cut the excerpt from the text of the complete file."""
        lines = text.splitlines(keepends=True)
        return "".join(line for first, last in self.lines for line in lines[first - 1 : last])


def cuts() -> tuple[Cut, ...]:
    """Return the committed excerpts, in the order of cuts.yaml."""
    data: dict[str, dict[str, Any]] = yaml.safe_load((CUTS / "cuts.yaml").read_text("utf-8"))
    return tuple(
        Cut(package=package, path=path, lines=tuple((first, last) for first, last in cut["lines"]))
        for package, files in data.items()
        for path, cut in files.items()
    )


def manifest(text: str) -> str:
    """Reduce a package.json to the fields that mark the package as a library and name its dependencies."""
    whole: dict[str, Any] = json.loads(text)
    kept: dict[str, Any] = {name: whole[name] for name in _KEPT if name in whole}
    if "exports" in whole:
        kept["exports"] = {".": "./index.js"}
    return json.dumps(kept, indent=2) + "\n"


def as_app(packages: Mapping[str, Path], folder: Path, framework: str) -> Path:
    """Copy packages into an app whose client-side code imports every module, and return the folder of the app."""
    app = APPS[framework]
    entry = folder / app["entry"]
    imported: list[str] = []
    for package, files in packages.items():
        for file in files_below(files):
            inside = file.relative_to(files).as_posix()
            if file.name == "package.json":
                continue  # it would mark the files below it as a library
            # files in a folder with an output name would count as build output
            parts = ["code" if part in _OUTPUT else part for part in PurePosixPath(inside).parts]
            target = folder.joinpath("src", package.replace("@", ""), *parts)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
            is_module = target.suffix in _MODULES and not target.name.endswith((".d.ts", ".d.mts"))
            if is_module and "server" not in parts:  # folders named so are server-side by convention
                imported.append(target.relative_to(folder).as_posix())
    up = "../" * app["entry"].count("/") or "./"
    (folder / "package.json").write_text(f'{{"name": "app", "private": true, "dependencies": {app["dependencies"]}}}\n')
    entry.parent.mkdir(parents=True, exist_ok=True)
    entry.write_text("'use client'\n" + "".join(f"import '{up}{path}'\n" for path in imported), "utf-8")
    return folder


def scan(frontleak: str, cwd: Path, target: str = ".") -> dict[str, Any]:
    """Scan a folder and return the JSON report."""
    command = [frontleak, "scan", target, "--isolated", "--format=json"]
    done = subprocess.run(command, cwd=cwd, capture_output=True, check=False)
    if done.returncode not in {0, 1}:
        raise CorpusError(f"{' '.join(command)} failed: {done.stderr.decode().strip()}")
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def fetch(folder: Path) -> dict[str, Path]:
    """Return the unpacked folder of each package in `node_modules`; download missing ones."""
    spec = tomllib.loads(PACKAGES_FILE.read_text("utf-8"))
    found = {}
    for package, version in spec["packages"].items():
        unpacked = folder / "node_modules" / package
        if not unpacked.is_dir():
            print(f"fetching {package} {version}", file=sys.stderr)
            partial = folder / "partial"
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir()
            tarball = download(package, version, folder)
            unpack(tarball, partial, frozenset(spec["suffixes"]))
            tarball.unlink()
            unpacked.parent.mkdir(parents=True, exist_ok=True)
            partial.rename(unpacked)
        installed = json.loads((unpacked / "package.json").read_text("utf-8"))["version"]
        if installed != version:
            raise CorpusError(f"{unpacked} contains version {installed}, not {version}; delete the folder")
        found[package] = unpacked
    return found


def check_cuts(packages: Mapping[str, Path], *, write: bool) -> Iterator[str]:
    """Yield a message for each committed excerpt that differs from its package; with `write`, rewrite them instead."""
    wanted = {cut.file: cut.of((packages[cut.package] / cut.path).read_text("utf-8")) for cut in cuts()}
    for package in {cut.package for cut in cuts()}:
        wanted[CUTS / package / "package.json"] = manifest((packages[package] / "package.json").read_text("utf-8"))
    for file, text in wanted.items():
        if write:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
        elif not file.exists() or file.read_text("utf-8") != text:
            yield f"{file.relative_to(ROOT)} differs from the package; update it with --cut"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The result of one scan."""

    what: str
    report: dict[str, Any]

    def render(self) -> str:
        """Return its table row."""
        code = self.report["coverage"]["code"] or {"files": 0, "parsed": 0, "damaged": 0}
        files = sum(self.report["coverage"]["files"].values())
        return (
            f"| {self.what} | {files:,} | {code['files']:,} | {code['parsed']:,} | {code['damaged']:,} "
            f"| {len(self.report['findings'])} |"
        )


def scans(packages: Mapping[str, Path], folder: Path, frontleak: str) -> Iterator[Row]:
    """Scan the packages in each way and yield the results."""
    for package, unpacked in packages.items():
        version = json.loads((unpacked / "package.json").read_text("utf-8"))["version"]
        yield Row(
            what=f"{package} {version}, in node_modules", report=scan(frontleak, folder, f"node_modules/{package}")
        )
        with tempfile.TemporaryDirectory(dir=folder) as alone:
            shutil.copytree(unpacked, Path(alone, "package"))
            yield Row(what=f"{package} {version}, alone", report=scan(frontleak, Path(alone, "package")))
    apart = set(tomllib.loads(PACKAGES_FILE.read_text("utf-8"))["only_as_packages"])
    sources = {package: unpacked for package, unpacked in packages.items() if package not in apart}
    for framework in APPS:
        with tempfile.TemporaryDirectory(dir=folder) as app:
            report = scan(frontleak, as_app(sources, Path(app), framework))
            yield Row(what=f"{len(sources)} of them as sources of a {framework} app", report=report)


def render(rows: Sequence[Row]) -> str:
    """Return the results as a Markdown page."""
    version = rows[0].report["tool"]["version"]
    return "\n".join(
        (
            "# Silence on real packages\n",
            "Written by `python -m bench.quiet`; [README.md](README.md) describes the scans.\n",
            f"- Date: {datetime.now(tz=UTC):%Y-%m-%d}",
            f"- frontleak {version}\n",
            "| scanned | files | imports read | parsed | parts damaged | findings |",
            "| --- | ---: | ---: | ---: | ---: | ---: |",
            *(row.render() for row in rows),
            "",
        )
    )


def with_sites(page: str, written: str) -> str:
    """Return a new page with the section of built sites of the one that was written before."""
    _, heading, section = written.partition(SITES_HEADING)
    return f"{page}\n{heading}{section}" if heading else page


def main() -> int:
    """Scan the packages; return 1 for findings or an outdated excerpt, 2 for an error."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dir", type=Path, default=DEFAULT_FOLDER, help="cache folder")
    parser.add_argument("--frontleak", default=str(Path(sys.executable).with_name("frontleak")), help="command to run")
    parser.add_argument("--cut", action="store_true", help="update the excerpts that the tests scan")
    parser.add_argument("-o", "--output", type=Path, help="also write the results here")
    options = parser.parse_args()
    try:
        folder = prepare_folder(options.dir / "quiet")
        packages = fetch(folder)
        stale = list(check_cuts(packages, write=options.cut))
        rows = []
        for row in scans(packages, folder, options.frontleak):
            rows.append(row)
            print(row.render(), flush=True)
    except CorpusError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    found = [finding for row in rows for finding in row.report["findings"]]
    for finding in found:
        print(f"found: {finding['path']}:{finding['line']} {finding['rule']}", file=sys.stderr)
    for line in stale:
        print(f"stale: {line}", file=sys.stderr)
    if options.output is not None:
        written = options.output.read_text("utf-8") if options.output.exists() else ""
        options.output.write_text(with_sites(render(rows), written), "utf-8")
    return 1 if found or stale else 0


if __name__ == "__main__":
    sys.exit(main())
