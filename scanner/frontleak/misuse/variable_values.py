"""The known values of variables, and which of them are no secret whatever the name says."""

import functools
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlsplit

from frontleak.core.lazy_regex import LazyRegex, LazyTextRegex
from frontleak.core.names import is_module_specifier, is_name, is_plain_name
from frontleak.misuse.candidates import is_build_file
from frontleak.misuse.variable_names import ends_in_secret, is_harmless_word, is_secret, names_a_word
from frontleak.rules.secret_names import words

if TYPE_CHECKING:
    from frontleak.misuse.project import AnalysedProject

_LINE: Final = LazyRegex(
    rb"^[ \t]*(?:export[ \t]+)?(?P<name>[A-Za-z_][A-Za-z0-9_]{2,100})[ \t]*="
    rb"[ \t]*(?P<value>\"[^\"\r\n]*+\"|'[^'\r\n]*+'|[^\r\n#]*+)",
    re.MULTILINE,
)
"""A variable in an `.env` file."""
_SET: Final = LazyRegex(
    rb"(?<![\w.$])(?<!\$\{)(?P<name>[A-Z][A-Z0-9_]{2,100}+)[\"']?[ \t]*[:=]"
    rb"[ \t]*(?P<value>\"[^\"\r\n]*+\"|'[^'\r\n]*+'|[^\s,}#]*+)"
)
"""A variable that is set in a workflow, a Dockerfile or hosting settings."""
_ENV_NAMES: Final = tuple(
    f".env{mode}{local}"
    for mode in ("", ".development", ".production", ".test", ".staging", ".example", ".sample")
    for local in ("", ".local")
)
"""Names of the files in the folder of a project that set variables, in the scan or not."""
_MOST_VARIABLES: Final = 2_000
_LONGEST: Final = 200
"""Characters of the longest value that is judged."""
_LONGEST_WORD: Final = 40
_NUMBER: Final = LazyTextRegex(
    r"[-+]?\d{1,15}(?:[._]\d{1,9})*\s?(?:ms|s|secs?|m|mins?|h|hrs?|d|days?|w|y|px|r?em|[kmg]?b|%)?(?:\s?\*\s?\d{1,6}){0,5}",
    re.IGNORECASE,
)
_CHAIN_ADDRESS: Final = LazyTextRegex(r"0x[0-9a-fA-F]{40}")
"""The public address of a contract or account on a blockchain; a private key has 64 digits."""
_CHOSEN: Final = LazyTextRegex(r"PASSWORD|PASSWD|PASSPHRASE|SECRET")
"""Matches the name of a value that people choose, so it may be a word."""
_PASSWORD: Final = LazyTextRegex(r"(?:^|_)(?:PASSWORD|PASSWD|PASSPHRASE|PASS|PWD)$")
_ADDRESS: Final = LazyTextRegex(
    r"[a-z][a-z0-9+.-]{1,20}:(?://|\.{0,2}/)|\.{0,2}/|[\w-]+(?:\.[\w-]+)*:\d{2,5}(?:/|$)", re.IGNORECASE
)
_WRITTEN: Final = r"(?:[A-Z]{2,}|[A-Z]?[a-z]{2,}(?:[A-Z][a-z]{2,})*)\d?"
_WORDS: Final = LazyTextRegex(rf"@?{_WRITTEN}(?:[-_.:/]{_WRITTEN})*")
"""Words in one of the ways in which code writes names."""
_PAIRS: Final = ("AUTH", "CREDENTIALS")
"""Ends of names whose value may be `user:password`."""
_MARKS: Final = frozenset("@:/.")
"""Characters that the key of a storage has, such as `@app/token`, and a placeholder has not."""


def variables_set(path: str, data: bytes) -> "Iterator[re.Match[bytes]]":
    """Yield the variables that an `.env` file or build settings set, without those in `#` comments.

    Each match has the groups `name` and `value`.
    """
    if not is_build_file(path.rpartition("/")[2]):
        yield from _LINE.finditer(data)
        return
    for match in _SET.finditer(data):
        if b"#" not in data[data.rfind(b"\n", 0, match.start()) + 1 : match.start()]:
            yield match


def has_harmless_value(project: "AnalysedProject", name: str) -> bool:
    """Return whether the values that the files of a project give to a variable are known, and none is a secret."""
    files = dict(project.env_files)
    files |= {
        path: data
        for path in (f"{project.folder}/{each}" for each in _ENV_NAMES)
        if path not in files and (data := project.read(path)) is not None
    }
    values = [value for path, data in files.items() for value in _values(path, data).get(name, ())]
    return bool(values) and all(is_harmless(name, value) for value in values)


@functools.lru_cache(64)
def _values(path: str, data: bytes) -> Mapping[str, list[str]]:
    """Return name -> values of the variables of a file, without empty ones."""
    found: dict[str, list[str]] = {}
    for count, match in enumerate(variables_set(path, data)):
        if count >= _MOST_VARIABLES:
            break
        value = match["value"].decode("utf-8", "replace").strip().strip("\"'").strip()
        if value:
            found.setdefault(match["name"].decode(), []).append(value)
    return found


def is_harmless(name: str, value: str) -> bool:
    """Return whether a value is harmless although its variable is named like a secret.

    It is a switch, a number, an address without credentials, a word of a list of choices or the key of a storage. A
    value that is empty, too long or a reference to another is not known to be harmless.
    """
    if not value or len(value) > _LONGEST:
        return False
    if _NUMBER.fullmatch(value):
        return len(value) < 4 or _PASSWORD.search(words(name)) is None
    if is_harmless_word(value) or _CHAIN_ADDRESS.fullmatch(value):
        return True
    return _is_address_without_credentials(value) if _ADDRESS.match(value) else _is_key_or_choice(name, value)


def _is_address_without_credentials(address: str) -> bool:
    try:
        parts = urlsplit(address)
        given = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        return False
    if "@" in parts.netloc or "$" in address or any(is_secret(key) or not _is_word(value) for key, value in given):
        return False
    return is_module_specifier(parts.path.lstrip("/")) and (not parts.fragment or is_module_specifier(parts.fragment))


def _is_word(text: str) -> bool:
    return not text or _NUMBER.fullmatch(text) is not None or (len(text) <= _LONGEST_WORD and is_plain_name(text))


def _is_key_or_choice(name: str, value: str) -> bool:
    if len(value) > _LONGEST_WORD or not _WORDS.fullmatch(value) or not is_name(value.replace("/", ".").lstrip("@")):
        return False
    parts = words(value).split("_")
    # `accessToken` for VITE_ACCESS_TOKEN, or `@app/token`
    is_key = len(parts) > 1 and (set(parts) <= set(words(name).split("_")) or not _MARKS.isdisjoint(value))
    if ":" in value and words(name).endswith(_PAIRS):
        return False
    # `weekly` for VITE_TOKEN_ROTATION
    return is_key or names_a_word(name) or not (ends_in_secret(name) or _CHOSEN.search(words(name)))
