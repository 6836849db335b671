"""Simulate a scan in a million shards, most of which fail at first, on the real code for plans and merges.

    python -m bench.million_shards                      # a million shards, some minutes
    python -m bench.million_shards --shards 10000 --seed 2

No file is scanned: what a shard would find is drawn from its number and the seed. Some runs are killed before they
write, some leave a done-file that is cut off, some run twice, some are late, and results come out of order; then what
is missing runs again. Everything is compared with what was drawn: exits 1 if a file, a byte, a finding or a diagnostic
is lost or counted twice. Each stage runs in a process of its own, and the table has its CPU and its memory.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from frontleak.core.detection import Detection
from frontleak.core.diagnostic import Code, incomplete
from frontleak.core.finding import Place
from frontleak.core.origins import FileOrigin
from frontleak.core.secret import Secret
from frontleak.core.vocabulary import Confidence, Exposure, Severity
from frontleak.files.interface import FileEntry
from frontleak.scanning.options import ScanOptions
from frontleak.scanning.shards.key import ShardKey
from frontleak.scanning.shards.lines import Plan, Shard, WalkCounts, lines_of, read_line, read_shard
from frontleak.scanning.shards.merge import Merged, merge_done
from frontleak.scanning.shards.partial import EntryResult, Partial, written
from frontleak.scanning.shards.plan import balanced
from frontleak.scanning.shards.settings import settings_of

_KEY: Final = ShardKey(bytes(range(32)))
_BLOCK: Final = 10_000
"""Shards whose results are shuffled; late ones come after all others."""
_KILLED, _CUT, _TWICE, _LATE = 0.05, 0.02, 0.03, 0.05
_LEAKS, _SKIPS = 0.01, 0.005
"""Share of the files with a finding, and with a diagnostic."""


class Totals(NamedTuple):
    """What all shards hold together."""

    files: int
    bytes: int
    findings: frozenset[int]
    """Numbers of the files with one."""
    skips: frozenset[int]


class Stage(NamedTuple):
    """The cost of a stage."""

    name: str
    cpu: float
    """Seconds."""
    megabytes: float
    """Peak of the memory of its process."""
    told: str


def _entry(number: int, seed: int) -> FileEntry:
    size = int(random.Random(f"{seed}/{number}").lognormvariate(11, 2))
    return FileEntry(f"site/{number}.js", f"/crawl/site/{number}.js", size, Exposure.SERVED)


def _draw(number: int, seed: int) -> tuple[bool, bool]:
    """Return whether a file has a finding, and whether it has a diagnostic."""
    drawn = random.Random(f"{seed}/found/{number}")
    return drawn.random() < _LEAKS, drawn.random() < _SKIPS


def _partial(shard: Shard, seed: int) -> Partial:
    """Return what a run of a shard finds."""
    entries: list[EntryResult] = []
    size = 0
    for number, entry in shard.references:
        assert isinstance(entry, FileEntry)
        size += entry.size
        leaks, skips = _draw(number, seed)
        if leaks or skips:
            found = (_detection(number, entry),) if leaks else ()
            told = (incomplete(Code.TIMED_OUT, entry.origin, "took too long"),) if skips else ()
            entries.append(EntryResult(number, 0, found, told))
    return Partial(entries=tuple(entries), files={"text": len(shard.references)}, bytes={"text": size})


def _detection(number: int, entry: FileEntry) -> Detection:
    secret = Secret(f"secret {number}".encode(), shown="…")
    place = Place(
        origin=FileOrigin(path=entry.shown),
        line=1,
        column=1,
        end_line=1,
        end_column=9,
        offset=0,
        length=8,
        exposure=Exposure.SERVED,
    )
    return Detection(
        rule_id="sanity-token",
        secret=secret,
        identity=secret.digest,
        named="word" if number % 3 else None,
        place=place,
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
    )


def _plan(file: Path, shards: int, seed: int) -> str:
    """Write a plan with about one file for each shard, and return what it holds."""
    entries = [_entry(number, seed) for number in range(shards)]
    settings = settings_of(ScanOptions(paths=("/crawl",)))
    made = balanced(entries, [""] * len(entries), shards)
    plan = Plan(settings, "0" * 32, WalkCounts(), made)
    with file.open("w", encoding="utf-8") as stream:
        stream.writelines(lines_of(plan, _KEY))
    return f"{file.stat().st_size / 1e6:,.0f} MB of lines"


def _results(file: Path, seed: int, *, again: bool, fates: Counter[str]) -> Iterator[tuple[str, str]]:
    """Yield the done-files of all runs, those of the second try too if it is `again`."""
    late: list[int] = []
    with file.open(encoding="utf-8") as stream:
        while lines := [line for line in (stream.readline() for _ in range(_BLOCK)) if line]:
            block = [read_line(line, "plan", _KEY) for line in lines]
            random.Random(f"{seed}/{block[0].number}").shuffle(block)
            for shard in block:
                yield from _runs(shard, seed, late, again=again, fates=fates)
    for number in late:
        yield f"late-{number}", written(*_done(read_shard(str(file), number, _KEY), seed))
        fates["late"] += 1


def _runs(shard: Shard, seed: int, late: list[int], *, again: bool, fates: Counter[str]) -> Iterator[tuple[str, str]]:
    drawn = random.Random(f"{seed}/fate/{shard.number}")
    fate = drawn.random()
    name = f"{shard.number}"
    if fate < _KILLED:
        fates["killed"] += 1
    elif fate < _KILLED + _CUT:
        text = written(*_done(shard, seed))
        yield f"{name}-cut", text[: drawn.randrange(len(text))]
        fates["cut off"] += 1
    elif fate < _KILLED + _CUT + _LATE:
        late.append(shard.number)
        return
    else:
        yield name, written(*_done(shard, seed))
        if fate > 1 - _TWICE:
            yield f"{name}-twice", written(*_done(shard, seed))
            fates["twice"] += 1
        return
    if again:
        yield f"{name}-again", written(*_done(shard, seed))


def _done(shard: Shard, seed: int) -> tuple[Shard, Partial, ShardKey]:
    return shard, _partial(shard, seed), _KEY


def _totals(shards: int, seed: int) -> Totals:
    drawn = {number: _draw(number, seed) for number in range(shards)}
    return Totals(
        files=shards,
        bytes=sum(_entry(number, seed).size for number in range(shards)),
        findings=frozenset(number for number, (leaks, _) in drawn.items() if leaks),
        skips=frozenset(number for number, (_, skips) in drawn.items() if skips),
    )


def differences(merged: Merged, totals: Totals) -> list[str]:
    """Return what was lost or counted twice."""
    found = Counter(each.number for each in merged.results for _ in each.detections)
    skipped = Counter(each.number for each in merged.results for _ in each.diagnostics)
    identities = {each.identity for result in merged.results for each in result.detections}
    compared: Mapping[str, tuple[object, object]] = {
        "files": (merged.files["text"], totals.files),
        "bytes": (merged.bytes["text"], totals.bytes),
        "findings": (found, Counter(totals.findings)),
        "secrets": (len(identities), len(totals.findings)),
        "diagnostics": (skipped, Counter(totals.skips)),
    }
    return [f"{name} differ" for name, (have, wanted) in compared.items() if have != wanted]


def _first(file: Path, shards: int, seed: int) -> str:
    """Merge what is there before the retries: exactly the shards that failed are missing."""
    fates: Counter[str] = Counter()
    merged = merge_done(_results(file, seed, again=False, fates=fates), _KEY)
    missing = sum(1 for _ in merged.missing())
    if missing != fates["killed"] + fates["cut off"] or merged.duplicates != fates["twice"]:
        raise SystemExit(f"{missing} of {shards} shards are missing, and failed were {dict(fates)}")
    return f"{missing:,} missing, {merged.duplicates:,} twice, {fates['cut off']:,} cut off, {fates['late']:,} late"


def _second(file: Path, shards: int, seed: int) -> str:
    """Merge everything: nothing is missing, lost or counted twice."""
    merged = merge_done(_results(file, seed, again=True, fates=Counter()), _KEY)
    wrong = differences(merged, _totals(shards, seed))
    if merged.lacks_any or wrong:
        raise SystemExit(f"{sum(1 for _ in merged.missing())} shards are missing; {', '.join(wrong)}")
    return f"{merged.files['text']:,} files, {merged.found:,} findings, {merged.noticed:,} diagnostics: all as drawn"


def _measured(name: str, stage: Callable[[Path, int, int], str], file: Path, shards: int, seed: int) -> Stage:
    """Run a stage in a process of its own."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_in_process, args=(theirs, stage, file, shards, seed))
    process.start()
    theirs.close()
    try:
        cpu, megabytes, told = ours.recv()
    except EOFError:
        raise SystemExit(f"{name} failed") from None
    finally:
        process.join()
    return Stage(name, cpu, megabytes, told)


def _in_process(
    connection: multiprocessing.connection.Connection[object, object],
    stage: Callable[[Path, int, int], str],
    file: Path,
    shards: int,
    seed: int,
) -> None:
    told = stage(file, shards, seed)
    used = resource.getrusage(resource.RUSAGE_SELF)
    connection.send((used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, told))


STAGES: Final = (("plan", _plan), ("runs and merge, before the retries", _first), ("runs and merge, all", _second))


def simulate(folder: Path, shards: int, seed: int) -> Iterator[Stage]:
    """Yield the cost of each stage.

    Raises:
        SystemExit: something was lost or counted twice.
    """
    for name, stage in STAGES:
        yield _measured(name, stage, folder / "plan.jsonl", shards, seed)


def main() -> None:
    """Run the simulation and print a row for each stage."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shards", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        print(f"{given.shards:,} shards, seed {given.seed}")
        for stage in simulate(Path(folder), given.shards, given.seed):
            each = stage.cpu / given.shards * 1e6
            print(
                f"{stage.name}: {stage.cpu:.1f} CPU s ({each:.0f} µs a shard), {stage.megabytes:,.0f} MB; {stage.told}"
            )
            sys.stdout.flush()
    print(f"nothing lost, nothing counted twice; {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main()
