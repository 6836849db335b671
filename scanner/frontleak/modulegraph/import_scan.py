"""Which modules a source names: found by looking for four words in its bytes, without a parser.

More is found than is there (comments, prose that reads like code), because an import that is missed hides everything
behind it, while one too many is seen by whoever parses the file. Vue, Svelte and Astro files are read as they stand.
"""

import functools
import html as entities
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from enum import StrEnum
from operator import itemgetter
from typing import Final, NamedTuple

from frontleak.js.escapes import unescape


class ImportKind(StrEnum):
    """How one module asks for another."""

    STATIC = "static"
    """`import ... from "x"`, `import "x"`, and the script of an HTML page."""
    DYNAMIC = "dynamic"
    """`import("x")`, and `new URL("x", import.meta.url)`, by which a worker is named."""
    REQUIRE = "require"
    """`require("x")`, `import x = require("x")`."""
    EXPORT = "export"
    """`export ... from "x"`."""


class ImportSite(NamedTuple):
    """One module asking for another."""

    specifier: str
    """As code sees it, escapes read; not empty."""
    offset: int
    """Byte at which the string that holds the specifier begins, its quote included."""
    kind: ImportKind
    type_only: bool = False
    """Whether it is seen to ask for types alone, of which nothing is left when the code runs."""


_COMMENT: Final = 4_000
"""Bytes of the longest comment that may stand between a word and its string."""
_STEPS: Final = 20
"""Comments and runs of blanks that may stand there."""
_HEADS: Final = 4
"""Statements that are tried as the one a `from` belongs to: names between its braces may read `import` themselves."""
_SPARE: Final = 1_000_000
"""Bytes that may be read once more for comments, and for clauses, and as many again as the text has."""

# The group that matched last tells what was found: a string in either quotes, a template, or something to step over.
_STRING: Final = rb"""(?:"(?P<a>[^"\\\r\n]*+(?:\\.[^"\\\r\n]*+)*+)"|'(?P<b>[^'\\\r\n]*+(?:\\.[^'\\\r\n]*+)*+)')"""
_TEMPLATE: Final = rb"`(?P<template>(?:[^`\\$\r\n]++|\\.|\$(?!\{))*+)`"
_UNUSUAL: Final = rb"(?P<unusual>(?=[/\x80-\xff]))"
"""Perhaps a comment, or a blank that is not ASCII."""
_CALLED: Final = rb"(?P<call>\(\s*+)?+(?:%b|%b|%b)" % (_STRING, _TEMPLATE, _UNUSUAL)
_FROM: Final = re.compile(rb"from\s*+%b" % _CALLED, re.DOTALL)
_IMPORT: Final = re.compile(rb"import(?:\.(?:defer|source))?+\s*+%b" % _CALLED, re.DOTALL)
_REQUIRE: Final = re.compile(rb"require\s*+(?:\?\.\s*+)?+%b" % _CALLED, re.DOTALL)
_REST: Final = re.compile(rb"\s*+%b" % _CALLED, re.DOTALL)
_URL: Final = re.compile(rb"new\s++URL\s*+\(\s*+%b\s*+,\s*+import\.meta\.url\b" % _STRING, re.DOTALL)

_BLANK: Final = rb"\s++|\xc2\xa0|\xe1\x9a\x80|\xe2\x80[\x80-\x8a\xa8\xa9\xaf]|\xe2\x81\x9f|\xe3\x80\x80|\xef\xbb\xbf"
_BLANKS: Final = re.compile(rb"(?:%b)++" % _BLANK)
_LETTERS: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_$")
_GOES_ON: Final = re.compile(rb"\s*+\+")
"""More of an expression that the string only begins."""
_BEFORE: Final = 200
"""Bytes before a call in which is seen that it stands where a type does."""
_TYPE_CALL: Final = re.compile(rb"\btypeof\s*+\Z|@\w+\s*+\{[^}\r\n]*+\Z")
"""The type of a module, or a type in the braces of a JSDoc tag."""
_TYPE_REQUIRE: Final = re.compile(rb"\bimport\s++type\s++[\w$\x80-\xff]++\s*+=\s*+\Z")

# In names, all bytes that are not ASCII count as letters; a blank among them does no harm.
_PIECES: Final = {
    b"COMMENT": rb"/\*(?:[^*]++|\*(?!/))*+\*/|//[^\r\n]*+",
    b"GAP": rb"(?:%b|/\*(?:[^*]++|\*(?!/))*+\*/|//[^\r\n]*+[\r\n])*+" % _BLANK,
    b"NAME": rb"(?:[\w$\x80-\xff]++|\\u[0-9a-fA-F]{4}|\\u\{[0-9a-fA-F]{1,8}\})++",
    b"TEXT": rb"(?:\"[^\"\r\n]*+\"|'[^'\r\n]*+')",
}
_CLAUSE: Final = re.compile(
    functools.reduce(
        lambda pattern, piece: pattern.replace(*piece),
        _PIECES.items(),
        rb"GAP(?:(?P<type>type|typeof)(?![\w$\x80-\xff])GAP(?=[\w${*\\\x80-\xff])|(?:defer|source)\bGAP(?=[\w$*\\]))?"
        rb"(?P<default>NAMEGAP(?:,GAP)?+)?"
        rb"(?:\*GAP(?:as\bGAP(?:NAME|TEXT)GAP)?+|\{(?P<names>(?:[^{}\"'/\\]++|\\u\{\w++\}|\\|COMMENT|TEXT)*+)\}GAP)?+",
    )
)
"""What stands between the head of a statement and its `from`."""
_HEAD_WORDS: Final = tuple(
    (kind, re.compile(word + rb"(?=\s*+[{*/\\\x80-\xff]|\s++[\w$])(?!\s++(?:as\s++(?!from\b)|%b)\b)" % declared))
    for kind, word, declared in (
        (ImportKind.STATIC, b"import", rb"(?!)"),
        (ImportKind.EXPORT, b"export", rb"(?:async|class|const|declare|function|interface|let|var)"),
    )
)
_OFFSET: Final = itemgetter(1)
_COMMENTS: Final = re.compile(rb"/\*.*?\*/|//[^\r\n]*+", re.DOTALL)

_SCRIPT: Final = re.compile(rb"<script\b(?P<attributes>(?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+)>", re.IGNORECASE)
_SOURCE: Final = re.compile(
    rb"(?<![\w:@.-])src\s*+=\s*+(?P<value>\"(?P<a>[^\"]*+)\"|'(?P<b>[^']*+)'|(?P<c>[^\s\"'<>`]++))", re.IGNORECASE
)
_PLACED: Final = re.compile(r"\.{0,2}/|[a-zA-Z][a-zA-Z0-9+.-]*+:")
"""The beginning of an address that says where it counts from."""


def import_sites(source: bytes) -> tuple[ImportSite, ...]:
    """Return what a source asks for, in order of place; a superset of what a parser finds.

    Only specifiers that are written out count: not those put together, nor what `import.meta.glob` matches.
    """
    text = _SourceText(source)
    found = [*text.froms(), *text.imports(), *text.requires(), *text.urls()]
    return tuple(sorted(found, key=_OFFSET))


def script_sources(html: bytes) -> tuple[ImportSite, ...]:
    """Return the scripts that an HTML page, or the block of a component, names by `src`.

    As in a browser a plain name counts from the page: `main.js` is given as `./main.js`.
    """
    found = []
    for script in _SCRIPT.finditer(html):
        if source := _SOURCE.search(html, *script.span("attributes")):
            text = source["a"] or source["b"] or source["c"] or b""
            address = entities.unescape(text.decode("utf-8", "surrogateescape")).strip()
            if address:
                specifier = address if _PLACED.match(address) else f"./{address}"
                found.append(ImportSite(specifier, source.start("value"), ImportKind.STATIC))
    return tuple(found)


class _SourceText:
    """One text, and how much of it may still be read once more."""

    def __init__(self, text: bytes) -> None:
        self._text = text
        self._spare_comments = self._spare_clauses = len(text) + _SPARE
        self._heads: list[tuple[int, ImportKind]] | None = None

    def froms(self) -> Iterator[ImportSite]:
        for start, string, called in self._strings(_FROM):
            if not called and string.lastgroup != "template" and (statement := self._statement(start)):
                yield from _edge(string, *statement)

    def imports(self) -> Iterator[ImportSite]:
        text = self._text
        for start, string, called in self._strings(_IMPORT):
            before = text[max(0, start - 2) : start]
            if before[-1:] == b"@" or (before[-1:] == b"." and before != b".."):
                continue
            if called and not _GOES_ON.match(text, string.end()):
                type_only = _TYPE_CALL.search(text, max(0, start - _BEFORE), start) is not None
                yield from _edge(string, ImportKind.DYNAMIC, type_only=type_only)
            elif not called and string.lastgroup != "template":
                yield from _edge(string, ImportKind.STATIC)

    def requires(self) -> Iterator[ImportSite]:
        for start, string, called in self._strings(_REQUIRE):
            if called and not _GOES_ON.match(self._text, string.end()):
                type_only = _TYPE_REQUIRE.search(self._text, max(0, start - _BEFORE), start) is not None
                yield from _edge(string, ImportKind.REQUIRE, type_only=type_only)

    def urls(self) -> Iterator[ImportSite]:
        for match in _URL.finditer(self._text) if b"import.meta.url" in self._text else ():
            yield from _edge(match, ImportKind.DYNAMIC)

    def _strings(self, word: "re.Pattern[bytes]") -> Iterator[tuple[int, "re.Match[bytes]", bool]]:
        """Yield where a word stands, the match that ends with its string, and whether a bracket opens before it."""
        text = self._text
        for match in word.finditer(text):
            start = match.start()
            if start and text[start - 1] in _LETTERS:
                continue
            if match.lastgroup != "unusual":
                yield start, match, match.start("call") >= 0
            elif rest := self._rest(match):
                yield start, *rest

    def _rest(self, match: "re.Match[bytes]") -> tuple["re.Match[bytes]", bool] | None:
        called = False
        for _ in range(_STEPS):
            called = called or match.start("call") >= 0
            if match.lastgroup != "unusual":
                return match, called
            rest = _REST.match(self._text, self._over(match.end()))
            if rest is None or rest.end() == match.end():
                break
            match = rest
        return None

    def _over(self, position: int) -> int:
        """Return the offset after the comment or the blanks at a place, the place itself when there are none."""
        text = self._text
        if blanks := _BLANKS.match(text, position):
            return blanks.end()
        end = {b"/*": b"*/", b"//": b"\n"}.get(text[position : position + 2])
        if end is None or self._spare_comments < 0:
            return position
        found = text.find(end, position + 2, position + _COMMENT)
        self._spare_comments -= (found if found >= 0 else position + _COMMENT) - position
        return found + len(end) if found >= 0 else position

    def _statement(self, start: int) -> tuple[ImportKind, bool] | None:
        """Return the kind of the statement whose `from` is at a place, and whether it is about types alone."""
        if self._heads is None:
            self._heads = sorted(self._find_heads())
        below = bisect_left(self._heads, (start,))
        for head, kind in reversed(self._heads[max(0, below - _HEADS) : below]):
            self._spare_clauses -= start - head
            if self._spare_clauses < 0:
                return ImportKind.STATIC, False
            if clause := _CLAUSE.fullmatch(self._text, head, start):
                return kind, clause["type"] is not None or (clause["default"] is None and _only_types(clause["names"]))
        return None

    def _find_heads(self) -> Iterator[tuple[int, ImportKind]]:
        """Yield where the clauses of statements may begin."""
        for kind, word in _HEAD_WORDS:
            for match in word.finditer(self._text):
                before = match.start() - 1
                if before < 0 or (self._text[before] not in _LETTERS and self._text[before] not in b".@"):
                    yield match.end(), kind


def _edge(string: "re.Match[bytes]", kind: ImportKind, type_only: bool = False) -> Iterator[ImportSite]:
    group = string.lastgroup or ""
    if body := string[group]:
        yield ImportSite(unescape(body), string.start(group) - 1, kind, type_only)


def _only_types(names: bytes | None) -> bool:
    """Say whether each of the names between braces is that of a type."""
    if not names or b"type" not in names or b'"' in names or b"'" in names:
        return False
    words = [name.split() for name in _COMMENTS.sub(b" ", names).split(b",") if name.strip()]
    return bool(words) and all(map(_is_type, words))


def _is_type(words: Sequence[bytes]) -> bool:
    """Say whether a name is that of a type: `type` alone is an ordinary name, and so is `type as x`."""
    if words[0] not in (b"type", b"typeof") or len(words) == 1:
        return False
    return words[1] != b"as" or len(words) in (2, 4)
