"""Tell an example of a public rule suite that no vendor can have issued, with the reason."""

from __future__ import annotations

import base64
import binascii
import itertools
import json
import re
from collections.abc import Callable, Iterable
from typing import Final

from frontleak.core.placeholders import is_placeholder
from frontleak.core.records import replace
from frontleak.match.validators import is_valid
from frontleak.rules.expressions import compiled
from frontleak.rules.pattern_rule import PatternRule

CHECKSUM: Final = "wrong checksum"
SHAPE: Final = "impossible alphabet or length"
PLACEHOLDER: Final = "placeholder"
CLASSES: Final = (CHECKSUM, SHAPE, PLACEHOLDER)

_RUN: Final = 6
"""Characters of a run (`aaaaaa`, `abcdef`, `123456`). In random texts they are one in millions."""
_UNLIKELY: Final = 1e-4
"""A random text that is less likely than this was not drawn from its alphabet."""
_PREFIX: Final = 6
"""Characters at the start of a secret that need not belong to its random part."""
_WORDS: Final = re.compile(
    r"example|placeholder|dummy|changeme|change_me|redacted|deadbeef|foobar|fakevalue|not_?a_?real|your[_-]|my[_-]?(?:secret|password|token)"
    r"|x{5}|s3cr3t|sup3r|hunter2|qwerty|asdfgh|password\d|passw0rd|supersecret|loremipsum|(?<![a-z])(?:fake|mock|sample)(?![a-z])",
    re.IGNORECASE,
)
_LEAST: Final = 12
"""Characters of a value that may be told as a run."""
_DULL: Final = 24
"""Characters of a value whose different characters are counted."""
_BODY: Final = re.compile(r"[A-Za-z0-9]{16,}")
_GROUPS: Final = re.compile(r"[A-Za-z0-9]{4,}(?:-[A-Za-z0-9]{4,}){2,}")
"""Groups with hyphens, as of a UUID: they are one text for a run."""
_UUID_LIKE: Final = re.compile(r"(?<![A-Za-z0-9-])[A-Za-z0-9]{8}(?:-[A-Za-z0-9]{4}){3}-[A-Za-z0-9]{12}(?![A-Za-z0-9-])")
_HEX_GROUPS: Final = re.compile(r"[0-9A-Fa-f-]+")
_EXAMPLE_UUID: Final = re.compile(r"123e4567-?e89b-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}", re.IGNORECASE)
"""The UUID of the tutorials, which Wikipedia shows; suites change its last digits."""
_RESERVED_HOST: Final = re.compile(
    r"@(?:[a-z0-9.-]*\.)?(?:example(?:\.(?:com|net|org))?|test|invalid|localhost)(?=[:/?,\s]|$)", re.IGNORECASE
)
"""A host that RFC 2606 and RFC 6761 reserve: no service is there."""
_WORD_ALONE: Final = re.compile(
    r"[\"']?(?:(?:my|your|the|some|user|db|default|open)[_ -]?)?"
    r"(?:pass(?:w[o0]r[d0])?|passwd|pwd|secret|sesame|credentials?|token)[0-9]{0,2}[\"']?",
    re.IGNORECASE,
)
_REFERENCE: Final = re.compile(r"\$\{?[A-Za-z_][\w.]*\}?|%\w+%|#\{.*\}|\$\(.*\)|<[\w -]+>|[#*?.]{4,}")
_KEY_BYTES: Final = {"AccountKey": 64, "PresharedKey": 32}
"""Name of a setting -> bytes of its key: https://learn.microsoft.com/en-us/azure/storage/common/storage-account-keys-manage
and https://www.wireguard.com/protocol/"""
_NAMED_BASE64: Final = re.compile(rf"({'|'.join(_KEY_BYTES)})\s*=\s*([A-Za-z0-9+/]{{40,}}={{0,2}})")
_TUTORIAL_SUBJECT: Final = '"1234567890"'
"""The subject of the token that jwt.io shows."""
_BASE64: Final = re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{16,}={0,2}(?![A-Za-z0-9+/=])")
_JWT: Final = re.compile(r"eyJ[A-Za-z0-9_-]{8,}\.(?P<payload>[A-Za-z0-9_-]{8,})\.[A-Za-z0-9_-]*")
_AWS_ID: Final = re.compile(
    r"(?:AKIA|ASIA|ABIA|ACCA|AGPA|AIDA|AROA|AIPA|ANPA|ANVA)[A-Z0-9]{16}(?![A-Za-z0-9])|A3T[A-Z0-9]{17}"
)
_AWS_REAL: Final = re.compile(r"[A-Z0-9]{4}[A-Z2-7]{16}")
_PEM: Final = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY[A-Z ]*-----(?P<body>.*?)(?:-----END|\Z)", re.DOTALL)


def why_not_real(text: str, rules: Iterable[PatternRule]) -> tuple[str, str] | None:
    """Return the class and the reason why no vendor can have issued a secret, or None if it may be real.

    Args:
        text: the secret, with what its suite matches around it.
        rules: shipped rules; those with a checksum tell a text that has the shape but not the sum.
    """
    for rule in rules:
        if rule.require.checksum and (found := compiled(rule.pattern).search(text.encode())):
            value = found["secret"]
            if not is_valid(value, rule.require) and is_valid(value, replace(rule.require, checksum="")):
                return CHECKSUM, f"the shape of {rule.id} with a wrong {rule.require.checksum}"
    for name, test in _TESTS:
        if reason := test(text):
            return name, reason
    return None


def why_no_place(text: str) -> tuple[str, str] | None:
    """Return the class and the reason why an address or a setting with its key cannot be real, or None if it may be.

    Args:
        text: all that the expression of a suite matches, with the host.
    """
    if _RESERVED_HOST.search(text):
        return PLACEHOLDER, "is for a host that is reserved for examples"
    for name, value in _NAMED_BASE64.findall(text):
        if not _is_base64_of(value, _KEY_BYTES[name]):
            return SHAPE, f"is no base64 of the {_KEY_BYTES[name]} bytes of its kind of key"
    return None


def _is_base64_of(text: str, length: int) -> bool:
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        return False
    return len(data) == length and base64.b64encode(data).decode() == text


def _words(text: str) -> str:
    found = _WORDS.search(text)
    return "has a word of a placeholder" if found else ""


def _values(text: str) -> str:
    """Tell a value that is no more than a word for a secret, a reference to a variable, or an example of the docs."""
    if _EXAMPLE_UUID.search(text):
        return "is the UUID of tutorials"
    if _WORD_ALONE.fullmatch(text):
        return "is no more than a word for a secret"
    if _REFERENCE.fullmatch(text):
        return "is a reference to a variable"
    if len(text) >= _LEAST and is_placeholder(text.encode()):
        return "is mostly a run"
    if len(text) >= _DULL and len(set(text)) * 4 <= len(text) and len(set(text)) <= 8:
        return "has hardly any different characters"
    return ""


def _readable(text: str) -> str:
    """Tell base64 of a text that is a placeholder itself."""
    for found in _BASE64.findall(text):
        try:
            decoded = base64.b64decode(found + "=" * (-len(found) % 4)).decode("ascii")
        except ValueError:
            continue
        if decoded.startswith("{"):
            if _TUTORIAL_SUBJECT in decoded:
                return "is the JWT of tutorials"
        elif decoded.isprintable() and (" " in decoded or _words(decoded) or _runs(decoded)):
            return "is base64 of a placeholder"
    return ""


def _runs(text: str) -> str:
    """Tell one character repeated, a sequence of letters or digits, and a block that is repeated."""
    joined = [found.replace("-", "") for found in _GROUPS.findall(text)]
    for body in (*_BODY.findall(text), *joined):
        if is_placeholder(body.encode()):
            return "is mostly a run"
        low = body.lower()
        for step in (0, 1, -1):
            length = 1
            for one, other in itertools.pairwise(low):
                length = length + 1 if ord(other) - ord(one) == step else 1
                if length >= _RUN:
                    return "has a run of six or more"
        if re.search(r"([A-Za-z0-9]{8,})\1|([A-Za-z0-9]{4,})\2\2|([A-Za-z0-9]{2,3})\3{4}", low):
            return "repeats a block"
        if len(set(low)) * 4 <= len(low) and len(set(low)) <= 8:
            return "has hardly any different characters"
        if len(low) >= 20 and re.fullmatch(r"(?:[a-z]\d){10,}[a-z]?|(?:\d[a-z]){10,}\d?", low):
            return "alternates letters and digits"
    return ""


def _alphabet(text: str) -> str:
    """Tell a random text without a kind of character that its alphabet must have."""
    for body in _BODY.findall(text):
        digits = sum(map(str.isdigit, body))
        upper, lower = any(map(str.isupper, body)), any(map(str.islower, body))
        letters = 52 if upper and lower else 26
        if not digits and (letters / (letters + 10)) ** len(body) < _UNLIKELY:
            return "has no digit in so many characters"
        strange = re.sub(r"[0-9A-Fa-f]", "", body[_PREFIX:])
        if len(body) >= 32 and len(strange) in {1, 2} and not (upper and lower):
            return "is hexadecimal but for a character or two"
    return ""


def _uuid(text: str) -> str:
    found = _UUID_LIKE.search(text)
    return "is a UUID outside hexadecimal" if found and not _HEX_GROUPS.fullmatch(found.group()) else ""


def _structure(text: str) -> str:
    if found := _JWT.search(text):
        payload = found["payload"]
        try:
            json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        except (ValueError, binascii.Error):
            return "is a JWT whose claims do not decode"
    if found := _AWS_ID.search(text):
        return (
            ""
            if _AWS_REAL.fullmatch(found.group()) and not found.group().startswith("A3T")
            else "is an AWS id outside Base32"
        )
    if found := _PEM.search(text):
        body = re.sub(r"\\[nr]|[^A-Za-z0-9+/=]", "", re.sub(r"(?m)^[A-Za-z-]+: .*$", "", found["body"]))
        if "ENCRYPTED" in text:
            return ""
        try:
            data = base64.b64decode(body[: len(body) // 4 * 4])
        except (ValueError, binascii.Error):
            return "is a PEM key that does not decode"
        if not data.startswith((b"\x30", b"openssh-key-v1")) and "PGP" not in text:
            return "is a PEM key without a key in it"
    return ""


_TESTS: Final[tuple[tuple[str, Callable[[str], str]], ...]] = (
    (SHAPE, _structure),
    (PLACEHOLDER, _values),
    (PLACEHOLDER, _words),
    (PLACEHOLDER, _runs),
    (PLACEHOLDER, _readable),
    (SHAPE, _uuid),
    (SHAPE, _alphabet),
)
