"""Decoder for base64 and base64url; the encoded text may begin at any character of a run."""

from binascii import Error, a2b_base64
from typing import Final

from frontleak.core.lazy_regex import LazyRegex
from frontleak.decode.groups import GroupEncoding, group_decoder

_URLSAFE: Final = bytes.maketrans(b"-_", b"+/")


def _from_base64(body: bytes) -> bytes:
    if b"-" in body or b"_" in body:
        body = body.translate(_URLSAFE)
    if len(body) % 4 == 1:
        body = body[:-1]
    try:
        return a2b_base64(body + b"=" * (-len(body) % 4))
    except Error:
        return b""


decode: Final = group_decoder(
    GroupEncoding(
        kind="base64",
        letters=b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-",
        run=LazyRegex(rb"(?<![A-Za-z0-9+/_\-])[A-Za-z0-9+/_\-]{40,}+"),
        group=4,
        made=3,
        decode=_from_base64,
    )
)
