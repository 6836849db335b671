"""The documents that are open in the editor: their texts, as the editor has them."""

import functools
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote_to_bytes, urlsplit

from frontleak.cli.lsp.positions import Positions
from frontleak.core.paths import slashes
from frontleak.core.records import dataclass, field

if TYPE_CHECKING:
    from frontleak.cli.lsp.shown import Shown

_UNTITLED: Final = "untitled"
_ENDINGS: Final = {
    "javascript": "js",
    "javascriptreact": "jsx",
    "typescript": "ts",
    "typescriptreact": "tsx",
    "dotenv": "env",
    "properties": "env",
    "python": "py",
    "markdown": "md",
    "shellscript": "sh",
}
"""Language of an untitled document -> the ending of its name; other languages have their own name for it."""


@dataclass(slots=True, eq=False, kw_only=True)
class Document:
    """One open document."""

    uri: str
    path: str
    """Absolute, with forward slashes; of an untitled document, only a name. Empty for what is no file."""
    text: str = field(repr=False)
    version: int | None
    """As the editor counts; None for a file that is not open."""
    revision: int = 0
    """Counts the changes since it was opened, and scans that are overtaken by newer ones."""
    encoding: str = "utf-16"
    shown: "tuple[Shown, ...]" = ()
    """What the editor was told last, in order of place."""
    count: int = 0
    """Findings in it, of which as many are shown as an editor can bear."""
    secrets: "tuple[Shown, ...]" = ()
    """Findings in the text itself."""
    secrets_text: str = field(default="", repr=False)
    """The text that `secrets` are of."""
    misuse: "tuple[Shown, ...]" = ()
    """Findings of the scan of the project."""
    misuse_text: str | None = field(default=None, repr=False)
    """The text that `misuse` is of; None before the first scan."""
    _positions: "tuple[str, Positions] | None" = field(default=None, repr=False)

    @property
    def is_untitled(self) -> bool:
        """Whether it has no place on disk."""
        return not self.path.startswith("/") and not (os.name == "nt" and self.path[1:3] == ":/")

    @property
    def positions(self) -> Positions:
        """The positions of the text."""
        text = self.text
        if self._positions is None or self._positions[0] is not text:
            self._positions = (text, Positions(text, self.encoding))
        return self._positions[1]

    def snapshot(self) -> "Document":
        """Return the document as it is now, for another thread: the editor goes on changing this one."""
        return Document(uri=self.uri, path=self.path, text=self.text, version=self.version, encoding=self.encoding)

    def replace(self, text: str, start: tuple[int, int] | None = None, end: tuple[int, int] | None = None) -> None:
        """Replace the text, or what is between two positions of it (line, column)."""
        if start is not None and end is not None:
            first, last = sorted((self.positions.index(*start), self.positions.index(*end)))
            text = f"{self.text[:first]}{text}{self.text[last:]}"
        self.text = text


class Documents:
    """The open documents, by URI."""

    def __init__(self) -> None:
        """Begin with none."""
        self._open: dict[str, Document] = {}

    def __iter__(self) -> Iterator[Document]:
        return iter(tuple(self._open.values()))

    def get(self, uri: str) -> Document | None:
        """Return an open document."""
        return self._open.get(uri)

    def open(self, uri: str, language: str, version: int, text: str, encoding: str) -> Document:
        """Add a document, or replace it."""
        self.close(uri)
        path = path_of(uri, language)
        self._open[uri] = Document(uri=uri, path=path, text=text, version=version, encoding=encoding)
        return self._open[uri]

    def close(self, uri: str) -> Document | None:
        """Remove a document, and return it."""
        closed = self._open.pop(uri, None)
        if closed is not None:
            closed.revision += 1
        return closed

    def at(self, path: str) -> Document | None:
        """Return the open document of a file."""
        return next((each for each in self if each.path == path), None)

    def taken_at(self, path: str) -> Document | None:
        """Return the open document of a file as it is now, for another thread."""
        found = self.at(path)
        return None if found is None else found.snapshot()


def path_of(uri: str, language: str = "") -> str:
    """Return the path of a document; empty where the editor shows something else than a file, such as a comparison."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return ""
    if parts.scheme == _UNTITLED:
        name = unquote_to_bytes(parts.path).decode("utf-8", "replace").rpartition("/")[2].replace("\0", "") or _UNTITLED
        ending = _ENDINGS.get(language, language)
        is_plain = bool(ending) and ending.isalnum()
        return f"{name}.{ending}" if is_plain and "." not in name else name
    if parts.scheme != "file":
        return ""
    path = os.fsdecode(unquote_to_bytes(parts.path))
    if "\0" in path or not path.startswith("/"):
        return ""
    if os.name == "nt":
        path = f"//{parts.netloc}{path}" if parts.netloc else path.lstrip("/")
    elif parts.netloc not in {"", "localhost"}:
        return ""
    return slashes(os.path.normpath(path))


@functools.lru_cache(1024)
def uri_of(path: str) -> str:
    """Return the URI of an absolute path."""
    from pathlib import Path  # noqa: PLC0415 - only for what an editor shows

    return Path(path).as_uri()
