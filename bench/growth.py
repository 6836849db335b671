"""Measure how frontleak's time grows with bytes, findings, rules, workers and inline maps, as data and pictures.

Each cost should be a straight line. The data is `growth.csv`; the pictures need matplotlib, which the extra `bench`
installs.
"""

from __future__ import annotations

import argparse
import base64
import csv
import itertools
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from bench import corpus, load, measure, run, tools, workloads
from bench.peers import PeersError

_PIECES = 15_000
"""Functions in about a megabyte of code."""

FOLDER = Path(__file__).with_name("growth")


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """The cost of one scan; times are the least of all rounds."""

    series: str
    x: int
    cpu: float
    """Seconds, user and system, with child processes."""
    wall: float
    """Seconds."""
    largest_mb: float
    """Peak resident memory of the largest process."""
    others: float
    """Share of all processors that other programs used meanwhile, 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One quantity that grows."""

    name: str
    unit: str
    """What `x` counts."""
    steps: tuple[int, ...]
    arguments: Callable[[Path, int], list[str | Path]]
    """(empty folder, x) -> arguments of `frontleak scan`; fills the folder."""


def write(file: Path, pieces: Iterable[str]) -> Path:
    """Write a file and return it."""
    with file.open("w", encoding="utf-8") as stream:
        stream.writelines(pieces)
    return file


def minified(size: int) -> Iterator[str]:
    """Yield `size` characters of code that looks minified, the same megabyte again and again."""
    text = "".join(itertools.islice(workloads.long_line(), _PIECES))
    while size > 0:
        yield text[:size]
        size -= len(text)


def code(folder: Path, megabytes: int) -> list[str | Path]:
    """One file of minified code."""
    return [write(folder / "main.js", minified(megabytes * 1_000_000))]


def tokens(folder: Path, count: int) -> list[str | Path]:
    """One line with different tokens."""
    line = (f'{{token:"{corpus.fake_token(number)}"}},' for number in range(count))
    return [write(folder / "main.js", ("window.tokens=[", *line, "];\n"))]


def rules(folder: Path, count: int) -> list[str | Path]:
    """A megabyte of code, and rules of one's own with a literal each."""
    texts = (
        f"id: own-{number}\nname: own rule {number}\nseverity: high\nconfidence: high\n"
        f"pattern: '{_word(number)}_ (?P<secret> [a-z0-9]{{20}} )'\nsamples: '[a-z0-9]{{20}}'\n"
        f"examples: ['{_word(number)}_{{sample}}']\nsilent: ['{_word(number)}_']\n"
        "why: It opens a door.\nfix: Close the door.\nreferences: ['https://example.com']\n"
        for number in range(count)
    )
    given: list[str | Path] = ["--rules", write(folder / "own.yaml", ("---\n".join(texts),))] if count else []
    return [write(folder / "main.js", minified(1_000_000)), *given]


def _word(number: int) -> str:
    """Return a different word of six letters for each number."""
    letters = "bcdfghjkmnpqrtvwxz"
    return "".join(letters[number // len(letters) ** place % len(letters)] for place in range(6))


def inline_maps(folder: Path, count: int) -> list[str | Path]:
    """A source map whose sources have inline maps of their own."""
    inner = json.dumps(
        {"version": 3, "sources": ["a.js"], "names": [], "mappings": "AAAA", "sourcesContent": ["a=1;" * 400]}
    )
    address = f"data:application/json;base64,{base64.b64encode(inner.encode()).decode()}"
    source = f"export const a = 1;\n//# sourceMappingURL={address}\n"
    outer = {"version": 3, "sources": [f"{number}.js" for number in range(count)], "names": [], "mappings": "AAAA"}
    return [write(folder / "main.js.map", (json.dumps(outer | {"sourcesContent": [source] * count}),))]


def workers(folder: Path, count: int) -> list[str | Path]:
    """A hundred megabytes of code in files of two, and a number of processes."""
    text = "".join(minified(2_000_000))
    for number in range(50):
        write(folder / f"{number}.js", (text,))
    return [folder, "--jobs", str(count)]


SERIES = (
    Series(name="bytes", unit="megabytes in one file", steps=(1, 4, 16, 64), arguments=code),
    Series(name="findings", unit="tokens on one line", steps=(0, 10, 100, 1_000, 5_000), arguments=tokens),
    Series(name="rules", unit="rules of one's own", steps=(0, 10, 100, 300, 1_000), arguments=rules),
    Series(name="workers", unit="workers, on 100 MB", steps=(1, 2, 4, 8), arguments=workers),
    Series(
        name="inline-maps",
        unit="inline maps in one map",
        steps=(500, 1_000, 2_000, 4_000, 8_000),
        arguments=inline_maps,
    ),
)
"""All series; `--jobs` is at most the number of processors, so more workers than those cost nothing more."""


def scan(binary: Path, arguments: Sequence[str | Path], stage: run.Stage, *, watch: bool = False) -> measure.Sample:
    """Run frontleak once; `watch` for its memory, which takes time itself."""
    command: list[str | Path] = [binary, "scan", "--isolated", "--format", "json", "-o", stage.report_file, *arguments]
    with Path(os.devnull).open("wb") as output, stage.error_file.open("wb") as errors:
        return measure.run(
            command, folder=stage.folder, environment=stage.environment, output=output, errors=errors, watch=watch
        )


def point(series: Series, x: int, binary: Path, stage: run.Stage, rounds: int) -> Point:
    """Measure one scan, after one that warms up.

    Raises:
        RuntimeError: the scan failed.
    """
    with tempfile.TemporaryDirectory(dir=stage.folder) as folder:
        arguments = series.arguments(Path(folder), x)
        scan(binary, arguments, stage)  # fills the caches
        watched = scan(binary, arguments, stage, watch=True)
        before = load.read_clock()
        samples = [scan(binary, arguments, stage) for _ in range(rounds)]
        others = load.share_of_others(before, load.read_clock(), os.cpu_count() or 1)
    if failed := [sample.exit_code for sample in samples if sample.exit_code not in {0, 1, 3}]:
        raise RuntimeError(f"{series.name} {x}: exit code {failed[0]}: {stage.error_file.read_text()[-500:]}")
    return Point(
        series=series.name,
        x=x,
        cpu=round(min(sample.user + sample.system for sample in samples), 4),
        wall=round(min(sample.wall for sample in samples), 4),
        largest_mb=round(watched.largest_kib * 1024 / 1e6, 1),
        others=round(others, 3),
    )


def write_csv(points: Sequence[Point], file: Path) -> None:
    """Write the data."""
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, [field.name for field in fields(Point)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(each) for each in points)


def draw(series: Series, points: Sequence[Point], file: Path) -> None:
    """Draw CPU and wall time of one series as SVG."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - an extra that only this needs

    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.add_subplot()
    for name, values in (("CPU", [each.cpu for each in points]), ("wall", [each.wall for each in points])):
        axes.plot([each.x for each in points], values, marker="o", label=name)
    axes.set(xlabel=series.unit, ylabel="seconds", title=f"frontleak scan: {series.name}", ylim=(0, None))
    axes.grid(visible=True, alpha=0.3)
    axes.legend()
    figure.savefig(file, metadata={"Date": None})


def measure_all(options: argparse.Namespace) -> None:
    """Measure the chosen series, and write data and pictures."""
    before = load.sample()
    load.check(before, allow_busy=options.busy)
    binary, _ = tools.find_frontleak(options.frontleak)
    points: list[Point] = []
    options.output.mkdir(parents=True, exist_ok=True)
    chosen = [series for series in SERIES if series.name in options.series]
    with tempfile.TemporaryDirectory() as folder:
        stage = run.make_stage(Path(folder), corpus.prepare_folder(options.dir))
        for series in chosen:
            for x in series.steps:
                points.append(point(series, x, binary, stage, options.rounds))
                print(points[-1], flush=True)
            write_csv(points, options.output / "growth.csv")
    for series in chosen if options.pictures else ():
        own = [each for each in points if each.series == series.name]
        draw(series, own, options.output / f"{series.name}.svg")


def main() -> int:
    """Measure; return 2 for an error."""
    names = [series.name for series in SERIES]
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--series", nargs="+", choices=names, default=names, help="default: all")
    parser.add_argument("--rounds", type=int, default=5, help="timed runs of each scan, of which the least counts")
    parser.add_argument("--busy", action="store_true", help="measure on a busy machine too; the data tells how busy")
    parser.add_argument("--no-pictures", dest="pictures", action="store_false", help="write the data only")
    parser.add_argument("--frontleak", default="frontleak", help="the frontleak command")
    parser.add_argument("--dir", type=Path, default=corpus.DEFAULT_FOLDER, help="cache folder")
    parser.add_argument("--output", type=Path, default=FOLDER, help="folder for data and pictures")
    try:
        measure_all(parser.parse_args())
    except (load.BusyError, PeersError, RuntimeError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
