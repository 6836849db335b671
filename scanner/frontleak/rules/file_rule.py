"""Rules of `kind: file`: files that should not be served, detected by name and content."""

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from frontleak.core.blob import Blob
from frontleak.core.origins import FileOrigin
from frontleak.core.rule import Rule
from frontleak.core.vocabulary import Confidence, Exposure, RuleKind, Severity
from frontleak.rules.globs import expression

_REQUIRED: Final = frozenset(
    {*("id", "kind", "name", "severity", "confidence", "why", "fix", "references"), "files", "examples", "silent"}
)
_FIELDS: Final = _REQUIRED | {"unless", "largest", "contains", "content", "once", "samples"}


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
    once_per_build: bool
    """Whether all matches in one build become one finding."""

    def fits(self, data: bytes) -> bool:
        """Return whether the content matches; the file's name is known to match."""
        if self.largest and len(data) > self.largest:
            return False
        starts = [data.find(text) for text in self.contains]
        if -1 in starts:
            return False
        return not self.content or _content(self.content).search(data, *starts[:1]) is not None


@functools.cache
def _content(pattern: str) -> re.Pattern[bytes]:
    """Compile a pattern with `re`: it is bounded, so it does not need the time limit of `regex`."""
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

    def about(self, blob: Blob) -> tuple[FileRule, ...]:
        """Return the rules that match a blob; none unless it is served."""
        if blob.exposure is not Exposure.SERVED:
            return ()
        path = blob.origin.known_as
        name = path.rpartition("/")[2]
        first = self._last_names.fullmatch(name)
        if first is None or first.lastindex is None:
            return ()
        found: list[FileRule] = []
        for rule in self.rules[first.lastindex - 1 :]:
            matches, name_only = _path_matcher(rule.files, rule.unless)
            if matches(name if name_only else path) and rule.fits(blob.data):
                found.append(rule)
        return tuple(found)


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


def file_rule(data: Mapping[str, Any]) -> FileRule:
    """Create a rule from the data of its file, which must be valid."""
    return FileRule(
        id=data["id"],
        name=data["name"],
        severity=Severity(data["severity"]),
        confidence=Confidence(data["confidence"]),
        files=tuple(data["files"]),
        unless=tuple(data.get("unless", ())),
        largest=data.get("largest", 0),
        contains=tuple(text.encode() for text in data.get("contains", ())),
        content=data.get("content", ""),
        once_per_build=data.get("once") == "build",
        why=" ".join(data["why"].split()),
        fix=" ".join(data["fix"].split()),
        references=tuple(data["references"]),
        source=_source(data),
    )


def file_rule_mistakes(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield the mistakes in one rule's data and on its examples, as `file:line: message`."""
    from frontleak.rules.regex_ast import RegexError, parse, width  # noqa: PLC0415 - only when rules are checked
    from frontleak.rules.samples import draw  # noqa: PLC0415 - as above

    for name in sorted(data.keys() ^ _FIELDS):
        if name not in _FIELDS:
            yield f"{_source(data)}: unknown field {name!r}; allowed: {', '.join(sorted(_FIELDS))}"
        elif name in _REQUIRED:
            yield f"{_source(data)}: field {name!r} is missing"
    if not data.keys() >= _REQUIRED:
        return
    try:
        width(parse(data.get("content", "")))
    except RegexError as error:
        yield f"{_source(data)}: content: {error}"
        return
    rules = FileRules([file_rule(data)])
    fake = draw(data["samples"], data["id"]) if "samples" in data else ""
    for wanted, field in ((True, "examples"), (False, "silent")):
        for path, text in data[field].items():
            content = text.replace("{sample}", fake).encode("latin-1")
            blob = Blob(origin=FileOrigin(path=path), data=content, exposure=Exposure.SERVED)
            if bool(rules.about(blob)) is not wanted:
                yield f"{_source(data)}: {field}: {path}: {'does not match' if wanted else 'matches'}"


def _source(data: Mapping[str, Any]) -> str:
    return f"rules/files/{data.get('id')}.yaml:1"
