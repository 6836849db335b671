"""The fields of every kind of rule; docs/writing-rules.md explains them."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from frontleak.core.vocabulary import Confidence, Exposure, RuleKind, Severity
from frontleak.rules.checksum import CHECKSUMS
from frontleak.rules.documents import Path
from frontleak.rules.field_types import (
    BOUNDED,
    FILES,
    FLAG,
    GLOBS,
    GRAMMAR,
    ID,
    NOT_EMPTY,
    SETTINGS,
    TEXT,
    TEXTS,
    number,
    one_of,
    whole_number,
)
from frontleak.rules.framework_fields import FRAMEWORK_KIND, OWN_FRAMEWORK
from frontleak.rules.jwt_claims import EXPIRIES
from frontleak.rules.schema import Either, Field, ListOf, MapOf, Name, Table, Value, required

CONTEXT: Final = "context"
"""The kind of a document that is not a rule but lists facts to read near secrets."""
_KINDS: Final = (*map(str, RuleKind), CONTEXT, FRAMEWORK_KIND)


def _rule(severities: tuple[Severity, ...] = tuple(Severity), **fields: Field) -> Mapping[str, Field]:
    """Return the fields of a kind of rule: the common ones and its own."""
    return {
        "id": required(ID),
        "kind": Field(one_of(_KINDS)),
        "name": required(TEXT),
        "severity": required(one_of(severities)),
        "confidence": required(one_of(tuple(Confidence))),
        **fields,
        "why": required(TEXT),
        "fix": required(TEXT),
        "references": required(ListOf(TEXT, "a non-empty list of URLs")),
    }


_NEAR: Final = Table(
    {"pattern": required(TEXT), "within": required(whole_number(1, 5000, "bytes"))},
    "a mapping {pattern: …, within: bytes}",
)
_PAIR: Final = Table(
    {"id": required(ID), "within": required(whole_number(1, 5000, "bytes"))},
    "a mapping {id: rule, within: bytes}",
)


def _are_expiries(value: object) -> bool:
    return isinstance(value, str) and set(value.split("|")) <= set(EXPIRIES)


_REQUIRE: Final = Table(
    {
        **{name: Field(whole_number(0, 10_000, "characters")) for name in ("digits", "upper", "lower")},
        "entropy": Field(number(0, 8, "bits")),
        "checksum": Field(Name("checksum", lambda _: CHECKSUMS)),
        "jwt": Field(MapOf(TEXT, "a mapping of claim: value")),
        "url_expires": Field(
            Value(f"words of {', '.join(EXPIRIES)}, joined by |", _are_expiries),
        ),
        "assigned": Field(one_of(("secret", "token", "key"))),
    },
    "a mapping of checks",
)
_TRUE: Final = Value("true, or left out", lambda value: value is True)
PATTERN_RULE: Final = Table(
    _rule(
        exposure=Field(Value(f"{Exposure.PUBLIC}, or left out", lambda value: value == Exposure.PUBLIC)),
        pattern=required(TEXT),
        near=Field(_NEAR),
        require=Field(_REQUIRE),
        allow=Field(ListOf(NOT_EMPTY, "a list of strings", least=0)),
        context=Field(TEXT),
        samples=required(Either(GRAMMAR, MapOf(GRAMMAR, "a grammar, or a mapping of name: grammar"))),
        examples=required(ListOf(NOT_EMPTY, "a non-empty list of strings")),
        silent=required(ListOf(NOT_EMPTY, "a non-empty list of strings")),
        verify=Field(Name("verifier", lambda names: names.verifiers if names else None)),
        pair=Field(_PAIR),
        plain=Field(_TRUE),
        common_beginning=Field(_TRUE),
    )
)
CONTEXT_FACTS: Final = Table(
    {
        "id": required(ID),
        "kind": required(one_of(_KINDS)),
        "within": required(whole_number(1, 100_000, "bytes")),
        "facts": required(MapOf(ListOf(TEXT, "a non-empty list of patterns"), "a mapping of name: list of patterns")),
        "shown": Field(ListOf(TEXT, "a non-empty list of names of facts")),
    }
)


_TEXTS_OF_FILES: Final = MapOf(
    Value(
        "a string of Latin-1 characters",
        lambda value: isinstance(value, str) and all(ord(character) < 256 for character in value),
    ),
    "a mapping of path: content",
)


def _unexplained_samples(values: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    if "samples" in values:
        return
    for field in ("examples", "silent"):
        for path, text in values[field].items():
            if "{sample}" in text:
                yield (field, path), f"{field}: {path} has {{sample}}, but the rule has no samples"


FILE_RULE: Final = Table(
    _rule(
        (Severity.MEDIUM, Severity.LOW, Severity.INFO),
        files=required(GLOBS),
        unless=Field(GLOBS),
        largest=Field(whole_number(1, 1 << 40, "bytes")),
        contains=Field(ListOf(NOT_EMPTY, "a non-empty list of strings")),
        content=Field(BOUNDED),
        once=Field(one_of(("build",))),
        samples=Field(GRAMMAR),
        examples=required(_TEXTS_OF_FILES),
        silent=required(_TEXTS_OF_FILES),
    ),
    together=("samples", "examples", "silent"),
    also=_unexplained_samples,
)


def _place_outside_files(values: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    path, _, line = values["at"].rpartition(":")
    lines = len(values["files"].get(path, "").splitlines())
    if not (line.isdecimal() and 0 < int(line[:9]) <= lines):
        yield ("at",), "at must be path:line of a line in one of its files"


def _names_outside_calls(values: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    calls = values.get("calls", ())
    for index, name in enumerate(values.get("names_variables", ())):
        if name not in calls:
            yield ("names_variables", index), f"names_variables: {name!r} is not one of calls"


_OPTIONS: Final = Table(
    {
        "of": required(TEXT),
        "functions": required(TEXTS),
        "settings": Field(SETTINGS),
        "prefixes": Field(SETTINGS),
        "names_variables": Field(FLAG),
    },
    "a mapping {of: …, functions: …, settings: …}",
)


def _misuse_rule(files: Field) -> Table:
    return Table(
        _rule(
            check=required(Name("check", lambda names: names.checks if names else None)),
            when_writing=Field(one_of(tuple(Severity))),
            when_reading=Field(one_of(tuple(Severity))),
            files=files,
            settings=Field(SETTINGS),
            calls=Field(TEXTS),
            chained=Field(TEXTS),
            names_variables=Field(TEXTS),
            options=Field(ListOf(_OPTIONS, "a non-empty list of {of: …, functions: …, settings: …}")),
            packages=Field(TEXTS),
            prefixes=Field(SETTINGS),
            whole_environment=Field(FLAG),
            any_value=Field(FLAG),
            only_writing=Field(FLAG),
            empty_counts=Field(FLAG),
            fix_with_sanity=Field(TEXT),
            examples=required(
                ListOf(
                    Table(
                        {"at": required(TEXT), "files": required(FILES)},
                        "a mapping {at: path:line, files: …}",
                        together=("at", "files"),
                        also=_place_outside_files,
                    ),
                    "a non-empty list of projects",
                )
            ),
            silent=required(
                ListOf(Table({"files": required(FILES)}, "a mapping {files: …}"), "a non-empty list of projects")
            ),
        ),
        together=("calls", "names_variables"),
        also=_names_outside_calls,
    )


RULE_KINDS: Final[Mapping[str, Table]] = {
    RuleKind.PATTERN: PATTERN_RULE,
    RuleKind.FILE: FILE_RULE,
    RuleKind.USAGE: _misuse_rule(Field(GLOBS)),
    RuleKind.ENV_NAME: _misuse_rule(Field(GLOBS)),
    RuleKind.CONFIG: _misuse_rule(required(GLOBS)),
    RuleKind.ENV_VALUE: Table(_rule()),
    CONTEXT: CONTEXT_FACTS,
    FRAMEWORK_KIND: OWN_FRAMEWORK,
}
"""Kind -> its fields, in the order of messages."""
