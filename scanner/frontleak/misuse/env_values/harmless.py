"""Which values are no secrets, or could be anything else: a scan does not look for them, and says why."""

import functools
import re
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from frontleak.core.lazy_regex import LazyTextRegex
from frontleak.core.placeholders import is_placeholder
from frontleak.core.randomness import is_guessable
from frontleak.misuse.variable_names import is_harmless_word, is_secret
from frontleak.misuse.variable_values import is_harmless
from frontleak.rules.load import load_data
from frontleak.rules.secret_names import any_part, name_expression, words

LEAST: Final = 8
"""Bytes of the shortest value that is looked for, unless the user asks for another length."""


class Reason(StrEnum):
    """Why the value of a variable is not looked for."""

    EMPTY = "it is empty"
    SYSTEM = "a variable of the operating system"
    REFERENCE = "it stands for another value, which is not known here"
    SHORT = "it is shorter than the values that are looked for (--env-min-length)"
    CHOICE = "a switch or a word of a list of choices"
    NUMBER = "a number"
    VERSION = "a version or a date"
    ADDRESS = "an address without credentials"
    HOST = "a host name"
    PATH = "a path"
    EMAIL = "an e-mail address"
    ID = "an id that is public by design, by its name"
    PUBLIC_SHAPE = "a key that is public by design, by its form"
    PUBLIC_KEY = "a public key or a certificate"
    PLACEHOLDER = "a placeholder"
    WORDS = "words, which also occur by chance"
    PUBLIC = "public on purpose: its prefix publishes it, and neither its name nor its form is that of a secret"
    ALSO_PUBLIC = "public on purpose: a variable with a public prefix has the same value"
    TOO_MANY = "there are more values than are looked for"


_NUMBER: Final = re.compile(r"[-+]?[\d.,_eE]*\d[\d.,_]*\s?(?:[a-zA-Z%]{1,3})?")
_VERSION: Final = re.compile(r"[v^~]?\d+(?:\.\d+)+(?:[-+][\w.-]{1,40})?|\d{4}-\d\d-\d\d(?:[T ][\d:.]+Z?)?|[vV]\d{1,4}")
_HOST: Final = LazyTextRegex(
    r"(?:[a-z0-9*](?:[a-z0-9-]{0,40}[a-z0-9])?\.)+[a-z]{2,12}\.?(?::\d{1,5})?|localhost(?::\d{1,5})?"
    r"|\d{1,3}(?:\.\d{1,3}){3}(?:[:/]\d{1,5})?",
    re.IGNORECASE,
)
_EMAIL: Final = LazyTextRegex(r"(?:[^<>@]{0,80}<)?[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+>?")
_URL: Final = LazyTextRegex(r"[a-zA-Z][a-zA-Z0-9+.-]{0,30}:(?://|(?=[A-Za-z]))[^\s]+")
_PATH: Final = LazyTextRegex(r"(?:\.{1,2}|~|[A-Za-z]:)?[\\/][^\s:;,'\"]*|(?:[\w.@-]+/)+[\w.@*-]*")
_SEARCH_PATH: Final = LazyTextRegex(r"(?:[/~.][^\s:;]*[:;])+[^\s:;]*")
_PUBLIC_KEY: Final = (
    "-----BEGIN PUBLIC KEY",
    "-----BEGIN CERTIFICATE",
    "-----BEGIN RSA PUBLIC KEY",
    "ssh-rsa ",
    "ssh-ed25519 ",
)
_NEVER: Final = frozenset({Reason.CHOICE, Reason.PUBLIC_KEY})
"""Values of these forms are never secrets, even if the user named their variable."""
_LISTED: Final = frozenset({Reason.ADDRESS, Reason.HOST, Reason.PATH, Reason.NUMBER, Reason.VERSION, Reason.EMAIL})
"""A list whose items all have these forms holds no secret."""
_MOST_ITEMS: Final = 100
_PARTS: Final = LazyTextRegex(r"[^/\\?&=#:;,.@+ |]+")
_LONG_LABEL: Final = 24
"""Characters from which a label of a host name may be one."""
_LONG_PART: Final = 16
"""Characters from which a part of an address may be a secret of its own, such as that of a web hook."""


def reason_of(name: str, text: str, least: int = LEAST, *, is_declared: bool = False) -> Reason | None:
    """Return why the value of a variable without a public prefix is not looked for; None if it is.

    Args:
        name: of the variable.
        text: its value.
        least: bytes of the shortest value that is looked for.
        is_declared: whether somebody has named the variable as one that holds a secret.
    """
    value = text.strip()
    if not value:
        return Reason.EMPTY
    in_words = words(name)
    if _names("system").fullmatch(in_words):
        return Reason.SYSTEM
    if _values("references").fullmatch(value):
        return Reason.REFERENCE
    form = _form_of(name, value)
    if form is not None and not (is_declared and form not in _NEVER):
        return form
    if len(value.encode("utf-8", "surrogateescape")) < least:
        return Reason.SHORT
    return None if is_declared else _by_name(name, in_words, value)


def _form_of(name: str, value: str) -> Reason | None:
    """Return what a value is by its form alone."""
    for reason, has_form in _FORMS:
        if has_form(value):
            return reason
    if _URL.fullmatch(value):
        return Reason.ADDRESS if not _holds_credentials(value) else None
    if _is_placeholder(value):
        return Reason.PLACEHOLDER
    if _HOST.fullmatch(value) and not _has_secret_part(value, _LONG_LABEL):
        return Reason.HOST
    if "," in value and (of_items := _form_of_items(name, value)) is not None:
        return of_items
    is_path = (_PATH.fullmatch(value) or _SEARCH_PATH.fullmatch(value)) and not _has_secret_part(value)
    return Reason.PATH if is_path and not is_secret(name) else None


def _form_of_items(name: str, value: str) -> Reason | None:
    """Return what the first item of a list is by its form, if each has that of an address, a number or the like."""
    items = [item.strip() for item in value.split(",")]
    if not all(items):
        return None
    forms = [_form_of(name, item) for item in items[:_MOST_ITEMS]]
    return forms[0] if len(items) <= _MOST_ITEMS and _LISTED.issuperset(forms) else None


def _is_placeholder(value: str) -> bool:
    data = value.encode("utf-8", "surrogateescape")
    return is_placeholder(data) or (_values("placeholders").fullmatch(value) is not None and is_guessable(data))


_FORMS: Final[tuple[tuple[Reason, Callable[[str], object]], ...]] = (
    (Reason.CHOICE, is_harmless_word),
    (Reason.PUBLIC_KEY, lambda value: value.startswith(_PUBLIC_KEY)),
    (Reason.NUMBER, _NUMBER.fullmatch),
    (Reason.VERSION, _VERSION.fullmatch),
    (Reason.EMAIL, lambda value: "@" in value and _EMAIL.fullmatch(value)),
)


def _by_name(name: str, in_words: str, value: str) -> Reason | None:
    """Return what a value is by the name of its variable, and by how likely its letters are in words."""
    is_called_secret = is_secret(name)
    if not is_called_secret:
        public = name_expression("public").search(in_words) and not name_expression("never_public").search(in_words)
        if public or (_names("ids").search(in_words) and not _URL.fullmatch(value)):
            return Reason.ID
        return Reason.WORDS if _is_worded(value) else None
    if is_harmless(name, value):
        return Reason.WORDS
    is_word = value.replace("-", "").replace("_", "").isalpha() and (value.islower() or value.isupper())
    return Reason.WORDS if is_word and _is_worded(value) else None


def _is_worded(value: str) -> bool:
    if _URL.fullmatch(value):  # judged by its parts
        return False
    return could_be_guessed(value)


@functools.lru_cache(4096)
def could_be_guessed(value: str) -> bool:
    """Return whether somebody could find a value by trying."""
    return is_guessable(value.encode("utf-8", "surrogateescape"))


def _holds_credentials(address: str) -> bool:
    """Return whether an address has a password, or a part that nobody could guess."""
    try:
        parts = urlsplit(address)
        if parts.password or (parts.username and len(parts.username) >= _LONG_PART):
            return True
    except ValueError:
        return True
    rest = address.partition("://")[2] or address.partition(":")[2]
    return _has_secret_part(rest.partition("/")[2] or rest.partition("?")[2], _LONG_PART)


def _has_secret_part(text: str, least: int = _LONG_PART) -> bool:
    return any(
        len(part) >= least and not is_guessable(part.encode("utf-8", "surrogateescape"))
        for part in _PARTS.findall(text)
    )


@functools.cache
def _names(kind: str) -> re.Pattern[str]:
    """Return the expression for whole words of a name."""
    return re.compile(rf"(?<![A-Z0-9])(?:{any_part(_lists()[kind])})(?![A-Z0-9])", re.VERBOSE)


@functools.cache
def _values(kind: str) -> re.Pattern[str]:
    """Return the expression for whole values."""
    return re.compile(any_part(_lists()[kind]), re.VERBOSE | re.IGNORECASE | re.DOTALL)


@functools.cache
def _lists() -> dict[str, list[str]]:
    found: dict[str, list[str]] = load_data("code/env-values.yaml")
    return found


def ci_systems() -> Sequence[dict[str, object]]:
    """Return what is known about each CI system: `name`, `recognised_by`, `secrets`."""
    return _lists()["ci"]  # type: ignore[return-value]
