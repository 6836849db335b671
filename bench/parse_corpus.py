"""Count the valid source files of real packages that the analysis says it cannot parse."""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Final

from bench.corpus import DEFAULT_FOLDER, CorpusError, download, prepare_folder
from frontleak.js.embedded_scripts import embedded_scripts
from frontleak.js.module import Module
from frontleak.js.parse import parse_source
from frontleak.js.scopes import parse_module

PACKAGES_FILE: Final = Path(__file__).with_name("parse_packages.toml")
JUDGE: Final = Path(__file__).with_name("parse_judge.mjs")
MOST_DAMAGED: Final = 10_000
"""One valid file in as many may be damaged."""
_TYPED: Final = frozenset({"ts", "tsx", "mts", "cts"})
_SCRIPTS: Final = frozenset({"js", "jsx", "mjs", "cjs"})
_LONGEST_MAP: Final = 60_000_000
_LONGEST: Final = 1_000_000
_HEAD: Final = 3_000
_LONGEST_LINE: Final = 200
"""Mean bytes of a line of a script that people write."""
_BUILT: Final = re.compile(rb"__esModule|_interopRequire|react/jsx-runtime|sourceMappingURL")
_SOURCE_FOLDER: Final = re.compile(r"(?:^|/)(?:src|source|sources|app|packages|templates?|Libraries|ts)/")
_ODD: Final = re.compile(r"[^A-Za-z0-9_./@()\[\]-]")


def kind_of(path: str, data: bytes) -> str:
    """Return the extension of a source file as people write them; empty for anything else."""
    name = PurePosixPath(path).name.lower().removesuffix(".flow")
    if name.endswith((".d.ts", ".d.mts", ".d.cts", ".min.js")) or not data.strip() or len(data) > _LONGEST:
        return ""
    kind = name.rpartition(".")[2]
    if kind in _TYPED:
        return kind
    if kind not in _SCRIPTS or len(data) / (data.count(b"\n") + 1) > _LONGEST_LINE:
        return ""
    if b"@flow" in data[:_HEAD] or path.lower().endswith(".flow"):
        return "js"
    if _BUILT.search(data):
        return ""
    return kind if _SOURCE_FOLDER.search(path) or re.search(rb"</[A-Za-z]|/>", data) else ""


def _inside_map(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield (path, content) of the typed sources in a source map."""
    try:
        content = json.loads(data)
        pairs = list(zip(content.get("sources") or (), content.get("sourcesContent") or (), strict=False))
    except (ValueError, AttributeError, TypeError):
        return
    for source, text in pairs:
        if isinstance(source, str) and isinstance(text, str) and "node_modules" not in source:
            path = re.sub(r"^[a-z-]+://", "", source).partition("?")[0]
            if path.rpartition(".")[2] in _TYPED:
                yield f"map/{path}", text.encode("utf-8", "replace")


def _sources(tarball: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(tarball) as archive:
        for member in archive:
            parts = PurePosixPath(member.name).parts[1:]
            path = "/".join(parts)
            if not member.isfile() or "node_modules" in parts or member.size > _LONGEST_MAP:
                continue
            suffix = path.rpartition(".")[2].lower()
            if suffix != "map" and suffix not in _TYPED | _SCRIPTS | {"flow"}:
                continue
            file = archive.extractfile(member)
            data = file.read() if file is not None else b""
            if suffix == "map":
                yield from _inside_map(data)
            else:
                yield path, data


def unpack(tarball: Path, folder: Path) -> None:
    """Write the source files of a tarball, and those inside its source maps, each content once."""
    seen: set[str] = set()
    for path, data in _sources(tarball):
        digest = hashlib.sha256(data).hexdigest()
        kind = kind_of(path, data)
        if not kind or digest in seen:
            continue
        seen.add(digest)
        parts = [part for part in _ODD.sub("_", path).split("/") if part not in {"", ".", ".."}]
        target = folder.joinpath(*parts)
        if target.suffix.lower() == ".flow":
            target = target.with_suffix("")
        if target.exists():
            target = target.with_name(f"{digest[:8]}-{target.name}")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def fetch(folder: Path, packages: Sequence[str]) -> list[Path]:
    """Return the folders of the sources of packages, each named with its version; download what is missing."""

    def fetched(package: str) -> Path:
        unpacked = folder / "sources" / package
        if not unpacked.is_dir():
            name, _, version = package.rpartition("@")
            partial = folder / "partial" / package
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir(parents=True)
            tarball = download(name, version, partial)
            unpack(tarball, partial / "package")
            unpacked.parent.mkdir(parents=True, exist_ok=True)
            (partial / "package").mkdir(exist_ok=True)
            (partial / "package").rename(unpacked)
            shutil.rmtree(partial)
        return unpacked

    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(fetched, packages))


def install(folder: Path, judges: dict[str, str]) -> Path:
    """Install the judges and return their folder."""
    target = folder / "judges"
    if all((target / "node_modules" / name / "package.json").exists() for name in judges):
        return target
    target.mkdir(parents=True, exist_ok=True)
    wanted = [f"{name}@{version}" for name, version in judges.items()]
    command = ["npm", "install", "--silent", "--no-save", "--prefix", str(target), *wanted]
    if subprocess.run(command, check=False).returncode:
        raise CorpusError("npm could not install the judges")
    return target


def judge(judges: Path, task: str, files: Iterable[tuple[str, str]]) -> dict[str, object]:
    """Return the judgement of each file; `files` are (path, kind)."""
    asked = "".join(json.dumps({"path": path, "kind": kind}) + "\n" for path, kind in files)
    command = ["node", str(JUDGE), str(judges), task]
    done = subprocess.run(command, input=asked, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CorpusError(f"the judges failed: {done.stderr[-500:]}")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return {answer["path"]: answer["by" if task == "valid" else "calls"] for answer in answers}


@dataclass(frozen=True, slots=True)
class Reading:
    """What the analysis makes of a file."""

    path: str
    rejected: bool
    """Whether its grammar alone finds a syntax error."""
    line: int
    """Line that is said to be damaged; 0 for none, -1 when the file is not read at all."""
    calls: frozenset[tuple[int, int]]
    """Byte offsets of its calls; only for a rejected file."""


def read(path: str) -> Reading:
    """Read a file as a scan does."""
    data = Path(path).read_bytes()
    (script,) = embedded_scripts(path, data)
    root = parse_source(script.text, script.grammar)
    rejected = root is None or root.has_error
    module = parse_module(path, script)
    return Reading(path, rejected, -1 if module is None else module.damage, _calls(module) if rejected else frozenset())


def _calls(module: Module | None) -> frozenset[tuple[int, int]]:
    if module is None:
        return frozenset()
    return frozenset((node.start_byte, node.end_byte) for node in module.all("call_expression", "new_expression"))


@dataclass(slots=True)
class Row:
    """The figures of one kind of file."""

    files: int = 0
    valid: int = 0
    rejected: int = 0
    damaged: int = 0
    calls: int = 0
    lost: int = 0


def measure(folder: Path, packages: Sequence[str], judges: Path) -> tuple[dict[str, Row], list[Reading]]:
    """Return the figures by kind, and the damaged files."""
    paths = [str(path) for source in fetch(folder, packages) for path in sorted(source.rglob("*")) if path.is_file()]
    kinds = {path: path.rpartition(".")[2].lower() for path in paths}
    by = judge(judges, "valid", kinds.items())
    rows: defaultdict[str, Row] = defaultdict(Row)
    for path in paths:
        if by[path] == "flow-parser":
            kinds[path] = "flow"
        rows[kinds[path]].files += 1
    valid = [path for path in paths if by[path]]
    with ProcessPoolExecutor() as pool:
        readings = list(pool.map(read, valid, chunksize=100))
    again = [reading for reading in readings if reading.rejected]
    calls = judge(judges, "calls", ((reading.path, kinds[reading.path]) for reading in again))
    for reading in readings:
        row = rows[kinds[reading.path]]
        row.valid += 1
        row.rejected += reading.rejected
        row.damaged += reading.line != 0
    for reading in again:
        row, wanted = rows[kinds[reading.path]], calls[reading.path]
        assert isinstance(wanted, list)
        row.calls += len(wanted)
        row.lost += len({tuple(call) for call in wanted} - reading.calls)
    return dict(rows), [reading for reading in readings if reading.line]


def constructs(damaged: Iterable[Reading]) -> list[tuple[str, int]]:
    """Return the damaged lines that are most frequent, with names and texts taken out."""
    found: Counter[str] = Counter()
    for reading in damaged:
        lines = Path(reading.path).read_text("utf-8", "replace").splitlines()
        line = lines[reading.line - 1] if 0 < reading.line <= len(lines) else "(not read)"
        found[re.sub(r"'[^']*'|\"[^\"]*\"", "''", re.sub(r"\b[A-Za-z_$]{4,}\w*", "x", line)).strip()[:80]] += 1
    return found.most_common(10)


def render(rows: dict[str, Row], damaged: Sequence[Reading], packages: int, judges: dict[str, str]) -> str:
    """Return the results as a Markdown page."""
    total = Row(*(sum(values) for values in zip(*(_figures(row) for row in rows.values()), strict=True)))
    lines = [
        "# Valid files that cannot be parsed\n",
        "Written by `python -m bench.parse_corpus`; [README.md](README.md) says what the columns mean.\n",
        f"- Date: {datetime.now(tz=UTC):%Y-%m-%d}",
        f"- Files: {total.files:,} from {packages} npm packages",
        f"- Judges: {', '.join(f'{name} {version}' for name, version in judges.items())}",
        f"- Damaged: {total.damaged} of {total.valid:,} valid files; at most one in {MOST_DAMAGED:,} may be\n",
        "| kind | files | valid | rejected by the grammar | damaged | calls in rejected files | calls lost |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
        *(
            f"| {kind} | " + " | ".join(f"{figure:,}" for figure in _figures(row)) + " |"
            for kind, row in [*sorted(rows.items()), ("all", total)]
        ),
        "",
    ]
    if damaged:
        lines += [
            "Most frequent damaged lines:\n",
            *(f"- {count} x `{line}`" for line, count in constructs(damaged)),
            "",
        ]
    return "\n".join(lines)


def _figures(row: Row) -> tuple[int, ...]:
    return row.files, row.valid, row.rejected, row.damaged, row.calls, row.lost


def main() -> int:
    """Measure; return 1 when too many valid files are damaged, 2 for an error."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dir", type=Path, default=DEFAULT_FOLDER, help="cache folder")
    parser.add_argument("-o", "--output", type=Path, help="also write the results here")
    options = parser.parse_args()
    spec = tomllib.loads(PACKAGES_FILE.read_text("utf-8"))
    try:
        folder = prepare_folder(options.dir / "parse")
        rows, damaged = measure(folder, spec["packages"], install(folder, spec["judges"]))
    except CorpusError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    page = render(rows, damaged, len(spec["packages"]), spec["judges"])
    print(page)
    for reading in damaged:
        print(f"damaged: {reading.path}:{reading.line}", file=sys.stderr)
    if options.output is not None:
        options.output.write_text(page, "utf-8")
    return 1 if len(damaged) * MOST_DAMAGED > sum(row.valid for row in rows.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
