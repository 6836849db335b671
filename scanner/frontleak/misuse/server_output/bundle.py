"""The scripts of a build's server: where a name is used, what a script exports, and which scripts import it."""

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from frontleak.core.lazy_regex import LazyRegex
from frontleak.js.embedded_scripts import EmbeddedScript, ScriptSection
from frontleak.js.module import DEFAULT, Declaration, Module, NameScope
from frontleak.js.parse import MOST_SOURCE, Grammar
from frontleak.js.scopes import parse_module
from frontleak.js.syntax import FUNCTIONS, member_name

if TYPE_CHECKING:
    from tree_sitter import Node

ENDINGS: Final = (".js", ".mjs", ".cjs")
_MOST_PARSED: Final = 8_000_000
"""Bytes of all scripts that are parsed."""
_MOST_READ: Final = 64_000_000
"""Bytes of all scripts in which imports are looked for."""
_IMPORT: Final = LazyRegex(rb"(?:from|import)\s{0,4}[\"'](\.{1,2}/[^\"'\n]{1,200})")
_AROUND: Final = 100_000
"""Bytes before and after a secret that are parsed of a script that is too long."""
_STATEMENT: Final = LazyRegex(rb"^(?=[\w$/(\[!;'\"`])", re.MULTILINE)
"""Matches the beginning of a line that may begin a statement or a module."""
_MOST_HITS: Final = 2_000
"""Places in a script at which a name may be used."""
_MOST_USES: Final = 80
_NAMES: Final = frozenset({"identifier", "shorthand_property_identifier"})


class Export(NamedTuple):
    """A name that another script imports."""

    path: str
    name: str


class Bundle:
    """The scripts of the servers in a scan, parsed when needed."""

    def __init__(self, paths: Sequence[str], read: Callable[[str], bytes | None]) -> None:
        """Set the scripts, as absolute paths with forward slashes, and how they are read."""
        self._paths = frozenset(paths)
        self._read = read
        self._modules: dict[str, Module | None] = {}
        self._texts: dict[str, bytes] = {}
        self._left = _MOST_PARSED
        self._importers: dict[str, list[str]] | None = None
        self._destructured: dict[str, Mapping[int, Sequence[tuple[str, Declaration, NameScope]]]] = {}

    def module(self, path: str) -> Module | None:
        """Return a script; None if it cannot be parsed or there is no room for it."""
        if path not in self._modules:
            self._modules[path] = self._parsed(path, self._text(path))
        return self._modules[path]

    def module_around(self, path: str, offset: int) -> tuple[Module, int] | None:
        """Return (script, byte offset of its beginning in the file): of a long file, the lines around an offset."""
        text = self._text(path)
        if len(text) <= MOST_SOURCE:
            module = self.module(path)
            return (module, 0) if module is not None else None
        first = _STATEMENT.search(text, max(0, offset - _AROUND), offset)
        last = [found.start() for found in _STATEMENT.finditer(text, offset, offset + _AROUND)]
        if first is None or not last:
            return None
        module = self._parsed(path, text[first.start() : last[-1]])
        return (module, first.start()) if module is not None else None

    def _parsed(self, path: str, text: bytes) -> Module | None:
        if len(text) > min(self._left, MOST_SOURCE):
            return None
        self._left -= len(text)
        return parse_module(path, EmbeddedScript(ScriptSection.ALL, text, Grammar.JAVASCRIPT))

    def _text(self, path: str) -> bytes:
        if path not in self._texts:
            self._texts[path] = (self._read(path) or b"") if path in self._paths else b""
        return self._texts[path]

    # --- names -------------------------------------------------------------------------------------------------------

    def uses(self, module: Module, name: str, at: "Node") -> "Iterator[Node]":
        """Yield where a name is used that is declared as seen from a node."""
        declaration = module.lookup(name, at)
        scope = next((each for each in module.scopes if each.names.get(name) is declaration), None)
        if declaration is not None and scope is not None:
            yield from islice(self._uses(module, name, declaration, scope), _MOST_USES)

    def destructured(
        self, module: Module, value: "Node", path: tuple[str, ...]
    ) -> "Iterator[tuple[Node, tuple[str, ...]]]":
        """Yield (use, path into it) of the names that a pattern takes out of a value; `path` leads to the secret."""
        if module.path not in self._destructured:
            found: dict[int, list[tuple[str, Declaration, NameScope]]] = {}
            for scope in module.scopes:
                for name, declaration in scope.names.items():
                    if declaration.value is not None and declaration.path:
                        found.setdefault(declaration.value.id, []).append((name, declaration, scope))
            self._destructured[module.path] = found
        for name, declaration, scope in self._destructured[module.path].get(value.id, ()):
            yield from self._bound(module, name, declaration, scope, path)

    def parameter_uses(
        self, function: "Node", module: Module, position: int, path: tuple[str, ...]
    ) -> "Iterator[tuple[Node, tuple[str, ...]]]":
        """Yield (use, path into it) of the parameter of a function that is given a value."""
        single, several = function.child_by_field_name("parameter"), function.child_by_field_name("parameters")
        given = [single] if single is not None else several.named_children if several is not None else []
        given = [each for each in given if each.type != "comment"]
        if position >= len(given):
            return
        pattern = given[position]
        scope = next((each for each in module.scopes if each.function == function), None)
        for name, declaration in list(scope.names.items()) if scope is not None else ():
            if declaration.parameter and pattern.start_byte <= declaration.place[0] < pattern.end_byte and scope:
                yield from self._bound(module, name, declaration, scope, path)

    def _bound(
        self, module: Module, name: str, declaration: Declaration, scope: NameScope, path: tuple[str, ...]
    ) -> "Iterator[tuple[Node, tuple[str, ...]]]":
        taken = tuple(map(str, declaration.path))
        if all(there in {step, "*"} for step, there in zip(taken, path, strict=False)) and len(taken) <= len(path):
            for use in islice(self._uses(module, name, declaration, scope), _MOST_USES):
                yield use, path[len(taken) :]

    def _uses(self, module: Module, name: str, declaration: Declaration, scope: NameScope) -> "Iterator[Node]":
        pattern = re.compile(rb"(?<![\w$])" + re.escape(name.encode()) + rb"(?![\w$])")
        for hit in islice(pattern.finditer(module.source, scope.start, scope.end), _MOST_HITS):
            node = module.root.descendant_for_byte_range(*hit.span())
            if node is None or node.type not in _NAMES or hit.start() == declaration.place[0]:
                continue
            if module.lookup(name, node) is declaration:
                yield node

    # --- between scripts ---------------------------------------------------------------------------------------------

    def importers(self, export: Export) -> "Iterator[tuple[Module, Node, tuple[str, ...]]]":
        """Yield (script, use, path into the use) of an export of a script in the scripts that import it."""
        for path in self._importers_of().get(export.path, ()):
            module = self.module(path)
            if module is None:
                continue
            for name, declaration in module.scopes[0].names.items():
                imported = declaration.imported
                if imported is None or self.target(imported.specifier, path) != export.path:
                    continue
                if imported.name in {export.name, "*"}:
                    inner = (export.name,) if imported.name == "*" else ()
                    for use in islice(self._uses(module, name, declaration, module.scopes[0]), _MOST_USES):
                        yield module, use, inner

    def _importers_of(self) -> Mapping[str, list[str]]:
        if self._importers is None:
            self._importers = {}
            left = _MOST_READ
            for path in sorted(self._paths):
                text = (self._read(path) or b"") if left > 0 else b""
                left -= len(text)
                for specifier in set(_IMPORT.findall(text)):
                    target = self.target(specifier.decode("utf-8", "replace"), path)
                    if target is not None:
                        self._importers.setdefault(target, []).append(path)
        return self._importers

    def target(self, specifier: str, importer: str) -> str | None:
        """Return the script that a relative import leads to; None for any other."""
        if not specifier.startswith("."):
            return None
        path = posixpath.normpath(posixpath.join(posixpath.dirname(importer), specifier.partition("?")[0]))
        return path if path in self._paths else None

    def functions(self, module: Module, callee: "Node") -> "Iterator[tuple[Module, Node]]":
        """Yield the function that a name stands for, in this script or in the one from which it is imported."""
        if callee.type == "member_expression":
            owner = callee.child_by_field_name("object")
            declaration = module.lookup(module.name(owner), callee) if owner is not None else None
            imported = declaration.imported if declaration is not None else None
            if imported is None or imported.name != "*":
                return
            imported = imported._replace(name=member_name(module, callee))
        elif callee.type == "identifier":
            declaration = module.lookup(module.text(callee), callee)
            if declaration is None:
                return
            imported = declaration.imported
            if imported is None:
                if declaration.value is not None and declaration.value.type in FUNCTIONS and not declaration.path:
                    yield module, declaration.value
                return
        else:
            return
        target = self.target(imported.specifier, module.path)
        other = self.module(target) if target is not None else None
        exported = other.exports.get(imported.name) if other is not None else None
        if other is None or exported is None:
            return
        value = exported.value
        if exported.local and (declared := other.top(exported.local)) is not None:
            value = declared.value
        if value is not None and value.type in FUNCTIONS:
            yield other, value

    def exported_as(self, module: Module, local: str) -> Iterator[str]:
        """Yield the names under which a script exports one of its own."""
        for name, export in module.exports.items():
            if export.local == local and export.source is None:
                yield name

    def is_default(self, module: Module, value: "Node") -> bool:
        """Return whether a script exports an expression by default."""
        export = module.exports.get(DEFAULT)
        return export is not None and export.value is not None and export.value.id == value.id
