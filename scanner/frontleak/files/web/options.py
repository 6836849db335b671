"""What a visit is asked to do."""

from collections.abc import Sequence

from frontleak.core.records import dataclass
from frontleak.files.web.addresses import WebOrigin
from frontleak.files.web.limits import SiteLimits


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
