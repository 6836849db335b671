"""Calls that write through a Sanity client in code that the browser gets: something must supply a token."""

from collections.abc import Iterator

from frontleak.js.module import Spot
from frontleak.misuse.misuse import Use
from frontleak.misuse.project import Analysed
from frontleak.misuse.sanity_clients import Write


def check(project: Analysed, path: str) -> Iterator[Use]:
    """Yield the calls of browser code that write, unless the session of the person who is logged in does."""
    for module in project.modules(path):
        for write in project.clients.writes(module):
            if _has_token(project, write) or _by_cookie(project, write) or not project.boundary.ships(write.call):
                continue
            chain = project.boundary.chain(module)
            if chain is not None:
                yield Use(
                    path=path,
                    start=write.method.node.start_byte,
                    end=write.method.node.end_byte,
                    names=(write.on,) if write.on else (),
                    chain=chain,
                    shipped=f"the browser calls {write.method.text}, which needs a token that may write",
                    certain=chain.certain,
                )


def _has_token(project: Analysed, write: Write) -> bool:
    """Say whether the client has a token, which is a finding of its own."""
    return any(
        isinstance(token, Spot) and token.node.type not in {"undefined", "null"}
        for settings in write.client.settings
        for token in project.program.members(settings, "token")
    )


def _by_cookie(project: Analysed, write: Write) -> bool:
    return any(
        isinstance(value, Spot) and value.node.type == "true"
        for settings in write.client.settings
        for value in project.program.members(settings, "withCredentials")
    )
