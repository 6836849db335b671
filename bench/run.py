"""Time frontleak against its peers in pairs and report medians."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import corpus, load, measure, peers, report, summary, tools, workloads

RESULTS_FILE = Path(__file__).with_name("RESULTS.md")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Working folder and environment of the tools."""

    folder: Path
    environment: dict[str, str]

    @property
    def report_file(self) -> Path:
        """Report of the tool; betterleaks requires the suffix."""
        return self.folder / "report.json"

    @property
    def error_file(self) -> Path:
        """Standard error of the tool."""
        return self.folder / "errors"


def make_stage(folder: Path, cache: Path) -> Stage:
    """Return a stage in which tools see no user settings and keep their caches."""
    home = cache / "home"
    home.mkdir(exist_ok=True)
    environment = {"HOME": str(home), "LANG": "C.UTF-8", "PATH": os.environ["PATH"]}
    return Stage(folder=folder, environment=environment)


def scan(tool: tools.Tool, workload: workloads.Workload, stage: Stage, *, watch: bool = False) -> measure.Sample:
    """Run a tool once on a workload."""
    by_name = workload.names_files and tool.name == tools.FRONTLEAK
    command = tool.command(workload.targets(by_name=by_name), stage.report_file)
    stage.report_file.unlink(missing_ok=True)
    stdout = stage.report_file if tool.prints_report else Path(os.devnull)
    with stdout.open("wb") as output, stage.error_file.open("wb") as errors:
        return measure.run(
            command,
            folder=stage.folder,
            environment=stage.environment,
            output=output,
            errors=errors,
            watch=watch,
        )


def read_report(tool: tools.Tool, stage: Stage) -> tuple[int | None, bool]:
    """Return the number of findings in the last report, and whether it names the planted file."""
    try:
        text = stage.report_file.read_text(encoding="utf-8", errors="replace")
        return tool.recipe.count(text), corpus.PLANTED_NAME in text
    except (OSError, ValueError, KeyError):
        return None, False


def warm_up(tool: tools.Tool, workload: workloads.Workload, stage: Stage) -> report.Row:
    """Run a tool once to fill caches, measure memory and read its findings."""
    sample = scan(tool, workload, stage, watch=True)
    findings, planted_found = read_report(tool, stage)
    row = report.Row(tool=tool, warm_up=sample, findings=findings, planted_found=planted_found)
    if row.failure is not None:
        message = stage.error_file.read_text(encoding="utf-8", errors="replace")[-500:]
        print(f"{tool.name} {row.failure} on {workload.name}: {message}", file=sys.stderr)
    return row


def time_pairs(rows: Sequence[report.Row], workload: workloads.Workload, stage: Stage) -> None:
    """Run one round: frontleak and then the peer, for each peer."""
    first = next((row for row in rows if row.tool.name == tools.FRONTLEAK), None)
    others = [row for row in rows if row is not first]
    if first is not None and not others:
        first.samples.append(scan(first.tool, workload, stage))
    for other in others:
        if first is not None:
            first.samples.append(scan(first.tool, workload, stage))
        other.samples.append(scan(other.tool, workload, stage))
        if first is not None:
            other.ratios.append(other.samples[-1].wall / first.samples[-1].wall)


def compare(chosen: Sequence[tools.Tool], workload: workloads.Workload, stage: Stage, rounds: int) -> report.Section:
    """Time all tools on one workload, except those that fail the warm-up."""
    rows = [warm_up(tool, workload, stage) for tool in chosen]
    working = [row for row in rows if row.failure is None]
    before = load.read_clock()
    for _ in range(rounds):
        time_pairs(working, workload, stage)
    others = load.share_of_others(before, load.read_clock(), os.cpu_count() or 1)
    return report.Section(workload=workload, rows=tuple(rows), others=others)


def parse_arguments(spec: corpus.CorpusSpec) -> argparse.Namespace:
    """Parse the command line."""
    names = workloads.all_names(spec)

    def choice(allowed: Sequence[str], text: str) -> list[str]:
        chosen = text.split(",")
        if unknown := [name for name in chosen if name not in allowed]:
            raise argparse.ArgumentTypeError(f"unknown: {', '.join(unknown)}; choose from {', '.join(allowed)}")
        return chosen

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--views",
        type=lambda text: choice(names, text),
        default=names,
        metavar="NAME,...",
        help=f"from {', '.join(names)}; default: all",
    )
    parser.add_argument(
        "--only",
        type=lambda text: choice(list(tools.RECIPES), text),
        default=list(tools.RECIPES),
        metavar="TOOL,...",
        help=f"from {', '.join(tools.RECIPES)}; default: all",
    )
    parser.add_argument("--rounds", type=int, default=5, help="timed runs per pair; at least 3 to write a file")
    parser.add_argument("--busy", action="store_true", help="measure on a busy machine too; the results will say so")
    parser.add_argument("--frontleak", default="frontleak", help="the frontleak command")
    parser.add_argument("--dir", type=Path, default=corpus.DEFAULT_FOLDER, help="cache folder")
    parser.add_argument("--peers", type=Path, default=peers.DEFAULT_PEERS, help="folder of the peers")
    parser.add_argument(
        "--output",
        type=Path,
        help=f"file to write; default: {RESULTS_FILE.name} for a full run, else none",
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="exit with 1 if frontleak exceeds a budget or a scanner is faster on a build",
    )
    options = parser.parse_args()
    if options.rounds < 1:
        parser.error("--rounds must be at least 1")
    if options.output is None and options.views == names and options.only == list(tools.RECIPES):
        options.output = RESULTS_FILE
    if options.output is not None and options.rounds < summary.LEAST_ROUNDS:
        parser.error(f"--rounds must be at least {summary.LEAST_ROUNDS} where results are written")
    return options


def run_all(spec: corpus.CorpusSpec, options: argparse.Namespace) -> list[report.Section]:
    """Build the workloads, time all tools, write the report and return its sections."""
    before = load.sample()
    load.check(before, allow_busy=options.busy)
    cache = corpus.prepare_folder(options.dir)
    chosen = tools.available(
        options.only, frontleak=options.frontleak, peers_folder=options.peers.expanduser().resolve()
    )
    work = list(workloads.build(spec, cache, options.views))
    sections = []
    print(report.render_head(chosen, options.rounds, report.render_load(before)), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        stage = make_stage(Path(folder), cache)
        for tool in chosen:
            scan(tool, work[0], stage)
        for workload in work:
            sections.append(compare(chosen, workload, stage, options.rounds))
            print(report.render_section(sections[-1]), flush=True)
    if options.output is not None:
        text = report.render(sections, chosen, options.rounds, before)
        options.output.write_text(text, encoding="utf-8")
    return sections


def main() -> int:
    """Run the benchmark; return 1 if a check failed, 2 for an error."""
    spec = corpus.load_spec()
    options = parse_arguments(spec)
    try:
        sections = run_all(spec, options)
    except (corpus.CorpusError, load.BusyError, peers.PeersError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    missed = [*report.missed_budgets(sections), *report.faster_scanners(sections)] if options.check else []
    for line in missed:
        print(f"missed: {line}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
