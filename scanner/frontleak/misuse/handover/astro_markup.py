"""Values that the markup of an Astro file writes into the page: attributes, props of islands, `define:vars`, text."""

import contextlib
from collections.abc import Iterator
from typing import Final, NamedTuple

from frontleak.core.budget import ExhaustedError, WorkBudget
from frontleak.core.lazy_regex import LazyRegex
from frontleak.decode.folding.lexer import bracket_end
from frontleak.js.embedded_scripts import EmbeddedScript, ScriptSection, blanked, embedded_scripts, ending
from frontleak.js.global_names import global_name
from frontleak.js.module import Expr, Module
from frontleak.js.parse import Grammar
from frontleak.js.scopes import parse_module
from frontleak.misuse.handover.sent import Sent
from frontleak.misuse.leaf_values import leaf_values
from frontleak.misuse.project import AnalysedProject
from frontleak.rules.code_names import code_names

_TAG: Final = LazyRegex(rb"<(?P<closing>/?)(?P<tag>[A-Za-z][\w.]*)\b")
_PART: Final = LazyRegex(rb"(?P<name>[\w:.-]{1,60})=(?P<mark>[{`\"'])|(?P<bare>[{`\"'])|(?P<end>>)|(?P<next><)")
_LONGEST_VALUE: Final = 4_000
"""Bytes of an expression in the markup."""
_LONGEST_TAG: Final = 8_000
_NO_MARKUP: Final = frozenset({b"script", b"style"})
_PROPS: Final = "Astro.props."
_MOST_DEPTH: Final = 3
"""Astro components between a secret and the element that shows it."""


class _Written(NamedTuple):
    """An expression in the markup."""

    tag: str
    name: str
    """Name of the attribute; empty for a text or a spread."""
    expr: Expr
    in_page: bool
    """Whether it is written into the page; otherwise it is a prop of an Astro component."""


def in_astro_markup(project: AnalysedProject, path: str) -> Iterator[Sent]:
    """Yield what the markup of an Astro file writes into the page, itself or through other Astro components."""
    components: dict[str, dict[str, str]] = {}
    for written in _written(project, path):
        if written.in_page:
            yield Sent(written.expr, _how(written))
        else:
            for name, how in _of_component(project, written, components, 0).items():
                if written.name == name:
                    yield Sent(written.expr, how)
                elif not written.name:
                    members = project.references.members(written.expr, name)
                    yield from (Sent(member, how) for member in members if isinstance(member, Expr))


def _how(written: _Written) -> str:
    what = f"the value of {written.name}" if written.name else f"the text in <{written.tag}>"
    return f"{what} is written into the page"


def _of_component(
    project: AnalysedProject, written: _Written, known: dict[str, dict[str, str]], depth: int
) -> dict[str, str]:
    """Return prop -> how it is sent, of the props that an Astro component writes into the page."""
    declaration = written.expr.module.top(written.tag)
    imported = declaration.imported if declaration is not None else None
    target = project.reachability.target(imported.specifier, written.expr.module.path) if imported else None
    if target is None or ending(target) != "astro" or depth >= _MOST_DEPTH:
        return {}
    if target not in known:
        found = known[target] = dict[str, str]()
        for inner in _written(project, target):
            sent = {} if inner.in_page else _of_component(project, inner, known, depth + 1)
            if not inner.in_page and inner.name not in sent:
                continue
            for prop in _props_in(project, inner.expr):
                found.setdefault(prop, sent.get(inner.name) or _how(inner))
    return known[target]


def _props_in(project: AnalysedProject, expr: Expr) -> Iterator[str]:
    """Yield the props of the component that an expression has."""
    for _, leaf in leaf_values(project.references, expr):
        for referent in project.references.referents(leaf):
            name = global_name(project.references, referent)
            if name.startswith(_PROPS):
                yield name.removeprefix(_PROPS)


def _written(project: AnalysedProject, path: str) -> Iterator[_Written]:
    data = project.read(path) or b""
    front = next((part for part in embedded_scripts(path, data) if part.section is ScriptSection.FRONTMATTER), None)
    if front is None:  # a file of markup alone
        front = EmbeddedScript(ScriptSection.FRONTMATTER, blanked(data), Grammar.TYPESCRIPT)
    text = bytearray(front.text)
    values: list[tuple[int, int, str, str, bool]] = []
    for start, end, tag, name, in_page in _expressions(data, front.text):
        head, last = (b";(", b")") if data[start : start + 1] == b"{" else (b";(`", b"`)")
        inside = data[start + 1 : end - 1]
        if head == b";(`":  # a template has no room for parentheses
            text[start - 1 : end] = b";" + data[start:end]
        else:
            dots = len(inside) - len(inside.lstrip(b" \n\t."))
            inside = b" " * dots + inside[dots:] if b"..." in inside[:dots] else inside
            text[start - 1 : end] = head + inside + last  # so its names resolve in the frontmatter
        values.append((start, end, tag, name, in_page))
    module = (
        parse_module(path, EmbeddedScript(ScriptSection.FRONTMATTER, bytes(text), front.grammar)) if values else None
    )
    for start, end, tag, name, in_page in values if module is not None else ():
        expr = _at(module, start, end)
        if expr is not None:
            yield _Written(tag, name, expr, in_page)


def _at(module: Module | None, start: int, end: int) -> Expr | None:
    node = module.root.named_descendant_for_byte_range(start, end) if module is not None else None
    if module is None or node is None or node.type not in {"parenthesized_expression", "template_string"}:
        return None
    return Expr(module, node)


def _expressions(data: bytes, front: bytes) -> Iterator[tuple[int, int, str, str, bool]]:
    """Yield (start, end, tag, attribute, whether it is written into the page) of expressions; end is exclusive."""
    budget = WorkBudget()
    with contextlib.suppress(ExhaustedError):  # hand-written code needs far less
        for found in _TAG.finditer(data):
            tag = found.group("tag")
            if front[found.start() : found.end()].strip():  # a comparison in the frontmatter
                continue
            limit = min(len(data), found.end() + _LONGEST_TAG)
            parts = list(_parts(data, found.end(), limit, budget))
            end = next((part[1] for part in parts if part[2] == ">"), limit)
            inside = data[found.end() : end]
            is_element = tag[:1].islower() or any(name.encode() in inside for name in code_names().islands)
            for start, stop, name in parts:
                if name == ">" or front[start:stop].strip():
                    continue
                if start >= end:
                    if tag not in _NO_MARKUP and b"<" not in data[start:stop]:  # an element in it is a tag of its own
                        yield start, stop, tag.decode(), "", True
                elif not found.group("closing"):
                    yield start, stop, tag.decode(), name or _shorthand(data[start:stop]), is_element


def _shorthand(written: bytes) -> str:
    """Return the name of a shorthand attribute, `{name}`; empty for a spread."""
    inside = written[1:-1].strip()
    return "" if inside.startswith(b"...") else inside.decode("utf-8", "replace")


def _parts(data: bytes, start: int, limit: int, budget: WorkBudget) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, attribute) of expressions in a tag and the text after it, and the end of the tag as `>`."""
    position, in_tag = start, True
    while (found := _PART.search(data, position, limit)) is not None:
        mark = found.group("mark") or found.group("bare")
        if found.group("next"):
            return
        if found.group("end"):
            if in_tag:
                yield found.start(), found.end(), ">"
            in_tag, position = False, found.end()
            continue
        at = found.end() - 1
        if mark == b"{":
            end = bracket_end(data, at, min(limit, at + _LONGEST_VALUE), budget)
        elif in_tag:
            end = data.find(mark, at + 1, limit) + 1
        else:
            end = at + 1
        if end <= at:
            return
        if mark == b"{" or (mark == b"`" and in_tag):
            yield at, end, (found.group("name") or b"").decode()
        position = end
