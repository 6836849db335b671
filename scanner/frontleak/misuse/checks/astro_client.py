"""A token in the settings of @sanity/astro, whose ready-made client is in the client bundle."""

from collections.abc import Iterator
from typing import Final

from frontleak.js.module import Expr
from frontleak.js.syntax import arguments_of
from frontleak.misuse.check import Check
from frontleak.misuse.misuse import Misuse
from frontleak.misuse.project import AnalysedProject
from frontleak.misuse.taint_sources import SourceKind, taint_sources, variables_of
from frontleak.misuse.variable_names import power
from frontleak.modulegraph.graph import ModuleNode
from frontleak.modulegraph.reachability import ModuleHop
from frontleak.rules.misuse_rule import MisuseRule

_CLIENT: Final = "sanity:client"
_INTEGRATIONS: Final = frozenset({"sanity", "sanityIntegration"})


def check(project: AnalysedProject, path: str, rule: MisuseRule) -> Iterator[Misuse]:
    """Yield the token passed to the integration, if client-side code imports the client."""
    import_path = project.reachability.import_path_to_package(_CLIENT, path) if rule.is_about(path) else None
    for module in project.modules(path) if import_path is not None else ():
        for node in module.all("call_expression"):
            callee = node.child_by_field_name("function")
            if module.name(callee) not in _INTEGRATIONS:
                continue
            for argument in arguments_of(module, node)[:1]:
                for token in project.references.members(argument, "token"):
                    found = taint_sources(project.references, token) if isinstance(token, Expr) else []
                    names = tuple(source.name for source in found if source.kind is not SourceKind.PARAMETER)
                    if isinstance(token, Expr) and found:
                        yield Misuse(
                            path=token.module.path,
                            start=token.node.start_byte,
                            end=token.node.end_byte,
                            names=tuple(name for name in names if name),
                            variables=variables_of(found),
                            power=power(names[0]) if names else power(""),
                            import_path=import_path._replace(hops=(*import_path.hops, ModuleHop(ModuleNode(path))))
                            if import_path
                            else None,
                            shipped=f"the client bundle contains the module {_CLIENT}, which holds the token",
                        )


CHECK: Final = Check(name="astro-client", find=check)
