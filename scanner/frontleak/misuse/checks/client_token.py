"""A token passed to a Sanity client, or to a request to Sanity, in client-side code."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from frontleak.misuse.check import Check
from frontleak.misuse.misuse import Misuse
from frontleak.misuse.passed_tokens import PassedToken
from frontleak.misuse.project import AnalysedProject
from frontleak.misuse.taint_sources import SourceKind, TaintSource, taint_sources, variables_of
from frontleak.misuse.variable_names import Power, power, public_prefix
from frontleak.modulegraph.reachability import ImportPath
from frontleak.rules.code_names import CodeNames, any_of, code_names, made_of_code_names
from frontleak.rules.misuse_rule import MisuseRule


def check(project: AnalysedProject, path: str, _: MisuseRule) -> Iterator[Misuse]:
    """Yield the tokens of clients and requests in client-side code."""
    for module in project.modules(path) if project.clients.may_pass(path) else ():
        for found in project.clients.passed(module):
            import_path = project.reachability.import_path(found.call.module)
            if import_path is not None and project.reachability.is_reachable(found.call):
                yield from _misuses(project, found, import_path)


def _misuses(project: AnalysedProject, passed: PassedToken, import_path: ImportPath) -> Iterator[Misuse]:
    token = passed.token
    sources = [source for source in taint_sources(project.references, token) if _counts(project, source)]
    if not sources:
        return
    variables = [source for source in sources if source.kind is not SourceKind.LITERAL] or sources
    names = tuple(dict.fromkeys(source.name.rpartition(".")[2] for source in variables if source.name))
    powers = {power(name) for name in names}
    if token.module.path != import_path.hops[-1].node.path:
        import_path = project.reachability.import_path(token.module) or import_path
    yield Misuse(
        path=token.module.path,
        start=token.node.start_byte,
        end=token.node.end_byte,
        names=names,
        variables=variables_of(sources),
        power=Power.WRITE if Power.WRITE in powers or _is_written(project, passed) else _least_power(powers),
        import_path=import_path,
        shipped=shipped(project, sources),
        certain=import_path.certain,
    )


def _is_written(project: AnalysedProject, passed: PassedToken) -> bool:
    """Return whether a request writes, or the project writes through the client; the latter reads all files."""
    return passed.writes or (passed.client is not None and project.clients.is_written(passed.client))


def _least_power(powers: set[Power]) -> Power:
    return Power.READ if powers == {Power.READ} else Power.UNKNOWN


def _counts(project: AnalysedProject, source: TaintSource) -> bool:
    """Return whether a source is a secret of the project rather than a value from a caller.

    The result of a server action is not client-side code; another check reports a secret in it.
    """
    if source.expr is not None and project.reachability.holds_actions(source.expr.module.path):
        return False
    return source.kind is SourceKind.LITERAL or (
        source.kind in {SourceKind.ENV, SourceKind.SETTING} and source.name != "NODE_ENV"
    )


def shipped(project: AnalysedProject, found: Sequence[TaintSource]) -> str:
    """Return how the client bundle gets a token: a sentence without its full stop."""
    if any(source.kind is SourceKind.LITERAL for source in found):
        return "the token is hard-coded, so the client bundle contains it"
    if public := [source for source in found if source.kind is SourceKind.ENV and _is_public(project, source)]:
        return f"the build copies the value of {public[0].name} into the client bundle"
    if settings := [
        source for source in found if source.kind is SourceKind.SETTING and _published().search(source.name)
    ]:
        return f"the configuration publishes the value of {settings[0].name.removeprefix('default.')} to the browser"
    if undefined := project.undefined():
        return (
            f"{undefined}; this code therefore either fails without the token or ships it, and the usual workarounds, "
            "a public prefix or a bundler setting, ship it"
        )
    return "the bundler decides whether the client bundle contains the value"


def _is_public(project: AnalysedProject, source: TaintSource) -> bool:
    declared = code_names().environment_modules_of("declared")
    return bool(public_prefix(source.name, project.framework_ids)) or source.module in declared


@made_of_code_names
def _published(names: CodeNames) -> re.Pattern[str]:
    """Return a regular expression for the name of a setting that a framework publishes to the browser."""
    return re.compile(rf"(?:^|\.){any_of(names.public_settings)}\.")


def prepare(project: AnalysedProject) -> None:
    """Find the tokens that the files of a project give to its functions."""
    project.clients.prepare()


CHECK: Final = Check(name="client-token", find=check, prepare=prepare, belongs_on_server=True)
