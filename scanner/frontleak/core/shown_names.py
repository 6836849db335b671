"""Cuts what may be a secret in names that reports show: paths, addresses, import specifiers, keys, messages about them.

The names that people and build tools give stay as they are: words, content hashes, UUIDs, build ids.
"""

import functools
import re
from typing import Final

from frontleak.core.lazy_regex import LazyTextRegex
from frontleak.core.randomness import RANDOM, bits_per_letter
from frontleak.core.secret import redact

SHORTEST: Final = 20
"""Fewest characters of a name that is judged."""
_MOST_KNOWN: Final = 4096
_RUN: Final = LazyTextRegex(rf"[A-Za-z0-9_+=~%-]{{{SHORTEST},}}+(?P<rest>(?:\.(?=[a-z]*[0-9])[a-z0-9_-]{{2,40}}+)*+)")
"""A run, and parts with digits after it, which belong to it if it is a token (GitLab's end so)."""
_PART: Final = LazyTextRegex(r"[A-Za-z0-9]++")
_HASH: Final = LazyTextRegex(r"[0-9a-f]{4,128}|[0-9A-F]{4,128}|[0-9]+")
_UPPER_RUN: Final = LazyTextRegex(r"[A-Z0-9]{20,}+")
_LONGEST_HASH: Final = 128
"""Most characters of a content hash, in hexadecimal digits (SHA-512)."""
_FEWEST_LETTERS: Final = 8
"""Fewest distinct letters of a long secret."""
_SINGLE_CASE: Final = 36
"""Fewest characters of a random text in lower case: package managers name folders by 32."""
_LONGEST_WORD: Final = 12
"""Most characters of one word, which is judged less strictly."""
_LONGEST_ID: Final = 21
"""Most characters of a build id or content hash in letters of both cases (nanoid, Rollup)."""
_USER: Final = LazyTextRegex(r"(?<=://)[^/\s?#@]{1,2000}@|(?<=:/)[^/\s?#@:]{1,2000}:[^/\s?#@]{0,2000}@")
"""The user part of an address; with one slash, as a path has it that was made of an address, only with a password."""
_QUERY: Final = LazyTextRegex(r"[?&](?!type=|lang=)(?P<name>[\w.~%-]{1,200})=(?P<value>[^\s&#\"'`<>]{4,}+)")


@functools.lru_cache(_MOST_KNOWN)
def shown_name(text: str) -> str:
    """Return a name, or a text that holds names, with everything in it cut that may be a secret.

    A random text becomes its first characters and its length, as a secret does: `skAb…(180 characters)`. The user part
    of an address and the values in its query become `…`.
    """
    if ":/" in text or "?" in text:
        text = _USER.sub("…@", text)
        text = _QUERY.sub(lambda query: f"{query.group()[0]}{query['name']}=…", text)
    return _RUN.sub(_cut, text)


def _cut(match: re.Match[str]) -> str:
    """Cut the random part of a run; words before it stay."""
    run = match.group()
    parts = [*_PART.finditer(run, 0, len(run) - len(match["rest"]))]
    random = [part for part in parts if not _is_plain(part.group())]
    if not _is_random("".join(part.group() for part in random)):
        return run
    start = random[0].start()
    return run[:start] + redact(run[start:])


def _is_plain(part: str) -> bool:
    """Return whether a part of a run is a number, a hash, or made of words."""
    if _HASH.fullmatch(part):
        return True
    is_word = len(part) <= _LONGEST_WORD and part.isalpha() and (part.islower() or part.istitle())
    return len(part) >= 4 and bits_per_letter(part) < (RANDOM + 0.2 if is_word else RANDOM - 0.3)


def _is_random(text: str) -> bool:
    if len(text) > _LONGEST_HASH:
        return len(set(text)) >= _FEWEST_LETTERS
    if len(text) < SHORTEST or bits_per_letter(text) < RANDOM:
        return False
    lower, upper = any(map(str.islower, text)), any(map(str.isupper, text))
    if upper and not lower:
        return _UPPER_RUN.search(text) is not None and sum(map(str.isalpha, text)) * 2 > len(text)
    return len(text) > _LONGEST_ID if upper else len(text) >= _SINGLE_CASE
