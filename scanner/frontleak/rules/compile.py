"""Compile rules: expand macros, parse patterns, derive prefilters, resolve names, collect every mistake."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

import regex

from frontleak.core.records import dataclass, field, replace
from frontleak.core.rule import Rule
from frontleak.core.vocabulary import Confidence, Exposure, Severity
from frontleak.rules.documents import Document
from frontleak.rules.edges import own_macros
from frontleak.rules.expressions import compiled
from frontleak.rules.gate_reach import reach_of
from frontleak.rules.macros import expand
from frontleak.rules.match_rates import LITERAL_RATE
from frontleak.rules.other_rules import other_rule
from frontleak.rules.pattern_rule import Context, FactPattern, NearbyText, PatternRule, Prefilter, Trigger, Validators
from frontleak.rules.prefilter import has_rare_literal, prefilter_of
from frontleak.rules.read import RuleSources
from frontleak.rules.regex_ast import (
    Chars,
    RegexError,
    RegexNode,
    alphabet,
    group_names,
    group_node,
    least_width_of_group,
    node_before_group,
    parse,
    render,
    width,
)
from frontleak.rules.required_literals import required_literals
from frontleak.rules.rule_syntax import ContextSyntax, RuleSyntax
from frontleak.rules.schema import location, unknown

_MOST_AT_EDGE: Final = 100
"""Alternatives of a prefilter that are looked for with the edge before them: the pass repeats it for each."""
_RARE_ENOUGH: Final = 1 / 5000
"""Rate of the literal in a short prefilter from which on that of `near`, if it is rare, costs less: `"id":`."""
_SHORT: Final = 16
"""Bytes of the longest prefilter that hits nearly wherever its literal is."""
_LONGEST_RUN: Final = 64
"""Bytes of a run that are asked for."""
_MOST_LETTERS: Final = 70
"""Bytes of which a run may be made; of more, any text is a run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """The rules and contexts of a set of files, with every mistake in them."""

    rules: tuple[tuple[RuleSyntax, PatternRule], ...]
    """Valid rules of kind `pattern` with their syntax, in file order."""
    others: tuple[tuple[Document, Rule], ...]
    """Valid rules of all other kinds with their documents, in file order."""
    contexts: Mapping[str, Context]
    frameworks: tuple[Document, ...]
    """Valid in form; the shipped ones first."""
    mistakes: tuple[str, ...]
    """As `file:line: message`, sorted by file and line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """The ids that the compiled rules use which others are added to, and where each is defined, as `file:line`."""

    rules: Mapping[str, str] = field(default_factory=dict)
    contexts: Mapping[str, str] = field(default_factory=dict)
    frameworks: Mapping[str, str] = field(default_factory=dict)


def build_all(sources: RuleSources, *, taken: Taken | None = None, trusted: bool = False) -> Built:
    """Compile the content of rule files.

    Args:
        sources: the content.
        taken: what is defined elsewhere already, which the result does not hold.
        trusted: do not try the expressions with the engine that runs them; `frontleak rules check` did for shipped
            ones, and it takes a third of the time.
    """
    taken = taken or Taken()
    found = list(sources.mistakes)
    contexts: dict[str, Context] = {}
    places = dict(taken.contexts)
    for context in sources.contexts:
        found += _taken(context.id, context.where(), places)
        compiled, wrong = build_context(context, sources.macros, trusted=trusted)
        contexts.setdefault(context.id, compiled)
        found += wrong
    known = sources.context_ids | contexts.keys() | taken.contexts.keys()
    rules: list[tuple[RuleSyntax, PatternRule]] = []
    for syntax in sources.rules:
        rule, wrong = build_rule(syntax, sources.macros, trusted=trusted)
        found += wrong
        if "context" not in syntax.broken and syntax.context and syntax.context not in known:
            found.append(
                f"{syntax.where('context')}: {unknown('context', syntax.context, {**taken.contexts, **contexts})}"
            )
        if rule is not None:
            rules.append((syntax, rule))
    others = [(document, other_rule(document)) for document in sources.others]
    written = [(syntax.document, rule.id) for syntax, rule in rules]
    written += [(document, rule.id) for document, rule in others]
    places = dict(taken.rules)
    for document, name in sorted(written, key=lambda item: not item[0].shipped):  # on a conflict, the shipped rule wins
        found += _taken(name, document.where("id"), places)
    places = dict(taken.frameworks)
    frameworks = sorted(sources.frameworks, key=lambda document: not document.shipped)
    for document in frameworks:
        found += _taken(document.value["id"], document.where("id"), places)
    return Built(
        rules=tuple(rules),
        others=tuple(others),
        contexts=contexts,
        frameworks=tuple(frameworks),
        mistakes=tuple(sorted(_causes(found, sources), key=location)),
    )


def _run_of(secret: RegexNode) -> str:
    """Return an expression for the runs that hold every secret, far cheaper to compile and to run than the pattern."""
    letters = alphabet(secret)
    length = min(width(secret)[0], _LONGEST_RUN)
    return f"{render(Chars(letters))}{{{length},}}" if len(letters) <= _MOST_LETTERS else ""


def _taken(name: str, where: str, places: dict[str, str]) -> Iterator[str]:
    """Note where an id is defined; yield a mistake if it is defined already."""
    if name in places:
        yield f"{where}: the id {name!r} is taken by {places[name]}"
    places.setdefault(name, where)


def build_rule(
    syntax: RuleSyntax, macros: Mapping[str, str], *, trusted: bool = False
) -> tuple[PatternRule | None, list[str]]:
    """Compile one rule; see `build_all`.

    Returns:
        The rule, or None if it has mistakes, and the mistakes as `file:line: message`.
    """
    mistakes: list[str] = []

    def wrong(message: str, *path: str) -> None:
        mistakes.append(f"{syntax.where(*path)}: {message}")

    own = own_macros(syntax.pattern, macros, has_checksum="checksum" in syntax.require)
    pattern, longest = _pattern(syntax.pattern, own, "secret", lambda message: wrong(message, "pattern"), trusted)
    near = _near(syntax.near, macros, lambda message: wrong(f"near: {message}", "near", "pattern"), trusted)
    if "sample" not in syntax.samples:
        wrong("samples needs a grammar named `sample` for the secret itself", "samples")
    if not any("{sample}" in example for example in syntax.examples):
        wrong("no example contains {sample}", "examples")
    if mistakes or "near" in syntax.broken:
        return None, mistakes

    prefilter, prefilter_of_near = _prefilter(pattern, near, syntax.common_beginning, wrong)
    if prefilter is None or syntax.broken:
        return None, mistakes
    if not (prefilter_of_near or syntax.common_beginning):
        prefilter = _gated(pattern, syntax, own) or prefilter
    if syntax.pattern.lstrip().startswith("{{edge}}") and not prefilter_of_near and not prefilter.before_most:
        prefilter = replace(prefilter, is_at_edge=prefilter.expression.count("|") < _MOST_AT_EDGE)
    return PatternRule(
        id=syntax.id,
        name=syntax.name,
        severity=Severity(syntax.severity),
        confidence=Confidence(syntax.confidence),
        exposure=Exposure(syntax.exposure) if syntax.exposure else None,
        pattern=pattern,
        longest=longest,
        prefilter=prefilter,
        secret_run=_run_of(group_node(pattern, "secret")),
        prefilter_of_near=prefilter_of_near,
        near=near,
        require=Validators(**syntax.require),
        allow=frozenset(syntax.allow),
        context=syntax.context,
        why=" ".join(syntax.why.split()),
        fix=" ".join(syntax.fix.split()),
        references=syntax.references,
        verify=syntax.verify,
        pair=syntax.pair.get("id", ""),
        pair_within=syntax.pair.get("within", 0),
        plain=syntax.plain,
        source=syntax.where(),
    ), []


def _gated(pattern: str, syntax: RuleSyntax, macros: Mapping[str, str]) -> Prefilter | None:
    """Return a prefilter that is looked for only where the value gate hits; None if that may miss a match."""
    reach = reach_of(pattern, syntax.require, macros)
    before = node_before_group(pattern, "secret") if reach else None
    try:
        return replace(prefilter_of(before), reach=reach) if before is not None else None
    except RegexError:  # what is before the secret is in any code
        return None


def _prefilter(
    pattern: str, near: NearbyText | None, is_common: bool, wrong: Callable[..., None]
) -> tuple[Prefilter | None, bool]:
    """Return the prefilter of a rule, and whether it comes from `near` because that of the pattern is more common."""
    own: Prefilter | None = None
    try:
        own = prefilter_of(parse(pattern), whole=is_common)
    except RegexError as error:
        if near is None:
            wrong(str(error), "pattern")
    if near is None or (
        own is not None and has_rare_literal(own, _RARE_ENOUGH if own.least < _SHORT else LITERAL_RATE)
    ):
        return own, False
    try:
        of_near = prefilter_of(parse(near.pattern))
    except RegexError as error:
        if own is None:
            wrong(f"neither `pattern` nor `near` gives a prefilter: {error}", "near")
        return own, own is None
    return (of_near, True) if own is None or has_rare_literal(of_near) else (own, False)


def build_context(
    syntax: ContextSyntax, macros: Mapping[str, str], *, trusted: bool = False
) -> tuple[Context, list[str]]:
    """Compile one context, and return it with its mistakes; see `build_all`."""
    mistakes: list[str] = []
    facts: dict[str, tuple[FactPattern, ...]] = {}
    for name, patterns in syntax.facts.items():
        written: list[FactPattern] = []
        for index, pattern in enumerate(patterns):
            wrong: list[str] = []
            expanded, _ = _pattern(pattern, macros, "value", wrong.append, trusted)
            written.append(FactPattern(expanded, () if wrong else required_literals(parse(expanded))))
            mistakes += (f"{syntax.where('facts', name, index)}: facts: {name}: {message}" for message in wrong)
        facts[name] = tuple(written)
    unknown = [name for name in syntax.shown if name not in facts]
    mistakes += (f"{syntax.where('shown')}: shown: there is no fact {name!r}" for name in unknown)
    return Context(id=syntax.id, within=syntax.within, facts=facts, shown=syntax.shown, source=syntax.where()), mistakes


def build_triggers(document: Document, sources: RuleSources) -> tuple[tuple[Trigger, ...], list[str]]:
    """Compile the triggers of all decoders, whose document is valid in form, and return them with their mistakes."""
    triggers: list[Trigger] = []
    mistakes: list[str] = []
    for name, entry in document.value.items():
        for index, expression in enumerate(entry["triggers"]):
            try:
                prefilter = prefilter_of(parse(expand(expression, sources.macros)), whole=True)
            except KeyError as error:
                mistakes.append(f"{document.where(name, 'triggers', index)}: {name}: {_no_macro(error.args[0])}")
            except RegexError as error:
                mistakes.append(f"{document.where(name, 'triggers', index)}: {name}: {error}")
            else:
                triggers.append(Trigger(name=name, prefilter=prefilter))
    return tuple(triggers), _causes(mistakes, sources)


def _no_macro(name: object) -> str:
    return f"there is no macro {{{{{name}}}}}"


def _causes(mistakes: Iterable[str], sources: RuleSources) -> list[str]:
    """Return the mistakes without those that only follow from a macro that is invalid itself."""
    consequences = tuple(f": {_no_macro(name)}" for name in sources.broken_macros)
    return [mistake for mistake in mistakes if not mistake.endswith(consequences)]


def _pattern(
    pattern: str, macros: Mapping[str, str], group: str, wrong: Callable[[str], None], trusted: bool
) -> tuple[str, int]:
    """Expand a pattern, and check that its only named group is `group` (no named group if that is empty).

    Returns:
        The expanded pattern, and its longest match in bytes.
    """
    try:
        expanded = expand(pattern, macros)
        longest = width(parse(expanded))[1]
        if not trusted:
            compiled(expanded)  # which is kept: the examples run it
        found = group_names(expanded)
    except KeyError as error:
        wrong(_no_macro(error.args[0]))
    except (RegexError, regex.error) as error:
        wrong(str(error))
    except RecursionError:
        wrong("the pattern is nested too deeply")
    else:
        if found != ((group,) if group else ()):
            wrong(f"needs exactly one named group, (?P<{group}>…)" if group else "may not have a named group")
        elif group and not least_width_of_group(expanded, group):
            wrong(f"the group {group} can be empty or unused; it must always match at least one byte")
        return expanded, longest
    return pattern, 0


def _near(
    near: Mapping[str, Any], macros: Mapping[str, str], wrong: Callable[[str], None], trusted: bool
) -> NearbyText | None:
    if not near:
        return None
    expanded, longest = _pattern(near["pattern"], macros, "", wrong, trusted)
    return NearbyText(pattern=expanded, within=near["within"], longest=longest)
