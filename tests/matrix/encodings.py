"""Encodings of a secret, tested with the first example of every rule."""

import base64
import codecs
import gzip
import quopri
import zlib
from collections.abc import Callable
from typing import Final
from urllib.parse import quote

_FILLER: Final = "const a = 1; // "


def _base64(shift: int) -> Callable[[str], bytes]:
    return lambda text: b"x='" + base64.b64encode((_FILLER[:shift] + text).encode()) + b"'"


def _folded(text: str, width: int, joint: str) -> str:
    return joint.join(text[at : at + width] for at in range(0, len(text), width))


def _in_lines(text: str, width: int, joint: str) -> bytes:
    return _folded(base64.b64encode((_FILLER + text + "\n" + _FILLER).encode()).decode(), width, joint).encode()


def _each(form: str) -> Callable[[str], bytes]:
    return lambda text: b'const x="' + "".join(form.format(ord(c)) for c in text).encode() + b'"'


ENCODINGS: Final[dict[str, Callable[[str], bytes]]] = {
    "plain": str.encode,
    "base64, at the start of a group": _base64(3),
    "base64, offset by one byte": _base64(4),
    "base64, offset by two bytes": _base64(5),
    "base64 twice": lambda text: b"x='" + base64.b64encode(base64.b64encode(text.encode())) + b"'",
    "base64 in lines of 76": lambda text: _in_lines(text, 76, "\n"),
    "base64 in lines of 64, in a comment": lambda text: _in_lines(text, 64, "\n * "),
    "base64 in lines, in a string": lambda text: b"x='" + _in_lines(text, 76, "\\n") + b"'",
    "base64url": lambda text: b"x='" + base64.urlsafe_b64encode(text.encode()).rstrip(b"=") + b"'",
    "`data:` URL in base64": lambda text: b"url(data:text/plain;base64," + base64.b64encode(text.encode()) + b")",
    "gzip in base64": lambda text: b"x='" + base64.b64encode(gzip.compress(text.encode())) + b"'",
    "zlib in base64": lambda text: b"x='" + base64.b64encode(zlib.compress((_FILLER + text).encode())) + b"'",
    "hexadecimal": lambda text: b"x='" + text.encode().hex().encode() + b"'",
    "hexadecimal, upper case": lambda text: b"x='" + text.encode().hex().upper().encode() + b"'",
    "percent-encoded, every byte": lambda text: b"x='" + "".join(f"%{b:02X}" for b in text.encode()).encode() + b"'",
    "percent-encoded URL parameter": lambda text: b"https://example.com/?q=" + quote(text, safe="").encode(),
    "`%u0041` of `escape()`": _each("%u{:04x}"),
    "HTML character references, decimal": lambda text: (
        b"<p title='" + "".join(f"&#{ord(c)};" for c in text).encode() + b"'>"
    ),
    "HTML character references, hexadecimal": lambda text: (
        b"<p title='" + "".join(f"&#x{ord(c):x};" for c in text).encode() + b"'>"
    ),
    "split by `<wbr>`": lambda text: f"<code>{_folded(text, 10, '<wbr>')}</code>".encode(),
    "split by characters without width": lambda text: ("<code>" + _folded(text, 10, "\u200b") + "</code>").encode(),
    "split by tags": lambda text: f"<pre>{_folded(text, 24, '</b><b>')}</pre>".encode(),
    r"`\x41` escapes": _each("\\x{:02x}"),
    r"`\u0041` escapes": _each("\\u{:04x}"),
    r"`\u{41}` escapes": _each("\\u{{{:x}}}"),
    r"`\101` escapes": _each("\\{:03o}"),
    r"`\41 ` escapes of CSS": _each("\\{:x} "),
    "quoted-printable": lambda text: (
        b"Content-Transfer-Encoding: quoted-printable\n\n" + quopri.encodestring(text.encode()) + b"\n"
    ),
    "a Buffer in JSON": lambda text: b'{"type":"Buffer","data":[' + ",".join(map(str, text.encode())).encode() + b"]}",
    "literals that C and Python join": lambda text: b"x = ('" + _folded(text, 60, "'\n     '").encode() + b"')",
    "lines continued with a backslash": lambda text: b"const x = '" + _folded(text, 60, "\\\n").encode() + b"'",
    "indented lines continued with a backslash": lambda text: (
        b'x: "' + _folded(text.replace("\n", "\\n"), 40, "\\\n    ").encode() + b'"'
    ),
    "UTF-16 in a text file": lambda text: codecs.BOM_UTF16_LE + (_FILLER * 20 + text).encode("utf-16-le"),
    "UTF-16 inside a binary": lambda text: b"\0asm\1\0\0\0" * 900 + text.encode("utf-16-le") + b"\xff" * 40,
    "UTF-32 in a text file": lambda text: codecs.BOM_UTF32_LE + (_FILLER * 20 + text).encode("utf-32-le"),
    "UTF-32 in a text file, without a mark": lambda text: (_FILLER * 20 + text).encode("utf-32-be"),
    "UTF-32 inside a binary": lambda text: b"\0asm\1\0\0\0" * 900 + text.encode("utf-32-le") + b"\xff" * 40,
    "UTF-8 inside a binary (WebAssembly data)": lambda text: b"\0asm\1\0\0\0" + text.encode() + b"\0\xff" * 40,
}
"""Encoding -> function that encodes a text."""
