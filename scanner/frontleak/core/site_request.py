"""A request that `frontleak site` made, as reports list it. Imported only then."""

from dataclasses import fields
from typing import Any

from frontleak.core.records import dataclass
from frontleak.core.secret import printable
from frontleak.core.shown_names import shown_name


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRequest:
    """One request to a deployed site, answered or failed. The method is always GET."""

    url: str
    """What was asked for, without what may be a secret in it."""
    why: str
    """What named it: `start`, `linked`, `guessed`, `page`, `probe`, `robots` or `browser`."""
    status: int | None = None
    """HTTP status, or None without an answer."""
    size: int = 0
    """Bytes of the body as received, before decompression."""
    error: str = ""
    """Why there was no answer, or why it was not read to its end."""
    milliseconds: int = 0
    """Duration of the request, up to the end of the answer."""

    @property
    def line(self) -> str:
        """The request and its outcome in one line."""
        outcome = "; ".join(part for part in (str(self.status or ""), self.error) if part)
        return f"GET {self.url} ({self.why}) {outcome}, {self.size:,} bytes"

    def to_plain(self) -> dict[str, Any]:
        """Return the request as JSON values."""
        return {"method": "GET"} | {field.name: getattr(self, field.name) for field in fields(self)}


def shown_url(url: str) -> str:
    """Return a URL for messages and reports: escaped for terminals, and cut where it may hold a secret."""
    return printable(shown_name(url))
