"""The client: where it connects, and what it sends through a proxy."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from frontleak.files.web.addresses import FetchError
from frontleak.files.web.client import SiteClient
from frontleak.files.web.limits import Allowance, SiteLimits
from tests.fakes.web_site import WebSite, serving


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def client() -> Iterator[SiteClient]:
    made = SiteClient(Allowance(SiteLimits(rate=1000, idle=1)), private=frozenset())
    yield made
    made.close()


def resolving(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Let each question about a name have the next answer, and return the list of addresses that are connected to."""
    connected: list[str] = []
    left = [*answers]

    def lookup(_host: str, port: int, *_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in left.pop(0)]

    def connect(_self: socket.socket, address: Any) -> None:
        connected.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    monkeypatch.setattr(socket.socket, "connect", connect)
    return connected


def test_a_name_is_resolved_once_and_that_address_is_connected_to(
    client: SiteClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that changes its address between the check and the connection (DNS rebinding) changes nothing."""
    connected = resolving(monkeypatch, ["93.184.216.34"], ["127.0.0.1"])
    with pytest.raises(FetchError, match="cannot be reached"):
        client.get("http://shop.example/", {})
    assert connected == ["93.184.216.34"]
    with pytest.raises(FetchError, match=r"127\.0\.0\.1, which is not a public address"):
        client.get("http://shop.example/", {})
    assert connected == ["93.184.216.34"]


def test_a_proxy_of_the_environment_is_used_and_a_private_target_refused(
    client: SiteClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(WebSite(files={"http://shop.invalid/": "through the proxy"})) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        with pytest.raises(FetchError, match="not a public address"):
            client.get("http://127.0.0.1:9/", {})
        assert proxy.asked == []
        assert client.get("http://shop.invalid/", {}).body == b"through the proxy"  # only the proxy knows the name
    monkeypatch.setenv("HTTP_PROXY", "socks5://127.0.0.1:1")
    with pytest.raises(FetchError, match="SOCKS proxies are not supported"):
        client.get("http://shop.invalid/", {})


def test_the_own_network_is_asked_directly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    made = SiteClient(Allowance(SiteLimits()), private=frozenset({"127.0.0.1"}))
    with serving(WebSite(files={"/": "<p>"})) as main:
        assert made.get(f"{main.url}/", {}).status == 200
    made.close()
