"""A local web site: real HTTP or HTTPS, a log of what it was asked for, and misbehaviour."""

import json
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import trustme

_MEDIA = {
    "html": "text/html; charset=utf-8",
    "js": "text/javascript",
    "css": "text/css",
    "json": "application/json",
    "map": "application/json",
    "txt": "text/plain",
}

Reply = Callable[["Handler"], None]
"""Answers a request by itself."""


@dataclass(slots=True)
class WebSite:
    """A site that serves texts by path, or what a function makes of a request."""

    files: dict[str, "str | bytes | Reply"] = field(default_factory=dict)
    """Path with query -> body, or what answers."""
    any_path: Reply | None = None
    """Answers what is not in `files`; None for status 404."""
    asked: list[str] = field(default_factory=list)
    """Paths in the order in which they were asked for."""
    heads: list[Mapping[str, str]] = field(default_factory=list)
    """Headers of each request, by names in lower case."""
    url: str = ""
    over: threading.Event = field(default_factory=threading.Event)

    def pages(self) -> list[str]:
        """Return what was asked for, without robots.txt."""
        return [path for path in self.asked if path != "/robots.txt"]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    site: WebSite

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print nothing: some clients hang up."""


class Handler(BaseHTTPRequestHandler):
    """Handles the requests of one connection."""

    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the library's
        """Print nothing."""

    def do_GET(self) -> None:
        site = self.server.site
        site.asked.append(self.path)
        site.heads.append({name.lower(): value for name, value in self.headers.items()})
        found = site.files.get(self.path, site.any_path)
        if found is None:
            self.give(b"not found", 404, "text/plain")
        elif callable(found):
            found(self)
        else:
            ending = self.path.partition("?")[0].rpartition(".")[2]
            self.give(found, media=_MEDIA.get(ending, _MEDIA["html"]))

    def refuse(self) -> None:
        self.server.site.asked.append(f"{self.command} {self.path}")
        self.give(b"", 405)

    do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = refuse  # noqa: N815

    def give(self, body: str | bytes, status: int = 200, media: str = "text/html", **headers: str) -> None:
        data = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        self.send_header("Content-Type", media)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Set-Cookie", "session=planted")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def pour(self, head: bytes, piece: bytes, pause: float = 0.0) -> None:
        """Send some bytes, then others until the client hangs up."""
        self.close_connection = True
        try:
            self.wfile.write(head)
            while not self.server.site.over.wait(pause):
                self.wfile.write(piece)
        except OSError:
            return


def redirects(target: str, status: int = 302) -> Reply:
    return lambda handler: handler.give("", status, Location=target)


def answers(body: str | bytes, status: int = 200, media: str = "text/html", **headers: str) -> Reply:
    return lambda handler: handler.give(body, status, media, **headers)


@contextmanager
def serving(site: WebSite, authority: trustme.CA | None = None, name: str = "127.0.0.1") -> Iterator[WebSite]:
    """Serve a site on a free port of 127.0.0.1, with TLS if there is an authority, whose certificate is for `name`."""
    with _Server(("127.0.0.1", 0), Handler) as server:
        server.site = site
        if authority is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            authority.issue_cert(name).configure_cert(context)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        site.url = f"{'http' if authority is None else 'https'}://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield site
        finally:
            site.over.set()
            server.shutdown()


def mapped(source: str, text: str) -> str:
    """Return a source map of one line with one source."""
    return json.dumps({"version": 3, "sources": [source], "sourcesContent": [text], "mappings": "AAAA", "names": []})


def ca_file(folder: Path, authority: trustme.CA) -> Path:
    """Write the certificate of an authority and return its path."""
    path = folder / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return path
