"""A record of calls that is safe to share: no token, names or ids, only the behaviour of the API.

Which names are hidden and which keys and words are kept is declared by the verifier, as its `Recordable`. The client
masked the secret in every answer before anything is shortened here.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any, Final

from frontleak.core.secret import mask_tokens, printable
from frontleak.verify.interface import Recordable
from frontleak.verify.recipe_runner import Checked

_FORMAT: Final = "frontleak-trace-1"
_QUOTED: Final = re.compile(r'"([^"]*)"')
_ID: Final = re.compile(r"\b(?=[A-Za-z_-]*[0-9])[A-Za-z0-9_-]{5,}\b")
_QUERY: Final = re.compile(r"(?<==)(?![a-z][a-z.]{0,60}(?:&|\Z)|[0-9]{1,4}(?:&|\Z))[^&#]+")
"""A value in the query of an address that is neither a word nor a short number."""
_RATE_LIMIT: Final = re.compile(
    r"(?:x-)?ratelimit(?:-(?:limit|remaining|reset|used|policy|resource|global|second|minute|hour|day)){0,3}"
)
_HEADER_VALUE: Final = re.compile(
    r"[0-9]{1,10}(?:[.,;] ?(?:w=)?[0-9]{1,10}){0,3}|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{2} [A-Z][a-z]{2} [0-9: ]{13}"
    r" GMT"
    r"|(?:application|text)/(?:[a-z-]{1,20}\+)?(?:json|html|plain|xml|javascript)(?:; ?charset=[a-zA-Z0-9-]{1,12})?"
)
"""A number, a date, or the type of a body."""
_DEEPEST: Final = 8
_MOST_ITEMS: Final = 20
_MOST_TEXT: Final = 200


def trace(checked: Checked, *, version: str) -> dict[str, Any]:
    """Return the requests and answers as JSON values."""
    verifier = checked.verifier
    names = _Names(verifier.recordable)
    return {
        "format": _FORMAT,
        "tool": f"frontleak {version}",
        "vendor": verifier.name,
        "verdict": {name: getattr(checked.verdict, name).value for name in ("status", "kind", "scope")},
        "calls": [
            {
                "request": f"GET https://{names.hidden(request.host)}{names.hidden_path(request.path)}",
                verifier.header.name.lower(): verifier.header.shown,
                "status": answer.status,
                "error": answer.error,
                "tries": len(answer.calls),
                "headers": dict(_headers(answer.headers, verifier.kept_headers)),
                "body": _Reduction(verifier.recordable).value(answer.body, "", "", _DEEPEST),
            }
            for request, answer in checked.exchanges
        ],
    }


def _headers(headers: Iterable[tuple[str, str]], kept: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Yield the headers with a number for each unknown name, and a description of each value that is not plain."""
    for number, (name, value) in enumerate(headers, start=1):
        known = name in kept or name in {"content-type", "retry-after"} or _RATE_LIMIT.fullmatch(name)
        plain = _HEADER_VALUE.fullmatch(value) is not None
        yield name if known else f"<header {number}>", value if plain else _described(value)


def _described(text: str) -> str:
    return f"<text of {len(text)} characters>"


class _Names:
    """Replaces each name in hosts and paths, such as a project's, by a number, the same one every time."""

    def __init__(self, recordable: Recordable) -> None:
        self._places = recordable.names
        self._seen: dict[str, list[str]] = {kind: [] for kind, _ in recordable.names}

    def hidden(self, text: str) -> str:
        """Return a host or a path with its names replaced by numbers."""
        for kind, pattern in self._places:
            text = pattern.sub(partial(_number, kind, self._seen[kind]), text)
        return text

    def hidden_path(self, path: str) -> str:
        """Return a path and its query, without names and without values in the query that are not plain words."""
        return _QUERY.sub("<value>", self.hidden(path))


def _number(kind: str, seen: list[str], match: re.Match[str]) -> str:
    if match[1] not in seen:
        seen.append(match[1])
    return f"<{kind} {seen.index(match[1]) + 1}>"


class _Reduction:
    """Replaces everything in an answer except what may be recorded by a description."""

    def __init__(self, recordable: Recordable) -> None:
        self._recordable = recordable
        fields = (*recordable.texts, *recordable.values, *recordable.keyed_by_id)
        self._keys = recordable.keys.union(fields, (part for name in fields for part in name.split(".")))

    def value(self, value: Any, key: str, parent: str, depth: int) -> Any:
        """Return a value in the field `key` of the object in the field `parent`, both empty at the top."""
        if not depth:
            return "<deeper>"
        if isinstance(value, dict):
            by_id = key in self._recordable.keyed_by_id
            return {
                name if name in self._keys and not by_id else f"<key {number}>": self.value(inner, name, key, depth - 1)
                for number, (name, inner) in enumerate(list(value.items())[:_MOST_ITEMS], start=1)
            }
        if isinstance(value, list):
            return [self.value(inner, key, parent, depth - 1) for inner in value[:_MOST_ITEMS]]
        if isinstance(value, bool) or value is None:
            return value
        return self._scalar(value, (f"{parent}.{key}", key))

    def _scalar(self, value: Any, fields: Sequence[str]) -> Any:
        patterns = self._recordable.values
        if any(field in patterns and patterns[field].fullmatch(str(value)) for field in fields):
            return value
        if not isinstance(value, str):
            return "<number>"
        if not self._recordable.texts.isdisjoint(fields):
            return _ID.sub("<id>", _QUOTED.sub(self._quoted, mask_tokens(printable(value))))[:_MOST_TEXT]
        return _described(value)

    def _quoted(self, match: re.Match[str]) -> str:
        return match[0] if match[1] in self._recordable.quotes else '"…"'
