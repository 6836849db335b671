"""Rules of the kinds usage, env-name and config: each names a check that finds misuse in source code."""

import functools
import re
from collections.abc import Mapping
from typing import Any

from frontleak.core.records import dataclass
from frontleak.core.rule import Rule
from frontleak.core.vocabulary import Confidence, RuleKind, Severity
from frontleak.rules.globs import expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Functions of a package whose options publish values: the build function of a bundler, the factory of a plugin."""

    of: str
    """The package, or the name of a global object such as `Bun`."""
    functions: tuple[str, ...]
    """Exported names; `default` is the default export."""
    settings: tuple[str, ...] = ()
    """Paths in an argument, as in `MisuseRule.settings`."""
    prefixes: tuple[str, ...] = ()
    """Settings in an argument that define the prefixes of public variables."""
    names_variables: bool = False
    """Whether the values at `settings` are variable names, as strings or as keys with a default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MisuseRule(Rule):
    """A misuse rule; see docs/writing-rules.md for the fields."""

    check: str
    """Name of the check in scanner/frontleak/misuse/registry.py."""
    when_writing: Severity
    """Severity if the token can write, judged by its name or the calls made with it."""
    when_reading: Severity
    """Severity if its name says that it is read-only."""
    files: tuple[str, ...] = ()
    """Globs for the end of a path: the configuration files that the rule checks."""
    settings: tuple[str, ...] = ()
    """Paths in the exported object: `env.*`, `define.**`."""
    calls: tuple[str, ...] = ()
    """Functions that publish their arguments."""
    chained: tuple[str, ...] = ()
    """Names of plugins in webpack-chain whose options publish values: `config.plugin("define").tap(…)`."""
    options: tuple[Options, ...] = ()
    """Functions of packages whose options publish values, in any file."""
    packages: tuple[str, ...] = ()
    """Packages; a file that imports one is checked like `files`."""
    prefixes: tuple[str, ...] = ()
    """Settings that define the prefixes of public variables."""
    whole_environment: bool | None = None
    """True: report only settings that publish every variable; False: report only others; None: report both."""
    names_variables: tuple[str, ...] = ()
    """Functions whose arguments are variable names, as strings or as keys with a default."""
    empty_counts: bool = False
    """Whether an empty setting counts by its name, because the environment fills it."""
    any_value: bool = False
    """Whether every variable counts, regardless of its name."""
    only_writing: bool = False
    """Whether only a variable counts whose name says that its token can write."""
    fix_with_sanity: str = ""
    """What the fix also says where the secret may be Sanity's."""

    def is_about(self, path: str) -> bool:
        """Return whether a path matches `files`."""
        return _files(self.files).fullmatch(path) is not None


@functools.cache
def _files(globs: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(f"(?:.*/)?(?:{'|'.join(map(expression, globs)) or '(?!)'})")


def misuse_rule(data: Mapping[str, Any], source: str) -> MisuseRule:
    """Create a rule from the data of its document, which must be valid."""
    severity = Severity(data["severity"])
    return MisuseRule(
        id=data["id"],
        kind=RuleKind(data["kind"]),
        name=data["name"].strip(),
        severity=severity,
        confidence=Confidence(data["confidence"]),
        check=data["check"],
        when_writing=Severity(data.get("when_writing", severity)),
        when_reading=Severity(data.get("when_reading", severity)),
        files=tuple(data.get("files", ())),
        settings=tuple(data.get("settings", ())),
        calls=tuple(data.get("calls", ())),
        chained=tuple(data.get("chained", ())),
        options=tuple(_options(item) for item in data.get("options", ())),
        packages=tuple(data.get("packages", ())),
        prefixes=tuple(data.get("prefixes", ())),
        whole_environment=data.get("whole_environment"),
        names_variables=tuple(data.get("names_variables", ())),
        empty_counts=data.get("empty_counts", False),
        any_value=data.get("any_value", False),
        only_writing=data.get("only_writing", False),
        fix_with_sanity=" ".join(data.get("fix_with_sanity", "").split()),
        why=" ".join(data["why"].split()),
        fix=" ".join(data["fix"].split()),
        references=tuple(data["references"]),
        source=source,
    )


def _options(data: Mapping[str, Any]) -> Options:
    return Options(
        of=data["of"],
        functions=tuple(data["functions"]),
        settings=tuple(data.get("settings", ())),
        prefixes=tuple(data.get("prefixes", ())),
        names_variables=data.get("names_variables", False),
    )
