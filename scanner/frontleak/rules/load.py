"""Find and load rule files, and cache the compiled rules, because YAML is slow to parse."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from operator import attrgetter
from pathlib import Path
from typing import Any, Final

from frontleak.core import cache as user_cache
from frontleak.core.errors import RuleError
from frontleak.core.rule import Rule
from frontleak.core.version import VERSION
from frontleak.core.vocabulary import Confidence, Exposure, RuleKind, Severity
from frontleak.rules.file_rule import file_rule
from frontleak.rules.misuse_rule import misuse_rule
from frontleak.rules.pattern_rule import Context, NearbyText, PatternRule, Prefilter, Trigger, Validators
from frontleak.rules.ruleset import RuleSet, digest_of

MACROS_FILE: Final = "macros.yaml"
TRIGGERS_FILE: Final = "triggers.yaml"
FILES_FOLDER: Final = "files"
USAGE_FOLDER: Final = "usage"
_RULE_FOLDERS: Final = ("sanity", "vendors", "public")
"""Folders with rules of kind `pattern`."""


def rules_directory() -> Path:
    """Return the folder of the shipped rules: in the wheel's package, or at the repository root in a checkout."""
    package = Path(__file__).resolve().parent.parent
    shipped = package / "_rules"
    return shipped if shipped.is_dir() else package.parents[1] / "rules"


def rule_files(extra: Sequence[Path] = ()) -> tuple[Path, ...]:
    """Return the shipped pattern rule files, then the extra files and those in extra folders, each once.

    Raises:
        RuleError: an extra path does not exist, or is a folder without rule files.
    """
    root = rules_directory()
    files = [file for folder in _RULE_FOLDERS for file in sorted((root / folder).glob("*.yaml"))]
    shipped = {file.resolve() for file in files} if extra else set()
    problems: list[str] = []
    for path in extra:
        found = sorted((*path.rglob("*.yaml"), *path.rglob("*.yml"))) if path.is_dir() else [path]
        if not found:
            problems.append(f"{path}: no .yaml file in this folder")
        elif not path.exists():
            problems.append(f"{path}: no such rule file")
        files += (file for file in found if file.resolve() not in shipped)
    if problems:
        raise RuleError(*problems, advice="name a rule file, or a folder of rule files")
    return tuple(files)


def other_rules() -> tuple[Rule, ...]:
    """Return the shipped rules of all kinds except `pattern`, sorted by id.

    Raises:
        RuleError: a file is missing or not YAML.
    """
    found: list[Rule] = [file_rule(data) for data in load_folder(FILES_FOLDER)]
    found += (misuse_rule(data) for data in load_folder(USAGE_FOLDER))
    return tuple(sorted(found, key=lambda rule: rule.id))


def load_rules(extra: Sequence[Path] = ()) -> RuleSet:
    """Load the shipped rules of all kinds, and the pattern rules in extra files and folders.

    Raises:
        RuleError: a file is invalid; the error lists every mistake in every file.
    """
    root = rules_directory()
    others = other_rules()
    texts = read_files((root / MACROS_FILE, root / TRIGGERS_FILE, *rule_files(extra)))
    digest = digest_of(
        VERSION,
        *(part for file, text in texts.items() for part in (file.name, text)),
        *(repr(rule) for rule in others),
    )
    name = f"rules-{digest_of(digest, *_compiler())}.json"
    cached = user_cache.read(name)
    if cached is not None and (restored := _from_json(cached, others, digest)) is not None:
        return restored
    ruleset = _compile(texts, others, digest)
    user_cache.write(name, _to_json(ruleset))
    return ruleset


def _compiler() -> Iterator[str]:
    """Yield the state of the code that compiles rules, so that a cache written by different code is not used."""
    here = os.path.dirname(__file__)
    for folder in (os.path.join(os.path.dirname(here), "core"), here):
        with os.scandir(folder) as entries:
            modules = sorted((entry for entry in entries if entry.name.endswith(".py")), key=attrgetter("name"))
            stats = [(entry.name, entry.stat()) for entry in modules]
        yield from (f"{name} {stat.st_size} {stat.st_mtime_ns}" for name, stat in stats)


def load_data(name: str) -> Any:
    """Return the content of a shipped YAML file, such as `walk.yaml`.

    Raises:
        RuleError: the file is missing or not YAML.
    """
    return _values("values", [rules_directory() / name])[0]


def load_folder(name: str) -> list[Any]:
    """Return the content of each YAML file in a shipped folder, sorted by name.

    Raises:
        RuleError: a file cannot be read or is not YAML.
    """
    return _values(name, sorted((rules_directory() / name).glob("*.yaml")))


def _values(kind: str, files: Sequence[Path]) -> list[Any]:
    """Return the content of YAML files, cached together under one name."""
    texts = {file: _read(file) for file in files}
    cache_name = f"{kind}-{digest_of(*(part for file, text in texts.items() for part in (file.name, text)))}.json"
    cached = user_cache.read(cache_name)
    if cached is not None:
        restored: list[Any] = json.loads(cached)
        return restored
    import yaml  # noqa: PLC0415 - slow to import and to parse

    values = []
    for file, text in texts.items():
        try:
            values.append(yaml.safe_load(text))
        except yaml.YAMLError as error:
            raise RuleError(f"{_display_path(file)}: not valid YAML", advice="reinstall frontleak") from error
    user_cache.write(cache_name, json.dumps(values).encode())
    return values


def read_all(texts: Mapping[Path, bytes]) -> tuple[list[Any], list[Any], dict[str, str], list[str]]:
    """Parse the content of rule files, including the macros file.

    Returns:
        Rule syntaxes, context syntaxes, macros, and all mistakes as `file:line: message`.
    """
    from frontleak.rules import schema as syntax  # noqa: PLC0415 - imports yaml, only needed on a cache miss

    rules: list[syntax.RuleSyntax] = []
    contexts: list[syntax.ContextSyntax] = []
    macros: dict[str, str] = {}
    mistakes: list[str] = []
    for file, data in texts.items():
        path = _display_path(file)
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            mistakes.append(f"{path}:{_line(data, error.start)}: not UTF-8")
            continue
        if file.name == MACROS_FILE:
            found, wrong = syntax.read_macros(text, path)
            macros |= found
        else:
            more_rules, more_contexts, wrong = syntax.read_rules(text, path)
            rules += more_rules
            contexts += more_contexts
        mistakes += wrong
    return rules, contexts, macros, mistakes


def _compile(texts: Mapping[Path, bytes], others: tuple[Rule, ...], digest: str) -> RuleSet:
    from frontleak.rules.compile import build_all, build_triggers  # noqa: PLC0415 - as above
    from frontleak.rules.encoded_triggers import encoded_triggers  # noqa: PLC0415 - as above
    from frontleak.rules.schema import read_triggers  # noqa: PLC0415 - as above

    triggers_file = rules_directory() / TRIGGERS_FILE
    patterns, mistakes = read_triggers(texts[triggers_file].decode(), f"rules/{TRIGGERS_FILE}")
    built = build_all(*read_all({file: text for file, text in texts.items() if file != triggers_file}), others=others)
    triggers, wrong = build_triggers(patterns, built.macros, f"rules/{TRIGGERS_FILE}")
    mistakes += [*wrong, *built.mistakes]
    if mistakes:
        raise RuleError(*mistakes, advice="docs/writing-rules.md explains every field")
    rules = sorted((rule for _, rule in built.rules), key=lambda rule: rule.id)
    triggers = (*triggers, *encoded_triggers(rules))
    return RuleSet(rules=tuple(rules), others=others, contexts=built.contexts, triggers=triggers, digest=digest)


def read_files(files: Iterable[Path]) -> dict[Path, bytes]:
    """Return the bytes of files.

    Raises:
        RuleError: a file cannot be read.
    """
    return {file: _read(file) for file in files}


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise RuleError(f"{_display_path(file)}: {error.strerror or error}") from error


def _line(data: bytes, offset: int) -> int:
    return data.count(b"\n", 0, offset) + 1


def _display_path(file: Path) -> str:
    """Return the path for messages: `rules/…` for shipped rules, the same on every machine."""
    root = rules_directory()
    return f"rules/{file.relative_to(root).as_posix()}" if file.is_relative_to(root) else str(file)


def _to_json(ruleset: RuleSet) -> bytes:
    plain = {
        "rules": [asdict(rule) | {"allow": sorted(rule.allow)} for rule in ruleset.rules],
        "contexts": [asdict(context) for context in ruleset.contexts.values()],
        "triggers": [asdict(trigger) for trigger in ruleset.triggers],
    }
    return json.dumps(plain).encode()


def _from_json(data: bytes, others: tuple[Rule, ...], digest: str) -> RuleSet | None:
    try:
        plain = json.loads(data)
        rules = tuple(_rule(item) for item in plain["rules"])
        contexts = {
            item["id"]: Context(
                id=item["id"],
                within=item["within"],
                facts={name: tuple(patterns) for name, patterns in item["facts"].items()},
            )
            for item in plain["contexts"]
        }
        triggers = tuple(
            Trigger(name=item["name"], prefilter=Prefilter(**item["prefilter"])) for item in plain["triggers"]
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return RuleSet(rules=rules, others=others, contexts=contexts, triggers=triggers, digest=digest)


def _rule(item: dict[str, Any]) -> PatternRule:
    return PatternRule(
        **item
        | {
            "kind": RuleKind(item["kind"]),
            "severity": Severity(item["severity"]),
            "confidence": Confidence(item["confidence"]),
            "exposure": Exposure(item["exposure"]) if item["exposure"] else None,
            "prefilter": Prefilter(**item["prefilter"]),
            "near": NearbyText(**item["near"]) if item["near"] else None,
            "require": Validators(**item["require"]),
            "allow": frozenset(item["allow"]),
            "references": tuple(item["references"]),
        }
    )
