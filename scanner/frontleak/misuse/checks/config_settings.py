"""Configurations of frameworks and bundlers that put values into the browser's code."""

import json
import re
from collections.abc import Iterator
from typing import Final

from frontleak.core.vocabulary import Severity
from frontleak.js.module import Module, Spot
from frontleak.js.syntax import arguments_of
from frontleak.misuse.misuse import Use
from frontleak.misuse.project import Analysed
from frontleak.misuse.taint_sources import Kind, flows, is_environment
from frontleak.misuse.variable_names import is_sanity, is_secret, power, public_prefix
from frontleak.modulegraph.config_objects import Leaf, config_objects, is_for_server, leaves_at
from frontleak.rules.misuse_rule import UsageRule

_MOST_LEAVES: Final = 300
EVERY: Final = "every variable"
"""Name of what a configuration publishes that hands over the whole environment."""
_OVER_ALL: Final = re.compile(r"Object\.(?:keys|entries|assign|fromEntries)\(")
_LONGEST_LOOP: Final = 400
"""Bytes of an expression in which the whole environment may be gone through."""
_LEAST_VALUE: Final = 10
"""Characters of what may be a secret."""


def check(project: Analysed, path: str, rule: UsageRule) -> Iterator[Use]:
    """Yield the secrets that the settings a rule names publish."""
    if not rule.is_about(path):
        return
    if path.endswith(".json"):
        yield from _of_json(project, path, rule)
    for module in project.modules(path):
        for leaf, is_name in _published(project, module, rule):
            yield from _use(project, leaf, rule, is_name=is_name)
        for prefix in rule.prefixes:
            yield from _widened(project, module, prefix)


def _published(project: Analysed, module: Module, rule: UsageRule) -> Iterator[tuple[Leaf, bool]]:
    """Yield what is published, and whether it is the name of a variable rather than a value."""
    program = project.program
    for setting in rule.settings:
        for found in config_objects(program, module):
            for leaf in leaves_at(program, [Leaf("", found)], setting.split(".")):
                yield leaf, False
    seen: set[tuple[str, int, int]] = set()
    for node in module.all("call_expression", "new_expression") if rule.calls else ():
        callee = node.child_by_field_name("function") or node.child_by_field_name("constructor")
        name = module.name(callee)
        known = next((known for known in rule.calls if name == known or name.endswith(f".{known}")), "")
        if known and not is_for_server(program, Spot(module, node)):
            for given in arguments_of(module, node):
                meant = [found.place for found in program.definitions(given) if isinstance(found, Spot)]
                if not seen.issuperset(meant):
                    seen.update(meant)
                    for leaf in leaves_at(program, [Leaf("", given)], ["**"]):
                        yield leaf, known in rule.names_variables


def _use(project: Analysed, leaf: Leaf, rule: UsageRule, *, is_name: bool) -> Iterator[Use]:
    module, node = leaf.spot
    span = (node.start_byte, node.end_byte)
    value = _unquoted(project, leaf.spot)
    if _is_whole(project, value):
        if rule.whole_environment is not False:
            yield _made(module.path, span, (), EVERY, Severity.CRITICAL)
        return
    if rule.whole_environment:
        return
    names = tuple(dict.fromkeys(flow.name for flow in flows(project.program, value) if flow.kind is Kind.ENV))
    if is_name and not names:
        names = (leaf.key or (module.string(node) if node.type == "string" else ""),)
    secret = [name for name in names if is_secret(name) and not public_prefix(name, project.framework_ids)]
    if secret:
        yield _made(module.path, span, tuple(secret), secret[0], None)
    elif rule.any_value and names:
        yield _made(module.path, span, names, names[0], None)
    elif is_secret(leaf.key) and not names:
        text = _text(project, value)
        if text is not None and len(text) > _LEAST_VALUE:
            yield _made(module.path, span, (), leaf.key, None)
        elif text == "" and rule.empty_counts:
            yield _made(module.path, span, (leaf.key,), leaf.key, None)


def _made(path: str, span: tuple[int, int], names: tuple[str, ...], what: str, severity: Severity | None) -> Use:
    return Use(
        path=path,
        start=span[0],
        end=span[1],
        names=names,
        power=power(what),
        severity=severity,
        shipped=f"the configuration gives the browser the value of {what}",
    )


def _is_whole(project: Analysed, value: Spot) -> bool:
    """Say whether a value is the whole environment, as it is or put together name by name."""
    for definition in project.program.definitions(value):
        if is_environment(definition):
            return True
        if isinstance(definition, Spot) and definition.node.type == "call_expression":
            module = definition.module
            if _OVER_ALL.search(module.beginning(definition.node, _LONGEST_LOOP)):
                inner = [
                    given[0]
                    for node in module.within(definition.node, "call_expression")
                    if _OVER_ALL.match(module.beginning(node, 40)) and (given := arguments_of(module, node))
                ]
                if any(is_environment(found) for item in inner for found in project.program.definitions(item)):
                    return True
    return False


def _unquoted(project: Analysed, spot: Spot) -> Spot:
    """Return what `JSON.stringify(x)` is given; any other expression as it is."""
    for definition in project.program.definitions(spot):
        if isinstance(definition, Spot) and definition.node.type == "call_expression":
            callee = definition.node.child_by_field_name("function")
            given = arguments_of(*definition)
            if definition.module.name(callee) == "JSON.stringify" and given:
                return given[0]
    return spot


def _text(project: Analysed, spot: Spot) -> str | None:
    """Return the text that stands there; None for anything that is no literal."""
    for definition in project.program.definitions(spot):
        if isinstance(definition, Spot) and definition.node.type in {"string", "template_string"}:
            return definition.text[1:-1]
    return None


def _widened(project: Analysed, module: Module, setting: str) -> Iterator[Use]:
    """Yield the prefixes in `envPrefix` that let secrets through: an empty one, or one that secrets begin with."""
    for root in config_objects(project.program, module):
        for value in project.program.members(root, setting):
            for definition in project.program.definitions(value) if isinstance(value, Spot) else ():
                if not isinstance(definition, Spot):
                    continue
                items = definition.node.named_children if definition.node.type == "array" else [definition.node]
                for item in items:
                    prefix = definition.module.string(item) if item.type == "string" else None
                    if prefix is not None and _lets_through(project, prefix):
                        yield Use(
                            path=definition.module.path,
                            start=item.start_byte,
                            end=item.end_byte,
                            severity=Severity.CRITICAL if not prefix else None,
                            shipped=f"every variable that begins with {prefix!r} is in the bundle once code names it",
                        )


def _lets_through(project: Analysed, prefix: str) -> bool:
    if not prefix or (is_sanity(prefix) and not public_prefix(prefix)):
        return True
    declared = re.compile(rb"^[ \t]*(?:export[ \t]+)?(%b\w+)[ \t]*=" % re.escape(prefix.encode()), re.MULTILINE)
    return not public_prefix(prefix) and any(
        is_secret(match.group(1).decode()) for data in project.env_files.values() for match in declared.finditer(data)
    )


def _of_json(project: Analysed, path: str, rule: UsageRule) -> Iterator[Use]:
    """Yield the secrets in a configuration that is JSON, by the names of its members."""
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
            elif isinstance(value, str) and len(value) > 12 and is_secret(key):
                found_at = _member_of_json(data, key, value)
                if found_at is not None:
                    yield _made(path, found_at, (key,), key, None)


def _member_of_json(data: bytes, key: str, value: str) -> tuple[int, int] | None:
    """Return where the key of a member stands in JSON; None when key or value are written with other escapes."""
    for ascii_only in (False, True):
        texts = [json.dumps(text, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass") for text in (key, value)]
        member = re.search(rb"(%b)\s*:\s*%b" % tuple(map(re.escape, texts)), data)
        if member:
            return member.span(1)
    return None
