"""Read the content of rule files and of the data files that ship with the tool, with every mistake."""

from collections.abc import Mapping
from pathlib import Path

from frontleak.core.records import dataclass, field
from frontleak.rules.documents import Document, read_documents
from frontleak.rules.macros import read_macros
from frontleak.rules.paths import MACROS_FILE, display_path, is_shipped
from frontleak.rules.rule_syntax import ContextSyntax, RuleSyntax, read_rules
from frontleak.rules.schema import KnownNames, Type, mistakes_in


@dataclass(slots=True)
class RuleSources:
    """The content of rule files."""

    rules: list[RuleSyntax] = field(default_factory=list)
    """Those of kind `pattern`, as far as they can be checked further."""
    contexts: list[ContextSyntax] = field(default_factory=list)
    """Those that are valid in form."""
    context_ids: set[str] = field(default_factory=set)
    """Those of all contexts, including invalid ones."""
    others: list[Document] = field(default_factory=list)
    """The rules of all other kinds that are valid in form."""
    frameworks: list[Document] = field(default_factory=list)
    """Those that are valid in form."""
    macros: dict[str, str] = field(default_factory=dict)
    broken_macros: set[str] = field(default_factory=set)
    """Names of invalid ones; that they are used is no further mistake."""
    mistakes: list[str] = field(default_factory=list)
    """As `file:line: message`."""
    count: int = 0
    """Number of rules, including invalid ones."""
    is_framework_broken: bool = False
    """Whether a framework is invalid, so that code cannot be judged."""


def read_all(texts: Mapping[Path, bytes], names: KnownNames | None = None) -> RuleSources:
    """Read rule files and macro files; without `names`, the names of verifiers and checks are not checked."""
    sources = RuleSources()
    for file, data in texts.items():
        path = display_path(file)
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            sources.mistakes.append(_not_utf_8(path, data, error))
            continue
        if file.name == MACROS_FILE:
            macros, broken, mistakes = read_macros(text, path, sources.macros)
            sources.macros |= macros
            sources.broken_macros |= broken
        else:
            found = read_rules(text, path, names, shipped=is_shipped(file))
            mistakes = found.mistakes
            sources.rules += found.rules
            sources.contexts += found.contexts
            sources.context_ids |= set(found.context_ids)
            sources.others += found.others
            sources.frameworks += found.frameworks
            sources.is_framework_broken |= found.is_framework_broken
            sources.count += found.count
        sources.mistakes += mistakes
    return sources


def read_data(file: Path, data: bytes, kind: Type, names: KnownNames | None = None) -> tuple[Document, list[str]]:
    """Return the content of a data file, which has one document of a kind, and its mistakes."""
    path = display_path(file)
    nothing = Document(file=path, value=None, lines={}, shipped=True)
    try:
        documents, mistakes = read_documents(data.decode("utf-8"), path, several=False, shipped=True)
    except UnicodeDecodeError as error:
        return nothing, [_not_utf_8(path, data, error)]
    if not documents:
        return nothing, mistakes or [f"{path}:1: the file is empty"]
    return documents[0], [*mistakes, *mistakes_in(documents[0], kind, names).texts()]


def _not_utf_8(path: str, data: bytes, error: UnicodeDecodeError) -> str:
    line = data.count(b"\n", 0, error.start) + 1
    return f"{path}:{line}: not UTF-8"
