"""Writes records as JSON values, and reads them back by the types that their fields declare.

Not pickle: whoever can write a done-file would run code in the process that merges. A value of another type than the
field declares is refused. Fields with their defaults are left out.
"""

import functools
import types
import typing
from collections.abc import Callable, Mapping
from datetime import date
from enum import Enum
from typing import Any, Final, Literal, Union

from frontleak.core.diagnostic import Diagnostic
from frontleak.core.origins import CommitOrigin, FileOrigin, MemberOrigin, StdinOrigin
from frontleak.core.secret import Secret
from frontleak.core.url_origin import UrlOrigin
from frontleak.files.interface import FileEntry
from frontleak.files.recordings.entries import HarEntry, SavedEntry
from frontleak.files.stores.entries import StoreEntry

_TAG: Final = "="
"""Names the class of a value where the type of the field leaves a choice."""
_TAGGED: Final[Mapping[str, type]] = {
    "file": FileOrigin,
    "commit": CommitOrigin,
    "stdin": StdinOrigin,
    "member": MemberOrigin,
    "url": UrlOrigin,
    "FileEntry": FileEntry,
    "HarEntry": HarEntry,
    "SavedEntry": SavedEntry,
    "StoreEntry": StoreEntry,
    "Diagnostic": Diagnostic,
}
_TAGS: Final = {kind: tag for tag, kind in _TAGGED.items()}


def to_plain(value: Any) -> Any:
    """Return a record, or anything that its fields may hold, as JSON values.

    Raises:
        TypeError: no field of a record has such a value.
    """
    simple = _simple(value)
    if simple is not _NO_FORM:
        return simple
    kind: Any = type(value)
    fields = _fields(kind)
    if fields:
        found = {name: getattr(value, name) for name in fields}
        plain = {name: to_plain(each) for name, each in found.items() if not _is_default(each, fields[name])}
        tag = _TAGS.get(kind)
        return plain if tag is None else {_TAG: tag, **plain}
    if isinstance(value, Mapping):
        return {key: to_plain(each) for key, each in value.items()}
    if isinstance(value, (tuple, list)):
        return [to_plain(each) for each in value]
    raise TypeError(f"{kind.__name__} has no plain form")


_NO_FORM: Final = object()


def _simple(value: Any) -> Any:
    """Return the plain form of a value without parts; `_NO_FORM` for any other."""
    match value:
        case Enum():
            return value.name
        case None | bool() | int() | str():
            return value
        case Secret():
            return [value.redacted, value.digest]
        case date():
            return value.isoformat()
        case _:
            return _NO_FORM


def from_plain(kind: Any, plain: Any) -> Any:
    """Return the value of a type that `to_plain` wrote.

    Raises:
        ValueError: it is not of that type.
    """
    return _reader(kind)(plain)


Reader = Callable[[Any], Any]


@functools.cache
def _reader(kind: Any) -> Reader:
    origin = typing.get_origin(kind)
    if origin is not None:
        return _reader_of_generic(kind, origin, typing.get_args(kind))
    if kind in (str, int, bool, types.NoneType):
        return lambda plain: plain if type(plain) is kind else _refuse(plain, kind)
    if kind is date:
        return lambda plain: date.fromisoformat(_reader(str)(plain))
    if kind is Secret:
        return _secret
    if issubclass(kind, Enum):
        return lambda plain: kind[plain] if plain in kind.__members__ else _refuse(plain, kind)
    return _record(kind)


def _reader_of_generic(kind: Any, origin: Any, arguments: tuple[Any, ...]) -> Reader:
    if origin is Literal:
        return lambda plain: plain if plain in arguments else _refuse(plain, kind)
    if origin in (Union, types.UnionType):
        return _union(arguments)
    if issubclass(origin, Mapping):
        key, each = map(_reader, arguments)
        return lambda plain: {key(name): each(value) for name, value in _mapping(plain, kind).items()}
    return _tuple(kind, arguments)


def _secret(plain: Any) -> Secret:
    redacted, digest = _tuple(Secret, (str, str))(plain)
    secret = Secret.__new__(Secret)
    secret.__setstate__((redacted, digest))
    return secret


def _union(arguments: tuple[Any, ...]) -> Reader:
    is_optional = type(None) in arguments
    kinds = [each for each in arguments if each is not type(None)]
    if len(kinds) > 1 and not all(isinstance(each, type) and each in _TAGS for each in kinds):
        raise TypeError(f"{arguments} leave a choice")
    read = _reader(kinds[0]) if len(kinds) == 1 else _one_of(tuple(kinds))
    return lambda plain: None if plain is None and is_optional else read(plain)


def _one_of(kinds: tuple[type, ...]) -> Reader:
    def read(plain: Any) -> Any:
        tagged: Any = _TAGGED.get(_mapping(plain, kinds).get(_TAG, ""))
        if tagged is None or not issubclass(tagged, kinds):
            _refuse(plain, kinds)
        return _untagged(tagged)(plain)

    return read


def _tuple(kind: Any, arguments: tuple[Any, ...]) -> Reader:
    if not arguments or arguments[-1] is Ellipsis or len(arguments) == 1:
        each = _reader(arguments[0])
        return lambda plain: tuple(map(each, _list(plain, kind)))
    readers = tuple(map(_reader, arguments))

    def read(plain: Any) -> tuple[Any, ...]:
        if len(_list(plain, kind)) != len(readers):
            _refuse(plain, kind)
        return tuple(reader(each) for reader, each in zip(readers, plain, strict=True))

    return read


def _record(kind: type) -> Reader:
    """Return what reads a record; one that has subclasses is tagged."""
    return _one_of((kind,)) if kind in _TAGS else _untagged(kind)


@functools.cache
def _untagged(kind: type) -> Reader:
    fields = _fields(kind)
    hints = typing.get_type_hints(kind)

    def read(plain: Any) -> Any:
        given = {name: value for name, value in _mapping(plain, kind).items() if name != _TAG}
        if not given.keys() <= fields.keys():
            _refuse(plain, kind)
        try:
            return kind(**{name: _reader(hints[name])(value) for name, value in given.items()})
        except TypeError as error:  # a field is missing
            raise ValueError(f"no {kind.__name__}") from error

    return read


_NO_DEFAULT: Final = object()


@functools.cache
def _fields(kind: Any) -> Mapping[str, Any]:
    """Return the default of each field of a record or a named tuple; `_NO_DEFAULT` where there is none."""
    if hasattr(kind, "__record_fields__"):
        described = kind.__record_fields__.items()
        return {
            name: each.factory() if each.factory is not None else _NO_DEFAULT if each.default is ... else each.default
            for name, each in described
        }
    if issubclass(kind, tuple) and hasattr(kind, "_field_defaults"):
        return {name: kind._field_defaults.get(name, _NO_DEFAULT) for name in kind._fields}
    return {}


def _is_default(value: Any, default: Any) -> bool:
    return type(value) is type(default) and bool(value == default)


def _list(plain: Any, kind: Any) -> list[Any]:
    return plain if isinstance(plain, list) else _refuse(plain, kind)


def _mapping(plain: Any, kind: Any) -> dict[str, Any]:
    return plain if isinstance(plain, dict) else _refuse(plain, kind)


def _refuse(plain: Any, kind: Any) -> typing.NoReturn:
    raise ValueError(f"{type(plain).__name__} where {getattr(kind, '__name__', kind)} is expected")
