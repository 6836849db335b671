"""Brings together what has one cause: a variable in an `.env` file, the code that publishes it, its value in a build.

Findings are joined where that is certain. The code findings of a variable with a public prefix have one cause, its
name. Any other variable is published by the place that passes it on, so two such places are two causes. A value belongs
to the variable that an `.env` file of the same project sets to it, if it is the only one and has no other value there.
"""

import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from frontleak.core.detection import Variable
from frontleak.core.finding import Finding, Place
from frontleak.core.paths import slashes
from frontleak.core.records import replace
from frontleak.core.vocabulary import WIDEST_FIRST, Exposure, Role, RuleKind
from frontleak.files.env_file import is_env_file

_FIRST_TO_FIX: Final = (RuleKind.CONFIG, RuleKind.USAGE, RuleKind.ENV_NAME, RuleKind.ENV_VALUE, RuleKind.PATTERN)
"""A setting publishes a variable whatever code reads it; code ships it whatever its name is; a value only follows."""
_ROLES: Final = tuple(Role)


class Part(NamedTuple):
    """A finding of one rule or one secret, and the variables that it is about."""

    finding: Finding
    variables: frozenset[Variable]


class _Cause(NamedTuple):
    """What findings may have in common: a variable of a project; suppressed ones are joined among themselves."""

    name: str
    folder: str
    suppressed: bool


def join_causes(
    parts: Sequence[Part], is_ignored: Callable[[str], bool], from_top: Callable[[str], str] = str
) -> list[Finding]:
    """Return the findings, those with one cause joined to one. It is linear in the number of parts.

    A joined finding is that of the place to fix first: its rule, text and fingerprint. It has the places of all, the
    worst severity, and the secret. A part that something suppresses is not joined with parts that count, so it hides
    none of their places.

    Args:
        parts: one for each finding.
        is_ignored: whether the configuration ignores a fingerprint. A part with such a fingerprint stays alone, unless
            it is the one to fix first: then all are ignored.
        from_top: path as displayed -> path from the top of the project, which decides between equals.
    """
    members = _members(parts)
    joined: dict[int, Finding] = {}
    gone: set[int] = set()
    for numbers in members.values():
        first, *others = sorted(numbers, key=lambda number: _urgency(parts[number].finding, from_top))
        if not is_ignored(parts[first].finding.fingerprint):
            others = [number for number in others if not is_ignored(parts[number].finding.fingerprint)]
        if others:
            joined[first] = _joined(parts[first].finding, [parts[number].finding for number in others])
            gone.update(others)
    return [joined.get(number, part.finding) for number, part in enumerate(parts) if number not in gone]


def _members(parts: Sequence[Part]) -> dict[_Cause, list[int]]:
    """Return cause -> indices of its parts, each index once."""
    public: set[_Cause] = set()
    code: defaultdict[_Cause, list[int]] = defaultdict(list)
    for number, (finding, variables) in enumerate(parts):
        if finding.kind.is_code and len(variables) == 1:
            (variable,) = variables
            cause = _Cause(variable.name, variable.folder, finding.suppression is not None)
            code[cause].append(number)
            if variable.public:
                public.add(cause)
    found = {cause: numbers for cause, numbers in code.items() if cause in public or len(numbers) == 1}
    for number, cause in _values(parts, found):
        found[cause].append(number)
    return found


def _values(parts: Sequence[Part], causes: Mapping[_Cause, object]) -> Iterator[tuple[int, _Cause]]:
    """Yield each part that is the value of a variable: the only value of one, and of no other."""
    by_name: defaultdict[tuple[str, bool], list[_Cause]] = defaultdict(list)
    for cause in causes:
        by_name[cause.name, cause.suppressed].append(cause)
    own_folder = _ProjectFolders({cause.folder for cause in causes})
    set_by: defaultdict[str, set[Variable]] = defaultdict(set)
    """Digest -> variables with that value, also those whose line is suppressed."""
    for finding, variables in parts:
        if finding.secret is not None and not finding.kind.is_code:
            set_by[finding.secret.digest] |= variables
    values: defaultdict[_Cause, list[int]] = defaultdict(list)
    for number, (finding, _) in enumerate(parts):
        if not finding.kind.is_value or finding.secret is None or not _may_join(finding):
            continue
        meant = {
            _Cause(variable.name, folder, finding.suppression is not None)
            for variable in set_by[finding.secret.digest]
            if by_name.get((variable.name, finding.suppression is not None))
            for folder in (own_folder.of(variable.folder),)
        }
        known = [cause for cause in meant if cause in causes]
        if len(known) == 1:
            values[known[0]].append(number)
    yield from ((numbers[0], cause) for cause, numbers in values.items() if len(numbers) == 1)


def _may_join(finding: Finding) -> bool:
    """Return whether a value may belong to a variable: a stale copy is fixed on its own, the hidden stays so."""
    return finding.exposure in {Exposure.SERVED, Exposure.SOURCE} and not finding.place.stale_twin


class _ProjectFolders:
    """Finds the project of an `.env` file among those that have findings."""

    def __init__(self, folders: set[str]) -> None:
        self._folders = folders
        self._known: dict[str, str] = {}

    def of(self, folder: str) -> str:
        """Return the nearest project at or above a folder; empty if a package without findings is nearer."""
        if folder not in self._known:
            self._known[folder] = self._find(slashes(os.path.abspath(folder)))
        return self._known[folder]

    def _find(self, folder: str) -> str:
        above = ""
        while folder != above:
            if folder in self._folders:
                return folder
            if os.path.isfile(f"{folder.rstrip('/')}/package.json"):
                return ""
            above, folder = folder, os.path.dirname(folder)
        return ""


def _urgency(finding: Finding, from_top: Callable[[str], str]) -> tuple[int, int, int, str, int, str]:
    place = finding.place
    path = from_top(place.origin.path)
    kind = _FIRST_TO_FIX.index(finding.kind)
    return kind, finding.severity.rank, finding.confidence.rank, path, place.offset, finding.rule_id


def _joined(first: Finding, others: Sequence[Finding]) -> Finding:
    every = (first, *others)
    worst = min(every, key=lambda each: (each.severity.rank, each.confidence.rank))
    value = next((each for each in others if each.secret is not None), None)
    without = min((each for each in every if each is not value), key=lambda each: each.severity.rank)
    place, *also_at = _places(every)
    context: dict[str, tuple[str, ...]] = {}
    for each in every:
        for name, facts in each.context.items():
            context[name] = tuple(dict.fromkeys((*context.get(name, ()), *facts)))
    return replace(
        first,
        severity=worst.severity,
        confidence=worst.confidence,
        exposure=min((each.exposure for each in every), key=WIDEST_FIRST.index),
        place=place,
        also_at=tuple(also_at),
        secret=value.secret if value is not None else None,
        secret_rule=value.rule if value is not None else None,
        severity_without_secret=without.severity if value is not None else None,
        context=context,
    )


def _places(findings: Sequence[Finding]) -> Iterator[Place]:
    """Yield the places, each line of a source file once: the one to fix, then one of each role, then the others."""
    seen: set[tuple[str, int]] = set()
    by_role: dict[Role, list[Place]] = {role: [] for role in _ROLES}
    for finding in findings:
        own = [_with_role(finding, place) for place in (finding.place, *finding.also_at)]
        new = [place for place in own if place.role is Role.VALUE or _line(place) not in seen]
        seen.update(map(_line, own))
        for place in new:
            if place.role is not None:
                by_role[place.role].append(place)
    first = _with_role(findings[0], findings[0].place)
    yield first
    rest = {role: [place for place in places if place != first] for role, places in by_role.items()}
    yield from (places[0] for places in rest.values() if places)
    yield from (place for places in rest.values() for place in places[1:])


def _line(place: Place) -> tuple[str, int]:
    return place.origin.path, place.line


def _with_role(finding: Finding, place: Place) -> Place:
    role = place.role
    if role is None:
        sets = place.exposure is Exposure.SOURCE and is_env_file(place.origin.path.rpartition("/")[2])
        role = Role.USE if finding.kind.is_code else Role.DEFINITION if sets else Role.VALUE
    return replace(place, role=role, rule_id=finding.rule_id)
