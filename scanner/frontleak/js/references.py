"""Cross-module references: follow names through imports, re-exports, members and calls to their definitions."""

import itertools
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple, TypeVar

from frontleak.js.embedded_scripts import ScriptSection, embedded_scripts
from frontleak.js.module import DEFAULT, EVERYTHING, Declaration, Expr, Import, Module
from frontleak.js.scopes import parse_module
from frontleak.js.syntax import (
    FUNCTIONS,
    accessed,
    arguments_of,
    as_given,
    branches,
    either_side,
    member_name,
    members_of_literal,
    merged,
    parameters_of,
    required_specifier,
    returns,
    text_parts,
    unwrapped,
)
from frontleak.rules.code_names import CodeNames, made_of_code_names

T = TypeVar("T")
_MOST_DEPTH: Final = 25
"""Steps from a name to its definition."""
_MOST_NESTED: Final = 16
"""Nested queries, such as the owner of a member or the exports of a module."""
_MOST_STEPS: Final = 1_000
"""Steps per outermost query, nested queries included."""
_STEPS_OF_FILE: Final = 20_000
"""Steps for all queries from one file, plus one step per five bytes of the file."""
_MOST_FOUND: Final = 24
"""Definitions per expression."""
_MOST_TEXTS: Final = 8
"""Texts of a constant expression."""
_MOST_CACHED: Final = 2_500_000
"""Bytes of source with cached trees; a tree takes forty times its text in memory, sixty for dense code."""
_WITH_MEMBERS: Final = frozenset({"object", "array", "enum_declaration", "class_declaration", "class"})
_LITERALS: Final = frozenset({"object", "array", "string", "number", "template_string", "true", "false", "null"})


class ExternalExport(NamedTuple):
    """An export of another package."""

    package: str
    """The specifier as written, such as `@sanity/client` or `sanity:client`."""
    name: str
    """An identifier, `default`, `*`, or a name with its member: `env.TOKEN`."""

    def member(self, name: str) -> "ExternalExport":
        """Return a member of the export."""
        whole = self.name in {EVERYTHING, DEFAULT}
        return ExternalExport(self.package, name if whole else f"{self.name}.{name}")


class Parameter(NamedTuple):
    """A function parameter; its value comes from the caller."""

    expr: Expr
    """The use of the parameter."""
    path: tuple[str | int, ...]
    """Member path into the argument."""
    place: tuple[int, int]
    """Byte offsets of the name in the parameter list."""


class Namespace(NamedTuple):
    """All exports of a project file: `import * as x`."""

    path: str


class MemberOf(NamedTuple):
    """A member of an expression without an object literal, such as the result of a call."""

    whole: Expr
    path: tuple[str, ...]


Referent = Expr | ExternalExport | Parameter | Namespace | MemberOf
"""The resolved form of an expression: a literal, call or other expression that is not a name, or an external name."""


class Observations(NamedTuple):
    """What was noticed while modules were read; see `References` for the fields."""

    parsed: tuple[str, ...]
    damaged: Mapping[str, int]
    unread: frozenset[str]
    given_up: frozenset[str]


@made_of_code_names
def _wrappers(names: CodeNames) -> frozenset[str]:
    return frozenset(names.function_wrappers)


class References:
    """The modules of a project, parsed on demand."""

    def __init__(self, read: Callable[[str], bytes | None], resolve: Callable[[str, str], str | None]) -> None:
        """Set how files are read and imports resolved.

        Args:
            read: absolute path -> bytes; None for a file that is unreadable or not source code.
            resolve: (specifier, absolute path of the importer) -> absolute path; None for another package or when
                unresolved.
        """
        self._read = read
        self._resolve = resolve
        self._depth = 0
        self._steps = 0
        self._steps_left: dict[str, int] = {}
        self._cached: dict[tuple[str, int, int], tuple[int, list[Referent]]] = {}
        self._modules: OrderedDict[str, tuple[Module, ...]] = OrderedDict()
        self._size = 0
        self._parsed: dict[str, None] = {}
        self.damaged: dict[str, int] = {}
        """Path of each file with syntax errors -> 1-based line of the first error."""
        self.unread: set[str] = set()
        """Paths of files that could not be read or parsed."""
        self.given_up: set[str] = set()
        """Paths of files that used up their steps."""

    @property
    def parsed(self) -> int:
        """Number of parsed files."""
        return len(self._parsed)

    def observations(self, after: int) -> Observations:
        """Return what was noticed so far, without the first `after` parsed files."""
        parsed = tuple(itertools.islice(self._parsed, after, None))
        return Observations(parsed, dict(self.damaged), frozenset(self.unread), frozenset(self.given_up))

    def observe(self, noticed: Observations) -> None:
        """Add what was noticed in another process."""
        self._parsed.update(dict.fromkeys(noticed.parsed))
        self.damaged.update(noticed.damaged)
        self.unread.update(noticed.unread)
        self.given_up.update(noticed.given_up)

    def modules(self, path: str) -> tuple[Module, ...]:
        """Return the parsed scripts of a file, without those that cannot be parsed."""
        if path in self._modules:
            self._modules.move_to_end(path)
        else:
            self._load(path)
        return self._modules[path]

    def _load(self, path: str) -> None:
        data = self._read(path)
        parts = embedded_scripts(path, data) if data is not None else ()
        read = [parse_module(path, part) for part in parts]
        modules = self._modules[path] = tuple(module for module in read if module is not None)
        if data is None or len(modules) < len(read):
            self.unread.add(path)
        if modules:
            self._parsed[path] = None
            self._steps_left.setdefault(path, _STEPS_OF_FILE + sum(len(module.source) for module in modules) // 5)
        damage = [line for module in modules if (line := module.damage)]
        if damage:
            self.damaged[path] = min(damage)
        self._size += sum(len(module.source) for module in modules)
        while self._size > _MOST_CACHED and len(self._modules) > 1:
            _, oldest = self._modules.popitem(last=False)
            self._cached.clear()  # its values keep trees alive
            self._size -= sum(len(module.source) for module in oldest)

    # --- names -------------------------------------------------------------------------------------------------------

    def referents(self, expr: Expr) -> list[Referent]:
        """Return the possible values of an expression: both sides of `a || b`, all branches, across modules."""
        room = _MOST_NESTED - self._depth
        cached = self._cached.get(expr.place)
        if cached is not None and cached[0] >= room:  # with less room, the result may be incomplete
            return cached[1]
        found = self._run_query(self._follow, expr)
        if self._steps > 0:
            self._cached[expr.place] = (room, found)
        return found

    def _run_query(self, query: Callable[..., list[T]], *arguments: object) -> list[T]:
        """Run a query; return nothing when too many are nested. The outermost query gets the full step budget."""
        if not self._depth:
            return self._run_outermost(query, *arguments)
        if self._depth >= _MOST_NESTED or self._steps <= 0:
            return []
        self._steps -= 1
        self._depth += 1
        try:
            return query(*arguments)
        finally:
            self._depth -= 1

    def _run_outermost(self, query: Callable[..., list[T]], *arguments: object) -> list[T]:
        """Run an outermost query within the remaining steps of its file."""
        path = arguments[0].module.path if isinstance(arguments[0], Expr) else str(arguments[0])
        left = self._steps_left.get(path, _STEPS_OF_FILE)
        granted = self._steps = min(_MOST_STEPS, left)
        if not granted:
            self.given_up.add(path)
            return []
        self._depth = 1
        try:
            return query(*arguments)
        finally:
            self._depth = 0
            self._steps_left[path] = left - (granted - self._steps)

    def _follow(self, expr: Expr) -> list[Referent]:
        found: list[Referent] = []
        seen: set[tuple[str, ScriptSection, int, int]] = set()
        pending: list[tuple[Expr, int]] = [(expr, 0)]
        while pending and len(found) < _MOST_FOUND and self._steps > 0:
            self._steps -= 1
            (module, node), depth = pending.pop(0)
            node = unwrapped(node)
            key = (module.path, module.section, node.start_byte, node.end_byte)
            if key in seen or depth > _MOST_DEPTH:
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
                return self._returned(expr) if required is None else self._required(required, module.path)
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
        if declaration.parameter:
            default = self._values(module, module.text(node), declaration) if declaration.value is not None else None
            return [Parameter(expr, declaration.path, declaration.place), *(default or ())]
        return self._values(module, module.text(node), declaration)

    def _values(self, module: Module, name: str, declaration: Declaration) -> list[Referent] | None:
        """Return the values of a variable from its declaration and later assignments; None when there are none."""
        found: list[Referent] = []
        if declaration.value is not None:
            value = Expr(module, unwrapped(declaration.value))
            found += self.at_path(value, declaration.path) if declaration.path else [value]
        found += (Expr(module, value) for value in module.later(name, declaration)[:_MOST_FOUND])
        return found or None

    def at_path(self, value: Expr, path: tuple[str | int, ...]) -> list[Referent]:
        """Return the possible values of a member of a member of an expression; the expression itself for no path."""
        found: list[Referent] = [value]
        for step in path:
            values = [inner for each in found for inner in (self.referents(each) if isinstance(each, Expr) else [each])]
            found = [inner for referent in values for inner in self._member_of(referent, str(step))]
        return found

    def _member_of(self, referent: Referent, name: str) -> Sequence[Referent]:
        """Return the possible values of a member of a resolved expression."""
        match referent:
            case Expr(_, node):
                found = self._property(referent, name) if node.type in _WITH_MEMBERS else []
                return found if found or node.type in _LITERALS else [MemberOf(referent, (name,))]
            case MemberOf(whole, path):
                return [MemberOf(whole, (*path, name))]
            case ExternalExport():
                return [referent.member(name)]
            case Namespace(path):
                return self.exported(path, name)
            case Parameter(_, path):
                return [referent._replace(path=(*path, name))]

    def _member(self, expr: Expr) -> list[Referent] | None:
        module, node = expr
        owner, _ = accessed(expr) or (None, None)
        names = self.member_names(expr)
        if owner is None or not names:
            return None
        if owner.type == "this":
            return [Expr(module, value) for name in names for value in module.field(name, node)[:_MOST_FOUND]] or None
        found = [
            inner
            for referent in self.referents(Expr(module, owner))
            if referent != Expr(module, owner) or owner.type == "call_expression"
            for name in names
            for inner in self._member_of(referent, name)
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
        return self._run_query(self._texts, expr, given or {})

    def _texts(self, expr: Expr, given: Mapping[tuple[int, int], Sequence[str]]) -> list[str]:
        found: list[str] = []
        for referent in self.referents(expr):
            if isinstance(referent, Parameter) and not referent.path:
                found += given.get(referent.place, ())
            parts = text_parts(referent) if isinstance(referent, Expr) else []
            texts = [[part] if isinstance(part, str) else self.texts(part, given) for part in parts]
            found += map("".join, itertools.islice(itertools.product(*texts), _MOST_TEXTS) if texts else ())
        return list(dict.fromkeys(found))[:_MOST_TEXTS]

    def global_name(self, referent: Referent) -> str:
        """Return the dotted name of a global or its member, such as `process.env`; empty for anything else.

        Brackets, casts, `?.` and `!` do not count: `(process as any)?.["env"]` is `process.env`.
        """
        path: list[str] = []
        if isinstance(referent, MemberOf):
            path += reversed(referent.path)
            referent = referent.whole
        if not isinstance(referent, Expr):
            return ""
        module, node = referent
        for _ in range(_MOST_DEPTH):
            node = unwrapped(node)
            if node.type in {"identifier", "meta_property", "this"}:
                return ".".join((module.name(node), *reversed(path)))
            owner, _key = accessed(Expr(module, node)) or (None, None)
            names = self.member_names(Expr(module, node)) if owner is not None else []
            if owner is None or len(names) != 1:
                return ""
            path.append(names[0])
            node = owner
        return ""

    def _returned(self, expr: Expr) -> list[Referent] | None:
        """Return the results of a call to a project function, with returned parameters replaced by the arguments."""
        module, node = expr
        callee = node.child_by_field_name("function")
        if callee is None or callee.type not in {"identifier", "member_expression", "parenthesized_expression"}:
            return None
        returned: list[Referent] = []
        for found in self.referents(Expr(module, callee)):
            for referent in self.functions(found):
                texts = self._given_texts(referent, expr)
                for inner in returns(referent):
                    returned += self._looked_up(inner, texts) or [as_given(inner, referent, expr)]
        return returned or None

    def functions(self, referent: Referent) -> list[Expr]:
        """Return a function, or that given to a wrapper such as `cache(async () => …)`."""
        if not isinstance(referent, Expr):
            return []
        module, node = referent
        if node.type in FUNCTIONS:
            return [referent]
        if node.type != "call_expression" or module.name(node.child_by_field_name("function")) not in _wrappers():
            return []
        given = [inner for argument in arguments_of(module, node)[:1] for inner in self.referents(argument)]
        return [inner for inner in given if isinstance(inner, Expr) and inner.node.type in FUNCTIONS]

    def _given_texts(self, function: Expr, call: Expr) -> Mapping[tuple[int, int], Sequence[str]]:
        """Return the constant texts that a call gives to a function that reads members by computed keys."""
        module, node = function
        if next(module.within(node, "subscript_expression"), None) is None and b"Reflect.get" not in module.source:
            return {}
        arguments = arguments_of(*call)
        found = (
            (name.byte_range, texts)
            for name, argument in zip(parameters_of(function), arguments, strict=False)
            if (texts := self.texts(argument))
        )
        return dict(found)

    def _looked_up(self, returned: Expr, given: Mapping[tuple[int, int], Sequence[str]]) -> list[Referent]:
        """Return the values of a returned expression that reads a member by a parameter; empty when it does not."""
        found: list[Referent] = []
        is_by_parameter = False
        for referent in self.referents(returned) if given else ():
            owner, _ = (accessed(referent) if isinstance(referent, Expr) else None) or (None, None)
            if owner is None or not isinstance(referent, Expr) or self.member_names(referent):
                found.append(referent)
                continue
            names = self.member_names(referent, given)
            is_by_parameter = is_by_parameter or bool(names)
            owners = self.referents(Expr(referent.module, owner))
            found += (inner for name in names for each in owners for inner in self._member_of(each, name))
        return found if is_by_parameter else []

    # --- imports -----------------------------------------------------------------------------------------------------

    def imported(self, imported: Import, importer: str) -> list[Referent]:
        """Return the referents of an imported name."""
        path = self._resolve(imported.specifier, importer)
        if path is None:
            return [ExternalExport(imported.specifier, imported.name)]
        return [Namespace(path)] if imported.name == EVERYTHING else self.exported(path, imported.name)

    def _required(self, specifier: str, importer: str) -> list[Referent]:
        """Return the result of `require` or a dynamic `import`."""
        path = self._resolve(specifier, importer)
        if path is None:
            return [ExternalExport(specifier, EVERYTHING)]
        return [Namespace(path), *self.exported(path, DEFAULT)]

    def exported(self, path: str, name: str) -> list[Referent]:
        """Return the referents of an export, through re-exports and barrels."""
        return self._run_query(self._exported, path, name)

    def _exported(self, path: str, name: str) -> list[Referent]:
        seen: set[tuple[str, str]] = set()
        pending = [(path, name)]
        found: list[Referent] = []
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
                            found.append(ExternalExport(item.specifier, item.name))
                        elif item.name == EVERYTHING:
                            found.append(Namespace(inner))
                        else:
                            pending.append((inner, item.name))
                    else:
                        found.append(item)
        return found

    def _exported_here(self, module: Module, name: str) -> Sequence[Referent | Import] | None:
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
        return [Expr(module, unwrapped(export.value))] if export.value is not None else None

    def _starred(self, module: Module, name: str, found: list[Referent]) -> list[tuple[str, str]]:
        if name == DEFAULT:
            return []
        inner = [(star, self._resolve(star, module.path)) for star in module.stars]
        if len(inner) == 1 and inner[0][1] is None:
            found.append(ExternalExport(inner[0][0], name))
        return [(path, name) for _, path in inner if path is not None]

    # --- members -----------------------------------------------------------------------------------------------------

    def members(self, expr: Expr, name: str) -> list[Referent]:
        """Return the possible values of a property, including those from spreads in an object literal.

        For `import * as x` and `require`, return the export of that name.
        """
        return self._run_query(self._members, expr, name)

    def _members(self, expr: Expr, name: str) -> list[Referent]:
        owner = unwrapped(expr.node)
        found: list[Referent] = []
        if owner.type in {"identifier", "shorthand_property_identifier"}:
            assigned = expr.module.assigned(f"{expr.module.text(owner)}.{name}")
            found += (Expr(expr.module, value) for value in assigned[:_MOST_FOUND])
        for referent in self.referents(expr):
            if not isinstance(referent, Expr) or referent.node.type in {"object", "array"}:
                found += self._member_of(referent, name)
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
