"""Finds the source map of a response among the other responses, by URL. Nothing is fetched."""

from collections.abc import Callable
from urllib.parse import urljoin

from frontleak.core.diagnostic import Code, Diagnostic, note
from frontleak.core.origins import Origin
from frontleak.core.secret import printable
from frontleak.core.shown_names import shown_name
from frontleak.core.url_origin import UrlOrigin

_MOST_DISPLAYED = 100


def load_map_by_url(
    origin: Origin, reference: str | None, body: Callable[[str], bytes | None]
) -> bytes | Diagnostic | None:
    """Return the bytes of the source map of a script, or why they are missing; None if the script has no map.

    Args:
        origin: of the script.
        reference: the map URL in the script; None if there is none. The header `SourceMap` stands for it then.
        body: URL without fragment -> the body of that response, or None.
    """
    if not isinstance(origin, UrlOrigin):
        return None
    named = reference or origin.source_map
    for url in dict.fromkeys((*(_joined(origin.url, named) if named else ()), f"{origin.path}.map")):
        found = body(url)
        if found is not None:
            return found
    if not named:
        return None
    shown = printable(shown_name(named)[:_MOST_DISPLAYED])
    return note(Code.SOURCE_MAP, origin, f"its source map {shown} is not among the responses")


def _joined(base: str, named: str) -> tuple[str, ...]:
    try:
        return (urljoin(base, named).partition("#")[0],)
    except ValueError:
        return ()
