"""Command line of each tool, and how to count its findings."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import peers

TARGET = "TARGET"
"""Placeholder for the files or the folder to scan."""

REPORT = "REPORT"
"""Placeholder for the report file; without it, the report is standard output."""

FRONTLEAK = "frontleak"


def count_json(report: str) -> int:
    """Count the findings of a JSON report, which is a list or has a list `findings`."""
    data = json.loads(report)
    return len(data if isinstance(data, list) else data["findings"])


def count_lines(report: str) -> int:
    """Return the sum of the counts in `path:count` lines."""
    return sum(int(line.rpartition(":")[2]) for line in report.splitlines())


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How to run a tool."""

    binary: str
    """Name of the binary, as in `peers.BINARIES`."""
    arguments: tuple[str, ...]
    exit_codes: frozenset[int]
    """Exit codes of a successful scan, with or without findings."""
    count: Callable[[str], int] = count_json
    is_scanner: bool = True
    """Whether it is a secret scanner like frontleak."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A recipe and the binary to run."""

    name: str
    version: str
    binary: Path
    recipe: Recipe
    newest: str = "-"
    """Newest version of its wheel on the index; a dash where it has none."""

    def command(self, targets: Sequence[Path], report: Path) -> list[str | Path]:
        """Return the command line that scans targets and writes a report."""
        words: list[str | Path] = [self.binary]
        for word in self.recipe.arguments:
            if word == TARGET:
                words += targets
            else:
                words.append(report if word == REPORT else word)
        return words

    @property
    def prints_report(self) -> bool:
        """Whether the tool writes its report to standard output."""
        return REPORT not in self.recipe.arguments

    @property
    def shown_command(self) -> str:
        """The command line as typed, with its two placeholders."""
        words = [f"'{word}'" if "[" in word else word for word in self.recipe.arguments]
        end = f" > {REPORT}" if self.prints_report else ""
        return " ".join([self.binary.name, *words]) + end


KINGFISHER_ARGUMENTS = (
    "scan",
    TARGET,
    "--git-history",
    "none",
    "--no-validate",
    "--no-update-check",
    "--quiet",
    "--format",
    "json",
    "--output",
    REPORT,
)

RECIPES = {
    FRONTLEAK: Recipe(
        binary=FRONTLEAK,
        arguments=("scan", TARGET, "--format", "json", "-o", REPORT),
        exit_codes=frozenset({0, 1}),
    ),
    "betterleaks": Recipe(
        binary="betterleaks",
        arguments=(
            "fs",
            TARGET,
            "--silent",
            "--no-color",
            "--log-level",
            "error",
            "--exit-code",
            "0",
            "-o",
            REPORT,
        ),
        exit_codes=frozenset({0}),
    ),
    "gitleaks": Recipe(
        binary="gitleaks",
        arguments=(
            "dir",
            TARGET,
            "--no-banner",
            "--no-color",
            "--log-level",
            "error",
            "--exit-code",
            "0",
            "--report-format",
            "json",
            "--report-path",
            REPORT,
        ),
        exit_codes=frozenset({0}),
    ),
    "kingfisher": Recipe(
        binary="kingfisher",
        arguments=KINGFISHER_ARGUMENTS,
        exit_codes=frozenset({0, 200}),
    ),
    "kingfisher-turbo": Recipe(
        binary="kingfisher",
        arguments=(*KINGFISHER_ARGUMENTS, "--turbo"),
        exit_codes=frozenset({0, 200}),
    ),
    "ripgrep": Recipe(
        binary="ripgrep",
        arguments=("-uuu", "--no-messages", "--count-matches", "sk[A-Za-z0-9]{78}", TARGET),
        exit_codes=frozenset({0, 1}),
        count=count_lines,
        is_scanner=False,
    ),
}
"""All tools, run without git history, validation and network, each with one report."""


def find_frontleak(wanted: str) -> tuple[Path, str]:
    """Return the frontleak binary and its version."""
    binary = shutil.which(wanted)
    if binary is None:
        raise peers.PeersError(f"command {wanted} not found; pass its path with --frontleak")
    path = Path(binary).absolute()
    return path, peers.own_version(path)


def available(names: Sequence[str], *, frontleak: str, peers_folder: Path) -> list[Tool]:
    """Return the named tools, ready to run, frontleak first."""
    binaries: dict[str, tuple[Path, str]] = {}
    if FRONTLEAK in names:
        binaries[FRONTLEAK] = find_frontleak(frontleak)
    if any(name != FRONTLEAK for name in names):
        binaries |= {peer.name: (peer.binary, peer.version) for peer in peers.find(peers_folder)}
    tools = []
    for name, recipe in RECIPES.items():
        if name in names:
            binary, version = binaries[recipe.binary]
            newest = peers.newest(recipe.binary) if recipe.binary in peers.DISTRIBUTIONS else "-"
            tools.append(Tool(name=name, version=version, binary=binary, recipe=recipe, newest=newest))
    return tools
