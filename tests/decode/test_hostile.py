"""Hostile texts for decoders: their cost is counted, and grows linearly.

Function calls are counted instead of seconds: for folding, they are limited by the spent budget units; for other
decoders, by the length of the text. Views must not be much larger than the text either.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import pytest

from frontleak.core.budget import WorkBudget
from frontleak.core.diagnostic import Diagnostic
from frontleak.decode.interface import Decoder, View
from frontleak.decode.views import MOST_VIEWS
from tests.acceptance.support import token
from tests.support.growth import assert_linear
from tests.support.made import scan_text
from tests.support.shipped import full_engine
from tests.support.views import BY_NAME, out_of_work, read, request
from tests.support.work import calls_made

OUT_OF_WORK: Final = out_of_work("computed strings")
SIZE: Final = 20_000


def repeated(unit: bytes, size: int = SIZE, before: bytes = b"const a = ") -> bytes:
    return before + unit * (size // len(unit))


def offsets_of(text: bytes) -> dict[str, list[int]]:
    """Return the trigger offsets per decoder."""
    return {name: list(offsets) for name, offsets in full_engine().scan(text).triggers.items()}


def costs(decoder: Decoder, text: bytes, offsets: Sequence[int], budget: WorkBudget) -> tuple[int, int, int]:
    """Return the numbers of calls, views and bytes of views of a decoder."""
    made: list[View | str] = []
    calls = calls_made(lambda: made.extend(decoder.read(request(text, offsets, budget))))
    views = [found for found in made if isinstance(found, View)]
    return calls, len(views), sum(len(view.text) for view in views)


# Folding: repeated triggers, followed by unterminated code.
CODE: Final = {
    "sums of letters": b'"skA1"+"a"+',
    "sums of pieces": b'"sk1A"+"bcd2E"+',
    "sums in brackets that do not end": b'"ghp_1"+(',
    "sums in lists that do not end": b'"ghp_1"+[',
    "sums in objects that do not end": b'"ghp_1"+{a:',
    "sums with a bracket too many": b'"ghp_1"+)',
    "sums with a quote too many": b'"ghp_1"+\'',
    "sums with a backtick too many": b'"ghp_1"+`',
    "sums with a quote in a quote": b'"ghp_1"+"\\',
    "sums with a comment that does not end": b'"ghp_1"+/*',
    "sums with a pattern that does not end": b'"ghp_1"+/[',
    "sums and divisions": b'"ghp_1"+a/b/c/',
    "sums over lines": b'"ghp_1"+\n',
    "conditions": b'token:"ghp_1"+a?"b":',
    "members": b'token:a.b.c.d.e.f+"ghp_1"+a.b.c',
    "arrows": b'a=()=>"ghp_1"+',
    "functions": b'function a(){return"ghp_1"+b}',
    "JSX": b'<a>"ghp_1"+don\'t</a>',
    "a class that is no pattern": b'x="skAb1"+y;' + b"}/[" * 300,
    "brackets and slashes": b'x="skAb1"+y;' + b")/" * 300,
    "lists that do not end": b'["ghp_a1",',
    "objects that do not end": b'{a:"ghp_a1",',
    "calls that do not end": b'f("ghp_a1",',
    "templates that do not end": b"`ghp_a1${",
    "headers in templates that do not end": b"`Bearer ${",
    "tokens in templates that do not end": b"token:`a${",
    "values that are worked out": b"token:a.b.c.d(1)+e;",
    "names of secrets": b"secret=a+b+c+d,",
    "many names": b"token:a1+b2+c3+d4+e5+f6+g7+h8,",
    "constants": b'a="skAb1cdE2";b=a+a;',
    "constants that name themselves": b'var a=a+"skAb1cdE2fgh"+a;',
    "constants that name one another": b'var a=b+"skAb1cdE2"+b,b=a+"skAb1cdE2"+a;',
    "what is appended": b'a="ghp_1";a+="ghp_2";token:a+"x";',
    "lists that are taken apart": b'const [a,b]=["ghp_1","ghp_2"];token:a+b;',
    "parameters": b'(a)=>{token:a+"ghp_1"+',
    "calls of atob": b"atob(",
    "calls of atob with text": b'atob("c2tBYjFj',
    "calls of atob with a constant": b'a="aGVsbG8gd29y";atob(a);',
    "calls of fromCharCode": b"String.fromCharCode(...",
    "calls of fromCharCode with codes": b"String.fromCharCode(115,107,",
    "lists of codes": b"[115,107,",
    "calls of fromCharCode by way of apply": b"fromCharCode.apply(null,[",
    "calls of Buffer.from": b'Buffer.from("736b",',
    "calls of decodeURIComponent": b'decodeURIComponent("%73%6b',
    "calls of unescape": b'unescape("%73%6b")+',
    "lists that are joined": b'["a1B","b2C"].join("")+',
    "lists in lists that are joined": b'[["a1B","b2C"].join(""),',
    "lists that are mapped": b'["a1B",2].map(function(x){return x+',
    "lists that are turned": b'.reverse().join("")',
    "texts that are replaced in": b'"abcDe1f".replace("a","b")',
    "texts that are taken apart": b'"abcDe1f".split("").reverse().join("").concat(',
    "texts that are repeated": b'token:"skAb1cdE2fghij".repeat(9999).repeat(9999)+"",',
    "texts that are padded": b'token:"skAb1cdE2fghij".padStart(60000,"a").padEnd(64000)+"",',
    "texts that are repeated and added": b'token:"skAb1cdE2fghij".repeat(4000)+"skAb1cdE2fghij".repeat(4000)+"",',
    "maps of long lists": b'token:"skAb1cdE2".repeat(2000).split("").map(x=>x+"1A").join("")+"",',
    "codes of long lists": b'token:String.fromCharCode(...Array.from("skAb1".repeat(9999)))+"a",',
    "JSON as deep as can be": b'token:x+JSON.parse("' + b"[" * 190 + b"]" * 190 + b'").a+"",',
    "code in a string of a string": b'x=\\"ghp_1\\"+\\"b\\"+',
    "neighbours": b'a:"b",c:"d",token:"sk1A".concat("bcdefghi9jklmnopqr"),',
    "blanks": b'token:"ghp_1" ' + b" " * 90 + b"+",
    "brackets as deep as can be": b"token:" + b"(" * 4_000 + b'"skAb1"+a' + b")" * 4_000 + b";",
    "a sum as long as can be": b'token:"skAb1c"' + b'+"a"' * 3_000 + b";",
}


@pytest.mark.parametrize("unit", CODE.values(), ids=CODE)
def test_what_code_puts_together_is_paid_for(unit: bytes) -> None:
    text = repeated(unit)
    asked = offsets_of(text)
    assert asked.keys() & {"js-string", "js-call"}, "nothing asks for a reading of this"
    for name in asked.keys() & {"js-string", "js-call"}:
        budget = WorkBudget(20_000)
        calls, views, size = costs(BY_NAME[name], text, asked[name], budget)
        spent = 20_000 - max(0, budget.left)
        assert calls <= 3_000 + 14 * spent
        assert views <= spent // 60
        assert size <= 2_000 + 40 * spent


def test_code_without_a_budget_stops_at_once() -> None:
    for unit in CODE.values():
        text = repeated(unit)
        for name in offsets_of(text).keys() & {"js-string", "js-call"}:
            costs(BY_NAME[name], text, range(9), WorkBudget(0))  # imports and expressions that are compiled once
            assert costs(BY_NAME[name], text, range(9), WorkBudget(0))[:2] < (60, 1)


# Other decoders: decoder, repeated unit, prefix.
LINEAR: Final[Mapping[str, tuple[str, bytes, bytes]]] = {
    "escapes of two digits": ("js-escape", b"\\x41", b"const a = '"),
    "escapes of four digits": ("js-escape", b"\\u0041", b"const a = '"),
    "escapes in braces": ("js-escape", b"\\u{41}", b"const a = '"),
    "octal escapes": ("js-escape", b"\\101", b"const a = '"),
    "escapes of escapes": ("js-escape", b"\\\\x41", b"const a = '"),
    "escapes with words between": ("js-escape", b"\\x41\\x42\\x43\\x44\\x45\\x46" + b" word" * 40, b"const a = '"),
    "beginnings of tokens in escapes": ("js-escape", b"'\\x73\\x6b", b"const a = "),
    "pieces that are appended": ("appended", b"t+='abc1efgh';", b"let t='';"),
    "pieces of other names": ("appended", b"t+='abc1efgh';u+='abc1efgh';", b""),
    "pieces that are pushed": ("appended", b"t.push('abc1efgh',", b""),
    "pieces by number": ("appended", b"t[1]='abc1efgh'+", b""),
    "pieces of long names": ("appended", b"a.b.c.d+='abc1efgh';", b""),
    "pieces and constants": ("appended", b"t+='abc1efgh';t+=u;", b"let t='';"),
    "evals that do not end": ("js-eval", b'eval("\\"', b""),
    "evals that end": ("js-eval", b'eval("a\\nb");', b""),
    "evals cut by the line": ("js-eval", b"eval('a\n", b""),
    "BEGIN lines of keys": ("pem", b"-----BEGIN PRIVATE KEY-----\nMIIE", b""),
    "keys that do not end": ("pem", b"-----BEGIN PRIVATE KEY-----" + b"\nMIIEabcdefghijklmnop" * 30, b""),
    "END lines of keys": ("pem", b"-----END PRIVATE KEY-----\n", b""),
    "END lines after letters": ("pem", b"abcdefghijklmnopqrstuvwxyz\n" * 20 + b"-----END PRIVATE KEY-----\n", b""),
    "heads of keys": ("pem", b"MHcCAQEEI", b""),
    "heads of keys with joints": ("pem", b"MHcCAQEEI" + b"' + " * 30, b""),
    "continued lines": ("continued", b"abcdefgh\\\n", b"const a = '"),
    "continued lines far apart": ("continued", b"abcdefgh\\\na" + b" " * 600, b""),
    "continued lines with blanks": ("continued", b"abcdefgh\\\n" + b" " * 70, b""),
    "continued lines in strings": ("continued", b"abcdefgh\\\\\\n", b"'"),
    "quotes and continued lines": ("continued", b"ab' \\\n '", b"'"),
    "base64 in lines": ("base64-lines", b"c2tBYjFjZEUyZmdoc2tBYjFjZEUyZmdo\n", b"const a = '"),
    "base64 in lines of noise": (
        "base64-lines",
        b"c2t/" + b"\xc3\xff" + b"c2tBYjFjZEUyZmdoc2tBYjFjZEUyZmdo\n" * 2,
        b"",
    ),
    "base64 in lines that is no text": ("base64-lines", b"c2t////+/+/+////////+/+/+//\n", b"const a = '"),
    "base64 in lines of blanks": ("base64-lines", b"c2tBYjFjZEUyZmdo\n" + b" " * 24 + b"c2tBYjFjZEUyZmdo", b""),
    "templates of base64": ("base64-lines", b"atob(`\n", b""),
    "templates of base64 with lines": ("base64-lines", b"atob(`\nabcdefghijklmnopqr\n", b""),
    "base64 without end": ("base64", b"c2tBYjFjZEUyZmdo", b"const a = '"),
    "base64 in runs": ("base64", b"c2tBYjFjZEUyZmdo" * 5 + b" ", b"const a = '"),
    "base64 that is no text": ("base64", b"\xff" * 3 + b"c2tBYjFjZEUyZmdo+/+/" * 2 + b"////" * 20, b"const a = '"),
    "base64 that says so": ("base64", b"data:text/html;base64," + b"PGEg" * 11, b""),
    "base64 of JSON": (
        "base64",
        b'"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9' + b"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9",
        b"",
    ),
    "hex without end": ("hex", b"736b4162", b"const a = '"),
    "hex without end that is no run": ("hex", b"736b4162", b"const a = 'z"),
    "hex in runs": ("hex", b"736b4162" * 8 + b" ", b"const a = '"),
    "hex with 0x": ("hex", b"0x" + b"736b4162" * 5, b"const a = "),
    "percent without end": ("percent", b"%41", b"const a = '"),
    "percent in runs": ("percent", b"%41%42%43%44%45%46%47 ", b"const a = '"),
    "escapes of escape()": ("percent", b"%u0041", b"const a = '"),
    "escapes of escape() in runs": ("percent", b"abcdefgh%u0041%4", b"const a = '"),
    "escapes of escape() far apart": ("percent", b"%u0041'" + b"a" * 300, b"const a = '"),
    "percent in data: addresses": ("percent", b"data:text/plain;a=b;c=d,%41", b""),
    "data: addresses": ("percent", b"data:text/plain,(", b""),
    "UTF-16 without end": ("utf-16", b"s\0k\0A\0b\x001\0c\0d\0E\x002\0f\0g\0h\0", b"\1\2"),
    "UTF-16 in runs": ("utf-16", b"s\0k\0A\0b\x001\0c\0d\0E\x002\0f\0g\0h\0\0", b"\1\2"),
    "UTF-32 without end": ("utf-32", b"".join(bytes((c, 0, 0, 0)) for c in b"skAb1cdE2fgh"), b"\1\2"),
    "UTF-32 in runs": ("utf-32", b"".join(bytes((c, 0, 0, 0)) for c in b"skAb1cdE2fgh") + b"\0", b"\1\2"),
    "places to break": ("html-split", b"a<wbr>b", b"<p>"),
    "marks without width": ("html-split", b"a\xe2\x80\x8b", b"<p>"),
    "tags after beginnings": ("html-split", b"skA1b2c3</b><b>", b"<p>"),
    "tags that do not end": ("html-split", b"skA1b2c3<b " + b"a" * 280, b"<p>"),
    "comments that do not end": ("html-split", b"skA1b2c3<!--" + b"a" * 180, b"<p>"),
    "tags of tags": ("html-split", b"skA1b2c3" + b"<b>" * 90, b"<p>"),
    "references without end": ("html-entity", b"&#65;", b"<p>"),
    "references that do not end": ("html-entity", b"&#65;&#0000", b"<p>"),
    "references far apart": ("html-entity", b"&#65;" + b" " * 1_100, b"<p>"),
    "references in attributes": ("html-entity", b'<a b="{&quot;a&#98;&quot;:1', b"<p>"),
    "pushes that do not end": ("flight", b'self.__next_f.push([1,"', b""),
    "pushes that end": ("flight", b'self.__next_f.push([1,"a\\"b"])</script>', b""),
    "graphs that do not end": ("hydration", b'__NUXT_DATA__">["', b""),
    "graphs in graphs": ("hydration", b'__NUXT_DATA__">[[1],"abcdefghijklmnopqrstuvwxyz",', b""),
    "graphs that go on in one another": ("hydration", b'__NUXT_DATA__">[\\"ghp_a1b2"...x=>x+', b""),
    "a graph as deep as can be": ("hydration", b'[1],[2],{"a":3},', b'__NUXT_DATA__">["abcdefghijklmnopqrstuvwxyz",'),
    "streams that do not end": ("hydration", b'streamController.enqueue("[{', b""),
    "streams that end": ("hydration", b'streamController.enqueue("[1]")', b""),
    "loops of an obfuscator": ("opaque", b"a['push'](a['shift']());_0x1234(0x1", b""),
}


@pytest.mark.parametrize(("name", "unit", "before"), LINEAR.values(), ids=LINEAR)
def test_work_grows_with_the_text_and_no_faster(name: str, unit: bytes, before: bytes) -> None:
    measured = []
    for size in (SIZE, 2 * SIZE):
        text = repeated(unit, size, before)
        offsets = offsets_of(text).get(name)
        assert offsets, "nothing asks for a reading of this"
        measured.append(costs(BY_NAME[name], text, offsets, WorkBudget()))
    (calls, views, made), (more_calls, more_views, more_made) = measured
    assert more_calls <= 2.2 * calls + 400
    assert more_views <= 2.2 * views + 4
    assert more_made <= 2.2 * made + 2_000
    assert calls <= 6 * SIZE
    assert made <= 4 * SIZE + 4_000


def _run(name: str, unit: bytes, before: bytes) -> Callable[[int], None]:
    def run(size: int) -> None:
        text = repeated(unit, size, before)
        list(BY_NAME[name].read(request(text, range(0, len(text), 5), WorkBudget())))

    return run


@pytest.mark.parametrize(("name", "unit", "before"), LINEAR.values(), ids=LINEAR)
def test_expressions_do_not_go_back_and_forth(name: str, unit: bytes, before: bytes) -> None:
    assert_linear(_run(name, unit, before), SIZE // 2)


@pytest.mark.parametrize(
    "unit", [CODE["lists in lists that are joined"], CODE["sums with a quote in a quote"], b'"ghp_1"+atob("c2tB"']
)
def test_half_a_megabyte_of_code_is_read_until_the_budget_is_used_up(unit: bytes) -> None:
    found = scan_text(repeated(unit, 500_000) + f";\n'{token('end')}'".encode())
    assert [finding.rule_id for finding in found.detections if finding.place.via == ()] == ["sanity-token"]
    assert [skip.message for skip in found.diagnostics] == [OUT_OF_WORK]
    assert sum((found.views or {}).values()) <= MOST_VIEWS


def test_readings_of_readings_of_hostile_text_are_bounded() -> None:
    for unit in (
        b'eval("\\"',
        b"\\\\x41\\x42\\x43\\x44\\x45\\x46\\x47\\u0041",
        b"%25%34%31%37%38%39%30 ",
        b'"a\\\\x41\\\\x42\\\\x43\\\\x44\\\\x45\\\\x46"',
    ):
        text = repeated(unit, 100_000)
        readings = [found for found in read(text) if not isinstance(found, Diagnostic)]
        assert len(readings) <= MOST_VIEWS + 1
        assert sum(len(reading.text) for reading in readings) <= 12 * len(text)
