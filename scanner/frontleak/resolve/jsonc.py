"""Settings of frontend tools: JSON, often with comments and trailing commas, and what is wrong where it is not."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from frontleak.core.secret import printable

_COMMENTS: Final = re.compile(r'"(?:[^"\\]++|\\.)*+"?|//[^\r\n]*+|/\*(?:[^*]++|\*(?!/))*+(?:\*/)?', re.DOTALL)
_COMMAS: Final = re.compile(r'"(?:[^"\\]++|\\.)*+"?|(?<=[\w"}\]])\s*+,(?=\s*+[}\]])', re.DOTALL)
_NO_LINE_END: Final = re.compile(r"[^\r\n]")


class JsonProblem(NamedTuple):
    """Something in a settings file that could not be understood; prints as `tsconfig.json line 3: what`."""

    path: str
    """Of the file, from the root of the tree."""
    line: int
    """1-based."""
    reason: str

    def __str__(self) -> str:
        """Return one line, safe to print."""
        return printable(f"{self.path} line {self.line}: {self.reason}")


def read_object(path: str, data: bytes) -> Mapping[str, Any] | JsonProblem:
    """Return the object that is the content of a file, or what is wrong with it."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return JsonProblem(path, data.count(b"\n", 0, error.start) + 1, "not UTF-8")
    try:
        value = _value(text)
    except json.JSONDecodeError as error:
        return JsonProblem(path, error.lineno, f"not valid JSON: {error.msg}")
    except RecursionError:
        return JsonProblem(path, 1, "not read: nested too deeply")
    except ValueError:
        return JsonProblem(path, 1, "not valid JSON: a number with too many digits")
    return value if isinstance(value, dict) else JsonProblem(path, 1, "not a JSON object")


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        bare = _COMMAS.sub(_without, _COMMENTS.sub(_without, text))
        return json.loads(bare)


def _without(match: "re.Match[str]") -> str:
    """Return a string as it stands, and blanks for anything else, so that lines and columns stay."""
    text = match.group()
    return text if text.startswith('"') else _NO_LINE_END.sub(" ", text)


def problem_at(path: str, data: bytes, key: str, reason: str) -> JsonProblem:
    """Return a gap at the first line on which a key stands."""
    at = data.find(f'"{key}"'.encode())
    return JsonProblem(path, data.count(b"\n", 0, max(at, 0)) + 1, reason)
