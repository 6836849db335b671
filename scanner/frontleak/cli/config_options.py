"""The options of the configuration file: what each may be, and its part of the JSON Schema for editors."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from frontleak.cli.config import PLUGINS
from frontleak.cli.env_options import LEAST_LENGTH
from frontleak.core.records import dataclass
from frontleak.core.vocabulary import Severity
from frontleak.files.ignore import is_pattern, mistake_in_pattern
from frontleak.rules.documents import Document
from frontleak.rules.field_types import FLAG, TEXT, TEXTS, one_of
from frontleak.rules.schema import Either, Expression, ListOf, Table, Type, Value, is_text, mistakes_in, required
from frontleak.rules.schema import Field as TableField

_COMMAND_LINE_ONLY: Final = frozenset({"verify", "verify-cache"})
_FINGERPRINT: Final = re.compile(r"[0-9a-f]{32}")
_DIGEST: Final = re.compile(r"[0-9a-f]{16}:[0-9a-f]{32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """An option of the configuration file."""

    type: Type
    """The valid values."""
    expected: str
    """The valid values, for the documentation."""
    json: Mapping[str, Any]
    """The same as JSON Schema."""
    parameter: str = ""
    """Parameter of `scan` that it sets the default of; empty if it sets none."""


def _pattern_problem(text: str) -> str:
    if problem := mistake_in_pattern(text):
        return problem
    return "" if is_pattern(text) else "not a pattern as in .gitignore"


_RULES_JSON: Final = {"type": "array", "items": {"type": "string", "minLength": 1}}
_PATTERNS: Final = ListOf(
    Expression("a pattern, as in .gitignore", _pattern_problem), "a list of patterns, as in .gitignore", least=0
)
_LIST_OF_RULES: Final = ListOf(TEXT, "a list of rule ids", least=0)
_SEVERITY: Final = one_of(tuple(Severity))
_SEVERITY_JSON: Final = {"enum": [severity.value for severity in Severity]}
_FLAG_JSON: Final = {"type": "boolean"}
_JOBS: Final = "a number of processes, at most one per CPU, 0 for one per CPU"
_REASON: Final = Value("a text that says why", is_text)
_DATE: Final = Value("a date, such as 2027-01-31", lambda value: _as_date(value) is not None)
_ENTRY_FIELDS: Final = {
    "reason": required(_REASON),
    "owner": TableField(TEXT),
    "expires": TableField(_DATE),
}
_ENTRY_JSON: Final = {
    "reason": {"type": "string", "minLength": 1},
    "owner": {"type": "string", "minLength": 1},
    "expires": {"type": "string", "format": "date"},
}


def _count(least: int, expected: str) -> Value:
    return Value(expected, lambda value: type(value) is int and value >= least)


def _is_plugin_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) and item in PLUGINS for item in value)


def _entries(name: str, pattern: "re.Pattern[str]", expected: str) -> Table:
    value = Value(expected, lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None)
    return Table({name: required(value), **_ENTRY_FIELDS}, f"a mapping with {name} and reason")


def _entries_json(name: str, pattern: "re.Pattern[str]") -> dict[str, Any]:
    properties = {name: {"type": "string", "pattern": f"^{pattern.pattern}$"}, **_ENTRY_JSON}
    item = {"type": "object", "properties": properties, "required": [name, "reason"], "additionalProperties": False}
    return {"type": "array", "items": item}


def _as_date(value: Any) -> date | None:
    """Return a date of YAML or TOML, or a text such as `2027-01-31`; None for anything else."""
    if isinstance(value, date):
        return value if type(value) is date else None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return None


OPTIONS: Final[Mapping[str, Option]] = {
    "fail-on": Option(
        parameter="fail_on", type=_SEVERITY, expected=f"one of {', '.join(Severity)}", json=_SEVERITY_JSON
    ),
    "select": Option(parameter="select", type=_LIST_OF_RULES, expected="a list of rule ids", json=_RULES_JSON),
    "ignore": Option(parameter="ignore", type=_LIST_OF_RULES, expected="a list of rule ids", json=_RULES_JSON),
    "exclude": Option(
        parameter="exclude", type=_PATTERNS, expected="a list of patterns, as in .gitignore", json=_RULES_JSON
    ),
    "rules": Option(
        parameter="rules",
        type=ListOf(TEXT, "a list of rule files or folders", least=0),
        expected="a list of rule files or folders",
        json=_RULES_JSON,
    ),
    "plugins": Option(
        parameter="plugins",
        type=Value("a list: [detect-secrets]", _is_plugin_list),
        expected="a list: [detect-secrets]",
        json={"type": "array", "items": {"enum": sorted(PLUGINS)}},
    ),
    "baseline": Option(
        parameter="baseline", type=TEXT, expected="a baseline file", json={"type": "string", "minLength": 1}
    ),
    "gitignore": Option(parameter="gitignore", type=FLAG, expected="true or false", json=_FLAG_JSON),
    "foreign-comments": Option(parameter="foreign_comments", type=FLAG, expected="true or false", json=_FLAG_JSON),
    "show-public": Option(parameter="show_public", type=FLAG, expected="true or false", json=_FLAG_JSON),
    "show-server": Option(parameter="show_server", type=FLAG, expected="true or false", json=_FLAG_JSON),
    "strict": Option(parameter="strict", type=FLAG, expected="true or false", json=_FLAG_JSON),
    "jobs": Option(
        parameter="jobs",
        type=_count(0, _JOBS),
        expected=_JOBS,
        json={"type": "integer", "minimum": 0},
    ),
    "max-file-size": Option(
        parameter="max_file_size",
        type=_count(1, "a number of bytes"),
        expected="a number of bytes",
        json={"type": "integer", "minimum": 1},
    ),
    "env-values": Option(
        type=Either(
            Value("auto", lambda value: value == "auto"),
            Table(
                {
                    "auto": TableField(FLAG),
                    "files": TableField(TEXTS),
                    "names": TableField(TEXTS),
                    "prefixes": TableField(TEXTS),
                    "from-ci": TableField(FLAG),
                    "min-length": TableField(_count(LEAST_LENGTH, "a number of bytes, 4 or more")),
                },
                "auto, or a mapping with auto, files, names, prefixes, from-ci and min-length",
                least=1,
            ),
        ),
        expected="which environment variables hold values that a scan looks for: `auto` for the env files of the "
        "projects, or a mapping with `auto`, `files`, `names`, `prefixes`, `from-ci` and `min-length`",
        json={
            "oneOf": [
                {"const": "auto"},
                {
                    "type": "object",
                    "properties": {
                        "auto": _FLAG_JSON,
                        "files": _RULES_JSON,
                        "names": _RULES_JSON,
                        "prefixes": _RULES_JSON,
                        "from-ci": _FLAG_JSON,
                        "min-length": {"type": "integer", "minimum": LEAST_LENGTH},
                    },
                    "minProperties": 1,
                    "additionalProperties": False,
                },
            ]
        },
    ),
    "ignore-findings": Option(
        type=ListOf(
            _entries("fingerprint", _FINGERPRINT, "a fingerprint: 32 hexadecimal digits"),
            "a list of {fingerprint: …, reason: …}",
            least=0,
        ),
        expected="a list of findings that do not count: `fingerprint`, `reason`, optionally `owner` and `expires`",
        json=_entries_json("fingerprint", _FINGERPRINT),
    ),
    "ignore-values": Option(
        type=ListOf(
            _entries("digest", _DIGEST, "a digest that `frontleak ignore --value-stdin` wrote"),
            "a list of {digest: …, reason: …}",
            least=0,
        ),
        expected="a list of values that are not secrets, by salted digest: `digest`, `reason`, optionally `owner` and "
        "`expires`",
        json=_entries_json("digest", _DIGEST),
    ),
    "overrides": Option(
        type=ListOf(
            Table(
                {"files": required(_PATTERNS), "ignore": TableField(TEXTS), "fail-on": TableField(_SEVERITY)},
                "a mapping with files, and ignore or fail-on",
                least=2,
            ),
            "a list of {files: …, ignore: …, fail-on: …}",
            least=0,
        ),
        expected="a list of settings for some files: `files` (patterns), and `ignore` (rule ids) or `fail-on`",
        json={
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"files": _RULES_JSON, "ignore": _RULES_JSON, "fail-on": _SEVERITY_JSON},
                "required": ["files"],
                "minProperties": 2,
                "additionalProperties": False,
            },
        },
    ),
}

_FILE: Final = Table(
    {name: TableField(option.type) for name, option in OPTIONS.items()},
    "a mapping of option: value",
    noun="option",
)


def mistakes_of(document: Document) -> list[str]:
    """Return the mistakes of a configuration file as `file:line: message`."""
    if not isinstance(document.value, dict):
        return mistakes_in(document, _FILE).texts()
    refused = [name for name in document.value if _is_command_line_only(name)]
    rest = {name: value for name, value in document.value.items() if name not in refused}
    checked = Document(file=document.file, value=rest, lines=document.lines)
    return [*mistakes_in(checked, _FILE).texts(), *_refusals(document, refused)]


def _is_command_line_only(name: str) -> bool:
    """Return whether an option belongs to verification, with its own name or one that a verifier declares."""
    if name in OPTIONS:
        return False
    from frontleak.verify.registry import hint_names  # noqa: PLC0415 - only for an option that no file may set

    return name in _COMMAND_LINE_ONLY or name in hint_names()


def _refusals(document: Document, names: list[str]) -> Iterator[str]:
    why = "only a command-line flag can set it, so that no file in a scanned tree can cause network requests"
    for name in names:
        yield f"{document.where(name)}: unknown option {name!r}: {why}"


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of the file, for editors."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Configuration of frontleak (.frontleak.yaml)",
        "type": "object",
        "properties": {
            name: {**option.json, "description": option.expected[:1].upper() + option.expected[1:] + "."}
            for name, option in OPTIONS.items()
        },
        "additionalProperties": False,
    }
