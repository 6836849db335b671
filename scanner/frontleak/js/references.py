"""Several modules together: names are followed through imports, re-exports, members and calls to what defines them."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from frontleak.js.embedded_scripts import Side, scripts
from frontleak.js.module import DEFAULT, EVERYTHING, Declaration, Import, Module, Spot
from frontleak.js.scopes import read_module
from frontleak.js.syntax import (
    FUNCTIONS,
    as_given,
    branches,
    either_side,
    member_name,
    merged,
    required_specifier,
    returns,
    table_of,
    unwrapped,
)

_MOST_DEPTH: Final = 25
"""Steps from a name to what defines it."""
_MOST_OPEN: Final = 16
"""Questions that are answered at a time, each raised by the one before: what is `a` a member of, what is exported?"""
_MOST_STEPS: Final = 1_000
"""Steps for the answer to one question, those it raises included."""
_STEPS_OF_FILE: Final = 20_000
"""Steps for the answers to all questions that one file raises, and a fifth as many more as it has bytes."""
_MOST_FOUND: Final = 24
"""Definitions of one expression that are looked at."""
_MOST_KEPT: Final = 2_500_000
"""Bytes of source whose trees are kept; a tree takes forty times its text, sixty when it is dense."""
_LITERALS: Final = frozenset({"object", "array", "string", "number", "template_string", "true", "false", "null"})


class External(NamedTuple):
    """A name that another package exports."""

    package: str
    """The specifier as written, such as `@sanity/client` or `sanity:client`."""
    name: str
    """A name, `default`, `*`, or a name and its member: `env.TOKEN`."""

    def member(self, name: str) -> "External":
        """Return a member of what is exported."""
        whole = self.name in {EVERYTHING, DEFAULT}
        return External(self.package, name if whole else f"{self.name}.{name}")


class Parameter(NamedTuple):
    """A parameter of a function: its value comes from whoever calls it."""

    spot: Spot
    """Where it is used."""
    path: tuple[str | int, ...]
    """Members of what is given."""
    place: tuple[int, int]
    """Byte offsets of its name among the parameters."""


class Namespace(NamedTuple):
    """Everything that a file of the program exports: `import * as x`."""

    path: str


class Part(NamedTuple):
    """A member of an expression that no object literal defines, such as a call's result."""

    whole: Spot
    path: tuple[str, ...]


Definition = Spot | External | Parameter | Namespace | Part
"""What an expression comes down to: a literal, call or other expression that is no name; or a name from elsewhere."""


class Program:
    """The modules of a project, parsed when they are asked for."""

    def __init__(self, read: Callable[[str], bytes | None], resolve: Callable[[str, str], str | None]) -> None:
        """Keep the way to the files.

        Args:
            read: absolute path -> bytes; None for a file that cannot be read or is no source.
            resolve: (specifier, absolute path of the importer) -> absolute path; None for another package or a gap.
        """
        self._read = read
        self._resolve = resolve
        self._open = 0
        self._steps = 0
        self._left: dict[str, int] = {}
        self._known: dict[tuple[str, int, int], tuple[int, list[Definition]]] = {}
        self._kept: OrderedDict[str, tuple[Module, ...]] = OrderedDict()
        self._size = 0
        self._parsed: set[str] = set()
        self.damaged: dict[str, int] = {}
        """Path of each file of which parts could not be parsed -> line of the first part, 1-based."""
        self.unread: set[str] = set()
        """Paths of files that cannot be read, or not be parsed."""
        self.given_up: set[str] = set()
        """Paths of files that raise more questions than are answered."""

    @property
    def parsed(self) -> int:
        """Number of files that were parsed."""
        return len(self._parsed)

    def modules(self, path: str) -> tuple[Module, ...]:
        """Return the scripts of a file; those that cannot be parsed are left out."""
        if path in self._kept:
            self._kept.move_to_end(path)
        else:
            self._keep(path)
        return self._kept[path]

    def _keep(self, path: str) -> None:
        data = self._read(path)
        parts = scripts(path, data) if data is not None else ()
        read = [read_module(path, part) for part in parts]
        modules = self._kept[path] = tuple(module for module in read if module is not None)
        if data is None or len(modules) < len(read):
            self.unread.add(path)
        if modules:
            self._parsed.add(path)
            self._left.setdefault(path, _STEPS_OF_FILE + sum(len(module.source) for module in modules) // 5)
        damage = [line for module in modules if (line := module.damage)]
        if damage:
            self.damaged[path] = min(damage)
        self._size += sum(len(module.source) for module in modules)
        while self._size > _MOST_KEPT and len(self._kept) > 1:
            _, oldest = self._kept.popitem(last=False)
            self._known.clear()  # which keeps trees
            self._size -= sum(len(module.source) for module in oldest)

    # --- names -------------------------------------------------------------------------------------------------------

    def definitions(self, spot: Spot) -> list[Definition]:
        """Return what an expression may be: both sides of `a || b`, every branch, through names and modules."""
        room = _MOST_OPEN - self._open
        known = self._known.get(spot.place)
        if known is not None and known[0] >= room:  # what was found with less room may not be all
            return known[1]
        found = self._answer(self._followed, spot)
        if self._steps > 0:
            self._known[spot.place] = (room, found)
        return found

    def _answer(self, ask: Callable[..., list[Definition]], *about: object) -> list[Definition]:
        """Answer a question; nothing when too many are open already. One that no other raises has all its steps."""
        if not self._open:
            return self._answer_first(ask, *about)
        if self._open >= _MOST_OPEN or self._steps <= 0:
            return []
        self._steps -= 1
        self._open += 1
        try:
            return ask(*about)
        finally:
            self._open -= 1

    def _answer_first(self, ask: Callable[..., list[Definition]], *about: object) -> list[Definition]:
        """Answer a question that no other raises, with what is left of the steps of its file."""
        path = about[0].module.path if isinstance(about[0], Spot) else str(about[0])
        left = self._left.get(path, _STEPS_OF_FILE)
        given = self._steps = min(_MOST_STEPS, left)
        if not given:
            self.given_up.add(path)
            return []
        self._open = 1
        try:
            return ask(*about)
        finally:
            self._open = 0
            self._left[path] = left - (given - self._steps)

    def _followed(self, spot: Spot) -> list[Definition]:
        found: list[Definition] = []
        seen: set[tuple[str, Side, int, int]] = set()
        pending: list[tuple[Spot, int]] = [(spot, 0)]
        while pending and len(found) < _MOST_FOUND and self._steps > 0:
            self._steps -= 1
            (module, node), depth = pending.pop(0)
            node = unwrapped(node)
            key = (module.path, module.side, node.start_byte, node.end_byte)
            if key in seen or depth > _MOST_DEPTH:
                continue
            seen.add(key)
            steps = self._step(Spot(module, node))
            if steps is None:
                found.append(Spot(module, node))
                continue
            for step in steps:
                if isinstance(step, Spot):
                    pending.append((step, depth + 1))
                else:
                    found.append(step)
        return found

    def _step(self, spot: Spot) -> Sequence[Definition] | None:
        """Return what an expression refers to; None when it stands for itself."""
        module, node = spot
        match node.type:
            case "identifier" | "shorthand_property_identifier":
                return self._named(spot)
            case "binary_expression":
                return either_side(spot)
            case "ternary_expression":
                return branches(spot)
            case "member_expression" | "subscript_expression":
                return self._member(spot)
            case "call_expression":
                required = required_specifier(spot)
                return self._returned(spot) if required is None else self._required(required, module.path)
            case "sequence_expression":
                return [Spot(module, child) for child in node.named_children if child.type != "comment"][-1:] or None
            case _:
                return None

    def _named(self, spot: Spot) -> list[Definition] | None:
        module, node = spot
        declaration = module.lookup(module.text(node), node)
        if declaration is None:
            return None
        if declaration.imported is not None:
            return self.imported(declaration.imported, module.path)
        if declaration.parameter:
            return [Parameter(spot, declaration.path, declaration.place)]
        return self._values(module, module.text(node), declaration)

    def _values(self, module: Module, name: str, declaration: Declaration) -> list[Definition] | None:
        """Return what a variable is set to, where it is declared and later; None when that is nowhere."""
        found: list[Definition] = []
        if declaration.value is not None:
            value = Spot(module, unwrapped(declaration.value))
            found += (self._at_path(value, declaration.path) or []) if declaration.path else [value]
        found += (Spot(module, value) for value in module.later(name, declaration)[:_MOST_FOUND])
        return found or None

    def _at_path(self, value: Spot, path: tuple[str | int, ...]) -> list[Definition] | None:
        found: list[Definition] = [value]
        for step in path:
            known = [
                inner for each in found for inner in (self.definitions(each) if isinstance(each, Spot) else [each])
            ]
            found = [inner for definition in known for inner in self._member_of(definition, str(step))]
        return found or None

    def _member_of(self, definition: Definition, name: str) -> Sequence[Definition]:
        """Return what may be a member of what an expression came down to."""
        match definition:
            case Spot(_, node):
                found = self._property(definition, name) if node.type in {"object", "array"} else []
                return found if found or node.type in _LITERALS else [Part(definition, (name,))]
            case Part(whole, path):
                return [Part(whole, (*path, name))]
            case External():
                return [definition.member(name)]
            case Namespace(path):
                return self.exported(path, name)
            case Parameter(_, path):
                return [definition._replace(path=(*path, name))]

    def _member(self, spot: Spot) -> list[Definition] | None:
        module, node = spot
        owner = node.child_by_field_name("object")
        name = member_name(module, node)
        if owner is None or not name:
            return None
        if owner.type == "this":
            return [Spot(module, value) for value in module.field(name, node)[:_MOST_FOUND]] or None
        found = [
            inner
            for definition in self.definitions(Spot(module, owner))
            if definition != Spot(module, owner) or owner.type == "call_expression"
            for inner in self._member_of(definition, name)
        ]
        return found or None

    def _returned(self, spot: Spot) -> list[Definition] | None:
        """Return what a call of a function of this program gives: what it returns, its parameters as they are given."""
        module, node = spot
        callee = node.child_by_field_name("function")
        if callee is None or callee.type not in {"identifier", "member_expression"}:
            return None
        returned: list[Definition] = []
        for definition in self.definitions(Spot(module, callee)):
            if isinstance(definition, Spot) and definition.node.type in FUNCTIONS:
                returned += (as_given(inner, definition, spot) for inner in returns(definition))
        return returned or None

    # --- imports -----------------------------------------------------------------------------------------------------

    def imported(self, imported: Import, importer: str) -> list[Definition]:
        """Return what an imported name is."""
        path = self._resolve(imported.specifier, importer)
        if path is None:
            return [External(imported.specifier, imported.name)]
        return [Namespace(path)] if imported.name == EVERYTHING else self.exported(path, imported.name)

    def _required(self, specifier: str, importer: str) -> list[Definition]:
        """Return what `require` or a dynamic `import` gives."""
        path = self._resolve(specifier, importer)
        if path is None:
            return [External(specifier, EVERYTHING)]
        return [Namespace(path), *self.exported(path, DEFAULT)]

    def exported(self, path: str, name: str) -> list[Definition]:
        """Return what a file exports under a name, through re-exports and barrels."""
        return self._answer(self._exported, path, name)

    def _exported(self, path: str, name: str) -> list[Definition]:
        seen: set[tuple[str, str]] = set()
        pending = [(path, name)]
        found: list[Definition] = []
        while pending and len(seen) < _MOST_DEPTH * 4:
            at, wanted = pending.pop(0)
            if (at, wanted) in seen:
                continue
            seen.add((at, wanted))
            for module in self.modules(at):
                here = self._exported_here(module, wanted)
                if here is None:
                    pending += self._starred(module, wanted, found)
                    continue
                for item in here:
                    if isinstance(item, Import):
                        inner = self._resolve(item.specifier, at)
                        if inner is None:
                            found.append(External(item.specifier, item.name))
                        elif item.name == EVERYTHING:
                            found.append(Namespace(inner))
                        else:
                            pending.append((inner, item.name))
                    else:
                        found.append(item)
        return found

    def _exported_here(self, module: Module, name: str) -> Sequence[Definition | Import] | None:
        export = module.exports.get(name)
        if export is None:
            return None
        if export.source is not None:
            return [export.source]
        if export.local:
            declaration = module.top(export.local)
            if declaration is not None and declaration.imported is not None:
                return [declaration.imported]
            if declaration is not None and (values := self._values(module, export.local, declaration)) is not None:
                return values
        return [Spot(module, unwrapped(export.value))] if export.value is not None else None

    def _starred(self, module: Module, name: str, found: list[Definition]) -> list[tuple[str, str]]:
        if name == DEFAULT:
            return []
        inner = [(star, self._resolve(star, module.path)) for star in module.stars]
        if len(inner) == 1 and inner[0][1] is None:
            found.append(External(inner[0][0], name))
        return [(path, name) for _, path in inner if path is not None]

    # --- members -----------------------------------------------------------------------------------------------------

    def members(self, spot: Spot, name: str) -> list[Definition]:
        """Return the expressions that may be a property of an expression: of an object literal, through spreads too.

        `import * as x` and `require` give what the module exports under the name.
        """
        return self._answer(self._members, spot, name)

    def _members(self, spot: Spot, name: str) -> list[Definition]:
        owner = unwrapped(spot.node)
        found: list[Definition] = []
        if owner.type in {"identifier", "shorthand_property_identifier"}:
            put = spot.module.assigned(f"{spot.module.text(owner)}.{name}")
            found += (Spot(spot.module, value) for value in put[:_MOST_FOUND])
        for definition in self.definitions(spot):
            if not isinstance(definition, Spot) or definition.node.type in {"object", "array"}:
                found += self._member_of(definition, name)
            else:
                parts = [part for part in merged(definition) if part.node.id != spot.node.id]
                found += (member for part in parts for member in self.members(part, name))
        return found

    def _property(self, spot: Spot, name: str) -> list[Definition]:
        """Return what may be a member of a literal: the last that has the name wins, and what is spread may hold it."""
        table = table_of(spot)
        place, value = table.named.get(name, (-1, None))
        for at, spread in reversed(table.spread):
            if at < place:
                break
            if inner := self.members(Spot(spot.module, spread), name):
                return inner
        return [] if value is None else [Spot(spot.module, value)]
