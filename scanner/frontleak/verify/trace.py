"""A record of calls that is safe to share: no token, names or ids, only the behaviour of the API."""

import re
from functools import partial
from typing import Any, Final

from frontleak.core.secret import mask_tokens, printable
from frontleak.verify.recipe_runner import Checked
from frontleak.verify.vendors.sanity_answers import KNOWN_ROLES

_FORMAT: Final = "frontleak-trace-1"
_API_TEXTS: Final = frozenset(
    ("error", "message", "type", "description", "permission", "permissions", "filter", "provider", "aclMode", "action")
)
"""Fields that contain the API's own words."""
_ROLES: Final = frozenset(("role", "roles", "roleNames"))
_BY_ID: Final = frozenset(("projects", "organizations"))
"""Fields whose object has ids as keys."""
_CODE: Final = re.compile(r"[A-Z]{3}-[0-9]{3}-[A-Z]{3}")
_QUOTED: Final = re.compile(r'"(?!drafts\.\*\*"|\*\*")[^"]*"')
_ID: Final = re.compile(r"\b(?=[A-Za-z_-]*[0-9])[A-Za-z0-9_-]{5,}\b")
_KEY: Final = re.compile(r"[A-Za-z_.]{1,40}")
_DEEPEST: Final = 8
_MOST_ITEMS: Final = 20
_MOST_TEXT: Final = 200


def trace(checked: Checked, *, version: str) -> dict[str, Any]:
    """Return the requests and answers as JSON values."""
    names = _Names()
    return {
        "format": _FORMAT,
        "tool": f"frontleak {version}",
        "verdict": {name: getattr(checked.verdict, name).value for name in ("status", "kind", "scope")},
        "calls": [
            {
                "request": f"GET https://{names.hidden(request.host)}{names.hidden(request.path)}",
                "authorization": "Bearer <token>",
                "status": answer.status,
                "error": answer.error,
                "tries": len(answer.calls),
                "headers": {name: mask_tokens(printable(value))[:_MOST_TEXT] for name, value in answer.headers},
                "body": _reduced(answer.body, "", _DEEPEST),
            }
            for request, answer in checked.exchanges
        ],
    }


class _Names:
    """Replaces each project and dataset by a number, the same one every time."""

    _PLACES: Final = (
        ("project", re.compile(r"^([a-z0-9-]+)(?=\.api\.)")),
        ("project", re.compile(r"(?<=/projects/)([a-z0-9-]+)")),
        ("project", re.compile(r"(?<=/access/project/)([a-z0-9-]+)")),
        ("dataset", re.compile(r"(?<=/datasets/)([A-Za-z0-9_~-]+)")),
    )

    def __init__(self) -> None:
        self._names: dict[str, list[str]] = {"project": [], "dataset": []}

    def hidden(self, text: str) -> str:
        """Return a host or a path with its names replaced by numbers."""
        for kind, pattern in self._PLACES:
            text = pattern.sub(partial(_number, kind, self._names[kind]), text)
        return text


def _number(kind: str, seen: list[str], match: re.Match[str]) -> str:
    if match[1] not in seen:
        seen.append(match[1])
    return f"<{kind} {seen.index(match[1]) + 1}>"


def _reduced(value: Any, field: str, depth: int) -> Any:
    """Return a value with everything except the API's own words replaced by a description."""
    if not depth:
        return "<deeper>"
    if isinstance(value, dict):
        items = list(value.items())[:_MOST_ITEMS]
        return {
            _key(key, field, number): _reduced(inner, _kind_of(key, field), depth - 1)
            for number, (key, inner) in enumerate(items, start=1)
        }
    if isinstance(value, list):
        return [_reduced(inner, field, depth - 1) for inner in value[:_MOST_ITEMS]]
    if isinstance(value, str):
        return _reduced_text(value, field)
    return value if isinstance(value, bool) or value is None or field == "statusCode" else "<number>"


def _key(key: str, field: str, number: int) -> str:
    return key if field not in _BY_ID and _KEY.fullmatch(key) else f"<key {number}>"


def _kind_of(key: str, field: str) -> str:
    """Return the kind of a field: the `name` of a role is a role; only an error's `description` is API text."""
    if key == "name" and field in _ROLES:
        return "role"
    return "" if key == "description" and field != "error" else key


def _reduced_text(text: str, field: str) -> str:
    if field == "errorCode" and _CODE.fullmatch(text):
        return text
    if field in _ROLES:
        return text if text in KNOWN_ROLES else "<custom role>"
    if field in _API_TEXTS:
        return _ID.sub("<id>", _QUOTED.sub('"…"', mask_tokens(printable(text))))[:_MOST_TEXT]
    return f"<text of {len(text)} characters>"
