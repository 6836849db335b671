"""Measure what a gigabyte costs by kind of file, and what shards add to a scan on one machine.

    python -m bench.shards [FOLDER] [--shards N]

FOLDER has real builds; without one, the packages of the corpus (`python -m bench.corpus`). Prints seconds of CPU of all
processes, with one job, from a warm cache. Each scan runs three times, and the least counts.
"""

from __future__ import annotations

import argparse
import gzip
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from bench.corpus import DEFAULT_FOLDER

_ROUNDS: Final = 3
_MOST: Final = 400_000_000
"""Bytes of each kind."""
_SMALL: Final = 20_000
"""Bytes up to which a file counts as small."""
_KINDS: Final[dict[str, Callable[[Path, int], bool]]] = {
    "scripts and styles": lambda path, size: path.suffix in {".js", ".mjs", ".cjs", ".css"} and size > _SMALL,
    "source maps": lambda path, size: path.suffix == ".map" and size > _SMALL,
    "small files": lambda path, size: path.suffix in {".js", ".mjs", ".ts", ".json", ".html"} and 0 < size <= _SMALL,
}


class Cost(NamedTuple):
    """What a command used."""

    cpu: float
    """Seconds of all processes."""
    megabytes: float
    """Peak of the largest process."""


def measured(*arguments: str, cwd: Path, rounds: int = _ROUNDS) -> Cost:
    """Run a command of frontleak a few times, and return the least that it used."""
    return min(_once(arguments, cwd) for _ in range(rounds))


def _once(arguments: tuple[str, ...], cwd: Path) -> Cost:
    process = subprocess.Popen(
        [sys.executable, "-m", "frontleak", *arguments], cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert process.stderr is not None
    with process.stderr as stream:
        told = stream.read()
    _, status, used = os.wait4(process.pid, 0)  # with what it started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in {0, 1, 3}:
        raise SystemExit(told.decode())
    return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def linked(folder: Path, files: Iterator[Path]) -> tuple[int, int]:
    """Copy files into a folder, up to a size, each below a name of its own; return their number and bytes."""
    count = total = 0
    for file in files:
        size = file.stat().st_size
        if total + size > _MOST:
            break
        target = folder / f"site{count // 50}" / "dist" / f"{count}{file.suffix}"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.read_bytes())
        count, total = count + 1, total + size
    return count, total


def files_of(folder: Path) -> list[Path]:
    """Return the files of a folder, sorted."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def by_kind(files: list[Path], scratch: Path) -> None:
    """Print what a gigabyte of each kind costs."""
    empty = scratch / "empty"
    (empty / "dist").mkdir(parents=True)
    (empty / "dist" / "a.js").write_text("x")
    start = measured("scan", ".", "--isolated", "--jobs=1", cwd=empty)
    print(f"a scan of one small file: {start.cpu:.2f} CPU s, {start.megabytes:.0f} MB")
    for kind, belongs in _KINDS.items():
        folder = scratch / kind.replace(" ", "-")
        folder.mkdir()
        count, total = linked(folder, (path for path in files if belongs(path, path.stat().st_size)))
        _print_kind(kind, folder, count, total, start)
    folder = scratch / "compressed"
    count, total = linked(folder, (path for path in files if path.suffix == ".js" and path.stat().st_size > _SMALL))
    for path in files_of(folder):
        Path(f"{path}.gz").write_bytes(gzip.compress(path.read_bytes(), 6))
        path.unlink()
    _print_kind("compressed scripts (.gz), by their unpacked bytes", folder, count, total, start)


def _print_kind(kind: str, folder: Path, count: int, total: int, start: Cost) -> None:
    if not total:
        return
    cost = measured("scan", ".", "--isolated", "--jobs=1", cwd=folder)
    gigabytes = total / 1e9
    print(
        f"{kind}: {count:,} files, {gigabytes:.2f} GB, {cost.cpu:.2f} CPU s, {cost.megabytes:.0f} MB: "
        f"{(cost.cpu - start.cpu) / gigabytes:.1f} CPU s a GB, {(cost.cpu - start.cpu) / count * 1e3:.2f} ms a file"
    )
    sys.stdout.flush()


def overhead(folder: Path, scratch: Path, shards: int) -> None:
    """Print what plan, runs and merge cost beside a scan."""
    files = files_of(folder)
    gigabytes = sum(path.stat().st_size for path in files) / 1e9
    plain = measured("scan", ".", "--isolated", "--jobs=1", cwd=folder, rounds=1)
    print(f"one machine: {len(files):,} files, {gigabytes:.2f} GB, {plain.cpu:.2f} CPU s, {plain.megabytes:.0f} MB")
    plan = str(scratch / "plan")
    planned = measured("shard", "plan", ".", "--isolated", "-n", str(shards), "-o", plan, cwd=folder, rounds=1)
    runs = [measured("shard", "run", plan, "--shard", str(number), cwd=folder, rounds=1) for number in range(shards)]
    merged = measured("shard", "merge", f"{plan}.done", "--isolated", cwd=folder)
    done = sum(path.stat().st_size for path in Path(f"{plan}.done").iterdir())
    ran = sum(cost.cpu for cost in runs)
    print(f"plan of {shards} shards: {planned.cpu:.2f} CPU s, {os.path.getsize(plan) / len(files):.0f} bytes a file")
    print(f"runs: {ran:.2f} CPU s together, {(ran - plain.cpu) / shards:.2f} CPU s more for each shard")
    print(f"merge: {merged.cpu:.2f} CPU s, {merged.megabytes:.0f} MB; {done / shards / 1e3:.0f} kB of results a shard")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=DEFAULT_FOLDER.expanduser() / "packages")
    parser.add_argument("--shards", type=int, default=16)
    given = parser.parse_args()
    files = files_of(given.folder)
    print(f"{given.folder.name}: {len(files):,} files; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} CPUs")
    with tempfile.TemporaryDirectory() as scratch:
        by_kind(files, Path(scratch))
        overhead(given.folder, Path(scratch), given.shards)


if __name__ == "__main__":
    main()
