"""Scan source bytes for imports by four keywords, without a parser.

The scan over-reports (comments, prose that looks like code): a missed import hides every module behind it, while a
spurious one is dropped when the file is parsed. Vue, Svelte and Astro files are scanned raw.
"""

import functools
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from enum import StrEnum
from operator import itemgetter
from typing import Final, NamedTuple

from frontleak.core.lazy_regex import LazyRegex, LazyTextRegex
from frontleak.js.escapes import unescape

LEFT_OUT: Final = " !"
"""Stands before a pattern for files that a glob import leaves out."""


class ImportKind(StrEnum):
    """The syntax of an import."""

    STATIC = "static"
    """`import ... from "x"`, `import "x"`, and the script of an HTML page."""
    DYNAMIC = "dynamic"
    """`import("x")`, and `new URL("x", import.meta.url)`, as used for workers."""
    REQUIRE = "require"
    """`require("x")`, `import x = require("x")`."""
    EXPORT = "export"
    """`export ... from "x"`."""
    GLOB = "glob"
    """`import.meta.glob("x")` and `require.context("x")`; the specifier is a pattern for the paths of several files.

    Patterns for what it leaves out follow, each after `LEFT_OUT`.
    """


class ImportSite(NamedTuple):
    """One import in a module."""

    specifier: str
    """The specifier with escapes decoded; not empty."""
    offset: int
    """Byte offset of the opening quote of the specifier."""
    kind: ImportKind
    type_only: bool = False
    """Whether it visibly imports only types, which are erased at build time."""


_COMMENT: Final = 4_000
"""Bytes of the longest comment between a keyword and its string."""
_STEPS: Final = 20
"""Comments and runs of blanks between a keyword and its string."""
_MOST_STATEMENTS: Final = 4
"""Candidate statements per `from`; the names in its braces may contain `import` too."""
_SPARE: Final = 1_000_000
"""Budget for rereading comments, and for clauses: this many bytes plus the size of the text."""

# The last matching group identifies the match: a string in either quotes, a template, or something to skip.
_STRING: Final = rb"""(?:"(?P<a>[^"\\\r\n]*+(?:\\.[^"\\\r\n]*+)*+)"|'(?P<b>[^'\\\r\n]*+(?:\\.[^'\\\r\n]*+)*+)')"""
_TEMPLATE: Final = rb"`(?P<template>(?:[^`\\$\r\n]++|\\.|\$(?!\{))*+)`"
_UNUSUAL: Final = rb"(?P<unusual>(?=[/\x80-\xff]))"
"""Possibly a comment or a non-ASCII blank."""
_CALLED: Final = rb"(?P<call>\(\s*+)?+(?:%b|%b|%b)" % (_STRING, _TEMPLATE, _UNUSUAL)
_WORD: Final = LazyRegex(rb"import|from|require")
_FROM: Final = LazyRegex(rb"from\s*+%b" % _CALLED, re.DOTALL)
_IMPORT: Final = LazyRegex(rb"import(?:\.(?:defer|source))?+\s*+%b" % _CALLED, re.DOTALL)
_REQUIRE: Final = LazyRegex(rb"require\s*+(?:\?\.\s*+)?+%b" % _CALLED, re.DOTALL)
_REST: Final = LazyRegex(rb"\s*+%b" % _CALLED, re.DOTALL)
_URL: Final = LazyRegex(rb"new\s++URL\s*+\(\s*+%b\s*+,\s*+import\.meta\.url\b" % _STRING, re.DOTALL)

_GLOB: Final = LazyRegex(
    rb"\.(?P<word>glob(?:Eager)?|context|webpackContext|webpackGlob)\s*+(?:<[^<>()]{0,200}(?:<[^<>()]{0,100}>[^<>()]{0,100})?>)?\s*+\(",
)
"""A call that imports files by a pattern or a folder."""
_GLOB_OWNER: Final = LazyRegex(rb"(?:import\s*+\.\s*+meta|\brequire|import\.meta\s[^()]{1,40}\))\s*+[!?]?\Z")
_GLOB_ARGUMENTS: Final = 2_000
"""Bytes of the arguments of such a call."""
_MOST_PATTERNS: Final = 10
"""Patterns of a list that are combined with those for what it leaves out."""
_GLOB_STRING: Final = LazyRegex(rb"%b|`(?P<c>[^`\\$\r\n]*+)`" % _STRING)
_ENDING: Final = LazyRegex(rb"\\\.(?:\((?:\?:)?(?P<several>[\w|]+)\)|(?P<jsts>\[[jt]{2}\]sx?\??)|(?P<one>\w+))\$/")
"""The file extensions at the end of a regular expression."""

_BLANK: Final = rb"\s++|\xc2\xa0|\xe1\x9a\x80|\xe2\x80[\x80-\x8a\xa8\xa9\xaf]|\xe2\x81\x9f|\xe3\x80\x80|\xef\xbb\xbf"
_BLANKS: Final = LazyRegex(rb"(?:%b)++" % _BLANK)
_LETTERS: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_$")
_GOES_ON: Final = LazyRegex(rb"\s*+\+")
"""The string is only the start of a concatenation."""
_BEFORE: Final = 200
"""Bytes before a call that are checked for a type position."""
_TYPE_CALL: Final = LazyRegex(rb"\btypeof\s*+\Z|@\w+\s*+\{[^}\r\n]*+\Z")
"""`typeof` before the call, or a type in the braces of a JSDoc tag."""
_TYPE_REQUIRE: Final = LazyRegex(rb"\bimport\s++type\s++[\w$\x80-\xff]++\s*+=\s*+\Z")

# In names, every non-ASCII byte counts as a letter; matching a blank this way is harmless.
_PIECES: Final = {
    b"COMMENT": rb"/\*(?:[^*]++|\*(?!/))*+\*/|//[^\r\n]*+",
    b"GAP": rb"(?:%b|/\*(?:[^*]++|\*(?!/))*+\*/|//[^\r\n]*+[\r\n])*+" % _BLANK,
    b"NAME": rb"(?:[\w$\x80-\xff]++|\\u[0-9a-fA-F]{4}|\\u\{[0-9a-fA-F]{1,8}\})++",
    b"TEXT": rb"(?:\"[^\"\r\n]*+\"|'[^'\r\n]*+')",
}
_CLAUSE: Final = LazyRegex(
    functools.reduce(
        lambda pattern, piece: pattern.replace(*piece),
        _PIECES.items(),
        rb"GAP(?:(?P<type>type|typeof)(?![\w$\x80-\xff])GAP(?=[\w${*\\\x80-\xff])|(?:defer|source)\bGAP(?=[\w$*\\]))?"
        rb"(?P<default>NAMEGAP(?:,GAP)?+)?"
        rb"(?:\*GAP(?:as\bGAP(?:NAME|TEXT)GAP)?+|\{(?P<names>(?:[^{}\"'/\\]++|\\u\{\w++\}|\\|COMMENT|TEXT)*+)\}GAP)?+",
    )
)
"""The clause between a statement's keyword and its `from`."""
_STATEMENT_WORDS: Final = tuple(
    (kind, LazyRegex(word + rb"(?=\s*+[{*/\\\x80-\xff]|\s++[\w$])(?!\s++(?:as\s++(?!from\b)|%b)\b)" % declared))
    for kind, word, declared in (
        (ImportKind.STATIC, b"import", rb"(?!)"),
        (ImportKind.EXPORT, b"export", rb"(?:async|class|const|declare|function|interface|let|var)"),
    )
)
_OFFSET: Final = itemgetter(1)
_COMMENTS: Final = LazyRegex(rb"/\*.*?\*/|//[^\r\n]*+", re.DOTALL)

_SCRIPT: Final = LazyRegex(rb"<script\b(?P<attributes>(?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+)>", re.IGNORECASE)
_SOURCE: Final = LazyRegex(
    rb"(?<![\w:@.-])src\s*+=\s*+(?P<value>\"(?P<a>[^\"]*+)\"|'(?P<b>[^']*+)'|(?P<c>[^\s\"'<>`]++))", re.IGNORECASE
)
_URL_START: Final = LazyTextRegex(r"\.{0,2}/|[a-zA-Z][a-zA-Z0-9+.-]*+:")
"""Start of a relative, absolute or full URL."""


def import_sites(source: bytes) -> tuple[ImportSite, ...]:
    """Return the imports of a source, sorted by offset; a superset of what a parser finds.

    Only literal specifiers count, not concatenated ones.
    """
    text = _SourceText(source)
    found = [*text.froms(), *text.imports(), *text.requires(), *text.urls(), *text.globs()]
    return tuple(sorted(found, key=_OFFSET))


def may_import(source: bytes) -> bool:
    """Return whether a source may have imports: it has one of the words that all of them have."""
    return _WORD.search(source) is not None


def script_sources(html: bytes) -> tuple[ImportSite, ...]:
    """Return the `<script src>` imports of an HTML page or component block.

    As in a browser, a bare name is relative to the page: `main.js` is returned as `./main.js`.
    """
    import html as entities  # noqa: PLC0415 - a page is rare; its table of names takes a millisecond

    found = []
    for script in _SCRIPT.finditer(html):
        if source := _SOURCE.search(html, *script.span("attributes")):
            text = source["a"] or source["b"] or source["c"] or b""
            address = entities.unescape(text.decode("utf-8", "surrogateescape")).strip()
            if address:
                specifier = address if _URL_START.match(address) else f"./{address}"
                found.append(ImportSite(specifier, source.start("value"), ImportKind.STATIC))
    return tuple(found)


class _SourceText:
    """A source text and the remaining budget for rereading it."""

    def __init__(self, text: bytes) -> None:
        self._text = text
        self._spare_comments = self._spare_clauses = len(text) + _SPARE
        self._clauses: list[tuple[int, ImportKind]] | None = None

    def froms(self) -> Iterator[ImportSite]:
        for start, string, called in self._strings(_FROM):
            if not called and string.lastgroup != "template" and (statement := self._statement(start)):
                yield from _site(string, *statement)

    def imports(self) -> Iterator[ImportSite]:
        text = self._text
        for start, string, called in self._strings(_IMPORT):
            before = text[max(0, start - 2) : start]
            if before[-1:] == b"@" or (before[-1:] == b"." and before != b".."):
                continue
            if called and not _GOES_ON.match(text, string.end()):
                type_only = _TYPE_CALL.search(text, max(0, start - _BEFORE), start) is not None
                yield from _site(string, ImportKind.DYNAMIC, type_only=type_only)
            elif not called and string.lastgroup != "template":
                yield from _site(string, ImportKind.STATIC)

    def requires(self) -> Iterator[ImportSite]:
        for start, string, called in self._strings(_REQUIRE):
            if called and not _GOES_ON.match(self._text, string.end()):
                type_only = _TYPE_REQUIRE.search(self._text, max(0, start - _BEFORE), start) is not None
                yield from _site(string, ImportKind.REQUIRE, type_only=type_only)

    def urls(self) -> Iterator[ImportSite]:
        for match in _URL.finditer(self._text) if b"import.meta.url" in self._text else ():
            yield from _site(match, ImportKind.DYNAMIC)

    def globs(self) -> Iterator[ImportSite]:
        """Yield the patterns of `import.meta.glob`, and a pattern for the files of `require.context`."""
        text = self._text
        for match in _GLOB.finditer(text):
            if not _GLOB_OWNER.search(text, max(0, match.start() - 60), match.start()):
                continue
            end = min(len(text), match.end() + _GLOB_ARGUMENTS)
            if match["word"].startswith(b"glob"):
                yield from self._patterns(match.end(), end)
            elif string := _GLOB_STRING.match(text, self._after_blanks(match.end()), end):
                yield from _context(text, string, end)

    def _after_blanks(self, position: int) -> int:
        blanks = _BLANKS.match(self._text, position)
        return blanks.end() if blanks else position

    def _patterns(self, position: int, end: int) -> Iterator[ImportSite]:
        """Yield the first argument, a string or a list of strings, each with the patterns for what is left out."""
        position = self._after_blanks(position)
        is_list = self._text[position : position + 1] == b"["
        position += is_list
        found: list[tuple[str, int]] = []
        while string := _GLOB_STRING.match(self._text, self._after_blanks(position), end):
            found.append((unescape(string[string.lastgroup or ""]), string.start()))
            position = self._after_blanks(string.end())
            if not is_list or self._text[position : position + 1] != b",":
                break
            position += 1
        negated = [pattern[1:] for pattern, _ in found if pattern.startswith("!")]
        is_short = len(found) - len(negated) <= _MOST_PATTERNS
        left_out = "".join(f"{LEFT_OUT}{pattern}" for pattern in negated[:_MOST_PATTERNS]) if is_short else ""
        for pattern, start in found:
            if pattern and not pattern.startswith("!"):
                yield ImportSite(f"{pattern}{left_out}", start, ImportKind.GLOB)

    def _strings(self, word: LazyRegex) -> Iterator[tuple[int, "re.Match[bytes]", bool]]:
        """Yield (keyword offset, match that ends with its string, whether a parenthesis opens before the string)."""
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
            rest = _REST.match(self._text, self._skip(match.end()))
            if rest is None or rest.end() == match.end():
                break
            match = rest
        return None

    def _skip(self, position: int) -> int:
        """Return the offset after a comment or blanks at a position; the position itself when there are none."""
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
        """Return (kind, whether type-only) of the statement whose `from` starts at an offset; None without one."""
        if self._clauses is None:
            self._clauses = sorted(self._find_clauses())
        below = bisect_left(self._clauses, (start,))
        for clause_start, kind in reversed(self._clauses[max(0, below - _MOST_STATEMENTS) : below]):
            self._spare_clauses -= start - clause_start
            if self._spare_clauses < 0:
                return ImportKind.STATIC, False
            if clause := _CLAUSE.fullmatch(self._text, clause_start, start):
                return kind, clause["type"] is not None or (clause["default"] is None and _only_types(clause["names"]))
        return None

    def _find_clauses(self) -> Iterator[tuple[int, ImportKind]]:
        """Yield (offset, kind) of possible clause starts."""
        for kind, word in _STATEMENT_WORDS:
            for match in word.finditer(self._text):
                before = match.start() - 1
                if before < 0 or (self._text[before] not in _LETTERS and self._text[before] not in b".@"):
                    yield match.end(), kind


def _site(string: "re.Match[bytes]", kind: ImportKind, type_only: bool = False) -> Iterator[ImportSite]:
    group = string.lastgroup or ""
    if body := string[group]:
        yield ImportSite(unescape(body), string.start(group) - 1, kind, type_only)


def _context(text: bytes, string: "re.Match[bytes]", end: int) -> Iterator[ImportSite]:
    """Yield the pattern for the files of `require.context(folder, whether below it too, expression)`."""
    folder = unescape(string[string.lastgroup or ""]).rstrip("/")
    rest = text[string.end() : end].partition(b")\n")[0]
    is_flat = re.match(rb"\s*+,\s*+(?:false\b|!1\b|\{[^{}]*\brecursive\s*+:\s*+false\b)", rest) is not None
    endings = "*"
    if match := _ENDING.search(rest):
        several = (match["several"] or match["one"] or b"js|ts|jsx|tsx").decode()
        endings = f"*.{{{several.replace('|', ',')}}}"
    yield ImportSite(f"{folder}/{'' if is_flat else '**/'}{endings}", string.start(), ImportKind.GLOB)


def _only_types(names: bytes | None) -> bool:
    """Return whether all names between braces are types."""
    if not names or b"type" not in names or b'"' in names or b"'" in names:
        return False
    words = [name.split() for name in _COMMENTS.sub(b" ", names).split(b",") if name.strip()]
    return bool(words) and all(map(_is_type, words))


def _is_type(words: Sequence[bytes]) -> bool:
    """Return whether a name is a type; `type` alone and `type as x` are ordinary names."""
    if words[0] not in (b"type", b"typeof") or len(words) == 1:
        return False
    return words[1] != b"as" or len(words) in (2, 4)
