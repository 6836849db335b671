"""Checks every rule file: its form, the names in it, and its rules on their own examples."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from frontleak.core.errors import RuleError
from frontleak.core.records import replace
from frontleak.core.vocabulary import RuleKind
from frontleak.js.parse import available
from frontleak.match.engine import Engine
from frontleak.rules.added_rules import taken_by
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
from frontleak.rules.stored_rules import ids_of
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

_NOTHING: Final = RuleSet(rules=(), contexts={}, digest="")
"""Stands for the shipped set where every file of it is read."""


def check_rules(extra: Sequence[Path] = ()) -> tuple[int, list[str]]:
    """Check every shipped file below `rules/`, or the rules in extra files and folders.

    With extra ones, the other shipped rules are taken as a scan takes them: those of a wheel were checked before it was
    built, and those of a checkout are compiled anew after a change. To try a thousand rules takes a minute.
    Without a parser, rules for source code and triggers are not run on their examples, and no secret is split.

    Returns:
        The number of rules, and every mistake as `file:line: message`.

    Raises:
        RuleError: an extra path does not exist, or a file cannot be read.
    """
    names = known_names()
    root = rules_directory()
    own, named = own_files(extra), _named_shipped(extra)
    base = _base(named) if extra else _NOTHING
    files = (*named, *own) if base is not _NOTHING else (*rule_files(), *framework_files(), *own)
    sources = read_all(read_files((root / MACROS_FILE, *files)), names)
    built = build_all(sources, taken=taken_by(base, sources))
    about_data = [*_data_files(root, sources, names), *_frameworks(built, base), *_pairs(built, base)]
    # code is analysed with the facts in the data files and the frameworks
    shipped = len(base.frameworks) + sum(document.shipped for document in built.frameworks)
    is_known = not about_data and not sources.is_framework_broken and shipped == len(framework_files())
    with_code = available() and is_known
    with using_frameworks((*base.frameworks, *(framework_of(document.value) for document in built.frameworks))):
        tried = _of_files(built, frozenset(map(display_path, (*named, *own)))) if extra else built
        behaviour = list(_behaviour(tried, with_code=with_code, with_data=is_known))
        behaviour += prefilter_hits.behaviour(tried.rules)
        behaviour += frameworks.layouts(tried.frameworks) if is_known else ()
        behaviour += frameworks.sent(tried.frameworks) if is_known else ()
    if with_code and not built.mistakes:  # all rules, triggers and frameworks are valid
        ruleset = load_rules(extra)
        behaviour += frameworks.behaviour(tried.frameworks, ruleset) if tried.frameworks else ()
        behaviour += _split(tried, ruleset)
        behaviour += () if extra else _triggers(root, sources, ruleset)
    return len(base.ids) + sources.count, sorted({*built.mistakes, *about_data, *behaviour}, key=location)


def _named_shipped(extra: Sequence[Path]) -> tuple[Path, ...]:
    """Return the shipped files with rules or frameworks that are named, or are in a named folder."""
    folders = [path.resolve() for path in extra]
    return tuple(
        file for file in (*rule_files(), *framework_files()) if any(file.is_relative_to(folder) for folder in folders)
    )


def _base(named: Sequence[Path]) -> RuleSet:
    """Return the shipped set without the content of some files, to which what is checked is added.

    It holds nothing if that set is invalid, whose mistakes are told with all others, or if a framework is named:
    frameworks are judged together.
    """
    if not {*framework_files()}.isdisjoint(named):
        return _NOTHING
    try:
        shipped = load_rules()
    except RuleError:
        return _NOTHING
    files = frozenset(map(display_path, named))
    if not files:
        return shipped

    def is_kept(source: str) -> bool:
        return source.rpartition(":")[0] not in files

    return replace(
        shipped,
        rules=tuple(rule for rule in shipped.rules if is_kept(rule.source)),
        others=tuple(rule for rule in shipped.others if is_kept(rule.source)),
        contexts={name: context for name, context in shipped.contexts.items() if is_kept(context.source)},
    )


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


def _pairs(built: Built, base: RuleSet) -> Iterator[str]:
    """Yield the ids in `pair` that no rule of kind `pattern` has."""
    ids = (*ids_of(base.rules), *(rule.id for _, rule in built.rules))
    for syntax, rule in built.rules:
        if rule.pair and rule.pair not in ids:
            yield f"{syntax.where('pair', 'id')}: pair: {no_such_rule(rule.pair, ids)}"


def _frameworks(built: Built, base: RuleSet) -> Iterator[str]:
    """Yield the names in frameworks that nothing answers to."""
    others = (*base.others, *(rule for _, rule in built.others))
    settings = sorted(rule.id for rule in others if rule.kind is RuleKind.CONFIG)
    for document in built.frameworks:
        name = Path(document.file).stem
        if document.shipped and document.value["id"] != name:
            yield f"{document.where('id')}: id must be the name of the file, {name}"
        for index, setting in enumerate(document.value.get("page", {}).get("settings", ())):
            if setting not in settings:
                where = document.where("page", "settings", index)
                yield f"{where}: {unknown('rule of kind config', setting, settings)}"
