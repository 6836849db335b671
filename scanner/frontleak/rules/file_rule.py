"""Rules of `kind: file`: files that should not be served, detected by name and content."""

import functools
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple

from frontleak.core.blob import Blob
from frontleak.core.records import dataclass
from frontleak.core.rule import Rule
from frontleak.core.vocabulary import Confidence, Exposure, RuleKind, Severity
from frontleak.rules.expressions import compiled
from frontleak.rules.globs import expression
from frontleak.rules.pattern_rule import MATCH_TIMEOUT


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRule(Rule):
    """A file rule; see docs/writing-rules.md for the fields."""

    kind: RuleKind = RuleKind.FILE
    files: tuple[str, ...]
    """Globs for the end of a path."""
    unless: tuple[str, ...]
    """Globs for the end of excluded paths."""
    largest: int
    """Bytes; larger files do not match; 0 for any size."""
    contains: tuple[bytes, ...]
    """Texts the file must contain; `content` is searched from the first of them on."""
    content: str
    """Pattern that must match somewhere; may be empty."""
    has_time_limit: bool
    """Whether `content` is searched with a time limit: unless the rule comes with the tool."""
    once_per_build: bool
    """Whether all matches in one build become one finding."""

    def fits(self, data: bytes) -> bool:
        """Return whether the content matches; the file's name is known to match.

        Raises:
            TimeoutError: the search exceeded its time limit.
        """
        if self.largest and len(data) > self.largest:
            return False
        starts = [data.find(text) for text in self.contains]
        if -1 in starts:
            return False
        if not self.content:
            return True
        start = starts[0] if starts else 0
        if self.has_time_limit:
            return compiled(self.content).search(data, start, timeout=MATCH_TIMEOUT) is not None
        return _content(self.content).search(data, start) is not None


@functools.cache
def _content(pattern: str) -> re.Pattern[bytes]:
    """Compile the pattern of a shipped rule with `re`: it is quick on any text, so `regex` need not be imported."""
    return re.compile(pattern.encode("ascii"), re.VERBOSE)


class FileRules:
    """File rules, with one regular expression that rules out most paths cheaply."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        """Keep the file rules among `rules`."""
        self.rules = tuple(rule for rule in rules if isinstance(rule, FileRule))

    @functools.cached_property
    def _last_names(self) -> re.Pattern[str]:
        """Alternatives for a path's last name, one group per rule: the group that matches is the first candidate."""
        return re.compile("|".join(map(_last_names, self.rules)) or "(?!)", re.DOTALL)

    def about(self, blob: Blob) -> "FileResult":
        """Return the rules that match a blob; none unless it is served."""
        if blob.exposure is not Exposure.SERVED:
            return _NOTHING
        path = blob.origin.known_as
        name = path.rpartition("/")[2]
        first = self._last_names.fullmatch(name)
        if first is None or first.lastindex is None:
            return _NOTHING
        found: list[FileRule] = []
        timed_out: list[str] = []
        for rule in self.rules[first.lastindex - 1 :]:
            matches, name_only = _path_matcher(rule.files, rule.unless)
            try:
                if matches(name if name_only else path) and rule.fits(blob.data):
                    found.append(rule)
            except TimeoutError:
                timed_out.append(rule.id)
        return FileResult(tuple(found), tuple(timed_out))


class FileResult(NamedTuple):
    """What file rules say about one file."""

    rules: tuple[FileRule, ...] = ()
    """Those that match."""
    timed_out: tuple[str, ...] = ()
    """Ids of those whose search exceeded its time limit."""


_NOTHING: Final = FileResult()


def _last_names(rule: FileRule) -> str:
    return f"({'|'.join(expression(glob.rpartition('/')[2]) for glob in rule.files)})"


@functools.cache
def _path_matcher(
    files: tuple[str, ...], unless: tuple[str, ...]
) -> tuple[Callable[[str], re.Match[str] | None], bool]:
    """Compile the globs of a rule; also return whether they apply to the last name of a path only."""
    name_only = not any("/" in glob for glob in (*files, *unless))
    parents = "" if name_only else "(?:.*/)?"
    wanted, unwanted = ("|".join(map(expression, globs)) or "(?!)" for globs in (files, unless))
    return re.compile(rf"(?!{parents}(?:{unwanted})\Z){parents}(?:{wanted})", re.DOTALL).fullmatch, name_only


def file_rule(data: Mapping[str, Any], source: str, *, shipped: bool) -> FileRule:
    """Create a rule from the data of its document, which must be valid."""
    return FileRule(
        id=data["id"],
        name=data["name"].strip(),
        severity=Severity(data["severity"]),
        confidence=Confidence(data["confidence"]),
        files=tuple(data["files"]),
        unless=tuple(data.get("unless", ())),
        largest=data.get("largest", 0),
        contains=tuple(text.encode() for text in data.get("contains", ())),
        content=data.get("content", ""),
        has_time_limit=not shipped,
        once_per_build=data.get("once") == "build",
        why=" ".join(data["why"].split()),
        fix=" ".join(data["fix"].split()),
        references=tuple(data["references"]),
        source=source,
    )
