"""String arrays of javascript-obfuscator are read without running them; hostile ones cost no more than their budget."""

import contextlib
import json
import re
from typing import Final

import pytest

from frontleak.core.budget import ExhaustedError, WorkBudget
from frontleak.decode.packed import PACKED, SHUFFLED
from frontleak.decode.string_array.arithmetic import ExpressionReader, UnreadableError, Value
from frontleak.decode.string_array.rewrite import unpacked
from tests.acceptance.support import token
from tests.support.made import scan_text, secret_of
from tests.support.paths import FIXTURES
from tests.support.views import problems, views

TOKEN: Final = token("fixtures/string-array")
BUILT: Final[dict[str, str]] = json.loads((FIXTURES / "string-array" / "outputs.json").read_text("utf-8"))


@pytest.mark.parametrize("variant", BUILT)
def test_the_token_is_found_in_what_the_real_tool_writes(variant: str) -> None:
    found = scan_text(BUILT[variant])
    assert {secret_of(detection).reveal().decode() for detection in found.detections} == {TOKEN}
    assert found.diagnostics == ()


@pytest.mark.parametrize("variant", ["base64", "rc4", "high"])
def test_code_around_it_changes_nothing(variant: str) -> None:
    text = "var a=1;" * 9_000 + BUILT[variant] + "var b=2;" * 9_000
    assert {secret_of(found).reveal().decode() for found in scan_text(text).detections} == {TOKEN}


def test_the_place_is_that_of_the_call() -> None:
    code = "first();\n" + BUILT["base64"]
    (found,) = scan_text(code).detections
    place = code[found.place.offset : found.place.offset + found.place.length]
    assert found.place.line == 2
    assert re.search(r"_0x[0-9a-f]+\(0x[0-9a-f]+\)", place)
    assert len(place) < 60
    assert found.place.via[0] == "string-array"


def test_the_view_is_code_with_the_strings_in_place() -> None:
    (view,) = views(BUILT["rc4"].encode(), "string-array")
    assert b'"https://"' in view.text
    assert b"/data/query/" in view.text
    assert b".shift" not in view.text


BROKEN: Final = {
    "another target of the loop": re.sub(r"\}\((_0x[0-9a-f]+),0x", r"}(\1,0x7", BUILT["rc4"]),
    "no accessor": re.sub(r"(_0x[0-9a-f]+)=\1-0x", r"\1=\1^0x", BUILT["base64"]),
    "an array that is filled later": re.sub(r"=\['[^\]]*\]", "=fill()", BUILT["base64"]),
}


@pytest.mark.parametrize("code", BROKEN.values(), ids=BROKEN)
def test_what_cannot_be_decoded_is_said(code: str) -> None:
    assert set(problems(code.encode())) & {PACKED, SHUFFLED}


def test_an_array_that_cannot_be_decoded_beside_one_that_can_is_said() -> None:
    other = re.sub(r"_0x(?=[0-9a-f]{4}\b)", "_0xa", BUILT["base64"])
    other = re.sub(r"(_0x[0-9a-f]+)=\1-0x", r"\1=\1^0x", other)
    found = scan_text(BUILT["rc4"] + ";" + other)
    assert {secret_of(detection).reveal().decode() for detection in found.detections} == {TOKEN}
    assert {problem.message for problem in found.diagnostics} & {PACKED, SHUFFLED}


SILENT: Final = {
    "a function that replaces itself": "function a(){var b=['x','y'];a=function(){return b;};return a();}" * 9,
    "an array and a subtraction": "const a=['x','y'];function b(c,d){c=c-1;var e=a[c];return e}b(1,2)" * 9,
    "a queue": "for(;;){try{var a=parseInt(b(1));if(a===c)break;else q.push(q.shift())}catch(e){q.push(q.shift())}}",
}


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_ordinary_code_has_no_view(text: str) -> None:
    assert views(text.encode(), "string-array") == []
    assert problems(text.encode()) == []


def evaluated(text: str) -> Value:
    def call(name: str, _: object) -> Value:
        raise UnreadableError(name)

    return ExpressionReader(text.encode(), 0, len(text), WorkBudget(10_000), {"a.b": 7}.get, call).sum()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0x10", 16),
        ("-0x2*-0x3+1", 7),
        ("-(0x5fb+-0x1830+0x1e34)", -(0x5FB - 0x1830 + 0x1E34)),
        ("7/2", 3.5),
        ("7%4", 3),
        ("'a'+\"b\"+'\\x63'", "abc"),
        ("a.b+1", 8),
        ("a['b']", 7),
        ("1/0", None),
        ("'a'*2", None),
    ],
)
def test_small_expressions_are_worked_out(text: str, value: Value) -> None:
    assert evaluated(text) == value


@pytest.mark.parametrize("text", ["", "(", "(" * 5_000, "f(1)", "=>", "'open", "a.", "a[0x1]"])
def test_other_expressions_are_not_read(text: str) -> None:
    with pytest.raises(UnreadableError):
        evaluated(text)


def _grown(variant: str, times: int) -> str:
    """Return code whose array has its items many times, so that no rotation fits."""
    code = re.sub(r"\}\((_0x[0-9a-f]+),0x", r"}(\1,0x7", BUILT[variant])
    return re.sub(r"=\[('.*?')\];", lambda match: f"=[{','.join([match.group(1)] * times)}];", code, count=1)


HOSTILE: Final = {
    "a long array": _grown("rc4", 900),
    "a long array in base64": _grown("base64", 900),
    "a chain of wrappers": BUILT["plain"]
    + "".join(f"function _0xa{n:05x}(a,b){{return _0xa{n + 1:05x}(a-1,b);}}" for n in range(9_000)),
    "wrappers of themselves": BUILT["plain"] + "function _0xabcd(a,b){return _0xabcd(a,b);}" + "_0xabcd(1,2);" * 30_000,
    "aliases of each other": BUILT["plain"] + "const _0xa1=_0xa2,_0xa2=_0xa1;" + "_0xa1(0x1);" * 40_000,
    "brackets": BUILT["plain"].replace("parseInt(", "(" * 90_000, 1),
    "accessors": BUILT["plain"] + "x=function(a,b){" * 30_000,
    "arrays": BUILT["plain"] + "function a(){var b=['" * 20_000,
    "objects": BUILT["plain"] + "a={" + "b:1," * 90_000,
    "sums": BUILT["plain"] + "f(0x1+" * 50_000,
    "copies": BUILT["plain"] * 250,
}


@pytest.mark.slow
@pytest.mark.parametrize("code", HOSTILE.values(), ids=HOSTILE)
def test_hostile_arrays_stay_within_the_budget(code: str) -> None:
    text = code.encode()
    budget = WorkBudget(1_000_000)
    with contextlib.suppress(ExhaustedError):
        view, _ = unpacked(text, 0, len(text), budget)
        assert view is None or len(view.text) < 4 * len(text)
    assert len(list(scan_text(code).diagnostics)) <= 3
