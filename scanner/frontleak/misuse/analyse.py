"""From files that are worth it to findings: every rule's check is run over the files of every project."""

import gc
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from frontleak.core.diagnostic import Skip
from frontleak.core.finding import Finding
from frontleak.core.origins import FileOrigin
from frontleak.js.parse import available
from frontleak.misuse.finding_builder import FindingBuilder
from frontleak.misuse.misuse import Misuse
from frontleak.misuse.project import AnalysedProject
from frontleak.misuse.registry import CHECKS
from frontleak.misuse.variable_names import public_prefix
from frontleak.modulegraph.reachability import ImportPath
from frontleak.rules.misuse_rule import MisuseRule

NOT_ANALYSED: Final = "no code was analysed, because tree-sitter is not installed here (pip install tree-sitter)"
"""Reason of the skip where nothing can be parsed."""
UNREAD: Final = (
    "its code was not analysed, because nobody wrote it: it is very long, or has a very long line, or is binary"
)
"""Reason of the skip of a file that is taken for generated."""
GIVEN_UP: Final = "its code was not followed to the end, because that takes too many steps"
"""Reason of the skip of a file whose names lead through too many others."""
MOST_MISUSES: Final = 1_000
"""Places in one file that one rule reports."""
UNPARSED: Final = "its code was not analysed, because it takes the parser too long"
"""Reason of the skip of a file whose text is no code, or so strange that the parser is stopped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeResult:
    """What the analysis of all projects gave."""

    findings: tuple[Finding, ...] = ()
    skips: tuple[Skip, ...] = ()
    files: int = 0
    """Source files whose imports were looked at; 0 when there was no project to analyse."""
    parsed: int = 0
    """Files that were parsed."""
    damaged: int = 0
    """Of those, files of which parts could not be parsed."""


def analyse(
    projects: Iterable[AnalysedProject], rules: Sequence[MisuseRule], shown: Callable[[str], str]
) -> CodeResult:
    """Run the rules over some projects.

    Args:
        projects: those that the scan met.
        rules: those that were chosen.
        shown: absolute path -> path as reports show it.
    """
    findings: list[Finding] = []
    skips: list[Skip] = []
    seen: dict[int, tuple[int, int, int]] = {}
    for project in projects:
        if not available():
            return CodeResult(skips=(_skip(project.folder, NOT_ANALYSED, shown),))
        with _uncollected():
            findings += _findings(project, rules, shown, skips)
        skips += (_skip(path, reason, shown) for path, reason in (*_unread(project), *project.gaps()))
        # the projects of one tree share a program
        seen[id(project.references)] = (project.looked_at(), project.references.parsed, len(project.references.damaged))
    if not seen:
        return CodeResult()
    files, parsed, damaged = (sum(counts) for counts in zip(*seen.values(), strict=True))
    return CodeResult(
        findings=tuple(findings), skips=tuple(dict.fromkeys(skips)), files=files, parsed=parsed, damaged=damaged
    )


def _findings(
    project: AnalysedProject, rules: Sequence[MisuseRule], shown: Callable[[str], str], skips: list[Skip]
) -> Iterator[Finding]:
    found: dict[str, list[Misuse]] = {rule.id: [] for rule in rules}
    for path in project.paths:  # one file after the other, so that each is parsed once
        for rule in rules:
            misuses = list(itertools.islice(CHECKS[rule.check](project, path, rule), MOST_MISUSES + 1))
            if project.given and path not in project.given:
                misuses = [misuse for misuse in misuses if _leads_through(misuse, project.given)]
            found[rule.id] += misuses[:MOST_MISUSES]
            if len(misuses) > MOST_MISUSES:
                reason = f"more than {MOST_MISUSES} findings of {rule.id}; only the first {MOST_MISUSES} are listed"
                skips.append(_skip(path, reason, shown, incomplete=True))
    explainer = FindingBuilder(project, shown)
    for rule in rules:
        misuses = found[rule.id]
        if rule.check == "public-env":
            tokens = [misuse for other in rules if other.check == "client-token" for misuse in found[other.id]]
            misuses = _unexplained(project, misuses, frozenset(name for misuse in tokens for name in misuse.names))
        yield from (explainer.finding(rule, misuse) for misuse in _unique(misuses))


def _leads_through(misuse: Misuse, given: frozenset[str]) -> bool:
    """Say whether the browser gets a misuse elsewhere through one of the files that the scan was given."""
    return misuse.import_path is not None and any(hop.node.path in given for hop in misuse.import_path.hops)


def _unexplained(project: AnalysedProject, misuses: Sequence[Misuse], explained: frozenset[str]) -> list[Misuse]:
    """Leave out the variables that are only read, of which another finding says how they come to a client as its token.

    One that is declared as well, in an `.env` file or as public, has a place more that is to be mended.
    """
    declared = {
        name
        for misuse in misuses
        for name in misuse.names
        if misuse.path in project.env_files or not public_prefix(name, project.framework_ids)
    }
    return [
        misuse for misuse in misuses if not explained.issuperset(misuse.names) or not declared.isdisjoint(misuse.names)
    ]


def _unread(project: AnalysedProject) -> Iterator[tuple[str, str]]:
    """Yield the files that were to be analysed and could not be, each with the reason."""
    for path in project.paths:
        if path in project.references.unread:
            yield path, UNREAD if project.read(path) is None else UNPARSED
        elif path in project.references.given_up:
            yield path, GIVEN_UP


def _skip(path: str, reason: str, shown: Callable[[str], str], *, incomplete: bool = False) -> Skip:
    return Skip(origin=FileOrigin(path=shown(path)), reason=reason, incomplete=incomplete)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep the garbage collector away from the nodes of trees: there are many, none in a cycle; a fifth of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _unique(misuses: Iterable[Misuse]) -> Iterator[Misuse]:
    """Yield each place once, with the shortest chain that leads to it."""
    found: dict[tuple[str, int, int], Misuse] = {}
    for misuse in misuses:
        key = (misuse.path, misuse.start, misuse.end)
        known = found.get(key)
        if known is None or _length(misuse.import_path) < _length(known.import_path):
            found[key] = misuse
    yield from found.values()


def _length(import_path: ImportPath | None) -> int:
    return len(import_path.hops) if import_path else 0
