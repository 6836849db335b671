"""Origins of what a site sends: the URL of a response, or of what the recording browser sent there."""

import posixpath
from collections.abc import Callable
from typing import Final
from urllib.parse import quote, unquote

from frontleak.core.lazy_regex import LazyTextRegex
from frontleak.core.origins import HASHED_NAME, FileOrigin
from frontleak.core.records import dataclass, replace
from frontleak.core.secret import printable
from frontleak.core.shown_names import shown_name

_HASHED_PART: Final = LazyTextRegex(
    r"(?<=/)(?:(?=[a-f]*[0-9])[0-9a-f]{8,64}|(?=[\w-]*[0-9])(?=[\w-]*[A-Z])[\w-]{21})(?=[/.]|\Z)"
)
"""A folder or the beginning of a name that is new in every build: a hash, or a build id such as nanoid's."""
_ENDINGS: Final = {
    "application/javascript": ".js",
    "application/json": ".json",
    "application/x-javascript": ".js",
    "text/css": ".css",
    "text/html": ".html",
    "text/javascript": ".js",
}
"""Media type -> the end of a file name that says the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UrlOrigin(FileOrigin):
    """A response of a site, or a part of its exchange.

    `path` is the URL without query and fragment. Nothing on disk is looked up under it.
    """

    query: str = ""
    """The query with its question mark; empty if there is none."""
    recording: str = ""
    """Displayed path of the file that holds it: a recording, or a saved response."""
    number: int = 0
    """Number of the record in a recording, from 1; 0 for a file that holds nothing else."""
    at: int | None = None
    """Byte offset of the record in a WARC; None in other recordings."""
    part: str = ""
    """What of the exchange it is, such as `request`; empty for the body of the response."""
    media: str = ""
    """Media type of the response in lower case, without parameters; empty if it is not known."""
    source_map: str = ""
    """What the header `SourceMap` of the response names; empty without one."""

    @property
    def url(self) -> str:
        """The URL without its fragment."""
        return f"{self.path}{self.query}"

    @property
    def display(self) -> str:
        """The URL and the part, escaped for terminals, without what may be a secret in it."""
        return printable(shown_name(self.url)) + (f" ({self.part})" if self.part else "")

    @property
    def uri(self) -> str:
        """The URL, percent-encoded where it is not yet; cut as in `display`."""
        return quote(shown_name(self.url), safe="/:~+@!$&',;=()%?#[]*")

    @property
    def known_as(self) -> str:
        """The path of the URL, for matching file-name globs; with the ending of its media type if it has none."""
        path = unquote(self._path).lstrip("/")
        name = posixpath.basename(path)
        ending = "" if "." in name else _ENDINGS.get(self.media, "")
        return f"{path}{ending if name else f'index{ending}'}" if ending else path

    @property
    def logical_path(self) -> str:
        """The path of the URL with hashes replaced, so that a new build or another host has the same.

        Hashes are replaced in the names of files, and so are folders that are one.
        """
        path = _HASHED_PART.sub("[hash]", printable(shown_name(self._path)))
        folder, slash, name = path.rpartition("/")
        return f"{folder}{slash}{HASHED_NAME.sub('[hash]', name)}" + (f" ({self.part})" if self.part else "")

    def masked(self, mask: Callable[[str], str]) -> FileOrigin:
        """Return the origin with its names masked."""
        path, query, recording = mask(self.path), mask(self.query), mask(self.recording)
        if (path, query, recording) == (self.path, self.query, self.recording):
            return self
        return replace(self, path=path, query=query, recording=recording)

    @property
    def _path(self) -> str:
        _, _, rest = self.path.partition("://")
        return "/" + rest.partition("/")[2]


def whole_text(text: str) -> str:
    """Return a text with lone surrogates replaced by `?`, so that it can be encoded."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def url_origin(
    url: str,
    *,
    recording: str,
    number: int = 0,
    at: int | None = None,
    part: str = "",
    media: str = "",
    source_map: str = "",
) -> UrlOrigin:
    """Return the origin of a URL; its fragment is left out, because no server sees it.

    Lone surrogates, which no text file can hold, become `?`.
    """
    path, mark, query = whole_text(url).partition("#")[0].partition("?")
    return UrlOrigin(
        path=path,
        query=f"{mark}{query}",
        recording=recording,
        number=number,
        at=at,
        part=part,
        media=media,
        source_map=source_map,
    )
