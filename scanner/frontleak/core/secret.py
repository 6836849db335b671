"""The one type that holds a secret's value, and how a secret is shown."""

import re
from hashlib import blake2b
from typing import Final, NoReturn

# Keyed so that a digest in a report cannot be compared with another tool's plain hash of the same secret.
_DIGEST_KEY: Final = b"frontleak/secret/v1"
_TOKEN_LIKE: Final = re.compile(r"(?<![A-Za-z0-9+/_=-])[A-Za-z0-9+/_=-]{24,}")
_UNPRINTABLE: Final = re.compile(
    # C0 and C1 controls, DEL, line separators, bidirectional overrides, zero-width characters, lone surrogates
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


class Secret:
    """A captured value that does not print.

    `str`, `repr`, `format`, JSON encoders and pickle only ever see the redacted form; `reveal()` is the single way to
    the value and easy to search for. `digest` (32 hexadecimal digits, keyed) tells equal secrets apart from others
    without the value.
    """

    __slots__ = ("_value", "digest", "redacted")

    def __init__(self, value: bytes, *, plain: bool = False) -> None:
        """Hold a value; `plain` says that it is no secret itself and may be shown as it stands."""
        text = value.decode("utf-8", "replace")
        self._value: bytes | None = value
        self.redacted: str = printable(text) if plain else redact(text)
        self.digest: str = blake2b(value, key=_DIGEST_KEY, digest_size=16).hexdigest()

    def reveal(self) -> bytes:
        """Return the value.

        Raises:
            LookupError: the secret crossed a process boundary, where values are left behind.
        """
        if self._value is None:
            raise LookupError("the value of this secret stayed in the process that found it")
        return self._value

    def sealed(self) -> "Secret":
        """Return the same secret without its value, for what may be kept or handed on."""
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
    """Return a short form of a secret: its first four characters at most, and its length in characters.

    Less is shown of a short secret, and nothing of one under twelve characters.
    """
    shown = 4 if len(text) >= 24 else 2 if len(text) >= 12 else 0
    return f"{printable(text[:shown])}…({len(text)} characters)"


def mask_tokens(text: str) -> str:
    """Shorten every token-like run of 24 characters or more that mixes letters and digits.

    Used on the text round a finding: what no rule knows may still be a secret.
    """

    def mask(run: re.Match[str]) -> str:
        value = run.group()
        mixed = any(c.isdigit() for c in value) and any(c.isalpha() for c in value)
        return f"{value[:4]}…" if mixed else value

    return _TOKEN_LIKE.sub(mask, text)


def escaped(text: str) -> str:
    r"""Return JSON text with every character that `printable` would not let through as `\u202e`."""
    return _UNPRINTABLE.sub(lambda c: "".join(f"\\u{ord(unit):04x}" for unit in c.group()), text)


def printable(text: str) -> str:
    r"""Return text that is safe on a terminal: control, bidirectional and invisible characters as `\x1b`, `\u202e`."""
    return _UNPRINTABLE.sub(lambda c: ascii(c.group())[1:-1], text)
