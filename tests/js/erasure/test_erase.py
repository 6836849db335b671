"""Erasing keeps every offset, leaves plain code alone, and takes bounded work on any text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontleak.js.erasure.erase import erased
from frontleak.js.erasure.language import Language
from frontleak.js.erasure.tokens import MOST_NESTED, TokenReader
from tests.support.constructs import CONSTRUCTS, TSX, TYPESCRIPT

PLAIN = (
    'const {a = 1, ...b} = f(c)[0]?.d; let e = a < b && c > d ? {g: 1} : [/[/]"/g, `${x}`];',
    "export default class A extends B { static async *f() { for await (const x of y) yield* x } #p = 1; get q() {} }",
    "import a, {b as c} from 'd';\nexport * from 'e';\nexport {f as default} from 'g'\nmodule.exports = {type, of, get: set}",
    "label: for (const k in o) if (k) continue; else break label\ndo x++; while (y)\nswitch (z) { case 1: default: }",
    "type = 1; interface_(2); declare(3); namespace.x; module.exports = abstract_; let of = async => async",
    "const a = <A b='c' {...d}>{e}<f/>text</A>, g = h => <></>",
)


@pytest.mark.parametrize("text", PLAIN)
@pytest.mark.parametrize("language", [Language.TSX, Language.FLOW])
def test_plain_code_is_left_as_it_is(text: str, language: Language) -> None:
    assert erased(text.encode(), language) == text.encode()


ERASED = {
    "let a: string = f<T>(b!) as any": "let a         = f   (b )       ",
    "type A = {a: string}\nf()": "                    \nf()",
    "class A<T> implements B { c?: string; private d!: E }": "class A                 { c         ; private d ;   }",
    "using a = b; await using c = d": "const a = b;       const c = d",
    "f(as, <p>a & b</p>)": "f(xx, <p>a _ b</p>)",
    "export type * as A from 'b'; import c from 'd' with {type: 'json'}": (
        "                             import c from 'd'                    "
    ),
}


@pytest.mark.parametrize(("text", "rest"), ERASED.items())
def test_what_is_erased_leaves_blanks(text: str, rest: str) -> None:
    language = Language.TSX if "<p>" in text else Language.TYPESCRIPT
    assert erased(text.encode(), language) == rest.encode()


def test_offsets_are_bytes() -> None:
    text = "const ä: string = '€', b: T = f('😀')".encode()
    rest = erased(text, Language.TYPESCRIPT)
    assert rest is not None
    assert rest.index(b"f(") == text.index(b"f(")


@pytest.mark.parametrize(
    "space", ["\ufeff", "\u00a0", "\u2028", "\u3000", "\r\n", "\t", "/* a */", "// b\n"], ids=ascii
)
def test_blanks_are_blanks_everywhere(space: str) -> None:
    text = f"{space}let{space}a{space}:{space}string{space}={space}b{space};f(a)"
    rest = erased(text.encode(), Language.TYPESCRIPT)
    assert rest is not None
    assert b"string" not in rest
    assert rest.endswith(b"f(a)")


def test_a_hash_bang_is_no_code() -> None:
    assert erased(b"#!/usr/bin/env node {\nlet a: b", Language.TYPESCRIPT) == b"#!/usr/bin/env node {\nlet a   "


def test_what_cannot_be_read_is_left_from_there_on() -> None:
    assert erased(b"let a: b; let c: d = = let e: f", Language.TYPESCRIPT) == b"let a   ; let c    = = let e: f"


UNITS = (
    *(
        "(",
        "(a=",
        "(a=>(",
        "[",
        "{a:",
        "a<b<",
        "<a>",
        "<a b={",
        "`${",
        "a?b:",
        "(a?(b):c=>",
        "async(",
        "<T,>(",
        "x as ",
    ),
    *(
        "type A={",
        "/*",
        "//",
        "'/*'",
        "/'/ /*'",
        "class{a=",
        "@a(",
        "function(",
        "a\n",
        "=>",
        "!",
        "match(a){b=>",
        "for(",
    ),
    *(
        "export ",
        "declare ",
        "<a>&",
        "`${'`'} /* `",
        "f<f(",
        "a!",
        "case a:",
        "x as a<",
        "(x:y)",
        "a?.<",
        "}/[",
        "\\u{1}",
    ),
)


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("unit", UNITS)
def test_work_grows_with_the_text_alone(unit: str, language: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    read = 0
    once = TokenReader.next

    def counted(reader: TokenReader) -> None:
        nonlocal read
        read += 1
        once(reader)

    monkeypatch.setattr(TokenReader, "next", counted)
    text = (unit * (20_000 // len(unit))).encode()
    erased(text, language)
    assert read <= 2_001 + len(text) // 2


def test_a_long_comment_that_is_read_again_and_again_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    spend = TokenReader._spend

    def counted(reader: TokenReader, size: int) -> None:
        sizes.append(size)
        spend(reader, size)

    monkeypatch.setattr(TokenReader, "_spend", counted)
    erased(("(a=" * 90 + "/*" + "x" * 50_000 + "*/() => 1").encode(), Language.FLOW)
    assert sum(sizes) < 64 * 30_000


@pytest.mark.parametrize("opening", ["(", "[", "{", "`${", "<a>{", "f(", "type A = [", "if (a) {"])
def test_deep_nesting_is_given_up(opening: str) -> None:
    text = (opening * (MOST_NESTED * 40)).encode()
    assert erased(text, Language.TSX) in {None, text}


def test_ordinary_nesting_is_not() -> None:
    text = "f(" * 20 + "(x as T)" + ")" * 20
    assert b" as " not in (erased(text.encode(), Language.TYPESCRIPT) or b" as ")


PIECES = [piece for _, _, code in CONSTRUCTS for piece in re.findall(r"\w+|\s+|[^\w\s]", code) if not piece.isspace()]


@given(st.lists(st.sampled_from(PIECES), max_size=60).map(" ".join), st.sampled_from(list(Language)))
def test_any_text_keeps_its_length_and_lines_of_code(text: str, language: Language) -> None:
    rest = erased(text.encode(), language)
    assert rest is None or len(rest) == len(text.encode())


@given(st.lists(st.sampled_from([*TYPESCRIPT.values(), *TSX.values()]), min_size=1, max_size=6))
def test_what_was_erased_is_left_alone(codes: list[str]) -> None:
    """Erasing twice is erasing once, so nothing that is left reads like a type."""
    once = erased("\n;".join(codes).encode(), Language.TSX)
    assert once is not None
    assert erased(once, Language.TSX) == once
