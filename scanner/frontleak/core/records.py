"""Dataclasses that are cheap to define: `dataclasses` compiles six methods for each class from source text.

At half a millisecond a class, that is a quarter of the CPU of a small scan. These classes share their methods; only
`__init__` is compiled, once a few records were made. Names and meaning are those of `dataclasses`, for the options
that this package uses, and the functions of `dataclasses` accept these records.
"""

# ruff: noqa: ANN001, ANN003, ANN201 - type checkers read the signatures of `dataclasses`

from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn

__all__ = ["dataclass", "field", "field_names", "replace"]

if TYPE_CHECKING:
    from dataclasses import dataclass, field, replace  # noqa: TID251 - type checkers know these
else:

    def dataclass(*, slots, frozen=False, kw_only=False, eq=True, repr=True):  # noqa: A002 - the names of dataclasses
        """Make a record of a class. `slots` must be true; see `dataclasses.dataclass` for the options."""
        if not slots:
            raise TypeError("records have slots")
        return lambda cls: _record(cls, frozen=frozen, kw_only=kw_only, eq=eq, show=repr)

    def field(*, default=..., default_factory=None, repr=True):  # noqa: A002 - the names of dataclasses
        """Describe a field; see `dataclasses.field`."""
        return _Field(default, default_factory, repr)

    def replace(record, /, **changes):
        """Return a copy of a record with some fields changed; see `dataclasses.replace`."""
        values = {name: getattr(record, name) for name in record.__record_fields__}
        values.update(changes)
        return type(record)(**values)


class _Field(NamedTuple):
    default: Any = ...
    """`...` when there is none."""
    factory: Any = None
    shown: bool = True
    """Whether `repr` shows it."""
    keyword: bool = False
    """Whether it is passed by name only."""


_REQUIRED: Final = _Field()
_MADE_SLOWLY: Final = 12
"""Records of a class that are made before its `__init__` is compiled, which takes as long as making these."""


def field_names(cls: type) -> tuple[str, ...]:
    """Return the names of the fields of a record, in order."""
    fields: dict[str, _Field] = cls.__record_fields__  # type: ignore[attr-defined]
    return tuple(fields)


def _record(cls: type, *, frozen: bool, kw_only: bool, eq: bool, show: bool) -> type:
    """Return the class with slots and the methods of a record; methods that the class defines are kept."""
    namespace = {name: value for name, value in vars(cls).items() if name not in {"__dict__", "__weakref__"}}
    fields: dict[str, _Field] = dict(getattr(cls, "__record_fields__", {}))
    own = [name for name, kind in namespace.get("__annotations__", {}).items() if "ClassVar" not in str(kind)]
    for name in own:
        value = namespace.pop(name, _REQUIRED)
        described = value if isinstance(value, _Field) else _Field(value)
        fields[name] = described._replace(keyword=kw_only)
    namespace |= {
        "__slots__": tuple(own),
        "__record_fields__": fields,
        "__record_values__": attrgetter(*fields),
        "__dataclass_fields__": _FieldsOfDataclass(),
        "__match_args__": tuple(name for name, described in fields.items() if not described.keyword),
    }
    methods: dict[str, Any] = {"__getstate__": _state, "__setstate__": _set_state}
    if eq:
        methods |= {"__eq__": _equal, "__hash__": _hash if frozen else None}
    if show:
        methods["__repr__"] = _show
    if frozen:
        methods |= {"__setattr__": _refuse, "__delattr__": _refuse}
    made = type(cls)(cls.__name__, cls.__bases__, methods | namespace)
    made.__qualname__ = cls.__qualname__
    if "__init__" not in namespace:
        made.__init__ = _first_init(made)  # type: ignore[misc]
    return made


def _first_init(cls: Any) -> Any:
    """Return an `__init__` for the first records; when more are made, it compiles one and puts it in its place."""
    left = _MADE_SLOWLY

    def __init__(self: Any, *args: Any, **values: Any) -> None:  # noqa: N807 - it is one
        nonlocal left
        left -= 1
        if left >= 0 and _is_set(self, cls, args, values):
            return
        cls.__init__ = _compiled_init(cls)
        cls.__init__(self, *args, **values)

    return __init__


def _is_set(record: Any, cls: Any, args: tuple[Any, ...], values: dict[str, Any]) -> bool:
    """Set the fields of a record; return whether the arguments were right: if not, `__init__` says what is wrong."""
    fields: dict[str, _Field] = cls.__record_fields__
    placed = dict(zip(cls.__match_args__, args, strict=False))
    if len(placed) < len(args) or not values.keys() <= fields.keys() - placed.keys():
        return False
    given = placed | values
    for name, described in fields.items():
        value = given.get(name, described.default)
        if described.factory is not None and value is ...:
            value = described.factory()
        elif value is ... and name not in given:
            return False
        object.__setattr__(record, name, value)
    if hasattr(cls, "__post_init__"):
        record.__post_init__()
    return True


def _compiled_init(cls: Any) -> Any:
    """Compile the `__init__` of a record from the names of its fields: they are identifiers of this package's code."""
    scope: dict[str, Any] = {}
    arguments = ["self"]
    named: list[str] = []
    lines: list[str] = []
    for name, described in cls.__record_fields__.items():
        argument, value = name, name
        if described.factory is not None:
            scope[f"make_{name}"] = described.factory
            argument, value = f"{name}=...", f"make_{name}() if {name} is ... else {name}"
        elif described.default is not ...:
            scope[f"default_{name}"] = described.default
            argument = f"{name}=default_{name}"
        (named if described.keyword else arguments).append(argument)
        scope[f"set_{name}"] = getattr(cls, name).__set__
        lines.append(f"    set_{name}(self, {value})")
    if hasattr(cls, "__post_init__"):
        lines.append("    self.__post_init__()")
    star = ["*"] if named else []
    exec(f"def __init__({', '.join([*arguments, *star, *named])}):\n" + "\n".join(lines), scope)  # noqa: S102
    scope["__init__"].__qualname__ = f"{cls.__qualname__}.__init__"
    return scope["__init__"]


class _FieldsOfDataclass:
    """What `dataclasses.fields`, `replace` and `asdict` read of a class, made when they do."""

    def __get__(self, _: object, cls: Any) -> Any:
        import dataclasses  # noqa: PLC0415 - costs what this module saves

        namespace = {
            name: dataclasses.field(
                default=dataclasses.MISSING if described.default is ... else described.default,
                default_factory=described.factory or dataclasses.MISSING,
                repr=described.shown,
            )
            for name, described in cls.__record_fields__.items()
        }
        same = type(cls.__name__, (), namespace | {"__annotations__": dict.fromkeys(namespace, object)})
        fields = dataclasses.dataclass(kw_only=True)(same).__dataclass_fields__  # type: ignore[attr-defined]  # noqa: TID251
        cls.__dataclass_fields__ = fields
        return fields


def _equal(self: Any, other: Any) -> Any:
    if other.__class__ is not self.__class__:
        return NotImplemented
    return self.__record_values__(self) == self.__record_values__(other)


def _hash(self: Any) -> int:
    return hash(self.__record_values__(self))


def _show(self: Any) -> str:
    shown = (name for name, described in self.__record_fields__.items() if described.shown)
    return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"


def _state(self: Any) -> tuple[Any, ...]:
    return tuple(getattr(self, name) for name in self.__record_fields__)


def _set_state(self: Any, state: tuple[Any, ...]) -> None:
    for name, value in zip(self.__record_fields__, state, strict=True):
        object.__setattr__(self, name, value)


def _refuse(self: object, name: str, *_: object) -> NoReturn:
    from dataclasses import FrozenInstanceError  # noqa: PLC0415 - costs what this module saves

    raise FrozenInstanceError(f"cannot change field {name!r} of {type(self).__name__}")
