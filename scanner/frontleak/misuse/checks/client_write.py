"""Calls in client-side code that write through a Sanity client without a token: something must supply one."""

from collections.abc import Iterator
from typing import Final

from frontleak.js.module import Expr
from frontleak.misuse.check import Check, Identity
from frontleak.misuse.misuse import Misuse
from frontleak.misuse.project import AnalysedProject
from frontleak.misuse.sanity_writes import SanityWrite, named_members
from frontleak.rules.misuse_rule import MisuseRule


def check(project: AnalysedProject, path: str, _: MisuseRule) -> Iterator[Misuse]:
    """Yield the writes in client-side code, except those authorised by the logged-in user's session cookie."""
    for module in project.modules(path) if _may_write(project, path) else ():
        for write in project.clients.writes(module):
            if (
                _has_token(project, write)
                or _has_session(project, write)
                or not project.reachability.is_reachable(write.call)
            ):
                continue
            import_path = project.reachability.import_path(module)
            if import_path is not None:
                yield Misuse(
                    path=path,
                    start=write.method.node.start_byte,
                    end=write.method.node.end_byte,
                    names=(write.on,) if write.on else (),
                    import_path=import_path,
                    shipped=f"the browser calls {write.method.text}, which needs a write token",
                    certain=import_path.certain,
                )


def _may_write(project: AnalysedProject, path: str) -> bool:
    """Return whether a file may have such writes; a React context may hold a client that the file does not lead to."""
    may_have_client = project.clients.may_make(path) or project.reachability.may_be_reachable(path)
    return may_have_client and named_members().search(project.read(path) or b"") is not None


def _has_token(project: AnalysedProject, write: SanityWrite) -> bool:
    """Return whether the client has a token, which another check reports."""
    return any(
        isinstance(token, Expr) and token.node.type not in {"undefined", "null"}
        for settings in write.client.settings
        for token in project.references.members(settings, "token")
    )


def _has_session(project: AnalysedProject, write: SanityWrite) -> bool:
    return any(
        isinstance(value, Expr) and value.node.type == "true"
        for settings in write.client.settings
        for value in project.references.members(settings, "withCredentials")
    )


CHECK: Final = Check(name="client-write", find=check, identity=Identity.CLIENT, belongs_on_server=True)
