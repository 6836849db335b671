"""Calls that name items of the array: through wrappers, aliases and objects of constants, to the accessor."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from frontleak.core.budget import WorkBudget
from frontleak.core.lazy_regex import LazyRegex
from frontleak.decode.string_array.arithmetic import ExpressionReader, Parameter, UnreadableError, Value
from frontleak.decode.string_array.table import Accessor, StringArray

_WRAPPER: Final = LazyRegex(
    rb"(?:function\s+([\w$]{1,60})\s*|([\w$]{1,60})\s*=\s*function\s*)\(([\w$,\s]{1,300})\)\s*\{\s*return\s+([\w$]{1,60})\s*\("
)
_ALIAS: Final = LazyRegex(rb"(?:\b(?:const|let|var)\s+|,\s*)([\w$]{1,60})\s*=\s*([\w$]{1,60})(?=\s*[,;])")
_CONSTANTS: Final = LazyRegex(
    rb"([\w$]{1,60})\s*=\s*\{((?:\s*['\"]?[\w$]{1,60}['\"]?\s*:\s*(?:-?\s*[0-9(][^,{}'\"\n]{0,200}|'[^'\n]{0,60}'|\"[^\"\n]{0,60}\")\s*,?){1,60})\s*\}"
)
_CONSTANT: Final = LazyRegex(rb"['\"]?([\w$]{1,60})['\"]?\s*:\s*")
_MOST_HOPS: Final = 30


class _Wrapper(NamedTuple):
    target: str
    arguments: tuple[Value, ...]


class Calls:
    """Resolves calls to the items of an array."""

    __slots__ = ("_aliases", "_array", "_budget", "_constants", "_wrappers", "turned")

    def __init__(self, text: bytes, start: int, end: int, array: StringArray, budget: WorkBudget) -> None:
        """Find wrappers, aliases and constants in a stretch of code.

        Raises:
            ExhaustedError: the budget is used up.
        """
        self._array = array
        self._budget = budget
        self.turned = 0
        """By how many items the array is rotated to the left."""
        self._aliases: dict[str, str] = {}
        self._constants: dict[str, Value] = {}
        self._wrappers: dict[str, _Wrapper] = {}
        budget.spend((end - start) >> 7)
        for match in _ALIAS.finditer(text, start, end):
            budget.spend(1)
            self._aliases.setdefault(match.group(1).decode(), match.group(2).decode())
        for match in _CONSTANTS.finditer(text, start, end):
            self._add_constants(text, match.group(1).decode(), *match.span(2))
        for match in _WRAPPER.finditer(text, start, end):
            self._add_wrapper(text, match.end(), end, match.groups())

    def _add_constants(self, text: bytes, name: str, start: int, end: int) -> None:
        at = start
        while (key := _CONSTANT.search(text, at, end)) is not None:
            self._budget.spend(2)
            reader = ExpressionReader(text, key.end(), end, self._budget, _unknown, _no_call)
            try:
                self._constants.setdefault(f"{name}.{key.group(1).decode()}", reader.sum())
            except UnreadableError:
                return
            at = max(reader.at, key.end())

    def _add_wrapper(self, text: bytes, at: int, end: int, groups: Sequence[bytes | None]) -> None:
        first, second, parameters, target = groups
        if not parameters or not target or not (name := first or second):
            return
        names = {part.strip().decode(): number for number, part in enumerate(parameters.split(b","))}

        def value_of(known: str) -> Value:
            return Parameter(names[known], 0) if known in names else self._constants.get(known)

        reader = ExpressionReader(text, at, min(end, at + 2_000), self._budget, value_of, _no_call)
        try:
            arguments = tuple(reader.arguments())
        except UnreadableError:
            return
        self._wrappers.setdefault(name.decode(), _Wrapper(target.decode(), arguments))

    def known(self, name: str) -> bool:
        """Return whether a function reads an item."""
        return self._accessor_of(name) is not None

    def _accessor_of(self, name: str) -> Accessor | None:
        for _ in range(_MOST_HOPS):
            accessor = self._array.accessors.get(name)
            if accessor is not None:
                return accessor
            wrapper = self._wrappers.get(name)
            following = wrapper.target if wrapper else self._aliases.get(name)
            if following is None or following == name:
                return None
            name = following
        return None

    def constant(self, name: str) -> Value:
        """Return the value of `name.member`."""
        return self._constants.get(name)

    def item(self, name: str, arguments: Sequence[Value]) -> str | None:
        """Return the item that a call reads; None if it reads none."""
        for _ in range(_MOST_HOPS):
            self._budget.spend(1)
            accessor = self._array.accessors.get(name)
            if accessor is not None:
                return self._read(accessor, arguments)
            wrapper = self._wrappers.get(name)
            if wrapper is not None:
                arguments = [_applied(argument, arguments) for argument in wrapper.arguments]
                name = wrapper.target
            elif (alias := self._aliases.get(name)) is not None:
                name = alias
            else:
                return None
        return None

    def _read(self, accessor: Accessor, arguments: Sequence[Value]) -> str | None:
        index = arguments[0] if arguments else None
        if isinstance(index, str):
            try:
                index = int(index[:12], 0)
            except ValueError:
                return None
        if not isinstance(index, int | float) or index != int(index):
            return None
        at = int(index) - accessor.first
        items = self._array.items
        if not 0 <= at < len(items):
            return None
        item = items[(at + self.turned) % len(items)]
        return accessor.decoded(item, arguments[1] if len(arguments) > 1 else None, self._budget)


def _applied(argument: Value, given: Sequence[Value]) -> Value:
    if not isinstance(argument, Parameter):
        return argument
    if argument.number >= len(given):
        return None
    value = given[argument.number]
    if isinstance(value, str) and argument.plus:
        try:
            value = int(value[:12], 0)
        except ValueError:
            return None
    return value + argument.plus if argument.plus and isinstance(value, int | float) else value


def _unknown(_: str) -> Value:
    return None


def _no_call(_: str, __: object) -> Value:
    raise UnreadableError
