"""Constant folding of small expressions: values, unknown results, and that nothing is executed and nothing grows."""

import sys
import tracemalloc

import pytest

from frontleak.core.budget import MOST_WORK, ExhaustedError, WorkBudget
from frontleak.decode.folding.builtins import (
    HOLE,
    MOST_ITEMS,
    MOST_TEXT,
    call,
    joined,
    method,
    regular_expression,
    text_of,
)
from frontleak.decode.folding.fold import Folder
from tests.decode.folding.folding import folded
from tests.support.work import calls_made

UNKNOWN = {
    "a random number": "Math.random().toString(36)",
    "the time": "Date.now().toString()",
    "an answer from the network": 'fetch("x").then(y=>y.text())',
    "what a user types": 'prompt("token")',
    "an environment that is not there": "process.env.TOKEN.trim()",
    "a name nobody assigns": "x.concat()",
    "a function nobody declares": 'f("x").slice(1)',
    "a method nobody knows": '"x".foo()',
    "a method of nothing": 'null.atob("eA==")',
    "a function of an unknown argument": "atob(x)",
    "a function of what is partly unknown": "atob(x||y)",
    "a list that is not known": 'x.join("")',
    "text that is no base64 at all": "atob({a:1})",
    "text that is no JSON": 'JSON.parse("{")',
    "a code that is no number": 'String.fromCharCode("x","y")',
    "an index that is no number": '["x","y"][z]',
    "an index beyond the end": '["x","y"][2]',
    "a member that is not there": '({a:"x"}).b',
    "a regular expression of several parts": '"x".replace(/x(y)/,"")',
    "a replacement that refers back": '"x".replace(/x/,"$&")',
    "a replacement by a function": '"x".replace("x",f)',
    "text minus text": '"x"-"y"',
    "text times a number": '"x"*2',
    "a number of digits": "1+2",
    "code in a text": "eval(\"'x'+'y'\")",
    "a function made of text": "Function(\"return 'x'\")()",
    "a shell": 'require("child_process").execSync("id").toString()',
    "a constructor": 'new Foo("x")',
    "a function that calls itself": "(function f(){return f()+f()})()",
    "an arrow that is not called": '()=>"x"+"y"',
}


@pytest.mark.parametrize("expression", UNKNOWN.values(), ids=UNKNOWN)
def test_what_cannot_be_known_is_not(expression: str) -> None:
    assert folded(expression) == []


PARTLY = {
    '"a"+Math.random()': "a…",
    '"a"+fetch("b")': "a…",
    "`a${x}b`": "a…b",
    "atob(`eA${x}`)": "eA…",
    '["a",x,"b"].join("")': "a…b",
    '"a".concat(x)': "a…",
    'typeof "a"+"b"': "…b",
    '!"a"+"b"': "…b",
    '"a"+1/0': "a…",
    '"a"+10n': "a…",
    '"a"+undefined': "a…",
}


@pytest.mark.parametrize("expression", PARTLY)
def test_what_is_partly_known_has_a_gap(expression: str) -> None:
    assert folded(expression) == [PARTLY[expression]]


KNOWN = {
    # operators
    '"a"+"b"': "ab",
    '"a"+1': "a1",
    '1+"a"': "1a",
    '"a"+(1+2)': "a3",
    '"a"+true': "atrue",
    '"a"+null': "anull",
    '"a"+[1,["b"]]': "a1,b",
    '"a"+-1': "a-1",
    '~1+"a"': "-2a",
    '7%3+"a"': "1a",
    '6/3+"a"': "2a",
    '(1<<3)+"a"': "8a",
    '(-8>>1)+"a"': "-4a",
    '(-1>>>0)+"a"': "4294967295a",
    '(5^3)+"a"': "6a",
    '(5&3)+"a"': "1a",
    '(5|3)+"a"': "7a",
    '(3-5)+"a"': "-2a",
    '"a"+0x10': "a16",
    '"a"+0b11': "a3",
    '"a"+010': "a8",
    '"a"+1_000': "a1000",
    '"a"+1e3': "a1000",
    'x||"a"+"b"': "ab",
    'x??"a"+"b"': "ab",
    'x&&"a"+"b"': "ab",
    'x?"a"+"b":"c"': "ab",
    '(0,"a"+"b")': "ab",
    'await ("a"+"b")': "ab",
    # texts
    '"\\x61"+"\\u0062\\u{63}"': "abc",
    "`a${`b${'c'}`}d`": "abcd",
    '"a".concat("b",1)': "ab1",
    '"abc".slice(1)': "bc",
    '"abc".slice(-2,-1)': "b",
    '"abc".substring(2,0)': "ab",
    '"abc".substr(1,1)': "b",
    '"abc".charAt(1)': "b",
    '"abc".at(-1)': "c",
    '"abc"[1]': "b",
    '"abc".charCodeAt(0)+""': "97",
    '"abc".length+""': "3",
    '"ab".repeat(2)': "abab",
    '"a".padStart(3,"bc")': "bca",
    '"a".padEnd(2,"b")': "ab",
    '"ab".toUpperCase()': "AB",
    '"AB".toLowerCase()': "ab",
    '" a ".trim()': "a",
    '"a".toString()': "a",
    '"a"["concat"]("b")': "ab",
    '"a-b-c".replace("-","")': "ab-c",
    '"a-b-c".replace(/-/,"")': "ab-c",
    '"a-b-c".replace(/-/g,"")': "abc",
    '"a-b-c".replaceAll("-","")': "abc",
    '"aab".replace(/a+/g,"x")': "xb",
    '"a1b2".replace(/[0-9]/g,"")': "ab",
    '"a1b2".replace(/[^a-z]/g,"")': "ab",
    '"a1b2".replace(/\\d/g,"")': "ab",
    '"a.b".replace(/\\./g,"")': "ab",
    '"aXb".replace(/x/i,"")': "ab",
    '"abc".split("").reverse().join("")': "cba",
    '"a,b".split(",")[1]': "b",
    # lists and objects
    '["a","b"].join("")': "ab",
    '["a","b"].join()': "a,b",
    '["a",null,"b"].join("")': "ab",
    '[..."abc"].reverse().join("")': "cba",
    '["a","b","c"].slice(1).join("")': "bc",
    '["a"].concat(["b"],"c").join("")': "abc",
    '[["a","b"],"c"].flat().join("")': "abc",
    '["a","b"].at(-1)': "b",
    '["a","b"].toReversed().toString()': "b,a",
    '({a:"x"}).a+"y"': "xy",
    '({"a b":"x"})["a b"]+"y"': "xy",
    '({...{a:"x"}}).a+"y"': "xy",
    '({a:{b:["x"]}}).a.b[0]+"y"': "xy",
    # functions
    'atob("YWJj")': "abc",
    'window.atob("YWJj")': "abc",
    '(0,atob)("YWJj")': "abc",
    'atob(atob("WVdKag=="))': "abc",
    'Buffer.from("YWJj","base64").toString()': "abc",
    'Buffer.from("YWJj","base64url").toString("utf8")': "abc",
    'Buffer.from("616263","hex").toString()': "abc",
    'Buffer.from([97,98]).toString("latin1")': "ab",
    'Buffer.from("abc").toString("base64")': "YWJj",
    'Buffer.from("abc").toString("hex")': "616263",
    'Buffer.from("abc").reverse().toString()': "cba",
    'Buffer.from("abc").subarray(1).toString()': "bc",
    "new TextDecoder().decode(new Uint8Array([97,98]))": "ab",
    "String.fromCharCode(97,98)": "ab",
    "String.fromCharCode(0x61)": "a",
    "String.fromCharCode(...[97,98])": "ab",
    "String.fromCharCode.apply(null,[97,98])": "ab",
    "String.fromCharCode.call(null,97,98)": "ab",
    "String.fromCharCode.bind(null)(97)": "a",
    "String.fromCodePoint(128512)": "😀",
    "String(5)": "5",
    'decodeURIComponent("%61%C3%A9")': "aé",
    'decodeURI("%61")': "a",
    'unescape("%61%u0062")': "ab",
    'JSON.parse("{\\"a\\":[\\"b\\"]}").a[0]': "b",
    'JSON.stringify("a")': '"a"',
    'Array.from("ab").join("-")': "a-b",
    "Array.from([97],c=>String.fromCharCode(c)).join('')": "a",
    'Array.of("a","b").join("")': "ab",
    'parseInt("61",16)+""': "97",
    'Number("5")+""': "5",
    '[97,98].map(c=>String.fromCharCode(c)).join("")': "ab",
    '[97,98].map(String.fromCharCode).join("")': "ab",
    '[75].map(function(c){return String.fromCharCode(c^42)}).join("")': "a",
    '[1,2].map((x,i)=>x+i).join("")': "13",
    '["a"].flatMap(x=>[x,x]).join("")': "aa",
    '["a","b"].reduce((x,y)=>x+y)': "ab",
    '["a","b"].reduce((x,y)=>x+y,"c")': "cab",
    '["a","b"].reduceRight((x,y)=>x+y)': "ba",
    '((a,b)=>a+b)("x","y")': "xy",
    '(function(){return "a"+"b"})()': "ab",
    '(()=>{var x=1;return "a"+"b"})()': "ab",
}


@pytest.mark.parametrize("expression", KNOWN)
def test_what_can_be_known_is(expression: str) -> None:
    assert folded(expression) == [KNOWN[expression]]


def test_the_longest_expressions_are_given_with_their_places() -> None:
    text = b'f({a:"x"+"y",b:[1,`p${"q"}`],c:"z",d:g("x"+"y"+h)})'
    found = Folder(text, WorkBudget()).fold(0, len(text))
    assert [(text[one.start : one.end].decode(), one.value) for one in found] == [
        ('"x"+"y"', "xy"),
        ('`p${"q"}`', "pq"),
        ('"x"+"y"+h', f"xy{HOLE}"),
    ]


def test_letters_before_the_place_do_not_shift_it() -> None:
    text = 'var é="ü😀";f("x"+"y")'.encode()
    start = text.index(b'"x"')
    (found,) = Folder(text, WorkBudget()).fold(start, len(text) - 1)
    assert text[found.start : found.end] == b'"x"+"y"'


@pytest.mark.parametrize("damaged", ['"a"+"b', '("a"+"b"', '"a"+"b")', '{"a"+"b"', "`a${", "//", "", "\0", "=", '"a"+'])
def test_damaged_code_is_no_mistake(damaged: str) -> None:
    assert all(isinstance(text, str) for text in folded(damaged))


def nested(opening: str, inside: str, closing: str, depth: int) -> str:
    return opening * depth + inside + closing * depth


# Each would need more depth, memory or time than there is, if it were done as it is written.
BOMBS = {
    "a text repeated": '"ab".repeat(1e9)+"c"',
    "a text repeated again and again": '"ab".repeat(9999)' + ".repeat(9)" * 30 + '+"c"',
    "many long texts": "[" + '"ab".repeat(30000),' * 1_500 + '1].join("")',
    "a text padded": '"a".padStart(1e9,"b")+"c"',
    "a long text for each letter": '"a".repeat(60000).replace(/a/g,"b".repeat(60000))',
    "a long text for each letter, without a pattern": '"a".repeat(60000).replaceAll("a","b".repeat(60000))',
    "a long separator": '"a".repeat(20000).split("").join("b".repeat(60000))',
    "a template of long texts": 'var a="b".repeat(60000);«`' + "${a}" * 700 + "`»",
    "a sum of long texts": 'var a="b".repeat(60000);«' + "a+" * 1_000 + "a»",
    "an argument list of long texts": 'var a="b".repeat(60000);«"c".concat(' + "a," * 1_000 + "a)»",
    "lists in a list": 'var a=[..."b".repeat(20000)];«[' + "a," * 1_000 + '1].flat().join("")»',
    "lists that are joined to a list": 'var a=[..."b".repeat(20000)];«[].concat(' + "a," * 1_000 + '1).join("")»',
    "lists of lists of lists": "var "
    + ",".join(f"a{level + 1}=[{','.join([f'a{level}'] * 900)}]" for level in range(6)).replace("a0", '""')
    + ';«a6+"x"»',
    "lists as deep as can be": nested("[", '"a"', "]", 1_900) + '+"b"',
    "brackets as deep as can be": nested("(", '"a"', ")", 1_900) + '+"b"',
    "calls of calls": "f" + "()" * 1_900 + '+"b"',
    "a function called by way of call": "atob" + ".call" * 700 + '(null,"YQ==")',
    "a long sum": '"a"' + '+"b"' * 8_000,
    "a long chain of members": "a" + ".b" * 1_900 + '+"c"',
    "a long chain of conditions": 'a?"b":' * 600 + '"c"+"d"',
    "functions that call one another": "".join(
        f"function f{n}(){{return f{n + 1}()+f{n + 1}()+f{n + 1}()}}" for n in range(9)
    )
    + '«f0()+"a"»',
    "a constant that names itself": 'var a=a+"b"+a;«a+"c"»',
    "constants that name one another": 'var a=b+"x"+b,b=a+"y"+a;«a+b»',
    "a map over a map over a map": '[..."ab".repeat(40)].map(x=>[..."cd".repeat(12)].map(y=>[..."e"].map(z=>x+y+z))).join("")',
    "a number too long for a float": "0x" + "f" * 400 + '+1.5+"a"',
    "a number that overflows": "9" * 5_000 + '*2+"a"',
    "JSON as deep as can be": "JSON.parse('" + nested("[", "1", "]", 1_900) + '\')+"a"',
    "codes beyond Unicode": "String.fromCharCode(1e9,-5,1e308)",
    "many patterns": "[" + ",".join(f'"a".replace(/[{chr(97 + n % 26)}{n}]/,"")' for n in range(150)) + ']+"b"',
}


@pytest.mark.parametrize("program", BOMBS.values(), ids=BOMBS)
def test_bombs_stay_small(program: str) -> None:
    budget = WorkBudget()
    texts: list[str] = []

    def fold() -> None:
        try:
            texts.extend(folded(program, budget))
        except ExhaustedError:
            texts.append("")

    tracemalloc.start()
    try:
        fold()
        assert tracemalloc.get_traced_memory()[1] < 30_000_000
    finally:
        tracemalloc.stop()
    assert all(len(text) <= MOST_TEXT for text in texts)
    spent = MOST_WORK - budget.left
    budget = WorkBudget()
    assert calls_made(fold) <= 2_000 + 12 * spent


def test_a_bomb_in_a_test_is_a_bomb() -> None:
    assert folded('"ab".repeat(4)') == ["abababab"]
    assert folded('"ab".repeat(1e9)') == []


SETS = {
    r"/-/": True,
    r"/-/g": True,
    r"/[a-z]/gi": True,
    r"/[^\w]/": False,
    r"/\s+/g": True,
    r"/a{2}/": False,
    r"/(a+)+/": False,
    r"/a|b/": False,
    r"/a*/": False,
    r"/^a/": False,
    r"/[z-a]/": False,
    r"/[a||b]/": False,
    r"/[a&&b]/": False,
    r"/[a--b]/": False,
    r"/[a~~b]/": False,
    r"/\1/": False,
    r"//": False,
}


@pytest.mark.parametrize("pattern", SETS)
def test_only_patterns_for_one_character_are_applied(pattern: str) -> None:
    assert isinstance(regular_expression(pattern), tuple) is SETS[pattern]


def test_functions_called_with_anything_do_not_raise() -> None:
    values = [
        "",
        "a",
        "5",
        "%",
        "é\ud800",
        0,
        -1,
        1.5,
        10**400,
        float("inf"),
        float("nan"),
        True,
        None,
        b"a",
        [],
        ["a"],
    ]
    values += [[[]], {}, {"a": 1}, regular_expression("/a/g"), object]
    for name in (
        "atob",
        "Buffer.from",
        "decodeURIComponent",
        "unescape",
        "JSON.parse",
        "String.fromCharCode",
        "parseInt",
    ):
        for first in values:
            for second in values:
                call(name, [first, second])
        call(name, [])
    names = ("concat", "replace", "split", "slice", "substring", "substr", "at", "charAt", "charCodeAt", "repeat")
    for name in (*names, "padStart", "join", "flat", "toString", "decode", "reverse", "trim", "subarray"):
        for value in values:
            for first in values:
                method(value, name, [first])
                method(value, name, [first, first])
            method(value, name, [])


def test_texts_of_values_are_bounded() -> None:
    deep: list[object] = []
    for _ in range(sys.getrecursionlimit() * 2):
        deep = [deep]
    assert text_of(deep) == HOLE
    wide = [["a"] * 1_000] * MOST_ITEMS
    assert len(joined(wide, "b" * MOST_TEXT)) <= MOST_TEXT
    assert calls_made(lambda: joined(wide, "b" * MOST_TEXT)) < 2_000
