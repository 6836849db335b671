"""Parse YAML rule files to `RuleSyntax`, and report every mistake with its line."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final

import yaml

from frontleak.core.vocabulary import Confidence, Exposure, Severity
from frontleak.rules.yaml_lines import LINES, too_deep

_Loader: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C loader is twelve times faster
_ID: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSyntax:
    """One rule as parsed; see docs/writing-rules.md for the fields."""

    id: str
    name: str
    kind: str = "pattern"
    severity: str
    confidence: str
    exposure: str = ""
    pattern: str
    near: Mapping[str, Any] = field(default_factory=dict)
    require: Mapping[str, Any] = field(default_factory=dict)
    allow: tuple[str, ...] = ()
    context: str = ""
    samples: Mapping[str, str]
    examples: tuple[str, ...]
    silent: tuple[str, ...]
    why: str
    fix: str
    references: tuple[str, ...]
    verify: str = ""
    plain: bool = False
    file: str = ""
    """Source file, for messages."""
    lines: Mapping[str, int] = field(default_factory=dict)
    """Field -> 1-based line."""
    broken: frozenset[str] = frozenset()
    """Missing or invalid fields; they have a neutral value here, so that the others can still be checked."""

    def where(self, name: str = "id") -> str:
        """Return `file:line` of a field, for messages."""
        return f"{self.file}:{self.lines.get(name, self.lines.get('id', 1))}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextSyntax:
    """A `kind: context` document: facts to read near a secret."""

    id: str
    within: int
    facts: Mapping[str, tuple[str, ...]]
    """Name of the fact -> patterns, each with one group named `value`."""
    file: str = ""
    """Source file, for messages."""
    line: int = 1
    """1-based line of the `facts` field."""


class Documents:
    """The documents of one YAML file, with the lines of their fields, and the mistakes in the file."""

    def __init__(self, text: str, file: str, *, expected: str = "field: value", several: bool = True) -> None:
        """Parse a text; `expected` describes its mappings in messages, `several` allows more than one document."""
        self.file = file
        self.mistakes: list[str] = []
        self.documents: list[dict[str, Any]] = []
        if line := too_deep(text):
            self.mistakes.append(f"{file}:{line}: not valid YAML: nested too deeply")
            return
        try:
            nodes = list(yaml.compose_all(text, Loader=_Loader))
            loaded = list(yaml.load_all(text, Loader=_Loader))
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            mark = getattr(error, "problem_mark", None)
            line = mark.line + 1 if mark else 1
            problem = getattr(error, "problem", None) or str(error).splitlines()[0]
            self.mistakes.append(f"{file}:{line}: not valid YAML: {problem}")
            return
        if len(nodes) > 1 and not several:
            line = nodes[1].start_mark.line
            self.mistakes.append(f"{file}:{line}: not valid YAML: expected a single document")
            return
        for node, value in zip(nodes, loaded, strict=True):
            if value is None:
                continue
            if not isinstance(value, dict) or not isinstance(node, yaml.MappingNode):
                line = node.start_mark.line + 1
                self.mistakes.append(f"{file}:{line}: expected a mapping of {expected}")
                continue
            lines: dict[str, int] = {}
            for key_node, _ in node.value:
                key, line = str(key_node.value), key_node.start_mark.line + 1
                if key in lines:
                    self.mistakes.append(f"{file}:{line}: duplicate field {key!r}")
                lines[key] = line
            self.documents.append({**value, LINES: lines})


def read_rules(text: str, file: str) -> tuple[list[RuleSyntax], list[ContextSyntax], list[str]]:
    """Read a rule file.

    Returns:
        Its valid rules, its valid contexts, and its mistakes as `file:line: message`.
    """
    source = Documents(text, file)
    rules: list[RuleSyntax] = []
    contexts: list[ContextSyntax] = []
    mistakes = source.mistakes
    for document in source.documents:
        lines = document.pop(LINES)
        reader = _RuleReader(document, lines, file)
        if document.get("kind") == "context":
            if context := reader.context():
                contexts.append(context)
        elif rule := reader.rule():
            rules.append(rule)
        mistakes += reader.mistakes
    if not source.documents and not mistakes:
        mistakes.append(f"{file}:1: the file contains no rule")
    return rules, contexts, mistakes


def _text(value: Any) -> str | None:
    return value.strip() if isinstance(value, str) and value.strip() else None


def _texts(value: Any) -> tuple[str, ...] | None:
    if isinstance(value, list) and all(isinstance(item, str) and item for item in value):
        return tuple(value)
    return None


def _samples(value: Any) -> Mapping[str, str] | None:
    if isinstance(value, str):
        return {"sample": value}
    if isinstance(value, dict) and value and all(isinstance(k, str) and isinstance(v, str) for k, v in value.items()):
        return value
    return None


def _mapping(value: Any) -> Mapping[str, Any] | None:
    return value if isinstance(value, dict) and all(isinstance(key, str) for key in value) else None


def _one_of(words: type[Severity | Confidence | Exposure]) -> Callable[[Any], str | None]:
    return lambda value: value if isinstance(value, str) and value in set(words) else None


_READERS: Final[Mapping[str, tuple[Callable[[Any], Any], str]]] = {
    "id": (lambda v: v if isinstance(v, str) and _ID.fullmatch(v) else None, "kebab-case, such as sanity-token"),
    "name": (_text, "a string"),
    "kind": (lambda v: v if v in ("pattern", "context") else None, "pattern or context"),
    "severity": (_one_of(Severity), f"one of {', '.join(Severity)}"),
    "confidence": (_one_of(Confidence), f"one of {', '.join(Confidence)}"),
    "exposure": (lambda v: v if v == Exposure.PUBLIC else None, f"{Exposure.PUBLIC}, or left out"),
    "pattern": (_text, "a regular expression"),
    "near": (_mapping, "a mapping {pattern: …, within: bytes}"),
    "require": (_mapping, "a mapping of checks"),
    "allow": (_texts, "a list of strings"),
    "context": (_text, "the id of a context"),
    "samples": (_samples, "a grammar, or a mapping of name: grammar"),
    "examples": (_texts, "a non-empty list of strings"),
    "silent": (_texts, "a non-empty list of strings"),
    "why": (_text, "a string"),
    "fix": (_text, "a string"),
    "references": (_texts, "a list of URLs"),
    "verify": (_text, "the name of a verifier"),
    "plain": (lambda v: v if v is True else None, "true, or left out"),
}
_REQUIRED: Final = (
    *("id", "name", "severity", "confidence", "pattern", "samples", "examples", "silent", "why", "fix", "references"),
)
_NEUTRAL: Final[Mapping[str, Any]] = {
    "id": "x",
    "name": "x",
    "severity": "low",
    "confidence": "low",
    "samples": {"sample": "x"},
    "examples": ("{sample}",),
    "silent": (),
    "why": "x",
    "fix": "x",
    "references": (),
}
"""Placeholders for invalid fields while the rest of a rule is checked."""


class _RuleReader:
    """Reads one document field by field and collects every mistake."""

    def __init__(self, document: dict[str, Any], lines: Mapping[str, int], file: str) -> None:
        self.document = document
        self.lines = lines
        self.file = file
        self.mistakes: list[str] = []

    def wrong(self, name: str, message: str) -> None:
        line = self.lines.get(name, min(self.lines.values(), default=1))
        self.mistakes.append(f"{self.file}:{line}: {message}")

    def rule(self) -> RuleSyntax | None:
        values: dict[str, Any] = {}
        for name, value in self.document.items():
            if name not in _READERS:
                self.wrong(str(name), f"unknown field {name!r}; allowed: {', '.join(_READERS)}")
                continue
            read, expected = _READERS[name]
            values[name] = read(value)
            if values[name] is None or (name in _REQUIRED and not values[name]):
                self.wrong(name, f"{name} must be {expected}")
        for name in _REQUIRED:
            if name not in self.document:
                self.wrong(name, f"field {name!r} is missing")
        broken = {name for name in (*_REQUIRED, *values) if not values.get(name)}
        if self.mistakes and "pattern" in broken:
            return None
        names = {f.name for f in fields(RuleSyntax)}
        valid = {name: value for name, value in values.items() if name in names and name not in broken}
        neutral = {name: value for name, value in _NEUTRAL.items() if name in broken}
        invalid = frozenset(broken or {"id"}) if self.mistakes else frozenset[str]()
        return RuleSyntax(**(neutral | valid), file=self.file, lines=self.lines, broken=invalid)

    def context(self) -> ContextSyntax | None:
        identity, within, facts = (self.document.get(name) for name in ("id", "within", "facts"))
        if not isinstance(identity, str) or not _ID.fullmatch(identity):
            self.wrong("id", "id must be kebab-case, such as sanity")
        if not isinstance(within, int) or not 0 < within <= 100_000:
            self.wrong("within", "within must be a number of bytes from 1 to 100000")
        if not isinstance(facts, dict) or not all(_texts(patterns) for patterns in facts.values()):
            self.wrong("facts", "facts must be a mapping of name: list of patterns")
        if self.mistakes or not isinstance(identity, str) or not isinstance(within, int) or not isinstance(facts, dict):
            return None
        return ContextSyntax(
            id=identity,
            within=within,
            facts={str(name): tuple(patterns) for name, patterns in facts.items()},
            file=self.file,
            line=self.lines.get("facts", 1),
        )


def read_macros(text: str, file: str) -> tuple[dict[str, str], list[str]]:
    """Return the macros of a file (name -> expression) and its mistakes. A macro may use those defined before it."""
    source = Documents(text, file)
    macros: dict[str, str] = {}
    for document in source.documents:
        lines = document.pop(LINES)
        for name, value in document.items():
            if not isinstance(value, str):
                source.mistakes.append(f"{file}:{lines.get(name, 1)}: macro {name!r} must be a string")
                continue
            try:
                macros[name] = expand(value, macros)
            except KeyError as error:
                message = f"there is no macro {{{{{error.args[0]}}}}} before this one"
                source.mistakes.append(f"{file}:{lines.get(name, 1)}: {message}")
    return macros, source.mistakes


def read_triggers(text: str, file: str) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    """Return the triggers of a file (decoder name -> expressions) and its mistakes."""
    source = Documents(text, file)
    triggers: dict[str, tuple[str, ...]] = {}
    for document in source.documents:
        lines = document.pop(LINES)
        for name, value in document.items():
            patterns = _texts(value)
            if patterns:
                triggers[name] = patterns
            else:
                source.mistakes.append(f"{file}:{lines.get(name, 1)}: {name} must be a list of expressions")
    return triggers, source.mistakes


_MACRO: Final = re.compile(r"\{\{([a-z-]+)\}\}")


def expand(pattern: str, macros: Mapping[str, str]) -> str:
    """Replace each `{{name}}` by the macro's text in a non-capturing group.

    Raises:
        KeyError: there is no such macro; the argument is its name.
    """
    return _MACRO.sub(lambda m: f"(?:{macros[m.group(1)]}\n)", pattern)
