"""Answers the requests of a browser: from what a visit has, or by asking for it under the rules of the visit."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from frontleak.core.diagnostic import incomplete, note
from frontleak.core.errors import FrontleakError
from frontleak.files.web.addresses import joined, origin_of
from frontleak.files.web.client import Response
from frontleak.files.web.limits import LimitReachedError
from frontleak.files.web.notes import VisitNotes
from frontleak.files.web.reference import Kind, Reference, Why
from frontleak.files.web.sender import MOST_HOPS, REDIRECTS, Sender

if TYPE_CHECKING:
    from frontleak.files.web.browser import SiteBrowser


class BrowserAnswers:
    """Opens one page in a browser that has no network of its own."""

    def __init__(
        self,
        browser: "SiteBrowser",
        sender: Sender,
        notes: VisitNotes,
        take: Callable[[Reference, Response], None],
    ) -> None:
        """Open nothing yet; `take` keeps an answer and what it names."""
        self._browser, self._sender, self._notes, self._take = browser, sender, notes, take
        self._answers: dict[str, Response] = {}
        self._ended: Exception | None = None
        """Why the visit is over, although the browser still asks."""

    def remember(self, url: str, answer: Response) -> None:
        """Keep the answer to a URL that the browser will ask for."""
        self._answers[url] = answer

    def open(self) -> None:
        """Open the page that was remembered; nothing without one.

        Raises:
            LimitReachedError: a limit was reached meanwhile.
            InputError: an answer cannot be kept.
        """
        page = next((url for url, each in self._answers.items() if each.status not in REDIRECTS), "")
        if not page:  # it did not arrive, which was told
            return
        problem = self._browser.open(page, self._answer, self._sender.allowance.seconds)
        self._answers.clear()
        if self._ended is not None:
            raise self._ended
        if problem:
            self._notes.add(incomplete, page, f"did not load to its end in the browser: {problem}")
        if blocked := self._browser.blocked:
            what = ", ".join(f"{count:,} {name}" for name, count in sorted(blocked.items()))
            self._notes.add(note, page, f"the browser was kept from {what}")

    def _answer(self, url: str, kind: Kind, headers: Mapping[str, str]) -> Response | None:
        whole = joined(url, url)
        origin = origin_of(whole)
        if origin is not None and origin not in self._sender.origins:
            self._notes.leave(origin, whole)
        try:
            return self._found(Reference(whole, kind, Why.BROWSER, tuple(headers.items())))
        except (LimitReachedError, FrontleakError) as error:  # it would be lost between here and the browser
            self._ended = error
            return None

    def _found(self, reference: Reference) -> Response | None:
        """Return an answer that is there, or ask for it and follow its redirects."""
        hops: list[str] = []
        while reference.url not in self._answers:
            if self._ended or len(hops) > MOST_HOPS or not self._sender.may_ask(reference):
                return None
            answer = self._sender.send(reference)
            if answer is None:
                return None
            hops.append(reference.url)
            if answer.status in REDIRECTS and answer.headers.get("location"):
                reference = reference._replace(url=joined(reference.url, answer.headers["location"]))
            else:
                self._take(reference, answer)
                self._answers[reference.url] = answer
        self._answers.update(dict.fromkeys(hops, self._answers[reference.url]))
        return self._answers[reference.url]
