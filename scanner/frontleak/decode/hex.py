"""Decoder for hexadecimal digits."""

from binascii import unhexlify
from typing import Final

from frontleak.core.lazy_regex import LazyRegex
from frontleak.decode.groups import GroupEncoding, group_decoder


def _from_hex(body: bytes) -> bytes:
    return unhexlify(body[: len(body) // 2 * 2])


decode: Final = group_decoder(
    GroupEncoding(
        kind="hex",
        letters=b"0123456789abcdefABCDEF",
        run=LazyRegex(rb"(?:(?<![A-Za-z0-9])|(?<=\b0[xX]))[0-9A-Fa-f]{40,}+(?![G-Zg-z])"),
        group=2,
        made=1,
        decode=_from_hex,
    )
)
