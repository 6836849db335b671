"""Cross-module references: follow names through imports, re-exports, members and calls to their definitions."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from frontleak.core.lazy_regex import LazyRegex
from frontleak.js.call_results import call_results
from frontleak.js.conditions import branches, either_side
from frontleak.js.embedded_scripts import ScriptSection
from frontleak.js.exports import Exports
from frontleak.js.module import DEFAULT, EVERYTHING, Declaration, Expr, Import, Module
from frontleak.js.parsed_files import ParsedFiles
from frontleak.js.referents import REST, ExternalExport, MemberOf, Namespace, Parameter, Referent
from frontleak.js.step_budget import MOST_DEPTH, StepBudget
from frontleak.js.syntax import (
    accessed,
    awaited_by,
    default_in_pattern,
    is_getter,
    left_out_of_rest,
    member_name,
    members_of_literal,
    merged,
    required_specifier,
    returns,
    text_parts,
    unwrapped,
)

_MOST_FOUND: Final = 24
"""Definitions per expression."""
_MOST_TEXTS: Final = 8
"""Texts of a constant expression."""
_WITH_MEMBERS: Final = frozenset({"object", "array", "enum_declaration", "class_declaration", "class"})
_CLASSES: Final = frozenset({"class_declaration", "class", "abstract_class_declaration"})
_EXPORTS_ALL: Final = LazyRegex(rb"\bexport\s*+(?:\*|/[*/])|\\u")
"""Matches `export * from`, also with a comment before the star, and escapes, with which a name may be written."""
_MADE: Final = frozenset({"call_expression", "new_expression"})
_LITERALS: Final = frozenset({"object", "array", "string", "number", "template_string", "true", "false", "null"})


class Observations(NamedTuple):
    """What was noticed while modules were read; see `ParsedFiles` and `StepBudget` for the fields."""

    parsed: tuple[str, ...]
    damaged: Mapping[str, int]
    unread: frozenset[str]
    given_up: frozenset[str]


class References:
    """The modules of a project, parsed on demand."""

    def __init__(self, read: Callable[[str], bytes | None], resolve: Callable[[str, str], str | None]) -> None:
        """Set how files are read and imports resolved.

        Args:
            read: absolute path -> bytes; None for a file that is unreadable or not source code.
            resolve: (specifier, absolute path of the importer) -> absolute path; None for another package or when
                unresolved.
        """
        self._resolve = resolve
        self._budget = StepBudget()
        self._exports = Exports()
        self._cached: dict[tuple[str, int, int], tuple[int, list[Referent]]] = {}
        self.files = ParsedFiles(read, self._cached.clear)  # their values keep trees alive

    def observations(self, after: int) -> Observations:
        """Return what was noticed so far, without the first `after` parsed files."""
        files = self.files
        return Observations(
            files.parsed_after(after), dict(files.damaged), frozenset(files.unread), frozenset(self.given_up)
        )

    def observe(self, noticed: Observations) -> None:
        """Add what was noticed in another process."""
        self.files.parsed_elsewhere(noticed.parsed)
        self.files.damaged.update(noticed.damaged)
        self.files.unread.update(noticed.unread)
        self.given_up.update(noticed.given_up)

    @property
    def given_up(self) -> set[str]:
        """Paths of files that used up their steps."""
        return self._budget.given_up

    def modules(self, path: str) -> tuple[Module, ...]:
        """Return the parsed scripts of a file, without those that cannot be parsed."""
        modules = self.files.modules(path)
        self._budget.admit(path, modules)
        return modules

    def may_export(self, path: str, name: str) -> bool:
        """Return whether a file may export a name: it has the name, or all exports of another file."""
        return name == DEFAULT or self.files.may_have(path, name, _EXPORTS_ALL)

    def resolve(self, specifier: str, importer: str) -> str | None:
        """Return the absolute path of an imported file; None for another package or when unresolved."""
        return self._resolve(specifier, importer)

    # --- names -------------------------------------------------------------------------------------------------------

    def referents(self, expr: Expr) -> list[Referent]:
        """Return the possible values of an expression: both sides of `a || b`, all branches, across modules."""
        room = self._budget.room
        cached = self._cached.get(expr.place)
        if cached is not None and cached[0] >= room:  # with less room, the result may be incomplete
            return cached[1]
        found = self._budget.run(expr.module.path, self._follow, expr)
        if self._budget.left > 0:
            self._cached[expr.place] = (room, found)
        return found

    def _follow(self, expr: Expr) -> list[Referent]:
        found: list[Referent] = []
        seen: set[tuple[str, ScriptSection, int, int]] = set()
        pending: list[tuple[Expr, int]] = [(expr, 0)]
        while pending and len(found) < _MOST_FOUND and self._budget.left > 0:
            self._budget.left -= 1
            (module, node), depth = pending.pop(0)
            node = unwrapped(node)
            key = (module.path, module.section, node.start_byte, node.end_byte)
            if key in seen or depth > MOST_DEPTH:
                continue
            seen.add(key)
            steps = self._step(Expr(module, node))
            if steps is None:
                found.append(Expr(module, node))
                continue
            for step in steps:
                if isinstance(step, Expr):
                    pending.append((step, depth + 1))
                else:
                    found.append(step)
        return found

    def _step(self, expr: Expr) -> Sequence[Referent] | None:
        """Return the expressions that an expression refers to; None when it is its own value."""
        module, node = expr
        match node.type:
            case "identifier" | "shorthand_property_identifier":
                return self._named(expr)
            case "binary_expression":
                return either_side(expr)
            case "ternary_expression":
                return branches(expr)
            case "member_expression" | "subscript_expression":
                return self._member(expr)
            case "call_expression":
                if accessed(expr) is not None:
                    return self._member(expr)
                required = required_specifier(expr)
                return call_results(self, expr) if required is None else self._required(required, module.path)
            case "method_definition" if is_getter(node):
                return returns(expr) or None
            case "sequence_expression":
                return [Expr(module, child) for child in node.named_children if child.type != "comment"][-1:] or None
            case _:
                return None

    def _named(self, expr: Expr) -> list[Referent] | None:
        module, node = expr
        declaration = module.lookup(module.text(node), node)
        if declaration is None:
            return None
        if declaration.imported is not None:
            return self.imported(declaration.imported, module.path)
        preset = (
            [Expr(module, value)] if declaration.path and (value := default_in_pattern(module, declaration)) else []
        )
        if declaration.parameter:
            if (loaded := self._loaded(module, declaration)) is not None:
                return loaded
            default = self.values(module, module.text(node), declaration) if declaration.value is not None else None
            return [Parameter(expr, declaration.path, declaration.place), *(default or ()), *preset]
        values = self.values(module, module.text(node), declaration)
        return [*(values or ()), *preset] or None

    def _loaded(self, module: Module, declaration: Declaration) -> list[Referent] | None:
        """Return what `import("x").then(({a}) => …)` gives to a parameter; None for any other parameter."""
        is_possible = b"import(" in module.source and b".then" in module.source
        owner = awaited_by(module, declaration) if is_possible else None
        if owner is None or required_specifier(Expr(module, owner)) is None:
            return None
        return self.at_path(Expr(module, owner), declaration.path)

    def values(self, module: Module, name: str, declaration: Declaration) -> list[Referent] | None:
        """Return the values of a variable from its declaration and later assignments; None when there are none."""
        found: list[Referent] = []
        if declaration.value is not None:
            value = Expr(module, unwrapped(declaration.value))
            left_out = left_out_of_rest(module, declaration)
            path = (*declaration.path, f"{REST}{','.join(left_out)}") if left_out else declaration.path
            found += self.at_path(value, path) if path else [value]
        found += (Expr(module, value) for value in module.later(name, declaration)[:_MOST_FOUND])
        return found or None

    def at_path(self, value: Expr, path: tuple[str | int, ...]) -> list[Referent]:
        """Return the possible values of a member of a member of an expression; the expression itself for no path."""
        found: list[Referent] = [value]
        for step in path:
            values = [inner for each in found for inner in (self.referents(each) if isinstance(each, Expr) else [each])]
            found = [inner for referent in values for inner in self.member_of(referent, str(step))]
        return found

    def member_of(self, referent: Referent, name: str) -> Sequence[Referent]:
        """Return the possible values of a member of a resolved expression."""
        match referent:
            case Expr(_, node) if name.startswith(REST):
                return [MemberOf(referent, (name,))] if node.type == "object" else [referent]
            case Expr(_, node):
                found: list[Referent] = []
                if node.type in _WITH_MEMBERS:
                    found = self._property(referent, name)
                elif node.type in _MADE:
                    found = self._of_made(referent, name)
                return found if found or node.type in _LITERALS else [MemberOf(referent, (name,))]
            case MemberOf(whole) if left_out := referent.left_out:
                return () if name in left_out else self.member_of(whole, name)
            case MemberOf(whole, path):
                return [MemberOf(whole, (*path, name))] if not name.startswith(REST) else [referent]
            case ExternalExport() | Namespace() | Parameter() if name.startswith(REST):
                return [referent]
            case ExternalExport():
                return [referent.member(name)]
            case Namespace(path):
                return self.exported(path, name)
            case Parameter(_, path):
                return [referent._replace(path=(*path, name))]

    def _of_made(self, made: Expr, name: str) -> list[Referent]:
        """Return the possible values of a member of an instance of a class, or of a call that keeps members."""
        module, node = made
        maker = node.child_by_field_name("constructor") if node.type == "new_expression" else None
        if maker is None:
            return [inner for part in merged(made) for inner in self.members(part, name)]
        bodies = (
            (each.module, each.node.child_by_field_name("body"))
            for each in self.referents(Expr(module, maker))
            if isinstance(each, Expr) and each.node.type in _CLASSES
        )
        return [
            Expr(inner, value)
            for inner, body in bodies
            if body is not None
            for value in inner.field(name, body)[:_MOST_FOUND]
            if value.type != "identifier"  # a parameter: the call has its value
        ]

    def _member(self, expr: Expr) -> list[Referent] | None:
        module, node = expr
        owner, _ = accessed(expr) or (None, None)
        names = self.member_names(expr)
        if owner is None or not names:
            return None
        if owner.type == "this":
            return [Expr(module, value) for name in names for value in module.field(name, node)[:_MOST_FOUND]] or None
        if owner.type == "new_expression":
            return [inner for name in names for inner in self._of_made(Expr(module, owner), name)] or None
        found = [
            inner
            for referent in self.referents(Expr(module, owner))
            if referent != Expr(module, owner) or owner.type == "call_expression"
            for name in names
            for inner in self.member_of(referent, name)
        ]
        return found or None

    def member_names(self, expr: Expr, given: Mapping[tuple[int, int], Sequence[str]] | None = None) -> list[str]:
        """Return the possible names of the member that an expression reads; empty when its key is not constant.

        `given` has the texts of parameters, as for `texts`.
        """
        module, node = expr
        if node.type == "member_expression":
            name = member_name(module, node)
            return [name] if name else []
        _, key = accessed(expr) or (None, None)
        if key is None or key.type == "number":
            return [module.text(key)] if key is not None else []
        return self.texts(Expr(module, key), given)

    def texts(self, expr: Expr, given: Mapping[tuple[int, int], Sequence[str]] | None = None) -> list[str]:
        """Return the possible texts of a constant expression: strings, templates and sums of them.

        `given` has the texts of parameters, by their places in the parameter list.
        """
        return self._budget.run(expr.module.path, self._texts, expr, given or {})

    def _texts(self, expr: Expr, given: Mapping[tuple[int, int], Sequence[str]]) -> list[str]:
        found: list[str] = []
        for referent in self.referents(expr):
            if isinstance(referent, Parameter) and not referent.path:
                found += given.get(referent.place, ())
            parts = text_parts(referent) if isinstance(referent, Expr) else []
            texts = [[part] if isinstance(part, str) else self.texts(part, given) for part in parts]
            found += map("".join, itertools.islice(itertools.product(*texts), _MOST_TEXTS) if texts else ())
        return list(dict.fromkeys(found))[:_MOST_TEXTS]

    # --- imports -----------------------------------------------------------------------------------------------------

    def imported(self, imported: Import, importer: str) -> list[Referent]:
        """Return the referents of an imported name."""
        path = self.resolve(imported.specifier, importer)
        if path is None:
            return [ExternalExport(imported.specifier, imported.name)]
        return [Namespace(path)] if imported.name == EVERYTHING else self.exported(path, imported.name)

    def _required(self, specifier: str, importer: str) -> list[Referent]:
        """Return the result of `require` or a dynamic `import`."""
        path = self.resolve(specifier, importer)
        if path is None:
            return [ExternalExport(specifier, EVERYTHING)]
        return [Namespace(path), *self.exported(path, DEFAULT)]

    def exported(self, path: str, name: str) -> list[Referent]:
        """Return the referents of an export, through re-exports and barrels."""
        return self._budget.run(path, self._exports.of, self, path, name)

    # --- members -----------------------------------------------------------------------------------------------------

    def members(self, expr: Expr, name: str) -> list[Referent]:
        """Return the possible values of a property, including those from spreads in an object literal.

        For `import * as x` and `require`, return the export of that name.
        """
        return self._budget.run(expr.module.path, self._members, expr, name)

    def _members(self, expr: Expr, name: str) -> list[Referent]:
        owner = unwrapped(expr.node)
        found: list[Referent] = []
        if owner.type in {"identifier", "shorthand_property_identifier"}:
            assigned = expr.module.assigned(f"{expr.module.text(owner)}.{name}")
            found += (Expr(expr.module, value) for value in assigned[:_MOST_FOUND])
        for referent in self.referents(expr):
            if not isinstance(referent, Expr) or referent.node.type in {"object", "array"}:
                found += self.member_of(referent, name)
            elif referent.node.type == "member_expression" and member_name(*referent) == "env":  # `{...process.env}`
                found.append(MemberOf(referent, (name,)))
            else:
                parts = [part for part in merged(referent) if part.node.id != expr.node.id]
                found += (member for part in parts for member in self.members(part, name))
        return found

    def _property(self, expr: Expr, name: str) -> list[Referent]:
        """Return the possible values of a member of a literal; the last member or spread with the name wins.

        A spread parameter may lack the member, so it hides none before it.
        """
        literal = members_of_literal(expr)
        place, value = literal.named.get(name, (-1, None))
        found: list[Referent] = []
        for at, spread in reversed(literal.spread):
            if at < place:
                break
            inner = self.members(Expr(expr.module, spread), name)
            found += inner
            if not all(isinstance(each, Parameter) for each in inner):
                return found
        return found if value is None else [*found, Expr(expr.module, value)]
