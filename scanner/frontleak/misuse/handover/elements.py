"""Values that a server component gives to elements and client components: props and text."""

import functools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from frontleak.js.embedded_scripts import ScriptSection
from frontleak.js.module import Expr, Module
from frontleak.js.syntax import ancestors, arguments_of, callee_name, required_specifier, uncommented
from frontleak.misuse.handover.sent import Sent
from frontleak.misuse.project import AnalysedProject
from frontleak.rules.code_names import code_names
from frontleak.rules.load import load_data

if TYPE_CHECKING:
    from tree_sitter import Node

_CREATE: Final = frozenset({"createElement", "React.createElement"})
_MOST_CHILDREN: Final = 200
"""Children of an element that are looked at."""


def in_elements(project: AnalysedProject, module: Module) -> Iterator[Sent]:
    """Yield the props and texts of elements of HTML and of client components."""
    yield from _in_created(project, module)
    draws = any(name.encode() in module.source for name in _drawings())
    for node in module.all("jsx_opening_element", "jsx_self_closing_element"):
        name = node.child_by_field_name("name")
        tag = module.name(name)
        if name is None or not (tag[:1].islower() or _may_be_client_component(project, module, tag)):
            continue
        if draws and _is_drawn(module, node):
            continue
        counts = _counts(project, module, tag, is_html=tag[:1].islower())
        for prop, value in props(module, node):
            how = f"the prop {prop or '…'} of <{tag}> is sent to the browser with the page"
            yield Sent(value, how, counts=counts)
        for value in _texts(module, node):
            yield Sent(value, f"the text in <{tag}> is sent to the browser with the page", counts=counts)


@functools.cache
def _drawings() -> frozenset[str]:
    return frozenset(load_data("code/servers.yaml")["drawings"])


def _is_drawn(module: Module, element: "Node") -> bool:
    """Return whether an element is given to a function that draws it, such as `new ImageResponse(<div/>)`."""
    makers = (
        node.child_by_field_name("function") or node.child_by_field_name("constructor")
        for node in ancestors(Expr(module, element))
        if node.type in {"call_expression", "new_expression"}
    )
    return any(module.name(maker) in _drawings() for maker in makers)


def _in_created(project: AnalysedProject, module: Module) -> Iterator[Sent]:
    """Yield the props of elements that are created by a call: `createElement(Editor, {token})`."""
    for node in module.all("call_expression") if b"createElement" in module.source else ():
        arguments = arguments_of(module, node)
        if len(arguments) < 2 or callee_name(module, node) not in _CREATE:
            continue
        tag = module.name(arguments[0].node)
        counts = _counts(project, module, tag, is_html=arguments[0].node.type == "string")
        how = f"what <{tag}> is given is sent to the browser with the page"
        yield from (Sent(value, how, counts=counts) for value in arguments[1:])


def _counts(project: AnalysedProject, module: Module, tag: str, *, is_html: bool) -> Callable[[], bool]:
    """Return what tells whether an element sends its props: one of HTML does, and a client component."""
    return functools.cache(lambda: is_html or _is_client_component(project, module, tag))


def props(module: Module, element: "Node") -> Iterator[tuple[str, Expr]]:
    """Yield (name, value) of each prop of an element; the name of a spread is empty."""
    for attribute in element.named_children:
        inner = attribute.named_children[-1] if attribute.named_children else None
        held = uncommented(inner) if inner is not None and inner.type in {"jsx_expression", "spread_element"} else None
        if held is None or inner is None:
            continue
        if attribute.type == "jsx_attribute" and inner.type == "jsx_expression":
            yield module.text(attribute.named_children[0]), Expr(module, held)
        elif attribute.type == "jsx_expression" and inner.type == "spread_element":
            yield "", Expr(module, held)


def _texts(module: Module, opening: "Node") -> Iterator[Expr]:
    """Yield the expressions between the tags of an element."""
    around = opening.parent if opening.type == "jsx_opening_element" else None
    for child in around.named_children[:_MOST_CHILDREN] if around is not None else ():
        inner = uncommented(child) if child.type == "jsx_expression" else None
        if inner is not None and inner.type != "spread_element":
            yield Expr(module, inner)


def _may_be_client_component(project: AnalysedProject, module: Module, tag: str) -> bool:
    """Return whether an element may be a client component, by the declaration of its name alone."""
    declaration = module.top(tag.partition(".")[0])
    if declaration is None:
        return False
    imported = declaration.imported
    if imported is None:
        return declaration.value is not None and declaration.value.type == "call_expression"
    is_of_project = project.reachability.target(imported.specifier, module.path) is not None
    return is_of_project or imported.specifier in code_names().page_components


def _is_client_component(project: AnalysedProject, module: Module, tag: str) -> bool:
    declaration = module.top(tag.partition(".")[0])
    imported = declaration.imported if declaration is not None else None
    if imported is not None and imported.specifier in code_names().page_components:
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
