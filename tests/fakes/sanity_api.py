"""A local fake of Sanity's API: real TLS, the documented endpoints, bodies and error codes, and misbehaviour.

It is based on the responses that Sanity's own code expects (github.com/sanity-io/sanity, /client, /cli), not on the live
API, which no test calls. Where that code leaves the behaviour open, the fake has a switch and the tests try both.
"""

import json
import re
import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import parse_qs, urlsplit

import trustme

from frontleak.verify.interface import NameNotFoundError, SocketAddress

EVERYTHING: Final = '_id in path("**")'
DRAFTS: Final = '_id in path("drafts.**")'

ADMIN: Final = (
    *("sanity.project.tokens.create", "sanity.project.members.invite"),
    *("sanity.project.delete", "sanity.project.datasets.delete"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """Permissions of a role."""

    acl: Sequence[Mapping[str, Any]] = ()
    """The access list of every dataset."""
    project: Sequence[str] = ()
    """Permissions on the project itself."""
    robots: bool = True
    """Whether robots can have it."""


def _entry(filter_: str, *permissions: str) -> Mapping[str, Any]:
    return {"filter": filter_, "permissions": list(permissions)}


_ALL = (_entry(EVERYTHING, "history", "read", "update", "create"),)
ROLES: Final[Mapping[str, Role]] = {
    "administrator": Role(acl=_ALL, project=ADMIN, robots=False),
    "editor": Role(acl=_ALL),
    "developer": Role(acl=_ALL, project=("sanity.project.datasets.delete",)),
    "contributor": Role(acl=(_entry(EVERYTHING, "read"), _entry(DRAFTS, "create", "update", "history"))),
    "viewer": Role(acl=(_entry(EVERYTHING, "read", "history"),)),
    "read": Role(acl=(_entry(EVERYTHING, "read"),)),
    "write": Role(acl=_ALL),
    "deploy-studio": Role(),
    "create-session": Role(),
    "access-manager": Role(project=("sanity.project.tokens.create", "sanity.project.members.invite")),
    "blueprints-deployer": Role(),
    "post-editor": Role(acl=(_entry(EVERYTHING, "read"), _entry('_type == "post"', "update"))),
    "post-reader": Role(acl=(_entry('_type == "post"', "read"),)),
}
"""Roles by name; the last two are custom roles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A robot or a person with a token."""

    projects: Mapping[str, str]
    """Project id -> role."""
    robot: bool = True
    name: str = "CI Robot (Robot)"
    expiry: float = 1_900_000_000
    provider: str = ""

    def me(self, project: str | None) -> dict[str, Any]:
        """Return the response of `/users/me`."""
        names = [self.projects[project]] if project else list(dict.fromkeys(self.projects.values()))[:1]
        return {
            "id": "pAbCdEfGh",
            "name": self.name,
            "email": None if self.robot else "jane@example.com",
            "profileImage": None,
            "role": names[0] if names else "",
            "roles": [{"name": name, "title": name.title(), "description": "…"} for name in names],
            "provider": self.provider or ("sanity-token" if self.robot else "github"),
        }


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


Reply = Callable[["Handler"], None]
"""Responds to a request instead of the API."""


@dataclass(slots=True)
class SanityApi:
    """The API and its state."""

    folder: Path
    """File with its CA certificate."""
    holders: dict[str, Holder] = field(default_factory=dict)
    """Token -> its owner."""
    expired: set[str] = field(default_factory=set)
    datasets: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Project id -> datasets; an unlisted project has only `production`."""
    robots_have_grants: bool = True
    """Whether `/users/me/grants` responds to robots; not known for the live API."""
    refuse_robots: bool = False
    """Whether it returns `Robots are not allowed`, as the API did until January 2025."""
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
        authority.issue_cert("api.sanity.io", "*.api.sanity.io").configure_cert(context)
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

    @property
    def ca_file(self) -> Path:
        """The server certificate for Sanity's hosts, issued by the test CA."""
        return self.folder / "authority.pem"

    @property
    def port(self) -> int:
        """Its loopback port."""
        assert self._server
        return int(self._server.server_address[1])

    def resolver(self, host: str) -> Sequence[SocketAddress]:
        """Resolve Sanity's hosts to this server, and no others."""
        if host != "api.sanity.io" and not host.endswith(".api.sanity.io"):
            raise NameNotFoundError("the host name cannot be resolved")
        return [(socket.AF_INET, ("127.0.0.1", self.port))]

    def calls(self) -> list[str]:
        """Return `host/path` of the received requests, without query and version date."""
        return [f"{one.host}{re.sub('/v[0-9-]+/', '/', one.path).partition('?')[0]}" for one in self.received]

    def wait(self, seconds: float) -> None:
        """Sleep, or wake when the test is over."""
        self._over.wait(seconds)

    def add(self, token: str, role: str = "viewer", project: str = "abcd1234", *, robot: bool = True) -> Holder:
        """Create an owner and a token with a role in one project."""
        name = "CI Robot (Robot)" if robot else "Jane Doe"
        self.holders[token] = Holder(projects={project: role}, robot=robot, name=name)
        return self.holders[token]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, api: SanityApi, context: ssl.SSLContext) -> None:
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
    def api(self) -> SanityApi:
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
            as_ever()(self)
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

    def _token(self) -> str:
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
        self.send_header("Set-Cookie", "sanitySession=planted; Domain=sanity.io; Path=/; Secure")
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


# --- responses -------------------------------------------------------------------------------------------------------

NOT_FOUND: Final = {
    "error": "Unauthorized",
    "statusCode": 401,
    "message": "Session not found",
    "errorCode": "SIO-401-ANF",
}
EXPIRED: Final = NOT_FOUND | {
    "message": "Session is expired, please re-authenticate",
    "errorCode": "SIO-401-AEX",
}
WRONG_HOST: Final = NOT_FOUND | {"message": "Session does not match project host", "errorCode": "SIO-401-AWH"}
ROBOTS_NOT_ALLOWED: Final = {"statusCode": 403, "error": "Forbidden", "message": "Robots are not allowed"}
NO_PROJECT: Final = {"errorCode": "SIO-404-PNF", "message": "Project not found"}
NO_DATASET: Final = {"error": "Dataset not found"}


def not_a_member(project: str) -> dict[str, Any]:
    """Return the error for a person who is not in a project."""
    text = f'project user not found for user ID "gAbCdEfGh" in project "{project}"'
    return {"error": {"type": "projectUserNotFoundError", "description": text}}


def missing_grant(grant: str, status: int = 401) -> dict[str, Any]:
    """Return the error for a live token that lacks a grant."""
    return {
        "statusCode": status,
        "error": "Unauthorized" if status == 401 else "Forbidden",
        "message": f"User is missing required grant {grant} to perform this operation",
    }


def _answer(api: SanityApi, host: str, path: str, token: str) -> tuple[int, Any]:  # noqa: C901, PLR0911, PLR0912 - one response per line
    url = urlsplit(path)
    match = re.fullmatch(r"/v(?:1|X|\d{4}-\d\d-\d\d)(/.*)", url.path)
    if match is None:
        return 404, {"statusCode": 404, "error": "Not Found", "message": "Not Found"}
    place = match[1]
    project = host.partition(".api.sanity.io")[0] if host.endswith(".api.sanity.io") else None
    if project is not None and not any(project in holder.projects for holder in api.holders.values()):
        return 404, NO_PROJECT
    if token in api.expired:
        return 401, EXPIRED
    holder = api.holders.get(token)
    if holder is None:
        return (200, {}) if place == "/users/me" and not token else (401, NOT_FOUND)
    if project is not None and project not in holder.projects:
        return (401, WRONG_HOST) if holder.robot else (401, not_a_member(project))
    if place == "/users/me":
        if holder.robot and api.refuse_robots:
            return 403, ROBOTS_NOT_ALLOWED
        return 200, holder.me(project)
    if place == "/auth/id":
        return 200, {"id": "gAbCdEfGh", "expiry": holder.expiry}
    if place == "/users/me/grants" and project is None:
        return _grants(api, holder)
    if place == "/projects" and project is None:
        return _projects(holder)
    if found := re.fullmatch(r"/projects/([a-z0-9-]+)/datasets/([^/]+)/acl", place):
        if found[1] != project:
            return 404, NO_PROJECT
        if found[2] not in api.datasets.get(found[1], ("production",)):
            return 404, NO_DATASET
        return 200, list(ROLES[holder.projects[found[1]]].acl)
    if found := re.fullmatch(r"/access/project/([a-z0-9-]+)/user-permissions/me/check", place):
        if found[1] not in holder.projects:
            return 403, missing_grant("sanity.project/read", 403)
        allowed = ROLES[holder.projects[found[1]]].project
        return 200, {"data": {name: name in allowed for name in parse_qs(url.query)["permissions"]}}
    return 404, {"statusCode": 404, "error": "Not Found", "message": "Not Found"}


def _grants(api: SanityApi, holder: Holder) -> tuple[int, Any]:
    if holder.robot and not api.robots_have_grants:
        return 401, {"statusCode": 401, "error": "Unauthorized", "message": "Unauthorized"}
    grant = {"sanity.project": [{"grants": [{"name": "read", "params": {}}]}]}
    return 200, {"organizations": {}, "projects": dict.fromkeys(holder.projects, grant)}


def _projects(holder: Holder) -> tuple[int, Any]:
    if holder.robot:
        return 403, ROBOTS_NOT_ALLOWED
    return 200, [
        {"id": project, "displayName": "Site", "organizationId": "oAbCdEfGh", "members": []}
        for project in holder.projects
    ]


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


def as_ever() -> Reply:
    """Respond like the API."""
    return lambda handler: handler.give(*_answer(handler.api, handler.host, handler.path, handler._token()))


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
