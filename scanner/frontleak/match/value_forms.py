"""The forms in which builds write a known value: escaped, encoded, reversed."""

import json
from base64 import b64encode
from collections.abc import Iterator
from typing import Final, NamedTuple
from urllib.parse import quote

from frontleak.core.lazy_regex import LazyTextRegex

_URLSAFE: Final = bytes.maketrans(b"+/", b"-_")
_URI_COMPONENT: Final = "-_.!~*'()"
"""What `encodeURIComponent` leaves, besides letters and digits."""
_URI: Final = "-_.!~*'();/?:@&=+$,#"
"""What `encodeURI` leaves."""
_NEVER_ESCAPED: Final = LazyTextRegex("[A-Za-z0-9_-]+")
LEAST_ENCODED: Final = 8
"""Bytes of the shortest form that is looked for: shorter ones occur by chance."""


class Form(NamedTuple):
    """A value as it is written in some encoding."""

    kind: str
    """Name of the decoder that would read it; empty for the plain value."""
    text: bytes


def forms_of(value: bytes) -> tuple[Form, ...]:
    """Return the forms of a value, each text once, the plain one first."""
    found: dict[bytes, Form] = {}
    for kind, text in ((b"", value), *_text_forms(value), *_byte_forms(value)):
        if len(text) >= LEAST_ENCODED or not kind:
            found.setdefault(text, Form(kind.decode(), text))
    return tuple(found.values())


_Forms = Iterator[tuple[bytes, bytes]]


def _byte_forms(value: bytes) -> _Forms:
    """Yield the forms that encode bytes."""
    for before in range(3):
        # only the characters that no other byte has a part in
        letters = b64encode(bytes(before) + value)[(before * 8 + 5) // 6 : (before + len(value)) * 8 // 6]
        yield b"base64", letters
        yield b"base64", letters.translate(_URLSAFE)
        yield b"base64", letters.replace(b"+", b"%2B").replace(b"/", b"%2F")
        yield b"base64", letters.replace(b"/", b"\\/")
    yield b"hex", value.hex().encode()
    yield b"hex", value.hex().upper().encode()


def _text_forms(value: bytes) -> _Forms:
    """Yield the forms that escape characters; those of a value without special characters are the value."""
    try:
        text = value.decode()
    except UnicodeDecodeError:
        yield b"reversed", value[::-1]
        return
    yield b"reversed", text[::-1].encode()
    for encoding in ("utf-16-le", "utf-16-be"):
        yield b"utf-16", text.encode(encoding)
    if _NEVER_ESCAPED.fullmatch(text):
        return
    for ascii_only in (True, False):
        escaped = json.dumps(text, ensure_ascii=ascii_only)[1:-1]
        for each in (escaped, escaped.replace("/", "\\/"), escaped.replace("/", "\\u002F"), _html_safe(escaped)):
            yield b"js-escape", each.encode()
            yield b"js-escape", json.dumps(each)[1:-1].encode()  # in a string that holds JSON
        single = escaped.replace('\\"', '"').replace("'", "\\'")
        yield b"js-escape", single.encode()
        yield b"js-escape", escaped.replace('\\"', '"').replace("`", "\\`").replace("${", "\\${").encode()
        yield b"js-escape", escaped.replace('\\"', '"').encode()
    yield b"js-escape", text.replace("\\", "\\\\").replace("`", "\\`").replace("${", "\\${").encode()
    for safe in ("", _URI_COMPONENT, _URI):
        percent = quote(text, safe=safe)
        yield b"percent", percent.encode()
        yield b"percent", _lower_escapes(percent).encode()
        yield b"percent", percent.replace("%20", "+").encode()
        yield b"percent", quote(percent, safe="").encode()
    bare = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    yield b"html-entity", bare.encode()
    for quote_, apostrophe in (("&quot;", "&#x27;"), ("&#34;", "&#39;"), ("&quot;", "&#39;"), ("&quot;", "'")):
        yield b"html-entity", bare.replace('"', quote_).replace("'", apostrophe).encode()
    in_json = json.dumps(text)[1:-1].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    yield b"html-entity", in_json.replace('"', "&quot;").replace("'", "&#x27;").encode()


def _html_safe(escaped: str) -> str:
    """Return JSON as it is written into a script of a page."""
    for character in "<>&":
        escaped = escaped.replace(character, f"\\u{ord(character):04x}")
    return escaped


def _lower_escapes(percent: str) -> str:
    return "%".join(
        part if not number else part[:2].lower() + part[2:] for number, part in enumerate(percent.split("%"))
    )
