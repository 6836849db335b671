"""Resolves a host name to its public addresses, and refuses all others.

A name that resolves into the user's own network would send the secret to a host that is not the vendor's. The client
connects to the exact address that was checked here, so a DNS answer that changes later has no effect.
"""

import socket
from collections.abc import Callable, Sequence
from typing import Any, Final

from frontleak.core.connections import is_public, shown_address
from frontleak.verify.interface import CallError, NameNotFoundError, SocketAddress

HTTPS_PORT: Final = 443
_MOST_ADDRESSES: Final = 4
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
            raise CallError(
                f"not sent: the host resolves to {shown_address(str(address[0]))}, which is not a public address"
            )
    if not found:
        raise NameNotFoundError("the host name cannot be resolved")
    return [(int(family), address) for family, _, _, _, address in found[:_MOST_ADDRESSES]]
