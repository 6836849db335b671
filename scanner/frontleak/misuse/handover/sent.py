"""A value that code sends to the browser, and the secrets in it."""

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from frontleak.core.vocabulary import Severity
from frontleak.js.module import Expr
from frontleak.js.referents import Parameter, Referent
from frontleak.misuse.environment import is_servers_environment
from frontleak.misuse.leaf_values import leaf_values
from frontleak.misuse.misuse import Misuse
from frontleak.misuse.project import AnalysedProject
from frontleak.misuse.request_state import kept_values
from frontleak.misuse.taint_sources import SourceKind, TaintSource, taint_sources, variables_of
from frontleak.misuse.variable_names import Power, is_secret, power, public_prefix
from frontleak.modulegraph.reachability import handover_path
from frontleak.rules.code_names import code_names

_WITH_DEFAULT: Final = frozenset(
    {"assignment_pattern", "object_assignment_pattern", "required_parameter", "optional_parameter"}
)


def _always() -> bool:
    return True


class Sent(NamedTuple):
    """A value that a place in the code sends to the browser."""

    value: Expr
    how: str
    """A sentence without its full stop."""
    on_both_sides: bool = False
    """Whether the place counts in client-side code too: the server runs it for the first page."""
    counts: Callable[[], bool] = _always
    """Whether the place sends it after all; asked only if it matters, because other files are parsed for the answer."""


def secrets_in(project: AnalysedProject, sent: Sent) -> Iterator[Misuse]:
    """Yield the secrets in a value, at any depth; a value without any is looked at once."""
    place = sent.value.place
    if place not in project.without_secret:
        is_without = True
        for misuse in _secrets_in(project, sent):
            is_without = False
            yield misuse
        if is_without:
            project.without_secret.add(place)


def _secrets_in(project: AnalysedProject, sent: Sent) -> Iterator[Misuse]:
    for key, leaf in _leaves(project, sent.value):
        if any(is_servers_environment(project.references, found) for found in project.references.referents(leaf)):
            yield _whole_environment(sent, leaf)
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
            import_path=handover_path(sent.value, leaf),
            shipped=sent.how,
        )


def _leaves(project: AnalysedProject, value: Expr) -> Iterator[tuple[str, Expr]]:
    """Yield the leaves of a value, and what a hook put into the state of the request that the value reads."""
    for key, leaf in leaf_values(project.references, value):
        yield key, leaf
        for referent in project.references.referents(leaf):
            if (default := _default_of(referent)) is not None:
                yield from leaf_values(project.references, default)
            for kept in kept_values(project.references, project.request_state, referent):
                yield from leaf_values(project.references, kept)


def _default_of(referent: Referent) -> Expr | None:
    """Return the default of a parameter; None without one."""
    if not isinstance(referent, Parameter):
        return None
    module = referent.expr.module
    name = module.root.named_descendant_for_byte_range(*referent.place)
    pattern = name.parent if name is not None else None
    if pattern is None or pattern.type not in _WITH_DEFAULT:
        return None
    value = pattern.child_by_field_name("right") or pattern.child_by_field_name("value")
    return Expr(module, value) if value is not None and value != name else None


def _whole_environment(sent: Sent, environment: Expr) -> Misuse:
    return Misuse(
        path=environment.module.path,
        start=environment.node.start_byte,
        end=environment.node.end_byte,
        severity=Severity.CRITICAL,
        import_path=handover_path(sent.value, environment),
        shipped=f"{sent.how}, including every environment variable of the server",
    )


def _is_secret(project: AnalysedProject, source: TaintSource) -> bool:
    match source.kind:
        case SourceKind.LITERAL:
            return True
        case SourceKind.ENV:
            named = is_secret(source.name) or source.name in project.sanity_variables
            return named and not public_prefix(source.name, project.framework_ids)
        case SourceKind.SETTING:
            is_public = source.name.startswith(tuple(f"{name}." for name in code_names().public_settings))
            name = source.name.rpartition(".")[2]
            return (is_secret(name) or name in project.sanity_variables) and not is_public
        case SourceKind.PARAMETER:
            return False
