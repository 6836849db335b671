"""The client, against misbehaving servers: where the token is sent, and how much of a response is read."""

import gzip
import logging
import re
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from frontleak.core.secret import Secret
from frontleak.verify.addresses import public_addresses
from frontleak.verify.client import HttpClient, HttpLimits
from frontleak.verify.interface import Answer, CallError, Request, SocketAddress
from frontleak.verify.vendors.sanity import SANITY
from tests.acceptance.support import token
from tests.fakes.proxy import Proxy
from tests.fakes.sanity_api import SanityApi
from tests.fakes.tls_server import (
    Reply,
    after,
    answers,
    as_ever,
    dripping,
    endless_chunks,
    header_bomb,
    huge_body,
    in_turn,
    interim_bomb,
    long_header,
    now_plus,
    raw,
    redirects,
    truncated,
)

TOKEN = token("client")
SECRET = Secret(TOKEN.encode())
ME = Request("abcd1234.api.sanity.io", "/v2021-06-07/users/me")
QUICK = HttpLimits(connect=2, read=0.3, total=0.6, wait=1, size=64 * 1024)


@pytest.fixture(autouse=True)
def _live(api: SanityApi) -> None:
    api.add(TOKEN, "viewer")


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Collect all log records."""
    with caplog.at_level(logging.DEBUG):
        yield caplog


def get(api: SanityApi, request: Request = ME, limits: HttpLimits = QUICK) -> Answer:
    """Send one request with a new client."""
    return HttpClient(SANITY, api.resolver, limits).get(request, SECRET)


def test_what_is_sent(api: SanityApi, logged: pytest.LogCaptureFixture) -> None:
    client = HttpClient(SANITY, api.resolver)
    assert client.get(ME, SECRET).status == client.get(ME, SECRET).status == 200
    assert [one.head for one in api.received] == 2 * [
        b"GET /v2021-06-07/users/me HTTP/1.1\r\n"
        b"Host: abcd1234.api.sanity.io\r\n"
        b"Accept: application/json\r\n"
        b"Accept-Encoding: identity\r\n"
        b"Authorization: Bearer " + TOKEN.encode() + b"\r\n"
        b"User-Agent: frontleak/0.1.0\r\n"
    ], "no cookie the second time, although one was given"
    assert api.connections == 1
    assert TOKEN not in logged.text


def test_a_call_is_noted(api: SanityApi) -> None:
    (call,) = get(api).calls
    assert (call.method, call.host, call.path, call.status, call.error) == ("GET", ME.host, ME.path, 200, "")
    assert 0 <= call.milliseconds < 60_000


# --- misbehaviour ----------------------------------------------------------------------------------------------------

BOMB = gzip.compress(b"x" * 10_000_000)
COMPRESSED = b"HTTP/1.1 %s\r\nLocation: https://evil.example/\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"

HOSTILE: Mapping[str, tuple[Reply, str]] = {
    "ten gigabytes": (huge_body(), "longer than"),
    "chunks without an end": (endless_chunks(), "longer than"),
    "headers without an end": (header_bomb(), "not valid HTTP"),
    "a header without an end": (long_header(), "not valid HTTP"),
    "interim answers without an end": (interim_bomb(), "longer than"),
    "a byte now and then": (dripping(), "longer than 0.6 s"),
    "a body that is cut off": (truncated(), "the connection broke"),
    "no HTTP": (raw(b"SSH-2.0-OpenSSH_9.6\r\n"), "not valid HTTP"),
    "nothing": (raw(b""), "the connection broke"),
    "silence": (after(3), "no answer within 0.3 s"),
    "silence after the headers": (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", b"x", 1, 3), "no answer within"),
    "a length that is no number": (raw(b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n{"), ""),
    "two lengths": (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}"), "not valid HTTP"),
    "a status that is no number": (raw(b"HTTP/1.1 XXX OK\r\n\r\n"), "not valid HTTP"),
    "a chunk size that is no number": (raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), "broke"),
}


@pytest.mark.parametrize(("reply", "error"), HOSTILE.values(), ids=HOSTILE)
def test_bad_manners_cost_little_and_say_nothing(
    api: SanityApi, logged: pytest.LogCaptureFixture, reply: Reply, error: str
) -> None:
    api.replies["."] = reply
    answer = get(api)
    assert answer.body is None
    assert error.replace("longer than 0.6", "took longer than 0.6") in answer.error
    assert answer.calls[0].error == answer.error
    assert len(api.received) == 1, "asked once"
    assert api.sent < 20_000_000, "what was taken, and what lay in buffers on the way"
    assert TOKEN not in logged.text + repr(answer)


NOT_JSON: Mapping[str, Reply] = {
    "a page": answers(200, "<html>"),
    "nothing": answers(200, ""),
    "brackets without an end": answers(200, "[" * 60_000),
    "no UTF-8": raw(b'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"\xff\xfe"'),
    "a number of many digits": answers(200, "1" * 60_000),
    "what is compressed although that was not asked for": raw(COMPRESSED % (b"200 OK", len(BOMB)) + BOMB),
}


@pytest.mark.parametrize("reply", NOT_JSON.values(), ids=NOT_JSON)
def test_a_body_that_is_not_json(api: SanityApi, reply: Reply) -> None:
    api.replies["."] = reply
    answer = get(api)
    assert (answer.status, answer.body, bool(answer.error)) == (200, None, True)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "target", ["https://efgh5678.api.sanity.io/", "https://evil.example/", "/v1/x", "//127.0.0.1/"]
)
def test_a_redirect_is_not_followed(api: SanityApi, status: int, target: str) -> None:
    api.replies["abcd1234"] = redirects(target, status)
    assert get(api).status == status
    assert len(api.received) == 1


def test_a_redirect_with_a_compressed_body_is_not_unpacked(api: SanityApi) -> None:
    api.replies["."] = raw(COMPRESSED % (b"302 Found", len(BOMB)) + BOMB)
    answer = get(api)
    assert (answer.status, answer.body) == (302, None)


# --- waiting ---------------------------------------------------------------------------------------------------------

# Status, Retry-After (a number is seconds from now, as a date) -> number of calls.
RETRIES: Mapping[str, tuple[int, str | int, int]] = {
    "429": (429, "0", 2),
    "502": (502, "0", 2),
    "503": (503, "0", 2),
    "a date that has passed": (429, -100, 2),
    "too long": (429, "2", 1),
    "far too long": (503, "999999999", 1),
    "a date too far away": (429, 600, 1),
    "500": (500, "0", 1),
    "401": (401, "0", 1),
    "200": (200, "0", 1),
}


@pytest.mark.parametrize(("status", "wait", "calls"), RETRIES.values(), ids=RETRIES)
def test_some_answers_are_worth_a_second_try(api: SanityApi, status: int, wait: str | int, calls: int) -> None:
    retry_after = (
        wait if isinstance(wait, str) else now_plus(wait)
    )  # at run time: collection may have been much earlier
    api.replies["."] = in_turn(answers(status, {}, **{"Retry-After": retry_after}), as_ever())
    answer = get(api)
    assert [call.status for call in answer.calls] == [status, 200][:calls]
    assert answer.status == ([status, 200][calls - 1])


def test_there_is_no_third_try(api: SanityApi) -> None:
    api.replies["."] = answers(429, {}, Retry_After="0")
    assert [call.status for call in get(api).calls] == [429, 429]


@pytest.mark.parametrize("value", ["", "soon", "-1", "1e9", "\N{SUPERSCRIPT TWO}", "9" * 400], ids=range(6))
def test_an_odd_wish_to_wait_means_a_second(api: SanityApi, value: str) -> None:
    limits = HttpLimits(wait=0.5)
    api.replies["."] = answers(429, {}, Retry_After=value)
    assert len(get(api, limits=limits).calls) == 1, "a second is more than the limit of this client"


def test_a_wait_holds_back_every_thread(api: SanityApi) -> None:
    api.replies["abcd1234"] = in_turn(answers(429, {}, Retry_After="1"), as_ever())
    client = HttpClient(SANITY, api.resolver, HttpLimits(wait=5))
    first = threading.Thread(target=client.get, args=(ME, SECRET))
    first.start()
    while not client._resume_at:
        first.join(0.001)
    answer = client.get(Request("api.sanity.io", ME.path), SECRET)
    first.join()
    assert answer.status == 200
    assert [one.host for one in api.received].index("api.sanity.io") > 0
    assert api.received[0].host == "abcd1234.api.sanity.io"


def test_a_stopped_client_sends_nothing(api: SanityApi) -> None:
    client = HttpClient(SANITY, api.resolver)
    client.stop()
    assert "stopped" in client.get(ME, SECRET).error
    assert api.connections == 0


def test_at_most_two_at_a_time_to_one_host(api: SanityApi) -> None:
    api.replies["abcd1234"] = after(0.02)
    client = HttpClient(SANITY, api.resolver)
    threads = [threading.Thread(target=client.get, args=(ME, SECRET)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(api.received), api.most_at_once[ME.host], api.connections) == (8, 2, 2)


# --- TLS and addresses -----------------------------------------------------------------------------------------------


def test_a_certificate_that_is_not_trusted(api: SanityApi, monkeypatch: pytest.MonkeyPatch) -> None:
    for value in (None, ""):
        monkeypatch.delenv("REQUESTS_CA_BUNDLE") if value is None else monkeypatch.setenv("REQUESTS_CA_BUNDLE", value)
        assert "certificate" in get(api).error
    assert (api.received, api.connections) == ([], 2)


def test_a_certificate_of_another_host(api: SanityApi) -> None:
    anywhere = replace(SANITY, hosts=re.compile(".*"))
    client = HttpClient(anywhere, lambda _: api.resolver("api.sanity.io"))
    for host in ("evil.example", "x.abcd1234.api.sanity.io"):
        assert "certificate" in client.get(Request(host, ME.path), SECRET).error
    assert api.received == []


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_the_bundle_of_the_environment_counts(api: SanityApi, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    monkeypatch.setenv(name, str(api.ca_file))
    assert get(api).status == 200


def test_a_bundle_that_is_not_there(api: SanityApi, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "missing"))
    assert "CA bundle" in get(api).error
    assert api.connections == 0


def test_variables_that_switch_verification_off_elsewhere_do_not_here(
    api: SanityApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    for name in ("PYTHONHTTPSVERIFY", "NODE_TLS_REJECT_UNAUTHORIZED", "CURL_INSECURE", "GIT_SSL_NO_VERIFY"):
        monkeypatch.setenv(name, "0")
    assert "certificate" in get(api).error
    assert api.received == []


def test_the_netrc_file_is_not_read(api: SanityApi, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine abcd1234.api.sanity.io login me password netrcpassword\ndefault login me password x\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(netrc))
    get(api)
    assert [one.token for one in api.received] == [TOKEN]


def _system(*addresses: str) -> Callable[..., Sequence[tuple[object, ...]]]:
    """Return addresses in the format of `socket.getaddrinfo`."""

    def lookup(host: str, port: int, *_: object) -> Sequence[tuple[object, ...]]:
        return [
            (socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
            for address in addresses
        ]

    return lookup


@pytest.mark.parametrize(
    "addresses", [["127.0.0.1"], ["::1"], ["10.0.0.1"], ["169.254.169.254"], ["8.8.8.8", "10.0.0.1"]]
)
def test_an_address_that_is_not_public_is_not_connected_to(
    api: SanityApi, monkeypatch: pytest.MonkeyPatch, addresses: Sequence[str]
) -> None:
    reached: list[object] = []
    monkeypatch.setattr(socket, "getaddrinfo", _system(*addresses))
    monkeypatch.setattr(socket.socket, "connect", lambda _, address: reached.append(address))
    answer = HttpClient(SANITY).get(ME, SECRET)
    assert f"resolves to {addresses[-1]}, which is not a public address" in answer.error
    assert (reached, answer.calls[0].status) == ([], None)


def test_a_name_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fails)
    assert HttpClient(SANITY).get(ME, SECRET).error == "the host name cannot be resolved"


def test_every_connection_goes_to_the_address_that_was_checked_for_it(api: SanityApi) -> None:
    asked: list[str] = []

    def rebinding(host: str) -> Sequence[SocketAddress]:
        asked.append(host)
        if len(asked) == 1:
            return api.resolver(host)
        return public_addresses(host, _system("127.0.0.1"))

    client = HttpClient(SANITY, rebinding, QUICK)
    assert [client.get(ME, SECRET).status for _ in range(3)] == [200, 200, 200]
    assert (len(asked), api.connections) == (1, 1), "the name was looked up once, for the one connection there is"
    api.replies["."] = answers(200, {}, Connection="close")
    assert client.get(ME, SECRET).status == 200
    assert "not a public address" in client.get(ME, SECRET).error
    assert (len(asked), api.connections) == (2, 1)


def test_the_next_address_is_tried_when_one_does_not_answer(api: SanityApi) -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))  # bound but not listening: refused immediately
        addresses = [(int(socket.AF_INET), deaf.getsockname()), *api.resolver(ME.host)]
        assert HttpClient(SANITY, lambda _: addresses).get(ME, SECRET).status == 200
        assert HttpClient(SANITY, lambda _: addresses[:1]).get(ME, SECRET).error == "the host cannot be reached"


# URLs that a recipe never builds -> refused before any lookup.
ODD_ADDRESSES = [
    *(Request(host, "/x") for host in ("", "a", "a b.io", "a.io/", "a.io:80", "A.io", "a@b.io", "127.0.0.1", "ä.io")),
    *(Request(host, "/x") for host in ("a..io", "-a.io", "a.io\n", "[::1]", "a.io#", "a" * 64 + ".io")),
    *(
        Request("a.io", path)
        for path in ("", "x", "//x", "/../x", "/x?y z", "/x\r\nX: y", "/x#y", "/ä", "/x//y", "/%2e")
    ),
]


@pytest.mark.parametrize("request_", ODD_ADDRESSES, ids=range(len(ODD_ADDRESSES)))
def test_an_address_that_no_recipe_builds_is_refused(request_: Request) -> None:
    def never(_: str) -> Sequence[SocketAddress]:
        raise AssertionError

    assert HttpClient(SANITY, never).get(request_, SECRET).error == "not sent: the address is not one this tool builds"


def test_a_host_of_another_vendor_is_refused() -> None:
    def never(_: str) -> Sequence[SocketAddress]:
        raise AssertionError

    answer = HttpClient(SANITY, never).get(Request("api.other.example", "/x"), SECRET)
    assert answer.error == "not sent: the host is not one of the vendor's"


@pytest.mark.parametrize("value", [b"", b"short", b"a b c d e f g", b"abcdefgh\r\nX: y", b"abcdefgh\xff", b"a" * 1025])
def test_what_cannot_be_a_token_is_not_sent(api: SanityApi, value: bytes) -> None:
    assert "not sent" in HttpClient(SANITY, api.resolver).get(ME, Secret(value)).error
    assert api.connections == 0


# --- proxies ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def proxy(api: SanityApi, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    """Start a proxy and set it in the environment."""
    with Proxy(api.port) as running:
        monkeypatch.setenv("HTTPS_PROXY", running.url)
        yield running


def absent(_: str) -> Sequence[SocketAddress]:
    """Resolve no host, as in networks where only the proxy does."""
    return public_addresses("x", lambda *_: [])


def test_a_proxy_is_used_and_sees_no_token(api: SanityApi, proxy: Proxy, logged: pytest.LogCaptureFixture) -> None:
    answer = HttpClient(SANITY, absent).get(ME, SECRET)
    assert answer.status == 200
    assert [one.token for one in api.received] == [TOKEN]
    (head,) = proxy.heads
    assert head.startswith(b"CONNECT abcd1234.api.sanity.io:443 HTTP/1.")
    assert TOKEN.encode() not in head + bytes(proxy.seen)
    assert b"proxypassword" not in api.received[0].head
    assert "proxypassword" not in logged.text + repr(answer)


def test_a_proxy_does_not_lead_to_a_private_address(api: SanityApi, proxy: Proxy) -> None:
    client = HttpClient(SANITY, lambda host: public_addresses(host, _system("127.0.0.1")))
    assert "not a public address" in client.get(ME, SECRET).error
    assert (proxy.heads, api.connections) == ([], 0)


def test_hosts_that_need_no_proxy(api: SanityApi, proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "sanity.io")
    assert get(api).status == 200
    assert proxy.heads == []


@pytest.mark.parametrize("reply", [huge_body(), header_bomb(), interim_bomb(), dripping()], ids=range(4))
def test_answers_are_bounded_through_a_proxy_too(api: SanityApi, proxy: Proxy, reply: Reply) -> None:
    api.replies["."] = reply
    answer = HttpClient(SANITY, absent, QUICK).get(ME, SECRET)
    assert (answer.status, bool(answer.error)) == (None, True)
    assert api.sent < 20_000_000
    assert len(proxy.heads) == 1


def test_the_certificate_counts_through_a_proxy_too(
    api: SanityApi, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    assert "certificate" in HttpClient(SANITY, absent).get(ME, SECRET).error
    assert (len(proxy.heads), api.received) == (1, [])


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://[", "ftp://127.0.0.1:1", "socks5://127.0.0.1:1"])
def test_a_proxy_that_does_not_work(monkeypatch: pytest.MonkeyPatch, api: SanityApi, url: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", url)
    answer = HttpClient(SANITY, absent, QUICK).get(ME, SECRET)
    assert "proxy" in answer.error, answer.error
    assert api.connections == 0


def test_what_goes_wrong_is_told_in_our_own_words(api: SanityApi) -> None:
    def refuses(_: str) -> Sequence[SocketAddress]:
        raise CallError("a reason of our own")

    assert HttpClient(SANITY, refuses).get(ME, SECRET).error == "a reason of our own"
