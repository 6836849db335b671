"""Boundaries of literals, brackets and expressions, found from inside minified code; `^` marks the place."""

import random

import pytest

from frontleak.core.budget import MOST_WORK, ExhaustedError, WorkBudget
from frontleak.decode.folding.lexer import (
    MOST_EXPRESSION,
    bracket_end,
    expression_end,
    expression_start,
    literal_end,
)
from tests.support.work import calls_made

LITERALS = {
    "an empty string": ('""', '""'),
    "a string": ('"a"+b', '"a"'),
    "the other quote": ("'a'+b", "'a'"),
    "a quote of the other kind": ('"a\'b"+c', '"a\'b"'),
    "an escaped quote": (r'"a\"b"+c', r'"a\"b"'),
    "an escaped backslash": (r'"a\\"+c', r'"a\\"'),
    "an escaped line end": ('"a\\\nb"+c', '"a\\\nb"'),
    "a template": ("`a`+b", "`a`"),
    "a template of several lines": ("`a\nb`+c", "`a\nb`"),
    "an escaped backtick": (r"`a\`b`+c", r"`a\`b`"),
    "a dollar alone": ("`$a$`+b", "`$a$`"),
    "an escaped substitution": (r"`\${`+c", r"`\${`"),
    "a substitution": ("`${a}`+b", "`${a}`"),
    "an object in a substitution": ("`${{a:1}.a}`+b", "`${{a:1}.a}`"),
    "a backtick in a string in a substitution": ('`${"`"}`+b', '`${"`"}`'),
    "a brace in a string in a substitution": ('`${"}"}`+b', '`${"}"}`'),
    "a template in a template": ("`a${`b${c}`}d`+e", "`a${`b${c}`}d`"),
    "a comment in a substitution": ("`${a/*`}*/}`+b", "`${a/*`}*/}`"),
    "a string that does not end": ('"a', None),
    "a string cut by the line": ('"a\nb"', None),
    "a string that ends in a backslash": ('"a\\', None),
    "a template that does not end": ("`a", None),
    "a substitution that does not end": ("`${a`", None),
    "a bracket of the wrong kind in a substitution": ("`${a)}`", None),
}


@pytest.mark.parametrize(("text", "literal"), LITERALS.values(), ids=LITERALS)
def test_a_literal_ends(text: str, literal: str | None) -> None:
    end = literal_end(text.encode(), 0, len(text), WorkBudget())
    assert end == (-1 if literal is None else len(literal))


BRACKETS = {
    "nothing inside": ("()+a", "()"),
    "brackets of all kinds": ("([{}])+a", "([{}])"),
    "a bracket in a string": ('(")")+a', '(")")'),
    "a bracket in a template": ("(`)`)+a", "(`)`)"),
    "a bracket in a line comment": ("(//)\n)+a", "(//)\n)"),
    "a bracket in a comment": ("(/*)*/)+a", "(/*)*/)"),
    "a bracket in a regular expression": ("(/[)]/)+a", "(/[)]/)"),
    "a quote in a regular expression": ("(a,/['\"]/)+b", "(a,/['\"]/)"),
    "a slash in a class of a regular expression": ("(!/[/)]/)+b", "(!/[/)]/)"),
    "a division": ("(a/b)+c", "(a/b)"),
    "a division by a string in brackets": ('(a[0]/(")"))+c', '(a[0]/(")"))'),
    "no end": ("(a", None),
    "the wrong end": ("(a]", None),
    "an end beyond a string that has none": ('(")', None),
    "a comment that does not end": ("(/*)", None),
}


@pytest.mark.parametrize(("text", "inside"), BRACKETS.values(), ids=BRACKETS)
def test_a_bracket_ends(text: str, inside: str | None) -> None:
    end = bracket_end(text.encode(), 0, len(text), WorkBudget())
    assert end == (-1 if inside is None else len(inside))


EXPRESSIONS = {
    "the whole text": ("^a+b", "a+b"),
    "a statement": ("x;^a+b;y", "a+b"),
    "the value of an assignment": ("x=^a+b;y", "a+b"),
    "the last of two assignments": ("x=y=^a+b", "a+b"),
    "the value of a declaration": ("let x=^a+b", "a+b"),
    "a comparison, which is no assignment": ("x===^a;y", "x===a"),
    "less or equal": ("x<=^a", "x<=a"),
    "an argument": ("f(x,^a+b,y)", "a+b"),
    "an item": ("[x,^a+b,y]", "a+b"),
    "the value of a property": ("{x:^a+b,y:1}", "a+b"),
    "the last property": ("{x:1,y:^a+b}", "a+b"),
    "the body of an arrow function": ("e=>^a+b,c", "a+b"),
    "the body of an arrow function with parameters": ("(e,t)=>^a+b;c", "a+b"),
    "what is returned": ("{return ^a+b}", "a+b"),
    "what is returned in brackets": ("return(^a+b)", "a+b"),
    "what is awaited": ("await ^a+b", "a+b"),
    "a method called like a keyword": ("x.return(1)+^a", "x.return(1)+a"),
    "one side of a condition": ("x?^a+b:c", "a+b"),
    "the other side of a condition": ("x?c:^a+b;d", "a+b"),
    "a chain that may break": ("x?.y+^a;b", "x?.y+a"),
    "a default": ("x??^a;b", "x??a"),
    "a substitution": ("`x${^a+b}y`", "a+b"),
    "after a string with a mark in it": ('x=";,="+^a', '";,="+a'),
    "before a string with a mark in it": ('x=^a+";,)";y', 'a+";,)"'),
    "strings with escaped quotes": (r'x="\";"+^a+"\";";y', r'"\";"+a+"\";"'),
    "after a template": ("x=`;${y};`+^a", "`;${y};`+a"),
    "over a call": ("x=f(1,2)+^a+g({y:3})-h[4];z", "f(1,2)+a+g({y:3})-h[4]"),
    "over lines that go on": ("x\n=^a\n+b\n .c;d", "a\n+b\n .c"),
    "over lines that want more": ("x=y+\n^a+\nb;c", "y+\na+\nb"),
    "to the end of a line that does not go on": ("x=^a+b\ny()", "a+b"),
    "from the beginning of a line": ("x()\n^a+b", "a+b"),
    "code in a JSON string": (r"x;\n^a+\n b;\n", r"a+\n b"),
    "a regular expression with a mark in it": ("x=/[;,]/.test(^a)", "a"),
    "two divisions": ("x=y/^a/b;c", "y/a/b"),
    "after a comment": ("x;/* y */ ^a", "/* y */ a"),
    "a wrong bracket before": ("(x]+^a;b", "a"),
    "text of JSX with an apostrophe": ("<p>don't</p>;x=^a;b", "a"),
}


@pytest.mark.parametrize(("marked", "expression"), EXPRESSIONS.values(), ids=EXPRESSIONS)
def test_an_expression_begins_and_ends(marked: str, expression: str) -> None:
    place, text = marked.index("^"), marked.replace("^", "").encode()
    start, end = expression_start(text, place, WorkBudget()), expression_end(text, place, WorkBudget())
    assert text[start:end].decode() == expression


def test_a_list_is_left_over_its_commas() -> None:
    text = b'f(x=1,{y:2},z?"a":b+c'
    assert expression_start(text, len(text), WorkBudget(), over_commas=True) == 2
    assert expression_start(text, len(text), WorkBudget()) == text.index(b"b+c")


def test_what_does_not_end_is_cut_off() -> None:
    text = b"x=" + b"a+" * MOST_EXPRESSION
    assert expression_end(text, 2, WorkBudget()) == 2 + MOST_EXPRESSION
    place = len(text) - 1
    assert place - MOST_EXPRESSION <= expression_start(text, place, WorkBudget()) <= place
    assert expression_end(text, 2, WorkBudget(), most=40) == 42


HOSTILE = (
    *(b'"', b"'a", b"`", b"`${", b"}/[", b")/", b"(/[", b"=/\\/", b"(", b"]", b'\\"', b"\n+", b"\\n", b"//", b"/*"),
    *(b"a ;", b'"a"+', b" ", b"x", b"?.", b"=>"),
)


@pytest.mark.parametrize("unit", HOSTILE, ids=repr)
@pytest.mark.parametrize("over_commas", [False, True])
def test_every_step_over_hostile_text_is_paid_for(unit: bytes, over_commas: bool) -> None:
    text = unit * (20_000 // len(unit))
    for place in (0, len(text) // 2, len(text) - 1):
        budget = WorkBudget()

        def look(place: int = place, budget: WorkBudget = budget) -> None:
            expression_start(text, place, budget, over_commas=over_commas)
            expression_end(text, place, budget)
            if text[place] in b"\"'`":
                literal_end(text, place, len(text), budget)

        made = calls_made(look)
        assert made <= 60 + 12 * (MOST_WORK - budget.left)
        assert MOST_WORK - budget.left <= 60 + 8 * len(text)


def test_work_that_is_used_up_is_said() -> None:
    with pytest.raises(ExhaustedError):
        expression_end(b"a," + b"(a)+" * 5_000, 2, WorkBudget(1_000))
    with pytest.raises(ExhaustedError):
        expression_start(b"+(a)" * 5_000, 20_000, WorkBudget(1_000))


def test_any_bytes_have_some_answer() -> None:
    rng = random.Random(3)
    letters = b"\"'`${}()[],;:?=+-*/\\\n ab1.<>&|!\0\xff"
    for _ in range(3_000):
        text = bytes(rng.choices(letters, k=rng.randint(1, 60)))
        place = rng.randrange(len(text))
        start = expression_start(text, place, WorkBudget(), over_commas=rng.random() < 0.5)
        assert 0 <= start <= place
        assert place <= expression_end(text, place, WorkBudget()) <= len(text)
        if text[place] in b"\"'`":
            end = literal_end(text, place, len(text), WorkBudget())
            assert end == -1 or text[end - 1] == text[place]
        if text[place] in b"([{":
            end = bracket_end(text, place, len(text), WorkBudget())
            assert end == -1 or text[end - 1] in b")]}"
