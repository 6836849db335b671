"""Framework and bundler configurations that publish values to the browser."""

import json
import re
from collections.abc import Iterator
from typing import Final

from frontleak.core.vocabulary import Severity
from frontleak.js.module import Expr, Module
from frontleak.js.syntax import arguments_of
from frontleak.misuse.check import Check
from frontleak.misuse.misuse import Misuse
from frontleak.misuse.project import AnalysedProject
from frontleak.misuse.taint_sources import SourceKind, is_environment, taint_sources
from frontleak.misuse.variable_names import is_sanity, is_secret, power, public_prefix
from frontleak.misuse.variable_values import is_harmless
from frontleak.modulegraph.config_objects import ConfigValue, config_objects, is_for_server, leaves_at
from frontleak.rules.misuse_rule import MisuseRule

_MOST_LEAVES: Final = 300
EVERY: Final = "every environment variable"
"""Label for a configuration that publishes the whole environment."""
_OVER_ALL: Final = re.compile(r"Object\.(?:keys|entries|assign|fromEntries)\(")
_LONGEST_LOOP: Final = 400
"""Bytes at the start of an expression that are searched for iteration over the whole environment."""
_LEAST_VALUE: Final = 10
"""Characters that a secret exceeds."""


def check(project: AnalysedProject, path: str, rule: MisuseRule) -> Iterator[Misuse]:
    """Yield the secrets that the rule's settings publish."""
    if not rule.is_about(path):
        return
    if path.endswith(".json"):
        yield from _of_json(project, path, rule)
    for module in project.modules(path):
        for leaf, is_name in _published(project, module, rule):
            yield from _misuses(project, leaf, rule, is_name=is_name)
        for prefix in rule.prefixes:
            yield from _wide_prefixes(project, module, prefix)


def _published(project: AnalysedProject, module: Module, rule: MisuseRule) -> Iterator[tuple[ConfigValue, bool]]:
    """Yield (published value, whether it is a variable name rather than a value)."""
    references = project.references
    for setting in rule.settings:
        for found in config_objects(references, module):
            for leaf in leaves_at(references, [ConfigValue("", found)], setting.split(".")):
                yield leaf, False
    seen: set[tuple[str, int, int]] = set()
    for node in module.all("call_expression", "new_expression") if rule.calls else ():
        callee = node.child_by_field_name("function") or node.child_by_field_name("constructor")
        name = module.name(callee)
        called = next((call for call in rule.calls if name == call or name.endswith(f".{call}")), "")
        if called and not is_for_server(references, Expr(module, node)):
            for argument in arguments_of(module, node):
                places = [found.place for found in references.referents(argument) if isinstance(found, Expr)]
                if not seen.issuperset(places):
                    seen.update(places)
                    for leaf in leaves_at(references, [ConfigValue("", argument)], ["**"]):
                        yield leaf, called in rule.names_variables


def _misuses(project: AnalysedProject, leaf: ConfigValue, rule: MisuseRule, *, is_name: bool) -> Iterator[Misuse]:
    module, node = leaf.expr
    span = (node.start_byte, node.end_byte)
    value = _unquoted(project, leaf.expr)
    if _is_whole(project, value):
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
    secret = [name for name in names if is_secret(name) and not public_prefix(name, project.framework_ids)]
    if secret:
        yield _misuse(module.path, span, tuple(secret), secret[0], None)
    elif rule.any_value and names:
        yield _misuse(module.path, span, names, names[0], None)
    elif is_secret(leaf.key) and not names:
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


def _is_whole(project: AnalysedProject, value: Expr) -> bool:
    """Return whether a value is the whole environment, directly or copied variable by variable."""
    for referent in project.references.referents(value):
        if is_environment(project.references, referent):
            return True
        if isinstance(referent, Expr) and referent.node.type == "call_expression":
            module = referent.module
            if _OVER_ALL.search(module.beginning(referent.node, _LONGEST_LOOP)):
                inner = [
                    arguments[0]
                    for node in module.within(referent.node, "call_expression")
                    if _OVER_ALL.match(module.beginning(node, 40)) and (arguments := arguments_of(module, node))
                ]
                if any(
                    is_environment(project.references, found)
                    for item in inner
                    for found in project.references.referents(item)
                ):
                    return True
    return False


def _unquoted(project: AnalysedProject, expr: Expr) -> Expr:
    """Return the argument of `JSON.stringify(x)`; any other expression unchanged."""
    for referent in project.references.referents(expr):
        if isinstance(referent, Expr) and referent.node.type == "call_expression":
            callee = referent.node.child_by_field_name("function")
            arguments = arguments_of(*referent)
            if referent.module.name(callee) == "JSON.stringify" and arguments:
                return arguments[0]
    return expr


def _text(project: AnalysedProject, expr: Expr) -> str | None:
    """Return the text of a string literal; None for any other expression."""
    for referent in project.references.referents(expr):
        if isinstance(referent, Expr) and referent.node.type in {"string", "template_string"}:
            return referent.text[1:-1]
    return None


def _wide_prefixes(project: AnalysedProject, module: Module, setting: str) -> Iterator[Misuse]:
    """Yield the `envPrefix` values that publish secrets: an empty prefix, or one that secrets start with."""
    for root in config_objects(project.references, module):
        for value in project.references.members(root, setting):
            for referent in project.references.referents(value) if isinstance(value, Expr) else ():
                if not isinstance(referent, Expr):
                    continue
                items = referent.node.named_children if referent.node.type == "array" else [referent.node]
                for item in items:
                    prefix = referent.module.string(item) if item.type == "string" else None
                    if prefix is not None and _publishes_secrets(project, prefix):
                        variables = f"every environment variable that starts with {prefix!r}"
                        yield Misuse(
                            path=referent.module.path,
                            start=item.start_byte,
                            end=item.end_byte,
                            severity=Severity.CRITICAL if not prefix else None,
                            shipped=f"the client bundle contains {variables} and that code reads",
                        )


def _publishes_secrets(project: AnalysedProject, prefix: str) -> bool:
    if not prefix or (is_sanity(prefix) and not public_prefix(prefix)):
        return True
    declared = re.compile(rb"^[ \t]*(?:export[ \t]+)?(%b\w+)[ \t]*=" % re.escape(prefix.encode()), re.MULTILINE)
    return not public_prefix(prefix) and any(
        is_secret(match.group(1).decode()) for data in project.env_files.values() for match in declared.finditer(data)
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
