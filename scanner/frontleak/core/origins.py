"""Origins of bytes: a file, a file in a commit, standard input, or an archive member.

Responses of a site have theirs in `url_origin.py`, which a scan of local files does not import.
"""

import os
from collections.abc import Callable
from typing import Final
from urllib.parse import quote, quote_from_bytes

from frontleak.core.lazy_regex import LazyTextRegex
from frontleak.core.records import dataclass, replace
from frontleak.core.secret import printable

_SHORTEST_CUT: Final = 20
"""Fewest characters of a path that is looked at: `shown_names.SHORTEST`."""
_SHORT_ID: Final = 10
HASHED_NAME: Final = LazyTextRegex(
    r"(?<=[.\-_])(?:[0-9a-f]{6,64}|(?=[A-Za-z0-9_-]*[0-9A-Z])[A-Za-z0-9_-]{8}|[A-Za-z0-9]{9,32}(?<=[0-9A-Z]))(?=\.)"
)
"""A content hash in the name of a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOrigin:
    """A file on disk."""

    path: str
    """Relative to the working directory where possible, with forward slashes."""

    @property
    def display(self) -> str:
        """The path, escaped for terminals, without what may be a secret in it."""
        return _shown(printable(os.fsencode(self.path).decode("utf-8", "backslashreplace")))

    @property
    def uri(self) -> str:
        """The path as a relative or `file:` URI reference, percent-encoded from its bytes; cut as in `display`."""
        shown = _shown(self.path)
        encoded = quote_from_bytes(
            os.fsencode(self.path) if shown == self.path else shown.encode("utf-8", "surrogateescape"),
            safe="/:~+@!$&',;=()" if os.name == "nt" else "/~+@!$&',;=()",
        )
        return f"file://{encoded}" if encoded.startswith("/") else encoded

    @property
    def known_as(self) -> str:
        """The path for matching file-name globs."""
        return self.path

    @property
    def url(self) -> str:
        """The URL of what a site sends; empty for a file."""
        return ""

    def masked(self, mask: Callable[[str], str]) -> "FileOrigin":
        """Return the origin with its names masked."""
        masked = mask(self.path)
        return self if masked == self.path else FileOrigin(path=masked)

    @property
    def logical_path(self) -> str:
        """The path with content hashes replaced: `app.4f3c2a.js` -> `app.[hash].js`."""
        folder, _, name = self.display.rpartition("/")
        return f"{folder}/{HASHED_NAME.sub('[hash]', name)}" if folder else HASHED_NAME.sub("[hash]", name)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitOrigin(FileOrigin):
    """A file as a commit in the history has it.

    `path` is where the work tree has or had it, so patterns, baselines and fingerprints hold as for a file on disk.
    """

    commit: str
    """Full hexadecimal id of the commit that brought these bytes."""
    blob: str
    """Full hexadecimal id of the bytes."""
    inside: str
    """The path from the top of the repository, with forward slashes."""

    @property
    def display(self) -> str:
        """`commit:path`, as `git show` takes it, escaped for terminals."""
        return f"{short_id(self.commit)}:{FileOrigin(path=self.inside).display}"

    @property
    def logical_path(self) -> str:
        """The logical path of the file on disk."""
        return FileOrigin(path=self.path).logical_path


def short_id(commit: str) -> str:
    """Return the beginning of the id of a commit, as reports show it: 10 digits, at any size of the repository."""
    return commit[:_SHORT_ID]


@dataclass(frozen=True, slots=True, kw_only=True)
class StdinOrigin:
    """Standard input."""

    path: str = "<stdin>"
    """Always `<stdin>`."""

    @property
    def url(self) -> str:
        """Empty."""
        return ""

    @property
    def display(self) -> str:
        """`<stdin>`."""
        return self.path

    @property
    def uri(self) -> str:
        """`stdin`, percent-encoded."""
        return quote("stdin")

    @property
    def known_as(self) -> str:
        """Empty: standard input has no file name."""
        return ""

    @property
    def logical_path(self) -> str:
        """`<stdin>`."""
        return self.path


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberOrigin:
    """The content of a compressed file, or a member of an archive."""

    container: FileOrigin | StdinOrigin
    """The file on disk."""
    member: str
    """Path inside it, with `!/` between nested archives; empty for a single compressed file (`app.js.gz`)."""

    @property
    def path(self) -> str:
        """`container!/member`, or the container's path if there is no member."""
        return f"{self.container.path}!/{self.member}" if self.member else self.container.path

    @property
    def url(self) -> str:
        """The URL of the container; empty if it is a file."""
        return self.container.url

    @property
    def display(self) -> str:
        """The path, escaped for terminals."""
        container = self.container
        if isinstance(container, CommitOrigin):
            inside = f"{container.inside}!/{self.member}" if self.member else container.inside
            return f"{short_id(container.commit)}:{FileOrigin(path=inside).display}"
        return FileOrigin(path=self.path).display

    @property
    def uri(self) -> str:
        """The path as a URI reference."""
        return FileOrigin(path=self.path).uri

    @property
    def known_as(self) -> str:
        """The path inside the innermost archive, or the compressed file's path without its extension."""
        return self.member.rpartition("!/")[2] or os.path.splitext(self.container.path)[0]

    @property
    def logical_path(self) -> str:
        """The path with content hashes replaced; `app.js.gz` has the logical path of `app.js`."""
        if self.container.url:
            outer = self.container.logical_path
            return f"{outer}!/{self.member}" if self.member else os.path.splitext(outer)[0]
        if self.member:
            return FileOrigin(path=self.path).logical_path
        return FileOrigin(path=os.path.splitext(self.container.path)[0]).logical_path


def _shown(path: str) -> str:
    if len(path) < _SHORTEST_CUT:
        return path
    from frontleak.core.shown_names import shown_name  # noqa: PLC0415 - a scan without findings shows no path

    return shown_name(path)


Origin = FileOrigin | StdinOrigin | MemberOrigin


def relocated(origin: Origin, relative: Callable[[str], str]) -> Origin:
    """Return an origin with another path for its file; `relative` returns an empty path for a folder itself."""
    if origin.url:
        return origin
    match origin:
        case FileOrigin():
            return FileOrigin(path=relative(origin.path) or ".")
        case MemberOrigin(container=FileOrigin() as container):
            return replace(origin, container=FileOrigin(path=relative(container.path) or "."))
        case _:
            return origin
