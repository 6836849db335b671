"""Sends the requests of a visit: on its origins, as robots.txt allows, within the limits; and lists them."""

import time
from collections.abc import Callable
from typing import Final

from frontleak.core.diagnostic import incomplete
from frontleak.core.site_request import SiteRequest, shown_url
from frontleak.files.web.addresses import FetchError, WebOrigin, joined, origin_of
from frontleak.files.web.client import Response, SiteClient, elapsed
from frontleak.files.web.limits import Allowance
from frontleak.files.web.notes import VisitNotes
from frontleak.files.web.options import SiteOptions
from frontleak.files.web.reference import Kind, Reference, Why
from frontleak.files.web.robots import Robots, robots_of

REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
MOST_HOPS: Final = 10
"""Redirects in a row that are followed."""
_BUSY: Final = frozenset({429, 503})


class Sender:
    """Sends one request after the other, to each URL at most once."""

    def __init__(
        self,
        options: SiteOptions,
        notes: VisitNotes,
        told: Callable[[SiteRequest], None],
        keep_headers: Callable[[str, bytes], None],
    ) -> None:
        """Send nothing yet.

        Args:
            options: of the visit.
            notes: told of what is not answered.
            told: called with each request when it is over.
            keep_headers: called with the URL and the headers of each answer, whatever its status.
        """
        start = origin_of(options.start)
        assert start is not None, "the start is a whole URL"
        self._options, self._notes, self._told, self._keep_headers = options, notes, told, keep_headers
        self.origins: Final = frozenset((start, *options.also))
        """The only ones that are asked."""
        self.allowance: Final = Allowance(options.limits)
        self.requests: Final[list[SiteRequest]] = []
        """All requests, in order."""
        self.sent: Final[set[str]] = set()
        """URLs that were asked for."""
        self._robots: dict[WebOrigin, Robots | None] = {}
        private: frozenset[str] = frozenset()
        if start.is_private:  # only a start URL with such an address opens the way to one
            private = frozenset(origin.host for origin in self.origins)
        elif options.owned:
            private = frozenset({start.host})
        self._client = SiteClient(self.allowance, private=private)

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    def may_ask(self, reference: Reference) -> bool:
        """Return whether a URL was not asked for, is of the site, and is allowed by robots.txt.

        Raises:
            LimitReachedError: robots.txt cannot be asked for.
        """
        origin = origin_of(reference.url)
        if origin is None or origin not in self.origins or reference.url in self.sent:
            return False
        if not self._options.robots:
            return True
        rules = self._rules_of(origin)
        if rules is None:  # the host does not answer, which was told
            return False
        if rules.allows(reference.url):
            return True
        self._notes.forbid(origin, reference)
        return False

    def _rules_of(self, origin: WebOrigin) -> Robots | None:
        """Return the rules of an origin, which are asked for once; None if it does not answer."""
        if origin not in self._robots:
            url = f"{origin.text}/robots.txt"
            answer = self.send(Reference(url, Kind.DATA, Why.ROBOTS))
            hops: tuple[str, ...] = ()
            while answer is not None and answer.status in REDIRECTS and len(hops) < MOST_HOPS:
                hops = (*hops, url)
                url = joined(url, answer.headers.get("location", ""))
                if origin_of(url) != origin or url in hops:
                    break
                answer = self.send(Reference(url, Kind.DATA, Why.ROBOTS))
            robots = self._robots[origin] = None if answer is None else robots_of(answer.status, answer.body)
            if robots is not None:
                self.allowance.slow_down(robots.delay)
        return self._robots[origin]

    def send(self, reference: Reference) -> Response | None:
        """Send a request, list it and return the answer; None without one.

        Raises:
            LimitReachedError: no further request may be made.
        """
        self.sent.add(reference.url)
        started = time.perf_counter()
        answer, error = None, ""
        try:
            answer = self._client.get(reference.url, dict(reference.headers))
        except FetchError as failed:
            error = str(failed)
        request = SiteRequest(
            url=shown_url(reference.url),
            why=reference.why.value,
            status=answer.status if answer else None,
            size=answer.size if answer else 0,
            error=error or (answer.problem if answer else ""),
            milliseconds=elapsed(started),
        )
        self.requests.append(request)
        self._told(request)
        if answer is not None and answer.fields:
            self._keep_headers(reference.url, answer.fields)
        if error:
            at = self._options.start if reference.why is Why.ROBOTS else reference.url
            self._notes.add(incomplete, at, error)
        if answer is not None and answer.status in _BUSY:
            self.allowance.pause(_seconds(answer.headers.get("retry-after", "")))
        return answer


def _seconds(header: str) -> float:
    """Return the seconds of `Retry-After`; ten if it is a date or missing."""
    return float(header) if header.isdecimal() and len(header) < 8 else 10.0
