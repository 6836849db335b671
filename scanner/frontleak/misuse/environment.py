"""The environment of a program: what code reads all of it or a variable of it by."""

from typing import Final

from frontleak.core.lazy_regex import LazyTextRegex
from frontleak.js.global_names import global_name
from frontleak.js.module import Expr
from frontleak.js.references import References
from frontleak.js.referents import ExternalExport, MemberOf, Parameter, Referent
from frontleak.js.syntax import accessed, arguments_of, callee_name
from frontleak.rules.code_names import CodeNames, code_names, made_of_code_names
from frontleak.rules.load import load_data

_GLOBALS: Final = frozenset({"globalThis", "window", "global", "self"})
"""Names of the object whose members are the globals."""
ENVIRONMENT: Final = frozenset({"process.env", "Bun.env", "Deno.env"})
"""The whole environment in a runtime; frameworks add theirs."""
_SERVER_ENV: Final = frozenset({"process.env", "Bun.env"})
PROCESS: Final = frozenset({"process", "node:process"})
"""Modules whose default export is `process`."""
CONSTANT: Final = LazyTextRegex(r"^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$")
"""Names as those of variables usually are: of two words or more, in capitals."""


def is_environment(references: References, referent: Referent) -> bool:
    """Return whether an expression is the whole environment: `process.env`, `import.meta.env`, `loadEnv(…)`."""
    name = _global_name(references, referent)
    if name:
        return name in ENVIRONMENT or name in code_names().environment
    match referent:
        case ExternalExport(package, exported):
            return package in code_names().environment_modules and exported == "env"
        case MemberOf(whole, path):
            return len(path) == 1 and _reads_file(references, whole, path[0])
        case Expr():
            is_known = callee_name(*referent) in code_names().environment_functions
            return is_known or _reads_file(references, referent, ".")
        case _:
            return False


def is_servers_environment(references: References, referent: Referent) -> bool:
    """Return whether an expression is the server's whole environment, including variables that are not published."""
    if isinstance(referent, ExternalExport) and referent.package not in PROCESS:
        return referent.name == "env" and referent.package in code_names().environment_modules_of("server")
    return _global_name(references, referent) in _SERVER_ENV


def is_given_environment(parameter: Parameter) -> bool:
    """Return whether a parameter is a variable of an environment that the caller passes.

    Such are `platform.env.TOKEN` of SvelteKit, `context.env.TOKEN` of Hydrogen and Hono, `env.TOKEN` of a worker.
    """
    *above, last = (str(part) for part in parameter.path) if parameter.path else ("",)
    if not CONSTANT.match(last):
        return False
    start, end = parameter.place
    declared = parameter.expr.module.source[start:end].decode("utf-8", "replace")
    return above[-1] == "env" if above else declared == "env"


def variables_read(references: References, expr: Expr) -> set[str]:
    """Return the names of the environment variables that an expression may be, also after a schema checked them."""
    found: set[str] = set()
    for referent in references.referents(expr):
        match referent:
            case ExternalExport(package, name):
                known = package in PROCESS or package in code_names().environment_modules
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
                found.update(asked_for(references, referent) if node.type == "call_expression" else ())
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


def asked_for(references: References, call: Expr) -> list[str]:
    """Return the names of the variable that a call of a runtime or framework returns."""
    arguments = arguments_of(*call)
    is_known = callee_name(*call) in variable_functions()
    return references.texts(arguments[0]) if is_known and arguments else []


@made_of_code_names
def variable_functions(names: CodeNames) -> frozenset[str]:
    """Return the functions that return the variable whose name they are given."""
    return frozenset({*load_data("code/environment.yaml")["functions"], *names.variable_functions})


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


def _global_name(references: References, referent: Referent) -> str:
    """Return the dotted name of a global or its member, without `globalThis.`; empty for anything else."""
    if isinstance(referent, ExternalExport):
        return f"process.{referent.name}" if referent.package in PROCESS else ""
    name = global_name(references, referent)
    owner, _, rest = name.partition(".")
    return rest if rest and owner in _GLOBALS else name
