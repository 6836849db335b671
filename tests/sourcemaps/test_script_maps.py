"""The inline map of a place in a script is that of its own module, or none."""

import json

import pytest

from frontleak.sourcemaps.script_maps import ScriptMaps
from tests.support.maps import B64, HEAD, place_in

URL = f"//# {HEAD.decode()};base64,{B64.decode()}"
FIRST = f"'é🔑';\nuse(1);\n{URL}\n//# sourceURL=a.js\n"
LAST = f"\tuse(2);\n{URL}\n"
SCRIPT = (
    f'use(0);eval("use(9)");\neval({json.dumps(FIRST)});\neval(wrap({json.dumps(LAST)}));\n'
    f"medieval({json.dumps(FIRST)});use(3);\n{URL}\n"
)


def offset_of(code: str) -> int:
    return SCRIPT.encode().index(code.encode())


@pytest.mark.parametrize("code", ["use(0)", "use(9)", "use(3)", "medieval", "eval("])
def test_what_stands_in_no_module_with_a_map_is_not_described_by_one(code: str) -> None:
    maps = ScriptMaps(SCRIPT.encode())
    assert maps.module(offset_of(code)) is None
    assert maps.holding(offset_of(code)) is None


@pytest.mark.parametrize(("code", "module", "number"), [("use(1)", FIRST, 0), ("use(2)", LAST, 1)])
def test_a_place_in_a_module_is_counted_in_what_the_string_says(code: str, module: str, number: int) -> None:
    maps = ScriptMaps(SCRIPT.encode())
    assert maps.module(offset_of(code)) == (maps.all[number], *place_in(module, module.index(code)))


def test_a_place_in_a_map_is_held_by_it() -> None:
    maps = ScriptMaps(SCRIPT.encode())
    assert len(maps.all) == 4
    for found in maps.all:
        assert maps.holding(found.start) == maps.holding(found.end - 1) == found
        assert maps.holding(found.start - 1) is None
        assert maps.holding(found.end) is None


@pytest.mark.parametrize("script", [b"", b"a=1", b'eval("a', b'eval("' + HEAD])
def test_a_script_without_maps_has_none(script: bytes) -> None:
    maps = ScriptMaps(script)
    assert maps.all == ()
    assert [maps.module(at) or maps.holding(at) for at in range(len(script) + 1)] == [None] * (len(script) + 1)
