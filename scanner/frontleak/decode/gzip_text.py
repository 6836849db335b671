"""Decoder for gzip and zlib data in base64, as pages carry compressed state: `inflate(atob("H4sI…"))`, `"eJyr…"`."""

import zlib
from binascii import Error, a2b_base64
from typing import Final

from frontleak.core.lazy_regex import LazyRegex
from frontleak.decode.groups import readable
from frontleak.decode.interface import View, whole
from frontleak.decode.kit import Run, Window, runs

_RUN: Final = LazyRegex(rb"(?<![A-Za-z0-9+/_\-])(?:H4sI|eJ[w-z]|eN[o-r])[A-Za-z0-9+/_\-]{40,4000000}+")
"""gzip; zlib of the usual level, and of the highest. Raw deflate has no mark."""
_URLSAFE: Final = bytes.maketrans(b"-_", b"+/")
_GZIP_OR_ZLIB: Final = 47
"""Window bits."""
_MOST: Final = 4_000_000
"""Bytes of the longest text; the rest is not read."""
_SAMPLE: Final = 200


def _read(text: bytes, window: Window) -> Run | None:
    near = _RUN.search(text, window.start, min(len(text), window.stop + 60))
    run = _RUN.match(text, near.start()) if near and near.start() < window.stop else None
    if run is None:
        return None
    window.budget.spend(len(run.group()) >> 8)
    made = _inflated(run.group().translate(_URLSAFE))
    window.budget.spend(len(made) >> 8)
    if not readable(made[:_SAMPLE]):
        return Run(run.end())
    return Run(run.end(), View(kind="gzip", text=made, spans=whole(len(made), *run.span())))


def _inflated(letters: bytes) -> bytes:
    """Return the text, as far as it is whole."""
    letters = letters[: len(letters) - 1] if len(letters) % 4 == 1 else letters
    try:
        return zlib.decompressobj(_GZIP_OR_ZLIB).decompress(a2b_base64(letters + b"=" * (-len(letters) % 4)), _MOST)
    except (Error, zlib.error):
        return b""


decode: Final = runs(_read)
