"""Render timings as Markdown and check them against the budgets."""

from __future__ import annotations

import os
import platform
import re
import statistics
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bench.corpus import Size
from bench.load import MOST_BUSY
from bench.measure import Sample
from bench.tools import FRONTLEAK, Tool
from bench.workloads import Workload

BUDGETS_FILE = Path(__file__).with_name("budgets.toml")

NOTHING = "-"


@dataclass(slots=True, kw_only=True)
class Row:
    """Results of one tool on one workload; each round appends to `samples` and `ratios`."""

    tool: Tool
    warm_up: Sample
    """The first run, which watches the process tree; its times are not used."""
    findings: int | None
    """Number of findings; None without a readable report."""
    planted_found: bool
    samples: list[Sample] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)
    """Wall time divided by that of frontleak, per pair."""

    @property
    def failure(self) -> str | None:
        """Why the times are invalid; None if every run succeeded."""
        for sample in (self.warm_up, *self.samples):
            if sample.exit_code not in self.tool.recipe.exit_codes:
                return f"failed with exit code {sample.exit_code}"
        return "wrote no report" if self.findings is None else None

    @property
    def wall(self) -> float:
        """Median wall time in seconds."""
        return statistics.median(sample.wall for sample in self.samples)

    @property
    def cpus(self) -> list[float]:
        """CPU time of each run, user and system, in seconds."""
        return [sample.user + sample.system for sample in self.samples]

    @property
    def largest_mb(self) -> float:
        """Peak resident memory of the largest process in any run, in MB."""
        return max(sample.largest_kib for sample in (self.warm_up, *self.samples)) * 1024 / 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Results of all tools on one workload."""

    workload: Workload
    rows: tuple[Row, ...]
    others: float = 0.0
    """Share of all processors that other programs used meanwhile, 0 to 1."""


def amount(size: Size) -> str:
    """Render the size of a workload."""
    scaled = f"{size.bytes / 1e6:,.1f} MB" if size.bytes >= 1_000_000 else f"{size.bytes / 1e3:,.0f} kB"
    return f"{size.files:,} files, {scaled}" if size.files > 1 else scaled


def span(values: Sequence[float], digits: int) -> str:
    """Render the range of values."""
    return f"{min(values):.{digits}f} to {max(values):.{digits}f}"


def megabytes(kib: int | None) -> str:
    """Render an amount of memory in MB."""
    return f"{kib * 1024 / 1e6:.0f}" if kib else NOTHING


def render_row(row: Row, *, planted: bool) -> list[str]:
    """Return the cells of a tool's row."""
    if row.failure is not None:
        return [row.tool.name, row.failure, *[NOTHING] * 9]
    walls = [sample.wall for sample in row.samples]
    ratio = NOTHING
    if row.ratios:
        ratio = f"{statistics.median(row.ratios):.2f} ({span(row.ratios, 2)})"
    return [
        row.tool.name,
        f"{row.wall:.3f}",
        span(walls, 3),
        f"{statistics.median(row.cpus):.2f}",
        f"{min(row.cpus):.2f}",
        f"{statistics.median(sample.system for sample in row.samples):.2f}",
        ratio,
        f"{row.largest_mb:.0f}" if row.largest_mb else NOTHING,
        megabytes(row.warm_up.tree_kib),
        NOTHING if row.findings is None else f"{row.findings:,}",
        ("yes" if row.planted_found else "no") if planted else NOTHING,
    ]


def render_table(lines: Sequence[Sequence[str]]) -> str:
    """Render a Markdown table with the first line as header; all but the first column are right-aligned."""
    head, *body = lines
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(line)} |" for line in (head, rule, *body))


def render_section(section: Section) -> str:
    """Render the table of one workload."""
    workload = section.workload
    head = ["tool", "wall s", "range", "CPU s", "least CPU s", "of it system s", "x frontleak (range)"]
    head += ["largest process MB", "all processes MB", "findings", "planted token found"]
    cells = [render_row(row, planted=workload.planted) for row in section.rows]
    disturbed = f"Other programs used {section.others:.0%} of the processors meanwhile.\n"
    title = f"{workload.title}: {amount(workload.size)}"
    return f"## {workload.name}\n\n{title}\n\n{render_table([head, *cells])}\n\n{disturbed}"


def cpu_model() -> str:
    """Return the CPU model as the system reports it."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.machine()
    found = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return found[1].strip() if found else platform.machine()


def machine() -> str:
    """Describe the machine without its host name."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    kernel = re.match(r"\d+(\.\d+)*", platform.release())
    system = f"{platform.system()} {kernel[0] if kernel else ''}".strip()
    return f"{os.cpu_count()} cores, {cpu_model()}, {platform.machine()}, {memory:.0f} GiB of memory, {system}"


def render_load(before: float, sections: Sequence[Section] = ()) -> str:
    """Say how much of the machine other programs used; with the word `busy` if that was too much."""
    most = max((before, *(section.others for section in sections)))
    text = f"other programs used {before:.0%} of the processors before"
    text += f", at most {most:.0%} in all" if sections else ""
    return text if most <= MOST_BUSY else f"{text}: busy, not to be quoted"


def render_head(tools: Sequence[Tool], rounds: int, load: str) -> str:
    """Render date, machine, versions and command lines."""
    versions = [["tool", "version", "newest wheel"], *([tool.name, tool.version, tool.newest] for tool in tools)]
    commands = "\n".join(tool.shown_command for tool in tools)
    today = datetime.now(UTC).date().isoformat()
    return (
        "# Timings\n\n"
        "Written by `python -m bench.run`; [README.md](README.md) explains the columns.\n\n"
        f"- Date: {today}\n"
        f"- Machine: {machine()}\n"
        f"- Rounds: {rounds}, after one warm-up; medians\n"
        f"- Load: {load}\n\n"
        f"{render_table(versions)}\n\n"
        f"```sh\n{commands}\n```\n"
    )


def render(sections: Sequence[Section], tools: Sequence[Tool], rounds: int, before: float) -> str:
    """Render the complete report; `before` is the share of the processors that others used when it began."""
    parts = [
        render_head(tools, rounds, render_load(before, sections)),
        *(render_section(section) for section in sections),
    ]
    return "\n".join(parts)


def missed_budgets(sections: Sequence[Section], path: Path = BUDGETS_FILE) -> list[str]:
    """Return one line per budget that frontleak exceeded."""
    budgets = tomllib.loads(path.read_text(encoding="utf-8"))
    missed = []
    for section in sections:
        name = section.workload.name
        for row in section.rows:
            if row.tool.name != FRONTLEAK:
                continue
            if row.failure is not None:
                missed.append(f"{name}: frontleak {row.failure}")
                continue
            if row.wall > (limit := budgets["seconds"][name]):
                missed.append(f"{name}: {row.wall:.3f} s, budget {limit} s")
            if row.largest_mb > (limit := budgets["memory"]["largest"]):
                missed.append(f"{name}: {row.largest_mb:.0f} MB, budget {limit} MB")
    return missed


def faster_scanners(sections: Sequence[Section]) -> list[str]:
    """Return one line per scanner that was faster than frontleak on a build, by the median ratio."""
    return [
        f"{section.workload.name}: {row.tool.name} takes {statistics.median(row.ratios):.2f} of frontleak's time"
        for section in sections
        if section.workload.is_build
        for row in section.rows
        if row.tool.recipe.is_scanner and row.failure is None and row.ratios and statistics.median(row.ratios) < 1
    ]
