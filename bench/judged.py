"""Scan checkouts of public repositories whose findings were all judged by reading the code, and compare.

Nothing is downloaded: the checkouts are given on the command line. judged.toml names each repository, its commit, and
the verdict on each finding. A finding without a verdict, or a verdict without its finding, is a failure.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

JUDGED_FILE: Final = Path(__file__).with_name("judged.toml")
_AT_COMMIT: Final = re.compile(r"-([0-9a-f]{40})$")
"""The end of the folder's name in an archive that GitHub makes of a commit."""


class JudgedError(Exception):
    """A checkout is missing, unknown or of another commit, or could not be scanned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What reading the code says about a finding."""

    rule: str
    path: str
    """Path in the repository; a member of an archive follows `!/`."""
    true: bool
    reason: str
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """A repository at a commit."""

    name: str
    """Owner and name."""
    commit: str
    uses: str
    """What makes it a test of the analysis."""
    read: str
    """What was read to look for secrets that a scan misses, and the result."""
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The scan of a repository beside its verdicts."""

    repository: Repository
    report: dict[str, Any]

    @property
    def found(self) -> dict[str, dict[str, Any]]:
        """Fingerprint -> finding."""
        return {finding["fingerprint"]: finding for finding in self.report["findings"]}

    def faults(self) -> Iterator[str]:
        """Yield a message for each finding without a verdict, and each verdict without its finding."""
        judged = {verdict.fingerprint: verdict for verdict in self.repository.verdicts}
        for fingerprint, finding in self.found.items():
            if fingerprint not in judged:
                place = f"{finding['path']}:{finding['line']} {finding['rule']}"
                yield f"{self.repository.name}: {place} has no verdict; judge it in {JUDGED_FILE.name} ({fingerprint})"
        for fingerprint, verdict in judged.items():
            if fingerprint not in self.found:
                yield f"{self.repository.name}: {verdict.path} {verdict.rule} is judged but no longer found"


def load(path: Path = JUDGED_FILE) -> tuple[Repository, ...]:
    """Read the judged repositories."""
    data = tomllib.loads(path.read_text("utf-8"))
    return tuple(
        Repository(
            **{key: each[key] for key in ("name", "commit", "uses", "read")},
            verdicts=tuple(Verdict(**verdict) for verdict in each.get("finding", ())),
        )
        for each in data["repository"]
    )


def commit_of(checkout: Path) -> str:
    """Return the commit of a checkout: that of git, or the one in the folder's name, as in GitHub's archives."""
    if (checkout / ".git").exists():
        command = ["git", "-C", str(checkout), "rev-parse", "HEAD"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise JudgedError(f"{checkout}: {done.stderr.strip()}")
        return done.stdout.strip()
    if (named := _AT_COMMIT.search(checkout.name)) is None:
        raise JudgedError(f"{checkout}: no git checkout, and its name does not end in a commit")
    return named[1]


def matched(repositories: Sequence[Repository], checkouts: Sequence[Path]) -> Iterator[tuple[Repository, Path]]:
    """Yield each judged repository with its checkout.

    Raises:
        JudgedError: a repository has no checkout, or a checkout is of none of the commits.
    """
    at = {commit_of(checkout): checkout for checkout in checkouts}
    for commit in at.keys() - {repository.commit for repository in repositories}:
        raise JudgedError(f"{at[commit]} is at {commit}, which {JUDGED_FILE.name} does not list")
    for repository in repositories:
        if repository.commit not in at:
            raise JudgedError(f"{repository.name} at {repository.commit} is missing; give the folder of its checkout")
        yield repository, at[repository.commit]


def scan(frontleak: str, checkout: Path) -> dict[str, Any]:
    """Scan a checkout and return the JSON report."""
    command = [frontleak, "scan", ".", "--isolated", "--format=json"]
    done = subprocess.run(command, cwd=checkout, capture_output=True, check=False)
    if done.returncode not in {0, 1}:
        raise JudgedError(f"{checkout}: {done.stderr.decode().strip()}")
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def _rows(compared: Comparison) -> Iterator[str]:
    for verdict in compared.repository.verdicts:
        finding = compared.found.get(verdict.fingerprint)
        if finding is not None:
            place = f"`{finding['path']}:{finding['line']}`"
            severity, word = finding["severity"], "true" if verdict.true else "false"
            yield f"| {place} | `{verdict.rule}` | {severity} | {word} | {verdict.reason} |"


def render(compared: Sequence[Comparison]) -> str:
    """Return the comparison as a Markdown page."""
    verdicts = [verdict for each in compared for verdict in each.repository.verdicts]
    lines = [
        "# Findings in public repositories, judged\n",
        "Written by `python -m bench.judged`; [README.md](README.md) says how.\n",
        f"- Date: {datetime.now(tz=UTC):%Y-%m-%d}",
        f"- frontleak {compared[0].report['tool']['version']}",
        f"- Findings: {len(verdicts)}; false: {sum(not verdict.true for verdict in verdicts)}\n",
        "| repository | commit | what it is | files | imports read | parsed | findings | true | false |",
        "| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for each in compared:
        code = each.report["coverage"]["code"] or {"files": 0, "parsed": 0}
        files = sum(each.report["coverage"]["files"].values())
        true = sum(verdict.true for verdict in each.repository.verdicts)
        lines.append(
            f"| {each.repository.name} | `{each.repository.commit[:10]}` | {each.repository.uses} | {files:,} "
            f"| {code['files']:,} | {code['parsed']:,} | {len(each.found)} | {true} "
            f"| {len(each.repository.verdicts) - true} |"
        )
    lines += [
        "\n## Findings\n",
        "| place | rule | severity | verdict | reason |",
        "| --- | --- | --- | --- | --- |",
        *(row for each in compared for row in _rows(each)),
        "\n## Looked for, and not found\n",
        *(f"- **{each.repository.name}**: {each.repository.read}" for each in compared),
        "",
    ]
    return "\n".join(lines)


def main() -> int:
    """Scan the checkouts; return 1 when findings and verdicts differ, 2 for an error."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkouts", nargs="*", type=Path, metavar="FOLDER", help="a checkout of each repository")
    parser.add_argument("--list", action="store_true", help="print the repositories and commits, and scan nothing")
    parser.add_argument("--frontleak", default=str(Path(sys.executable).with_name("frontleak")), help="command to run")
    parser.add_argument("-o", "--output", type=Path, help="also write the results here")
    options = parser.parse_args()
    repositories = load()
    if options.list:
        print("\n".join(f"https://github.com/{each.name} {each.commit}" for each in repositories))
        return 0
    try:
        compared = [
            Comparison(repository=repository, report=scan(options.frontleak, checkout))
            for repository, checkout in matched(repositories, options.checkouts)
        ]
    except JudgedError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    page = render(compared)
    print(page)
    faults = [fault for each in compared for fault in each.faults()]
    for fault in faults:
        print(fault, file=sys.stderr)
    if options.output is not None and not faults:
        options.output.write_text(page, "utf-8")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
