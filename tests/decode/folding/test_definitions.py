"""The definition of a name at a place, from the text before it; `«` and `»` mark the expression that uses it."""

import pytest

from frontleak.core.budget import MOST_WORK, ExhaustedError, WorkBudget
from frontleak.decode.folding.definitions import REACH, assignments, coded, has_definition, references, shadowed
from tests.decode.folding.folding import folded
from tests.support.work import calls_made

UNKNOWN = {
    "a name nobody assigns": 'f(«a+"y"»)',
    "a longer name": 'const aa="x";f(«a+"y"»)',
    "a longer name that ends so": 'const ba="x";f(«a+"y"»)',
    "a property of that name": 'b.a="x";f(«a+"y"»)',
    "a member of that name": 'const b={a:"x"};f(«a+"y"»)',
    "a comparison": 'a=="x";f(«a+"y"»)',
    "a strict comparison": 'a==="x";f(«a+"y"»)',
    "a parameter of an arrow function": 'a=>"x";f(«a+"y"»)',
    "a random number": 'const a=Math.random();f(«a+"y"»)',
    "another unknown name": 'const a=b;f(«a+"y"»)',
    "an answer": 'const a=await fetch("x");f(«a+"y"»)',
    "what is caught": 'const a="x";try{}catch(a){f(«a+"y"»)}',
    "what comes later": 'f(«a+"y"»);a="x"',
    "a shadowing parameter": 'const a="x";function g(a){return «a+"y"»}',
    "a shadowing parameter of several": 'const a="x";function g(b,a,c){if(b){return «a+"y"»}}',
    "a shadowing parameter with a neighbour that has a default": 'const a="x";g((b=1,a)=>«a+"y"»)',
    "a shadowing parameter of a function in a call": 'const a="x";g(function(a){return «a+"y"»})',
    "a shadowing parameter of an arrow": 'const a="x";const g=a=>«a+"y"»',
    "a shadowing parameter of an arrow that returns an object": 'const a="x";const g=a=>({b:«a+"y"»})',
    "a shadowing parameter of an arrow with a body": 'const a="x";const g=(b,a)=>{return «a+"y"»}',
    "a shadowing parameter of an asynchronous arrow": 'const a="x";const g=async a=>«a+"y"»',
    "a shadowing parameter of a method": 'const a="x";b={m(a){return «a+"y"»}}',
    "a shadowing parameter that is taken apart": 'const a="x";const g=({b,a})=>«a+"y"»',
    "a member of a shadowing parameter": 'const a={t:"x"};g((a)=>«a.t+"y"»)',
}


@pytest.mark.parametrize("program", UNKNOWN.values(), ids=UNKNOWN)
def test_what_a_name_does_not_stand_for(program: str) -> None:
    assert folded(program) == ["…y"]


KNOWN = {
    "a has_definition": ('const a="x";f(«a+"y"»)', "xy"),
    "a variable": ('var b="z",a="x",c="z";f(«a+"y"»)', "xy"),
    "with blanks": ('const a = "x";\nf(«a + "y"»)', "xy"),
    "a short name of punctuation": ('const $="x";f(«$+"y"»)', "xy"),
    "with letters before it that take two bytes": ('const é="ü",a="x";f(«a+"y"»)', "xy"),
    "a property that is assigned": ('e.a="x";f(«e.a+"y"»)', "xy"),
    "the nearest of two": ('a="z";a="x";f(«a+"y"»);a="w"', "xy"),
    "what is appended": ('var a="x";a+="y";a += "z";f(«a+"!"»)', "xyz!"),
    "what is appended by hand": ('let a="x";a=a+"y";f(«a+"z"»)', "xyz"),
    "a list": ('const a=["x","y"];f(«a.join("")»)', "xy"),
    "items of a list": ('const t=["x","y"];f(«t[0]+t[1]»)', "xy"),
    "a member of an object": ('const a={b:{c:"x"}};f(«a.b.c+"y"»)', "xy"),
    "a list that is taken apart": ('const [a,b]=["x","y"];f(«a+b»)', "xy"),
    "an object that is taken apart": ('const {a:b,c}={a:"x",c:"y"};f(«b+c»)', "xy"),
    "by way of another has_definition": ('const a="x",b=a+"y";f(«b+"z"»)', "xyz"),
    "a default": ('const a=b||"x";f(«a+"y"»)', "xy"),
    "a default for the environment": ('const a=process.env.T??"x";f(«a+"y"»)', "xy"),
    "what a function decodes": ('const a=atob("eA==");f(«a+"y"»)', "xy"),
    "what a function returns": ('function a(){return "x"}f(«a()+"y"»)', "xy"),
    "what a function returns that is declared later": ('f(«a()+"y"»);function a(){return "x"}', "xy"),
    "what an arrow returns": ('const a=()=>"x";f(«a()+"y"»)', "xy"),
    "what a function makes of its argument": ('function a(b){return b+"x"}f(«a("q")+"y"»)', "qxy"),
    "a text with an apostrophe": ('const a="it\'s";f(«a+"y"»)', "it'sy"),
    "after a comment with an apostrophe": ('const a="x";// don\'t\nf(«a+"y"»)', "xy"),
    "inside a function with other parameters": ('const a="x";function g(b){return «a+"y"»}', "xy"),
    "inside a condition on it": ('const a="x";if(a){while(a){f(«a+"y"»)}}', "xy"),
    "after a function with such a parameter": ('const a="x";function g(a){return a+1}f(«a+"y"»)', "xy"),
    "after an arrow with such a parameter": ('const a="x";const h=[1].map(a=>a+"y");f(«a+"z"»)', "xz"),
    "what is assigned here rather than in a block that ended": ('let a="x";if(b){a="z"}f(«a+"y"»)', "xy"),
    "what is declared here rather than in a block before": ('{let a="z"}const a="x";f(«a+"y"»)', "xy"),
    "what is assigned in a block when there is nothing else": ('let a;if(b){a="x"}f(«a+"y"»)', "xy"),
    "what is known of two": ('let a="x";a=g();f(«a+"y"»)', "xy"),
    "itself, as far as it goes": ('var a=a+"x";f(«a+"y"»)', "…xy"),
}


@pytest.mark.parametrize(("program", "text"), KNOWN.values(), ids=KNOWN)
def test_what_a_name_stands_for(program: str, text: str) -> None:
    assert folded(program) == [text]


def test_no_assignment_is_looked_for_too_far_away() -> None:
    far = b'a="x";' + b" " * REACH
    assert list(assignments(far, b"a", len(far), WorkBudget())) == []
    assert [found.start for found in assignments(far, b"a", len(far) - 100, WorkBudget())] == [2]


@pytest.mark.parametrize(
    ("text", "is_constant", "is_coded"),
    [
        ('a="skAb1cdE2"', True, False),
        ('a="c2tBYjFjZEUyZmdo"', True, True),
        ('a="c2tBYjFjZEUyZmdo1"', True, True),
        ("a=[115,107]", True, True),
        ("a=[0x73,0x6b]", True, True),
        ('a=["skAb1"]', True, False),
        ('a=atob("eA")', True, True),
        ('a=""+b', False, False),
        ('a="";', True, False),
        ('function a(){return"x"}', True, False),
        ('a="an ordinary text"', False, False),
        ("a=b.c(d)", False, False),
        ("a=5", False, False),
        ('a=="skAb1cdE2"', False, False),
        ('ba="skAb1cdE2"', False, False),
    ],
)
def test_a_short_look_tells_constants_from_other_names(text: str, is_constant: bool, is_coded: bool) -> None:
    data = text.encode() + b" ;f(a)"
    assert has_definition(data, b"a", len(data), WorkBudget()) is is_constant
    assert coded(data, b"a", len(data), WorkBudget()) is is_coded


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ('a="x";f(a)', 0),
        ('a="x";f(a,b)', 1),
        ('a="x";f(a+b)', 1),
        ('a="x";f(b+a)', 1),
        ('a="x";f(`${a}b`)', 1),
        ('a="x";f(`${b}${a}`)', 1),
        ('a="x";a.join("")', 1),
        ('a="x";a[0]+b', 1),
        ('a="x";a.b.c+d', 1),
        ('a="x";a++', 0),
        ('a="x";b.a+c', 0),
        ('a="x";ba+c;ab+c', 0),
        ('a="x";' + "a+b;" * 40, 12),
    ],
)
def test_uses_in_longer_texts_are_told_from_others(text: str, count: int) -> None:
    assert len(list(references(text.encode(), b"a", 2, WorkBudget()))) == count


HOSTILE = {
    "one name, assigned all over": b'a="skAb1cdE2";',
    "one name, appended to all over": b'a+="x";',
    "one name, in braces": b"{a={",
    "one name, in templates that do not end": b"a=`${",
    "one name, before quotes that do not end": b"a='\n",
    "one name, as a parameter": b"(a)=>{",
    "one name, as a parameter of an arrow": b"a=>",
    "one name, taken apart": b"const [a,a,a,a",
    "one name, over and over": b"a",
    "functions of that name": b"function a(",
    "blanks": b"a=" + b" " * 200,
}


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize(
    "name", [b"a", b"a" * 79, b"a" * 5_000, b"e.a"], ids=["a", "a long name", "too long a name", "e.a"]
)
def test_every_search_in_hostile_text_is_paid_for(unit: bytes, name: bytes) -> None:
    text = unit * (30_000 // len(unit))
    budget = WorkBudget()

    def look() -> None:
        try:
            list(assignments(text, name, len(text), budget))
            has_definition(text, name, len(text), budget)
            coded(text, name, len(text), budget)
            shadowed(text, name, 0, len(text), budget)
            list(references(text, name, 0, budget))
        except ExhaustedError:
            pass

    assert calls_made(look) <= 300 + 12 * (MOST_WORK - budget.left)
