"""Analysis of source code: runs the check of every rule over the files of every project."""

import itertools
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple, Protocol

from frontleak.core.detection import Detection
from frontleak.core.diagnostic import Code, Diagnostic, incomplete
from frontleak.core.origins import FileOrigin
from frontleak.core.records import dataclass, replace
from frontleak.core.run_budget import Resource, RunBudget
from frontleak.js.parse import available
from frontleak.js.references import Observations
from frontleak.misuse.detection_builder import DetectionBuilder
from frontleak.misuse.diagnostics import code_note
from frontleak.misuse.misuse import Misuse
from frontleak.misuse.project import AnalysedProject
from frontleak.misuse.registry import check_named
from frontleak.modulegraph.reachability import ImportPath
from frontleak.rules.misuse_rule import MisuseRule

NOT_ANALYSED: Final = (
    "source code was not analysed: tree-sitter is not installed "
    "(pip install tree-sitter tree-sitter-javascript tree-sitter-typescript)"
)
"""Message when no parser is available."""
UNREAD: Final = (
    "its code was not analysed: the file is unreadable, binary or generated (over 1 MB, or a line of 20 kB or more)"
)
"""Message about a file that is not read."""
GIVEN_UP: Final = "its code was analysed only in part: resolving its names takes too many steps"
"""Message about a file that exceeds the step budget of its references."""
MOST_MISUSES: Final = 1_000
"""Findings per file and rule."""
MOST_ALONE: Final = 80
"""Files of a project that may be parsed from which on other processes take part: they parse again what several files
import."""
UNPARSED: Final = "its code was not analysed: parsing it takes too many steps; check its syntax"
"""Message about a file that is not code, or whose syntax exceeds the parser's budget."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeResult:
    """Result of analysing all projects."""

    detections: tuple[Detection, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    files: int = 0
    """Source files whose imports were scanned; 0 when there was no project to analyse."""
    parsed: int = 0
    """Parsed files."""
    damaged: int = 0
    """Files among them that could be parsed only in part."""


class FileMisuses(NamedTuple):
    """The result of a file."""

    misuses: Mapping[str, Sequence[Misuse]]
    """Rule id -> misuses, one more than are kept if there are too many."""
    noticed: Observations | None = None
    """What was noticed if the file was analysed in another process."""


class Spread(Protocol):
    """Applies a function to paths, in several processes if there are many, and returns the results in their order."""

    def __call__(
        self,
        paths: Sequence[str],
        function: Callable[[str], FileMisuses],
        died: Callable[[str, int | None], FileMisuses],
    ) -> list[FileMisuses]:
        """Apply `function` to `paths`; `died` returns the result of a path whose process died with an exit code."""


class _Run(NamedTuple):
    """What holds for all projects of an analysis."""

    rules: Sequence[MisuseRule]
    shown: Callable[[str], str]
    budget: RunBudget
    spread: Spread | None
    diagnostics: list[Diagnostic]
    """What was not analysed is added."""


def analyse(
    projects: Iterable[AnalysedProject],
    rules: Sequence[MisuseRule],
    shown: Callable[[str], str],
    from_top: Callable[[str], str] | None = None,
    budget: RunBudget | None = None,
    spread: Spread | None = None,
) -> CodeResult:
    """Run rules over projects.

    Args:
        projects: the projects in the scan.
        rules: the enabled rules.
        shown: absolute path -> path in reports.
        from_top: absolute path -> path from the top of the project, for identities; None for that in reports.
        budget: counts the findings of the whole run.
        spread: forks processes for large projects; None for this process alone.
    """
    run = _Run(tuple(rules), shown, budget or RunBudget(), spread, [])
    detections: list[Detection] = []
    seen: dict[int, tuple[int, int, int]] = {}
    for project in projects:
        if not available():
            return CodeResult(diagnostics=(_displayed(code_note(project.folder, NOT_ANALYSED), shown),))
        builder = DetectionBuilder(project, shown, from_top)
        detections += _detections(run, project, builder)
        messages = run.budget.refused()
        reached = (incomplete(Code.RUN_LIMIT, FileOrigin(path=project.folder), message) for message in messages)
        run.diagnostics.extend(
            _displayed(each, shown) for each in (*reached, *_failures(project), *project.diagnostics())
        )
        # the projects of one tree share their references, so count each tree once
        read = project.references.files
        seen[id(project.references)] = (project.looked_at(), read.count, len(read.damaged))
    if not seen:
        return CodeResult()
    files, parsed, damaged = (sum(counts) for counts in zip(*seen.values(), strict=True))
    return CodeResult(
        detections=tuple(detections),
        diagnostics=tuple(dict.fromkeys(run.diagnostics)),
        files=files,
        parsed=parsed,
        damaged=damaged,
    )


def _detections(run: _Run, project: AnalysedProject, builder: DetectionBuilder) -> Iterator[Detection]:
    rules, budget = run.rules, run.budget
    found: dict[str, list[Misuse]] = {rule.id: [] for rule in rules}
    for path, result in zip(project.paths, _results(run, project), strict=False):
        if sum(map(len, found.values())) > budget.left(Resource.FINDINGS) or not budget.has(Resource.FINDINGS):
            break
        if result.noticed is not None:
            project.references.observe(result.noticed)
        for rule in rules:
            misuses = result.misuses.get(rule.id, ())
            found[rule.id] += misuses[:MOST_MISUSES]
            if len(misuses) > MOST_MISUSES:
                reason = f"more than {MOST_MISUSES} findings of {rule.id}; only the first {MOST_MISUSES} are listed"
                run.diagnostics.append(incomplete(Code.TOO_MANY_FINDINGS, FileOrigin(path=run.shown(path)), reason))
    for rule in rules:
        remaining = found[rule.id]
        if subsumption := check_named(rule.check).subsumption:
            others = [found[other.id] for other in rules if check_named(other.check) in subsumption.by]
            remaining = subsumption.remaining(project, remaining, list(itertools.chain(*others)))
        kept = list(_deduplicated(remaining))
        yield from (builder.detection(rule, misuse) for misuse in kept[: budget.take(Resource.FINDINGS, len(kept))])


def _results(run: _Run, project: AnalysedProject) -> Iterable[FileMisuses]:
    """Return the result of each file, in order; file by file, so that each is parsed once in a process."""
    if run.spread is None or sum(map(project.may_be_parsed, project.paths)) < MOST_ALONE:
        return (FileMisuses(_misuses(project, run.rules, path)) for path in project.paths)
    project.reachability.prepare()
    for rule in run.rules:
        check_named(rule.check).prepare(project)
    process, sent = os.getpid(), 0

    def result(path: str) -> FileMisuses:
        nonlocal sent
        misuses = _misuses(project, run.rules, path)
        if os.getpid() == process:
            return FileMisuses(misuses)
        noticed = project.references.observations(sent)
        sent += len(noticed.parsed)
        return FileMisuses(misuses, noticed)

    def died(path: str, code: int | None) -> FileMisuses:
        why = "no other could be started" if code is None else f"exit code {code}"
        message = f"the worker process died while analysing it ({why})"
        run.diagnostics.append(incomplete(Code.WORKER_DIED, FileOrigin(path=run.shown(path)), message))
        return FileMisuses({})

    return run.spread(project.paths, result, died)


def _misuses(project: AnalysedProject, rules: Sequence[MisuseRule], path: str) -> dict[str, list[Misuse]]:
    found: dict[str, list[Misuse]] = {}
    for rule in rules:
        misuses = list(itertools.islice(check_named(rule.check).find(project, path, rule), MOST_MISUSES + 1))
        if project.given and path not in project.given:
            misuses = [misuse for misuse in misuses if _passes_through(misuse, project.given)]
        if misuses:
            found[rule.id] = misuses
    return found


def _passes_through(misuse: Misuse, given: frozenset[str]) -> bool:
    """Return whether the import path of a misuse passes through a file that was passed to the scan."""
    return misuse.import_path is not None and any(hop.node.path in given for hop in misuse.import_path.hops)


def _failures(project: AnalysedProject) -> Iterator[Diagnostic]:
    """Yield a diagnostic of each file whose analysis failed or is incomplete."""
    for path in project.paths:
        if path in project.references.files.unread:
            yield code_note(path, UNREAD if project.read(path) is None else UNPARSED)
        elif path in project.references.given_up:
            yield code_note(path, GIVEN_UP)


def _displayed(diagnostic: Diagnostic, shown: Callable[[str], str]) -> Diagnostic:
    return replace(diagnostic, origin=FileOrigin(path=shown(diagnostic.origin.path)))


def _deduplicated(misuses: Iterable[Misuse]) -> Iterator[Misuse]:
    """Yield each place once, with its shortest import path."""
    found: dict[tuple[str, int, int], Misuse] = {}
    for misuse in misuses:
        key = (misuse.path, misuse.start, misuse.end)
        previous = found.get(key)
        if previous is None or _length(misuse.import_path) < _length(previous.import_path):
            found[key] = misuse
    yield from found.values()


def _length(import_path: ImportPath | None) -> int:
    return len(import_path.hops) if import_path else 0
