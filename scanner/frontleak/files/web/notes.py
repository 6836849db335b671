"""What a visit could not ask for or did not receive, as diagnostics."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from frontleak.core.diagnostic import Code, Diagnostic, incomplete, note
from frontleak.core.site_request import shown_url
from frontleak.core.url_origin import url_origin
from frontleak.files.web.addresses import WebOrigin
from frontleak.files.web.reference import UNEXPECTED, Reference, Why

_MOST_ORIGINS: Final = 10
"""Other origins that are told."""
_MOST_KEPT: Final = 10_000
"""Other origins, and files of each, that are counted."""
_MOST_TOLD: Final = 100
"""Responses with a problem that are told one by one."""


class VisitNotes:
    """Collects them while the visit goes on."""

    def __init__(self) -> None:
        """Start without any."""
        self._elsewhere: dict[str, set[str]] = {}
        self.left_pages = 0
        """Links that were not followed."""
        self._forbidden: dict[WebOrigin, list[Reference]] = {}
        self._problems: list[Diagnostic] = []
        self._untold = 0

    def add(self, level: Callable[..., Diagnostic], url: str, message: str) -> None:
        """Tell a problem with a URL; `level` is `note` or `incomplete`."""
        if len(self._problems) >= _MOST_TOLD:
            self._untold += 1
        else:
            self._problems.append(level(Code.SITE, url_origin(url, recording=""), message))

    def leave(self, origin: WebOrigin, url: str) -> None:
        """Count a file of another origin."""
        urls = self._elsewhere.setdefault(origin.text, set()) if len(self._elsewhere) < _MOST_KEPT else set()
        if len(urls) < _MOST_KEPT:
            urls.add(url)

    def forbid(self, origin: WebOrigin, reference: Reference) -> None:
        """Count a URL that robots.txt forbids."""
        self._forbidden.setdefault(origin, []).append(reference)

    def diagnostics(self, start: str) -> Iterator[Diagnostic]:
        """Yield all, those about the whole site at its start URL."""
        at = url_origin(start, recording="")
        yield from self._problems
        if self._untold:
            message = f"{self._untold:,} further URLs could not be read (`requests` in the JSON report lists them)"
            yield incomplete(Code.SITE, at, message)
        for origin, references in self._forbidden.items():
            yield _forbidden(origin, references)
        most = sorted(self._elsewhere.items(), key=lambda each: (-len(each[1]), each[0]))
        for text, urls in most[:_MOST_ORIGINS]:
            names = f"names {len(urls):,} file{'' if len(urls) == 1 else 's'} of {shown_url(text)}"
            what = "it" if len(urls) == 1 else "them"
            yield note(Code.SITE, at, f"{names}, not asked for; --also-origin {shown_url(text)} includes {what}")
        if rest := len(most[_MOST_ORIGINS:]):
            yield note(Code.SITE, at, f"names files of {rest:,} more origins, which were not asked for")
        if self.left_pages:
            links = "1 link was" if self.left_pages == 1 else f"{self.left_pages:,} links were"
            yield note(Code.SITE, at, f"{links} not followed to further pages (--pages)")


def _forbidden(origin: WebOrigin, references: Sequence[Reference]) -> Diagnostic:
    matters = any(each.why not in UNEXPECTED and each.why is not Why.PAGE for each in references)
    first = f"{len(references):,} URL{'' if len(references) == 1 else 's'}, such as {shown_url(references[0].url)}"
    message = f"forbids {first}; for a site of your own, add --ignore-robots --i-own-this"
    at = url_origin(f"{origin.text}/robots.txt", recording="")
    return (incomplete if matters else note)(Code.SITE, at, message)
