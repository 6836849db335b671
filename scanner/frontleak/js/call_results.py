"""Results of calls to functions of the project, with what the call gives in place of the parameters."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from frontleak.js.module import Expr
from frontleak.js.referents import Referent
from frontleak.js.syntax import FUNCTIONS, accessed, arguments_of, as_given, callee_name, parameters_of, returns
from frontleak.rules.code_names import CodeNames, made_of_code_names


class NameLookup(Protocol):
    """What names and members mean."""

    def referents(self, expr: Expr) -> list[Referent]:
        """Return the possible values of an expression."""
        ...

    def texts(self, expr: Expr) -> list[str]:
        """Return the possible texts of a constant expression."""
        ...

    def member_names(self, expr: Expr, given: Mapping[tuple[int, int], Sequence[str]] | None = None) -> list[str]:
        """Return the possible names of the member that an expression reads; `given` has the texts of parameters."""
        ...

    def member_of(self, referent: Referent, name: str) -> Sequence[Referent]:
        """Return the possible values of a member of a resolved expression."""
        ...


@made_of_code_names
def _wrappers(names: CodeNames) -> frozenset[str]:
    return frozenset(names.function_wrappers)


def call_results(lookup: NameLookup, expr: Expr) -> list[Referent] | None:
    """Return the results of a call to a project function, with returned parameters replaced by the arguments.

    None when it is no such call.
    """
    module, node = expr
    callee = node.child_by_field_name("function")
    if callee is None or callee.type not in {"identifier", "member_expression", "parenthesized_expression"}:
        return None
    found: list[Referent] = []
    for each in lookup.referents(Expr(module, callee)):
        for function in functions_of(lookup, each):
            texts = _given_texts(lookup, function, expr)
            for inner in returns(function):
                found += _looked_up(lookup, inner, texts) or [as_given(inner, function, expr)]
    return found or None


def functions_of(lookup: NameLookup, referent: Referent) -> list[Expr]:
    """Return a function, or that given to a wrapper such as `cache(async () => …)`."""
    if not isinstance(referent, Expr):
        return []
    module, node = referent
    if node.type in FUNCTIONS:
        return [referent]
    if callee_name(module, node) not in _wrappers():
        return []
    given = [inner for argument in arguments_of(module, node)[:1] for inner in lookup.referents(argument)]
    return [inner for inner in given if isinstance(inner, Expr) and inner.node.type in FUNCTIONS]


def _given_texts(lookup: NameLookup, function: Expr, call: Expr) -> Mapping[tuple[int, int], Sequence[str]]:
    """Return the constant texts that a call gives to a function that reads members by computed keys."""
    module, node = function
    if next(module.within(node, "subscript_expression"), None) is None and b"Reflect.get" not in module.source:
        return {}
    arguments = arguments_of(*call)
    found = (
        (name.byte_range, texts)
        for name, argument in zip(parameters_of(function), arguments, strict=False)
        if (texts := lookup.texts(argument))
    )
    return dict(found)


def _looked_up(lookup: NameLookup, returned: Expr, given: Mapping[tuple[int, int], Sequence[str]]) -> list[Referent]:
    """Return the values of a returned expression that reads a member by a parameter; empty when it does not."""
    found: list[Referent] = []
    is_by_parameter = False
    for referent in lookup.referents(returned) if given else ():
        owner, _ = (accessed(referent) if isinstance(referent, Expr) else None) or (None, None)
        if owner is None or not isinstance(referent, Expr) or lookup.member_names(referent):
            found.append(referent)
            continue
        names = lookup.member_names(referent, given)
        is_by_parameter = is_by_parameter or bool(names)
        owners = lookup.referents(Expr(referent.module, owner))
        found += (inner for name in names for each in owners for inner in lookup.member_of(each, name))
    return found if is_by_parameter else []
