"""A local HTTPS server for fakes of vendors' APIs: real TLS, a record of what it received, and misbehaviour."""

import json
import re
import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import trustme

from frontleak.verify.interface import NameNotFoundError, SocketAddress


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A received request with the raw bytes of its head."""

    method: str
    host: str
    path: str
    head: bytes

    @property
    def token(self) -> str:
        """Value of the `Authorization` header."""
        found = re.search(rb"(?mi)^authorization: Bearer (\S+)\r?$", self.head)
        return found[1].decode() if found else ""

    def header(self, name: str) -> str:
        """Value of a header; empty if it was not sent."""
        found = re.search(rb"(?mi)^%s: (.*?)\r?$" % re.escape(name.encode()), self.head)
        return found[1].decode() if found else ""


Reply = Callable[["Handler"], None]
"""Responds to a request instead of the API."""


@dataclass(slots=True)
class TlsServer:
    """A server for some domains and their subdomains. What it answers is up to the subclass, or to `replies`."""

    folder: Path
    """File with its CA certificate."""
    domains: Sequence[str] = ()
    """Domains that its certificate is for and that its resolver knows, with their subdomains."""
    replies: dict[str, Reply] = field(default_factory=dict)
    """Expression for host and path -> the reply instead of the API."""
    received: list[Received] = field(default_factory=list)
    connections: int = 0
    """Number of opened connections, with or without TLS."""
    at_once: Counter[str] = field(default_factory=Counter)
    most_at_once: Counter[str] = field(default_factory=Counter)
    """Host -> number of concurrent requests."""
    sent: int = 0
    """Bytes sent by hostile replies."""
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _server: ThreadingHTTPServer | None = None
    _over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        authority = trustme.CA()
        authority.cert_pem.write_to_path(self.ca_file)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        names = (name for domain in self.domains for name in (domain, f"*.{domain}"))
        authority.issue_cert(*names).configure_cert(context)
        self._server = _Server(self, context)
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        if self._server:
            self._server.shutdown()
            self._server.server_close()

    def answer(self, handler: "Handler") -> None:
        """Respond to a request that no reply is for."""
        handler.give(404, {"message": "Not Found"})

    @property
    def ca_file(self) -> Path:
        """The certificate of the test CA that issued the server's."""
        return self.folder / "authority.pem"

    @property
    def port(self) -> int:
        """Its loopback port."""
        assert self._server
        return int(self._server.server_address[1])

    def resolver(self, host: str) -> Sequence[SocketAddress]:
        """Resolve its domains to this server, and no others."""
        if not any(host == domain or host.endswith(f".{domain}") for domain in self.domains):
            raise NameNotFoundError("the host name cannot be resolved")
        return [(socket.AF_INET, ("127.0.0.1", self.port))]

    def wait(self, seconds: float) -> None:
        """Sleep, or wake when the test is over."""
        self._over.wait(seconds)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, api: TlsServer, context: ssl.SSLContext) -> None:
        self.api = api
        self._context = context
        super().__init__(("127.0.0.1", 0), Handler)

    def finish_request(self, request: Any, client_address: Any) -> None:
        self.api.connections += 1
        try:
            request.settimeout(30)
            with self._context.wrap_socket(request, server_side=True) as secure:
                super().finish_request(secure, client_address)
        except OSError:  # clients hang up if they do not trust the certificate or have read enough
            return

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print nothing: some tests hang up on purpose."""


class Handler(BaseHTTPRequestHandler):
    """Handles the requests of one connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    @property
    def api(self) -> TlsServer:
        """The API."""
        return self.server.api

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the library's
        """Print nothing."""

    def do_GET(self) -> None:
        """Respond to a request."""
        self._note()
        host = self.host
        with self.api._lock:
            self.api.at_once[host] += 1
            self.api.most_at_once[host] = max(self.api.most_at_once[host], self.api.at_once[host])
        try:
            for pattern, reply in list(self.api.replies.items()):
                if re.search(pattern, f"{host}{self.path}"):
                    reply(self)
                    return
            self.api.answer(self)
        finally:
            with self.api._lock:
                self.api.at_once[host] -= 1

    def refuse(self) -> None:
        """Record a write request, which no test expects."""
        self._note()
        self.give(405, {"message": "Method Not Allowed"})

    do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = refuse  # noqa: N815

    @property
    def host(self) -> str:
        """The requested host."""
        return self.headers.get("Host", "")

    @property
    def bearer(self) -> str:
        """The token of the `Authorization` header."""
        value = self.headers.get("Authorization", "")
        return value.removeprefix("Bearer ") if value.startswith("Bearer ") else ""

    def _note(self) -> None:
        head = b"".join(
            [
                f"{self.requestline}\r\n".encode("latin-1"),
                *(f"{name}: {value}\r\n".encode("latin-1") for name, value in self.headers.items()),
            ]
        )
        received = Received(method=self.command, host=self.host, path=self.path, head=head)
        with self.api._lock:
            self.api.received.append(received)

    def give(self, status: int, body: Any, **headers: str) -> None:
        """Send a response; a text body is sent unchanged."""
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Set-Cookie", f"session=planted; Domain={self.host.partition('.')[2]}; Path=/; Secure")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def pour(self, first: bytes, more: bytes, times: int, pause: float = 0.0) -> None:
        """Send some bytes, then repeat others until the client stops reading; then hang up."""
        self.close_connection = True
        try:
            self.wfile.write(first)
            for _ in range(times):
                if pause:
                    self.api.wait(pause)
                if self.api._over.is_set():
                    break
                self.wfile.write(more)
                self.api.sent += len(more)
        except OSError:
            return


# --- misbehaviour ----------------------------------------------------------------------------------------------------


def answers(status: int, body: Any, **headers: str) -> Reply:
    """Reply the same every time."""
    return lambda handler: handler.give(status, body, **headers)


def in_turn(*replies: Reply) -> Reply:
    """Use one reply after the other, then repeat the last."""
    left = list(replies)

    def next_one(handler: Handler) -> None:
        (left.pop(0) if len(left) > 1 else left[0])(handler)

    return next_one


def after(seconds: float, reply: Reply | None = None) -> Reply:
    """Respond late."""

    def late(handler: Handler) -> None:
        handler.api.wait(seconds)
        (reply or as_ever())(handler)

    return late


def raw(first: bytes, more: bytes = b"", times: int = 0, pause: float = 0.0) -> Reply:
    """Send raw bytes, not necessarily HTTP."""
    return lambda handler: handler.pour(first, more, times, pause)


def huge_body() -> Reply:
    """Announce ten gigabytes and send as much as the client reads."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 10000000000\r\n\r\n["
    return raw(head, b'"' + b"x" * 65533 + b'",', 150_000)


def endless_chunks() -> Reply:
    """Send an endless chunked body."""
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    return raw(head, b"10000\r\n" + b"x" * 65536 + b"\r\n", 150_000)


def header_bomb(lines: int = 1_000_000) -> Reply:
    """Send endless headers."""
    return raw(b"HTTP/1.1 200 OK\r\n", b"".join(b"X-%d: %s\r\n" % (n, b"x" * 600) for n in range(100)), lines // 100)


def long_header() -> Reply:
    """Send one endless header."""
    return raw(b"HTTP/1.1 200 OK\r\nX-Long: ", b"x" * 65536, 150_000)


def interim_bomb() -> Reply:
    """Send `100 Continue` forever."""
    return raw(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 2000, 1_000_000)


def dripping(pause: float = 0.05) -> Reply:
    """Send single bytes, each just before the read timeout."""
    return raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", b"x", 1000, pause)


def truncated() -> Reply:
    """Hang up in the middle of the body."""
    return raw(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"id":"pAb')


def redirects(target: str, status: int = 302) -> Reply:
    """Redirect."""
    return lambda handler: handler.give(status, {}, Location=target)


def now_plus(seconds: float) -> str:
    """Return a date in the format of `Retry-After`."""
    from email.utils import formatdate

    return formatdate(time.time() + seconds, usegmt=True)


def as_ever() -> Reply:
    """Respond like the API."""
    return lambda handler: handler.api.answer(handler)
