"""What a page names: scripts, stylesheets, import maps, manifests, frames and links to other pages.

The page is read tag by tag, in time that grows with its length, however broken it is.
"""

import html
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

_START: Final = re.compile(r"<(?:!--|(?P<name>[A-Za-z][A-Za-z0-9-]*+))")
_REST: Final = re.compile(r"(?P<attributes>(?:[^>\"']++|\"[^\"]*+\"|'[^']*+')*+)>")
_ATTRIBUTE: Final = re.compile(r"([^\s=>\"'/]++)(?:\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s>\"']++)))?+")
_END_OF_SCRIPT: Final = re.compile(r"</script", re.IGNORECASE)
_LOADING: Final = frozenset({"stylesheet", "modulepreload", "preload", "prefetch", "manifest"})
"""Relations of a link to what a browser loads."""
_CODE: Final = frozenset({"", "script", "style", "fetch", "worker", "serviceworker", "sharedworker", "document"})
"""Values of `as` of what may hold code or data."""
_NO_CODE: Final = re.compile(r"(?:image|font|audio|video|track)\b|icon")


class Tag(NamedTuple):
    """A start tag with its attributes, and the text of a script."""

    name: str
    attributes: Mapping[str, str]
    text: str = ""


def tags(text: str) -> Iterator[Tag]:
    """Yield the start tags of a page; comments and the text of scripts are no tags."""
    at = 0
    while start := _START.search(text, at):
        if start["name"] is None:
            end = text.find("-->", start.end())
            if end < 0:
                return
            at = end + 3
            continue
        rest = _REST.match(text, start.end())
        if rest is None:  # the tag does not end
            return
        at, name = rest.end(), start["name"].lower()
        attributes = _attributes(rest["attributes"])
        if name != "script":
            yield Tag(name, attributes)
            continue
        end_tag = _END_OF_SCRIPT.search(text, at)
        stop = end_tag.start() if end_tag else len(text)
        yield Tag(name, attributes, text[at:stop])
        at = stop


def _attributes(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, double, single, bare in _ATTRIBUTE.findall(text):
        found.setdefault(name.lower(), html.unescape(double or single or bare))
    return found


def loads(tag: Tag) -> str:
    """Return the URL of the code or data that a tag makes a browser load; empty if there is none."""
    attributes = tag.attributes
    if tag.name == "script":
        return attributes.get("src", "")
    if tag.name != "link":
        return ""
    relations = set(attributes.get("rel", "").lower().split())
    is_code = attributes.get("as", "").lower() in _CODE and not _NO_CODE.match(attributes.get("type", "").lower())
    return attributes.get("href", "") if relations & _LOADING and is_code else ""


def page_of(tag: Tag) -> str:
    """Return the URL of the page that a tag leads to; empty if there is none."""
    if tag.name in {"a", "area"}:
        return "" if "download" in tag.attributes else tag.attributes.get("href", "")
    return tag.attributes.get("src", "") if tag.name in {"iframe", "frame"} else ""


def imported(tag: Tag) -> list[str]:
    """Return the URLs in an import map."""
    if tag.attributes.get("type", "").lower() != "importmap":
        return []
    try:
        value = json.loads(tag.text)
    except (ValueError, RecursionError):
        return []
    holder = value if isinstance(value, dict) else {}
    scopes = holder.get("scopes")
    every = [holder.get("imports"), *(scopes.values() if isinstance(scopes, dict) else ())]
    return [url for each in every if isinstance(each, dict) for url in each.values() if _is_file(url)]


def _is_file(url: Any) -> bool:
    """Return whether an entry of an import map is a file; others are the beginning of several."""
    return isinstance(url, str) and bool(url) and not url.endswith("/")


def is_script(tag: Tag) -> bool:
    """Return whether the text of a tag is code or data to look for names in."""
    return tag.name == "script" and bool(tag.text) and tag.attributes.get("type", "").lower() != "importmap"


def preloaded(header: str) -> Iterator[str]:
    """Yield the URLs of code in a header `Link` (RFC 8288)."""
    for url, parameters in re.findall(r"<([^<>]{1,4096})>((?:\s*;[^,;]{1,200})*)", header):
        pairs = {
            name.strip().lower(): value.strip().strip('"').lower()
            for name, _, value in (each.partition("=") for each in parameters.split(";"))
        }
        if set(pairs.get("rel", "").split()) & _LOADING and pairs.get("as", "") in _CODE:
            yield url
