"""Which addresses are public, on every version of Python alike."""

import socket

import pytest

from frontleak.core.connections import is_public
from frontleak.verify.addresses import public_addresses
from frontleak.verify.interface import CallError, NameNotFoundError

PRIVATE = {
    "this host": "0.0.0.0",
    "private, 10": "10.1.2.3",
    "shared": "100.64.0.1",
    "loopback": "127.0.0.1",
    "loopback, another": "127.8.8.8",
    "link-local, where clouds keep credentials": "169.254.169.254",
    "private, 172": "172.16.0.1",
    "for protocols": "192.0.0.1",
    "documentation": "192.0.2.1",
    "private, 192": "192.168.1.1",
    "benchmarks": "198.18.0.1",
    "multicast": "224.0.0.1",
    "multicast, routed": "233.1.2.3",
    "reserved": "240.0.0.1",
    "broadcast": "255.255.255.255",
    "unspecified, 6": "::",
    "loopback, 6": "::1",
    "unique local": "fd00::1",
    "link-local, 6": "fe80::1",
    "link-local with a zone": "fe80::1%eth0",
    "site-local": "fec0::1",
    "multicast, 6": "ff02::1",
    "documentation, 6": "2001:db8::1",
    "loopback in IPv6": "::ffff:127.0.0.1",
    "private in IPv6": "::ffff:10.0.0.1",
    "private in NAT64": "64:ff9b::10.0.0.1",
    "loopback in NAT64": "64:ff9b::7f00:1",
    "private in 6to4": "2002:0a00:0001::1",
    "Teredo": "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "no address": "api.sanity.io",
    "nothing": "",
}
PUBLIC = {
    "IPv4": "8.8.8.8",
    "IPv4, another": "35.201.85.1",
    "IPv6": "2600:1901:0:6e1::",
    "in NAT64": "64:ff9b::8.8.8.8",
    "in IPv6": "::ffff:8.8.8.8",
    "in 6to4": "2002:0808:0808::1",
}


@pytest.mark.parametrize("address", PRIVATE.values(), ids=PRIVATE)
def test_what_is_not_public(address: str) -> None:
    assert not is_public(address)
    with pytest.raises(CallError, match="not a public address"):
        public_addresses("h", lambda *_: [(socket.AF_INET, 1, 6, "", (address, 443))])


@pytest.mark.parametrize("address", PUBLIC.values(), ids=PUBLIC)
def test_what_is(address: str) -> None:
    assert is_public(address)
    found = public_addresses("h", lambda *_: [(socket.AF_INET, 1, 6, "", (address, 443))])
    assert found == [(socket.AF_INET, (address, 443))]


def test_one_private_address_among_public_ones_refuses_the_name() -> None:
    found = [(socket.AF_INET, 1, 6, "", (address, 443)) for address in ("8.8.8.8", "10.0.0.1")]
    with pytest.raises(CallError, match=r"10\.0\.0\.1"):
        public_addresses("h", lambda *_: found)


def test_only_a_few_of_many_addresses_are_tried() -> None:
    found = [(socket.AF_INET, 1, 6, "", (f"8.8.8.{number}", 443)) for number in range(100)]
    assert len(public_addresses("h", lambda *_: found)) == 4


@pytest.mark.parametrize("error", [socket.gaierror(-2, "x"), OSError("x"), UnicodeError("x")], ids=repr)
def test_a_name_that_cannot_be_looked_up(error: Exception) -> None:
    def fails(*_: object) -> list[tuple[object, ...]]:
        raise error

    with pytest.raises(NameNotFoundError):
        public_addresses("h", fails)


def test_what_the_system_answers_in_place_of_an_address_is_not_repeated() -> None:
    with pytest.raises(CallError) as caught:
        public_addresses("h", lambda *_: [(socket.AF_INET, 1, 6, "", ("\x1b[31m", 443))])
    assert "\x1b" not in str(caught.value)
