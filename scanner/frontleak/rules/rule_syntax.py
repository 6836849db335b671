"""Rules and contexts as written in YAML, before they are compiled, and every mistake in their form."""

from collections.abc import Mapping
from dataclasses import fields
from difflib import get_close_matches
from typing import Any, Final

from frontleak.core.records import dataclass, field
from frontleak.core.vocabulary import RuleKind
from frontleak.rules.documents import Document, Path, read_documents
from frontleak.rules.framework_fields import FRAMEWORK, FRAMEWORK_KIND
from frontleak.rules.rule_kinds import CONTEXT, RULE_KINDS
from frontleak.rules.schema import KnownNames, Mistakes, mistakes_in


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSyntax:
    """A rule of kind `pattern`, as written; see docs/writing-rules.md for the fields."""

    id: str
    name: str
    kind: str = RuleKind.PATTERN
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
    pair: Mapping[str, Any] = field(default_factory=dict)
    plain: bool = False
    common_beginning: bool = False
    document: Document
    """Where it is written, for messages."""
    broken: frozenset[str] = frozenset()
    """Missing or invalid fields; they have a neutral value here, so that the others can still be checked."""

    def where(self, *path: str | int) -> str:
        """Return `file:line` of a field, or of the rule, for messages."""
        return self.document.where(*(path or ("id",)))


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextSyntax:
    """A `kind: context` document: facts to read near a secret."""

    id: str
    within: int
    facts: Mapping[str, tuple[str, ...]]
    """Name of the fact -> patterns, each with one group named `value`."""
    shown: tuple[str, ...]
    document: Document
    """Where it is written, for messages."""

    def where(self, *path: str | int) -> str:
        """Return `file:line` of a field, or of the context, for messages."""
        return self.document.where(*(path or ("id",)))


@dataclass(slots=True)
class RuleFile:
    """The content of a rule file."""

    rules: list[RuleSyntax]
    """Those of kind `pattern`, as far as they can be checked further."""
    contexts: list[ContextSyntax]
    """Those that are valid."""
    others: list[Document]
    """The rules of all other kinds that are valid in form."""
    frameworks: list[Document]
    """Those that are valid in form."""
    mistakes: list[str]
    """As `file:line: message`."""
    context_ids: list[str]
    """Those of all contexts, including invalid ones."""
    count: int = 0
    """Number of rules, including invalid ones."""
    is_framework_broken: bool = False
    """Whether it contains an invalid framework."""


_NEUTRAL: Final[Mapping[str, Any]] = {
    "id": "x",
    "name": "x",
    "severity": "low",
    "confidence": "low",
    "samples": {"sample": "x"},
    "examples": ["{sample}"],
    "silent": [],
    "why": "x",
    "fix": "x",
    "references": [],
}
"""Placeholders for invalid fields while the rest of a rule is checked."""
_FIELDS: Final = frozenset(f.name for f in fields(RuleSyntax)) - {"document", "broken"}


def read_rules(text: str, file: str, names: KnownNames | None = None, *, shipped: bool = False) -> RuleFile:
    """Read a rule file; without `names`, the names of verifiers and checks are not checked."""
    documents, mistakes = read_documents(text, file, shipped=shipped)
    found = RuleFile([], [], [], [], mistakes, [])
    for document in documents:
        kind = _kind(document)
        wrong = mistakes_in(document, FRAMEWORK if shipped and kind == FRAMEWORK_KIND else RULE_KINDS[kind], names)
        found.mistakes += wrong.texts()
        if kind == CONTEXT:
            found.context_ids.append(str(document.value.get("id")))
        elif kind != FRAMEWORK_KIND:
            found.count += 1
        found.is_framework_broken |= kind == FRAMEWORK_KIND and bool(wrong.found)
        if kind == RuleKind.PATTERN:
            found.rules += _rule(document, wrong)
        elif not wrong.found and kind == CONTEXT:
            found.contexts.append(_context(document))
        elif not wrong.found and kind == FRAMEWORK_KIND:
            found.frameworks.append(document)
        elif not wrong.found:
            found.others.append(document)
    if not documents and not mistakes:
        found.mistakes.append(f"{file}:1: the file contains no rule")
    return found


def _kind(document: Document) -> str:
    """Return the kind that a document has or, if that does not exist, probably should have."""
    kind = document.value.get("kind") if isinstance(document.value, dict) else None
    close = get_close_matches(kind, RULE_KINDS, n=1) if isinstance(kind, str) else []
    return close[0] if close else str(RuleKind.PATTERN)


def _rule(document: Document, wrong: Mistakes) -> list[RuleSyntax]:
    """Return the rule, unless it is too broken to be checked further."""
    paths: set[Path] = {path[:1] for path, _ in wrong.found}
    broken = frozenset(str(path[0]) for path in paths if path)
    if () in paths or "pattern" in broken or not wrong.is_complete:
        return []
    written = {name: document.value[name] for name in _FIELDS & document.value.keys() - broken}
    values = {name: value for name, value in _NEUTRAL.items() if name in broken} | written
    if isinstance(values["samples"], str):
        values["samples"] = {"sample": values["samples"]}
    values |= {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
    values |= {name: value.strip() for name, value in values.items() if isinstance(value, str)}
    return [RuleSyntax(**values, document=document, broken=broken)]


def _context(document: Document) -> ContextSyntax:
    value = document.value
    facts = {name: tuple(patterns) for name, patterns in value["facts"].items()}
    shown = tuple(value.get("shown", ()))
    return ContextSyntax(id=value["id"], within=value["within"], facts=facts, shown=shown, document=document)
