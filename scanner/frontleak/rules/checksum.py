"""Checksums in vendor tokens."""

import zlib
from typing import Final

CHECKSUMS: Final = ("crc32-base62",)
"""Valid values of `require.checksum`."""
BASE62: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
CHECKSUM_LENGTH: Final = 6
"""Characters of the checksum at the end of GitHub and npm tokens."""


def crc32_base62(text: str) -> str:
    """Return the checksum of the random part of a GitHub or npm token: CRC-32 as six base-62 digits.

    Source: https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
    """
    number, digits = zlib.crc32(text.encode()), ""
    while number:
        number, digit = divmod(number, 62)
        digits = BASE62[digit] + digits
    return digits.rjust(CHECKSUM_LENGTH, "0")
