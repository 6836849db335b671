"""The HTTP code of a visit: one GET request at a time, and an answer that is bounded in size and time.

It uses `urllib3` without what browsers and `requests` add: no cookies, no redirects, no credentials from `.netrc` or
the URL, no retries. TLS is always verified. Every connection goes to an address that was checked just before.

Imported late: it costs 0.15 s.
"""

import os
import re
import time
from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from urllib.request import getproxies, proxy_bypass

import urllib3
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.exceptions import HTTPError, SSLError
from urllib3.exceptions import TimeoutError as TimedOut

from frontleak.core.ca_bundle import bundle_problem, ca_bundle
from frontleak.core.connections import Bounds, SocketAddress, pool_classes
from frontleak.core.version import VERSION
from frontleak.files.web.addresses import FetchError, WebOrigin, addresses, origin_of
from frontleak.files.web.encodings import accepted, decoded
from frontleak.files.web.limits import Allowance

USER_AGENT: Final = f"frontleak/{VERSION} (+https://github.com/frontleak/frontleak)"
_PIECE: Final = 1 << 16
_TRUSTED: Final = re.compile(r"certificate|hostname|CERT", re.IGNORECASE)
_KEPT: Final = 8192
"""Characters of a header that are kept."""


class Response(NamedTuple):
    """An answer, or what arrived of it."""

    status: int
    headers: Mapping[str, str]
    """By their names in lower case."""
    body: bytes
    """Without its content encoding."""
    size: int
    """Bytes of the body as received."""
    problem: str
    """Why it is not whole, as the end of a sentence that begins with its URL; empty if it is."""
    fields: bytes = b""
    """All headers as received, a line each."""

    @property
    def media(self) -> str:
        """Media type in lower case, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class SiteClient:
    """Sends the requests of one visit."""

    def __init__(self, allowance: Allowance, *, private: frozenset[str]) -> None:
        """Connect to nothing yet.

        Args:
            allowance: what is left of the limits.
            private: hosts that may have addresses which are not public.
        """
        self._allowance, self._private = allowance, private
        bounds = Bounds(
            connect=allowance.limits.idle,
            size=allowance.limits.body,
            seconds=lambda: allowance.answer,
            error=FetchError,
        )
        named: dict[str, Any] = {"cert_reqs": "CERT_REQUIRED", "ca_certs": None, "ca_cert_dir": None}
        trusted = ca_bundle() or DEFAULT_CA_BUNDLE_PATH
        named["ca_cert_dir" if os.path.isdir(trusted) else "ca_certs"] = trusted
        self._named, self._bounds = named, bounds
        self._direct = urllib3.PoolManager(num_pools=8, maxsize=1, **named)
        self._direct.pool_classes_by_scheme = dict(pool_classes(bounds, self._addresses))
        self._proxied: dict[str, urllib3.PoolManager] = {}

    def close(self) -> None:
        """Close all connections."""
        for manager in (self._direct, *self._proxied.values()):
            manager.clear()

    def get(self, url: str, headers: Mapping[str, str]) -> Response:
        """Send a request when its turn comes, and return the answer.

        Raises:
            FetchError: there is no answer; the text says why.
            LimitReachedError: no further request may be made.
        """
        origin = origin_of(url)
        assert origin is not None, "only whole URLs of the web are asked for"
        self._allowance.take_turn()
        sent = {
            "Accept": "*/*",
            "Accept-Encoding": accepted(),
            **headers,
            "User-Agent": USER_AGENT,
        }
        timeout = urllib3.Timeout(
            connect=min(self._allowance.limits.idle, self._allowance.answer),
            read=min(self._allowance.limits.idle, self._allowance.answer),
        )
        answer = None
        try:
            answer = self._manager(origin).request(
                "GET", url, headers=sent, timeout=timeout, retries=False, redirect=False, preload_content=False
            )
            return self._read(answer)
        except (HTTPError, OSError, ValueError) as error:
            raise FetchError(_described(error, self._allowance.limits.idle)) from None
        finally:
            if answer is not None:
                answer.close()

    def _manager(self, origin: WebOrigin) -> urllib3.PoolManager:
        """Return the connections for an origin: through the proxy of the environment, except into one's own network."""
        proxy = "" if origin.host in self._private else getproxies().get(origin.scheme, "")
        if not proxy or proxy_bypass(f"{origin.host}:{origin.port}"):
            return self._direct
        if not proxy.lower().startswith(("http://", "https://")):
            raise FetchError(
                "not asked: SOCKS proxies are not supported; set HTTPS_PROXY to an HTTP proxy, or NO_PROXY"
            )
        self._check_target(origin)
        if proxy not in self._proxied:
            manager = urllib3.ProxyManager(proxy, num_pools=8, maxsize=1, **self._named)
            manager.pool_classes_by_scheme = dict(pool_classes(self._bounds, None))
            self._proxied[proxy] = manager
        return self._proxied[proxy]

    def _check_target(self, origin: WebOrigin) -> None:
        """Refuse a target that is not public behind a proxy too; a name that only the proxy resolves is accepted."""
        try:
            self._addresses(origin.host, origin.port)
        except FetchError as error:
            if "resolves to" in str(error):
                raise

    def _addresses(self, host: str, port: int) -> list[SocketAddress]:
        bare = host.strip("[]").lower()
        return list(addresses(bare, port, may_be_private=bare in self._private))

    def _read(self, answer: urllib3.BaseHTTPResponse) -> Response:
        """Read the body as far as it comes."""
        headers = {name.lower(): value[:_KEPT] for name, value in answer.headers.items()}
        lines = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
        fields = lines.encode("latin-1", "replace")  # as `http.client` has decoded them: what is UTF-8 becomes it again
        self._allowance.spend(len(fields))
        most = self._allowance.body
        data, problem = bytearray(), ""
        try:
            while piece := answer.read1(_PIECE, decode_content=False):
                data += piece
                if len(data) > most:
                    del data[most:]
                    problem = f"has more than {most:,} bytes; only the beginning was scanned"
                    break
        except FetchError as error:
            problem = f"was not read to its end: {error}"
        except (HTTPError, OSError, ValueError) as error:
            problem = f"was not read to its end: {_described(error, self._allowance.limits.idle)}"
        self._allowance.spend(len(data))
        body, why = decoded(bytes(data), headers.get("content-encoding", ""), most, self._allowance.spend)
        return Response(answer.status, headers, body, len(data), problem or why, fields)


def headers_without(answer: Response, left_out: frozenset[str]) -> dict[str, str]:
    """Return the headers of an answer without some."""
    return {name: value for name, value in answer.headers.items() if name not in left_out}


def _described(error: Exception, idle: float) -> str:
    """Describe an error without its own text, which may contain received data."""
    match error:
        case SSLError():
            if problem := bundle_problem():
                return problem
            if _TRUSTED.search(str(error)):
                return "its certificate is not valid for this host, or not trusted (REQUESTS_CA_BUNDLE names your own)"
            return "TLS failed"
        case TimedOut() | TimeoutError():
            return f"no answer within {idle:g} s"
        case _:
            return "the connection broke, or the answer is not valid HTTP"


def elapsed(started: float) -> int:
    """Return the milliseconds since a `time.perf_counter()`."""
    return round((time.perf_counter() - started) * 1000)
