"""Judges a literal that a name calls a secret: the name, how the literal is written, and whether it looks issued.

The generic rules have no shape to go by, so all of it must agree. Vocabulary and thresholds are in
rules/code/assigned.yaml. A value that could be guessed is refused, so that no digest of one enters a fingerprint.
"""

import base64
import binascii
import functools
import re
from typing import Any, Final

from frontleak.core.lazy_regex import LazyRegex, LazyTextRegex
from frontleak.core.randomness import RANDOM, bits_per_letter, is_guessable
from frontleak.rules.load import load_data
from frontleak.rules.secret_names import any_part, name_expression, words

KINDS: Final = ("secret", "token", "key")
"""What a name can call a value."""
_REACH: Final = 200
"""Bytes before a value in which its name and the beginning of its line are looked for."""
_QUOTE: Final = (
    rb"(?:\\{0,7}[\"'`]|\\{1,7}u00(?:22|27|60)|\\{1,7}x(?:22|27|60)"
    rb"|&(?:quot|apos|#0{0,3}3[49]|#x2[27]);|%2[27])"
)
_BEFORE: Final = LazyRegex(
    rb"(?P<name>[A-Za-z_$][\w$-]{0,80}+)(?P<close>" + _QUOTE + rb")?\]?(?P<call>\))?[!?]?\s{0,8}"
    rb"(?P<sign>:=?|={1,3}>?|\|\|=?|\?\?=?|,|%3[ADad]|\\{1,3}u003[adAD]|&#(?:58|61|x3[adAD]);)\s{0,8}"
    rb"(?:JSON\.stringify\()?(?P<open>" + _QUOTE + rb"{1,2})?(?P<scheme>(?i:bearer|basic|token)(?:\s|%20|\+))?\Z"
)
"""The assignment before a value."""
_OPENS: Final = LazyRegex(_QUOTE + rb"\Z")
_CLOSES: Final = LazyRegex(_QUOTE)
_GOES_ON: Final = LazyRegex(rb"\s{0,8}(?:\+|\[|\??\.[A-Za-z])")
"""What follows a string that is not the whole value: code joins, cuts or reverses it, and decoders read the result."""
_LINE: Final = LazyRegex(
    rb"(?:\A|\n|\r|\\n|%0A)[ \t]{0,20}(?:-[ \t]{1,4})?(?:(?:export|set|ENV|ARG)[ \t]{1,4})?"
    rb"(?:[A-Za-z0-9_-]{1,40}\.){0,4}\Z"
)
"""The beginning of a line that sets a variable without quotes."""
_PARAMETER: Final = LazyRegex(rb"[?&](?:amp;)?\Z|\\u0026\Z")
_IN_STRING: Final = LazyRegex(rb"[\"'`]\Z|[\"'` ][a-z_]{2,30}=[^\s\"'`<>]{1,80} \Z")
"""What stands before a parameter that begins a string (`body: "secret=…"`), or that another one precedes there."""
_LINE_ENDS: Final = LazyRegex(rb"[ \t]{0,20}(?:\Z|[\r\n]|\\[rn]|\\{2,7}n|%0[AaDd]|#)")
_PARAMETER_ENDS: Final = LazyRegex(rb"\Z|&|[\s\"'`<>\\)]|%2[2627]")
_COMMENT: Final = LazyRegex(rb"(?:\A|[\r\n])[ \t]{0,40}(?:\*|//|/\*|#|<!--)[^\r\n]*\Z")
_HEX: Final = LazyTextRegex(r"[0-9a-f]+|[0-9A-F]+")
_HEX_LENGTHS: Final = frozenset({32, 40, 48, 56, 64, 80, 96, 128})
"""Hexadecimal digits of 16 to 64 random bytes, as vendors issue them."""
_HEX_DIGITS: Final = frozenset("0123456789abcdefABCDEF")
_KEY_NUMBER: Final = 66
"""Characters of the private key of a wallet, with `0x`."""
_UUID: Final = LazyTextRegex(
    r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}"
)
_BASE64: Final = LazyTextRegex(r"[A-Za-z0-9+/_-]{12,}={0,2}")
_WORDY: Final = LazyTextRegex(r"[A-Z]?[a-z]{3,}|[A-Z]{3,}(?![a-z])")
_RUN: Final = 6
"""Characters of a sequence (`abcdef`) or a repetition; random texts have one in millions."""
_COUNTED: Final = LazyTextRegex(r"0[12]0[23]0[34]0[45]|1[12]1[23]1[34]1[45]|112233|(?i:aabbcc)|(.{3,8})\1\1|(.{8,})\2")
"""Bytes that count up, and a block that is repeated."""
_PARTS: Final = LazyTextRegex(r"[^-_.:/+~]+")
_LEAST_DIGITS: Final = 2


def is_assigned(text: bytes, start: int, end: int, kind: str) -> bool:
    """Return whether the literal at a span looks like a secret of a kind, by its name and by its own structure."""
    value = text[start:end]
    if not looks_issued(value, kind):
        return False
    before = _BEFORE.search(text, max(0, start - _REACH), start)
    if before is None or not names_secret(before["name"].decode(), kind):
        return False
    if _COMMENT.search(text, max(0, before.start() - _REACH), before.start()):
        return False
    if (before["scheme"] or b"")[:5].lower() == b"basic" and _is_guessable_pair(value):
        return False
    return _is_literal(text, before, end)


def _is_literal(text: bytes, before: re.Match[bytes], end: int) -> bool:
    """Return whether a value is all of a string, of a line that sets a variable, or of a parameter."""
    if before["call"] and before["sign"] == b",":  # the argument of another call
        return False
    if before["open"]:
        return (closing := _CLOSES.match(text, end)) is not None and not _GOES_ON.match(text, closing.end())
    if before["close"] or before["sign"] not in {b"=", b":", b"%3D", b"%3d"}:
        return False
    return _is_unquoted_literal(text, before, before.start("name"), end)


def _is_unquoted_literal(text: bytes, before: re.Match[bytes], first: int, end: int) -> bool:
    """Return whether a value without quotes, whose name begins at `first`, is all of a parameter, header or line."""
    if before["scheme"] and _OPENS.search(text, max(0, first - 12), first):  # curl -H "Authorization: Bearer …"
        return bool(_CLOSES.match(text, end))
    if _PARAMETER.search(text, max(0, first - 8), first):
        return bool(_PARAMETER_ENDS.match(text, end))
    if before["sign"] == b"=" and _IN_STRING.search(text, max(0, first - 120), first):
        return text.startswith(b";", end) or bool(_PARAMETER_ENDS.match(text, end))
    return bool(_LINE.search(text, max(0, first - _REACH), first) and _LINE_ENDS.match(text, end))


@functools.lru_cache(4096)
def names_secret(name: str, kind: str) -> bool:
    """Return whether a name calls its value a secret of a kind, and nothing in it says otherwise."""
    name = words(name)
    known = _vocabulary()
    if not known.names[kind].search(name) or known.harmless_names.search(name):
        return False
    if name_expression("public").search(name) and not name_expression("never_public").search(name):
        return False
    return not name_expression("not_secret").search(name)


@functools.lru_cache(4096)
def looks_issued(value: bytes, kind: str) -> bool:
    """Return whether a value has the structure of one that a machine made: long, no words, no sequence, no address."""
    known = _vocabulary()
    if not known.least[kind] <= len(value) or not value.isascii() or is_guessable(value):
        return False
    text = value.decode()
    if known.harmless_values.search(text) or known.placeholder_words.search(words(text)) or _has_run(text):
        return False
    if _UUID.fullmatch(text):
        return True
    if text.startswith("0x"):
        return len(text) == _KEY_NUMBER and not set(text[2:]) - _HEX_DIGITS
    if _HEX.fullmatch(text):
        return len(text) in _HEX_LENGTHS
    return sum(map(str.isdigit, text)) >= _LEAST_DIGITS and not _is_of_words(text) and not _decodes_to_words(text)


def _has_run(text: str) -> bool:
    """Return whether a text has a sequence of characters: an alphabet, a row of digits, a repetition."""
    if len(set(text)) * 4 < min(len(text), 40) or _COUNTED.search(text):
        return True
    return _is_sequence(text) or _is_sequence("".join(filter(str.isalpha, text)))


def _is_sequence(text: str) -> bool:
    step, length = 2, 1
    for one, other in zip(text.lower(), text.lower()[1:], strict=False):
        now = ord(other) - ord(one)
        length = length + 1 if now == step else 2
        step = now if now in {-1, 0, 1} else 2
        if length >= _RUN and step != 2:
            return True
    return False


def _is_of_words(text: str) -> bool:
    """Return whether a text is names and numbers that are joined, or its letters follow each other as in words."""
    if bits_per_letter(text) < RANDOM:
        return True
    parts = _PARTS.findall(text)
    plain = sum(len(part) for part in parts if part.isdigit() or part.isalpha() and len(part) < 10)  # noqa: RUF021
    if len(parts) > 1 and plain * 2 > sum(map(len, parts)):
        return True
    spoken = sum(len(word) for word in _WORDY.findall(text) if bits_per_letter(word) < RANDOM - 0.4)
    return spoken * 2 > len(text)


def _decodes_to_words(text: str) -> bool:
    """Return whether a text is the base64 of one that could be guessed, of markup or of settings."""
    decoded = _decoded(text)
    return decoded is not None and (
        is_guessable(decoded) or decoded[:1] in b"{[<" or b"://" in decoded or _is_of_words(decoded.decode())
    )


def _is_guessable_pair(value: bytes) -> bool:
    """Return whether a value is the base64 of a name and a password that could be guessed, or no such pair."""
    decoded = _decoded(value.decode())
    return decoded is None or is_guessable(decoded.partition(b":")[2])


def _decoded(text: str) -> bytes | None:
    """Return the printable text that a value is the base64 of, or None."""
    if not _BASE64.fullmatch(text):
        return None
    bare = text.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        decoded = base64.b64decode(bare + "=" * (-len(bare) % 4))
    except (ValueError, binascii.Error):
        return None
    return decoded if decoded.isascii() and decoded.decode().isprintable() else None


class _Vocabulary:
    """The expressions of rules/code/assigned.yaml."""

    def __init__(self, data: dict[str, Any]) -> None:
        ends = rf"(?:_(?:{data['endings']}))*\Z"
        self.names = {
            kind: re.compile(rf"(?<![A-Z0-9])(?:{any_part(parts)}){ends}", re.VERBOSE)
            for kind, parts in data["names"].items()
        }
        self.harmless_names = re.compile(rf"(?<![A-Z0-9])(?:{any_part(data['harmless_names'])})S?(?![A-Z])", re.VERBOSE)
        self.harmless_values = re.compile(any_part(data["harmless_values"]), re.VERBOSE)
        self.placeholder_words = re.compile(
            rf"(?<![A-Z0-9])(?:{data['placeholder_words']})[0-9]{{0,4}}(?![A-Z0-9])", re.VERBOSE
        )
        self.least: dict[str, int] = data["least"]


@functools.cache
def _vocabulary() -> _Vocabulary:
    return _Vocabulary(load_data("code/assigned.yaml"))
