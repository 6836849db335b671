"""Tokens that Sanity Live sends to every browser that opens a preview."""

from collections.abc import Iterator

from frontleak.core.vocabulary import Severity
from frontleak.js.module import Expr, Module
from frontleak.js.syntax import arguments_of
from frontleak.misuse.misuse import Misuse
from frontleak.misuse.project import AnalysedProject
from frontleak.misuse.sanity_clients import live_call, live_token
from frontleak.misuse.taint_sources import taint_sources
from frontleak.misuse.variable_names import Power, power


def in_define_live(project: AnalysedProject, module: Module) -> Iterator[Misuse]:
    """Yield a browser token of `defineLive` whose name denotes a write token."""
    for node in module.all("call_expression"):
        callee = node.child_by_field_name("function")
        if "ive" not in module.name(callee) or not live_call(project.references, Expr(module, node)):
            continue
        for argument in arguments_of(module, node)[:1]:
            for token in project.references.members(argument, live_token()):
                names = (
                    [source.name for source in taint_sources(project.references, token)]
                    if isinstance(token, Expr)
                    else []
                )
                if isinstance(token, Expr) and any(power(name) is Power.WRITE for name in names):
                    yield Misuse(
                        path=token.module.path,
                        start=token.node.start_byte,
                        end=token.node.end_byte,
                        names=tuple(names),
                        power=Power.WRITE,
                        severity=Severity.CRITICAL,
                        shipped=f"every browser that opens a preview receives {live_token()}",
                    )
