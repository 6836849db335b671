"""What a response names, by what it is. A further kind of file needs a function and a line in `_READERS`."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from frontleak.files.web.addresses import joined, path_of, resolved
from frontleak.files.web.guesses import guesses
from frontleak.files.web.html_links import imported, is_script, loads, page_of, preloaded, tags
from frontleak.files.web.reference import Kind, Reference, Why
from frontleak.files.web.script_links import from_list, from_script, from_style, kind_of, map_of
from frontleak.files.web.site_facts import site_facts

_SCRIPTS: Final = (".js", ".mjs", ".cjs")
_HTML: Final = ("<!doctype html", "<html", "<head", "<body")
_MOST_START: Final = 2048
_NOT_PAGES: Final = (
    *(".pdf", ".zip", ".gz", ".tar", ".dmg", ".exe"),
    *(".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".mp4", ".mp3"),
    *(".xml", ".rss"),
)
"""Ends of the names of what links lead to besides pages."""


def is_page(media: str, text: str) -> bool:
    """Return whether a response is HTML, by its media type, or by its beginning where that tells nothing."""
    if media in {"text/html", "application/xhtml+xml"}:
        return True
    beginning = text[:_MOST_START].lstrip("\ufeff \t\r\n").lower()
    return media in {"", "text/plain", "application/octet-stream"} and beginning.startswith(_HTML)


def discovered(text: str, url: str, media: str, kind: Kind, headers: Sequence[tuple[str, str]]) -> Iterator[Reference]:
    """Yield what a response names, with whole URLs; what is not of the web is left out.

    Args:
        text: of the body.
        url: of the response.
        media: its media type.
        kind: what was expected there.
        headers: (name in lower case, value).
    """
    named = dict(headers)
    found = [Reference(name, kind_of(name)) for name in preloaded(named.get("link", ""))]
    found += _by_kind(text, url, media, kind, named)
    for each in found:
        if whole := joined(url, each.url):
            yield each._replace(url=whole)


def _by_kind(text: str, url: str, media: str, kind: Kind, headers: dict[str, str]) -> Iterator[Reference]:
    path = path_of(url).lower()
    folder = site_facts().list_folder(url)
    if is_page(media, text):
        yield from _from_page(text, url)
        return
    for is_such, read in _READERS:
        if is_such(media, path):
            yield from read(text, url)
            yield from _map(text, url, headers, guess=path.endswith(_SCRIPTS))
            break
    if kind is Kind.LIST or folder is not None:
        yield from from_list(text, url, folder or "")


_READERS: Final[Sequence[tuple[Callable[[str, str], bool], Callable[[str, str], Iterator[Reference]]]]] = (
    (lambda media, path: "javascript" in media or path.endswith(_SCRIPTS), from_script),
    (lambda media, path: media == "text/css" or path.endswith(".css"), from_style),
)
"""(Media type and path -> whether it is such a file, what reads it), the first that fits."""


def _map(text: str, url: str, headers: dict[str, str], *, guess: bool) -> Iterator[Reference]:
    """Yield the source map that a comment or a header names, or else the one that may be next to the file."""
    name = map_of(text) or headers.get("sourcemap", "") or headers.get("x-sourcemap", "")
    if name:
        yield Reference(resolved(url, name), Kind.MAP)
    elif guess:
        yield Reference(f"{url.partition('?')[0]}.map", Kind.MAP, Why.GUESSED)


def _from_page(text: str, url: str) -> Iterator[Reference]:
    base = url
    attributes = site_facts().attributes
    for tag in tags(text):
        if tag.name == "base" and base == url and tag.attributes.get("href"):
            base = joined(url, tag.attributes["href"]) or url
        if loaded := loads(tag):
            relation = tag.attributes.get("rel", "").lower()
            yield Reference(resolved(base, loaded), _loaded_kind(tag.name, relation, loaded))
        if page := page_of(tag):
            yield from _page(base, page)
        for name in attributes & tag.attributes.keys():
            yield Reference(resolved(base, tag.attributes[name]), Kind.SCRIPT)
        yield from (Reference(resolved(base, each), Kind.SCRIPT) for each in imported(tag))
        if is_script(tag):
            yield from from_script(tag.text, base)
            if name := map_of(tag.text):
                yield Reference(resolved(base, name), Kind.MAP)
    yield from guesses(text, url)


def _loaded_kind(tag: str, relation: str, name: str) -> Kind:
    if tag == "script":
        return Kind.LIST if kind_of(name) is Kind.LIST else Kind.SCRIPT
    return Kind.SCRIPT if relation in {"stylesheet", "modulepreload"} else kind_of(name)


def _page(base: str, name: str) -> Iterator[Reference]:
    """Yield a page that a link leads to. A query may make any number of pages of one, so those are left out."""
    target = resolved(base, name).partition("#")[0]
    path = path_of(target)
    if "?" not in target and not path.lower().endswith(_NOT_PAGES):
        yield Reference(target, Kind.PAGE, Why.PAGE)
