"""Web servers as stores: a client that stays on its host, and the links of a page that lists files."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any, Final
from urllib.parse import quote, urljoin, urlsplit

from frontleak.files.stores.store import Store, StoreError

MOST_LISTING: Final = 32 << 20
"""Bytes of a page that lists files."""
_HREF: Final = re.compile(rb"""<a\s[^>]{0,2000}?href\s*=\s*["']?([^"'\s>]{1,4000})""", re.IGNORECASE)


_LISTING: Final = re.compile(
    rb"<(?:title|h1)[^>]{0,200}>\s*(?:index of|directory listing|listing directory)\b", re.IGNORECASE
)
"""What servers call a list of files: Apache, nginx, Python, Express and others."""
_LOADS: Final = re.compile(
    rb"<script\s[^>]{0,2000}?src\s*=|<link\s[^>]{0,2000}?rel\s*=\s*[\"']?stylesheet", re.IGNORECASE
)


def client_options(store: Store) -> dict[str, Any]:
    """Return the options of a client for a web server. It follows no redirect to another host.

    Proxies and `.netrc` are used as everywhere.

    Raises:
        ImportError: aiohttp is not installed.
    """
    import aiohttp  # noqa: PLC0415 - an extra

    named = urlsplit(store.address)

    async def stay(_session: Any, _context: Any, params: Any) -> None:
        target = urlsplit(urljoin(str(params.url), params.response.headers.get("Location", "")))
        if target.netloc != named.netloc or target.scheme not in {named.scheme, "https"}:
            raise StoreError("the server leads to another host, which was not asked")

    trace = aiohttp.TraceConfig()
    trace.on_request_redirect.append(stay)
    return {"client_kwargs": {"trust_env": True, "trace_configs": [trace]}}


def asked(store: Store, address: str) -> str:
    """Return the address that is sent for an object: with user and password, and with the query if it is the named one.

    As a header of the client, user and password would not go with those of `.netrc`.
    """
    scheme, _, rest = address.partition("://")
    user = f"{quote(store.user, safe='')}:{quote(store.password, safe='')}@" if store.user or store.password else ""
    return f"{scheme}://{user}{rest}{store.query if address == store.address else ''}"


def is_empty_listing(page: bytes, *, is_inner: bool) -> bool:
    """Return whether a page without links below it is the list of an empty folder.

    Such a list says so in its title, or, if the list of another folder links to it, is a page that loads nothing.
    """
    return _LISTING.search(page) is not None or (is_inner and _LOADS.search(page) is None)


def links_in(page: bytes, address: str) -> Iterator[str]:
    """Yield the addresses below that of a page, without repeats; those with a query or `..` are none."""
    base = address if address.endswith("/") else f"{address}/"
    seen: set[str] = set()
    for match in _HREF.finditer(page):
        try:
            found = urljoin(base, unescape(match[1].decode("utf-8", "replace")))
        except ValueError:
            continue
        if found.startswith(base) and found != base and found not in seen and not re.search(r"[?#\\]|/\.\.?/", found):
            seen.add(found)
            yield found
