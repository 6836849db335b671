"""Connections that are checked and bounded: to addresses resolved just before, with a limit on each answer.

A client connects to the very address that its resolver returned, so a DNS answer that changes later has no effect. A
reader ends an answer that is too long or takes too long, headers included. Imported late: `urllib3` costs 0.1 s.
"""

import io
import ipaddress
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from http.client import HTTPResponse
from typing import Any, Final

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from frontleak.core.records import dataclass

SocketAddress = tuple[int, tuple[Any, ...]]
"""Address family and address to connect to, as used by `socket`."""
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
"""Addresses with an IPv4 address in their last four bytes: RFC 6052."""
_HEADERS: Final = 64 * 1024
"""Bytes of headers, interim answers and chunk sizes that an answer may have besides its body."""


def is_public(text: str) -> bool:
    """Return whether an IP address is public: not private, loopback, link-local, reserved or multicast."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = ipaddress.IPv4Address(address.packed[-4:])
        if inner is not None:
            return is_public(str(inner))
        if address.teredo is not None or address.is_site_local:
            return False
    return address.is_global and not (
        address.is_private
        or address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_reserved
        or address.is_unspecified
    )


def shown_address(text: str) -> str:
    """Return an IP address in its usual form, or words if it is none."""
    try:
        return str(ipaddress.ip_address(text.partition("%")[0]))
    except ValueError:
        return "an invalid address"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Limits of a connection and of each answer on it."""

    connect: float
    """Seconds for a connection, and again for its TLS handshake."""
    size: int
    """Bytes of a body."""
    seconds: Callable[[], float]
    """Returns the seconds that an answer may take, from its beginning."""
    error: Callable[[str], Exception]
    """Makes the error that is raised when a limit is reached or no address accepts."""


def pool_classes(
    bounds: Bounds, addresses: Callable[[str, int], Sequence[SocketAddress]] | None
) -> Mapping[str, type[HTTPConnectionPool]]:
    """Return the connection pools of urllib3 by scheme.

    Args:
        bounds: of all connections.
        addresses: host and port -> where to connect, in this order; None to connect to the proxy of the environment.
    """

    class Bounded(HTTPResponse):
        def __init__(self, sock: Any, *arguments: Any, **named: Any) -> None:
            super().__init__(sock, *arguments, **named)
            self.fp = io.BufferedReader(_Metered(self.fp.detach(), bounds))

    class Plain(HTTPConnection):
        response_class = Bounded

        def _new_conn(self) -> socket.socket:
            return super()._new_conn() if addresses is None else _connected(addresses(self.host, self.port), bounds)

    class Secured(HTTPSConnection):
        response_class = Bounded

        def _new_conn(self) -> socket.socket:
            return super()._new_conn() if addresses is None else _connected(addresses(self.host, self.port), bounds)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecuredPool(HTTPSConnectionPool):
        ConnectionCls = Secured

    return {"http": PlainPool, "https": SecuredPool}


def _connected(addresses: Sequence[SocketAddress], bounds: Bounds) -> socket.socket:
    """Connect to the first address that accepts."""
    deadline = time.monotonic() + bounds.connect
    reason = "the host cannot be reached"
    for family, address in addresses:
        remaining = deadline - time.monotonic()
        if remaining <= 0:
            break
        connection = socket.socket(family, socket.SOCK_STREAM)
        try:
            connection.settimeout(remaining)
            connection.connect(address)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            connection.close()
            reason = "no connection in time" if isinstance(error, TimeoutError) else "the host cannot be reached"
        else:
            connection.settimeout(bounds.connect)
            return connection
    raise bounds.error(reason)


class _Metered(io.RawIOBase):
    """Limits the size and duration of an answer, including headers, interim answers and chunk sizes."""

    def __init__(self, raw: io.RawIOBase, bounds: Bounds) -> None:
        self._raw = raw
        self._bounds = bounds
        self._left = bounds.size + _HEADERS
        self._seconds = bounds.seconds()
        self._until = time.monotonic() + self._seconds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if time.monotonic() > self._until:
            raise self._bounds.error(f"the answer took longer than {self._seconds:.3g} s")
        count = self._raw.readinto(buffer)
        self._left -= count or 0
        if self._left < 0:
            raise self._bounds.error(too_long(self._bounds.size))
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


def too_long(size: int) -> str:
    """Return the reason for ending an answer of more than `size` bytes."""
    return f"the answer is longer than {size} bytes"
