"""Folded texts: decoded as if written in the code, and mapped back to their parts."""

import json
from collections.abc import Sequence
from typing import Final

import pytest

from frontleak.core.budget import MOST_WORK, WorkBudget
from frontleak.core.diagnostic import Diagnostic
from frontleak.decode.views import DecodedText
from tests.acceptance.support import token
from tests.support.made import scan_text, secret_of
from tests.support.paths import FIXTURES
from tests.support.shipped import fake, full_engine
from tests.support.views import decode, out_of_work, problems, read, views

OUT_OF_WORK: Final = out_of_work("computed strings")
TOKEN: Final = token("tests/decode/strings")
A, B, C = TOKEN[:60], TOKEN[60:120], TOKEN[120:]


def texts(code: str | bytes) -> list[str]:
    """Return the folded texts in some code, each once."""
    data = code if isinstance(code, bytes) else code.encode()
    return list(dict.fromkeys(view.text.decode() for view in views(data, "js-string")))


# Ordinary code; none of it may produce a view.
SILENT: Final = {
    "sums of words": 'e.log("Hello, "+name+"! You have "+n+" messages");a("b"+"c"+"d")',
    "names of classes": 'className:"skeleton"+(e?" skeleton-active":"")+" sk-circle "+t',
    "identifiers that begin like a token": 'x("skip"+n);y("skill"+"-"+m);"sketch".concat(e)',
    "a token that comes from elsewhere": 'createClient({token:e.token,a:b});f({token:t+"",password:n.password+""})',
    "a label": 'password:t("form.password")+":",secret:i18n("secret").concat(" *")',
    "a header that is put together": 'headers:{Authorization:"Bearer "+e.accessToken,"X-Api-Key":n.concat(r)}',
    "a header in a template": "headers:{Authorization:`Bearer ${await this.token()}`}",
    "an optional token": 'token:e.token||"",secret:process.env.SECRET??""',
    "decoding of what comes in": 'var a=JSON.parse(atob(e.split(".")[1]));b=decodeURIComponent(escape(atob(t)))',
    "decoding of bytes": "String.fromCharCode.apply(null,new Uint8Array(e));String.fromCharCode(65+n,t[0])",
    "a polyfill of atob": 'if(!window.atob){window.atob=function(e){return Buffer.from(e,"base64").toString("binary")}}',
    "joining of lists": '["a","b"].join(" ");e.map(t=>t.id).join("");[n,r,"px"].join("");Object.keys(e).join(",")',
    "turning of lists": 'e.split("").reverse().join("");t.reverse().join("/")',
    "replacing in words": '"application/json".replace("json","xml");"abcdef".slice(1);"background".concat("Color")',
    "splitting of words": '"a,b,c,d,e,f,g,h".split(",");"hello world foo bar".split(" ").map(e=>e)',
    "the alphabet": '"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".split("")',
    "hexadecimal digits": '"0123456789abcdef".split("")',
    "a list of codes that is no text": "var t=[115,107,3,250,0,1,2,3];f([115,107,1])",
    "a color": '"#"+"ff0011"+"22"',
    "JSX": '<p className="sk">{"sk"}don\'t{`a`}</p>',
    "a pattern": 'new RegExp("sk"+"[A-Za-z0-9]"+"{178}")',
}


@pytest.mark.parametrize("code", SILENT.values(), ids=SILENT)
def test_ordinary_code_gives_no_view(code: str) -> None:
    assert texts(code) == []
    assert problems(code.encode()) == []


FORMS: Final = {
    "a sum": f'"{A}"+"{B}"+"{C}"',
    "a sum over lines": f'"{A}" +\n  "{B}" +\n  "{C}"',
    "a sum of one letter and the rest": f'"s"+"k"+"{TOKEN[2:]}"',
    "a sum in brackets": f'(("{A}")+("{B}"+"{C}"))',
    "concat": f'"{A}".concat("{B}","{C}")',
    "a template of texts": f'`{A}${{"{B}"}}{C}`',
    "a list": f'["{A}","{B}","{C}"].join("")',
    "a list over lines": f'[\n  "{A}",\n  "{B}",\n  "{C}",\n].join("")',
    "a list with an object in it": f'[{{a:1}},"{A}","{B}","{C}"].slice(1).join("")',
    "a spread list": f'[...["{A}","{B}"],"{C}"].join("")',
    "a list backwards": f'["{C}","{B}","{A}"].reverse().join("")',
    "letters backwards": f'"{TOKEN[::-1]}".split("").reverse().join("")',
    "an arrow": f'()=>"{A}"+"{B}"+"{C}"',
    "an arrow with a parameter": f'e=>"{A}"+"{B}"+"{C}"',
    "after an object in a call": f'f({{a:1}},"{A}"+"{B}"+"{C}")',
    "a condition": f'x?"{A}"+"{B}"+"{C}":y',
    "a default": f'x||"{A}"+"{B}"+"{C}"',
    "a part cut off": f'"{TOKEN}==".slice(0,-2)',
    "dashes taken out": f'"{A}-{B}-{C}".replace(/-/g,"")',
    "a separator taken out": f'"{A}|{B}|{C}".split("|").join("")',
    "JSON in a text": f'JSON.parse("{{\\"a\\":\\"{TOKEN}\\"}}").a',
    "codes": "String.fromCharCode({})".format(",".join(str(ord(letter)) for letter in TOKEN)),
    "codes of bytes": "Uint8Array.of({})".format(",".join(str(ord(letter)) for letter in TOKEN)),
    "a Buffer in JSON": json.dumps({"a": {"type": "Buffer", "data": list(TOKEN.encode())}}),
    "escapes with one letter escaped": f'unescape("s%6b{TOKEN[2:]}")',
    "a component with one letter escaped": f'decodeURIComponent("{TOKEN[:40]}%{ord(TOKEN[40]):02x}{TOKEN[41:]}")',
    "escapes of two bytes in one place": f'unescape("s%u006b{TOKEN[2:]}")',
    "codes over lines": "String.fromCharCode(\n{})".format(",\n".join(str(ord(letter)) for letter in TOKEN)),
}
WITH_NAMES: Final = {
    "constants": f'const a="{A}",b="{B}",c="{C}";x=a+b+c',
    "constants far apart": f'const a="{A}",b="{B}{C}";' + "f(1);" * 3_000 + "x=a+b",
    "constants in a template": f'const a="{A}",b="{B}{C}";x=`${{a}}${{b}}`',
    "a constant list": f'const a=["{A}","{B}","{C}"];x=a.join("")',
    "a constant list, spread": f'const a=["{A}","{B}","{C}"];x=[...a].join("")',
    "items of a list": f'const a=["{A}","{B}{C}"];x=a[0]+a[1]',
    "members": f'const a={{b:"{A}",c:"{B}{C}"}};x=a.b+a.c',
    "what is appended": f'let a="{A}";a+="{B}";a+="{C}";f(a)',
    "what functions return": f'function a(){{return "{A}"}}const b=()=>"{B}{C}";x=a()+b()',
    "a Buffer in JSON over lines": json.dumps({"type": "Buffer", "data": list(TOKEN.encode())}, indent=2),
    "codes in a constant": f"const a=[{','.join(str(ord(letter)) for letter in TOKEN)}];x=String.fromCharCode(...a)",
}


@pytest.mark.parametrize("form", [*FORMS.values(), *WITH_NAMES.values()], ids=[*FORMS, *WITH_NAMES])
def test_a_secret_that_code_puts_together_is_found(form: str) -> None:
    code = form if form in WITH_NAMES.values() else f"export const x={form};"
    assert {secret_of(found).reveal().decode() for found in scan_text(code).detections} == {TOKEN}


@pytest.mark.parametrize("form", [form for form in FORMS.values() if "`" not in form])
def test_it_is_found_in_the_sources_of_a_map(form: str) -> None:
    code = json.dumps({"version": 3, "sources": ["a"], "sourcesContent": [f"const q = 1;\nexport const x = {form};\n"]})
    assert {secret_of(found).reveal().decode() for found in scan_text(code, "a.js.map").detections} == {TOKEN}


@pytest.mark.parametrize(
    "rule", ["github-token", "npm-access-token", "slack-token", "openai-api-key", "stripe-live-key"]
)
def test_secrets_of_other_vendors_are_put_together_too(rule: str) -> None:
    secret = fake(rule)
    half = len(secret) // 2
    assert rule in {found.rule_id for found in scan_text(f'var a="{secret[:half]}"+"{secret[half:]}"').detections}
    assert rule in {
        found.rule_id for found in scan_text(f'var a=["{secret[:half]}","{secret[half:]}"].join("")').detections
    }


def test_the_value_stands_as_it_would_in_the_code_with_what_is_beside_it() -> None:
    code = f'createClient({{projectId:"abcd1234",dataset:"production",token:"{A}"+"{B}{C}",apiVersion:"2024-01-01"}})'
    assert texts(code) == [
        f'createClient({{projectId:"abcd1234",dataset:"production",token:"{TOKEN}",apiVersion:"2024-01-01"'
    ]


def test_what_is_not_known_shows_as_a_gap() -> None:
    assert texts(f'x="{A}"+y+"{B}"+"{C}"') == [f'x="{A}${{…}}{B}{C}"']


def homes(code: str, parts: Sequence[str]) -> list[str]:
    """Return the original code for spans of the only view."""
    (view, *_) = views(code.encode(), "js-string")
    spans = (
        view.origin_span(view.text.index(part.encode()), view.text.index(part.encode()) + len(part)) for part in parts
    )
    return [code.encode()[slice(*span)].decode() for span in spans]


def test_parts_lead_home() -> None:
    code = f'f({{projectId:"abcd1234",token:"{A}"+"{B}{C}",useCdn:"n"}})'
    expression = f'"{A}"+"{B}{C}"'
    assert homes(code, ['projectId:"abcd1234"', "token", TOKEN, 'useCdn:"n"']) == [
        'projectId:"abcd1234"',
        "token",
        expression,
        'useCdn:"n"',
    ]


def test_a_value_that_is_written_elsewhere_leads_there() -> None:
    code = f'const a="{TOKEN}";f({{Authorization:"Bearer "+a}})'
    assert homes(code, [TOKEN]) == [TOKEN]
    assert homes(f'const a="{A}",b="{B}{C}";x=a+b', [TOKEN]) == [A]


def test_a_value_as_long_as_its_expression_leads_to_the_whole_of_it() -> None:
    value = TOKEN[: len(TOKEN) // 2 * 2]
    code = f'x=["{value[:60]}","{value[60:]}"].join("")'
    expression = code[2:]
    longer = len(expression) - len(value)
    code = f'x=["{value[:60]}","{value[60:]}"].join("{"-" * longer}")'
    (view, *_) = views(code.encode(), "js-string")
    start = view.text.index(b"sk")
    first, last = view.origin_span(start, len(view.text) - 1)
    assert code[first] == "["
    assert code[last - 1] == ")"


def test_what_stands_there_already_is_not_given_again() -> None:
    assert texts(f'x="{TOKEN}"+""') == []
    assert texts(f'f("{TOKEN}",a+b);g("Bearer "+c)') == []
    (finding,) = scan_text(f'const a="{TOKEN}";f(a+"");g(`${{a}}`)').detections
    assert finding.place.via == ()


def test_the_same_expression_is_worked_out_once() -> None:
    code = f'x="{A}"+"{B}"+"{C}";'.encode()
    budget = WorkBudget()
    found = decode("js-string", code, [0, 0, 1, 2, 2, 3, 70], budget)
    assert len(found) == 1
    again = WorkBudget()
    assert len(decode("js-string", code, [0], again)) == 1
    assert again.left - budget.left <= 7 * 60


def test_what_a_budget_does_not_reach_is_said_once() -> None:
    code = f'x="{A}"+"{B}"+"{C}";'.encode() * 3
    for name in ("js-string", "js-call"):
        assert decode(name, code, range(len(code)), WorkBudget(40)) == [OUT_OF_WORK]
    everything = decode("js-string", code, range(len(code)))
    some = decode("js-string", code, range(len(code)), WorkBudget(900))
    assert 1 < len(some) <= len(everything)
    assert some[-1] == OUT_OF_WORK


def test_one_budget_is_for_all_readings_of_a_file() -> None:
    hard = f'x="{A[:9]}"+(a("{B}"+b)+"{C}"+c);'
    text = "".join(f"eval({json.dumps(hard + hard)});" for _ in range(900)).encode()
    readings = list(read(text))
    assert OUT_OF_WORK in {found.message for found in readings if isinstance(found, Diagnostic)}
    assert (
        len([found for found in readings if isinstance(found, DecodedText) and found.kinds[-1:] == ("js-string",)])
        < 900
    )


@pytest.mark.parametrize("app", sorted(path.name for path in FIXTURES.iterdir() if (path / "EXPECTED.yaml").is_file()))
def test_ordinary_builds_need_a_small_part_of_the_budget(app: str) -> None:
    for file in sorted((FIXTURES / app).rglob("*.js")):
        data = file.read_bytes()
        triggers = full_engine().scan(data).triggers
        budget = WorkBudget()
        for name in ("js-string", "js-call"):
            decode(name, data, triggers.get(name, ()), budget)
        assert MOST_WORK - budget.left <= MOST_WORK // 10, file


@pytest.mark.parametrize("first", ["00", "08", "089", "057", "0x41", "\n\t099"])
@pytest.mark.parametrize("call", ["String.fromCharCode({})", "f({})", "[{}]"])
def test_codes_with_leading_zeros_are_numbers_too(first: str, call: str) -> None:
    codes = call.format(",".join([first, *(str(ord(letter)) for letter in TOKEN)])).encode()
    assert list(read(codes)), "no exception"
