"""Hostile sources: work grows linearly with their size, and unfinished work is reported."""

import tempfile
import tracemalloc
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pytest

from frontleak.misuse.analyse import GIVEN_UP, MOST_MISUSES, UNPARSED, UNREAD
from frontleak.misuse.project_files import projects
from tests.acceptance.support import write
from tests.support.code import Texts, analysed, package
from tests.support.work import calls_made

VITE: Final = {"package.json": package("vite", "next", "@sanity/client")}
CLIENT: Final = "import {createClient} from '@sanity/client'\n"
MADE: Final = "createClient({token: process.env.A_TOKEN})\n"


def tree(text: str, path: str = "src/main.tsx", **more: str) -> dict[str, str]:
    """Return a project with one file under test."""
    return {**VITE, path: text, **more}


def many(count: int, each: str, between: str = "\n") -> str:
    """Repeat a text, with `{0}` as its number and `{1}` as the next one, in lines that are not too long."""
    return between.join(numbered(each, number) for number in range(count))


def numbered(text: str, number: int) -> str:
    """Return a text with `{0}` replaced by a number and `{1}` by the next one."""
    return text.replace("{0}", str(number)).replace("{1}", str(number + 1))


def code(each: str, after: str = "", before: str = "") -> Callable[[int], Texts]:
    """Return a function from a number to a file with that many repetitions."""
    return lambda count: tree(f"{CLIENT}{before}{many(count, each)}\n{after}")


def nested(opening: str, closing: str = "", inside: str = "1") -> Callable[[int], Texts]:
    """Return a function from a depth to a file with a nested expression as a client's token."""
    return lambda count: tree(f"{CLIENT}createClient({{token: {many(count, opening)}{inside}{many(count, closing)}}})")


def modules(text: str, last: str = "export const x = process.env.A_TOKEN") -> Callable[[int], Texts]:
    """Return a function from a number to that many chained modules."""

    def made(count: int) -> Texts:
        more = {f"src/m{number}.ts": numbered(text, number) for number in range(count)}
        main = f"{CLIENT}import {{x}} from './m0'\ncreateClient({{token: x}})"
        return tree(main, **{**more, f"src/m{count}.ts": last})

    return made


GROWS: Final[Mapping[str, Callable[[int], Texts]]] = {
    "brackets that do not close": nested("("),
    "lists that do not close": nested("["),
    "objects that do not close": nested("{a:"),
    "brackets": nested("(", ")", "process.env.A_TOKEN"),
    "objects in objects": nested("{token:", "}"),
    "objects spread into objects": nested("{...", "}"),
    "functions in functions": nested("()=>", ""),
    "calls in calls": nested("must(", ")", "process.env.A_TOKEN"),
    "templates in templates": nested("`${", "}`", "process.env.A_TOKEN"),
    "elements in elements": nested("<a>", "</a>", ""),
    "elements in attributes": nested("<a b={", "}/>"),
    "branches in branches": nested("a ? b :", "", "process.env.A_TOKEN"),
    "a import_path of members": nested("a.", "", "b"),
    "a import_path of calls": nested("a().", "", "b"),
    "a import_path of patches": code(".patch('a').commit()", before="const c = createClient({})\nc"),
    "a import_path of clients": code(".withConfig({token: process.env.A_TOKEN})", before="createClient({})"),
    "a import_path of ors": nested("b{0} ||", "", "process.env.A_TOKEN"),
    "a import_path of sums": nested("b{0} +", "", "process.env.A_TOKEN"),
    "constants of constants": code("const a{0} = a{1}", "createClient({token: a0})"),
    "constants of two constants": code("const a{0} = a{1} || a{1}.b", "createClient({token: a0})"),
    "objects of two objects": code("const a{0} = {...a{1}, ...a{1}}", "createClient(a0)"),
    "members of members": code("const a{0} = a{1}.x || a{1}.y", "createClient(a0.x)"),
    "functions of functions": code("const a{0} = (x) => a{1}(x) || a{1}(x)", "createClient({token: a0(1)})"),
    "an object that is spread into itself": code("createClient({...a, ...b})", before="const a = {...b}, b = {...a}\n"),
    "a function that returns its own call": code("createClient({token: f()})", before="const f = () => f()(f)\n"),
    "clients": code(MADE.strip()),
    "clients that write": code("export const c{0} = createClient({token: process.env.A_TOKEN})\nc{0}.create({})"),
    "writes of a client": code("c.create({})", before=f"const c = {MADE}"),
    "requests": code("fetch('https://a.api.sanity.io/v1/x', {headers: {Authorization: process.env.A_TOKEN}})"),
    "requests that are opened": code(
        "x{0}.open('GET', 'https://a.api.sanity.io'); x{0}.setRequestHeader('Authorization', T)"
    ),
    "parts of requests": code(
        "a{0}((_, {headers}) => ({headers: {...headers, Authorization: process.env.A_TOKEN}}))",
        before="fetch('https://a.api.sanity.io/v1/x')\n",
    ),
    "functions that make a client": code("const f{0} = (t) => createClient({token: t}); f{0}(process.env.A_TOKEN)"),
    "calls of a function that makes a client": code(
        "f(process.env.A{0}_TOKEN)", before="const f = (token) => createClient({token})\n"
    ),
    "functions that hand a token on": code(
        "const f{0} = (t) => f{1}(t)", "createClient({token: f0(process.env.A_TOKEN)})"
    ),
    "functions that hand a token to the next": code(
        "const f{1} = (t) => f{0}(t)", before="const f0 = (token) => createClient({token})\n"
    ),
    "a function that hands a token to itself": code(
        "f(t, f);", "}\nf(process.env.A_TOKEN)", "function f(t) { createClient({token: t});"
    ),
    "classes that extend the next": code(
        "class A{0} extends A{1} {}; new A{0}(process.env.A_TOKEN)",
        before="class A { constructor(token) { createClient({token}) } }\n",
    ),
    "constructors that call the next": code(
        "class A{1} extends A{0} { constructor(t) { super(t) } }",
        before="class A0 { constructor(token) { createClient({token}) } }\n",
    ),
    "methods that call each other": code(
        "m{0}(t) { this.m{1}(t); createClient({token: t}) }", "}\nnew A().m0(process.env.A_TOKEN)", "class A {"
    ),
    "contexts": code(
        "const C{0} = createContext(); createClient({token: useContext(C{0})}); a(<C{0}.Provider value={process.env.A_TOKEN}/>)"
    ),
    "variables": code("a(import.meta.env.VITE_SANITY_A{0}_TOKEN)"),
    "what is put into a member": code("h.token = process.env.A_TOKEN", "createClient(h)", "const h = {}\n"),
    "imports": code("import a{0} from './m{0}'"),
    "imports of one module": code("import './m'"),
    "requires": code("const a{0} = require('./m{0}')"),
    "exports": code("export const a{0} = 1"),
    "exports of everything": code("export * from './m{0}'"),
    "members of an object": code("a{0}: 1,", "}\ncreateClient({...a, token: a.a1})", "const a = {"),
    "spreads into an object": code("...a{0},", "})", "createClient({"),
    "items of a list": code("1,", "])", "createClient(["),
    "fields of a class": code("a{0} = 1;", "b() { createClient({token: this.a1}) } }", "class A {"),
    "one field of a class": code("this.a = {0};", "createClient({token: this.a}) } }", "class A { b() {"),
    "parameters": code("a{0},", ") { return a5 }\ncreateClient({token: f(1)})", "function f("),
    "returns": code("return process.env.A{0}_TOKEN", "}\ncreateClient({token: f()})", "function f() {"),
    "a pattern": code("a{0},", "} = process.env\ncreateClient({token: a5})", "const {"),
    "words of imports": code("import a from"),
    "clauses that do not end": code("import {"),
    "strings that do not end": code("const a = 'b"),
    "comments that do not end": code("/* a"),
    "templates that do not end": code("`a ${"),
    "scripts of a component": lambda count: tree(many(count, "<script setup>a()</script>"), "src/a.vue"),
    "scripts that do not end": lambda count: tree(many(count, "<script a='b\" "), "src/a.vue"),
    "scripts of a page": lambda count: tree(many(count, "<script src=/a{0}.js></script>"), "index.html"),
    "fences": lambda count: tree(many(count, "---"), "src/pages/a.astro"),
    "islands": lambda count: tree(
        "\n".join(("---", many(count, "import A{0} from './a{0}'"), "---", many(count, "<A{0} client:load/>"))),
        "src/pages/a.astro",
    ),
    "comments before a directive": lambda count: tree(many(count, "/**/ // a")),
    "variables of a file": lambda count: tree("", **{".env": many(count, "VITE_SANITY_A{0}_TOKEN=1")}),
    "settings": lambda count: tree(
        "module.exports = {env: {" + many(count, "A{0}_TOKEN: process.env.A{0}_TOKEN,") + "}}", "next.config.js"
    ),
    "settings of two settings": lambda count: tree(
        many(count, "const a{0} = {...a{1}, x: a{1}}") + "\nexport default {define: a0, ...a0}", "vite.config.ts"
    ),
    "paths of tsconfig": lambda count: tree(
        many(count, "import 'a{0}/b'"),
        **{"tsconfig.json": '{"compilerOptions": {"paths": {' + many(count, '"a{0}/*": []', ",") + "}}}"},
    ),
    "modules in a row": modules("export * from './m{1}'"),
    "modules in a diamond": modules("export * from './m{1}'\nexport {x as y} from './m{1}'\nexport * from './m{1}.ts'"),
    "modules that all make a client of the next": modules(
        CLIENT + "import {x as y} from './m{1}'\nexport const x = createClient({token: y, ...y})"
    ),
    "modules in a circle": modules("export * from './m{1}'", "export * from './m0'"),
}


_SMALL: Final = 30
_MOST_CALLS: Final = 5_500
"""Function calls per repetition; a client in its own module takes the most."""


@pytest.mark.parametrize("made", GROWS.values(), ids=GROWS)
def test_work_grows_no_faster_than_the_source(made: Callable[[int], Texts]) -> None:
    small, large = made(_SMALL), made(4 * _SMALL)
    analysed(large)  # one-time imports and compilation do not count
    calls = calls_made(lambda: analysed(large))
    assert calls < 6 * calls_made(lambda: analysed(small))
    assert calls < 4 * _SMALL * _MOST_CALLS


# --- skipped work is reported ----------------------------------------------------------------------------------------


def said(files: Texts) -> list[tuple[str, str, bool]]:
    """Return (path, reason, whether the scan is incomplete) of each skip."""
    return [(skip.origin.path, skip.message, skip.incomplete) for skip in analysed(files).diagnostics]


UNREADABLE: Final[Mapping[str, str | bytes]] = {
    "five megabytes of lines": MADE * 120_000,
    "five megabytes on one line": "a();" * 1_300_000,
    "a generated line": f"{CLIENT}{'a();' * 6_000}\n{MADE}",
    "bytes that are no text": b"\0" * 100 + f"{CLIENT}{MADE}".encode(),
}


@pytest.mark.parametrize("text", UNREADABLE.values(), ids=UNREADABLE)
def test_a_file_that_nobody_wrote_is_not_analysed(text: str | bytes) -> None:
    result = analysed({**VITE, "src/main.ts": text})
    assert (result.detections, result.parsed) == ((), 0)
    assert [(skip.origin.path, skip.message, skip.incomplete) for skip in result.diagnostics] == [
        ("src/main.ts", UNREAD, False)
    ]


def test_a_file_of_five_megabytes_is_not_held_in_memory() -> None:
    files = {**VITE, "src/main.ts": MADE * 120_000}
    with tempfile.TemporaryDirectory() as folder:
        root = write(Path(folder).resolve(), files).as_posix()
        tracemalloc.start()
        list(projects([f"{root}/src/main.ts"], [f"{root}/src/main.ts"], [root], lambda _: ()))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 4_000_000


def test_a_file_beside_one_that_nobody_wrote_is_analysed() -> None:
    result = analysed({**VITE, "src/main.ts": CLIENT + MADE, "src/other.ts": MADE * 120_000})
    assert [finding.place.origin.path for finding in result.detections] == ["src/main.ts"]
    assert result.parsed == 1


GIVEN_TO_THE_PARSER: Final[Mapping[str, str]] = {
    "comments that do not end": many(5_000, "/* a"),
    "arguments that may be types and do not end": f"f({many(8_000, 'a<b,')}",
}


@pytest.mark.parametrize("text", GIVEN_TO_THE_PARSER.values(), ids=GIVEN_TO_THE_PARSER)
def test_what_takes_the_parser_too_long_is_not_parsed(text: str) -> None:
    assert said(tree(f"{CLIENT}{text}", "src/main.ts")) == [("src/main.ts", UNPARSED, False)]


def test_as_much_code_that_compares_is_parsed() -> None:
    text = f"{CLIENT}{MADE}{many(2_500, 'if (a < b && c) f<A>(a => b)')}"
    result = analysed(tree(text, "src/main.ts"))
    assert (len(result.detections), result.parsed, result.damaged, result.diagnostics) == (1, 1, 0, ())


def test_names_that_are_made_to_be_followed_for_ever_are_followed_so_far() -> None:
    """Each client leads to a million objects; each has a step limit, and their file a share of the budget."""
    objects = many(200, "const a{0} = {...a{1}, ...a{1}, ...b{1}}\nconst b{0} = {...b{1}, ...a{1}}")
    files = tree(f"{CLIENT}{objects}\n{many(600, 'createClient(a{0})')}\n")
    calls = calls_made(lambda: analysed(files))
    assert said(files) == [("src/main.tsx", GIVEN_UP, False)]
    assert calls < 1_500_000


def test_a_file_that_is_given_up_leaves_others_their_steps() -> None:
    objects = many(200, "const a{0} = {...a{1}, ...a{1}, ...b{1}}\nconst b{0} = {...b{1}, ...a{1}}")
    files = tree(
        f"{CLIENT}{objects}\n{many(600, 'createClient(a{0})')}\n", **{"src/other.tsx": f"'use client'\n{CLIENT}{MADE}"}
    )
    assert [finding.place.origin.path for finding in analysed(files).detections] == ["src/other.tsx"]


@pytest.mark.parametrize("over", [0, 1], ids=["as many as are listed", "one more"])
def test_one_rule_lists_so_many_places_of_a_file(over: int) -> None:
    count = MOST_MISUSES + over
    result = analysed(
        {"package.json": package("vite"), "src/main.ts": many(count, "a(import.meta.env.VITE_A{0}_TOKEN)")}
    )
    assert len(result.detections) == MOST_MISUSES
    reason = f"more than {MOST_MISUSES} findings of public-env-secret; only the first {MOST_MISUSES} are listed"
    assert [(skip.message, skip.incomplete) for skip in result.diagnostics] == [(reason, True)] * over
    assert [finding.place.line for finding in result.detections] == list(range(1, MOST_MISUSES + 1))
