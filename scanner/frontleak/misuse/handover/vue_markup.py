"""Values that the template of a Vue file writes into a page that a server renders: texts, attributes, props."""

import re
from collections.abc import Iterator
from typing import Final

from frontleak.core.lazy_regex import LazyRegex
from frontleak.js.embedded_scripts import EmbeddedScript, embedded_scripts
from frontleak.js.module import Expr
from frontleak.js.scopes import parse_module
from frontleak.misuse.handover.sent import Sent
from frontleak.misuse.project import AnalysedProject

_TEMPLATE: Final = LazyRegex(rb"<template[\s>].*</template>", re.DOTALL)
_PART: Final = LazyRegex(
    rb"\{\{(?P<text>[^{}]{1,300})\}\}"
    rb"|[\s\"'](?::|v-bind:|v-)(?P<name>[\w.-]{1,60})=(?P<mark>[\"'])(?P<value>[^\"']{1,300})(?P=mark)"
)
_LOCAL: Final = LazyRegex(
    rb"\bv-for=[\"']\s*+(?P<each>[^\"']{1,200}?)\s(?:in|of)\s|(?:\bv-slot|[\s\"']#)[\w:.-]{0,60}=[\"'](?P<slot>[^\"']{1,300})"
)
"""Matches the names that a loop or a slot declares."""
_WORD: Final = LazyRegex(rb"(?<![\w$.])[A-Za-z_$][\w$]*+")
_NO_VALUE: Final = (b"for", b"slot", b"model", b"if", b"else-if", b"show", b"on", b"key")
"""Names after a colon or `v-` whose value is not written into the page."""
_MOST_PARTS: Final = 500


def in_vue_markup(project: AnalysedProject, path: str) -> Iterator[Sent]:
    """Yield what the template of a Vue file writes into the page, if a server renders it."""
    if path.endswith(".client.vue") or not any(framework.code.shared_state for framework in project.frameworks):
        return
    data = project.read(path) or b""
    template = _TEMPLATE.search(data)
    scripts = embedded_scripts(path, data) if template is not None else ()
    if template is None or not scripts:
        return
    local: set[bytes] = set()
    for declared in _LOCAL.finditer(data, *template.span()):
        local.update(_WORD.findall(declared["each"] or declared["slot"]))
    text = bytearray(scripts[0].text)
    found: list[tuple[int, int, str]] = []
    for part in _PART.finditer(data, *template.span()):
        name = part["name"] or b""
        start, end = part.span("text" if part["text"] else "value")
        if len(found) >= _MOST_PARTS or not local.isdisjoint(_WORD.findall(data[start:end])):
            continue
        if name.partition(b":")[0] not in _NO_VALUE and not text[start:end].strip():
            text[start - 2 : end + 1] = b";(" + data[start:end] + b")"  # so its names resolve in the script
            what = f"the value of {name.decode()}" if name else "a text of the template"
            found.append((start, end, f"{what} is written into the page"))
    script = EmbeddedScript(scripts[0].section, bytes(text), scripts[0].grammar)
    module = parse_module(path, script) if found else None
    for start, end, how in found if module is not None else ():
        node = module.root.named_descendant_for_byte_range(start, end) if module is not None else None
        if module is not None and node is not None and node.end_byte - node.start_byte <= end - start + 2:
            yield Sent(Expr(module, node), how, on_both_sides=True)
