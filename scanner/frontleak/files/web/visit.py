"""Visits a site: asks for the start page, and for what each response names, once each and within the limits."""

import heapq
import itertools
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

from frontleak.core.diagnostic import Diagnostic, incomplete, note
from frontleak.core.site_request import SiteRequest, shown_url
from frontleak.files.web.addresses import joined, origin_of
from frontleak.files.web.browser_answers import BrowserAnswers
from frontleak.files.web.client import Response
from frontleak.files.web.discover import discovered, is_page
from frontleak.files.web.limits import LimitReachedError
from frontleak.files.web.notes import VisitNotes
from frontleak.files.web.options import SiteOptions
from frontleak.files.web.reference import UNEXPECTED, Kind, Reference, Why
from frontleak.files.web.sender import MOST_HOPS, REDIRECTS, Sender
from frontleak.files.web.site_facts import site_facts
from frontleak.files.web.store import ResponseFolder

if TYPE_CHECKING:
    from frontleak.files.web.browser import SiteBrowser

_OK: Final = range(200, 300)
_MISSING: Final = frozenset({404, 410})
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
        self._options, self._folder = options, folder
        self._notes = VisitNotes()
        self._sender = Sender(options, self._notes, told, folder.add_headers)
        self._browser = BrowserAnswers(browser, self._sender, self._notes, self.take) if browser else None
        self._queue: list[tuple[int, int, _Wanted]] = []
        self._number = itertools.count()
        self._wanted: set[str] = set()
        self._pages = 0

    def run(self) -> Visited:
        """Visit the site until nothing is left to ask for, or a limit is reached."""
        try:
            self._want(Reference(self._options.start, Kind.PAGE, Why.START))
            if self._options.probe:
                self._probe()
            self._follow()
        finally:
            self._sender.close()
            self._folder.close()
        return Visited(tuple(self._sender.requests), tuple(self._notes.diagnostics(self._options.start)))

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
                    browser.open()
                    continue
                wanted, popped = heapq.heappop(self._queue)[-1], 1
                if self._sender.may_ask(wanted.reference):
                    self._ask(wanted)
        except LimitReachedError as reached:
            left = sum(each.reference.url not in self._sender.sent for *_, each in self._queue)
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
        if origin not in self._sender.origins:
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

    def _ask(self, wanted: _Wanted) -> None:
        reference = wanted.reference
        answer = self._sender.send(reference)
        if answer is None:
            return
        if self._browser is not None:
            self._browser.remember(reference.url, answer)
        if answer.status in REDIRECTS and answer.headers.get("location"):
            self._redirect(wanted, answer)
        else:
            self.take(reference, answer)

    def _redirect(self, wanted: _Wanted, answer: Response) -> None:
        """Go on to where an answer points, on the same site only."""
        reference = wanted.reference
        if reference.why in UNEXPECTED:
            return
        target = joined(reference.url, answer.headers["location"])
        hops = (*wanted.hops, reference.url)
        origin = origin_of(target)
        matters = reference.why is not Why.PAGE
        if target in hops or len(hops) > MOST_HOPS:
            circle = "redirects in a circle" if target in hops else f"redirects more than {MOST_HOPS} times"
            self._notes.add(incomplete if matters else note, hops[0], f"{circle}, so nothing of it was scanned")
        elif origin is None:
            self._notes.add(
                incomplete if matters else note, reference.url, "redirects to what is not an http or https address"
            )
        elif origin not in self._sender.origins:
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
            if reference.why is Why.START and answer.status in _OK:
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
