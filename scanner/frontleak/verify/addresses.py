"""Resolves a host name to its public addresses, and refuses all others.

A name that resolves into the user's own network would send the secret to a host that is not the vendor's. The client
connects to the exact address that was checked here, so a DNS answer that changes later has no effect.
"""

import ipaddress
import socket
from collections.abc import Callable, Sequence
from typing import Any, Final

from frontleak.verify.interface import CallError, NameNotFoundError, SocketAddress

HTTPS_PORT: Final = 443
_MOST_ADDRESSES: Final = 4
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
"""Addresses with an IPv4 address in their last four bytes: RFC 6052."""

Lookup = Callable[..., Sequence[tuple[Any, ...]]]
"""A function with the signature of `socket.getaddrinfo`."""


def public_addresses(host: str, lookup: Lookup | None = None) -> Sequence[SocketAddress]:
    """Return at most four addresses of a host.

    Raises:
        NameNotFoundError: the host has no address.
        CallError: one of them is not public.
    """
    try:
        found = (lookup or socket.getaddrinfo)(host, HTTPS_PORT, 0, socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NameNotFoundError("the host name cannot be resolved") from error
    for *_, address in found:
        if not is_public(str(address[0])):
            raise CallError(f"not sent: the host resolves to {_shown(str(address[0]))}, which is not a public address")
    if not found:
        raise NameNotFoundError("the host name cannot be resolved")
    return [(int(family), address) for family, _, _, _, address in found[:_MOST_ADDRESSES]]


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


def _shown(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text.partition("%")[0]))
    except ValueError:
        return "an invalid address"
