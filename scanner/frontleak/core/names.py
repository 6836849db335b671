"""Distinguishes names in code from values: reports show names, never values."""

import functools
from typing import Final

from frontleak.core.lazy_regex import LazyTextRegex
from frontleak.core.randomness import RANDOM, bits_per_letter

LONGEST_NAME: Final = 60
"""Most characters of a name that is shown."""
_SHORT: Final = 8
"""Names below this length have too few words to judge."""
_LONG: Final = 12
"""Parts of a path from this length on must be names."""
_MOST_KNOWN: Final = 4096
_NAME: Final = LazyTextRegex(r"[@#.:]?(?:[^\W\d]|\$)[\w$]*+(?:\??[.:-](?:[^\W\d]|\$)[\w$]*+)*+")
_WORDS: Final = LazyTextRegex(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+|[^\W\d_]")
_VOWELS: Final = frozenset("aeiouyAEIOUY")
_SLACK: Final = 0.3
"""Bits per letter by which a long name may be less likely than words; abbreviations are."""
_SHORT_WORDS: Final = frozenset(
    [
        "api",
        "arg",
        "by",
        "cdn",
        "cms",
        "csp",
        "csr",
        "css",
        "csrf",
        "ctx",
        "db",
        "dns",
        "env",
        "gcp",
        "html",
        "http",
        "https",
        "id",
        "in",
        "is",
        "js",
        "jwt",
        "key",
        "my",
        "npm",
        "nx",
        "of",
        "on",
        "or",
        "rpc",
        "sdk",
        "sql",
        "src",
        "ssl",
        "ssr",
        "str",
        "svg",
        "tls",
        "to",
        "ts",
        "ui",
        "uri",
        "url",
        "wp",
        "xff",
        "xml",
    ]
)
"""Words in names that are short or have no vowels."""
_UNSPOKEN: Final = LazyTextRegex(r"[b-df-hj-np-tv-xzB-DF-HJ-NP-TV-XZ]{5}")
_SHORT_PLAIN: Final = LazyTextRegex(
    r"[a-z]+[0-9]?|[A-Z]+(?:_[A-Z0-9]+)*|_{0,2}[A-Z]?[a-z]+(?:[A-Z_.-]?[a-z]+)*_{0,2}|[$@#]?[a-z-]+"
)
_SPECIFIER: Final = LazyTextRegex(r"(?:[a-z]{2,12}:|[$~@#])?/?(?:\.{1,2}(?:/|\Z))*+")
_SEGMENT: Final = LazyTextRegex(r"[\[(@_]{0,4}(?P<name>[\w-]*+)[\])]{0,4}(?:\.[a-z]{1,8}){0,3}")


@functools.lru_cache(_MOST_KNOWN)
def is_name(text: str) -> bool:
    """Return whether a text is clearly a name, or names joined by dots, dashes and colons.

    Three quarters of the letters of a longer one are in words of three letters or more that can be spoken, and it is
    not chopped into many short ones, and its letters do not follow each other at random. One of fewer than eight
    characters has no such shape, and counts as a name.
    """
    if len(text) > LONGEST_NAME or not _NAME.fullmatch(text):
        return False
    if len(text) < _SHORT:
        return True
    words = [word.group() for word in _WORDS.finditer(text)]
    letters = sum(map(len, words))
    spoken = sum(len(word) for word in words if _is_spoken(word))
    if spoken * 4 < letters * 3 or len(words) > 2 + letters // 4:
        return False
    return len(text) < _LONG or bits_per_letter(text) < RANDOM + _SLACK


@functools.lru_cache(_MOST_KNOWN)
def is_plain_name(text: str) -> bool:
    """Return whether a text is a name in a place where a value is also possible: short ones must be words too."""
    return is_name(text) and (len(text) >= _SHORT or _SHORT_PLAIN.fullmatch(text) is not None)


def is_module_specifier(text: str) -> bool:
    """Return whether a text is a module specifier: a path or package whose parts are all names."""
    if len(text) > 2 * LONGEST_NAME:
        return False
    start = _SPECIFIER.match(text)
    segments = text[start.end() if start else 0 :].split("/")
    return all(
        (match := _SEGMENT.fullmatch(segment)) is not None
        and (not match["name"] or len(match["name"]) < _LONG or is_name(match["name"].replace("-", "_")))
        for segment in segments
    )


def _is_spoken(word: str) -> bool:
    if word.lower() in _SHORT_WORDS:
        return True
    vowels = sum(letter in _VOWELS for letter in word)
    return len(word) >= 3 and 0 < vowels < len(word) and _UNSPOKEN.search(word) is None
