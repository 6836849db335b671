"""What the installed command honours of the environment when it verifies: proxies, certificates, `.netrc`, Ctrl-C.

The installed command connects to public addresses only, so it reaches the local API through a local proxy. Where no proxy
may be used, the command runs in a process that resolves the API's hosts to the local server.
"""

import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from tests.acceptance.support import COMMAND, PATIENCE, Run, interruptible, token, write
from tests.fakes.proxy import Proxy
from tests.fakes.sanity_api import SanityApi
from tests.fakes.tls_server import after
from tests.support.wrapped import environment_of, run_wrapped

TOKEN = token("environment")
BASIC = b"proxy-authorization: basic "


@pytest.fixture
def proxy(api: SanityApi) -> Iterator[Proxy]:
    """Start a proxy that tunnels to the API, which knows the token as a viewer's."""
    api.add(TOKEN, "viewer")
    with Proxy(api.port) as running:
        yield running


def verify(api: SanityApi, folder: Path, *, env: Mapping[str, str], command: Sequence[str] = (COMMAND,)) -> Run:
    """Pass the token to the installed `frontleak verify`, with nothing but some variables about the network."""
    full = environment_of(api, **env)
    for name in ("REQUESTS_CA_BUNDLE", "FRONTLEAK_DEBUG"):
        if name not in env:
            full.pop(name, None)
    done = subprocess.run(
        [*command, "verify", "--project=abcd1234"],
        cwd=folder,
        input=TOKEN.encode(),
        env=full,
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    result = Run(done.returncode, done.stdout, done.stderr)
    assert TOKEN[4:16] not in result.out + result.err
    assert "proxypassword" not in result.out + result.err
    assert "Traceback" not in result.err
    return result


def trusting(api: SanityApi, **env: str) -> dict[str, str]:
    """Return variables that trust the API's certificate, and others."""
    return {"REQUESTS_CA_BUNDLE": str(api.ca_file), **env}


# --- proxies ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
def test_a_proxy_of_the_environment_is_used(api: SanityApi, proxy: Proxy, tmp_path: Path, name: str) -> None:
    done = verify(api, tmp_path, env=trusting(api, **{name: proxy.url}))
    assert (done.code, done.err) == (1, "")
    assert done.out.startswith("active: robot token, read-only")
    assert all(head.startswith(b"CONNECT abcd1234.api.sanity.io:443 ") for head in proxy.heads)
    assert all(BASIC in head.lower() for head in proxy.heads)
    assert TOKEN.encode() not in b"".join(proxy.heads) + bytes(proxy.seen)
    assert not any(BASIC in one.head.lower() for one in api.received), "the proxy's password is for the proxy"


def test_a_proxy_without_a_scheme_is_an_http_proxy(api: SanityApi, proxy: Proxy, tmp_path: Path) -> None:
    done = verify(api, tmp_path, env=trusting(api, HTTPS_PROXY=proxy.address))
    assert (done.code, len(proxy.heads) > 0) == (1, True)


@pytest.mark.parametrize("value", ["*", "sanity.io", ".sanity.io", "localhost, abcd1234.api.sanity.io"])
def test_hosts_in_no_proxy_are_reached_without_it(api: SanityApi, proxy: Proxy, tmp_path: Path, value: str) -> None:
    env = trusting(api, HTTPS_PROXY=proxy.url, NO_PROXY=value)
    done = run_wrapped(api, "verify", "--project=abcd1234", cwd=tmp_path, stdin=TOKEN.encode(), env=env)
    assert (done.code, proxy.heads, api.connections > 0) == (1, [], True)


@pytest.mark.parametrize("value", ["", "example.com,10.0.0.0/8,anity.io"])
def test_other_hosts_in_no_proxy_change_nothing(api: SanityApi, proxy: Proxy, tmp_path: Path, value: str) -> None:
    done = verify(api, tmp_path, env=trusting(api, HTTPS_PROXY=proxy.url, NO_PROXY=value))
    assert (done.code, len(proxy.heads) > 0) == (1, True)


def test_a_proxy_for_http_alone_is_not_used(api: SanityApi, proxy: Proxy, tmp_path: Path) -> None:
    env = trusting(api, HTTP_PROXY=proxy.url, http_proxy=proxy.url)
    done = run_wrapped(api, "verify", "--project=abcd1234", cwd=tmp_path, stdin=TOKEN.encode(), env=env)
    assert (done.code, proxy.heads) == (1, [])


REFUSALS: Mapping[str, tuple[bytes, str]] = {
    "no password": (
        b'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="x"\r\n\r\n',
        "the proxy requires authentication; add user and password to the URL of the proxy",
    ),
    "forbidden": (b"HTTP/1.1 403 Forbidden\r\n\r\n", "the proxy refused the connection with status 403"),
    "a bad gateway": (b"HTTP/1.1 502 " + b"x" * 900 + b"\r\n\r\n", "the proxy refused the connection with status 502"),
    "no HTTP": (b"SSH-2.0-OpenSSH_9.6\r\n", "the connection broke, or the answer is not valid HTTP"),
    "a redirect": (b"HTTP/1.1 302 Found\r\nLocation: https://evil.example/\r\n\r\n", "with status 302"),
}


@pytest.mark.parametrize(("answer", "message"), REFUSALS.values(), ids=REFUSALS)
def test_a_proxy_that_refuses_gives_one_clear_line(
    api: SanityApi, proxy: Proxy, tmp_path: Path, answer: bytes, message: str
) -> None:
    proxy.refusal = answer
    done = verify(api, tmp_path, env=trusting(api, HTTPS_PROXY=f"http://{proxy.address}"))
    assert (done.code, done.err, done.out.splitlines()[0]) == (3, "", "unknown")
    (line,) = (line for line in done.out.splitlines() if line.startswith("    how"))
    assert message in line
    assert len(line) < 200
    assert api.connections == 0
    assert len(proxy.heads) <= 2


def test_a_proxy_that_says_nothing_is_not_waited_for(api: SanityApi, proxy: Proxy, tmp_path: Path) -> None:
    proxy.refusal = b""
    done = verify(api, tmp_path, env=trusting(api, HTTPS_PROXY=proxy.url))
    assert (done.code, "no answer within" in done.out) == (3, True)


@pytest.mark.parametrize("scheme", ["socks5", "SOCKS4A"])
def test_a_socks_proxy_is_refused_in_one_clear_line(api: SanityApi, proxy: Proxy, tmp_path: Path, scheme: str) -> None:
    for name in ("HTTPS_PROXY", "ALL_PROXY"):
        done = verify(api, tmp_path, env=trusting(api, **{name: f"{scheme}://{proxy.address}"}))
        assert (done.code, done.err) == (3, "")
        assert "not sent: SOCKS proxies are not supported; set HTTPS_PROXY to an HTTP proxy" in done.out
    assert (proxy.heads, api.connections) == ([], 0)


# --- certificates ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
def test_a_ca_bundle_of_the_environment_is_trusted(api: SanityApi, proxy: Proxy, tmp_path: Path, name: str) -> None:
    assert verify(api, tmp_path, env={name: str(api.ca_file), "HTTPS_PROXY": proxy.url}).code == 1


@pytest.mark.parametrize("name", ["", "SSL_CERT_DIR"])
def test_without_one_the_certificate_is_refused(api: SanityApi, proxy: Proxy, tmp_path: Path, name: str) -> None:
    env = {name: str(api.folder)} if name else {}
    done = verify(api, tmp_path, env={"HTTPS_PROXY": proxy.url, **env})
    assert (done.code, "the certificate of the host is not trusted" in done.out) == (3, True)
    assert api.received == []


@pytest.mark.parametrize(
    ("name", "content"),
    [("REQUESTS_CA_BUNDLE", None), ("CURL_CA_BUNDLE", b""), ("SSL_CERT_FILE", b"no certificate\n")],
    ids=["missing", "empty", "no certificate"],
)
def test_a_bundle_that_cannot_be_read_is_named(
    api: SanityApi, proxy: Proxy, tmp_path: Path, name: str, content: bytes | None
) -> None:
    bundle = tmp_path / "bundle.pem"
    if content is not None:
        bundle.write_bytes(content)
    done = verify(api, tmp_path, env={name: str(bundle), "HTTPS_PROXY": proxy.url})
    assert (done.code, done.err) == (3, "")
    assert f"the CA bundle that {name} names cannot be read or contains no certificate" in done.out
    assert api.received == []


def test_the_first_of_several_bundles_counts(api: SanityApi, proxy: Proxy, tmp_path: Path) -> None:
    """The order is that of `requests`, then OpenSSL."""
    names = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
    for number, name in enumerate(names):
        later = dict.fromkeys(names[number + 1 :], str(tmp_path / "missing"))
        assert verify(api, tmp_path, env={name: str(api.ca_file), "HTTPS_PROXY": proxy.url, **later}).code == 1


def test_netrc_is_sent_to_nobody(api: SanityApi, proxy: Proxy, tmp_path: Path) -> None:
    netrc = tmp_path / ".netrc"
    lines = [f"machine {host} login me password netrcpassword" for host in ("127.0.0.1", "abcd1234.api.sanity.io")]
    netrc.write_text("\n".join([*lines, "default login me password netrcpassword", ""]))
    netrc.chmod(0o600)
    env = trusting(api, HTTPS_PROXY=f"http://{proxy.address}", HOME=str(tmp_path), NETRC=str(netrc))
    assert verify(api, tmp_path, env=env).code == 1
    assert {one.header("Authorization") for one in api.received} == {f"Bearer {TOKEN}"}
    assert not any(b"authorization" in head.lower() for head in proxy.heads)


# --- Ctrl-C ----------------------------------------------------------------------------------------------------------


def interrupted(api: SanityApi, folder: Path, *arguments: str, env: Mapping[str, str], ready: Proxy) -> Run:
    """Start the installed command, send SIGINT once the proxy has been asked, and return how it ended."""
    process = subprocess.Popen(
        interruptible(COMMAND, *arguments),
        cwd=folder,
        env=environment_of(api, **env),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdin
    process.stdin.write(TOKEN.encode())
    process.stdin.close()
    process.stdin = None
    while not (ready.heads if ready.refusal is not None else api.received) and process.poll() is None:
        api.wait(0.01)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE / 4)
    return Run(process.returncode, out, err)


@pytest.mark.parametrize("what", ["verify", "scan"])
@pytest.mark.parametrize("waits_for", ["proxy", "answer"])
def test_ctrl_c_ends_at_once_in_one_line(
    api: SanityApi, proxy: Proxy, tmp_path: Path, what: str, waits_for: str
) -> None:
    if waits_for == "proxy":
        proxy.refusal = b""
    api.replies["."] = after(PATIENCE)
    folder = write(tmp_path / "tree", {"a.js": f'createClient({{projectId:"abcd1234",token:"{TOKEN}"}})'})
    arguments = ("verify", "--project=abcd1234") if what == "verify" else ("scan", "--verify", "--isolated", ".")
    done = interrupted(api, folder, *arguments, env=trusting(api, HTTPS_PROXY=proxy.url), ready=proxy)
    assert (done.code, done.out, done.err.splitlines()) == (130, "", ["interrupted"])
    assert len(api.received) <= 1


def test_ctrl_c_while_the_token_is_read(api: SanityApi, tmp_path: Path) -> None:
    process = subprocess.Popen(
        interruptible(COMMAND, "verify"),
        cwd=tmp_path,
        env=environment_of(api),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdin
    process.stdin.write(TOKEN.encode())
    process.stdin.flush()
    api.wait(1.0)  # it reads until the end of the input, which does not come
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE / 4)
    assert (process.returncode, out, err.split()) == (130, b"", [b"interrupted"])
