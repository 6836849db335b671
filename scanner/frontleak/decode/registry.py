"""All decoders, in the order in which they read a text. A new one needs a module, a line here and its triggers.

A decoder's module is imported on first use: most scans need few of them.
"""

from typing import Final

from frontleak.decode.interface import Decoder

_IN: Final = "frontleak.decode"

DECODERS: Final[tuple[Decoder, ...]] = (
    Decoder("source-map", f"{_IN}.maps.inline:decode", "inline source maps", most=24_000_000),
    Decoder("quoted-printable", f"{_IN}.quoted_printable:decode", "quoted-printable text", most=32_000_000),
    Decoder("js-eval", f"{_IN}.js_eval:decode", "code in eval", most=32_000_000),
    Decoder("flight", f"{_IN}.payloads.flight:decode", "React flight payload"),
    Decoder("html-entity", f"{_IN}.payloads.html:decode", "HTML with character references"),
    Decoder("html-split", f"{_IN}.html_split:decode", "words split by markup"),
    Decoder("hydration", f"{_IN}.payloads.hydration:decode", "hydration state"),
    Decoder("js-string", f"{_IN}.folding.decoder:decode_pieces", "computed strings"),
    Decoder("js-call", f"{_IN}.folding.decoder:decode_calls", "computed strings"),
    Decoder("appended", f"{_IN}.appended:decode", "strings put together by statements"),
    Decoder("js-escape", f"{_IN}.js_escapes:decode", "escaped text"),
    Decoder("css-escape", f"{_IN}.css_escapes:decode", "text with escapes of CSS"),
    Decoder("continued", f"{_IN}.continued:decode", "continued lines"),
    Decoder("pem", f"{_IN}.pem:decode", "keys in pieces"),
    Decoder("base64", f"{_IN}.base64:decode", "base64"),
    Decoder("base64-lines", f"{_IN}.base64_lines:decode", "base64 in lines"),
    Decoder("gzip", f"{_IN}.gzip_text:decode", "gzip or zlib data in base64", most=16_000_000),
    Decoder("hex", f"{_IN}.hex:decode", "hexadecimal text"),
    Decoder("percent", f"{_IN}.percent:decode", "percent-encoded text"),
    Decoder("utf-16", f"{_IN}.utf16:decode", "UTF-16 text"),
    Decoder("utf-32", f"{_IN}.utf32:decode", "UTF-32 text"),
    Decoder("opaque", f"{_IN}.packed:decode", "packed strings"),
)
