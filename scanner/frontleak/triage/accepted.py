"""Applies what a team has accepted: the baseline, and the findings and paths that the configuration ignores."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from datetime import date
from fnmatch import fnmatchcase

from frontleak.core.detection import Detection
from frontleak.core.diagnostic import Code, Diagnostic, note
from frontleak.core.finding import Finding, Place
from frontleak.core.origins import FileOrigin, relocated
from frontleak.core.records import dataclass, field, replace
from frontleak.core.report import BaselineEntry
from frontleak.core.suppression import Suppression, SuppressionKind
from frontleak.core.vocabulary import Exposure
from frontleak.triage.baseline import Baseline


@dataclass(frozen=True, slots=True, kw_only=True)
class IgnoredFinding:
    """A finding that a configuration ignores."""

    fingerprint: str
    reason: str
    owner: str = ""
    expires: date | None = None
    """The last day on which it is ignored."""
    where: str = ""
    """`file:line` of the entry."""

    def has_expired(self, today: date) -> bool:
        """Return whether the finding counts again."""
        return self.expires is not None and self.expires < today

    def suppression(self) -> Suppression:
        """Return why the finding does not count."""
        owner = f" ({self.owner})" if self.owner else ""
        return Suppression(SuppressionKind.IGNORED_FINDING, f"{self.reason}{owner}", self.where)


@dataclass(frozen=True, slots=True, kw_only=True)
class PathSettings:
    """Settings for the files that some patterns match."""

    matches: Callable[[str], bool]
    """Path as displayed -> whether the settings hold for it."""
    ignore: tuple[str, ...] = ()
    """Rule ids, also with `*`."""
    fail_on: str = ""
    """Severity from which findings in these files fail; empty for that of the scan."""
    where: str = ""
    """`file:line` of the entry."""

    def ignores(self, detection: Detection) -> bool:
        """Return whether the rule of a detection is ignored for its file."""
        named = any(fnmatchcase(detection.rule_id, rule) for rule in self.ignore)
        return named and self.matches(detection.place.origin.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """What a team has accepted."""

    baseline: Baseline | None = None
    baseline_name: str = ""
    """The file of the baseline, for messages."""
    relative: Callable[[str], str] = str
    """Path as displayed -> path from the folder of the baseline, so that every working directory agrees."""
    findings: Mapping[str, IgnoredFinding] = field(default_factory=dict)
    """By fingerprint."""
    paths: Sequence[PathSettings] = ()
    today: date = date.max
    """Entries that expire before it do not count."""
    seen: Callable[[Detection, BaselineEntry], None] | None = None
    """Called with each detection and its entry in the baseline, also those that something else suppresses or hides."""

    def apply(self, detections: Iterable[Detection]) -> Iterator[Detection]:
        """Yield each detection, suppressed if the baseline or the settings for its file accept it."""
        for detection in detections:
            suppression = None if detection.suppression else self._suppression(detection)
            yield replace(detection, suppression=suppression) if suppression else detection

    def _suppression(self, detection: Detection) -> Suppression | None:
        ignoring = next((each for each in self.paths if each.ignores(detection)), None)
        if ignoring is not None:
            return Suppression(SuppressionKind.IGNORED_RULE, where=ignoring.where)
        if self.baseline is not None and self.entry(detection).id in self.baseline.entries:
            return Suppression(SuppressionKind.BASELINE, where=self.baseline_name)
        return None

    def entries(self, detections: Iterable[Detection], unwanted: Container[Exposure]) -> tuple[BaselineEntry, ...]:
        """Return what the baseline would list: detections that only it suppresses, if anything, in order.

        Args:
            detections: after `apply`.
            unwanted: exposures that are not reported.
        """
        if self.baseline is None:
            return ()
        if self.seen is not None:
            detections = list(detections)
            for detection in detections:
                self.seen(detection, self.entry(detection))
        accepted = SuppressionKind.BASELINE
        listed = (
            self.entry(detection)
            for detection in detections
            if detection.place.exposure not in unwanted
            and (detection.suppression is None or detection.suppression.kind is accepted)
        )
        return tuple(sorted(set(listed)))

    def entry(self, detection: Detection) -> BaselineEntry:
        """Return the entry of a detection in the baseline.

        Raises:
            LookupError: there is no baseline.
        """
        if self.baseline is None:
            raise LookupError("there is no baseline")
        path = _logical_path(detection.place, self.relative)
        return self.baseline.entry(detection.rule_id, detection.identity, path)

    def fail_on(self, finding: Finding) -> tuple[str, ...]:
        """Return the severities from which a finding fails, by the first settings for its file; empty for the scan's.

        A joined finding has that of each of its places, because settings for one file do not hold for the others.
        """
        places = (finding.place, *finding.also_at) if finding.place.role else (finding.place,)
        return tuple(dict.fromkeys(self._fail_on(place.origin.path) for place in places))

    def _fail_on(self, path: str) -> str:
        return next((each.fail_on for each in self.paths if each.fail_on and each.matches(path)), "")

    def expired(self, findings: Iterable[Finding]) -> list[Diagnostic]:
        """Return a note for each finding that counts again because its entry expired."""
        notes: list[Diagnostic] = []
        for finding in findings:
            entry = self.findings.get(finding.fingerprint)
            if entry and entry.has_expired(self.today) and finding.suppression is None:
                message = f"the entry that ignores it ({entry.where}) expired on {entry.expires}, so it counts again"
                notes.append(note(Code.EXPIRED, finding.place.origin, message))
        return notes

    def ignores(self, fingerprint: str) -> bool:
        """Return whether an entry that has not expired ignores a finding."""
        entry = self.findings.get(fingerprint)
        return entry is not None and not entry.has_expired(self.today)

    def apply_to_findings(self, findings: Iterable[Finding]) -> list[Finding]:
        """Return the findings, suppressed where an entry that has not expired ignores them."""
        return [self._ignored(finding) for finding in findings]

    def _ignored(self, finding: Finding) -> Finding:
        entry = self.findings.get(finding.fingerprint)
        if finding.suppression or entry is None or not self.ignores(finding.fingerprint):
            return finding
        return replace(finding, suppression=entry.suppression())


def _logical_path(place: Place, relative: Callable[[str], str]) -> str:
    if place.original is not None and place.original.exists:
        return FileOrigin(path=relative(place.original.path)).logical_path
    return relocated(place.origin, relative).logical_path
