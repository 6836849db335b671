"""The text of a file: what every stage of a scan sees of its bytes, and what offsets, lines and columns count in."""

import codecs
from typing import Final

_SAMPLE: Final = 4096
_CONTROLS: Final = bytes(set(range(32)) - set(b"\t\n\r"))


def text_of(data: bytes) -> bytes:
    """Return the text in the bytes of a file, in UTF-8 without a byte order mark; other data as it is."""
    return decoded(data)[0]


def decoded(data: bytes) -> tuple[bytes, str]:
    """Return the text in the bytes of a file, and how it was written.

    A byte order mark is not part of the text. UTF-16 and UTF-32, with or without a mark, become UTF-8.

    Returns:
        The text in UTF-8, and `text`, `utf-16` or `utf-32`; or the bytes as they are, and `binary`.
    """
    data = data.removeprefix(codecs.BOM_UTF8)
    sample = data[:_SAMPLE]
    if sample.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)) and len(data) % 4 == 0:
        return _rewritten(data, "utf-32")
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _rewritten(data, "utf-16")
    if b"\0" not in sample:
        return data, "text"
    encoding = _bare_utf32(sample) or _bare_utf16(sample)
    return _rewritten(data, encoding) if encoding else (data, "binary")


def _rewritten(data: bytes, encoding: str) -> tuple[bytes, str]:
    return data.decode(encoding, "replace").encode("utf-8", "replace"), encoding[:6]


def _bare_utf32(sample: bytes) -> str | None:
    """Return the encoding of UTF-32 text without a byte order mark; None for other data.

    Three of four bytes are zero, apart from the letters of other scripts; few of the others are control characters.
    """
    units = len(sample) // 4
    if units < 2:
        return None
    for encoding, place, high in (("utf-32-le", 0, (2, 3)), ("utf-32-be", 3, (0, 1))):
        letters, middle = sample[place : units * 4 : 4], sample[1 if place == 0 else 2 : units * 4 : 4]
        controls = len(letters) - len(letters.translate(None, _CONTROLS))
        if (
            all(sample[at : units * 4 : 4].count(0) * 20 >= units * 19 for at in high)
            and middle.count(0) * 10 >= units * 7
            and controls * 20 <= len(letters)
        ):
            return encoding
    return None


def _bare_utf16(sample: bytes) -> str | None:
    """Return the encoding of UTF-16 text without a byte order mark; None for other data.

    At least 70 % of every second byte must be zero. At most 5 % of the other bytes may be zero or control characters,
    of which run-length encoded data has more.
    """
    even, odd = sample[0::2], sample[1::2]
    if len(odd) < 2:
        return None
    for encoding, zeros, letters in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        controls = len(letters) - len(letters.translate(None, _CONTROLS))
        if zeros.count(0) * 10 >= len(zeros) * 7 and controls * 20 <= len(letters):
            return encoding
    return None
