"""URLs and the addresses behind them: what a URL names, and where a connection may go."""

import ipaddress
import re
import socket
from collections.abc import Sequence
from typing import Final, NamedTuple
from urllib.parse import quote, urljoin, urlsplit

from frontleak.core.connections import SocketAddress, is_public, shown_address
from frontleak.core.errors import ConfigError
from frontleak.core.paths import has_lost_slash

_PORTS: Final = {"http": 80, "https": 443}
_LONGEST: Final = 4096
_UNSAFE: Final = re.compile(r"[\0-\x20\x7f]")
_MOST_ADDRESSES: Final = 4
_ADVICE: Final = "give the address of a site, such as https://shop.example/"


class FetchError(Exception):
    """A request was not made or not answered whole; the text says why, without what was received."""


class WebOrigin(NamedTuple):
    """What two URLs have in common that belong to one site (RFC 6454)."""

    scheme: str
    host: str
    port: int

    @property
    def text(self) -> str:
        """The beginning of its URLs, without a slash at the end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + ("" if _PORTS[self.scheme] == self.port else f":{self.port}")

    @property
    def is_private(self) -> bool:
        """Whether its host is written as an address that is not public, or as `localhost`."""
        if self.host == "localhost" or self.host.endswith(".localhost"):
            return True
        return _is_address(self.host) and not is_public(self.host)


def origin_of(url: str) -> WebOrigin | None:
    """Return the origin of a URL of the web; None for any other text."""
    try:
        parts = urlsplit(url)
        port = parts.port
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not host:
        return None
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            return None
    return WebOrigin(parts.scheme, host.lower(), _PORTS[parts.scheme] if port is None else port)


def joined(base: str, reference: str) -> str:
    """Return the whole URL of a reference, normalised so that one resource has one; empty if it is none of the web."""
    text = reference.strip()
    if not text or len(text) > _LONGEST or text[:5].lower() in {"data:", "blob:"}:
        return ""
    try:
        url = urljoin(base, text)
        parts = urlsplit(url)
        origin = origin_of(url)
    except ValueError:
        return ""
    if origin is None or "@" in parts.netloc or len(url) > _LONGEST:
        return ""
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._[]")
    query = f"?{quote(parts.query, safe='/%:@!$&()*+,;=~-._?[]')}" if parts.query else ""
    return origin.text + path + query


def resolved(base: str, reference: str) -> str:
    """Return the URL of a reference as a browser joins them; empty if one is malformed."""
    try:
        return urljoin(base, reference)
    except ValueError:
        return ""


def path_of(url: str) -> str:
    """Return the path of a URL or of a relative reference; empty if it is malformed."""
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def start_url(text: str) -> str:
    """Return the URL that the command line names.

    Raises:
        ConfigError: it is none of the web, or has a user and a password.
    """
    if has_lost_slash(text):
        raise ConfigError(f"{text}: has one slash after its scheme, where a URL has two", advice=_ADVICE)
    url = text if "://" in text else f"https://{text}"
    if _UNSAFE.search(url):
        raise ConfigError("the URL has blanks or control characters", advice=_ADVICE)
    if "@" in url.partition("://")[2].partition("/")[0]:
        raise ConfigError("the URL has a user and a password, which are never sent", advice=_ADVICE)
    whole = joined(url, url)
    if not whole:
        raise ConfigError(f"{text}: not a URL that starts with http:// or https://", advice=_ADVICE)
    return whole


def named_origin(text: str) -> WebOrigin:
    """Return the origin that `--also-origin` names.

    Raises:
        ConfigError: it is none, or has a path.
    """
    advice = "give scheme and host, such as https://cdn.example"
    if "://" not in text or _UNSAFE.search(text) or "@" in text or text.partition("://")[2].partition("/")[2]:
        raise ConfigError(f"--also-origin {text}: not an origin", advice=advice)
    origin = origin_of(text)
    if origin is None:
        raise ConfigError(f"--also-origin {text}: not an origin", advice=advice)
    return origin


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        try:
            socket.inet_aton(host)  # `127.1` and `0x7f000001` are addresses too
        except OSError:
            return False
        return host[:1].isdigit()
    return True


def addresses(host: str, port: int, *, may_be_private: bool) -> Sequence[SocketAddress]:
    """Return at most four addresses of a host, all of which may be connected to.

    Raises:
        FetchError: the host has no address, or one that is not public although it must be.
    """
    try:
        found = socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FetchError("the host name cannot be resolved") from error
    for *_, address in found:
        if not may_be_private and not is_public(str(address[0])):
            shown = shown_address(str(address[0]))
            raise FetchError(f"not asked: the host resolves to {shown}, which is not a public address")
    return [(int(family), address) for family, _, _, _, address in found[:_MOST_ADDRESSES]]
