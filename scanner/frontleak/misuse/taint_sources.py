"""Taint sources of an expression: environment variables, literal tokens, runtime settings, parameters."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final, NamedTuple

from frontleak.core.lazy_regex import LazyTextRegex
from frontleak.js.module import DEFAULT, Expr
from frontleak.js.references import References
from frontleak.js.referents import ExternalExport, MemberOf, Parameter, Referent
from frontleak.js.syntax import accessed, arguments_of, callee_name, member_name, unwrapped
from frontleak.misuse.environment import CONSTANT, PROCESS, asked_for, is_environment, is_given_environment
from frontleak.misuse.masks import is_masked
from frontleak.rules.code_names import code_names
from frontleak.rules.load import load_data

_MOST_SOURCES: Final = 40
_MOST_DEPTH: Final = 6
_MOST_STEPS: Final = 300
"""Expressions that are visited for the taint sources of one expression."""
_LONGEST_TOKEN: Final = 600
"""Longest literal that may be a token, in bytes."""
_TOKEN: Final = LazyTextRegex(r"^(?:Bearer\s+)?sk[A-Za-z0-9]{40,}$")
_PASSES_THROUGH: Final = LazyTextRegex(
    r"^(?:String|Buffer\.from|encodeURI(?:Component)?|btoa|(?:assert|require|ensure|must|env|getEnv|checkEnv|invariant|nonNull)\w*)$"
)
"""External functions that are assumed to return their argument, or its bytes."""


class SourceKind(StrEnum):
    """Kind of a taint source."""

    ENV = "env"
    """An environment variable, read at build time or run time."""
    LITERAL = "literal"
    """A token in a literal."""
    SETTING = "setting"
    """A setting in the framework's configuration, such as `runtimeConfig.sanityToken` in Nuxt."""
    PARAMETER = "given"
    """A parameter; its value depends on the caller."""


class TaintSource(NamedTuple):
    """A possible source of a value."""

    kind: SourceKind
    name: str
    """Name of the variable, setting, parameter or constant; empty for a literal used directly."""
    expr: Expr | None
    """Where it is read; None for an imported name."""
    how: str = ""
    """Source text, such as `process.env.SANITY_TOKEN`."""
    module: str = ""
    """The module that exports the variable; empty for one that is read from the environment."""
    parameter: Parameter | None = None
    """The parameter, for one."""


def taint_sources(references: References, expr: Expr) -> list[TaintSource]:
    """Return the distinct taint sources of an expression; empty when none is found."""
    found: dict[tuple[SourceKind, str], TaintSource] = {}
    named = _name_of(expr)
    pending: list[tuple[Expr, int]] = [(expr, 0)]
    for _ in range(_MOST_STEPS):
        if not pending or len(found) >= _MOST_SOURCES:
            break
        at, depth = pending.pop(0)
        for referent in references.referents(at):
            for step in _sources_or_next(references, referent):
                if isinstance(step, TaintSource):
                    source = step._replace(name=named) if step.kind is SourceKind.LITERAL else step
                    found.setdefault((source.kind, source.name), source)
                elif depth < _MOST_DEPTH:
                    pending.append((step, depth + 1))
    return list(found.values())


def variables_of(sources: Iterable[TaintSource]) -> tuple[str, ...]:
    """Return the names of the environment variables among taint sources."""
    return tuple(dict.fromkeys(source.name for source in sources if source.kind is SourceKind.ENV and source.name))


def _name_of(expr: Expr) -> str:
    """Return the name of the constant that an expression is or is built from; empty for a literal used directly."""
    module, node = expr
    node = unwrapped(node)
    match node.type:
        case "identifier" | "shorthand_property_identifier":
            declaration = module.lookup(module.text(node), node)
            imported = declaration.imported if declaration is not None else None
            return imported.name if imported is not None and imported.name != DEFAULT else module.text(node)
        case "member_expression":
            return member_name(module, node)
        case "template_string" | "binary_expression":
            inner = [child for child in node.named_children if child.type in {"template_substitution", "identifier"}]
            first = inner[0] if inner else None
            if first is not None and first.type == "template_substitution" and first.named_children:
                first = first.named_children[0]
            return module.text(first) if first is not None and first.type == "identifier" else ""
        case _:
            return ""


def _sources_or_next(references: References, referent: Referent) -> list[TaintSource | Expr]:
    match referent:
        case Expr():
            return _of_expr(references, referent)
        case ExternalExport():
            return _of_external(referent)
        case MemberOf():
            return _of_opaque_member(references, referent)
        case Parameter():
            name = str(referent.path[-1]) if referent.path else referent.expr.text
            kind = SourceKind.ENV if is_given_environment(referent) else SourceKind.PARAMETER
            return [TaintSource(kind, name, referent.expr, referent.expr.text, parameter=referent)]
        case _:
            return []


def _of_external(export: ExternalExport) -> list[TaintSource | Expr]:
    """Return the source for an export of another package: a variable or a setting."""
    package, name = export
    variable = name.removeprefix("env.")
    if package in PROCESS:
        how = f"process.{name}"
        return [TaintSource(SourceKind.ENV, variable, None, how)] if variable != name else []
    if package in code_names().environment_modules:
        return [TaintSource(SourceKind.ENV, variable, None, f"{variable} of {package}", package)]
    if package in code_names().settings_modules and "." in name:
        return [TaintSource(SourceKind.SETTING, name, None, name)]
    return []


def _of_expr(references: References, expr: Expr) -> list[TaintSource | Expr]:
    module, node = expr
    match node.type:
        case "string" | "template_string" if _is_token(expr):
            return [TaintSource(SourceKind.LITERAL, "", expr, "a token")]
        case "template_string":
            inner = [part.named_children for part in node.named_children if part.type == "template_substitution"]
            return [Expr(module, children[0]) for children in inner if children]
        case "binary_expression" if (operator := node.child_by_field_name("operator")) and operator.type == "+":
            sides = (node.child_by_field_name("left"), node.child_by_field_name("right"))
            return [Expr(module, section) for section in sides if section is not None]
        case "member_expression" | "subscript_expression" | "call_expression" | "new_expression":
            return _of_call(references, expr) if accessed(expr) is None else _of_member(references, expr)
        case _:
            return []


def _is_token(expr: Expr) -> bool:
    """Return whether a literal is a token; a longer one is not."""
    start, end = expr.node.byte_range
    return end - start <= _LONGEST_TOKEN and _TOKEN.match(expr.text[1:-1]) is not None


def _of_member(references: References, expr: Expr) -> list[TaintSource | Expr]:
    """Return the source for a member expression without a referent, such as a variable of the environment."""
    module, node = expr
    owner, _ = accessed(expr) or (None, None)
    if owner is None:
        return []
    is_env = any(is_environment(references, referent) for referent in references.referents(Expr(module, owner)))
    # `env.SANITY_TOKEN` of a validated environment, an object that no literal defines
    names = [name for name in references.member_names(expr) if is_env or CONSTANT.match(name)]
    return [TaintSource(SourceKind.ENV, name, expr, module.name(node) or name) for name in names]


def _of_opaque_member(references: References, part: MemberOf) -> list[TaintSource | Expr]:
    """Return the source for a member of an opaque value, such as the result of a call: a variable or a setting."""
    path = part.path
    if is_environment(references, part.whole):
        return [TaintSource(SourceKind.ENV, path[0], part.whole, path[0])] if len(path) == 1 else []
    if is_environment(references, MemberOf(part.whole, path[:-1])):
        return [TaintSource(SourceKind.ENV, path[-1], part.whole, path[-1])]
    if _is_config_call(part.whole):
        return [TaintSource(SourceKind.SETTING, ".".join(path), part.whole, ".".join(path))]
    return [TaintSource(SourceKind.ENV, path[-1], part.whole, path[-1])] if CONSTANT.match(path[-1]) else []


def _is_config_call(expr: Expr) -> bool:
    """Return whether a call returns the settings of the framework's configuration."""
    return callee_name(*expr) in code_names().settings_functions


def _of_call(references: References, expr: Expr) -> list[TaintSource | Expr]:
    """Return the variable that a call reads, or the value that an external function passes through."""
    module, node = expr
    callee = node.child_by_field_name("function")
    if callee is None:
        return []
    arguments = arguments_of(module, node)
    name = module.name(callee)
    if variables := asked_for(references, expr):
        return [TaintSource(SourceKind.ENV, variable, expr, expr.text) for variable in variables]
    if _PASSES_THROUGH.match(name):
        return [*arguments[:1]]
    if callee.type == "member_expression":
        owner = callee.child_by_field_name("object")
        keeps_value = member_name(module, callee) in load_data("code/environment.yaml")["keep_value"]
        return [Expr(module, owner)] if owner is not None and keeps_value and not is_masked(expr) else []
    return []
