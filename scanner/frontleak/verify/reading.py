"""Reads answers: the body as JSON values and the headers worth keeping, both without the secret."""

import json
import re
import time
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any, Final

from frontleak.core.secret import Secret
from frontleak.core.secret_gate import SecretGate
from frontleak.verify.interface import SecretHeader

_KEPT_HEADERS: Final = frozenset({"content-type", "retry-after"})
_KEPT_PREFIXES: Final = ("ratelimit-", "x-ratelimit-")
_DEFAULT_WAIT: Final = 1.0

Mask = Callable[[str], str]
"""Text -> the same text without the secret."""


def mask_of(secret: Secret, header: SecretHeader) -> Mask:
    """Return a function that removes the secret from a text: as it is, as the header carries it, and in parts.

    Whatever an API sends back, a recipe never sees the secret, nor a run of 12 characters of it in any encoding, and
    shortening a text later cannot leave a part of it.
    """
    token = secret.reveal().decode("utf-8", "replace")
    sent = header.value(token).removeprefix(header.before)
    gate = SecretGate((value.encode(), 0) for value in dict.fromkeys((token, sent)))
    return lambda text: gate.mask(text.replace(sent, secret.redacted).replace(token, secret.redacted))


def json_body(data: bytes, headers: Mapping[str, str], mask: Mask) -> tuple[Any, str]:
    """Return the body as JSON values, or None and the reason."""
    if headers.get("Content-Encoding", "identity").lower() != "identity":
        return None, "the answer is compressed, which the request did not allow"
    try:
        body = json.loads(data)
        text = json.dumps(body, ensure_ascii=False)  # without escapes, which could hide the secret
        return (body if mask(text) == text else _masked(body, mask)), ""
    except (ValueError, RecursionError):
        return None, "the answer is not JSON"


def _masked(value: Any, mask: Mask) -> Any:
    """Return a body with every key and text masked.

    Raises:
        ValueError: a number is the secret.
    """
    match value:
        case str():
            return mask(value)
        case dict():
            return {mask(key): _masked(inner, mask) for key, inner in value.items()}
        case list():
            return [_masked(inner, mask) for inner in value]
        case int() | float() if mask(str(value)) != str(value):
            raise ValueError("a number is the secret")
        case _:
            return value


def kept_headers(headers: Mapping[str, str], names: frozenset[str], mask: Mask) -> tuple[tuple[str, str], ...]:
    """Return names and values of the headers with one of these lower-case names, and of those that all vendors use."""
    wanted = _KEPT_HEADERS | names
    named = ((mask(name.lower()), mask(value)) for name, value in headers.items())
    return tuple((name, value) for name, value in sorted(named) if name in wanted or name.startswith(_KEPT_PREFIXES))


def retry_after(headers: tuple[tuple[str, str], ...]) -> float:
    """Return the seconds of `Retry-After`, a number or a date; one second if it is missing or invalid."""
    value = dict(headers).get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", value):
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError, OSError):
        return _DEFAULT_WAIT
