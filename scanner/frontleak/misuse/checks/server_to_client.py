"""Server-side secrets sent to the browser: in props, page data, responses or cookies."""

import contextlib
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from frontleak.core.budget import ExhaustedError, WorkBudget
from frontleak.core.vocabulary import Severity
from frontleak.decode.folding.lexer import bracket_end
from frontleak.js.embedded_scripts import EmbeddedScript, ScriptSection, embedded_scripts, ending
from frontleak.js.module import Expr, Module
from frontleak.js.scopes import parse_module
from frontleak.js.syntax import FUNCTIONS, arguments_of, member_name, required_specifier, returns
from frontleak.misuse.check import Check
from frontleak.misuse.misuse import Misuse
from frontleak.misuse.project import AnalysedProject
from frontleak.misuse.sanity_clients import live_call, live_token
from frontleak.misuse.taint_sources import (
    SourceKind,
    TaintSource,
    is_servers_environment,
    leaf_values,
    taint_sources,
    variables_of,
)
from frontleak.misuse.variable_names import Power, is_secret, power, public_prefix
from frontleak.modulegraph.reachability import handover_path
from frontleak.rules.code_names import CodeNames, any_of, code_names, made_of_code_names
from frontleak.rules.globs import expression
from frontleak.rules.misuse_rule import MisuseRule

if TYPE_CHECKING:
    from tree_sitter import Node

_RESPONSES: Final = ("Response", "Response.json")
"""Functions of every runtime that send their first argument to the browser."""
_SENDER: Final = re.compile(r"(?:res|reply|response|c|ctx|context|event)\b.*\.(?:json|send|end)$")
"""Methods of the response that server libraries pass to a handler."""
_COOKIES: Final = re.compile(r"cookies?(?:\(\))?\)?\.set$|\.cookie$|\.setHeader$")
_WRAPS: Final = ("JSON.stringify", "Object.freeze")
"""Functions of JavaScript whose result is their argument in another form."""
_ASTRO_VALUE: Final = re.compile(rb"(?P<name>[\w:.-]{1,60})=\{")
_ASTRO_TAG: Final = re.compile(rb"<(?P<tag>[A-Za-z][\w.]*)\b(?P<inside>[^<]{0,4000})")


def check(project: AnalysedProject, path: str, _: MisuseRule) -> Iterator[Misuse]:
    """Yield the places where server-side code sends a secret to the browser."""
    if ending(path) == "astro":
        yield from _in_astro_markup(project, path)
    for module in project.modules(path):
        if module.section is not ScriptSection.SCRIPT:
            yield from _in_define_live(project, module)
            yield from _in_shared_state(project, module)
            yield from _in_results(project, module)
            yield from _sent_by_server(project, module)


def _sent_by_server(project: AnalysedProject, module: Module) -> Iterator[Misuse]:
    """Yield the secrets that server-side code sends."""
    found = [*_in_props(project, module), *_in_responses(project, module)]
    if found and project.reachability.import_path(module) is None:
        yield from found
    elif found:  # in a page's module, only the code that is stripped from the client bundle
        stripped = [misuse for misuse in found if not project.reachability.is_reachable(_expr(module, misuse))]
        yield from (misuse for misuse in stripped if misuse.path == module.path)


def _expr(module: Module, misuse: Misuse) -> Expr:
    node = module.root.descendant_for_byte_range(misuse.start, misuse.end)
    return Expr(module, node if node is not None else module.root)


def _secrets_in(project: AnalysedProject, value: Expr, how: str) -> Iterator[Misuse]:
    """Yield the secrets in a value, at any depth."""
    for key, leaf in leaf_values(project.references, value):
        if any(is_servers_environment(project.references, found) for found in project.references.referents(leaf)):
            yield _whole_environment(value, leaf, how)
            continue
        secret = [source for source in taint_sources(project.references, leaf) if _is_secret(project, source)]
        if not secret:
            continue
        names = tuple(dict.fromkeys(source.name for source in secret if source.name)) or ((key,) if key else ())
        powers = {power(name) for name in names}
        yield Misuse(
            path=leaf.module.path,
            start=leaf.node.start_byte,
            end=leaf.node.end_byte,
            names=names,
            variables=variables_of(secret),
            power=Power.WRITE if Power.WRITE in powers else powers.pop() if len(powers) == 1 else Power.UNKNOWN,
            import_path=handover_path(value, leaf),
            shipped=how,
        )


def _whole_environment(value: Expr, environment: Expr, how: str) -> Misuse:
    return Misuse(
        path=environment.module.path,
        start=environment.node.start_byte,
        end=environment.node.end_byte,
        severity=Severity.CRITICAL,
        import_path=handover_path(value, environment),
        shipped=f"{how}, including every environment variable of the server",
    )


def _is_secret(project: AnalysedProject, source: TaintSource) -> bool:
    match source.kind:
        case SourceKind.LITERAL:
            return True
        case SourceKind.ENV:
            return is_secret(source.name) and not public_prefix(source.name, project.framework_ids)
        case SourceKind.SETTING:
            is_public = source.name.startswith(tuple(f"{name}." for name in code_names().public_settings))
            return is_secret(source.name.rpartition(".")[2]) and not is_public
        case SourceKind.PARAMETER:
            return False


# --- props -----------------------------------------------------------------------------------------------------------


def _in_props(project: AnalysedProject, module: Module) -> Iterator[Misuse]:
    """Yield the secrets that a server component passes to elements and client components in props."""
    for node in module.all("jsx_opening_element", "jsx_self_closing_element"):
        name = node.child_by_field_name("name")
        if name is None or not _goes_to_browser(project, module, module.text(name)):
            continue
        for child in node.named_children:
            prop, value = _prop(module, child)
            if value is not None:
                yield from _secrets_in(
                    project, value, f"the prop {prop} of <{module.text(name)}> is sent to the browser with the page"
                )


def _prop(module: Module, attribute: "Node") -> tuple[str, Expr | None]:
    inner = attribute.named_children[-1] if attribute.named_children else None
    if (
        attribute.type == "jsx_attribute"
        and inner is not None
        and inner.type == "jsx_expression"
        and inner.named_children
    ):
        return module.text(attribute.named_children[0]), Expr(module, inner.named_children[0])
    if (
        attribute.type == "jsx_expression"
        and inner is not None
        and inner.type == "spread_element"
        and inner.named_children
    ):
        return "…", Expr(module, inner.named_children[0])
    return "", None


def _goes_to_browser(project: AnalysedProject, module: Module, tag: str) -> bool:
    """Return whether an element is HTML or a client component."""
    if tag[:1].islower():
        return True
    return any(
        (import_path := project.reachability.import_path(inner)) is not None and import_path.certain
        for path in _files_defining(project, module, tag.partition(".")[0])
        for inner in project.modules(path)
        if inner.section is ScriptSection.ALL
    )


def _files_defining(project: AnalysedProject, module: Module, name: str) -> set[str]:
    """Return the files that may define a component, resolved through barrels and `dynamic(import(…))`."""
    declaration = module.top(name)
    if declaration is None:
        return set()
    if declaration.imported is not None:
        target = project.reachability.target(declaration.imported.specifier, module.path)
        found = project.references.imported(declaration.imported, module.path)
        defined = {each.module.path for each in found if isinstance(each, Expr)}
        return defined or ({target} if target else set())
    if declaration.value is None or declaration.value.type != "call_expression":
        return set()
    specifiers = (
        required_specifier(Expr(module, node)) for node in module.within(declaration.value, "call_expression")
    )
    return {target for each in specifiers if each and (target := project.reachability.target(each, module.path))}


# --- data ------------------------------------------------------------------------------------------------------------


def _in_results(project: AnalysedProject, module: Module) -> Iterator[Misuse]:
    """Yield the secrets in the results of functions that the framework sends to the browser."""
    if project.reachability.holds_actions(module.path):
        for name in module.exports:
            yield from _of_exported_function(
                project, module, name, "anyone who can open the page can call the server action and read its result"
            )
    for framework in project.frameworks:
        for glob, names in framework.code.returned.items():
            if not re.fullmatch(expression(glob), project.relative(module.path)):
                continue
            for name in names:
                yield from _of_exported_function(project, module, name, f"the result of {name} is sent to the browser")


def _of_exported_function(project: AnalysedProject, module: Module, name: str, how: str) -> Iterator[Misuse]:
    for referent in project.references.exported(module.path, name):
        if isinstance(referent, Expr) and referent.node.type in FUNCTIONS:
            yield from _of_function(project, referent, how)


def _of_function(project: AnalysedProject, function: Expr, how: str) -> Iterator[Misuse]:
    for value in returns(function):
        yield from _secrets_in(project, _unwrapped(value), how)


def _unwrapped(value: Expr) -> Expr:
    """Return the argument of `json(x)` and similar wrappers, unwrapped up to four times."""
    module, node = value
    for _ in range(4):
        callee = node.child_by_field_name("function") if node.type == "call_expression" else None
        arguments = arguments_of(module, node) if callee is not None and module.name(callee) in _wraps() else []
        if not arguments:
            break
        module, node = arguments[0]
    return Expr(module, node)


def _in_responses(project: AnalysedProject, module: Module) -> Iterator[Misuse]:
    """Yield the secrets in responses, cookies and page contexts."""
    for node in module.all("call_expression", "new_expression"):
        callee = node.child_by_field_name("function") or node.child_by_field_name("constructor")
        arguments = arguments_of(module, node)
        if callee is not None and arguments and callee.end_byte - callee.start_byte <= 200:
            for value, how in _sent(project, module, callee, arguments):
                yield from _secrets_in(project, value, how)


def _sent(
    project: AnalysedProject, module: Module, callee: "Node", arguments: Sequence[Expr]
) -> Iterator[tuple[Expr, str]]:
    """Yield (value, description) of each value that a call sends to the browser."""
    name = module.text(callee)
    if name in code_names().handlers:
        if arguments[0].node.type in FUNCTIONS:
            yield from (
                (_unwrapped(value), "the handler's response is sent to anyone who requests it")
                for value in returns(arguments[0])
            )
    elif _is_cookie(project, module, callee, name):
        for value in arguments:
            if value.node.type != "object" or "value" in module.beginning(
                value.node, 1_000
            ):  # an object without `value` holds only cookie options
                yield value, "the cookie is stored in the browser, where its user can read it"
    elif published := [each for each in code_names().published_arguments if each.function == name.rpartition(".")[2]]:
        for each in published:
            members = project.references.members(arguments[0], each.member)
            yield from ((member, each.how) for member in members if isinstance(member, Expr))
    elif _is_response(project, module, name):
        yield _unwrapped(arguments[0]), "the response is sent to anyone who requests it"


@made_of_code_names
def _wraps(names: CodeNames) -> frozenset[str]:
    """Return the functions whose argument is read in place of their result."""
    return frozenset({*_WRAPS, *_RESPONSES, *names.responses})


@made_of_code_names
def _cookie_store(names: CodeNames) -> re.Pattern[str]:
    """Return a regular expression for a call that returns an object that sets cookies."""
    return re.compile(rf"(?:await\s+)?{any_of(names.cookie_stores)}\(")


def _is_cookie(project: AnalysedProject, module: Module, callee: "Node", name: str) -> bool:
    """Return whether a call sets a cookie or serialises its value."""
    if _COOKIES.search(name) or name in code_names().cookie_functions:
        return True
    owner = callee.child_by_field_name("object") if callee.type == "member_expression" else None
    if owner is None or member_name(module, callee) not in {"set", "serialize"}:
        return False
    return any(
        isinstance(found, Expr)
        and found.node.type == "call_expression"
        and _cookie_store().match(found.module.beginning(found.node, 60))
        for found in project.references.referents(Expr(module, owner))
    )


def _is_response(project: AnalysedProject, module: Module, name: str) -> bool:
    """Return whether a call answers a request, judging by callee and file: `x.json(…)` has other meanings elsewhere."""
    if name.removeprefix("new ") not in (*_RESPONSES, *code_names().responses) and not _SENDER.match(name):
        return False
    return project.reachability.is_server(module.path) or "route" in module.path or "api" in module.path


def _in_shared_state(project: AnalysedProject, module: Module) -> Iterator[Misuse]:
    """Yield the server settings in state such as Nuxt's `useState`, which runs on both sides."""
    functions = frozenset(name for framework in project.frameworks for name in framework.code.shared_state)
    if not functions:
        return
    for node in module.all("call_expression"):
        callee = node.child_by_field_name("function")
        name = module.name(callee)
        if name not in functions:
            continue
        for argument in arguments_of(module, node):
            if argument.node.type in FUNCTIONS:
                yield from _of_function(project, argument, f"the server's {name} value is written into the page")


# --- Sanity Live -----------------------------------------------------------------------------------------------------


def _in_define_live(project: AnalysedProject, module: Module) -> Iterator[Misuse]:
    """Yield a browser token of `defineLive` whose name denotes a write token."""
    for node in module.all("call_expression"):
        callee = node.child_by_field_name("function")
        if "ive" not in module.name(callee) or not live_call(project.references, Expr(module, node)):
            continue
        for argument in arguments_of(module, node)[:1]:
            for token in project.references.members(argument, live_token()):
                names = (
                    [source.name for source in taint_sources(project.references, token)]
                    if isinstance(token, Expr)
                    else []
                )
                if isinstance(token, Expr) and any(power(name) is Power.WRITE for name in names):
                    yield Misuse(
                        path=token.module.path,
                        start=token.node.start_byte,
                        end=token.node.end_byte,
                        names=tuple(names),
                        power=Power.WRITE,
                        severity=Severity.CRITICAL,
                        shipped=f"every browser that opens a preview receives {live_token()}",
                    )


# --- Astro -----------------------------------------------------------------------------------------------------------


def _in_astro_markup(project: AnalysedProject, path: str) -> Iterator[Misuse]:
    """Yield the secrets in `define:vars`, and in props of islands and elements."""
    data = project.read(path) or b""
    front = next((part for part in embedded_scripts(path, data) if part.section is ScriptSection.FRONTMATTER), None)
    if front is None:
        return
    text = bytearray(front.text)
    values: list[tuple[int, int, str]] = []
    budget = WorkBudget()
    with contextlib.suppress(ExhaustedError):  # hand-written code needs far less
        for tag in _ASTRO_TAG.finditer(data):
            inside = tag.group("inside")
            whole = any(name.encode() in inside for name in code_names().islands) or tag.group("tag")[:1].islower()
            for value in _ASTRO_VALUE.finditer(data, tag.start("inside"), tag.end("inside")) if whole else ():
                end = bracket_end(data, value.end() - 1, min(len(data), value.end() + 4_000), budget)
                if end < 0 or front.text[value.start() : end].strip():
                    continue
                # `name={expression}` becomes `;(expression)`, so its names resolve in the frontmatter
                text[value.end() - 2 : end] = b";(" + data[value.end() : end - 1] + b")"
                values.append((value.end(), end - 1, value.group("name").decode()))
    module = (
        parse_module(path, EmbeddedScript(ScriptSection.FRONTMATTER, bytes(text), front.grammar)) if values else None
    )
    if module is None:
        return
    for start, end, name in values:
        node = module.root.named_descendant_for_byte_range(start - 1, end + 1)  # including its parentheses
        if node is not None and node.type == "parenthesized_expression":
            yield from _secrets_in(project, Expr(module, node), f"the value of {name} is written into the page")


CHECK: Final = Check(name="handover", find=check)
