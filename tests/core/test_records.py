"""Records behave as the classes that `dataclasses` makes."""

import copy
import dataclasses
import pickle
import subprocess
import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest

from frontleak.core import records

OURS = SimpleNamespace(dataclass=records.dataclass, field=records.field, replace=records.replace)


def _classes(kit: Any) -> SimpleNamespace:
    @kit.dataclass(frozen=True, slots=True, kw_only=True)
    class Named:
        a: int
        b: str = "b"
        c: list[int] = kit.field(default_factory=list)
        d: str = kit.field(default="hidden", repr=False)
        kind: ClassVar[str] = "named"

        def twice(self) -> int:
            return self.a * 2

    @kit.dataclass(frozen=True, slots=True)
    class Placed:
        x: int
        y: int = 2

    @kit.dataclass(frozen=True, slots=True)
    class Derived(Placed):
        z: int = 3

        def __repr__(self) -> str:
            return "derived"

    @kit.dataclass(slots=True)
    class Open:
        value: int
        items: list[int] = kit.field(default_factory=list)

    @kit.dataclass(slots=True, repr=False, eq=False)
    class Plain:
        value: int

    return SimpleNamespace(Named=Named, Placed=Placed, Derived=Derived, Open=Open, Plain=Plain)


@pytest.fixture(scope="module")
def both() -> tuple[SimpleNamespace, SimpleNamespace]:
    return _classes(OURS), _classes(dataclasses)


def _changed(record: Any) -> Any:
    record.value = 5
    return record


CASES: tuple[tuple[str, Callable[[Any], Any]], ...] = (
    ("defaults", lambda k: repr(k.Named(a=1))),
    ("all fields", lambda k: repr(k.Named(a=1, b="x", c=[1], d="y"))),
    ("a list of its own", lambda k: k.Named(a=1).c is k.Named(a=1).c),
    ("methods", lambda k: (k.Named(a=4).twice(), k.Named.kind, k.Named(a=1).kind)),
    ("missing field", lambda k: k.Named()),
    ("unknown field", lambda k: k.Named(a=1, e=2)),
    ("by position where names are asked for", lambda k: k.Named(1)),
    ("too many", lambda k: k.Placed(1, 2, 3)),
    ("given twice", lambda k: k.Placed(1, x=1)),
    ("by position", lambda k: repr(k.Placed(5))),
    ("equal", lambda k: (k.Placed(1) == k.Placed(1, 2), k.Placed(1) == k.Placed(2), k.Placed(1) == (1, 2))),
    ("a subclass is another type", lambda k: k.Derived(1) == k.Placed(1)),
    ("inherited fields", lambda k: (k.Derived(1, 2, 4).x, k.Derived(1, 2, 4).z, repr(k.Derived(1)))),
    ("hash", lambda k: (hash(k.Placed(1)) == hash(k.Placed(1, 2)), len({k.Placed(1), k.Placed(1), k.Placed(2)}))),
    ("hash of what cannot be hashed", lambda k: hash(k.Named(a=1))),
    ("hash of what changes", lambda k: hash(k.Open(1))),
    ("identity where eq is off", lambda k: (k.Plain(1) == k.Plain(1), len({k.Plain(1), k.Plain(1)}))),
    ("set a field", lambda k: setattr(k.Placed(1), "x", 2)),
    ("delete a field", lambda k: delattr(k.Placed(1), "x")),
    ("set a field that may change", lambda k: _changed(k.Open(1)).value),
    ("set no field of what may change", lambda k: setattr(k.Open(1), "other", 5)),
    ("copy", lambda k: copy.copy(k.Placed(3)) == k.Placed(3)),
    ("deep copy", lambda k: repr(copy.deepcopy(k.Named(a=1, c=[2])))),
    ("fields", lambda k: [(f.name, f.repr) for f in dataclasses.fields(k.Named)]),
    ("asdict", lambda k: dataclasses.asdict(k.Named(a=1, c=[k.Placed(1)]))),
    ("replace", lambda k: repr(dataclasses.replace(k.Named(a=1), b="n"))),
    ("replace an unknown field", lambda k: dataclasses.replace(k.Named(a=1), nothing="n")),
    ("is a dataclass", lambda k: dataclasses.is_dataclass(k.Named)),
    ("slots", lambda k: hasattr(k.Placed(1), "__dict__")),
    ("match", lambda k: (k.Placed.__match_args__, k.Named.__match_args__, k.Derived.__match_args__)),
)


@pytest.mark.parametrize("case", [case for _, case in CASES], ids=[name for name, _ in CASES])
def test_records_do_what_dataclasses_do(
    both: tuple[SimpleNamespace, SimpleNamespace], case: Callable[[Any], Any]
) -> None:
    ours, theirs = both
    try:
        expected = case(theirs)
    except Exception as error:  # noqa: BLE001 - whatever it is, ours raises the same
        with pytest.raises(type(error)):
            case(ours)
    else:
        assert case(ours) == expected


@records.dataclass(frozen=True, slots=True)
class _Checked:
    x: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "x", self.x + 1)


def test_a_record_is_checked_when_it_is_made() -> None:
    assert [_Checked(1).x, _Checked(x=5).x, records.replace(_Checked(1), x=7).x] == [2, 6, 8]
    assert [_Checked(number).x for number in range(30)] == list(range(1, 31))  # the first ones, and the compiled way


def test_replace_keeps_the_other_fields(both: tuple[SimpleNamespace, SimpleNamespace]) -> None:
    ours, _ = both
    one = ours.Named(a=1, b="x", c=[1], d="y")
    assert repr(records.replace(one, a=2)) == repr(ours.Named(a=2, b="x", c=[1], d="y"))
    assert records.replace(one, a=2).d == "y"
    assert one.a == 1


@records.dataclass(frozen=True, slots=True)
class _Sent:
    x: int
    y: tuple[int, ...] = ()


def test_records_travel_between_processes() -> None:
    sent = _Sent(1, (2, 3))
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(sent, protocol)) == sent


def test_a_scan_defines_no_class_through_dataclasses() -> None:
    """Each costs half a millisecond, and a small scan defines fifty."""
    program = (
        "import dataclasses, sys\n"
        "ordinary = dataclasses._process_class\n"
        "def define(cls, *args):\n"
        "    assert not cls.__module__.startswith('frontleak.') or cls.__module__ == 'frontleak.core.records', cls\n"
        "    return ordinary(cls, *args)\n"
        "dataclasses._process_class = define\n"
        "sys.argv = ['frontleak', 'scan', '-']\n"
        "from frontleak.cli.main import run\n"
        "run()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], input="const a = 1", text=True, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
