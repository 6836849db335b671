"""Compile `RuleSyntax` to `PatternRule`: expand macros, parse patterns, derive prefilters, collect every mistake."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import regex

from frontleak.core.rule import Rule
from frontleak.core.vocabulary import Confidence, Exposure, Severity
from frontleak.rules.pattern_rule import Context, NearbyText, PatternRule, Prefilter, Trigger, Validators
from frontleak.rules.regex_ast import RegexError, group_names, least_width_of_group, parse, prefilter_of, width
from frontleak.rules.schema import ContextSyntax, RuleSyntax, expand

CHECKSUMS: Final = ("crc32-base62",)
"""Valid values of `require.checksum`."""
_REQUIREMENTS: Final[Mapping[str, tuple[type, ...]]] = {
    "digits": (int,),
    "upper": (int,),
    "lower": (int,),
    "entropy": (int, float),
    "checksum": (str,),
    "jwt": (dict,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """The rules and contexts of a set of files, with every mistake in them."""

    rules: tuple[tuple[RuleSyntax, PatternRule], ...]
    """Valid rules with their syntax, in file order."""
    contexts: Mapping[str, Context]
    macros: Mapping[str, str]
    count: int
    """Number of rules in the files, including invalid ones."""
    mistakes: tuple[str, ...]
    """As `file:line: message`."""


def build_all(
    syntaxes: Sequence[RuleSyntax],
    contexts: Sequence[ContextSyntax],
    macros: Mapping[str, str],
    mistakes: Sequence[str],
    *,
    others: Sequence[Rule] = (),
) -> Built:
    """Compile the content of rule files; `mistakes` come from reading them, `others` reserve their ids."""
    found = list(mistakes)
    compiled_contexts: dict[str, Context] = {}
    for context in contexts:
        compiled_contexts[context.id], wrong = build_context(context, macros)
        found += wrong
    rules: list[tuple[RuleSyntax, PatternRule]] = []
    taken = {rule.id: rule.source for rule in others}
    for syntax in syntaxes:
        rule, wrong = build_rule(syntax, macros)
        found += wrong
        if "context" not in syntax.broken and syntax.context and syntax.context not in compiled_contexts:
            found.append(f"{syntax.where('context')}: there is no context {syntax.context!r}")
        if rule is None:
            continue
        if rule.id in taken:
            found.append(f"{syntax.where()}: the id {rule.id!r} is taken by {taken[rule.id]}")
        taken.setdefault(rule.id, syntax.where())
        rules.append((syntax, rule))
    return Built(
        rules=tuple(rules), contexts=compiled_contexts, macros=macros, count=len(syntaxes), mistakes=tuple(found)
    )


def build_rule(syntax: RuleSyntax, macros: Mapping[str, str]) -> tuple[PatternRule | None, list[str]]:
    """Compile one rule.

    Returns:
        The rule, or None if it has mistakes, and the mistakes as `file:line: message`.
    """
    mistakes: list[str] = []

    def wrong(field: str, message: str) -> None:
        mistakes.append(f"{syntax.where(field)}: {message}")

    pattern, longest = _pattern(syntax.pattern, macros, "secret", lambda message: wrong("pattern", message))
    near = _near(syntax, macros, lambda message: wrong("near", message))
    require = _require(syntax.require, lambda message: wrong("require", message))
    for name, grammar in syntax.samples.items():
        try:
            parse(grammar)
        except RegexError as error:
            wrong("samples", f"samples: {name}: {error}")
    if "sample" not in syntax.samples:
        wrong("samples", "samples needs a grammar named `sample` for the secret itself")
    if not any("{sample}" in example for example in syntax.examples):
        wrong("examples", "no example contains {sample}")
    if mistakes or "near" in syntax.broken:
        return None, mistakes

    prefilter, prefilter_of_near = _prefilter(pattern, near, wrong)
    if prefilter is None or syntax.broken:
        return None, mistakes
    return PatternRule(
        id=syntax.id,
        name=syntax.name,
        severity=Severity(syntax.severity),
        confidence=Confidence(syntax.confidence),
        exposure=Exposure(syntax.exposure) if syntax.exposure else None,
        pattern=pattern,
        longest=longest,
        prefilter=prefilter,
        prefilter_of_near=prefilter_of_near,
        near=near,
        require=require,
        allow=frozenset(syntax.allow),
        context=syntax.context,
        why=" ".join(syntax.why.split()),
        fix=" ".join(syntax.fix.split()),
        references=syntax.references,
        verify=syntax.verify,
        plain=syntax.plain,
        source=syntax.where(),
    ), []


def _prefilter(
    pattern: str, near: NearbyText | None, wrong: Callable[[str, str], None]
) -> tuple[Prefilter | None, bool]:
    """Return the prefilter of a rule, and whether it comes from `near` because the pattern is not distinctive."""
    try:
        return prefilter_of(parse(pattern)), False
    except RegexError as error:
        if near is None:
            wrong("pattern", str(error))
            return None, False
    try:
        return prefilter_of(parse(near.pattern)), True
    except RegexError as error:
        wrong("near", f"neither `pattern` nor `near` gives a prefilter: {error}")
        return None, True


def build_context(syntax: ContextSyntax, macros: Mapping[str, str]) -> tuple[Context, list[str]]:
    """Compile one context, and return it with its mistakes."""
    mistakes: list[str] = []
    facts: dict[str, tuple[str, ...]] = {}
    for name, patterns in syntax.facts.items():

        def wrong(message: str, name: str = name) -> None:
            mistakes.append(f"{syntax.file}:{syntax.line}: facts: {name}: {message}")

        facts[name] = tuple(_pattern(pattern, macros, "value", wrong)[0] for pattern in patterns)
    return Context(id=syntax.id, within=syntax.within, facts=facts), mistakes


def build_triggers(
    patterns: Mapping[str, tuple[str, ...]], macros: Mapping[str, str], file: str
) -> tuple[tuple[Trigger, ...], list[str]]:
    """Compile the triggers of all decoders, and return them with their mistakes."""
    triggers: list[Trigger] = []
    mistakes: list[str] = []
    for name, expressions in patterns.items():
        for expression in expressions:
            try:
                triggers.append(
                    Trigger(name=name, prefilter=prefilter_of(parse(expand(expression, macros)), whole=True))
                )
            except (RegexError, KeyError) as error:
                mistakes.append(f"{file}:1: {name}: {expression}: {error}")
    return tuple(triggers), mistakes


def _pattern(pattern: str, macros: Mapping[str, str], group: str, wrong: Any) -> tuple[str, int]:
    """Expand a pattern, and check that its only named group is `group` (no named group if that is empty).

    Returns:
        The expanded pattern, and its longest match in bytes.
    """
    try:
        expanded = expand(pattern, macros)
        longest = width(parse(expanded))[1]
        regex.compile(expanded.encode(), regex.VERBOSE | regex.VERSION0)
        found = group_names(expanded)
    except KeyError as error:
        wrong(f"there is no macro {{{{{error.args[0]}}}}}")
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


def _near(syntax: RuleSyntax, macros: Mapping[str, str], wrong: Any) -> NearbyText | None:
    if not syntax.near:
        return None
    pattern, within = syntax.near.get("pattern"), syntax.near.get("within")
    if set(syntax.near) != {"pattern", "within"} or not isinstance(pattern, str):
        wrong("near must be a mapping {pattern: …, within: bytes}")
        return None
    if not isinstance(within, int) or not 0 < within <= 5000:
        wrong("near: within must be a number of bytes from 1 to 5000")
        return None
    expanded, longest = _pattern(pattern, macros, "", wrong)
    return NearbyText(pattern=expanded, within=within, longest=longest)


def _require(values: Mapping[str, Any], wrong: Any) -> Validators:
    for name, value in values.items():
        if name not in _REQUIREMENTS:
            wrong(f"unknown check {name!r}; allowed: {', '.join(_REQUIREMENTS)}")
        elif not isinstance(value, _REQUIREMENTS[name]) or isinstance(value, bool):
            wrong(f"{name} must be of type {_REQUIREMENTS[name][-1].__name__}")
    if values.get("checksum", CHECKSUMS[0]) not in CHECKSUMS:
        wrong(f"unknown checksum; allowed: {', '.join(CHECKSUMS)}")
    jwt = values.get("jwt", {})
    if isinstance(jwt, dict) and not all(isinstance(claim, str) for claim in (*jwt.keys(), *jwt.values())):
        wrong("jwt must map claims to strings")
    try:
        return Validators(**values)
    except TypeError:
        return Validators()
