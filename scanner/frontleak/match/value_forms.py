"""The forms in which builds write a known value: escaped, encoded, reversed."""

import json
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple
from urllib.parse import quote

from frontleak.core.lazy_regex import LazyTextRegex

_URLSAFE: Final = bytes.maketrans(b"+/", b"-_")
_URI_COMPONENT: Final = "-_.!~*'()"
"""What `encodeURIComponent` leaves, besides letters and digits."""
_URI: Final = "-_.!~*'();/?:@&=+$,#"
"""What `encodeURI` leaves."""
_NEVER_ESCAPED: Final = LazyTextRegex("[A-Za-z0-9_-]+")
_TEXT: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_ENTITIES: Final = tuple(
    tuple(entities.items())
    for entities in (
        _TEXT,
        {**_TEXT, '"': "&quot;"},
        {**_TEXT, '"': "&quot;", "'": "&#x27;"},  # React
        {**_TEXT, '"': "&quot;", "'": "&#39;"},  # Vue
        {**_TEXT, '"': "&#34;", "'": "&#39;"},  # Go
        {"&": "&amp;", '"': "&quot;"},  # a browser, Solid
        {"&": "&amp;", '"': "&quot;", "<": "&lt;"},  # Preact, Svelte
        {"&": "&#38;", '"': "&#34;"},  # Astro
    )
)
"""How frameworks write the text of an element or an attribute: pairs of a character and its entity, `&` first."""
_SAFE_IN_PAGES: Final = tuple(
    tuple((character, written.format(ord(character))) for character in characters)
    for characters, written in (
        ("", ""),
        ("<>&", "\\u{:04x}"),  # Next.js, Rails
        ("<", "\\u{:04x}"),
        ("<", "\\u{:04X}"),  # devalue: SvelteKit
        ("</", "\\u{:04X}"),  # Nuxt
        ("<>/", "\\u{:04X}"),  # serialize-javascript
        ("/", "\\u{:04X}"),
        ("/", "\\/"),
    )
)
"""How JSON is written into a script of a page, so that no tag ends in it."""
_ESCAPED: Final = LazyTextRegex(r"[\"'`\\$\x00-\x1f\x80-\U0010ffff]")
_LATIN: Final = LazyTextRegex("[\x80-\xff]")
LEAST_ENCODED: Final = 8
"""Bytes of the shortest form that is looked for: shorter ones occur by chance."""


class Form(NamedTuple):
    """A value as it is written in some encoding."""

    kind: str
    """Name of the decoder that would read it; empty for the plain value."""
    text: bytes


def forms_of(value: bytes, *, escaped: bool = True) -> tuple[Form, ...]:
    """Return the forms of a value, each text once, the plain one first.

    Args:
        value: its bytes.
        escaped: whether escapes, percent and entities are among them, which are hundreds for a value with quotes.
    """
    found: dict[bytes, Form] = {}
    for kind, text in ((b"", value), *_text_forms(value, escaped=escaped), *_byte_forms(value)):
        if len(text) >= LEAST_ENCODED or not kind:
            found.setdefault(text, Form(kind.decode(), text))
    return tuple(found.values())


_Forms = Iterator[tuple[bytes, bytes]]


def byte_forms(value: bytes) -> tuple[list[list[bytes]], list[bytes]]:
    """Return the forms that encode bytes: base64 at each of three offsets, and hexadecimal."""
    base64 = []
    for before in range(3):
        # only the characters that no other byte has a part in
        letters = b64encode(bytes(before) + value)[(before * 8 + 5) // 6 : (before + len(value)) * 8 // 6]
        base64.append([letters])
        if not letters.isalnum():
            base64[-1] += (
                letters.translate(_URLSAFE),
                letters.replace(b"+", b"%2B").replace(b"/", b"%2F"),
                letters.replace(b"/", b"\\/"),
            )
    return base64, [value.hex().encode(), value.hex().upper().encode()]


def wide_forms(value: bytes) -> list[bytes]:
    """Return a value in UTF-16, in both byte orders; nothing if it is no text.

    A character that is cut at the end is left out.
    """
    try:
        text = value.decode()
    except UnicodeDecodeError as error:
        if error.end < len(value) or error.reason != "unexpected end of data":
            return []
        text = value[: error.start].decode()
    return [text.encode("utf-16-le"), text.encode("utf-16-be")]


def _byte_forms(value: bytes) -> _Forms:
    base64, hexadecimal = byte_forms(value)
    for letters in base64:
        for each in letters:
            yield b"base64", each
    for each in hexadecimal:
        yield b"hex", each


def _text_forms(value: bytes, *, escaped: bool) -> _Forms:
    """Yield the forms that escape characters; those of a value without special characters are the value."""
    try:
        text = value.decode()
    except UnicodeDecodeError:
        yield b"reversed", value[::-1]
        return
    yield from _scripted(b"reversed", text[::-1])
    for encoding in ("utf-16-le", "utf-16-be"):
        yield b"utf-16", text.encode(encoding)
    if not escaped or _NEVER_ESCAPED.fullmatch(text):
        return
    for ascii_only in (True, False)[text.isascii() :]:
        in_json = json.dumps(text, ensure_ascii=ascii_only)[1:-1]
        for each in _written(in_json, _SAFE_IN_PAGES):
            yield from _scripted(b"js-escape", each)  # in a string that holds JSON
            yield b"js-escape", each.replace('\\"', '"').encode()
        for each in _in_quotes(in_json):
            yield b"js-escape", each.encode()
        for each in _written(in_json, _ENTITIES):
            yield b"html-entity", each.encode()  # JSON in an attribute
    yield b"js-escape", text.replace("\\", "\\\\").replace("`", "\\`").replace("${", "\\${").encode()
    for safe in ("", _URI_COMPONENT, _URI):
        percent = quote(text, safe=safe)
        yield b"percent", percent.encode()
        yield b"percent", _lower_escapes(percent).encode()
        yield b"percent", percent.replace("%20", "+").encode()
        yield b"percent", quote(percent, safe="").encode()
    for each in _written(text, _ENTITIES):
        yield from _scripted(b"html-entity", each)


def _written(text: str, ways: Sequence[Sequence[tuple[str, str]]]) -> Iterable[str]:
    """Return a text with characters replaced in each of some ways, each result once."""
    results: dict[str, None] = {}
    for way in ways:
        written = text
        for character, other in way:
            written = written.replace(character, other)
        results[written] = None
    return results


def _scripted(kind: bytes, text: str) -> _Forms:
    """Yield an encoded text, and how a script has it in each kind of quotes."""
    yield kind, text.encode()
    if _ESCAPED.search(text):
        for each in _in_quotes(json.dumps(text, ensure_ascii=False)[1:-1]):
            yield kind, each.encode()


def _in_quotes(escaped: str) -> Iterator[str]:
    """Yield how a script has a text in double quotes, single quotes and backticks; `escaped` is that in double ones."""
    bare = escaped.replace('\\"', '"')
    for each in dict.fromkeys((escaped, bare.replace("'", "\\'"), bare.replace("`", "\\`").replace("${", "\\${"))):
        yield each
        if not each.isascii():
            yield _LATIN.sub(lambda match: f"\\x{ord(match.group()):02x}", each)  # as SWC and terser write it
            yield _LATIN.sub(lambda match: f"\\x{ord(match.group()):02X}", each)  # as esbuild does


def _lower_escapes(percent: str) -> str:
    return "%".join(
        part if not number else part[:2].lower() + part[2:] for number, part in enumerate(percent.split("%"))
    )
