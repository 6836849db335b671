"""Rules of the kinds usage, env-name and config: misuse in source code, found by a check that the rule names."""

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from frontleak.core.rule import Rule
from frontleak.core.vocabulary import Confidence, RuleKind, Severity
from frontleak.rules.globs import expression

_REQUIRED: Final = frozenset(
    {*("id", "kind", "name", "severity", "confidence", "why", "fix", "references"), "check", "examples", "silent"}
)
_FIELDS: Final = _REQUIRED | {
    *("when_writing", "when_reading", "files", "settings", "calls", "prefixes"),
    *("whole_environment", "names_variables", "any_value", "empty_counts"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MisuseRule(Rule):
    """One rule; docs/writing-rules.md says what each field means."""

    check: str
    """Name of the check in scanner/frontleak/misuse/registry.py."""
    when_writing: Severity
    """When the token may write, by its name or by what is called."""
    when_reading: Severity
    """When its name says that it only reads."""
    files: tuple[str, ...] = ()
    """Globs of the end of a path: the files that a rule about settings looks at."""
    settings: tuple[str, ...] = ()
    """Paths in the object that such a file exports: `env.*`, `define.**`."""
    calls: tuple[str, ...] = ()
    """Functions whose arguments are published."""
    prefixes: tuple[str, ...] = ()
    """Settings that name the prefixes of public variables."""
    whole_environment: bool | None = None
    """True: only a setting that publishes every variable; False: never; None: both."""
    names_variables: tuple[str, ...] = ()
    """Functions whose arguments name variables: as texts, or as keys with a default."""
    empty_counts: bool = False
    """Whether a setting counts by its name although it is empty, because the environment fills it."""
    any_value: bool = False
    """Whether any variable counts there, whatever it is called."""

    def is_about(self, path: str) -> bool:
        """Say whether the rule is about a file, by its path."""
        return _files(self.files).fullmatch(path) is not None


@functools.cache
def _files(globs: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(f"(?:.*/)?(?:{'|'.join(map(expression, globs)) or '(?!)'})")


def misuse_rule(data: Mapping[str, Any]) -> MisuseRule:
    """Make a rule of what is written in its file, which is known to be sound."""
    severity = Severity(data["severity"])
    return MisuseRule(
        id=data["id"],
        kind=RuleKind(data["kind"]),
        name=data["name"],
        severity=severity,
        confidence=Confidence(data["confidence"]),
        check=data["check"],
        when_writing=Severity(data.get("when_writing", severity)),
        when_reading=Severity(data.get("when_reading", severity)),
        files=tuple(data.get("files", ())),
        settings=tuple(data.get("settings", ())),
        calls=tuple(data.get("calls", ())),
        prefixes=tuple(data.get("prefixes", ())),
        whole_environment=data.get("whole_environment"),
        names_variables=tuple(data.get("names_variables", ())),
        empty_counts=data.get("empty_counts", False),
        any_value=data.get("any_value", False),
        why=" ".join(data["why"].split()),
        fix=" ".join(data["fix"].split()),
        references=tuple(data["references"]),
        source=f"rules/usage/{data['id']}.yaml:1",
    )


def misuse_rule_mistakes(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the fields of one rule as written, as `file:line: what`; its examples are not tried."""
    source = f"rules/usage/{data.get('id')}.yaml:1"
    for name in sorted(data.keys() ^ _FIELDS):
        if name not in _FIELDS:
            yield f"{source}: unknown field {name!r}; a rule about code has {', '.join(sorted(_FIELDS))}"
        elif name in _REQUIRED:
            yield f"{source}: field {name!r} is missing"
