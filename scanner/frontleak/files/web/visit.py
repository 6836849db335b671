"""Visits a site: asks for the start page, and for what each response names, once each and within the limits."""

import heapq
import itertools
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from frontleak.core.diagnostic import Diagnostic, incomplete, note
from frontleak.core.site_request import SiteRequest, shown_url
from frontleak.files.web.addresses import FetchError, WebOrigin, joined, origin_of
from frontleak.files.web.client import Response, SiteClient, elapsed
from frontleak.files.web.discover import discovered, is_page
from frontleak.files.web.limits import Allowance, LimitReachedError
from frontleak.files.web.notes import VisitNotes
from frontleak.files.web.options import SiteOptions
from frontleak.files.web.reference import UNEXPECTED, Kind, Reference, Why
from frontleak.files.web.robots import Robots, robots_of
from frontleak.files.web.site_facts import site_facts
from frontleak.files.web.store import ResponseFolder

if TYPE_CHECKING:
    from frontleak.files.web.browser import SiteBrowser

_OK: Final = range(200, 300)
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_MISSING: Final = frozenset({404, 410})
_BUSY: Final = frozenset({429, 503})
_MOST_HOPS: Final = 10
_MOST_WAITING: Final = 100_000
"""URLs that may wait for their turn; a site that names more is endless."""
_BINARY: Final = ("image/", "font/", "audio/", "video/")
_FIRST: Final = {Why.START: 0, Why.BROWSER: 0, Why.LINKED: 1, Why.GUESSED: 2, Why.PROBE: 3, Why.PAGE: 4}
"""What is asked for first: all that one page needs comes before the next page."""


class Visited(NamedTuple):
    """What a visit gave besides the responses."""

    requests: tuple[SiteRequest, ...]
    diagnostics: tuple[Diagnostic, ...]


class _Wanted(NamedTuple):
    """A URL that waits for its turn."""

    reference: Reference
    hops: tuple[str, ...] = ()
    """URLs that redirected to it, in order."""


class Visit:
    """One visit. What it has asked for, it asks for no second time."""

    def __init__(
        self,
        options: SiteOptions,
        folder: ResponseFolder,
        told: Callable[[SiteRequest], None] = lambda _: None,
        browser: "SiteBrowser | None" = None,
    ) -> None:
        """Ask for nothing yet.

        Args:
            options: what to visit.
            folder: keeps the responses.
            told: called with each request when it is over.
            browser: opens the start page, if there is one.
        """
        self._browser = browser
        self._answers: dict[str, Response] = {}
        """What the browser may ask for again, by URL."""
        self._reached = ""
        """Which limit was reached while the browser was open."""
        start = origin_of(options.start)
        assert start is not None, "the start is a whole URL"
        self._options, self._folder, self._told = options, folder, told
        self._start = start
        self._origins = frozenset((start, *options.also))
        self.allowance = Allowance(options.limits)
        self._client = SiteClient(self.allowance, private=self._private())
        self._robots: dict[WebOrigin, Robots | None] = {}
        self._queue: list[tuple[int, int, _Wanted]] = []
        self._number = itertools.count()
        self._wanted: set[str] = set()
        self._sent: set[str] = set()
        self._pages = 0
        self._notes = VisitNotes()
        self._requests: list[SiteRequest] = []

    def _private(self) -> frozenset[str]:
        """Return the hosts that may have private addresses: none, unless the start URL names such an address."""
        if self._start.is_private:
            return frozenset(origin.host for origin in self._origins)
        return frozenset({self._start.host}) if self._options.owned else frozenset()

    def run(self) -> Visited:
        """Visit the site until nothing is left to ask for, or a limit is reached."""
        try:
            self._want(Reference(self._options.start, Kind.PAGE, Why.START))
            if self._options.probe:
                self._probe()
            self._follow()
        finally:
            self._client.close()
            self._folder.close()
        return Visited(tuple(self._requests), tuple(self._notes.diagnostics(self._options.start)))

    def _probe(self) -> None:
        for name in site_facts().probes:
            self._want(Reference(joined(self._options.start, f"/{name}"), Kind.DATA, Why.PROBE))

    def _follow(self) -> None:
        """Ask for what waits, in its order; once the start page has arrived, open it in the browser."""
        popped = 0
        try:
            while self._queue or self._browser is not None:
                popped = 0
                if self._browser is not None and not (self._queue and self._queue[0][0] == _FIRST[Why.START]):
                    browser, self._browser = self._browser, None
                    self._browse(browser)
                    continue
                wanted, popped = heapq.heappop(self._queue)[-1], 1
                if wanted.reference.url not in self._sent and self._may_ask(wanted.reference):
                    self._ask(wanted)
        except LimitReachedError as reached:
            left = sum(each.reference.url not in self._sent for *_, each in self._queue)
            self._stop(str(reached), left + popped)

    def _stop(self, why: str, left: int) -> None:
        rest = f"{left:,} URL was" if left == 1 else f"{left:,} URLs were"
        self._notes.add(incomplete, self._options.start, f"{why}; {rest} not asked for")
        self._queue.clear()

    def _want(self, reference: Reference, hops: tuple[str, ...] = ()) -> None:
        """Let a URL wait for its turn, unless it was asked for, or is of another site."""
        if reference.url in self._wanted:
            return
        origin = origin_of(reference.url)
        if origin not in self._origins:
            if origin is not None and reference.why is Why.LINKED:
                self._notes.leave(origin, reference.url)
            return
        if reference.why is Why.PAGE:
            if self._pages >= self._options.limits.pages:
                self._notes.left_pages += 1
                return
            self._pages += 1
        if len(self._queue) >= _MOST_WAITING:
            return
        self._wanted.add(reference.url)
        heapq.heappush(self._queue, (_FIRST[reference.why], next(self._number), _Wanted(reference, hops)))

    # --- one request -------------------------------------------------------------------------------------------------

    def _may_ask(self, reference: Reference) -> bool:
        """Return whether robots.txt allows a URL."""
        origin = origin_of(reference.url)
        if not self._options.robots or origin is None:
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
            answer = self._send(Reference(url, Kind.DATA, Why.ROBOTS))
            hops: tuple[str, ...] = ()
            while answer is not None and answer.status in _REDIRECTS and len(hops) < _MOST_HOPS:
                hops = (*hops, url)
                url = joined(url, answer.headers.get("location", ""))
                if origin_of(url) != origin or url in hops:
                    break
                answer = self._send(Reference(url, Kind.DATA, Why.ROBOTS))
            robots = self._robots[origin] = None if answer is None else robots_of(answer.status, answer.body)
            if robots is not None:
                self.allowance.slow_down(robots.delay)
        return self._robots[origin]

    def _send(self, reference: Reference) -> Response | None:
        """Send a request, list it and return the answer; None without one.

        Raises:
            LimitReachedError: no further request may be made.
        """
        self._wanted.add(reference.url)
        self._sent.add(reference.url)
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
        self._requests.append(request)
        self._told(request)
        if error:
            at = self._options.start if reference.why is Why.ROBOTS else reference.url
            self._notes.add(incomplete, at, error)
        if answer is not None and answer.status in _BUSY:
            self.allowance.pause(_seconds(answer.headers.get("retry-after", "")))
        return answer

    def _ask(self, wanted: _Wanted) -> Response | None:
        reference = wanted.reference
        answer = self._send(reference)
        if answer is None:
            return None
        if self._browser is not None:
            self._answers[reference.url] = answer
        if answer.status in _REDIRECTS and answer.headers.get("location"):
            self._redirect(wanted, answer)
            return None
        self.take(reference, answer)
        return answer

    def _redirect(self, wanted: _Wanted, answer: Response) -> None:
        """Go on to where an answer points, on the same site only."""
        reference = wanted.reference
        if reference.why in UNEXPECTED:
            return
        target = joined(reference.url, answer.headers["location"])
        hops = (*wanted.hops, reference.url)
        origin = origin_of(target)
        matters = reference.why is not Why.PAGE
        if target in hops or len(hops) > _MOST_HOPS:
            circle = "redirects in a circle" if target in hops else f"redirects more than {_MOST_HOPS} times"
            self._notes.add(incomplete if matters else note, hops[0], f"{circle}, so nothing of it was scanned")
        elif origin is None:
            self._notes.add(incomplete if matters else note, reference.url, "redirects to no address of the web")
        elif origin not in self._origins:
            shown = shown_url(origin.text)
            advice = f"start there, or add --also-origin {shown}"
            if matters:
                self._notes.add(incomplete, reference.url, f"redirects to {shown}, which is another origin: {advice}")
        else:
            self._want(
                reference._replace(url=target, why=Why.LINKED if reference.why is Why.PAGE else reference.why), hops
            )

    def take(self, reference: Reference, answer: Response) -> None:
        """Keep an answer, and let what it names wait."""
        text = "" if answer.media.startswith(_BINARY) else answer.body.decode("utf-8", "replace")
        page = is_page(answer.media, text)
        is_guess = reference.why in UNEXPECTED or reference.kind is Kind.MAP
        if answer.status not in _OK:
            self._refused(reference, answer.status)
            if not (reference.why is Why.START and page):
                return
        elif is_guess and (page or not text):
            return  # a site with one page answers with it to everything
        if answer.problem:
            self._notes.add(incomplete, reference.url, answer.problem)
        if answer.media.startswith(_BINARY) or not answer.body:
            if reference.why is Why.START:
                what = f"is {answer.media[:60]}" if answer.body else "is empty"
                self._notes.add(incomplete, reference.url, f"{what}, so there is nothing to scan")
            return
        header = answer.headers.get("sourcemap", "") or answer.headers.get("x-sourcemap", "")
        self._folder.add(reference.url, "text/html" if page else answer.media, answer.body, header)
        if reference.why is not Why.PROBE:
            for found in discovered(text, reference.url, answer.media, reference.kind, list(answer.headers.items())):
                self._want(found)

    def _refused(self, reference: Reference, status: int) -> None:
        """Tell of an answer that is none, unless nobody expected one: a good site serves no source map."""
        is_told = reference.why not in UNEXPECTED | {Why.BROWSER} and reference.kind is not Kind.MAP
        if not is_told or (reference.why is Why.PAGE and status in _MISSING):
            return
        level = note if status in _MISSING and reference.why is not Why.START else incomplete
        self._notes.add(level, reference.url, f"answered with status {status}")

    # --- the browser -------------------------------------------------------------------------------------------------

    def _browse(self, browser: "SiteBrowser") -> None:
        """Open the start page in a browser, whose requests are answered here.

        Raises:
            LimitReachedError: a limit was reached meanwhile.
        """
        page = next((url for url, each in self._answers.items() if each.status not in _REDIRECTS), "")
        if not page:  # it did not arrive, which was told
            return
        problem = browser.open(page, self._answer_browser, self.allowance.seconds)
        self._answers.clear()
        if self._reached:
            raise LimitReachedError(self._reached)
        if problem:
            self._notes.add(incomplete, page, f"did not come to rest in the browser: {problem}")
        if browser.blocked:
            what = ", ".join(f"{count:,} {name}" for name, count in sorted(browser.blocked.items()))
            self._notes.add(note, page, f"the browser was kept from {what}")

    def _answer_browser(self, url: str, kind: Kind, headers: Mapping[str, str]) -> Response | None:
        """Return the answer to a request of the browser; what was asked for before is not asked for again."""
        whole = joined(url, url)
        origin = origin_of(whole)
        if origin is not None and origin not in self._origins:
            self._notes.leave(origin, whole)
        try:
            return self._answered(Reference(whole, kind, Why.BROWSER, tuple(headers.items())))
        except LimitReachedError as reached:
            self._reached = str(reached)
            return None

    def _answered(self, reference: Reference) -> Response | None:
        hops: list[str] = []
        while reference.url not in self._answers:
            is_own = origin_of(reference.url) in self._origins and reference.url not in self._sent
            answer = self._send(reference) if is_own and not self._reached and self._may_ask(reference) else None
            if answer is None or len(hops) > _MOST_HOPS:
                return None
            hops.append(reference.url)
            if answer.status in _REDIRECTS and answer.headers.get("location"):
                reference = reference._replace(url=joined(reference.url, answer.headers["location"]))
            else:
                self.take(reference, answer)
                self._answers[reference.url] = answer
        self._answers.update(dict.fromkeys(hops, self._answers[reference.url]))
        return self._answers[reference.url]


def _seconds(header: str) -> float:
    """Return the seconds of `Retry-After`; ten if it is a date or missing."""
    return float(header) if header.isdecimal() and len(header) < 8 else 10.0
