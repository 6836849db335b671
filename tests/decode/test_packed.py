"""Packed files that cannot be decoded are reported; minified and bundled ones never are."""

import base64
import json
import re
from typing import Final

import pytest

from frontleak.decode.packed import PACKED, SHUFFLED
from tests.support.paths import FIXTURES, MATRIX_OUTPUTS
from tests.support.views import problems


def outputs(tool: str) -> dict[str, str]:
    made: dict[str, str] = json.loads((MATRIX_OUTPUTS / f"{tool}.json").read_text("utf-8"))
    return made


# Code that resembles the loop or the table, but is neither.
SILENT: Final = {
    "a queue": "while(true){e.push(e.shift());if(e.length>9)break}",
    "a queue by index": 'e["push"](e["shift"]())',
    "names of an obfuscator without its loop": "_0x1a2b(0x1)+_0x1a2b(0x2)+_0x1a2b(0x3)+_0x1a2b(0x4)",
    "the loop without calls of the accessor": "for(;;){_0x1a2b.push(_0x1a2b.shift())}",
    "another list on either side": "for(;;){_0x1a2b.push(_0x1a2c.shift())};_0x1a2b(0x1)+_0x1a2b(0x2)+_0x1a2b(0x3)+_0x1a2b(0x4)",
    "webpack's runtime": (
        "(()=>{var e={},t={};function n(r){var o=t[r];if(void 0!==o)return o.exports;var a=t[r]={exports:{}};"
        "return e[r].call(a.exports,a,a.exports,n),a.exports}n.m=e,n.O=(r,o,a,i)=>{for(var u=0;u<e.length;u++)"
        "e.push(e.shift())}})();(self.webpackChunk=self.webpackChunk||[]).push([[179],{0x1:(e,t)=>{}}])"
    ),
    "an alphabet of base64": 'for(var t="ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";;)e.push(e.shift())',
}


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_what_only_looks_like_it_is_not_called_opaque(text: str) -> None:
    assert problems((text + ";").encode() * 3) == []


@pytest.mark.parametrize("tool", ["as-written", "esbuild", "terser", "swc"])
def test_minified_code_is_not_called_opaque(tool: str) -> None:
    assert [shape for shape, code in outputs(tool).items() if problems(code.encode())] == []


@pytest.mark.parametrize("app", sorted(path.name for path in FIXTURES.iterdir() if (path / "EXPECTED.yaml").is_file()))
def test_what_bundlers_build_is_not_called_opaque(app: str) -> None:
    for file in sorted((FIXTURES / app).rglob("*.js")):
        assert not {PACKED, SHUFFLED} & set(problems(file.read_bytes())), file


def unreadable(tool: str) -> str:
    """Return obfuscated code with another target of its loop: no order of the array fits."""
    code = outputs(tool)["plain"]
    return re.sub(r"\}\((_0x[0-9a-f]+),(?=[-(]{0,2}0x)", r"}(\1,0.5+", code)


@pytest.mark.parametrize("tool", ["obfuscator-low", "obfuscator-medium", "obfuscator-high"])
def test_a_table_that_is_decoded_is_not_reported(tool: str) -> None:
    assert outputs(tool)
    assert [shape for shape, code in outputs(tool).items() if problems(code.encode())] == []


@pytest.mark.parametrize("tool", ["obfuscator-medium", "obfuscator-high"])
def test_a_table_that_is_decoded_at_run_time_is_said(tool: str) -> None:
    assert problems(unreadable(tool).encode()) == [PACKED]


def test_a_table_that_is_put_in_order_at_run_time_is_said() -> None:
    assert problems(unreadable("obfuscator-low").encode()) == [SHUFFLED]


@pytest.mark.parametrize(
    "around", ["{}", "var a=1;" * 30_000 + "{}" + "var b=2;" * 30_000, "eval({})"], ids=["alone", "far", "in eval"]
)
def test_it_is_said_once_wherever_it_stands(around: str) -> None:
    assert problems(around.format(unreadable("obfuscator-high")).encode()) == [PACKED]


def test_it_is_said_of_code_that_is_encoded() -> None:
    code = unreadable("obfuscator-medium")
    text = f'import("data:text/javascript;base64,{base64.b64encode(code.encode()).decode()}")'
    assert problems(text.encode()) == [PACKED]
    assert set(problems(f"eval({json.dumps(code)})".encode())) == {PACKED}
