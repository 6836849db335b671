"""Detects source maps, and the reference to a map in a script or style sheet."""

import re
from typing import Final

from frontleak.core.lazy_regex import LazyRegex

_MARK: Final = b"sourceMappingURL="
_TAIL: Final = 4096
_AFTER: Final = LazyRegex(rb"(?:\s|\*/|//[^\n]*(?:\n|\Z)|/\*(?:[^*]|\*(?!/))*+\*/)*+", re.DOTALL)
_URL: Final = LazyRegex(rb"[^\s'\"`\\<>]*")


def looks_like_map(data: bytes, *, certain: bool = True) -> bool:
    """Return whether some bytes may be a source map: a JSON object; if `certain`, with mappings or sections."""
    return data[:64].lstrip(b"\xef\xbb\xbf \t\r\n)]}'")[:1] == b"{" and (
        not certain or b'"mappings"' in data or (b'"sections"' in data and b'"version"' in data)
    )


def reference(data: bytes) -> str | None:
    """Return the URL in the `sourceMappingURL` comment at the end of a script or style sheet; None if there is none.

    Only comments and blanks may follow it, as in browsers. The last 4 KB are searched, more only for a `data:` URL.
    """
    tail = max(0, len(data) - _TAIL)
    at = data.rfind(_MARK, tail)
    if at < 0 and _URL.match(data, tail, tail + 512).end() == min(len(data), tail + 512):  # type: ignore[union-attr]
        at = data.rfind(_MARK, 0, tail + len(_MARK))
    opening = data[max(0, at - 16) : at].rstrip()
    if at < 0 or not opening.endswith((b"//#", b"//@", b"/*#", b"/*@")):
        return None
    end = _URL.match(data, at + len(_MARK)).end()  # type: ignore[union-attr]
    url = data[at + len(_MARK) : end].removesuffix(b"*/")
    if len(data) - end > _TAIL or _AFTER.fullmatch(data, end) is None:
        return None
    return url.decode("utf-8", "replace") or None
