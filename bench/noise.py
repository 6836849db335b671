"""Scan complete npm packages and built sites with every tool, and count what each reports.

Nothing scanned here is expected to contain a secret: what a tool reports is a false positive, a public key, or a
documented example. noise.toml lists the packages and sites, and the verdict on each finding of frontleak.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any, Final

from bench import peers, tools
from bench.corpus import DEFAULT_FOLDER, CorpusError, download, files_below, prepare_folder

SPEC: Final = Path(__file__).with_name("noise.toml")
SCANNERS: Final = ("frontleak", "betterleaks", "gitleaks", "kingfisher")
GATE: Final = frozenset({"medium", "high", "critical"})
"""Severities that fail a build by default, of which there must be none without a verdict."""
TIMEOUT: Final = 3600
"""Seconds after which the scan of one tool is given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """The content of noise.toml."""

    packages: Mapping[str, str]
    """Package -> version."""
    sites: Mapping[str, str]
    """Package that contains a built site -> folder of the site in it."""
    left_out: frozenset[str]
    """Suffixes of pictures, fonts and binaries, which are not unpacked."""
    verdicts: Mapping[str, Mapping[str, str]]
    """Rule -> package -> why the finding is none, or is right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A finding of a tool, without its value."""

    rule: str
    package: str
    path: str
    """Path in the package."""
    severity: str = ""
    """Severity of frontleak; empty for other tools."""
    public: bool = False
    """Whether it is shown only with `--show-public`."""


def load_spec() -> Spec:
    """Read noise.toml."""
    data = tomllib.loads(SPEC.read_text("utf-8"))
    return Spec(
        packages=data["packages"],
        sites=data["sites"],
        left_out=frozenset(data["left_out"]),
        verdicts=data.get("verdicts", {}),
    )


def unpack(tarball: Path, folder: Path, left_out: frozenset[str]) -> None:
    """Unpack an npm tarball without its top folder, its own node_modules, and files with a suffix in `left_out`."""
    with tarfile.open(tarball) as archive:
        for member in archive:
            parts = PurePosixPath(member.name).parts[1:]
            if not member.isfile() or not parts or "node_modules" in parts:
                continue
            if PurePosixPath(member.name).suffix.lower() not in left_out:
                # some packages store folders and files without permission to read them
                archive.extract(member.replace(name="/".join(parts), mode=0o644, deep=False), folder, filter="data")


def fetch(spec: Spec, folder: Path) -> Path:
    """Return the folder with one folder `PACKAGE@VERSION` for each package; download missing ones, delete others."""
    unpacked = folder / "packages"
    wanted = {unpacked / f"{package}@{version}" for package, version in spec.packages.items()}
    for found in unpacked.glob("*"):
        for each in found.glob("*") if found.name.startswith("@") else [found]:
            if each not in wanted:
                shutil.rmtree(each)
    for package, version in spec.packages.items():
        target = unpacked / f"{package}@{version}"
        if target.is_dir():
            continue
        print(f"fetching {package} {version}", file=sys.stderr)
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as partial:
            tarball = download(package, version, Path(partial))
            unpack(tarball, Path(partial, "unpacked"), spec.left_out)
            Path(partial, "unpacked").rename(target)
    return unpacked


def inside(path: str, folder: Path) -> tuple[str, str]:
    """Split the path that a tool reports into `PACKAGE@VERSION` and the path in it."""
    parts = PurePosixPath(path.removeprefix(f"{folder}/")).parts
    names = 2 if parts[0].startswith("@") else 1
    return "/".join(parts[:names]), "/".join(parts[names:])


def of_frontleak(report: Any, folder: Path) -> Iterator[Hit]:
    """Yield the findings of frontleak."""
    for finding in report["findings"]:
        package, path = inside(finding["path"], folder)
        public = finding["exposure"] == "public-by-design"
        yield Hit(rule=finding["rule"], package=package, path=path, severity=finding["severity"], public=public)


def of_gitleaks(report: Any, folder: Path) -> Iterator[Hit]:
    """Yield the findings of gitleaks."""
    for finding in report:
        package, path = inside(finding["File"], folder)
        yield Hit(rule=finding["RuleID"], package=package, path=path)


def of_betterleaks(report: Any, folder: Path) -> Iterator[Hit]:
    """Yield the findings of betterleaks."""
    for finding in report["findings"]:
        package, path = inside(finding["location"]["path"], folder)
        yield Hit(rule=finding["rule_id"], package=package, path=path)


def of_kingfisher(report: Any, folder: Path) -> Iterator[Hit]:
    """Yield the findings of kingfisher."""
    for each in report["findings"] if isinstance(report, dict) else report:
        package, path = inside(each["finding"]["path"], folder)
        yield Hit(rule=each["rule"]["id"], package=package, path=path)


READERS: Final[Mapping[str, Callable[[Any, Path], Iterator[Hit]]]] = {
    "frontleak": of_frontleak,
    "betterleaks": of_betterleaks,
    "gitleaks": of_gitleaks,
    "kingfisher": of_kingfisher,
}


def scan(tool: tools.Tool, folder: Path) -> list[Hit]:
    """Scan the folder with a tool and return its findings; raise CorpusError if it fails."""
    with tempfile.TemporaryDirectory() as empty:
        report = Path(empty, "report.json")
        command = tool.command([folder], report)
        if tool.name == tools.FRONTLEAK:
            command += ["--isolated", "--show-public"]
        try:
            done = subprocess.run(command, cwd=empty, capture_output=True, check=False, timeout=TIMEOUT)
        except subprocess.TimeoutExpired as error:
            raise CorpusError(f"{tool.name} did not finish in {TIMEOUT} seconds") from error
        if done.returncode not in tool.recipe.exit_codes:
            raise CorpusError(f"{tool.name} failed: {done.stderr.decode(errors='replace').strip()[-500:]}")
        return list(READERS[tool.name](json.loads(report.read_text("utf-8")), folder))


def last_scan(name: str, results: Path, spec: Spec) -> tuple[str, list[Hit]]:
    """Return the version of a tool and its findings; raise CorpusError if its last scan was of other packages."""
    try:
        written = json.loads((results / f"{name}.json").read_text("utf-8"))
    except FileNotFoundError as error:
        raise CorpusError(f"{name} has no results yet; scan with it first") from error
    if written["packages"] != dict(spec.packages):
        raise CorpusError(f"the last scan of {name} was of other packages; scan with it again")
    return written["version"], [Hit(**hit) for hit in written["hits"]]


def is_site(hit: Hit, spec: Spec) -> bool:
    """Return whether a finding is in the built site of its package."""
    site = spec.sites.get(hit.package.rpartition("@")[0])
    return site is not None and f"{hit.path}/".startswith("" if site == "." else f"{site}/")


def counts(hits: Mapping[str, Sequence[Hit]]) -> dict[str, dict[str, int]]:
    """Return column -> package -> number of findings; frontleak has a column for each way to run it."""
    columns = {}
    for name, found in hits.items():
        if name == tools.FRONTLEAK:
            columns["frontleak, medium or more"] = Counter(each.package for each in found if each.severity in GATE)
            columns["frontleak"] = Counter(each.package for each in found if not each.public)
            columns["frontleak --show-public"] = Counter(each.package for each in found)
        else:
            columns[name] = Counter(each.package for each in found)
    return {name: dict(column) for name, column in columns.items()}


def row(cells: Sequence[object]) -> str:
    """Return a table row; numbers get separators."""
    return "| " + " | ".join(f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in cells) + " |"


def unjudged(hits: Sequence[Hit], spec: Spec) -> list[Hit]:
    """Return the findings of medium severity or more that have no verdict."""
    return [
        hit
        for hit in hits
        if hit.severity in GATE and hit.package.rpartition("@")[0] not in spec.verdicts.get(hit.rule, {})
    ]


def render(spec: Spec, folder: Path, versions: Mapping[str, str], hits: Mapping[str, Sequence[Hit]]) -> str:
    """Return the results as a Markdown page."""
    columns = counts(hits)
    sizes = {}
    for package, version in spec.packages.items():
        files = files_below(folder / f"{package}@{version}")
        sizes[f"{package}@{version}"] = (len(files), sum(path.stat().st_size for path in files))
    sites = [f"{package}@{spec.packages[package]}" for package in spec.sites]
    total = (sum(files for files, _ in sizes.values()), sum(size for _, size in sizes.values()))
    in_sites = counts({name: [hit for hit in found if is_site(hit, spec)] for name, found in hits.items()})
    lines = [
        "# Noise on real packages and sites\n",
        "Written by `python -m bench.noise`; [README.md](README.md) describes the scans. No value is shown.\n",
        f"- Date: {datetime.now(tz=UTC):%Y-%m-%d}",
        f"- {len(sizes):,} packages, {total[0]:,} files, {total[1] / 1e6:,.0f} MB",
        f"- {len(sites):,} of them contain a built site",
        *(f"- {name} {version}" for name, version in versions.items()),
        "\n## All\n",
        row(["", *columns]),
        row(["---", *("---:" for _ in columns)]),
        row(["findings in packages and sites", *(sum(column.values()) for column in columns.values())]),
        row(["packages with findings", *(len(column) for column in columns.values())]),
        row(["findings in built sites", *(sum(column.values()) for column in in_sites.values())]),
        "\n## Findings of frontleak\n",
        row(["rule", "severity", "package", "path", "verdict"]),
        row(["---"] * 5),
        *named(hits["frontleak"], spec),
    ]
    for name, found in hits.items():
        if name != tools.FRONTLEAK:
            lines += [f"\n## Findings of {name} by rule\n", row(["rule", "findings", "packages", "first path"])]
            lines += [row(["---", "---:", "---:", "---"]), *by_rule(found)]
    lines += ["\n## By package\n", row(["package", "site", "files", "KB", *columns])]
    lines += [row(["---", "---", "---:", "---:", *("---:" for _ in columns)])]
    for package, (number, size) in sizes.items():
        site = spec.sites.get(package.rpartition("@")[0])
        cells = [column.get(package, 0) for column in columns.values()]
        lines.append(row([package, f"`{site}`" if site else "", number, size // 1000, *cells]))
    return "\n".join(lines) + "\n"


def named(hits: Sequence[Hit], spec: Spec) -> Iterator[str]:
    """Yield a row for each rule, package and folder with findings of frontleak."""
    grouped: dict[tuple[str, str, str], list[str]] = {}
    for hit in hits:
        severity = "public by design" if hit.public else hit.severity
        grouped.setdefault((hit.rule, severity, hit.package), []).append(hit.path)
    for (rule, severity, package), paths in sorted(grouped.items()):
        more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
        verdict = spec.verdicts.get(rule, {}).get(package.rpartition("@")[0], "")
        yield row([rule, severity, package, f"`{min(paths)}`{more}", verdict])


def by_rule(hits: Sequence[Hit]) -> Iterator[str]:
    """Yield a row for each rule of another tool, most findings first."""
    grouped: dict[str, list[Hit]] = {}
    for hit in hits:
        grouped.setdefault(hit.rule, []).append(hit)
    for rule, found in sorted(grouped.items(), key=lambda item: (-len(item[1]), item[0])):
        first = min(found, key=lambda hit: (hit.package, hit.path))
        yield row([rule, len(found), len({hit.package for hit in found}), f"`{first.package}/{first.path}`"])


def main() -> int:
    """Scan; return 1 for findings of frontleak that have no verdict, 2 for an error."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dir", type=Path, default=DEFAULT_FOLDER, help="cache folder")
    parser.add_argument("--frontleak", default=str(Path(sys.executable).with_name("frontleak")), help="command to run")
    parser.add_argument("--tools", nargs="+", choices=SCANNERS, default=SCANNERS, help="scan only with these")
    parser.add_argument(
        "-o", "--output", type=Path, help="write the results here, of other tools those of their last scan"
    )
    options = parser.parse_args()
    spec = load_spec()
    try:
        cache = prepare_folder(options.dir)
        results = prepare_folder(cache / "noise" / "results")
        folder = fetch(spec, prepare_folder(cache / "noise"))
        for tool in tools.available(options.tools, frontleak=options.frontleak, peers_folder=cache / "peers"):
            hits = [asdict(hit) for hit in scan(tool, folder)]
            written = {"version": tool.version, "packages": spec.packages, "hits": hits}
            (results / f"{tool.name}.json").write_text(json.dumps(written, indent=1), "utf-8")
            print(f"{tool.name}: {len(hits):,} findings", flush=True)
        wanted = SCANNERS if options.output is not None else options.tools
        last = {name: last_scan(name, results, spec) for name in wanted}
    except (CorpusError, peers.PeersError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    found = {name: hits for name, (_, hits) in last.items()}
    bad = unjudged(found.get(tools.FRONTLEAK, []), spec)
    for hit in bad:
        print(f"found: {hit.package}/{hit.path} {hit.rule} {hit.severity}", file=sys.stderr)
    if options.output is not None:
        versions = {name: version for name, (version, _) in last.items()}
        options.output.write_text(render(spec, folder, versions, found), "utf-8")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
