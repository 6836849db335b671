"""What the grammars of TypeScript accept, but read as something else than TypeScript does."""

from re import Match
from typing import Final

from frontleak.core.lazy_regex import LazyRegex

_UNARY: Final = LazyRegex(
    rb"(?:await(?<![.\w$#]await)(?=\s)|void(?<![.\w$#]void)(?=[ \t]))"
    rb"(?=\s+(?!(?:of|in|as|is|satisfies|instanceof|extends)\b)[A-Za-z_$(])"
)
"""`await f<T>(x)` is read as a call of `await f`, and `void f<T>(x)` likewise."""
_NON_NULL: Final = LazyRegex(rb"!(?=\??\.)(?<=[\w$)\]]!)")
"""`a && b!.c()` is read as a call of `(a && b)!.c`."""
_TYPEOF_IMPORT: Final = LazyRegex(
    rb"typeof\s{1,9}import\s{0,9}\(\s{0,9}(?:'[^'\r\n]{0,1000}'|\"[^\"\r\n]{0,1000}\")\s{0,9}\)"
)
"""`f<typeof import('x')>(y)` is read as two comparisons."""


def without_misread(text: bytes) -> bytes:
    """Return a text of the same length in which `await`, `void`, `!` and `typeof import` do not mislead the grammar."""
    if b"await" in text or b"void" in text:
        text = _UNARY.sub(_blank, text)
    if b"!." in text or b"!?." in text:
        text = _NON_NULL.sub(b" ", text)
    if b"typeof" in text and b"import" in text:
        text = _TYPEOF_IMPORT.sub(_named, text)
    return text


def _blank(found: Match[bytes]) -> bytes:
    return b" " * len(found[0])


def _named(found: Match[bytes]) -> bytes:
    return b"typeof x".ljust(len(found[0]))
