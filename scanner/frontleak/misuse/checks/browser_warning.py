"""`ignoreBrowserTokenWarning: true`: the one warning that the client gives is switched off."""

from collections.abc import Iterator
from typing import Final

from frontleak.js.module import Spot
from frontleak.js.references import Part
from frontleak.misuse.misuse import Use
from frontleak.misuse.project import Analysed
from frontleak.misuse.sanity_clients import live_token
from frontleak.misuse.taint_sources import Kind, flows

_SETTING: Final = "ignoreBrowserTokenWarning"


def check(project: Analysed, path: str) -> Iterator[Use]:
    """Yield the settings that switch it off, unless the file is known to stay on the server.

    Where the token comes with a call, as that of whoever is logged in or a viewer's for previews, the code ships none;
    a token called `browserToken` is a viewer's.
    """
    for module in project.modules(path) if not project.boundary.is_server(path) else ():
        for client in project.clients.made(module):
            own = [
                settings
                for settings in client.settings[:1]
                if client.maker is None and not _is_given(project, settings)
            ]
            for value in (found for settings in own for found in project.program.members(settings, _SETTING)):
                if isinstance(value, Spot) and value.node.type == "true":
                    yield Use(
                        path=value.module.path,
                        start=value.node.start_byte,
                        end=value.node.end_byte,
                        chain=project.boundary.chain(module),
                    )


def _is_given(project: Analysed, settings: Spot) -> bool:
    """Say whether the token in some settings comes with a call alone, or is the one that a library has for browsers."""
    tokens = [found for found in project.program.members(settings, "token") if isinstance(found, Spot)]
    kinds = {flow.kind for token in tokens for flow in flows(project.program, token)}
    found = (definition for token in tokens for definition in project.program.definitions(token))
    is_for_browsers = any(isinstance(each, Part) and each.path[-1:] == (live_token(),) for each in found)
    return kinds == {Kind.GIVEN} or (not kinds and is_for_browsers)
