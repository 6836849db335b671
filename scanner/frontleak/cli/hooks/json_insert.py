"""Adds a member to an object of a JSON file, and takes it out again, without touching another byte of it."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

_BLANKS: Final = re.compile(r"[ \t\r\n]*")
_FIRST: Final = re.compile(r"\s*\{\s*\n([ \t]+)\"")
_DECODER: Final = json.JSONDecoder()


class _Member(NamedTuple):
    key: str
    start: int
    """Offset of the key's quote."""
    value: int
    """Offset of the value."""
    end: int
    """Offset after the value."""


def problem_in_json(text: str) -> tuple[int, str] | None:
    """Return the 1-based line of the mistake in a JSON text, and the mistake; None if it is one object."""
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        return error.lineno, error.msg
    except (RecursionError, ValueError):
        return 1, "nested too deeply, or a number with too many digits"
    return None if isinstance(value, dict) else (1, "not an object")


def with_member(text: str, path: tuple[str, ...], key: str, value: Any) -> str | None:
    """Return a JSON text with a member at the end of the object at a path; missing objects are created.

    Returns:
        None if something on the path is not an object.
    """
    start, outer, unit = _past(text, 0), "", _unit(text)
    for depth, name in enumerate((*path, None)):
        if text[start : start + 1] != "{":
            return None
        members = list(_members(text, start))
        inner = _indent_of(text, members[0]) if members else outer + unit
        found = next((member for member in members if member.key == name), None)
        if name is None or found is None:
            return _inserted(text, start, members, (outer, inner), [*path[depth:], key], value)
        start, outer = found.value, inner
    return None


def _inserted(
    text: str, start: int, members: list[_Member], indents: tuple[str, str], keys: list[str], value: Any
) -> str:
    """Return a text with a member at the end of an object, with the keys of further objects around its value."""
    close = _end(text, start) - 1
    is_spread = "\n" in text[start:close] or not members
    outer, inner = (f"\n{indent}" for indent in indents) if is_spread else ("", " ")
    for each in reversed(keys[1:]):
        value = {each: value}
    made = json.dumps(value, ensure_ascii=False, indent=_unit(text) if is_spread else None).replace("\n", inner)
    line = f"{json.dumps(keys[0], ensure_ascii=False)}: {made}"
    if "\r\n" in text:
        line, outer, inner = (part.replace("\n", "\r\n") for part in (line, outer, inner))
    if members:
        return f"{text[: members[-1].end]},{inner}{line}{text[members[-1].end :]}"
    return f"{text[: start + 1]}{inner}{line}{outer}{text[close:]}"


def without_member(text: str, path: tuple[str, ...], key: str) -> str:
    """Return a JSON text without a member of the object at a path, and without the object if nothing else is in it."""
    start = _past(text, 0)
    for name in path:
        start = next(member.value for member in _members(text, start) if member.key == name)
    members = list(_members(text, start))
    number = next(index for index, member in enumerate(members) if member.key == key)
    if len(members) == 1:
        if path:
            return without_member(text, path[:-1], path[-1])
        return f"{text[: start + 1]}{text[_end(text, start) - 1 :]}"
    if number:
        return f"{text[: members[number - 1].end]}{text[members[number].end :]}"
    return f"{text[: members[0].start]}{text[members[1].start :]}"


def _members(text: str, start: int) -> Iterator[_Member]:
    """Yield the members of the object that begins at an offset of a valid JSON text."""
    at = _past(text, start + 1)
    while text[at] == '"':
        key, end = _DECODER.raw_decode(text, at)
        value = _past(text, _past(text, end) + 1)
        _, last = _DECODER.raw_decode(text, value)
        yield _Member(key, at, value, last)
        at = _past(text, last)
        at = _past(text, at + 1) if text[at] == "," else at


def _past(text: str, at: int) -> int:
    found = _BLANKS.match(text, at)
    return found.end() if found else at


def _end(text: str, start: int) -> int:
    """Return the offset after the value that begins at an offset."""
    return _DECODER.raw_decode(text, start)[1]


def _indent_of(text: str, member: _Member) -> str:
    before = text[: member.start].rpartition("\n")[2]
    return before if before.isspace() else ""


def _unit(text: str) -> str:
    """Return one level of indentation: that of the first member of the file."""
    found = _FIRST.match(text)
    return found[1] if found else "  "
