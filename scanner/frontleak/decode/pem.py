"""Decoder for private keys in PEM form in pieces or without a line: joined lines, lists, templates, no BEGIN line.

The view is the key as one line between its BEGIN and END lines. A key that a rule reads as it stands has no view.
"""

from collections.abc import Sequence
from typing import Final

from frontleak.core.lazy_regex import LazyRegex
from frontleak.decode.folded import Chunk, chunks_after, chunks_before, letters_of
from frontleak.decode.interface import Piece, SpanMap, View
from frontleak.decode.kit import Run, Window, runs

_KIND: Final = rb"((?:(?:RSA|EC|DSA|OPENSSH|ENCRYPTED|PGP) )?PRIVATE KEY(?: BLOCK)?)"
_MARK: Final = LazyRegex(rb"-----(?:BEGIN|END) " + _KIND + rb"-----")
_END_AFTER: Final = LazyRegex(rb"-----END " + _KIND + rb"-----")
_EMPTY: Final = LazyRegex(rb"(?:-----BEGIN [A-Z ]{1,30}-----(?:\s|\\n){0,6}+(?=-----BEGIN))++")
"""BEGIN lines without a key, one after the other."""
DER: Final = LazyRegex(
    rb"(?:(?<![A-Za-z0-9+/])|(?<=\\[nrt])|(?<=\\x0[aA])|(?<=\\u000[aA])|(?<=%0[aA]))(?:MII[A-Za-z0-9+/]{2}[A-Za-z0-9+/]IBADANBgkqhkiG9w0BAQEFAASC|MII[A-Za-z0-9+/]{3}IBAAKCA[QgY]"
    rb"|MI[A-Za-z0-9+/]{2}AgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG|MHcCAQEEI|MC4CAQAwBQYDK2VwBCIEI|b3BlbnNzaC1rZXktdjEA)"
)
"""The first bytes of a private key (RFC 5208, 8017, 5915, 8410 and OpenSSH's format) in base64."""
_PLAIN: Final = LazyRegex(rb"(?:\s|\\{1,7}(?:[nrt]|u000[aAdD9]|x0[aAdD9])|%0[aAdD]|%20|&#(?:1[03]|x[aAdD]);){0,6}\Z")
"""What rules/vendors/private-key.yaml reads between lines."""
_MOST: Final = 16_000
"""Bytes in which a key is read on either side of its mark."""
_MOST_LETTERS: Final = 9_000
_LEAST_LINE: Final = 16
"""Letters of each chunk but the last: words are shorter."""
_LEAST_LETTERS: Final = 60
_LEAST_WITHOUT_MARK: Final = 100
"""Letters of a key without its BEGIN or its END line, unless it begins as keys do."""


def _read(text: bytes, window: Window) -> Run | None:
    mark = _MARK.search(text, window.start, min(len(text), window.stop + 60))
    key = DER.search(text, window.start, min(len(text), window.stop + 60))
    if key and (mark is None or key.start() < mark.start()):
        return _from(text, key.start(), key.start(), b"PRIVATE KEY")
    if mark is None:
        return None
    if empty := _EMPTY.match(text, mark.start()):
        return Run(empty.end())
    if mark.group().startswith(b"-----BEGIN"):
        return _from(text, mark.start(), mark.end(), mark.group(1))
    window.budget.spend(400)
    found = _lines(chunks_before(text, max(window.floor, mark.start() - _MOST), mark.start()))
    first = next((at for at, chunk in enumerate(found) if DER.match(text, chunk.start)), None)
    if first is None:  # what follows a colon or an equals sign at once is a value of its own
        if len(found) > 1 and found[0].start == 0 and len(set(map(_length, found[:2]))) > 1:
            return Run(mark.end())  # a view that begins within a line of a key in the text around it
        first = 1 if found and text[found[0].start - 1 : found[0].start] in (b":", b"=", b".", b"-", b"_") else 0
    return Run(mark.end(), _view(text, found[first:], mark.start(), mark.end(), mark.group(1)))


def _from(text: bytes, start: int, body: int, kind: bytes) -> Run:
    """Read the key that begins at an offset, with its BEGIN line or without."""
    found: list[Chunk] = []
    left = _MOST_LETTERS
    for chunk in chunks_after(text, body, min(len(text), body + _MOST)):
        left -= chunk.end - chunk.start
        if left < 0 or (found and found[-1].end - found[-1].start < _LEAST_LINE):
            break
        found.append(chunk)
    end = _END_AFTER.search(text, found[-1].end, found[-1].end + 120) if found else None
    if end and not _is_joint(text, found[-1].end, end.start()):
        end = None
    if found and body > start and end and _is_plain(text, body, found, end.start()):
        return Run(end.end())
    if found and end is None and body > start and (found[-1].end == len(text) or not DER.match(text, found[0].start)):
        return Run(found[-1].end)  # a view that ends within a key, or other letters after a BEGIN line
    stop = end.end() if end else found[-1].end if found else body
    return Run(stop, _view(text, found, start, stop, kind, whole=body > start and end is not None))


def _length(chunk: Chunk) -> int:
    return chunk.end - chunk.start


def _is_joint(text: bytes, start: int, end: int) -> bool:
    return start == end or not any(
        text[start:end].translate(None, b" \t\r\n\"'`+,;\\nrt()[]*#>|").strip(b"0123456789aAdDxu%&")
    )


def _is_plain(text: bytes, body: int, chunks: Sequence[Chunk], end: int) -> bool:
    """Return whether the rule reads the key as it stands."""
    at = body
    for chunk in chunks:
        if not _PLAIN.match(text[at : chunk.start]):
            return False
        at = chunk.end
    return _PLAIN.match(text[at:end]) is not None


def _lines(chunks: Sequence[Chunk]) -> list[Chunk]:
    """Return the chunks from the last short one on, the very last apart."""
    for number in range(len(chunks) - 2, -1, -1):
        if chunks[number].end - chunks[number].start < _LEAST_LINE:
            return list(chunks[number + 1 :])
    return list(chunks)


def _view(
    text: bytes, chunks: Sequence[Chunk], start: int, end: int, kind: bytes, *, whole: bool = False
) -> View | None:
    """Return the key between its two lines, or None where there are too few letters."""
    body = letters_of(text, chunks)[:_MOST_LETTERS]
    begins_as_key = bool(chunks) and DER.match(text, chunks[0].start) is not None
    if len(body) < (_LEAST_LETTERS if whole or begins_as_key else _LEAST_WITHOUT_MARK):
        return None
    before, after = b"-----BEGIN " + kind + b"-----\n", b"\n-----END " + kind + b"-----"
    pieces = [Piece(0, min(start, chunks[0].start), chunks[0].start + 1)]
    at = len(before)
    for chunk in chunks:
        pieces.append(Piece(at, chunk.start, chunk.end))
        at += chunk.end - chunk.start
    at = min(at, len(before) + len(body))
    pieces = [piece for piece in pieces if piece.start < at]
    pieces.append(Piece(at, chunks[-1].end - 1, max(end, chunks[-1].end)))
    made = before + body + after
    return View(kind="pem", text=made, spans=SpanMap(pieces, len(made)))


decode: Final = runs(_read)
