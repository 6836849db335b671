"""When the signature of a URL expires: Azure SAS, and presigned URLs of AWS and Google Cloud."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from frontleak.rules.jwt_claims import expiry_word

_AND: Final = re.compile(r"&amp;|&#38;|\\u0026|\\x26|%26|[?&]")
_COLON: Final = re.compile(r"%(?:25)*3[aA]")
_EQUALS: Final = re.compile(r"=|%3[dD]|\\u003[dD]")
_FORMS: Final = ("%Y%m%dT%H%M%SZ", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%MZ", "%Y-%m-%d")
"""Of dates: https://learn.microsoft.com/rest/api/storageservices/formatting-datetime-values and AWS's `X-Amz-Date`."""


def url_expiry(text: str, now: float) -> str:
    """Return the word of `frontleak.rules.jwt_claims.EXPIRIES` for a signed URL; `never` if it names no end.

    Args:
        text: the URL or its query.
        now: the time in seconds since 1970.
    """
    query = _query(text)
    end = _end(query.get("se"))
    if end is None:
        end = _seconds(query.get("expires"))
    if end is None:
        for vendor in ("x-amz-", "x-goog-"):
            start, lasts = _end(query.get(f"{vendor}date")), _seconds(query.get(f"{vendor}expires"))
            if start is not None and lasts is not None:
                end = start + lasts
    return "never" if end is None else expiry_word(end - now)


def _query(text: str) -> Mapping[str, str]:
    pairs = (_EQUALS.split(part, maxsplit=1) for part in _AND.split(text))
    return {pair[0].lower(): pair[1] for pair in pairs if len(pair) == 2}


def _seconds(text: str | None) -> float | None:
    return float(text) if text and text.isascii() and text.isdigit() and len(text) <= 12 else None


def _end(text: str | None) -> float | None:
    for form in _FORMS if text else ():
        try:
            return datetime.strptime(_COLON.sub(":", text or "").upper(), form).replace(tzinfo=UTC).timestamp()
        except ValueError:
            continue
    return None
