"""The import scan misses nothing that a parser sees, and marks imports that are removed at build time."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontleak.modulegraph.import_scan import ImportKind, ImportSite, import_sites, script_sources
from tests.support.growth import assert_linear
from tests.support.js_oracle import has_error, imports
from tests.support.paths import ROOT

STATIC, DYNAMIC, REQUIRE, EXPORT = ImportKind.STATIC, ImportKind.DYNAMIC, ImportKind.REQUIRE, ImportKind.EXPORT
GLOB = ImportKind.GLOB


def found(source: str | bytes) -> list[tuple[str, ImportKind, bool]]:
    """Return (specifier, kind, type only) of each edge."""
    text = source if isinstance(source, bytes) else source.encode()
    return [(edge.specifier, edge.kind, edge.type_only) for edge in import_sites(text)]


NO_EDGE: Final[Mapping[str, str]] = {
    "nothing": "",
    "a method called from": 'Array.from("abc")',
    "a word that ends in from": 'const xfrom = "a"; upfrom "b"',
    "prose": 'throw Error(`a letter from "Bob"`)',
    "prose with no statement before it": "say('greetings from \"Bob\"')",
    "an import of a style sheet": '<style>@import "a.css"; @import url("b.css");</style>',
    "a path put together": 'require("./" + name); import("./locales/" + name)',
    "a template with a hole": "import(`./locales/${name}.js`)",
    "a template that stands alone": "import `a`",
    "an address that counts from elsewhere": 'new URL("./a", base); new URL("b"); new URL("./" + c, import.meta.url)',
    "a method called import": 'loader.import("a")',
    "a private function": '__require("a"); myrequire("b"); $require("c"); reimport("d")',
    "meta properties": "import.meta.env.X; import.meta.url",
    "a glob of something else": 'fast.glob("./a/*.ts"); glob("./b"); React.context("./c")',
    "a pattern that is put together": "import.meta.glob(`./${folder}/*.ts`); import.meta.glob(pattern)",
    "a pattern for what is left out": 'import.meta.glob(["!./a/*.ts"])',
    "a context of a variable": "require.context(folder, true, /a/)",
    "a name that is empty": 'import ""; import(""); require("")',
    "a declaration before a from": 'export const a = 1, from = "b"',
    "a string that does not end": "import \"a\nimport 'b\n",
    "a require that is not called": 'const a = require ? "b" : "c"',
    "an import of code in a string": "const a = 'import b from \\'c\\''",
}


@pytest.mark.parametrize("source", NO_EDGE.values(), ids=NO_EDGE)
def test_what_is_no_import(source: str) -> None:
    assert found(source) == []


FORMS: Final[Mapping[str, tuple[str, Sequence[tuple[str, ImportKind]]]]] = {
    "a default": ('import a from "x"', [("x", STATIC)]),
    "single quotes and a semicolon": ("import a from 'x';", [("x", STATIC)]),
    "names": ('import {a, b as c} from "x"', [("x", STATIC)]),
    "names on many lines": ('import {\n  a,\n  b as c,\n} from "x"', [("x", STATIC)]),
    "names and comments": ('import { // a }\n a, /* from "y" */ b } from "x"', [("x", STATIC)]),
    "a default and names": ('import a, {b} from "x"', [("x", STATIC)]),
    "a namespace": ('import * as a from "x"', [("x", STATIC)]),
    "a default and a namespace": ('import a, * as b from "x"', [("x", STATIC)]),
    "a section effect": ('import "x"', [("x", STATIC)]),
    "attributes": ('import a from "x" with {type: "json"}', [("x", STATIC)]),
    "minified": ('import{a}from"x";import"y";import*as b from"z"', [("x", STATIC), ("y", STATIC), ("z", STATIC)]),
    "names that are words of the language": (
        'import {import as a, export as b, from as c, default as d, type as e} from "x"',
        [("x", STATIC)],
    ),
    "a default called from": ('import from from "x"', [("x", STATIC)]),
    "a default called as": ('import as from "x"; import as, {b} from "y"', [("x", STATIC), ("y", STATIC)]),
    "a default called type": ('import type from "x"; import type, {b} from "y"', [("x", STATIC), ("y", STATIC)]),
    "names that are strings": ('import {"a from \'y\'" as b} from "x"', [("x", STATIC)]),
    "a deferred module": ('import defer * as a from "x"; import.defer("y")', [("x", STATIC), ("y", DYNAMIC)]),
    "a source": ('import source a from "x"; import.source("y")', [("x", STATIC), ("y", DYNAMIC)]),
    "comments all over": ('import/**/a/**/from/* b */ // c\n /**/"x"', [("x", STATIC)]),
    "unusual blanks": ("import\u00a0{a}\u3000from\u2028'x'", [("x", STATIC)]),
    "names that are not ASCII": ('import é, {ü as ñ} from "x"', [("x", STATIC)]),
    "names written with escapes": (
        r'import \u0061b from "x"; import {\u{62} as c} from "y"',
        [("x", STATIC), ("y", STATIC)],
    ),
    "a specifier with escapes": (r'import "\x2e/\u0061"; import("\u{2e}/b")', [("./a", STATIC), ("./b", DYNAMIC)]),
    "a specifier that is not ASCII": ('import "./é"', [("./é", STATIC)]),
    "re-exported names": ('export {a, default as b} from "x"', [("x", EXPORT)]),
    "re-exported default": ('export {default} from "x"', [("x", EXPORT)]),
    "everything re-exported": ('export * from "x"', [("x", EXPORT)]),
    "everything re-exported as a name": (
        'export * as a from "x"; export * as "b" from "y"',
        [("x", EXPORT), ("y", EXPORT)],
    ),
    "a declaration before a re-export": ('export const a = 1\nexport {b} from "x"', [("x", EXPORT)]),
    "a re-export after an import": (
        'import a from "x"\nexport {a}\nexport {b} from "y"',
        [("x", STATIC), ("y", EXPORT)],
    ),
    "a pattern": ('import.meta.glob("./a/*.ts")', [("./a/*.ts", GLOB)]),
    "a pattern with a type": (
        "import.meta.glob<{default: A<B>}>('./a/**/*.tsx', {eager: true})",
        [("./a/**/*.tsx", GLOB)],
    ),
    "patterns": (
        'import.meta.glob(["./a/*.ts", `./b/*`, "!./a/c.ts"])',
        [("./a/*.ts !./a/c.ts", GLOB), ("./b/* !./a/c.ts", GLOB)],
    ),
    "a pattern of before": ('import.meta.globEager("/src/*.js")', [("/src/*.js", GLOB)]),
    "a pattern after a cast": ('(import.meta as any).glob("./a/*")', [("./a/*", GLOB)]),
    "a context": ("require.context('./lib')", [("./lib/**/*", GLOB)]),
    "a context with files of one kind": ("require.context('./lib', true, /\\.js$/)", [("./lib/**/*.{js}", GLOB)]),
    "a context with files of two kinds": (
        "require.context('./lib', true, /\\.(ts|tsx)$/i)",
        [("./lib/**/*.{ts,tsx}", GLOB)],
    ),
    "a context of one folder": ("require.context('./lib/', false, /\\.vue$/)", [("./lib/*.{vue}", GLOB)]),
    "a context of webpack": ("import.meta.webpackContext('./a', {recursive: false})", [("./a/*", GLOB)]),
    "an import when it is run": ('const a = await import("x")', [("x", DYNAMIC)]),
    "an import with a comment for the bundler": (
        'import(/* webpackChunkName: "a" */ /* webpackPrefetch: true */\n "x")',
        [("x", DYNAMIC)],
    ),
    "an import with options": ('import("x", {with: {type: "json"}})', [("x", DYNAMIC)]),
    "a worker": ('new Worker(new URL("./x", import.meta.url), {type: "module"})', [("./x", DYNAMIC)]),
    "an import of a template without a hole": ("import(`x`); require(`y`)", [("x", DYNAMIC), ("y", REQUIRE)]),
    "a lazy component": ('const A = lazy(() => import("./A"))', [("./A", DYNAMIC)]),
    "require": ('const a = require("x")', [("x", REQUIRE)]),
    "require, spread": ('module.exports = {...require("x"), ...require("y")}', [("x", REQUIRE), ("y", REQUIRE)]),
    "require of a module": ('module.require("x"); require?.("y")', [("x", REQUIRE), ("y", REQUIRE)]),
    "require with blanks and comments": ('require /* a */ ( /* b */ "x" )', [("x", REQUIRE)]),
    "require in an import": (
        'import a = require("x"); export import b = require("y")',
        [("x", REQUIRE), ("y", REQUIRE)],
    ),
    "an import among text of a page": ('<p>from "nowhere"</p><script>import "x"</script>', [("x", STATIC)]),
    "Vue": (
        '<template><p/></template>\n<script setup lang="ts">\nimport a from "./a.vue"\n</script>',
        [("./a.vue", STATIC)],
    ),
    "Svelte": ('<script>\n  import A from "./A.svelte"\n  export let b\n</script>\n<A {b}/>', [("./A.svelte", STATIC)]),
    "Svelte's markup": ('{#await import("./A.svelte") then a}{/await}', [("./A.svelte", DYNAMIC)]),
    "Astro": (
        '---\nimport A from "./A.astro"\n---\n<A/><script>import "./b"</script>',
        [("./A.astro", STATIC), ("./b", STATIC)],
    ),
}


@pytest.mark.parametrize(("source", "expected"), FORMS.values(), ids=FORMS)
def test_forms_of_imports(source: str, expected: Sequence[tuple[str, ImportKind]]) -> None:
    assert found(source) == [(specifier, kind, False) for specifier, kind in expected]


SUPERSET: Final[Mapping[str, str]] = {
    "a comment": '// import a from "x"',
    "a block of comment": '/* require("x") */',
    "an example in documentation": ' * import {a} from "x"',
    "code in a template": '`\nimport a from "x"\n`',
}


@pytest.mark.parametrize("source", SUPERSET.values(), ids=SUPERSET)
def test_more_may_be_found_than_runs(source: str) -> None:
    assert [specifier for specifier, _, _ in found(source)] == ["x"]


ONLY_TYPES: Final[Mapping[str, str]] = {
    "a default": 'import type A from "x"',
    "names": 'import type {A, B} from "x"',
    "names on many lines": 'import type {\n  A, // a\n} from "x"',
    "a namespace": 'import type * as A from "x"',
    "a default called from": 'import type from from "x"',
    "each name": 'import {type A, type B as C, type default as D} from "x"',
    "each name, with comments": 'import {\n type A, // a, b\n /* c */ type B,\n} from "x"',
    "a type called as": 'import {type as} from "x"',
    "a type called as, renamed": 'import {type as as B} from "x"',
    "re-exported names": 'export type {A} from "x"',
    "re-exported names, each": 'export {type A} from "x"',
    "everything re-exported": 'export type * from "x"',
    "everything re-exported as a name": 'export type * as A from "x"',
    "require": 'import type a = require("x")',
    "Flow": 'import typeof A from "x"',
    "the type of a module": 'let a: typeof import("x")',
    "a JSDoc tag": '/** @type {import("x").A} */',
    "a JSDoc tag with more": ' * @param {Array<import("x").A>} a',
}


@pytest.mark.parametrize("source", ONLY_TYPES.values(), ids=ONLY_TYPES)
def test_types_leave_no_import_behind(source: str) -> None:
    assert [(specifier, type_only) for specifier, _, type_only in found(source)] == [("x", True)]


NOT_ONLY_TYPES: Final[Mapping[str, str]] = {
    "a default called type": 'import type from "x"',
    "a name called type": 'import {type} from "x"',
    "a value called type, renamed": 'import {type as A} from "x"',
    "a value called type, renamed as": 'import {type as as} from "x"',
    "one name of several": 'import {type A, b} from "x"',
    "a default beside types": 'import a, {type B} from "x"',
    "a default called type beside types": 'import type, {type B} from "x"',
    "no name at all": 'import {} from "x"',
    "a type import before it": 'import type {A} from "y"; import b from "x"',
    "a type in a comment": 'import /* type */ {b /* type */} from "x"',
    "a value after a type": 'export type A = 1\nexport {a} from "x"',
    "a name that begins like it": 'import typeA from "x"',
    "a call in a decorator": '@Module({a: import("x")})',
    "a constant in markup": '{@const a = import("x")}',
}


@pytest.mark.parametrize("source", NOT_ONLY_TYPES.values(), ids=NOT_ONLY_TYPES)
def test_what_may_run_is_not_called_a_type(source: str) -> None:
    assert found(source)[-1][0::2] == ("x", False)


def test_the_offset_is_where_the_string_begins() -> None:
    source = "é;import a from \"x\"\nrequire( /* b */ 'y')".encode()
    assert [source[edge.offset : edge.offset + 3] for edge in import_sites(source)] == [b'"x"', b"'y'"]


def test_edges_come_in_order_of_place() -> None:
    source = 'require("c"); import "b"; export * from "a"; import("d")'
    assert [specifier for specifier, _, _ in found(source)] == ["c", "b", "a", "d"]


SCRIPTS: Final[Mapping[str, tuple[str, Sequence[str]]]] = {
    "no script": ("<p>src='a.js'</p>", []),
    "a script without a source": ("<script>a.src = 'b.js'</script>", []),
    "another attribute": ('<script data-src="a.js" :src="b"></script>', []),
    "an empty source": ('<script src="  "></script>', []),
    "a tag that only begins like it": ('<scripts src="a.js">', []),
    "a module of Vite": ('<script type="module" src="/src/main.ts"></script>', ["/src/main.ts"]),
    "a name": ("<script src=main.js></script>", ["./main.js"]),
    "a folder": ("<script src='js/main.js'></script>", ["./js/main.js"]),
    "a relative path": ('<script src="../main.js">', ["../main.js"]),
    "addresses": (
        '<script src="https://a.b/c.js"></script><script src="//a.b/c.js">',
        ["https://a.b/c.js", "//a.b/c.js"],
    ),
    "capitals, blanks and entities": ('<SCRIPT\n async SRC = " a.js?b=1&amp;c " >', ["./a.js?b=1&c"]),
    "a sign in an attribute before it": ('<script title="a > b" src="a.js">', ["./a.js"]),
    "the block of a component": ('<script lang="ts" src="./a.ts"></script>', ["./a.ts"]),
}


@pytest.mark.parametrize(("html", "expected"), SCRIPTS.values(), ids=SCRIPTS)
def test_scripts_of_pages(html: str, expected: Sequence[str]) -> None:
    assert [edge.specifier for edge in script_sources(html.encode())] == expected


def test_a_script_of_a_page_says_where_it_stands() -> None:
    page = b'<p></p><script src="a.js">'
    assert script_sources(page) == (ImportSite("./a.js", page.index(b'"'), STATIC),)


BUILT: Final = sorted(
    path
    for path in (ROOT / "fixtures").rglob("*")
    if path.suffix in (".js", ".mjs", ".jsx") and path.is_file() and path.stat().st_size < 20_000
)


def test_nothing_is_missed_in_what_real_tools_build() -> None:
    seen = 0
    for path in BUILT:
        source = path.read_bytes()
        parsed = imports(source, "js")
        assert parsed <= places(source), path
        seen += len(parsed)
    assert seen > 50


def places(source: bytes) -> set[tuple[str, int]]:
    """Return (specifier, offset) of each edge."""
    return {(edge.specifier, edge.offset) for edge in import_sites(source)}


def test_nothing_is_missed_in_the_forms_above() -> None:
    sources = [source.encode() for source, _ in FORMS.values()] + [source.encode() for source in ONLY_TYPES.values()]
    for source in sources:
        for grammar in ("js", "ts", "tsx"):
            assert imports(source, grammar) <= places(source), source


GAP: Final = st.sampled_from([" ", "  ", "\n", "\t", "/* a, b */", " // c 'd\n", "\r\n", ' /* from "e" */ ', "/**/"])
NAME: Final = st.sampled_from(["a", "from", "as", "type", "$", "_b", "é", "of", "async", "get"])
QUOTED: Final = st.sampled_from(['"x"', "'y'", '"./z.js"', r'"\x61"', "'@a/b/c'", '"é"'])


@st.composite
def statements(draw: st.DrawFn) -> str:
    """Draw a statement that imports something, blanks and comments where they may be."""
    gap, maybe, name = (partial(draw, each) for each in (GAP, st.one_of(st.just(""), GAP), NAME))
    quoted = draw(QUOTED)
    form = draw(st.sampled_from(["section effect", "require", "call", "clause", "clause", "clause", "clause"]))
    if form == "section effect":
        return f"import{maybe()}{quoted}"
    if form == "require":
        return f"import{gap()}{name()}{gap()}={maybe()}require({quoted})"
    if form == "call":
        return f"const x{maybe()}={draw(st.sampled_from(['import', 'require']))}{maybe()}({maybe()}{quoted}{maybe()})"
    names = [
        f"{maybe()}{draw(st.sampled_from(['', 'type ']))}{name()}{gap()}as{gap()}{name()}{maybe()}"
        for _ in range(draw(st.integers(0, 3)))
    ]
    clause = draw(st.sampled_from(["{" + ",".join(names) + "}", f"*{maybe()}as{gap()}{name()}"]))
    if draw(st.booleans()):
        word = draw(st.sampled_from(["export", "export type"]))
        clause = draw(st.sampled_from([clause, "*"]))
    else:
        word = draw(st.sampled_from(["import", "import type"]))
        clause = draw(st.sampled_from([clause, name(), f"{name()}{maybe()},{clause}"]))
    return f"{word}{gap()}{clause}{gap()}from{maybe()}{quoted}"


@settings(max_examples=60)
@given(st.lists(statements(), min_size=1, max_size=4), st.sampled_from(["\n", ";", ";\n"]))
def test_no_statement_is_missed(drawn: Sequence[str], between: str) -> None:
    source = between.join(drawn).encode()
    assert len(import_sites(source)) >= len(drawn)
    assert imports(source, "ts") <= places(source)


@settings(max_examples=60)
@given(statements())
def test_most_statements_drawn_are_what_a_parser_expects(drawn: str) -> None:
    if not has_error(drawn.encode(), "ts"):
        assert imports(drawn.encode(), "ts")


PIECES: Final = (
    *("import", "export", "from", "require", "type", "as", "typeof", "{", "}", "(", ")", "*", ",", ".", "@", "=", "+"),
    *('"', "'", "`", "\\", "/*", "*/", "//", "\n", " ", "a", "é", "\u2028", "${", "\0", '"x"', "'y'"),
)
CODE: Final = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)


@given(CODE)
def test_nothing_is_missed_in_any_mixture(code: str) -> None:
    source = code.encode()
    if not has_error(source, "ts"):
        assert imports(source, "ts") <= places(source)


@given(st.one_of(st.binary(max_size=200), CODE.map(str.encode)))
def test_any_bytes_will_do(source: bytes) -> None:
    for edge in (*import_sites(source), *script_sources(source)):
        assert 0 <= edge.offset < len(source)
        assert edge.specifier


HOSTILE: Final[Mapping[str, str]] = {
    "comments that do not end": "import/*",
    "comments that end together": "import/*a*//**/",
    "lines of comment": "import//\n",
    "braces that do not close": "import{a,",
    "braces full of statements": 'import{/*from "x"*/',
    "text that may belong to any statement": 'import {a} "from "x',
    "blanks": "from    ",
    "brackets": "require(",
    "strings that do not end": "import'\\'",
    "tags that do not end": "<script a='b' ",
    "statements": 'import "a";',
}


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE)
def test_work_grows_with_the_text(piece: str) -> None:
    assert_linear(lambda size: (import_sites(piece.encode() * size), script_sources(piece.encode() * size)), 1_000)


def test_a_clause_of_any_length_is_read() -> None:
    names = ", ".join(f"name{number}" for number in range(20_000))
    assert found(f'export {{{names}}} from "x"') == [("x", EXPORT, False)]


def test_a_file_of_comments_before_strings_is_still_read() -> None:
    source = "import(/* a */ './x');\n" * 5_000
    assert len(import_sites(source.encode())) == 5_000
