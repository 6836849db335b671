"""Visits a site: asks for the start page, and for what each response names, once each and within the limits."""

import heapq
import itertools
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from frontleak.core.diagnostic import Code, Diagnostic, incomplete, note
from frontleak.core.records import dataclass
from frontleak.core.site_request import SiteRequest, shown_url
from frontleak.core.url_origin import url_origin
from frontleak.files.web.addresses import FetchError, WebOrigin, joined, origin_of
from frontleak.files.web.client import Response, SiteClient, elapsed
from frontleak.files.web.discover import discovered, is_page
from frontleak.files.web.limits import Allowance, LimitReachedError, SiteLimits
from frontleak.files.web.reference import Kind, Reference, Why
from frontleak.files.web.robots import Robots, robots_of
from frontleak.files.web.site_facts import site_facts
from frontleak.files.web.store import ResponseFolder

_OK: Final = range(200, 300)
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_MISSING: Final = frozenset({404, 410})
_BUSY: Final = frozenset({429, 503})
_MOST_HOPS: Final = 10
_MOST_WAITING: Final = 100_000
"""URLs that may wait for their turn; a site that names more is endless."""
_MOST_ORIGINS: Final = 10
"""Other origins that are told."""
_MOST_TOLD: Final = 100
"""Responses with a problem that are told one by one."""
_BINARY: Final = ("image/", "font/", "audio/", "video/")
_FIRST: Final = {Why.START: 0, Why.BROWSER: 0, Why.LINKED: 1, Why.GUESSED: 2, Why.PROBE: 3, Why.PAGE: 4}
"""What is asked for first: all that one page needs comes before the next page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteOptions:
    """What to visit and how."""

    start: str
    """URL of the first page."""
    also: Sequence[WebOrigin] = ()
    """Origins besides that of the start."""
    limits: SiteLimits
    robots: bool = True
    """Whether robots.txt is honoured."""
    probe: bool = False
    """Whether to ask for files that belong on no site."""
    owned: bool = False
    """Whether the user has said that the site is theirs: its host may then have private addresses."""


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
        self, options: SiteOptions, folder: ResponseFolder, told: Callable[[SiteRequest], None] = lambda _: None
    ) -> None:
        """Ask for nothing yet; `told` is called with each request when it is over."""
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
        self._asked: set[str] = set()
        self._pages = 0
        self._left_pages = 0
        self._elsewhere: Counter[str] = Counter()
        self._forbidden: dict[WebOrigin, list[Reference]] = {}
        self._requests: list[SiteRequest] = []
        self._problems: list[Diagnostic] = []
        self._untold = 0

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
        return Visited(tuple(self._requests), tuple(self._diagnostics()))

    def _probe(self) -> None:
        for name in site_facts().probes:
            self._want(Reference(joined(self._options.start, f"/{name}"), Kind.DATA, Why.PROBE))

    def _follow(self) -> None:
        """Ask for what waits, in its order."""
        while self._queue:
            *_, wanted = heapq.heappop(self._queue)
            try:
                if self._may_ask(wanted.reference):
                    self._ask(wanted)
            except LimitReachedError as reached:
                self._stop(str(reached), len(self._queue) + 1)
                return

    def _stop(self, why: str, left: int) -> None:
        rest = f"{left:,} URL was" if left == 1 else f"{left:,} URLs were"
        self._note(incomplete, self._options.start, f"{why}; {rest} not asked for")
        self._queue.clear()

    def _want(self, reference: Reference, hops: tuple[str, ...] = ()) -> None:
        """Let a URL wait for its turn, unless it was asked for, or is of another site."""
        if reference.url in self._asked:
            return
        origin = origin_of(reference.url)
        if origin not in self._origins:
            if origin is not None and reference.why is Why.LINKED:
                self._elsewhere[origin.text] += 1
            return
        if reference.why is Why.PAGE:
            if self._pages >= self._options.limits.pages:
                self._left_pages += 1
                return
            self._pages += 1
        if len(self._queue) >= _MOST_WAITING:
            return
        self._asked.add(reference.url)
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
        self._forbidden.setdefault(origin, []).append(reference)
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
                self._asked.add(url)
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
        self._asked.add(reference.url)
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
            self._note(incomplete, at, error)
        if answer is not None and answer.status in _BUSY:
            self.allowance.pause(_seconds(answer.headers.get("retry-after", "")))
        return answer

    def _ask(self, wanted: _Wanted) -> Response | None:
        reference = wanted.reference
        answer = self._send(reference)
        if answer is None:
            return None
        if answer.status in _REDIRECTS and answer.headers.get("location"):
            self._redirect(wanted, answer)
            return None
        self.take(reference, answer)
        return answer

    def _redirect(self, wanted: _Wanted, answer: Response) -> None:
        """Go on to where an answer points, on the same site only."""
        reference = wanted.reference
        if reference.why in {Why.GUESSED, Why.PROBE}:
            return
        target = joined(reference.url, answer.headers["location"])
        hops = (*wanted.hops, reference.url)
        origin = origin_of(target)
        matters = reference.why is not Why.PAGE
        if target in hops or len(hops) > _MOST_HOPS:
            circle = "redirects in a circle" if target in hops else f"redirects more than {_MOST_HOPS} times"
            self._note(incomplete if matters else note, hops[0], f"{circle}, so nothing of it was scanned")
        elif origin is None:
            self._note(incomplete if matters else note, reference.url, "redirects to no address of the web")
        elif origin not in self._origins:
            shown = shown_url(origin.text)
            advice = f"start there, or add --also-origin {shown}"
            if matters:
                self._note(incomplete, reference.url, f"redirects to {shown}, which is another origin: {advice}")
        else:
            self._want(
                reference._replace(url=target, why=Why.LINKED if reference.why is Why.PAGE else reference.why), hops
            )

    def take(self, reference: Reference, answer: Response) -> None:
        """Keep an answer, and let what it names wait."""
        text = "" if answer.media.startswith(_BINARY) else answer.body.decode("utf-8", "replace")
        page = is_page(answer.media, text)
        is_guess = reference.why in {Why.GUESSED, Why.PROBE}
        if answer.status not in _OK:
            self._refused(reference, answer.status)
            if not (reference.why is Why.START and page):
                return
        elif is_guess and (page or not text):
            return  # a site with one page answers with it to everything
        if answer.problem:
            self._note(incomplete, reference.url, answer.problem)
        if answer.media.startswith(_BINARY) or not answer.body:
            return
        header = answer.headers.get("sourcemap", "") or answer.headers.get("x-sourcemap", "")
        self._folder.add(reference.url, "text/html" if page else answer.media, answer.body, header)
        if reference.why is not Why.PROBE:
            for found in discovered(text, reference.url, answer.media, reference.kind, list(answer.headers.items())):
                self._want(found)

    def _refused(self, reference: Reference, status: int) -> None:
        """Tell of an answer that is none, unless nobody expected one."""
        if reference.why in {Why.GUESSED, Why.PROBE, Why.BROWSER} or (reference.why is Why.PAGE and status in _MISSING):
            return
        level = note if status in _MISSING and reference.why is not Why.START else incomplete
        self._note(level, reference.url, f"answered with status {status}")

    # --- what was left out -------------------------------------------------------------------------------------------

    def _note(self, level: Callable[..., Diagnostic], url: str, message: str) -> None:
        if len(self._problems) >= _MOST_TOLD:
            self._untold += 1
            return
        self._problems.append(level(Code.SITE, url_origin(url, recording=""), message))

    def _diagnostics(self) -> Iterator[Diagnostic]:
        start = url_origin(self._options.start, recording="")
        yield from self._problems
        if self._untold:
            yield incomplete(
                Code.SITE, start, f"{self._untold:,} further URLs could not be read (`requests` lists them)"
            )
        for origin, references in self._forbidden.items():
            yield self._told_forbidden(origin, references)
        for text, count in self._elsewhere.most_common(_MOST_ORIGINS):
            names = f"names {count:,} file{'' if count == 1 else 's'} of {shown_url(text)}"
            yield note(Code.SITE, start, f"{names}, not asked for; --also-origin {shown_url(text)} includes them")
        if len(self._elsewhere) > _MOST_ORIGINS:
            rest = len(self._elsewhere) - _MOST_ORIGINS
            yield note(Code.SITE, start, f"names files of {rest:,} more origins, which were not asked for")
        if self._left_pages:
            number = f"{self._left_pages:,} link{'' if self._left_pages == 1 else 's'}"
            yield note(Code.SITE, start, f"{number} to further pages were not followed (--pages)")

    def _told_forbidden(self, origin: WebOrigin, references: Sequence[Reference]) -> Diagnostic:
        matters = any(each.why not in {Why.GUESSED, Why.PROBE, Why.PAGE} for each in references)
        first = f"{len(references):,} URL{'' if len(references) == 1 else 's'}, such as {shown_url(references[0].url)}"
        message = f"forbids {first}; for a site of your own, add --ignore-robots --i-own-this"
        at = url_origin(f"{origin.text}/robots.txt", recording="")
        return (incomplete if matters else note)(Code.SITE, at, message)


def _seconds(header: str) -> float:
    """Return the seconds of `Retry-After`; ten if it is a date or missing."""
    return float(header) if header.isdecimal() and len(header) < 8 else 10.0


def headers_of(answer: Response, left_out: frozenset[str]) -> Mapping[str, str]:
    """Return the headers of an answer without some."""
    return {name: value for name, value in answer.headers.items() if name not in left_out}
