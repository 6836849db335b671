"""Results of a fixed set of JavaScript functions for constant arguments. Nothing else is evaluated, nothing is run."""

import binascii
import json
import re
from base64 import b64decode
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple
from urllib.parse import unquote, unquote_to_bytes

MOST_TEXT: Final = 64_000
"""Characters of the longest value."""
MOST_ITEMS: Final = 20_000
"""Items of the longest list."""
_MOST_INNER: Final = 100
HOLE: Final = "\ufffc"
"""Marks an unknown part of a text."""


class Unknown:
    """A value that exists only at run time."""

    __slots__ = ()


UNKNOWN: Final = Unknown()


class RegexValue(NamedTuple):
    """A regular expression for one set of characters; other kinds are not applied."""

    characters: "re.Pattern[str]"
    everywhere: bool


Value = Any
"""str, int, float, bool, None, bytes (a Buffer), list, dict, `RegexValue`, or `UNKNOWN`."""

_TRIVIAL: Final = re.compile(
    r"/((?:\[\^?[\w\s.,:;|~@#%&=+*!<>/$-]{1,40}\]|\\?[^\\\[\](){}.*+?^$|/]|\\[.*+?^$|/()\[\]wdsWDS])\+?)/([gimsuy]*)"
)
_DOUBLED: Final = re.compile(r"([&|~-])\1")  # Python reserves these for set operations and warns about them


def regular_expression(source: str) -> Value:
    """Return the pattern of a regular expression literal for one set of characters, else `UNKNOWN`."""
    match = _TRIVIAL.fullmatch(source)
    if match is None or _DOUBLED.search(source):
        return UNKNOWN
    try:
        return RegexValue(
            re.compile(match.group(1), re.IGNORECASE if "i" in match.group(2) else 0), "g" in match.group(2)
        )
    except re.error:
        return UNKNOWN


def text_of(value: Value) -> str:
    """Return a value as JavaScript appends it to a string; unknown values become `HOLE`."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int():
            return str(value) if abs(value) < 10**21 else HOLE
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e21 else HOLE
        case bytes():
            return value.decode("utf-8", "replace")
        case list():
            return joined(value, ",")
        case None:
            return "null"
        case _:
            return HOLE


def joined(items: Sequence[Value], separator: str) -> str:
    """Return the texts of some items, joined; lists nested three deep become `HOLE`."""
    return gathered((_text_in_list(item) for item in items[:MOST_ITEMS]), separator)[:MOST_TEXT]


def gathered(texts: Iterable[str], separator: str = "") -> str:
    """Join texts until they exceed `MOST_TEXT` characters."""
    made: list[str] = []
    room = MOST_TEXT
    for text in texts:
        made.append(text)
        room -= len(text) + len(separator)
        if room < 0:
            break
    return separator.join(made)


def _text_in_list(item: Value) -> str:
    if isinstance(item, list):
        inner = [
            "" if each is None else HOLE if isinstance(each, list) else text_of(each) for each in item[:_MOST_INNER]
        ]
        return ",".join(inner)[:MOST_TEXT]
    return "" if item is None else text_of(item)


def _base64(text: str) -> bytes:
    cleaned = re.sub(r"[^A-Za-z0-9+/]", "", text.replace("-", "+").replace("_", "/"))
    cleaned = cleaned[: len(cleaned) - 1] if len(cleaned) % 4 == 1 else cleaned
    return b64decode(cleaned + "=" * (-len(cleaned) % 4))


def _from_codes(codes: Sequence[Value]) -> Value:
    if not codes or len(codes) > MOST_TEXT or not all(isinstance(code, int | float) for code in codes):
        return UNKNOWN
    return "".join(chr(int(code) & 0xFFFF if code < 0 else min(int(code), 0x10FFFF)) for code in codes)


def _percent(text: str) -> Value:
    return unquote_to_bytes(text.encode("utf-8", "surrogatepass")).decode("utf-8", "replace")


def _unescape(text: str) -> str:
    text = re.sub(r"%u([0-9a-fA-F]{4})", lambda m: chr(int(m.group(1), 16)), text)
    return unquote(text, encoding="latin-1")


def _json(text: str) -> Value:
    if text.count("[") + text.count("{") > 200:
        return UNKNOWN
    return json.loads(text)


def _buffer(args: Sequence[Value]) -> Value:
    first, encoding = args[0], args[1] if len(args) > 1 else "utf8"
    if isinstance(first, list):
        return bytes(int(item) & 255 for item in first)
    if not isinstance(first, str):
        return first if isinstance(first, bytes) else UNKNOWN
    if encoding in ("base64", "base64url"):
        return _base64(first)
    if encoding == "hex":
        return binascii.unhexlify(first[: len(first) // 2 * 2])
    return first.encode("latin-1", "replace") if encoding in ("latin1", "binary") else first.encode("utf-8", "replace")


def _bytes_as(value: bytes, encoding: Value) -> Value:
    if encoding in ("base64", "base64url"):
        return binascii.b2a_base64(value, newline=False).decode()
    if encoding == "hex":
        return value.hex()
    return value.decode("latin-1" if encoding in ("latin1", "binary", "ascii") else "utf-8", "replace")


def _number(args: Sequence[Value]) -> Value:
    base = args[1] if len(args) > 1 else 10
    if not isinstance(args[0], str):
        return args[0] if isinstance(args[0], int | float) else UNKNOWN
    return int(args[0][:20].strip(), int(base))


FUNCTIONS: Final[Mapping[str, Callable[[Sequence[Value]], Value]]] = {
    "atob": lambda a: _base64(a[0]).decode("latin-1"),
    "btoa": lambda a: binascii.b2a_base64(a[0].encode("latin-1"), newline=False).decode(),
    "Buffer.from": _buffer,
    "decodeURIComponent": lambda a: _percent(a[0]),
    "decodeURI": lambda a: _percent(a[0]),
    "unescape": lambda a: _unescape(a[0]),
    "JSON.parse": lambda a: _json(a[0]),
    "JSON.stringify": lambda a: json.dumps(a[0]) if isinstance(a[0], str) else UNKNOWN,
    "String": lambda a: text_of(a[0]),
    "String.fromCharCode": _from_codes,
    "String.fromCodePoint": _from_codes,
    "Array.from": lambda a: list(a[0]) if isinstance(a[0], str | list | bytes) else UNKNOWN,
    "Array": lambda a: list(a) if len(a) > 1 or isinstance(a[0], str) else UNKNOWN,
    "Array.of": list,
    "parseInt": _number,
    "Number": _number,
    "Uint8Array": lambda a: list(a[0]) if isinstance(a[0], list | bytes) else UNKNOWN,
    "Uint8Array.from": lambda a: list(a[0]) if isinstance(a[0], list | bytes) else UNKNOWN,
    "TextDecoder": lambda _: b"",
}
"""Function name -> value of a call with constant arguments. The functions may raise `FAILURES`."""

FAILURES: Final = (ValueError, TypeError, IndexError, KeyError, OverflowError, AttributeError, RecursionError)
"""Exceptions that the functions raise for unsupported arguments."""


def call(name: str, args: Sequence[Value]) -> Value:
    """Return the value of a function call, `UNKNOWN` if the function or an argument is not supported."""
    function = FUNCTIONS.get(name)
    if function is None or any(isinstance(arg, Unknown) or (isinstance(arg, str) and HOLE in arg) for arg in args):
        return UNKNOWN
    try:
        return _bounded(function(args))
    except FAILURES:
        return UNKNOWN


def method(value: Value, name: str, args: Sequence[Value]) -> Value:
    """Return the value of a method call on a constant, else `UNKNOWN`."""
    try:
        if isinstance(value, str):
            return _bounded(_text_method(value, name, args))
        if any(isinstance(arg, Unknown) for arg in args) and name != "concat":
            return UNKNOWN
        if isinstance(value, list):
            return _bounded(_list_method(value, name, args))
        if isinstance(value, bytes):
            return _bounded(_bytes_method(value, name, args))
    except FAILURES:
        pass
    return UNKNOWN


def _bounded(value: Value) -> Value:
    if isinstance(value, str | bytes) and len(value) > MOST_TEXT:
        return UNKNOWN
    return UNKNOWN if isinstance(value, list) and len(value) > MOST_ITEMS else value


def _span(length: int, args: Sequence[Value]) -> slice:
    start = int(args[0]) if args else 0
    end = int(args[1]) if len(args) > 1 else length
    return slice(max(0, start + length) if start < 0 else start, max(0, end + length) if end < 0 else end)


def _text_method(text: str, name: str, args: Sequence[Value]) -> Value:
    if name == "concat":
        return gathered((text, *map(text_of, args)))
    if any(isinstance(arg, Unknown) for arg in args):
        return UNKNOWN
    match name:
        case "toString" | "valueOf" | "normalize":
            return text
        case "trim" | "trimStart" | "trimEnd":
            return text.strip()
        case "split":
            parts: list[Value] = list(text) if args[0] == "" else text.split(args[0])
            return parts
        case "replace" | "replaceAll":
            return _replaced(text, args[0], args[1], everywhere=name == "replaceAll")
        case "slice":
            return text[_span(len(text), args)]
        case "substring":
            ends = sorted(max(0, min(len(text), int(arg))) for arg in args)
            return text[ends[0] :] if len(ends) == 1 else text[ends[0] : ends[1]]
        case "substr":
            start = _span(len(text), args[:1]).start
            return text[start : start + int(args[1])] if len(args) > 1 else text[start:]
        case "charAt" | "at":
            index = int(args[0])
            return text[index] if index >= 0 or name == "at" else ""
        case "charCodeAt" | "codePointAt":
            return ord(text[int(args[0]) if args else 0])
        case "repeat":
            return text * int(args[0]) if 0 <= int(args[0]) * len(text) <= MOST_TEXT else UNKNOWN
        case "padStart" | "padEnd":
            missing, filler = int(args[0]) - len(text), args[1] if len(args) > 1 else " "
            if not 0 < missing <= MOST_TEXT or not filler:
                return text if missing <= 0 else UNKNOWN
            padding = (filler * (missing // len(filler) + 1))[:missing]
            return padding + text if name == "padStart" else text + padding
        case "toUpperCase":
            return text.upper()
        case "toLowerCase":
            return text.lower()
        case _:
            return UNKNOWN


def _replaced(text: str, target: Value, replacement: Value, *, everywhere: bool) -> Value:
    if not isinstance(replacement, str) or "$" in replacement:
        return UNKNOWN
    most = MOST_TEXT // max(1, len(replacement)) + 1  # more replacements exceed the longest value
    if isinstance(target, RegexValue):
        return target.characters.sub(lambda _: replacement, text, count=most if target.everywhere else 1)
    if not isinstance(target, str) or (everywhere and not target):
        return UNKNOWN
    return text.replace(target, replacement, most if everywhere else 1)


def _list_method(items: list[Value], name: str, args: Sequence[Value]) -> Value:
    match name:
        case "join" | "toString":
            return joined(items, args[0] if args else ",")
        case "reverse" | "toReversed":
            return items[::-1]
        case "slice":
            return items[_span(len(items), args)]
        case "concat":
            return flattened([items, *args])
        case "flat":
            return flattened(items)
        case "at":
            return items[int(args[0])]
        case _:
            return UNKNOWN


def flattened(items: Sequence[Value]) -> list[Value]:
    """Return the items with lists flattened by one level; stop after `MOST_ITEMS` items."""
    flat: list[Value] = []
    for item in items:
        flat += item if isinstance(item, list) else [item]
        if len(flat) > MOST_ITEMS:
            break
    return flat


def _bytes_method(value: bytes, name: str, args: Sequence[Value]) -> Value:
    match name:
        case "toString":
            return _bytes_as(value, args[0] if args else "utf8")
        case "decode":  # of a TextDecoder
            data = args[0]
            return (data if isinstance(data, bytes) else bytes(int(item) & 255 for item in data)).decode(
                "utf-8", "replace"
            )
        case "reverse":
            return value[::-1]
        case "slice" | "subarray":
            return value[_span(len(value), args)]
        case _:
            return UNKNOWN
