"""A token in the settings of @sanity/astro, whose ready-made client the browser gets."""

from collections.abc import Iterator
from typing import Final

from frontleak.js.module import Spot
from frontleak.js.syntax import arguments_of
from frontleak.misuse.misuse import Use
from frontleak.misuse.project import Analysed
from frontleak.misuse.taint_sources import Kind, flows
from frontleak.misuse.variable_names import power
from frontleak.modulegraph.graph import Node
from frontleak.modulegraph.reachability import Link
from frontleak.rules.misuse_rule import UsageRule

_CLIENT: Final = "sanity:client"
_INTEGRATIONS: Final = frozenset({"sanity", "sanityIntegration"})


def check(project: Analysed, path: str, rule: UsageRule) -> Iterator[Use]:
    """Yield the token that the integration is given, when some code of the browser imports the client."""
    chain = project.boundary.chain_to_import(_CLIENT, path) if rule.is_about(path) else None
    for module in project.modules(path) if chain is not None else ():
        for node in module.all("call_expression"):
            callee = node.child_by_field_name("function")
            if module.name(callee) not in _INTEGRATIONS:
                continue
            for given in arguments_of(module, node)[:1]:
                for token in project.program.members(given, "token"):
                    found = flows(project.program, token) if isinstance(token, Spot) else []
                    names = tuple(flow.name for flow in found if flow.kind is not Kind.GIVEN)
                    if isinstance(token, Spot) and found:
                        yield Use(
                            path=token.module.path,
                            start=token.node.start_byte,
                            end=token.node.end_byte,
                            names=tuple(name for name in names if name),
                            power=power(names[0]) if names else power(""),
                            chain=chain._replace(links=(*chain.links, Link(Node(path)))) if chain else None,
                            shipped=f"the module {_CLIENT} holds the token, and the browser gets it",
                        )
