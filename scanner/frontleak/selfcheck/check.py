"""Checks every rule file: its form, the names in it, and its rules on their own examples."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from frontleak.core.records import replace
from frontleak.core.vocabulary import RuleKind
from frontleak.js.parse import available
from frontleak.match.engine import Engine
from frontleak.rules.compile import Built, build_all, build_triggers
from frontleak.rules.data_files import TRIGGERS, data_file_kind
from frontleak.rules.file_rule import FileRule
from frontleak.rules.frameworks import framework_of, using_frameworks
from frontleak.rules.misuse_rule import MisuseRule
from frontleak.rules.paths import (
    MACROS_FILE,
    TRIGGERS_FILE,
    display_path,
    framework_files,
    own_files,
    read_files,
    rule_files,
    rules_directory,
)
from frontleak.rules.read import RuleSources, read_all, read_data
from frontleak.rules.ruleset import RuleSet, no_such_rule
from frontleak.rules.schema import KnownNames, location, unknown
from frontleak.scanning.rules import known_names, load_rules
from frontleak.selfcheck import (
    file_rules,
    frameworks,
    misuse_rules,
    pattern_rules,
    prefilter_hits,
    split_secrets,
    trigger_entries,
)


def check_rules(extra: Sequence[Path] = ()) -> tuple[int, list[str]]:
    """Check every shipped file below `rules/`, or the rules in extra files and folders.

    With extra ones, the shipped files are read for mistakes in form only: to try a thousand rules takes a minute.
    Without a parser, rules for source code and triggers are not run on their examples, and no secret is split.

    Returns:
        The number of rules, and every mistake as `file:line: message`.

    Raises:
        RuleError: an extra path does not exist, or a file cannot be read.
    """
    names = known_names()
    root = rules_directory()
    sources = read_all(read_files((root / MACROS_FILE, *rule_files(), *framework_files(), *own_files(extra))), names)
    built = build_all(sources)
    about_data = [*_data_files(root, sources, names), *_frameworks(built), *_pairs(built)]
    # code is analysed with the facts in the data files and the frameworks
    shipped = sum(document.shipped for document in built.frameworks)
    is_known = not about_data and not sources.is_framework_broken and shipped == len(framework_files())
    with_code = available() and is_known
    with using_frameworks(tuple(framework_of(document.value) for document in built.frameworks)):
        tried = _of_files(built, _given(extra)) if extra else built
        behaviour = list(_behaviour(tried, with_code=with_code, with_data=is_known))
        behaviour += prefilter_hits.behaviour(tried.rules)
        behaviour += frameworks.layouts(tried.frameworks) if is_known else ()
        behaviour += frameworks.sent(tried.frameworks) if is_known else ()
    if with_code and not built.mistakes:  # all rules, triggers and frameworks are valid
        ruleset = load_rules(extra)
        behaviour += frameworks.behaviour(tried.frameworks, ruleset)
        behaviour += _split(tried, ruleset)
        behaviour += () if extra else _triggers(root, sources, ruleset)
    return sources.count, sorted({*built.mistakes, *about_data, *behaviour}, key=location)


def _given(extra: Sequence[Path]) -> frozenset[str]:
    """Return the paths for messages of the files that were given, own and shipped ones."""
    shipped = {display_path(file): file for file in (*rule_files(), *framework_files())}
    folders = [path.resolve() for path in extra]
    named = {name for name, file in shipped.items() if any(file.is_relative_to(folder) for folder in folders)}
    return frozenset((*named, *map(display_path, own_files(extra))))


def _of_files(built: Built, files: frozenset[str]) -> Built:
    """Return the rules and frameworks of some files, and the mistakes of all."""
    return replace(
        built,
        rules=tuple(each for each in built.rules if each[0].document.file in files),
        others=tuple(each for each in built.others if each[0].file in files),
        frameworks=tuple(each for each in built.frameworks if each.file in files),
    )


def _split(built: Built, ruleset: RuleSet) -> Iterator[str]:
    """Yield the mistakes of pattern rules on their own examples with the secret split, among all rules."""
    engine = Engine(ruleset)
    for syntax, rule in built.rules:
        yield from split_secrets.behaviour(syntax, rule, engine)


def _triggers(root: Path, sources: RuleSources, ruleset: RuleSet) -> Iterator[str]:
    """Yield the mistakes of triggers and decoders on the examples in their entries."""
    ((file, text),) = read_files([root / TRIGGERS_FILE]).items()
    document, _ = read_data(file, text, TRIGGERS)
    yield from trigger_entries.behaviour(document, build_triggers(document, sources)[0], ruleset)


def _behaviour(built: Built, *, with_code: bool, with_data: bool) -> Iterator[str]:
    """Yield the mistakes of valid rules on their own examples, without those that need a parser or data if asked to."""
    for syntax, rule in built.rules:
        if with_data or not rule.require.assigned:
            yield from pattern_rules.behaviour(syntax, rule)
    for document, other in built.others:
        if isinstance(other, FileRule):
            yield from file_rules.behaviour(document, other)
        elif isinstance(other, MisuseRule) and with_code:
            yield from misuse_rules.behaviour(document, other)


def _data_files(root: Path, sources: RuleSources, names: KnownNames) -> Iterator[str]:
    """Yield the mistakes in the shipped files without rules and frameworks, and files that nothing reads."""
    read = {*rule_files(), *framework_files()}
    texts = read_files(sorted({*root.rglob("*.yaml"), *root.rglob("*.yml")} - read))
    for file, text in texts.items():
        path = file.relative_to(root).as_posix()
        kind = data_file_kind(path)
        if kind is None:
            yield f"{display_path(file)}:1: nothing reads this file"
            continue
        document, mistakes = read_data(file, text, kind, names)
        yield from mistakes
        if path == TRIGGERS_FILE and not mistakes:
            yield from build_triggers(document, sources)[1]


def _pairs(built: Built) -> Iterator[str]:
    """Yield the ids in `pair` that no rule of kind `pattern` has."""
    ids = [rule.id for _, rule in built.rules]
    for syntax, rule in built.rules:
        if rule.pair and rule.pair not in ids:
            yield f"{syntax.where('pair', 'id')}: pair: {no_such_rule(rule.pair, ids)}"


def _frameworks(built: Built) -> Iterator[str]:
    """Yield the names in frameworks that nothing answers to."""
    settings = [rule.id for _, rule in built.others if rule.kind is RuleKind.CONFIG]
    for document in built.frameworks:
        name = Path(document.file).stem
        if document.shipped and document.value["id"] != name:
            yield f"{document.where('id')}: id must be the name of the file, {name}"
        for index, setting in enumerate(document.value.get("page", {}).get("settings", ())):
            if setting not in settings:
                where = document.where("page", "settings", index)
                yield f"{where}: {unknown('rule of kind config', setting, settings)}"
