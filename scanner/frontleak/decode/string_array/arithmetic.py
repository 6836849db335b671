"""Values of the small expressions that an obfuscator writes: sums of numbers, texts, calls with constant arguments."""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from frontleak.core.budget import WorkBudget
from frontleak.core.lazy_regex import LazyRegex
from frontleak.js.escapes import unescape

_TOKEN: Final = LazyRegex(
    rb"\s*(?:(0[xX][0-9a-fA-F]{1,12}|\d{1,15}(?:\.\d{1,15})?(?:[eE]\d{1,2})?)"
    rb"|('(?:[^'\\\n]|\\[\x00-\xff]){0,20000}+'|\"(?:[^\"\\\n]|\\[\x00-\xff]){0,20000}+\")|([A-Za-z_$][\w$]{0,60})|(.))"
)
_TEMPLATE: Final = LazyRegex(
    rb"((?:[^`\\$]|\\[\x00-\xff]|\$(?!\{)){0,20000}+)(?:\$\{\s{0,9}([A-Za-z_$][\w$.]{0,60})\s{0,9}\}|(`))"
)
_MOST_DEPTH: Final = 40


class UnreadableError(Exception):
    """An expression is none of these forms."""


class Parameter(NamedTuple):
    """A parameter of a function, with a constant added."""

    number: int
    plus: float


Value = int | float | str | Parameter | None
"""None for a value that is not known."""

Call = Callable[[str, Sequence[Value]], Value]
"""(name, arguments) -> value; raises `UnreadableError` where the function is not known."""


class ExpressionReader:
    """Reads expressions of one text from an offset on."""

    __slots__ = ("_budget", "_call", "_limit", "_names", "_text", "at")

    def __init__(
        self, text: bytes, at: int, limit: int, budget: WorkBudget, names: Callable[[str], Value], call: Call
    ) -> None:
        """Begin at an offset.

        Args:
            text: the text.
            at: byte offset of the first expression.
            limit: byte offset that no expression exceeds.
            budget: the work budget; a token costs a unit.
            names: name or `name.member` -> value.
            call: values of calls.
        """
        self._text = text
        self.at = at
        self._limit = limit
        self._budget = budget
        self._names = names
        self._call = call

    def sum(self, depth: int = 0) -> Value:
        """Read a sum.

        Raises:
            UnreadableError: there is none.
            ExhaustedError: the budget is used up.
        """
        if depth > _MOST_DEPTH:
            raise UnreadableError
        value = self._product(depth)
        while True:
            if self._takes(b"+"):
                value = _added(value, self._product(depth))
            elif self._takes(b"-"):
                value = _added(value, _times(self._product(depth), -1))
            else:
                return value

    def arguments(self, depth: int = 0) -> list[Value]:
        """Read arguments after an opening bracket, and the closing one."""
        found: list[Value] = []
        if self._takes(b")"):
            return found
        while True:
            found.append(self.sum(depth + 1))
            if self._takes(b")"):
                return found
            if not self._takes(b","):
                raise UnreadableError

    def items(self) -> list[str]:
        """Read the texts of a list after its opening bracket, and the closing one; the last may be left out."""
        found: list[str] = []
        while not self._takes(b"]"):
            item = self.sum()
            if not isinstance(item, str):
                raise UnreadableError
            found.append(item)
            if not self._takes(b",") and self._next() != b"]":
                raise UnreadableError
        return found

    def _product(self, depth: int) -> Value:
        value = self._signed(depth)
        while True:
            if self._takes(b"*"):
                value = _times(value, self._signed(depth))
            elif self._takes(b"/"):
                value = _divided(value, self._signed(depth))
            elif self._takes(b"%"):
                value = _rest(value, self._signed(depth))
            else:
                return value

    def _signed(self, depth: int) -> Value:
        sign = 1
        while True:
            if self._takes(b"-"):
                sign = -sign
            elif not self._takes(b"+"):
                break
        value = self._single(depth)
        return value if sign == 1 else _times(value, -1)

    def _single(self, depth: int) -> Value:
        self._budget.spend(1)
        match = _TOKEN.match(self._text, self.at, self._limit)
        if match is None:
            raise UnreadableError
        self.at = match.end()
        number, quoted, name, other = match.groups()
        if number:
            return float(number) if b"." in number or b"e" in number.lower()[1:2] else _whole(number)
        if quoted:
            return unescape(quoted[1:-1])
        if name:
            return self._named(name.decode(), depth)
        if other == b"`":
            return self._template()
        if other != b"(":
            raise UnreadableError
        value = self.sum(depth + 1)
        if not self._takes(b")"):
            raise UnreadableError
        return value

    def _template(self) -> Value:
        """Read a template whose substitutions are names."""
        made: Value = ""
        while (part := _TEMPLATE.match(self._text, self.at, self._limit)) is not None:
            self._budget.spend(1)
            self.at = part.end()
            body, name, _ = part.groups()
            made = _added(made, unescape(body))
            if not name:
                return made
            made = _added(made, self._names(name.decode()))
        raise UnreadableError

    def _named(self, name: str, depth: int) -> Value:
        if self._takes(b"("):
            return self._call(name, self.arguments(depth + 1))
        if self._takes(b"."):
            member = _TOKEN.match(self._text, self.at, self._limit)
            if member is None or not member.group(3):
                raise UnreadableError
            self.at = member.end()
            return self._names(f"{name}.{member.group(3).decode()}")
        if self._takes(b"["):
            key = self.sum(depth + 1)
            if not isinstance(key, str) or not self._takes(b"]"):
                raise UnreadableError
            return self._names(f"{name}.{key}")
        return self._names(name)

    def _next(self) -> bytes:
        at = self.at
        while at < self._limit and self._text[at] in b" \t\r\n":
            at += 1
            self._budget.spend(1)
        self.at = at
        return self._text[at : at + 1] if at < self._limit else b""

    def _takes(self, letter: bytes) -> bool:
        if self._next() != letter:
            return False
        self.at += 1
        return True


def _whole(number: bytes) -> int:
    return int(number, 16) if number[1:2] in (b"x", b"X") else int(number)


def _added(first: Value, second: Value) -> Value:
    if isinstance(first, str) and isinstance(second, str):
        return first + second if len(first) + len(second) < 100_000 else None
    if isinstance(first, Parameter) and isinstance(second, int | float):
        return Parameter(first.number, first.plus + second)
    if isinstance(second, Parameter) and isinstance(first, int | float):
        return Parameter(second.number, second.plus + first)
    return first + second if isinstance(first, int | float) and isinstance(second, int | float) else None


def _times(first: Value, second: Value) -> Value:
    if (
        isinstance(first, int | float)
        and isinstance(second, int | float)
        and abs(first) < 1e200
        and abs(second) < 1e200
    ):
        return first * second if abs(first) < 2**60 and abs(second) < 2**60 else float(first) * float(second)
    return None


def _divided(first: Value, second: Value) -> Value:
    if isinstance(first, int | float) and isinstance(second, int | float) and second and abs(first) < 1e200:
        return first / second
    return None


def _rest(first: Value, second: Value) -> Value:
    return first % second if isinstance(first, int) and isinstance(second, int) and second else None
