"""Read JSON settings files that may have comments and trailing commas."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from frontleak.core.diagnostic import Code, Diagnostic, note
from frontleak.core.lazy_regex import LazyTextRegex
from frontleak.core.origins import FileOrigin

_COMMENTS: Final = LazyTextRegex(r'"(?:[^"\\]++|\\.)*+"?|//[^\r\n]*+|/\*(?:[^*]++|\*(?!/))*+(?:\*/)?', re.DOTALL)
_COMMAS: Final = LazyTextRegex(r'"(?:[^"\\]++|\\.)*+"?|(?<=[\w"}\]])\s*+,(?=\s*+[}\]])', re.DOTALL)
_NO_LINE_END: Final = LazyTextRegex(r"[^\r\n]")


def problem(path: str, line: int, reason: str) -> Diagnostic:
    """Return a problem in a settings file; its origin is the path from the root of the tree."""
    return note(Code.SOURCE_CODE, FileOrigin(path=path), f"line {line}: {reason}")


def by_path(diagnostic: Diagnostic) -> tuple[str, str]:
    """Return the key to sort problems by."""
    return diagnostic.origin.path, diagnostic.message


def read_object(path: str, data: bytes) -> Mapping[str, Any] | Diagnostic:
    """Return the JSON object in a file, or the problem with it."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return problem(path, data.count(b"\n", 0, error.start) + 1, "not UTF-8")
    try:
        value = _value(text)
    except json.JSONDecodeError as error:
        return problem(path, error.lineno, f"not valid JSON: {error.msg}")
    except RecursionError:
        return problem(path, 1, "not read: nested too deeply")
    except ValueError:
        return problem(path, 1, "not valid JSON: a number with too many digits")
    return value if isinstance(value, dict) else problem(path, 1, "not a JSON object")


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        plain = _COMMAS.sub(_blanked, _COMMENTS.sub(_blanked, text))
        return json.loads(plain)


def _blanked(match: "re.Match[str]") -> str:
    """Return a string unchanged, and anything else as blanks, so that lines and columns stay the same."""
    text = match.group()
    return text if text.startswith('"') else _NO_LINE_END.sub(" ", text)


def problem_at(path: str, data: bytes, key: str, reason: str) -> Diagnostic:
    """Return a problem at the first line that contains a key."""
    at = data.find(f'"{key}"'.encode())
    return problem(path, data.count(b"\n", 0, max(at, 0)) + 1, reason)
