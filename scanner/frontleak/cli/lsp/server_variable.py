"""Where a secret in code can become a variable that only the server reads, and how its framework reads one."""

import os
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, NamedTuple

from frontleak.cli.lsp.documents import Document
from frontleak.cli.lsp.positions import utf8
from frontleak.cli.lsp.shown import Shown
from frontleak.core.repository import up_to_top
from frontleak.core.vocabulary import Exposure, RuleKind
from frontleak.js.embedded_scripts import EmbeddedScript, ScriptSection, embedded_scripts
from frontleak.js.scopes import parse_module
from frontleak.modulegraph.runtime_zones import RuntimeZone, RuntimeZones
from frontleak.resolve.projects import framework_ids
from frontleak.rules.code_names import code_names
from frontleak.rules.frameworks import Framework, load_frameworks
from frontleak.rules.globs import expression

if TYPE_CHECKING:
    from tree_sitter import Node

    from frontleak.js.module import Module

_LITERALS: Final = frozenset({"string", "template_string"})
_HOLDERS: Final = frozenset(
    {
        *("variable_declarator", "pair", "arguments", "assignment_expression", "return_statement", "array"),
        *("parenthesized_expression", "binary_expression", "ternary_expression", "public_field_definition"),
        *("arrow_function", "await_expression", "field_definition", "as_expression", "satisfies_expression"),
    }
)
"""What may hold an expression in place of the literal; not a type, a key, an import, an attribute or a directive."""
_WORD: Final = re.compile(r"[A-Za-z0-9]+")
_NAME: Final = "NAME"
"""Stands for the name of the variable in the data of a framework."""


class Replacement(NamedTuple):
    """The literal of a secret, and what takes its place."""

    start: int
    """Index of the literal in the text of the document."""
    end: int
    text: str
    first_line: str
    """An import that the file needs besides; empty if it needs none."""
    first_index: int
    """Where the import goes."""
    variable: str


def server_variable(shown: Shown, document: Document) -> Replacement | None:
    """Return how a secret in code becomes a variable of the server; None unless that is certain to be right.

    The place is in code that only a server runs: in a file that the framework keeps on the server, in a module that a
    build refuses to ship, or in the frontmatter of an Astro page. There is a framework that reads such variables. The
    frameworks of the rules must be in use (`using_frameworks`).
    """
    if shown.finding["kind"] != RuleKind.PATTERN or shown.exposure is not Exposure.SOURCE or shown.place["via"]:
        return None
    if shown.is_whole_file or document.is_untitled:
        return None
    first = document.positions.byte_of_index(shown.start)
    last = document.positions.byte_of_index(shown.end)
    for script in embedded_scripts(document.path, utf8(document.text)):
        if not script.text[first:last].strip():
            continue
        module = parse_module(document.path, script)
        literal = None if module is None else _literal(module.root, first, last, module.source)
        if module is None or literal is None:
            return None
        folder, frameworks = _project_of(document.path)
        framework = next((each for each in frameworks if each.code.server_variable), None)
        if framework is None or not _is_on_server(document.path, folder, frameworks, module, script):
            return None
        return _replacement(shown, document, literal, framework, frameworks, script)
    return None


def _literal(root: "Node", first: int, last: int, source: bytes) -> "Node | None":
    """Return the literal that holds the secret and nothing else, where an expression may stand."""
    node = root.descendant_for_byte_range(first, last)
    while node is not None and node.type not in _LITERALS:
        if node.end_byte - node.start_byte > last - first + 2:
            return None
        node = node.parent
    if node is None or (node.start_byte + 1, node.end_byte - 1) != (first, last):
        return None
    holder = node.parent
    if holder is None or holder.type not in _HOLDERS or source[node.start_byte : node.start_byte + 1] not in b"\"'`":
        return None
    is_key = holder.type == "pair" and holder.child_by_field_name("key") == node
    return None if is_key else node


def _is_on_server(
    path: str, folder: str, frameworks: Iterable[Framework], module: "Module", script: EmbeddedScript
) -> bool:
    names = code_names()
    if any(names.directives.get(each) == "client" for each in module.directives):
        return False
    if script.section is ScriptSection.FRONTMATTER:
        return True
    if any(names.directives.get(each) == "server" for each in module.directives):
        return True
    if module.imports.keys() & set(names.server_only):
        return True
    zones = RuntimeZones([RuntimeZone(folder, tuple(framework.code for framework in frameworks))])
    return zones.is_kind(path, "server") and not _is_settings(path.rpartition("/")[2], frameworks)


def _is_settings(name: str, frameworks: Iterable[Framework]) -> bool:
    """Return whether a file configures a build, which may publish what it reads."""
    globs = (glob for framework in frameworks for glob in framework.configurations)
    return ".config." in name or any(re.fullmatch(expression(glob), name) for glob in globs)


def _project_of(path: str) -> tuple[str, tuple[Framework, ...]]:
    """Return the folder of the nearest package.json, and the frameworks that it names."""
    own = path.rpartition("/")[0]
    folder = next((each for each in up_to_top(own) if os.path.isfile(f"{each}/package.json")), own)
    used = framework_ids(own)
    return folder, tuple(framework for framework in load_frameworks() if framework.id in used)


def _replacement(
    shown: Shown,
    document: Document,
    literal: "Node",
    framework: Framework,
    frameworks: Iterable[Framework],
    script: EmbeddedScript,
) -> Replacement | None:
    variable = "_".join(_WORD.findall(shown.rule)).upper()
    prefixes = tuple(prefix for each in frameworks for prefix in each.public_env if prefix)
    if variable[:1].isdigit() or variable.startswith(prefixes):
        return None
    positions, code = document.positions, framework.code
    line = code.server_import
    has_import = not line or line.encode() in script.text
    begin = len(script.text) - len(script.text.lstrip())
    first = positions.line_start(positions.spot(positions.index_of_byte(begin)).line)
    start, end = positions.index_of_byte(literal.start_byte), positions.index_of_byte(literal.end_byte)
    text = code.server_variable.replace(_NAME, variable)
    return Replacement(start, end, text, "" if has_import else line, first, variable)
