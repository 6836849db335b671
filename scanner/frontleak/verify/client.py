"""The only HTTP code: sends a GET request with a secret in the header its verifier names, and reads a bounded answer.

It uses the transport of `requests` without a session, because a session follows redirects, keeps cookies and reads
credentials from `.netrc`. Proxy and CA settings of the environment are honoured; TLS verification is always on. Every
connection goes to an address that was checked just before, and is dropped if the answer is too long or too late.

Imported late: `requests` costs 0.15 s.
"""

import re
import threading
import time
from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final

from requests import Request as Draft
from requests import RequestException, Response, exceptions
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies, select_proxy
from urllib3.exceptions import HTTPError, LocationValueError
from urllib3.exceptions import TimeoutError as TimedOut

from frontleak import __version__
from frontleak.core.ca_bundle import bundle_problem, ca_bundle
from frontleak.core.connections import Bounds, pool_classes, too_long
from frontleak.core.records import dataclass
from frontleak.core.secret import Secret
from frontleak.core.verdict import Call
from frontleak.verify.addresses import public_addresses
from frontleak.verify.interface import (
    TOO_BUSY,
    Answer,
    CallError,
    HostResolver,
    NameNotFoundError,
    Request,
    Verifier,
)
from frontleak.verify.reading import json_body, kept_headers, mask_of, retry_after

_HOST: Final = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}[a-z]{2,24}")
_PATH: Final = re.compile(r"(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+(?:\?[A-Za-z0-9._~=&-]*)?")
_TOKEN: Final = re.compile(rb"[A-Za-z0-9._~+/=-]{8,1024}")
_PER_HOST: Final = 2
_BUSY: Final = (429, 502, 503)
_TUNNEL: Final = re.compile(r"Tunnel connection failed: (\d{3}) ")
"""In an error of `urllib3`: the status with which a proxy refused a tunnel, before text that the proxy sent."""
_NO_SOCKS: Final = (
    "not sent: SOCKS proxies are not supported; set HTTPS_PROXY to an HTTP proxy, or name the host in NO_PROXY"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpLimits:
    """Time and size limits of the client."""

    connect: float = 3.0
    """Seconds for a connection, and again for its TLS handshake."""
    read: float = 5.0
    """Seconds without a byte."""
    total: float = 10.0
    """Seconds for a whole answer."""
    wait: float = 10.0
    """Longest `Retry-After`, in seconds, that gets a second try."""
    size: int = 1024 * 1024
    """Bytes of an answer, including its headers."""


class HttpClient:
    """Sends the requests of one verifier, to its hosts only and at most two at a time per host; thread-safe."""

    def __init__(
        self, verifier: Verifier, resolver: HostResolver | None = None, limits: HttpLimits | None = None
    ) -> None:
        """Create a client; without a resolver, it uses the system's and connects only to public addresses."""
        self._verifier = verifier
        self._resolver = resolver or public_addresses
        self._limits = limits or HttpLimits()
        self._transport = _Transport(self._resolver, self._limits)
        self._lock = threading.Lock()
        self._lanes: dict[str, threading.Semaphore] = defaultdict(lambda: threading.Semaphore(_PER_HOST))
        self._stopped = threading.Event()
        self._resume_at = 0.0

    def stop(self) -> None:
        """Send no further requests, and end all waits."""
        self._stopped.set()

    def get(self, request: Request, secret: Secret) -> Answer:
        """Send a request, retry once if the API is busy, and return the answer.

        Errors of the network and the vendor are not raised; they are in the answer.
        """
        answer = self._get_once(request, secret)
        if answer.status not in _BUSY:
            return answer
        wait = retry_after(answer.headers)
        self._resume_at = max(self._resume_at, time.monotonic() + wait)  # every thread waits: rate limits are shared
        if wait > self._limits.wait:
            return answer
        second = self._get_once(request, secret)
        return Answer(
            status=second.status,
            body=second.body,
            error=second.error,
            headers=second.headers,
            calls=(*answer.calls, *second.calls),
        )

    def _get_once(self, request: Request, secret: Secret) -> Answer:
        mask = mask_of(secret, self._verifier.header)
        with self._lock:
            lane = self._lanes[request.host]
        with lane:
            started = time.perf_counter()
            try:
                self._wait_for_turn()
                started = time.perf_counter()
                status, headers, data = self._send(request, secret)
            except CallError as error:
                return Answer(error=str(error), calls=(_call(request, started, error=str(error)),))
            body, error_text = json_body(data, headers, mask)
            call = _call(request, started, status=status, error=error_text)
        kept = kept_headers(headers, self._verifier.kept_headers, mask)
        return Answer(status=status, body=body, error=error_text, headers=kept, calls=(call,))

    def _wait_for_turn(self) -> None:
        remaining = self._resume_at - time.monotonic()
        if remaining > self._limits.wait:
            raise CallError(TOO_BUSY)
        self._stopped.wait(max(0.0, remaining))

    def _send(self, request: Request, secret: Secret) -> tuple[int, Mapping[str, str], bytes]:
        """Return status, headers and body.

        Raises:
            CallError: there is no complete answer.
        """
        if self._stopped.is_set():
            raise CallError("not sent: the run was stopped")
        if not _HOST.fullmatch(request.host) or not _PATH.fullmatch(request.path):
            raise CallError("not sent: the address is not one this tool builds")
        if not self._verifier.hosts.fullmatch(request.host):
            raise CallError("not sent: the host is not one of the vendor's")
        token = secret.reveal()
        if not _TOKEN.fullmatch(token):
            raise CallError("not sent: the secret contains characters that are not valid in a token")
        proxies = get_environ_proxies(request.url)
        if proxy := select_proxy(request.url, proxies):
            if proxy.lower().startswith("socks"):  # its connections would be neither checked nor bounded
                raise CallError(_NO_SOCKS)
            self._check_target(request.host)
        draft = Draft(
            "GET",
            request.url,
            headers={
                **dict(self._verifier.headers),
                "Accept": "application/json",
                "Accept-Encoding": "identity",  # a compressed answer has no known size
                self._verifier.header.name: self._verifier.header.value(token.decode("ascii")),
                "User-Agent": f"frontleak/{__version__}",
            },
        ).prepare()
        try:
            response = self._transport.send(
                draft,
                stream=True,
                timeout=(self._limits.connect, self._limits.read),
                verify=ca_bundle() or True,
                proxies=proxies,
            )
            return response.status_code, response.headers, self._read(response)
        except (RequestException, HTTPError, OSError, ValueError) as error:
            raise CallError(_described(error, self._limits)) from None  # its text may contain received data

    def _check_target(self, host: str) -> None:
        """Refuse a non-public target behind a proxy too; a name that only the proxy can resolve is accepted."""
        try:
            self._resolver(host)
        except NameNotFoundError:
            return

    def _read(self, response: Response) -> bytes:
        data = bytearray()
        while piece := response.raw.read(
            self._limits.size + 1, decode_content=False
        ):  # the last read detects a truncated body
            data += piece
            if len(data) > self._limits.size:
                raise CallError(too_long(self._limits.size))
        response.raw.release_conn()
        return bytes(data)


def _call(request: Request, started: float, *, status: int | None = None, error: str = "") -> Call:
    milliseconds = round((time.perf_counter() - started) * 1000)
    return Call(
        method="GET", host=request.host, path=request.path, status=status, error=error, milliseconds=milliseconds
    )


def _described(error: Exception, limits: HttpLimits) -> str:
    """Describe an error without its own text."""
    match error:
        case exceptions.SSLError():
            return bundle_problem() or "the certificate of the host is not trusted, or TLS failed"
        case exceptions.ProxyError() if refused := _TUNNEL.search(str(error)):
            return _refused(refused[1])
        case exceptions.ProxyError() | exceptions.InvalidURL() | exceptions.InvalidSchema() | LocationValueError():
            return "the proxy set in the environment does not work"  # the address itself was checked before
        case exceptions.Timeout() | TimedOut():
            return f"no answer within {limits.read:g} s"
        case OSError() if not isinstance(error, RequestException):
            return bundle_problem() or "the certificates to trust cannot be read"
        case _:
            return "the connection broke, or the answer is not valid HTTP"


def _refused(status: str) -> str:
    if status == "407":
        return "the proxy requires authentication; add user and password to the URL of the proxy"
    return f"the proxy refused the connection with status {status}"


# --- connections -----------------------------------------------------------------------------------------------------


class _Transport(HTTPAdapter):
    """Makes checked and bounded connections, over https only."""

    def __init__(self, resolver: HostResolver, limits: HttpLimits) -> None:
        bounds = Bounds(connect=limits.connect, size=limits.size, seconds=lambda: limits.total, error=CallError)
        self._direct = pool_classes(bounds, lambda host, _: resolver(host))["https"]
        self._through_proxy = pool_classes(bounds, None)["https"]
        super().__init__(pool_maxsize=_PER_HOST)

    def init_poolmanager(self, *arguments: Any, **named: Any) -> None:
        super().init_poolmanager(*arguments, **named)
        self.poolmanager.pool_classes_by_scheme = {"https": self._direct}

    def proxy_manager_for(self, proxy: str, **named: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **named)
        manager.pool_classes_by_scheme = {"https": self._through_proxy}
        return manager
