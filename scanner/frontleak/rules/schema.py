"""A small declarative schema: the allowed content of a YAML document, and every mistake in one.

A kind of file is a table of fields. Each field has a type; types nest. The tables are in `rule_kinds.py` (rules) and
`data_files.py` (the files that ship with the tool).
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Final, Protocol

from frontleak.core.records import dataclass
from frontleak.rules.documents import Document, Path, label


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownNames:
    """Names that rule files may use: the entries of the registries in the layers above."""

    verifiers: Collection[str]
    checks: Collection[str]
    decoders: Collection[str]


_MOST_MISTAKES: Final = 1_000
"""Of a document."""
_LONGEST_NAME: Final = 60
"""Most characters of an unknown name that are displayed and compared."""


class Mistakes:
    """Collects the mistakes in one document."""

    def __init__(self, document: Document, names: KnownNames | None) -> None:
        """Keep the document; without `names`, the names of verifiers, checks and decoders are not checked."""
        self.document = document
        self.names = names
        self.found: list[tuple[Path, str]] = []
        self.is_complete = True
        """False if the rest of the document was not checked."""

    def add(self, path: Path, message: str) -> None:
        """Record a mistake at the key with this path.

        Raises:
            _TooManyError: there are more than anyone reads.
        """
        self.found.append((path, message))
        if len(self.found) >= _MOST_MISTAKES:
            raise _TooManyError

    def add_wrong_value(self, path: Path, expected: str) -> None:
        """Record that a value has the wrong type."""
        each = "each item of " if path and isinstance(path[-1], int) else ""
        self.add(path, f"{each}{label(path)} must be {expected}" if path else f"expected {expected}")

    def within(self, path: Path) -> bool:
        """Return whether there is a mistake at or below a path."""
        return any(found[: len(path)] == path for found, _ in self.found)

    def texts(self) -> list[str]:
        """Return the mistakes as `file:line: message`."""
        return [f"{self.document.where(*path)}: {message}" for path, message in self.found]


class _TooManyError(Exception):
    """A document has too many mistakes to continue: each costs time."""


def mistakes_in(document: Document, kind: "Type", names: KnownNames | None = None) -> Mistakes:
    """Return the mistakes in a document that must be of a kind; without `names`, those are not checked."""
    mistakes = Mistakes(document, names)
    try:
        kind.check(document.value, (), mistakes)
    except _TooManyError:
        mistakes.is_complete = False
    return mistakes


class Type(Protocol):
    """What a value must be."""

    def check(self, value: Any, path: Path, mistakes: Mistakes) -> None:
        """Record every mistake in the value at a path."""


@dataclass(frozen=True, slots=True)
class Value:
    """A single value."""

    expected: str
    """Completes `… must be`."""
    accepts: Callable[[Any], bool]

    def check(self, value: Any, path: Path, mistakes: Mistakes) -> None:
        """Record a value that is not accepted."""
        if not self.accepts(value):
            mistakes.add_wrong_value(path, self.expected)


@dataclass(frozen=True, slots=True)
class Expression:
    """A text with its own syntax, such as a regular expression."""

    expected: str
    """Completes `… must be` if the value is not even a text."""
    problem: Callable[[str], str]
    """Return what is wrong with a text; empty if nothing is."""

    def check(self, value: Any, path: Path, mistakes: Mistakes) -> None:
        """Record what is wrong with the text."""
        if not is_text(value):
            mistakes.add_wrong_value(path, self.expected)
        elif problem := self.problem(value):
            mistakes.add(path, f"{label(path)}: {problem}")


@dataclass(frozen=True, slots=True)
class Name:
    """A name that must exist in a registry."""

    what: str
    allowed: Callable[[KnownNames | None], Collection[str] | None]
    """Return the existing names; None if they are unavailable here."""

    def check(self, value: Any, path: Path, mistakes: Mistakes) -> None:
        """Record a name that does not exist."""
        if not is_text(value):
            mistakes.add_wrong_value(path, f"the name of a {self.what}")
        elif (allowed := self.allowed(mistakes.names)) is not None and value not in allowed:
            mistakes.add(path, unknown(self.what, value, allowed))


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list whose items have one type."""

    item: Type
    expected: str
    least: int = 1
    """Fewest items."""

    def check(self, value: Any, path: Path, mistakes: Mistakes) -> None:
        """Record the mistakes in all items."""
        if not isinstance(value, list) or len(value) < self.least:
            mistakes.add_wrong_value(path, self.expected)
            return
        for index, item in enumerate(value):
            self.item.check(item, (*path, index), mistakes)


@dataclass(frozen=True, slots=True)
class MapOf:
    """A mapping of any names to values of one type."""

    item: Type
    expected: str
    key: Type | None = None
    """Type of the names; None for any."""
    least: int = 1
    """Fewest items."""

    def check(self, value: Any, path: Path, mistakes: Mistakes) -> None:
        """Record the mistakes in all names and values."""
        if not isinstance(value, dict) or len(value) < self.least:
            mistakes.add_wrong_value(path, self.expected)
            return
        for name, item in value.items():
            if self.key is not None:
                self.key.check(name, (*path, name), mistakes)
            self.item.check(item, (*path, name), mistakes)


@dataclass(frozen=True, slots=True)
class Either:
    """A single text, or something else."""

    text: Type
    other: Type

    def check(self, value: Any, path: Path, mistakes: Mistakes) -> None:
        """Record the mistakes for the type closest to the value."""
        (self.text if isinstance(value, str) else self.other).check(value, path, mistakes)


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a table."""

    type: Type
    required: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping with a fixed set of fields."""

    fields: Mapping[str, Field]
    expected: str = "a mapping of field: value"
    noun: str = "field"
    """What a reader of the messages calls a field."""
    least: int = 0
    """Fewest fields."""
    together: tuple[str, ...] = ()
    """Fields that must fit each other."""
    also: Callable[[Mapping[str, Any]], Iterator[tuple[Path, str]]] = lambda _: iter(())
    """Yield (path below this table, message) of the mistakes that these make together, if each is valid or left out."""

    def check(self, value: Any, path: Path, mistakes: Mistakes) -> None:
        """Record unknown and missing fields, and the mistakes in all others."""
        if not isinstance(value, dict) or len(value) < self.least:
            mistakes.add_wrong_value(path, self.expected)
            return
        for name, item in value.items():
            if name in self.fields:
                self.fields[name].type.check(item, (*path, name), mistakes)
            else:
                mistakes.add((*path, name), unknown(self.noun, name, self.fields, label(path)))
        for name, field in self.fields.items():
            if field.required and name not in value:
                mistakes.add((*path, name), f"field {label((*path, name))!r} is missing")
        if not any(mistakes.within((*path, name)) for name in self.together):
            for where, message in self.also(value):
                mistakes.add((*path, *where), message)


def required(kind: Type) -> Field:
    """Return a field that must be present."""
    return Field(kind, required=True)


def is_text(value: Any) -> bool:
    """Return whether a value is a text with more than white space."""
    return isinstance(value, str) and bool(value.strip())


def unknown(what: str, name: str, allowed: Collection[str], parent: str = "") -> str:
    """Return the message for an unknown name below `parent`, with the nearest name and all allowed ones."""
    name = name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"
    close = get_close_matches(name, allowed, n=1)
    hint = f"did you mean {str(close[0])!r}? " if close else ""
    full = f"{parent}.{name}" if parent else name
    return f"unknown {what} {full!r}; {hint}allowed: {', '.join(allowed)}"


def location(mistake: str) -> tuple[str, int, str]:
    """Return the sort key of a mistake: file, line, message."""
    match = _LOCATION.match(mistake)
    return (match["file"], int(match["line"]), match["message"]) if match else (mistake, 0, "")


_LOCATION: Final = re.compile(r"(?P<file>.*?):(?P<line>\d+): (?P<message>.*)", re.DOTALL)
