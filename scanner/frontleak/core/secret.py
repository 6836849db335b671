"""The only type that holds a secret's value, and functions that redact and escape text."""

import re
from typing import Final, NoReturn

from frontleak.core.digests import blake2b
from frontleak.core.lazy_regex import LazyTextRegex

_IDENTITY_KEY: Final = b"frontleak/secret/v1"
_TOKEN_LIKE: Final = LazyTextRegex(r"(?<![A-Za-z0-9+/_=-])[A-Za-z0-9+/_=-]{24,}")
_UNPRINTABLE: Final = LazyTextRegex(
    # C0 and C1 controls, DEL, line separators, bidirectional overrides, zero-width characters, lone surrogates
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


def identity_of(value: bytes) -> str:
    """Return 32 hexadecimal digits that identify a value: a secret, or the names that tell a misuse from others.

    Keyed, so that the digest in a report cannot be compared with another tool's plain hash of the same secret.
    """
    return blake2b(value, key=_IDENTITY_KEY, digest_size=16).hexdigest()


class Secret:
    """A captured value that never prints.

    `str`, `repr`, `format`, JSON encoders and pickle see only the redacted form. `reveal()` is the only access to the
    value. `digest` (32 hexadecimal digits, keyed) compares secrets without it.
    """

    __slots__ = ("_value", "digest", "redacted")

    def __init__(self, value: bytes, *, shown: str | None = None) -> None:
        """Store a value; `shown` is what reports show of it, by default its first characters and its length."""
        self._value: bytes | None = value
        self.redacted: str = redact(value.decode("utf-8", "replace")) if shown is None else shown
        self.digest: str = identity_of(value)

    def reveal(self) -> bytes:
        """Return the value.

        Raises:
            LookupError: the secret crossed a process boundary or was sealed, which drops the value.
        """
        if self._value is None:
            raise LookupError("the value of this secret exists only in the process that found it")
        return self._value

    def shown_as(self, text: str) -> "Secret":
        """Return a copy of which reports show another text."""
        return Secret(self.reveal(), shown=text)

    def seal(self) -> None:
        """Drop the value."""
        self._value = None

    def sealed(self) -> "Secret":
        """Return a copy without the value, safe to store or pass on; itself if it has none."""
        if self._value is None:
            return self
        copy = Secret.__new__(Secret)
        copy.__setstate__(self.__getstate__())
        return copy

    def __repr__(self) -> str:
        return f"Secret({self.redacted})"

    def __str__(self) -> str:
        return self.redacted

    def __format__(self, spec: str) -> str:
        return format(self.redacted, spec)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __getstate__(self) -> tuple[str, str]:
        return (self.redacted, self.digest)

    def __setstate__(self, state: tuple[str, str]) -> None:
        self._value = None
        self.redacted, self.digest = state

    def __iter__(self) -> NoReturn:
        raise TypeError("a secret is not a sequence; use reveal()")


def redact(text: str) -> str:
    """Return at most the first four characters of a secret, and its length in characters.

    Secrets under 24 characters show two characters, secrets under twelve show none.
    """
    shown = 4 if len(text) >= 24 else 2 if len(text) >= 12 else 0
    return f"{printable(text[:shown])}…({len(text)} characters)"


def mask_tokens(text: str) -> str:
    """Shorten every token-like run of 24 or more characters that mixes letters and digits.

    Used on the text around a finding, which may hold secrets that no rule matches.
    """

    def mask(run: re.Match[str]) -> str:
        value = run.group()
        mixed = any(c.isdigit() for c in value) and any(c.isalpha() for c in value)
        return f"{value[:4]}…" if mixed else value

    return _TOKEN_LIKE.sub(mask, text)


def escaped(text: str) -> str:
    r"""Return JSON text with every character that `printable` escapes written as a `\u202e` escape."""
    if text.isprintable():  # what has to be escaped is not printable, and this looks at a character in a nanosecond
        return text
    return _UNPRINTABLE.sub(lambda c: "".join(f"\\u{ord(unit):04x}" for unit in c.group()), text)


def printable(text: str) -> str:
    r"""Return text with control, bidirectional and invisible characters escaped as `\x1b` or `\u202e`."""
    return text if text.isprintable() else _UNPRINTABLE.sub(lambda c: ascii(c.group())[1:-1], text)
