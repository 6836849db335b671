"""Names are followed through modules, members, calls and spreads to their definitions, and no further."""

from collections.abc import Mapping
from typing import Final

import pytest

from frontleak.js.module import Expr
from frontleak.js.references import References
from frontleak.js.referents import ExternalExport, MemberOf, Namespace, Parameter, Referent
from tests.support.code import Texts, references


def told(referent: Referent) -> str:
    """Return a short form of a resolved expression."""
    match referent:
        case Expr():
            return referent.text
        case ExternalExport(package, name):
            return f"{name} of {package}"
        case Namespace(path):
            return f"all of {path}"
        case Parameter(expr, path, _):
            return ".".join(("parameter", expr.text, *map(str, path)))
        case MemberOf(whole, path):
            return f"({whole.text}).{'.'.join(path)}"


def last(tree: References, path: str) -> Expr:
    """Return the expression of the last statement of a file."""
    (found,) = tree.modules(path)
    statement = found.root.named_children[-1]
    return Expr(found, statement.named_children[0])


def meant(code: str, **files: str) -> list[str]:
    """Return the possible values of the last expression in some code; file names have `_` for their dot."""
    tree = references({"main.ts": code, **{path.replace("_", "."): text for path, text in files.items()}})
    return [told(referent) for referent in tree.referents(last(tree, "/main.ts"))]


ONE: Final[Mapping[str, tuple[str, list[str]]]] = {
    "a literal": ("'a'", ["'a'"]),
    "a global name": ("a", ["a"]),
    "a constant": ("const a = 1; a", ["1"]),
    "a constant in brackets and casts": ("const a = ((1 as any)!) satisfies b; (await a)", ["1"]),
    "a constant without a value": ("let a; a", ["a"]),
    "both sides of an or": ("a || 1", ["a", "1"]),
    "both sides of a question for nothing": ("a ?? b ?? 1", ["1", "a", "b"]),
    "the right section of an and": ("a && 1", ["1"]),
    "both branches": ("a ? 1 : 2", ["1", "2"]),
    "the browser's branch": ("typeof window === 'undefined' ? 1 : 2", ["2"]),
    "another sum": ("a + b", ["a + b"]),
    "a sequence": ("(a, 1)", ["1"]),
    "a member": ("const a = {b: 1}; a.b", ["1"]),
    "a member by a number": ("const a = [1, 2]; a[1]", ["2"]),
    "a member that is not there": ("const a = {b: 1}; a.c", ["a.c"]),
    "a member that is worked out": ("const a = {b: 1}; a[c]", ["a[c]"]),
    "a member of a global name": ("process.env.A", ["process.env.A"]),
    "a member of both": ("const a = {b: 1}, c = {b: 2}; (a || c).b", ["1", "2"]),
    "a member of a call": ("f().a.b", ["(f()).a.b"]),
    "the last of two members of a name": ("const a = {b: 1, b: 2}; a.b", ["2"]),
    "a member after a spread": ("const c = {b: 1}, a = {...c, b: 2}; a.b", ["2"]),
    "a member before a spread": ("const c = {b: 1}, a = {b: 2, ...c}; a.b", ["1"]),
    "a member before a spread that lacks it": ("const c = {d: 1}, a = {b: 2, ...c}; a.b", ["2"]),
    "a member before a spread parameter": ("const f = (c) => ({b: 2, ...c}).b; f()", ["parameter.c.b", "2"]),
    "a member of the last of two spreads": ("const c = {b: 1}, d = {b: 2}, a = {...c, ...d}; a.b", ["2"]),
    "a method": ("const a = {b() { return 1 }}; a.b()", ["1"]),
    "a member of what is taken out": ("const {a: {b}} = {a: {b: 1}}; b", ["1"]),
    "a member of a parameter": ("const f = ({a}) => a.b; f(1)", ["parameter.a.a.b"]),
    "a parameter that is given back": ("const f = (a, b) => b; f(1, 2)", ["2"]),
    "a parameter that is not given": ("const f = (a, b) => b; f(1)", ["parameter.b"]),
    "what a function returns": ("function f() { if (a) return 1; return 2 } f()", ["1", "2"]),
    "what an inner function returns is not": ("function f() { const g = () => 1; return 2 } f()", ["2"]),
    "a function that returns nothing": ("function f() { a() } f()", ["f()"]),
    "a function that is not known": ("f()", ["f()"]),
    "a field of a class": ("class A { a = 1; b() { return this.a } }; new A()", ["new A()"]),
    "what is assigned when nothing is there": ("let a; a ??= 1; a ||= 2; a", ["1", "2"]),
    "a name that leads to itself": ("const a = a; a", []),
    "names that lead to each other": ("const a = b, b = a; a", []),
    "an object that is spread into itself": ("const a = {...a}; a.b", ["a.b"]),
    "a function that returns its own call": ("const f = () => f(); f()", []),
    "another package": ("import {a} from 'b'; a", ["a of b"]),
    "a default of another package": ("import a from 'b'; a", ["default of b"]),
    "a member of everything of another package": ("import * as a from 'b'; a.c.d", ["c.d of b"]),
    "a member of require": ("const {a} = require('b'); a", ["a of b"]),
    "a member of require of a member": ("require('b').a.c", ["a.c of b"]),
    "an import when it is run": ("const {a} = await import('b'); a", ["a of b"]),
    "require of what is worked out": ("require(a)", ["require(a)"]),
}


@pytest.mark.parametrize(("code", "expected"), ONE.values(), ids=ONE)
def test_what_an_expression_is(code: str, expected: list[str]) -> None:
    assert sorted(meant(code)) == sorted(expected)


SEVERAL: Final[Mapping[str, tuple[str, Mapping[str, str], list[str]]]] = {
    "a name": ("import {a} from './b'; a", {"b_ts": "export const a = 1"}, ["1"]),
    "a name that is not exported": ("import {a} from './b'; a", {"b_ts": "const a = 1"}, []),
    "a type of the name": ("import {a} from './b'; a", {"b_ts": "export type a = 1"}, []),
    "a class": ("import {a} from './b'; a", {"b_ts": "export class a {}"}, ["class a {}"]),
    "a function": ("import {a} from './b'; a()", {"b_ts": "export function a() { return 1 }"}, ["1"]),
    "everything": ("import * as a from './b'; a", {"b_ts": ""}, ["all of /b.ts"]),
    "a member of everything": ("import * as a from './b'; a.c", {"b_ts": "export const c = 1"}, ["1"]),
    "a default class": ("import a from './b'; a", {"b_ts": "export default class {}"}, ["class {}"]),
    "a barrel": ("import {a} from './b'; a", {"b_ts": "export {a} from './c'", "c_ts": "export const a = 1"}, ["1"]),
    "a barrel of two": (
        "import {a} from './b'; a",
        {"b_ts": "export * from './c'\nexport * from './d'", "c_ts": "", "d_ts": "export const a = 1"},
        ["1"],
    ),
    "a barrel of two that have it": (
        "import {a} from './b'; a",
        {
            "b_ts": "export * from './c'\nexport * from './d'",
            "c_ts": "export const a = 1",
            "d_ts": "export const a = 2",
        },
        ["1"],
    ),
    "a barrel whose own name counts": (
        "import {a} from './b'; a",
        {"b_ts": "export * from './c'\nexport const a = 2", "c_ts": "export const a = 1"},
        ["2"],
    ),
    "a barrel that hands on no default": (
        "import a from './b'; a",
        {"b_ts": "export * from './c'", "c_ts": "export default 1"},
        [],
    ),
    "a barrel with a comment before its star": (
        "import {a} from './b'; a",
        {"b_ts": "export /* all */ * from './c'", "c_ts": "export const a = 1"},
        ["1"],
    ),
    "a name with an escape": (
        "import {ab} from './b'; ab",
        {"b_ts": "export * from './c'", "c_ts": "export {x as '\\u0061b'}; const x = 1"},
        ["1"],
    ),
    "a barrel of another package": ("import {a} from './b'; a", {"b_ts": "export * from 'c'"}, ["a of c"]),
    "a name of another package": ("import {a} from './b'; a", {"b_ts": "export {c as a} from 'd'"}, ["c of d"]),
    "barrels in a circle": (
        "import {a} from './b'; a",
        {"b_ts": "export * from './c'", "c_ts": "export * from './b'"},
        [],
    ),
    "barrels in a circle with the name": (
        "import {a} from './b'; a",
        {"b_ts": "export * from './c'", "c_ts": "export * from './b'\nexport const a = 1"},
        ["1"],
    ),
    "a diamond": (
        "import {a} from './b'; a",
        {
            "b_ts": "export * from './c'\nexport * from './d'",
            "c_ts": "export * from './e'",
            "d_ts": "export * from './e'",
            "e_ts": "export const a = 1",
        },
        ["1"],
    ),
    "a name that two files get from each other": (
        "import {a} from './b'; a",
        {"b_ts": "import {c} from './main'; export const a = c"},
        [],
    ),
    "names that lead back and forth": (
        "import {a} from './b'; export const c = a; a",
        {"b_ts": "import {c} from './main'; export const a = c"},
        [],
    ),
    "module.exports": ("import a from './b'; a", {"b_js": "module.exports = 1"}, ["1"]),
    "a member of module.exports": ("require('./b').a", {"b_js": "module.exports = {a: 1}"}, ["1"]),
    "exports": ("const {a} = require('./b'); a", {"b_js": "exports.a = 1"}, ["1"]),
    "module.exports of a name": ("const {a} = require('./b'); a", {"b_js": "module.exports.a = 1"}, ["1"]),
    "a class of another file": (
        "import {a} from './b'; a.c",
        {"b_ts": "export const a = {c: {...d}}; const d = {e: 1}"},
        ["{...d}"],
    ),
    "what is spread from elsewhere": (
        "import {a} from './b'; const c = {...a}; c.d",
        {"b_ts": "const e = {d: 1}; export const a = {...e}"},
        ["1"],
    ),
    "a file that is not there": ("import {a} from './b'; a", {}, ["a of ./b"]),
    "a file that is no code": ("import {a} from './b'; a", {"b_ts": "\0\1((("}, []),
}


@pytest.mark.parametrize(("code", "files", "expected"), SEVERAL.values(), ids=SEVERAL)
def test_what_an_expression_is_through_files(code: str, files: Mapping[str, str], expected: list[str]) -> None:
    assert meant(code, **files) == expected


def test_the_files_behind_a_barrel_are_searched_once_for_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    files = {f"b{number}.ts": f"export const a{number} = {number}" for number in range(20)}
    files["b.ts"] = "".join(f"export * from './b{number}';" for number in range(20))
    tree = references({"main.ts": "import {a7} from './b'; a7", **files})
    assert [told(each) for each in tree.exported("/b.ts", "a7")] == ["7"]
    assert tree.files.count == 2  # the others do not have the name
    monkeypatch.setattr(tree, "modules", {"/b7.ts": tree.modules("/b7.ts")}.__getitem__)
    assert [told(each) for each in tree.exported("/b.ts", "a7")] == ["7"]


@pytest.mark.parametrize("depth", [1, 5, 10])
def test_a_name_is_followed_some_way(depth: int) -> None:
    constants = "".join(f"const a{number} = a{number + 1};" for number in range(depth))
    assert meant(f"{constants} const a{depth} = 1; a0") == ["1"]


def test_a_member_of_itself_comes_to_an_end() -> None:
    assert len(meant("const a = a.b; a")) <= 1


def test_a_way_that_is_too_long_gives_nothing_wrong() -> None:
    constants = "".join(f"const a{number} = a{number + 1};" for number in range(500))
    assert meant(f"{constants} const a500 = 1; a0") in ([], ["1"])


def members(code: str, name: str, **files: str) -> list[str]:
    """Return the possible members of the last expression in some code."""
    tree = references({"main.ts": code, **{path.replace("_", "."): text for path, text in files.items()}})
    return [told(referent) for referent in tree.members(last(tree, "/main.ts"), name)]


MEMBERS: Final[Mapping[str, tuple[str, list[str]]]] = {
    "of an object": ("({a: 1})", ["1"]),
    "of an object that lacks it": ("({b: 1})", []),
    "of a text": ("'a'", []),
    "of a constant": ("const b = {a: 1}; b", ["1"]),
    "in short": ("const a = 1; ({a})", ["a"]),
    "of a spread by a condition": ("({...(c && {a: 1})})", ["1"]),
    "of a spread by either condition": ("({...(c ? {a: 1} : {a: 2})})", ["1", "2"]),
    "of what is put together": ("Object.assign({a: 1}, {a: 2})", ["2", "1"]),
    "of what is frozen": ("Object.freeze({a: 1})", ["1"]),
    "of a call": ("f({a: 1})", []),
    "put there later": ("const b = {}; b.a = 1; b", ["1"]),
    "set there later": ("const b = new Headers(); b.set('a', 1); b", ["1"]),
}


@pytest.mark.parametrize(("code", "expected"), MEMBERS.values(), ids=MEMBERS)
def test_what_a_member_is(code: str, expected: list[str]) -> None:
    assert [found for found in members(code, "a") if not found.startswith("(")] == expected


# --- files -----------------------------------------------------------------------------------------------------------


def test_what_could_not_be_parsed_is_known_by_its_line() -> None:
    tree = references(
        {"a.ts": "const a = 1\n", "b.ts": "const a = 1\nconst b = = 2\n", "c.ts": "\nf(\n\n", "d.vue": "<p/>"}
    )
    for path in ("/a.ts", "/b.ts", "/c.ts", "/d.vue", "/none.ts"):
        tree.modules(path)
    assert tree.files.damaged == {"/b.ts": 2, "/c.ts": 2}
    assert tree.files.unread == {"/none.ts"}
    assert tree.files.count == 3


def test_a_line_of_a_component_is_one_of_its_file() -> None:
    tree = references({"a.vue": "<template>\n<p/>\n</template>\n<script>\nconst a = = 1\n</script>\n"})
    tree.modules("/a.vue")
    assert tree.files.damaged == {"/a.vue": 5}


def test_a_file_is_parsed_once() -> None:
    read: list[str] = []
    files: Texts = {"/a.ts": "export const a = 1"}

    def source(path: str) -> bytes | None:
        read.append(path)
        return str(files[path]).encode()

    tree = References(source, lambda _specifier, _importer: None)
    assert tree.modules("/a.ts") is tree.modules("/a.ts")
    assert read == ["/a.ts"]


def test_trees_are_kept_for_some_files_and_parsed_again_when_they_are_asked_for_again() -> None:
    text = b"const a = 1 // %b\n" % (b"a" * 900_000)
    tree = References(lambda _path: text, lambda _specifier, _importer: None)
    first = tree.modules("/0.ts")
    for number in range(1, 4):
        tree.modules(f"/{number}.ts")
    assert tree.modules("/0.ts") is not first
    assert tree.files.count == 4
