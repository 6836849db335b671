"""`ignoreBrowserTokenWarning: true`, which turns off the client's only warning about tokens in the browser."""

from collections.abc import Iterator
from typing import Final

from frontleak.js.module import Expr
from frontleak.js.referents import MemberOf
from frontleak.misuse.check import Check
from frontleak.misuse.misuse import Misuse
from frontleak.misuse.project import AnalysedProject
from frontleak.misuse.sanity_clients import live_token
from frontleak.misuse.taint_sources import SourceKind, taint_sources
from frontleak.rules.misuse_rule import MisuseRule

_SETTING: Final = "ignoreBrowserTokenWarning"


def check(project: AnalysedProject, path: str, _: MisuseRule) -> Iterator[Misuse]:
    """Yield the settings that turn it off, except in server files.

    Code that takes the token as a parameter ships none: it is the logged-in user's, or a viewer token for previews.
    A token named `browserToken` counts as a viewer token.
    """
    may_make = project.clients.may_make(path) and not project.reachability.is_server(path)
    for module in project.modules(path) if may_make else ():
        for client in project.clients.made(module):
            own = [
                settings
                for settings in client.settings[:1]
                if client.maker is None and not _ships_no_token(project, settings)
            ]
            for value in (found for settings in own for found in project.references.members(settings, _SETTING)):
                if isinstance(value, Expr) and value.node.type == "true":
                    yield Misuse(
                        path=value.module.path,
                        start=value.node.start_byte,
                        end=value.node.end_byte,
                        import_path=project.reachability.import_path(module),
                    )


def _ships_no_token(project: AnalysedProject, settings: Expr) -> bool:
    """Return whether the token in settings comes only from parameters, or is the viewer token of a library."""
    tokens = [found for found in project.references.members(settings, "token") if isinstance(found, Expr)]
    kinds = {source.kind for token in tokens for source in taint_sources(project.references, token)}
    found = (referent for token in tokens for referent in project.references.referents(token))
    is_for_browsers = any(isinstance(each, MemberOf) and each.path[-1:] == (live_token(),) for each in found)
    return kinds == {SourceKind.PARAMETER} or (not kinds and is_for_browsers)


CHECK: Final = Check(name="browser-warning", find=check)
