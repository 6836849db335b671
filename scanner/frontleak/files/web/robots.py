"""What the robots.txt of an origin allows (RFC 9309).

`protego` reads the file: the parser of Scrapy, which knows wildcards and takes the longest rule. The one in the
standard library takes the first rule and no wildcards, so it allows what a site forbids.
"""

from typing import Final

from protego import Protego

AGENT: Final = "frontleak"
"""The name that a robots.txt may address."""
MOST: Final = 500 * 1024
"""Bytes of a robots.txt that are read; RFC 9309 asks for at least 500 kibibytes."""
_FORBIDDING: Final = range(500, 600)


class Robots:
    """The rules of one origin."""

    def __init__(self, text: str, *, forbids_all: bool = False) -> None:
        """Read the rules."""
        self._rules = Protego.parse("User-agent: *\nDisallow: /" if forbids_all else text)

    def allows(self, url: str) -> bool:
        """Return whether a URL may be asked for."""
        return bool(self._rules.can_fetch(url, AGENT))

    @property
    def delay(self) -> float:
        """Seconds between two requests; 0 if none are asked for."""
        found = self._rules.crawl_delay(AGENT)
        return max(0.0, found) if found else 0.0


def robots_of(status: int, body: bytes) -> Robots:
    """Return the rules that an answer gives.

    A file that does not exist forbids nothing, and one that the server fails to give forbids everything.

    Args:
        status: HTTP status.
        body: of the answer.
    """
    if status in _FORBIDDING:
        return Robots("", forbids_all=True)
    return Robots(body[:MOST].decode("utf-8", "replace") if status == 200 else "")
