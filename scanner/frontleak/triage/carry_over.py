"""Finds the findings of a scan that another scanner has accepted: by value where its file tells it, else by line."""

import os
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from hashlib import sha1, sha256
from typing import Final, NamedTuple

from frontleak.core.detection import Detection
from frontleak.core.finding import Place
from frontleak.core.origins import MemberOrigin
from frontleak.core.paths import slashes
from frontleak.core.report import BaselineEntry
from frontleak.core.suppression import SuppressionKind
from frontleak.core.vocabulary import Exposure
from frontleak.triage.foreign_baselines import ForeignEntry

_HIDDEN: Final = {
    Exposure.PUBLIC: "the key is public by design (--show-public)",
    Exposure.SERVER: "the secret is only in server output (--show-server)",
}

_DEEPEST: Final = 16
"""Parts of a name that are looked at as archives in archives."""


class Found(NamedTuple):
    """A detection of the scan, and the entry that a baseline has for it."""

    detection: Detection
    entry: BaselineEntry


class Carried(NamedTuple):
    """What becomes of one foreign entry: the entries of a baseline, or why there are none."""

    foreign: ForeignEntry
    entries: tuple[BaselineEntry, ...] = ()
    by_line: bool = False
    """Whether only the line tells what is meant, so that a person should look at it."""
    reason: str = ""
    """Why it is not carried over; empty if it is."""


class _Target(NamedTuple):
    """What a foreign entry means."""

    file: str
    """Absolute path of a file."""
    member: str = ""
    """Path inside it if it is an archive and a member of it is meant."""


class CarryOver:
    """Compares foreign entries with the detections of a scan. Values are compared by digest and never leave it."""

    def __init__(
        self,
        found: Sequence[Found],
        values: Mapping[str, bytes],
        *,
        unwanted: Container[Exposure],
        bases: Sequence[str],
        looked_at: Callable[[str], bool],
    ) -> None:
        """Index the detections.

        Args:
            found: every detection of the scan.
            values: identity -> value, of those with a secret.
            unwanted: exposures that a scan does not report.
            bases: absolute folders that a foreign path may count from, the likeliest first.
            looked_at: absolute path -> whether the scan covered it.
        """
        self._unwanted = unwanted
        self._bases = bases
        self._looked_at = looked_at
        self._by_file: defaultdict[str, list[Found]] = defaultdict(list)
        self._by_digest: defaultdict[str, list[Found]] = defaultdict(list)
        digests = {
            identity: (sha1(value, usedforsecurity=False).hexdigest(), sha256(value).hexdigest())
            for identity, value in values.items()
        }
        for one in found:
            for file in _files_of(one.detection.place):
                self._by_file[file].append(one)
            for digest in digests.get(one.detection.identity, ()):
                self._by_digest[digest].append(one)

    def carry(self, foreign: ForeignEntry) -> Carried:
        """Return what becomes of an entry."""
        same_value = self._by_digest.get(foreign.digest, [])
        if not foreign.file:
            return self._accepted(foreign, same_value, "no finding has this value")
        targets = list(self._targets(foreign))
        if not targets:
            gone = "the file and the link to it are gone" if foreign.link else "the file is gone"
            return Carried(foreign, reason=f"{gone}{_history(foreign)}")
        covered = [target for target in targets if self._looked_at(target.file)]
        if not covered:
            return Carried(foreign, reason="the scan does not cover this file")
        target = next((each for each in covered if self._in(each)), covered[0])
        if foreign.digest:
            meant = [one for one in same_value if _means(target, one.detection.place)]
            return self._accepted(foreign, meant, self._value_is_missing(foreign, target))
        return self._by_line(foreign, target)

    def _in(self, target: _Target) -> list[Found]:
        """Return what was found in a file, or in a member of it."""
        here = self._by_file.get(target.file, [])
        return [one for one in here if _is_in(one.detection.place, target.member)] if target.member else here

    def _by_line(self, foreign: ForeignEntry, target: _Target) -> Carried:
        here, file = self._in(target), target.file
        meant = [one for one in here if _covers(one.detection.place, file, foreign.line)]
        several = len({one.detection.identity for one in meant})
        if several > 1:
            return Carried(foreign, reason=f"{several} secrets are in this line, and it does not say which is meant")
        others = sorted({_line_in(one.detection.place, file) for one in here})
        missing = "frontleak finds nothing there"
        if others:
            missing = f"this {'member' if target.member else 'file'} has findings, but only in {_lines(others)}"
        return self._accepted(foreign, meant, f"{missing}{_history(foreign)}", by_line=True)

    def _accepted(
        self, foreign: ForeignEntry, meant: Iterable[Found], missing: str, *, by_line: bool = False
    ) -> Carried:
        """Carry over what a baseline lists. A reason says why nothing is: `missing`, or what hides it anyway."""
        entries: set[BaselineEntry] = set()
        reason = missing
        for detection, entry in meant:
            suppression = detection.suppression
            if suppression is not None and suppression.kind is not SuppressionKind.BASELINE:
                reason = f"it does not count anyway: {suppression.kind.value}"
            elif detection.place.exposure in self._unwanted:
                reason = f"it does not count anyway: {_HIDDEN[detection.place.exposure]}"
            else:
                entries.add(entry)
        if entries:
            return Carried(foreign, tuple(sorted(entries)), by_line)
        return Carried(foreign, reason=reason)

    def _value_is_missing(self, foreign: ForeignEntry, target: _Target) -> str:
        """Return why a value is not in a file that exists."""
        if elsewhere := self._by_digest.get(foreign.digest):
            return f"the same value is now in {elsewhere[0].detection.place.origin.display}"
        if any(_covers(one.detection.place, target.file, foreign.line) for one in self._in(target)):
            return f"another value is in this line now{_history(foreign)}"
        return f"frontleak does not find this value there{_history(foreign)}"

    def _targets(self, foreign: ForeignEntry) -> Iterator[_Target]:
        """Yield what an entry may mean and what exists: the file, a member of an archive, the link to the file."""
        for name in filter(None, (foreign.file, foreign.link)):
            parts = name.split("!")[: _DEEPEST + 1]
            for count in range(len(parts), 0, -1):  # a name may hold a `!` of its own
                file = self._existing("!".join(parts[:count]))
                if file is not None:
                    yield _Target(file, name[len("!".join(parts[:count])) + 1 :])
                    break

    def _existing(self, name: str) -> str | None:
        """Return the absolute path of a file, which may count from several folders; None if it is gone."""
        paths = (slashes(os.path.normpath(os.path.join(base, name))) for base in self._bases)
        return next((path for path in paths if "\0" not in path and os.path.isfile(path)), None)


def _history(foreign: ForeignEntry) -> str:
    return f"; it was found in commit {foreign.commit[:12]}" if foreign.commit else ""


def _files_of(place: Place) -> set[str]:
    """Return the absolute paths of the files that a place is in: its own, and the original of a bundle."""
    origin, original = place.origin, place.original
    named = {origin.container.path if isinstance(origin, MemberOrigin) else origin.path}
    if original is not None and original.exists:
        named.add(original.path)
    return {slashes(os.path.abspath(each)) for each in named}


def _means(target: _Target, place: Place) -> bool:
    return target.file in _files_of(place) and (not target.member or _is_in(place, target.member))


def _is_in(place: Place, member: str) -> bool:
    """Return whether a place is in a member of an archive, as gitleaks names it: with `!` between nested archives."""
    return isinstance(place.origin, MemberOrigin) and _plain(place.origin.member) == _plain(member)


def _plain(member: str) -> str:
    """Return the path of a member without the parts that scanners write in different ways."""
    return "!".join(
        "/".join(part for part in path.split("/") if part not in {"", ".", "%2E"}) for path in member.split("!")
    )


def _line_in(place: Place, file: str) -> int:
    """Return the line of a place in one of its files."""
    original = place.original
    if original is not None and original.exists and slashes(os.path.abspath(original.path)) == file:
        return original.line
    return place.line


def _covers(place: Place, file: str, line: int) -> bool:
    first = _line_in(place, file)
    return first <= line <= first + place.end_line - place.line


def _lines(lines: Sequence[int]) -> str:
    shown = ", ".join(map(str, lines[:3]))
    more = f" and {len(lines) - 3} more" if len(lines) > 3 else ""
    return f"{'line' if len(lines) == 1 else 'lines'} {shown}{more}"
