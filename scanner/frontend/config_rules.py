"""Rules of `kind: config`: files that ought not to be where a browser can fetch them, known by name and content."""

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from scanner.frontend.globs import expression, name_expression
from scanner.model import Confidence, Exposure, Severity
from scanner.rules.load import load_folder
from scanner.rules.rule import MATCH_TIMEOUT, compiled
from scanner.rules.samples import draw

_REQUIRED: Final = {"id", "kind", "name", "severity", "confidence", "files", "examples", "silent", "why", "fix"}
_FIELDS: Final = _REQUIRED | {"unless", "largest", "contains", "content", "once", "samples", "references"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigRule:
    """One rule; docs/writing-rules.md says what each field means."""

    id: str
    name: str
    severity: Severity
    confidence: Confidence
    files: tuple[str, ...]
    """Globs of the end of a path."""
    unless: tuple[str, ...]
    """Globs of the end of a path that does not count."""
    largest: int
    """Bytes; larger files are not looked at; 0 for any size."""
    contains: bytes
    """Text the file must hold; may be empty."""
    content: str
    """Expression that must match somewhere; may be empty."""
    once_per_build: bool
    """Whether all its findings in one build are one."""
    why: str
    fix: str
    references: tuple[str, ...]
    exposure: Exposure | None = None
    """Always None: the place decides."""
    source: str = ""
    """Where the rule was written."""

    def fits(self, data: bytes) -> bool:
        """Say whether the content of a file whose name fits is what the rule is about."""
        if (self.largest and len(data) > self.largest) or self.contains not in data:
            return False
        try:
            return not self.content or compiled(self.content).search(data, timeout=MATCH_TIMEOUT) is not None
        except TimeoutError:
            return False


class ConfigRules:
    """Config rules, with one expression for each sort that tells cheaply whether any of them is about a path."""

    def __init__(self, rules: Iterable[ConfigRule]) -> None:
        """Compile the globs of some rules."""
        self.rules: tuple[ConfigRule, ...] = tuple(rules)
        self._sorts = {
            once: _Sort(tuple(rule for rule in self.rules if rule.once_per_build is once)) for once in (False, True)
        }

    def matching(self, path: str, data: bytes, *, once_per_build: bool = False) -> Iterator[ConfigRule]:
        """Yield the rules of one sort whose globs name a path with forward slashes and whose checks its bytes pass."""
        sort = self._sorts[once_per_build]
        if sort.names.fullmatch(path.rpartition("/")[2]) is None:
            return
        for rule, files, unless in sort.rules:
            if files.fullmatch(path) and not unless.fullmatch(path) and rule.fits(data):
                yield rule


class _Sort:
    def __init__(self, rules: tuple[ConfigRule, ...]) -> None:
        self.rules = tuple(
            (rule, re.compile(name_expression(rule.files)), re.compile(name_expression(rule.unless))) for rule in rules
        )
        last = (expression(glob.rpartition("/")[2]) for rule in rules for glob in rule.files)
        self.names = re.compile("|".join(last) or "(?!)")
        """Fits the last name of every path that a rule is about."""


@functools.cache
def load_config_rules() -> tuple[ConfigRule, ...]:
    """Return the config rules that come with the tool, in order of file name; read once a process.

    Raises:
        RuleError: a file is missing or not YAML.
    """
    return tuple(_rule(data) for data in load_folder("config"))


def config_rule_mistakes() -> list[str]:
    """Return what is wrong with the config rules that come with the tool, their own examples included."""
    return [mistake for data in load_folder("config") for mistake in rule_mistakes(data)]


def rule_mistakes(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with one rule as written, its own examples included."""
    file = f"rules/config/{data.get('id')}.yaml:1"
    for name in sorted(data.keys() ^ _FIELDS):
        if name not in _FIELDS:
            yield f"{file}: unknown field {name!r}; a config rule has {', '.join(sorted(_FIELDS))}"
        elif name in _REQUIRED:
            yield f"{file}: field {name!r} is missing"
    if not data.keys() >= _REQUIRED:
        return
    rules = ConfigRules([_rule(data)])
    once = rules.rules[0].once_per_build
    fake = draw(data["samples"], data["id"]) if "samples" in data else ""
    for wanted, field in ((True, "examples"), (False, "silent")):
        for path, text in data[field].items():
            content = text.replace("{sample}", fake).encode("latin-1")
            if any(rules.matching(path, content, once_per_build=once)) is not wanted:
                yield f"{file}: {field}: {path}: {'is not found' if wanted else 'is found'}"


def _rule(data: Mapping[str, Any]) -> ConfigRule:
    return ConfigRule(
        id=data["id"],
        name=data["name"],
        severity=Severity(data["severity"]),
        confidence=Confidence(data["confidence"]),
        files=tuple(data["files"]),
        unless=tuple(data.get("unless", ())),
        largest=data.get("largest", 0),
        contains=data.get("contains", "").encode(),
        content=data.get("content", ""),
        once_per_build=data.get("once") == "build",
        why=" ".join(data["why"].split()),
        fix=" ".join(data["fix"].split()),
        references=tuple(data["references"]),
        source=f"rules/config/{data['id']}.yaml:1",
    )
