"""Framework and bundler configurations that publish values to the browser."""

import functools
import json
import re
from collections.abc import Iterator
from typing import Final

from frontleak.core.records import replace
from frontleak.core.vocabulary import Severity
from frontleak.js.module import Expr, Module
from frontleak.js.references import References
from frontleak.js.syntax import arguments_of, required_specifier, unwrapped
from frontleak.misuse.check import Check
from frontleak.misuse.masks import is_filtered
from frontleak.misuse.misuse import Misuse
from frontleak.misuse.project import AnalysedProject
from frontleak.misuse.published_options import options_given
from frontleak.misuse.taint_sources import SourceKind, taint_sources
from frontleak.misuse.variable_names import Power, is_sanity, is_secret, power, public_prefix
from frontleak.misuse.variable_values import is_harmless
from frontleak.misuse.webpack_chain import chained_options
from frontleak.misuse.whole_environment import is_whole
from frontleak.modulegraph.config_objects import (
    ConfigValue,
    config_objects,
    is_for_server,
    leaves_at,
)
from frontleak.rules.misuse_rule import MisuseRule, Options

_MOST_LEAVES: Final = 300
EVERY: Final = "every environment variable"
"""Label for a configuration that publishes the whole environment."""
_INLINE: Final = "inline"
"""The prefix of a bundler (Bun) that stands for all variables."""
_LEAST_VALUE: Final = 10
"""Characters that a secret exceeds."""


def check(project: AnalysedProject, path: str, rule: MisuseRule) -> Iterator[Misuse]:
    """Yield the secrets that the rule's settings publish."""
    is_listed = rule.is_about(path)
    if is_listed and path.endswith(".json"):
        yield from _of_json(project, path, rule)
    for module in project.modules(path) if is_listed or _names_package(project, path, rule) else ():
        if is_listed or any(package in module.imports for package in rule.packages) or _requires(module, rule):
            for leaf, is_name in _published(project, module, rule, with_settings=is_listed):
                yield from _misuses(project, leaf, rule, is_name=is_name)
        if is_listed:
            for root in config_objects(project.references, module) if rule.prefixes else ():
                for prefix in rule.prefixes:
                    yield from _wide_prefixes(project, root, prefix)
        for options in rule.options:
            yield from _of_options(project, module, rule, options)


def _names_package(project: AnalysedProject, path: str, rule: MisuseRule) -> bool:
    """Return whether a file names a package of the rule; files that name none are not parsed."""
    if not rule.packages and not rule.options:
        return False
    names, whole = _package_names((*rule.packages, *[each.of for each in rule.options]))
    data = project.read(path) or b""
    return any(map(data.__contains__, names)) and whole.search(data) is not None


@functools.cache
def _package_names(names: tuple[str, ...]) -> tuple[tuple[bytes, ...], re.Pattern[bytes]]:
    """Return names of packages without their `@`, and a regular expression for one of them as a whole word."""
    plain = tuple(name.lstrip("@").encode() for name in names)
    return plain, re.compile(rb"\b(?:%b)\b" % b"|".join(map(re.escape, plain)))


def _requires(module: Module, rule: MisuseRule) -> bool:
    return any(required_specifier(Expr(module, node)) in rule.packages for node in module.all("call_expression"))


def _of_options(project: AnalysedProject, module: Module, rule: MisuseRule, options: Options) -> Iterator[Misuse]:
    """Yield what the options publish that code gives to a bundler or plugin."""
    for argument in options_given(project.references, module, options):
        for setting in options.settings:
            for leaf in published_at(project.references, argument, setting):
                yield from _misuses(project, leaf, rule, is_name=options.names_variables)
        for prefix in options.prefixes:
            yield from _wide_prefixes(project, argument, prefix)


def _published(
    project: AnalysedProject, module: Module, rule: MisuseRule, *, with_settings: bool
) -> Iterator[tuple[ConfigValue, bool]]:
    """Yield (published value, whether it is a variable name rather than a value)."""
    references = project.references
    for setting in rule.settings if with_settings else ():
        for found in config_objects(references, module):
            for leaf in published_at(references, found, setting):
                yield leaf, False
    yield from ((leaf, False) for leaf in _chained(references, module, rule) if with_settings)
    seen: set[tuple[str, int, int]] = set()
    for node in module.all("call_expression", "new_expression") if rule.calls else ():
        callee = node.child_by_field_name("function") or node.child_by_field_name("constructor")
        name = module.name(unwrapped(callee)) if callee is not None else ""
        called = next((call for call in rule.calls if name == call or name.endswith(f".{call}")), "")
        if called and not is_for_server(references, Expr(module, node)):
            for argument in arguments_of(module, node):
                places = [found.place for found in references.referents(argument) if isinstance(found, Expr)]
                if not seen.issuperset(places):
                    seen.update(places)
                    for leaf in published_at(references, argument, "**"):
                        yield leaf, called in rule.names_variables


def _chained(references: References, module: Module, rule: MisuseRule) -> Iterator[ConfigValue]:
    """Yield what the file publishes by webpack-chain."""
    for call, value in chained_options(module, rule.chained, rule.calls):
        if not is_for_server(references, Expr(module, call)):
            yield from published_at(references, value.expr, "**", value.key)


def published_at(references: References, root: Expr, setting: str, key: str = "") -> Iterator[ConfigValue]:
    """Yield the values at a setting path below a root, whose name is `key`.

    For a final `**`, this includes an object that a loop fills.
    """
    steps = setting.split(".")
    for leaf in leaves_at(references, [ConfigValue(key, root)], steps):
        inner = unquoted(references, leaf.expr)
        parts = list(leaves_at(references, [leaf._replace(expr=inner)], ["**"])) if inner != leaf.expr else []
        yield from parts if len(parts) > 1 or (parts and parts[0].expr != inner) else [leaf]
    if steps[-1] == "**":
        for leaf in leaves_at(references, [ConfigValue("", root)], steps[:-1]):
            if is_whole(references, leaf.expr):
                yield leaf


def _misuses(project: AnalysedProject, leaf: ConfigValue, rule: MisuseRule, *, is_name: bool) -> Iterator[Misuse]:
    module, node = leaf.expr
    span = (node.start_byte, node.end_byte)
    value = unquoted(project.references, leaf.expr)
    if is_whole(project.references, value):
        if rule.whole_environment is not False:
            yield _misuse(module.path, span, (), EVERY, Severity.CRITICAL)
        return
    if rule.whole_environment:
        return
    names = tuple(
        dict.fromkeys(
            source.name for source in taint_sources(project.references, value) if source.kind is SourceKind.ENV
        )
    )
    if is_name and not names:
        names = (leaf.key or (module.string(node) if node.type == "string" else ""),)
    yield from _of_variables(project, leaf, rule, names) if names else _of_text(project, leaf, rule, value)


def _of_variables(
    project: AnalysedProject, leaf: ConfigValue, rule: MisuseRule, names: tuple[str, ...]
) -> Iterator[Misuse]:
    """Yield what a setting publishes that holds variables, or names of them."""
    module, node = leaf.expr
    span = node.byte_range
    if rule.only_writing:
        names = tuple(name for name in names if power(name) is Power.WRITE)
    secret = [
        name
        for name in names
        if (is_secret(name) or name in project.sanity_variables) and not public_prefix(name, project.framework_ids)
    ]
    if secret:
        yield replace(_misuse(module.path, span, tuple(secret), secret[0], None), variables=tuple(secret))
    elif rule.any_value and names:
        yield replace(_misuse(module.path, span, names, names[0], None), variables=names)


def _of_text(project: AnalysedProject, leaf: ConfigValue, rule: MisuseRule, value: Expr) -> Iterator[Misuse]:
    """Yield a secret in the text of a setting."""
    module, node = leaf.expr
    span = node.byte_range
    if is_secret(leaf.key):
        text = _text(project, value)
        if text is not None and len(text) > _LEAST_VALUE and not is_harmless(leaf.key, text):
            yield _misuse(module.path, span, (), leaf.key, None)
        elif text == "" and rule.empty_counts:
            yield _misuse(module.path, span, (leaf.key,), leaf.key, None)


def _misuse(path: str, span: tuple[int, int], names: tuple[str, ...], what: str, severity: Severity | None) -> Misuse:
    return Misuse(
        path=path,
        start=span[0],
        end=span[1],
        names=names,
        power=power(what),
        severity=severity,
        shipped=f"the configuration publishes the value of {what} to the browser",
    )


def unquoted(references: References, expr: Expr) -> Expr:
    """Return the argument of `JSON.stringify(x)`; any other expression unchanged."""
    for referent in references.referents(expr):
        if isinstance(referent, Expr) and referent.node.type == "call_expression":
            callee = referent.node.child_by_field_name("function")
            arguments = arguments_of(*referent)
            if referent.module.name(callee) == "JSON.stringify" and arguments and not is_filtered(referent):
                return arguments[0]
    return expr


def _text(project: AnalysedProject, expr: Expr) -> str | None:
    """Return the text of a string literal; None for any other expression."""
    for referent in project.references.referents(expr):
        if isinstance(referent, Expr) and referent.node.type in {"string", "template_string"}:
            return referent.text[1:-1]
    return None


def _wide_prefixes(project: AnalysedProject, root: Expr, setting: str) -> Iterator[Misuse]:
    """Yield the `envPrefix` values that publish secrets: an empty prefix, or one that secrets start with."""
    for value in project.references.members(root, setting):
        for referent in project.references.referents(value) if isinstance(value, Expr) else ():
            if not isinstance(referent, Expr):
                continue
            items = referent.node.named_children if referent.node.type == "array" else [referent.node]
            for item in items:
                text = referent.module.string(item) if item.type == "string" else None
                prefix = "" if text == _INLINE else text.removesuffix("*") if text is not None else None
                if prefix is not None and _publishes_secrets(project, prefix):
                    which = f" and that starts with {prefix!r}" if prefix else ""
                    yield Misuse(
                        path=referent.module.path,
                        start=item.start_byte,
                        end=item.end_byte,
                        severity=Severity.CRITICAL if not prefix else None,
                        shipped=f"the client bundle contains every environment variable that code reads{which}",
                    )


def _publishes_secrets(project: AnalysedProject, prefix: str) -> bool:
    if not prefix or (is_sanity(prefix) and not public_prefix(prefix)):
        return True
    declared = re.compile(
        rb"^[ \t]*(?:export[ \t]+)?(%b\w+)[ \t]*=" % re.escape(prefix.encode("utf-8", "surrogateescape")), re.MULTILINE
    )
    return not public_prefix(prefix) and any(
        is_secret(match.group(1).decode("utf-8", "surrogateescape"))
        for data in project.env_files.values()
        for match in declared.finditer(data)
    )


def _of_json(project: AnalysedProject, path: str, rule: MisuseRule) -> Iterator[Misuse]:
    """Yield the secrets in a JSON configuration, by the names of its members."""
    data = project.read(path) or b""
    try:
        loaded = json.loads(data)
    except (ValueError, RecursionError):
        return
    for setting in rule.settings:
        found = [("", loaded)]
        for step in setting.split("."):
            if step != "**":
                found = [(step, value[step]) for _, value in found if isinstance(value, dict) and step in value]
        count = 0
        while found and count < _MOST_LEAVES:
            count += 1
            key, value = found.pop(0)
            if isinstance(value, dict):
                found += value.items()
            elif isinstance(value, str) and len(value) > 12 and is_secret(key) and not is_harmless(key, value):
                found_at = _member_of_json(data, key, value)
                if found_at is not None:
                    yield _misuse(path, found_at, (key,), key, None)


def _member_of_json(data: bytes, key: str, value: str) -> tuple[int, int] | None:
    """Return the span of a member's key in JSON; None when key or value use other escapes."""
    for ascii_only in (False, True):
        texts = [json.dumps(text, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass") for text in (key, value)]
        member = re.search(rb"(%b)\s*:\s*%b" % tuple(map(re.escape, texts)), data)
        if member:
            return member.span(1)
    return None


CHECK: Final = Check(name="settings", find=check, belongs_on_server=True)
