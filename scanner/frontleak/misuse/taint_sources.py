"""Taint sources of an expression: environment variables, literal tokens, runtime settings, parameters."""

import itertools
import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Final, NamedTuple

from frontleak.js.global_names import global_name
from frontleak.js.module import DEFAULT, Expr
from frontleak.js.references import References
from frontleak.js.referents import ExternalExport, MemberOf, Parameter, Referent
from frontleak.js.syntax import (
    FUNCTIONS,
    accessed,
    arguments_of,
    member_name,
    members_of_literal,
    parameters_of,
    returns,
    unwrapped,
)
from frontleak.rules.code_names import code_names
from frontleak.rules.load import load_data

_MOST_SOURCES: Final = 40
_MOST_DEPTH: Final = 6
_MOST_MEMBERS: Final = 60
_MOST_STEPS: Final = 300
"""Expressions that are visited for the taint sources or the leaf values of one expression."""
_LONGEST_TOKEN: Final = 600
"""Longest literal that may be a token, in bytes."""
_GLOBALS: Final = frozenset({"globalThis", "window", "global", "self"})
"""Names of the object whose members are the globals."""
_ENVIRONMENT: Final = frozenset({"process.env", "Bun.env", "Deno.env"})
"""The whole environment in a runtime; frameworks add theirs."""
_SERVER_ENV: Final = frozenset({"process.env", "Bun.env"})
_PROCESS: Final = frozenset({"process", "node:process"})
"""Modules whose default export is `process`."""
_CONSTANT: Final = re.compile(r"^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$")
_TOKEN: Final = re.compile(r"^(?:Bearer\s+)?sk[A-Za-z0-9]{40,}$|^%%fake:")
_FILLED: Final = frozenset({"object", "array", "new_expression", "call_expression"})
"""Types of values whose members may be assigned later."""
_JOINS: Final = frozenset({"replace", "replaceAll", "concat", "toString"})
"""Methods of a text whose result has the text and the arguments."""
_HOLDERS: Final = frozenset({"Promise.resolve", "Promise.all", "Promise.allSettled", "Object.fromEntries"})
"""Functions of JavaScript whose result has their argument in it."""
_MADE_OF: Final = frozenset({"URL", "URLSearchParams", "Map", "Set", "Headers", "FormData", "String"})
"""Classes whose instances have the arguments of their constructor in them."""
_SERIALISERS: Final = frozenset({"JSON.stringify", "serialize", "uneval", "devalue.uneval", "devalue.stringify"})
"""Functions that serialise a value to text."""
_PASSES_THROUGH: Final = re.compile(
    r"^(?:String|encodeURI(?:Component)?|btoa|(?:assert|require|ensure|must|env|getEnv|checkEnv|invariant|nonNull)\w*)$"
)
"""External functions that are assumed to return their argument."""


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


def leaf_values(references: References, expr: Expr) -> list[tuple[str, Expr]]:
    """Return (name, value) of each leaf in nested objects and lists; the name is that of its closest named member."""
    found: list[tuple[str, Expr]] = []
    pending: list[tuple[str, Expr, int]] = [("", expr, 0)]
    for _ in range(_MOST_STEPS):
        if not pending or len(found) >= _MOST_MEMBERS:
            break
        name, at, depth = pending.pop(0)
        referents = references.referents(at)
        inner = [part for referent in referents for part in _parts(referent, name)]
        inner += _assigned_parts(at, referents)
        if not inner or depth >= _MOST_DEPTH:
            found.append((name, at))
        pending += ((key, part, depth + 1) for key, part in inner)
    return found


def _assigned_parts(expr: Expr, referents: Iterable[Referent]) -> list[tuple[str, Expr]]:
    """Return (name, value) of what is assigned to members of a variable: `data.token = …`, `headers.set("x", …)`."""
    module, node = expr.module, unwrapped(expr.node)
    if node.type not in {"identifier", "shorthand_property_identifier"}:
        return []
    if not any(isinstance(found, Expr) and found.node.type in _FILLED for found in referents):
        return []
    assigned = module.assigned_below(module.text(node))[:_MOST_MEMBERS]
    return [(name.rpartition(".")[2], Expr(module, value)) for name, value in assigned]


def _parts(referent: Referent, name: str) -> list[tuple[str, Expr]]:
    """Return (name, part) of each part of a value; `name` for a part without its own."""
    if not isinstance(referent, Expr):
        return []
    module, node = referent
    match node.type:
        case "object" | "array":
            table = members_of_literal(referent)
            members = itertools.islice(table.named.items(), _MOST_MEMBERS)
            found = [(key if node.type == "object" else name, Expr(module, value)) for key, (_, value) in members]
            return [*found, *((name, Expr(module, value)) for _, value in table.spread[:_MOST_MEMBERS])]
        case "template_string":
            inner = [part.named_children[0] for part in node.named_children if part.type == "template_substitution"]
            return [(name, argument) for part in inner for argument in _held(Expr(module, part))]
        case "call_expression" | "new_expression":
            return [(name, argument) for argument in _held(referent)]
        case _:
            return []


def _held(expr: Expr) -> list[Expr]:
    """Return the arguments that the result of a call holds, if any: as text, as a promise, in a URL."""
    module, node = expr
    arguments = arguments_of(module, node)
    if node.type == "new_expression" and arguments:
        name = module.name(node.child_by_field_name("constructor"))
        return _resolved(arguments[0]) if name == "Promise" else arguments[:1] if name in _MADE_OF else []
    name = _callee_name(expr)
    if name in _SERIALISERS or name in _HOLDERS or name in code_names().value_holders:
        return [inner for argument in arguments[:2] for inner in _results_or_self(argument)]
    callee = node.child_by_field_name("function")
    if callee is not None and callee.type == "member_expression" and member_name(module, callee) in _JOINS:
        owner = callee.child_by_field_name("object")
        return [*([Expr(module, owner)] if owner is not None else []), *arguments]
    return []


def _results_or_self(argument: Expr) -> list[Expr]:
    """Return what a function returns, as in `computed(() => …)`; any other argument itself."""
    return returns(argument) if argument.node.type in FUNCTIONS else [argument]


def _resolved(executor: Expr) -> list[Expr]:
    """Return what the function of a promise resolves it with: `new Promise((resolve) => resolve(…))`."""
    module, node = executor
    names = {module.name(each) for each in parameters_of(executor)[:1]} if node.type in FUNCTIONS else set()
    calls = (call for call in module.within(node, "call_expression") if names)
    return [
        argument
        for call in calls
        if module.name(call.child_by_field_name("function")) in names
        for argument in arguments_of(module, call)
    ]


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


def is_given_environment(parameter: Parameter) -> bool:
    """Return whether a parameter is a variable of an environment that the caller passes.

    Such are `platform.env.TOKEN` of SvelteKit, `context.env.TOKEN` of Hydrogen and Hono, `env.TOKEN` of a worker.
    """
    *above, last = (str(part) for part in parameter.path) if parameter.path else ("",)
    if not _CONSTANT.match(last):
        return False
    start, end = parameter.place
    declared = parameter.expr.module.source[start:end].decode("utf-8", "replace")
    return above[-1] == "env" if above else declared == "env"


def _of_external(export: ExternalExport) -> list[TaintSource | Expr]:
    """Return the source for an export of another package: a variable or a setting."""
    package, name = export
    variable = name.removeprefix("env.")
    if package in _PROCESS:
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
    names = [name for name in references.member_names(expr) if is_env or _CONSTANT.match(name)]
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
    return [TaintSource(SourceKind.ENV, path[-1], part.whole, path[-1])] if _CONSTANT.match(path[-1]) else []


def is_environment(references: References, referent: Referent) -> bool:
    """Return whether an expression is the whole environment: `process.env`, `import.meta.env`, `loadEnv(…)`."""
    name = _global_name(references, referent)
    if name:
        return name in _ENVIRONMENT or name in code_names().environment
    match referent:
        case ExternalExport(package, exported):
            return package in code_names().environment_modules and exported == "env"
        case MemberOf(whole, path):
            return len(path) == 1 and _reads_file(references, whole, path[0])
        case Expr():
            is_known = _callee_name(referent) in code_names().environment_functions
            return is_known or _reads_file(references, referent, ".")
        case _:
            return False


def _reads_file(references: References, call: Expr, member: str) -> bool:
    """Return whether a member of the result of a call, `.` for all of it, is the variables of an `.env` file."""
    callee = call.node.child_by_field_name("function") if call.node.type == "call_expression" else None
    if callee is None:
        return False
    readers = load_data("code/environment.yaml")["readers"]
    return (member == "parsed" and call.module.name(callee) in {"dotenv.config", "config"}) or any(
        readers.get(found.package, {}).get(found.name) == member
        for found in references.referents(Expr(call.module, callee))
        if isinstance(found, ExternalExport)
    )


def variables_read(references: References, expr: Expr) -> set[str]:
    """Return the names of the environment variables that an expression may be, also after a schema checked them."""
    found: set[str] = set()
    for referent in references.referents(expr):
        match referent:
            case ExternalExport(package, name):
                known = package in _PROCESS or package in code_names().environment_modules
                found.update({name.removeprefix("env.")} if known and name.startswith("env.") else ())
            case MemberOf(whole, path):
                owner = MemberOf(whole, path[:-1]) if len(path) > 1 else whole
                is_read = is_environment(references, owner) or _is_checked(references, owner)
                found.update(path[-1:] if is_read else ())
            case Expr(module, node):
                owner_node, _ = accessed(referent) or (None, None)
                owners = references.referents(Expr(module, owner_node)) if owner_node is not None else []
                is_read = any(is_environment(references, owner) or _is_checked(references, owner) for owner in owners)
                found.update(references.member_names(referent) if is_read else ())
                found.update(_asked_for(references, referent) if node.type == "call_expression" else ())
            case _:
                pass
    return found


def is_destructured(references: References, value: Expr, path: tuple[str | int, ...]) -> bool:
    """Return whether the member of a value at a path is the environment, so that its members are variables."""
    owners = references.at_path(value, path) if path else references.referents(value)
    return any(is_environment(references, owner) or _is_checked(references, owner) for owner in owners)


def _is_checked(references: References, referent: Referent) -> bool:
    """Return whether a value is the environment as a schema returns it, `schema.parse(import.meta.env)`."""
    given = arguments_of(*referent) if isinstance(referent, Expr) and referent.node.type == "call_expression" else []
    return any(is_environment(references, found) for each in given[:2] for found in references.referents(each))


def _asked_for(references: References, call: Expr) -> list[str]:
    """Return the names of the variable that a call of a runtime or framework returns."""
    arguments = arguments_of(*call)
    is_known = _callee_name(call) in {"Deno.env.get", *code_names().variable_functions}
    return references.texts(arguments[0]) if is_known and arguments else []


def is_servers_environment(references: References, referent: Referent) -> bool:
    """Return whether an expression is the server's whole environment, including variables that are not published."""
    if isinstance(referent, ExternalExport) and referent.package not in _PROCESS:
        return referent.name == "env" and referent.package in code_names().environment_modules_of("server")
    return _global_name(references, referent) in _SERVER_ENV


def _global_name(references: References, referent: Referent) -> str:
    """Return the dotted name of a global or its member, without `globalThis.`; empty for anything else."""
    if isinstance(referent, ExternalExport):
        return f"process.{referent.name}" if referent.package in _PROCESS else ""
    name = global_name(references, referent)
    owner, _, rest = name.partition(".")
    return rest if rest and owner in _GLOBALS else name


def _is_config_call(expr: Expr) -> bool:
    """Return whether a call returns the settings of the framework's configuration."""
    return _callee_name(expr) in code_names().settings_functions


def _callee_name(expr: Expr) -> str:
    return expr.module.name(expr.node.child_by_field_name("function")) if expr.node.type == "call_expression" else ""


def _of_call(references: References, expr: Expr) -> list[TaintSource | Expr]:
    """Return the variable that a call reads, or the value that an external function passes through."""
    module, node = expr
    callee = node.child_by_field_name("function")
    if callee is None:
        return []
    arguments = arguments_of(module, node)
    name = module.name(callee)
    if asked_for := _asked_for(references, expr):
        return [TaintSource(SourceKind.ENV, text, expr, expr.text) for text in asked_for]
    if callee.type == "member_expression":
        owner = callee.child_by_field_name("object")
        keeps_value = member_name(module, callee) in {"trim", "toString", "replace", "concat"}
        return [Expr(module, owner)] if owner is not None and keeps_value else []
    return [*arguments[:1]] if _PASSES_THROUGH.match(name) else []
