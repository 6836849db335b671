"""What URLs name, and which addresses may be connected to."""

import socket
from typing import Any

import pytest

from frontleak.core.errors import ConfigError
from frontleak.files.web.addresses import FetchError, addresses, joined, named_origin, origin_of, start_url
from frontleak.files.web.robots import robots_of


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("shop.example", "https://shop.example/"),
        ("HTTPS://Shop.Example:443/a b", ""),
        ("http://shop.example:80/ä?x=é#frag", "http://shop.example/%C3%A4?x=%C3%A9"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("http://[::1]:8080", "http://[::1]:8080/"),
        ("file:///etc/passwd", ""),
        ("https://user:pass@shop.example/", ""),
        ("https://", ""),
        ("https://a:99999/", ""),
        ("https://a.example/\x1b[2J", ""),
        ("javascript:alert(1)", ""),
    ],
)
def test_start_urls(given: str, url: str) -> None:
    if url:
        assert start_url(given) == url
    else:
        with pytest.raises(ConfigError):
            start_url(given)


@pytest.mark.parametrize(
    "text", ["cdn.example", "https://cdn.example/x", "https://u@cdn.example", "ftp://a", "https://"]
)
def test_what_is_no_origin(text: str) -> None:
    with pytest.raises(ConfigError, match="not an origin"):
        named_origin(text)


def test_one_resource_has_one_url() -> None:
    base = "https://shop.example/a/"
    assert {joined(base, each) for each in ("b.js", "/a/b.js", "HTTPS://SHOP.example:443/a/b.js#x", " b.js ")} == {
        "https://shop.example/a/b.js"
    }
    assert [joined(base, each) for each in ("", "data:x", "mailto:a@b", "https://u:p@a.example", "x" * 5000)] == [
        ""
    ] * 5


@pytest.mark.parametrize(
    ("url", "private"),
    [
        *((f"http://{host}/", True) for host in ("127.0.0.1", "[::1]", "10.1.2.3", "192.168.0.1", "169.254.169.254")),
        *((f"http://{host}/", True) for host in ("localhost", "a.localhost", "0.0.0.0", "[::ffff:127.0.0.1]", "127.1")),
        *((f"http://{host}/", False) for host in ("8.8.8.8", "shop.example", "10.example", "localhost.example")),
    ],
)
def test_which_urls_name_a_private_address(url: str, private: bool) -> None:
    origin = origin_of(url)
    assert origin is not None
    assert origin.is_private is private


def test_a_name_with_a_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """One private address among public ones is enough: the name may be made to point into the user's network."""
    for found in (["10.0.0.5"], ["93.184.216.34", "::1"], ["169.254.169.254"]):
        answer: list[Any] = [(socket.AF_INET, 1, 6, "", (each, 443)) for each in found]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, answer=answer: answer)
        with pytest.raises(FetchError, match="not a public address"):
            addresses("shop.example", 443, may_be_private=False)
        assert len(addresses("shop.example", 443, may_be_private=True)) == len(found)


def test_robots() -> None:
    rules = robots_of(200, b"User-agent: *\nDisallow: /a\nAllow: /a/b*.js$\nCrawl-delay: 3\n")
    assert [rules.allows(f"https://x.example{path}") for path in ("/", "/a", "/a/c", "/a/b1.js")] == [
        True,
        False,
        False,
        True,
    ]
    assert rules.delay == 3
    assert robots_of(200, b"User-agent: frontleak\nDisallow: /\n").allows("https://x.example/") is False
    assert robots_of(200, b"User-agent: other\nDisallow: /\n\xff\0").allows("https://x.example/")
    assert robots_of(404, b"User-agent: *\nDisallow: /").allows("https://x.example/")
    assert not robots_of(503, b"").allows("https://x.example/")
