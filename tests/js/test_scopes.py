"""Scopes of a script: declarations, name resolution, imports and exports."""

from collections.abc import Mapping, Sequence
from typing import Final

import pytest

from frontleak.js.module import Expr, Import, Module
from frontleak.js.syntax import returns
from tests.support.code import expr, module, references


def meaning(code: str) -> str:
    """Return the value of the last `x` with the member path into it, or its declaration if it has no value."""
    found = module(code, "/a.tsx")
    declaration = found.lookup("x", expr(found, "x").node)
    if declaration is None:
        return "global"
    if declaration.imported is not None:
        return f"import {declaration.imported.name} of {declaration.imported.specifier}"
    value = found.text(declaration.value) if declaration.value is not None else "?"
    way = "".join(f".{step}" for step in declaration.path)
    return f"parameter{way}" if declaration.parameter else f"{value}{way}"


NAMES: Final[Mapping[str, tuple[str, str]]] = {
    "nothing": ("x", "global"),
    "a member": ("a.x; var y", "global"),
    "a constant": ("const x = 1; x", "1"),
    "a constant that comes later": ("const f = () => x; const x = 1; f(x)", "1"),
    "a variable without a value": ("let x; x", "?"),
    "a function": ("function x() {} x", "function x() {}"),
    "a function that comes later": ("x; function x() {}; x", "function x() {}"),
    "a class": ("class x {} x", "class x {}"),
    "an enum": ("enum x {a} x", "enum x {a}"),
    "a function's own name": ("const y = function x() { x }", "global"),
    "a block's": ("const x = 1; { const x = 2; x }", "2"),
    "the one outside a block": ("const x = 1; { const x = 2 } x", "1"),
    "the one outside two blocks": ("const x = 1; { { const y = 2; x } }", "1"),
    "a parameter": ("const x = 1; function f(x) { x }", "parameter"),
    "an arrow's parameter": ("const x = 1; const f = x => x", "parameter"),
    "an arrow's parameter in brackets": ("const x = 1; const f = (x) => x", "parameter"),
    "a parameter with a type": ("const f = (x: string) => x", "parameter"),
    "a parameter with a default": ("const f = (x = 1) => x", "parameter"),
    "a member of a parameter": ("const f = ({x}) => x", "parameter.x"),
    "a member of a member of a parameter": ("const f = ({a: {b: x}}) => x", "parameter.a.b"),
    "the rest of the parameters": ("const f = (...x) => x", "parameter"),
    "a method's parameter": ("class A { f(x) { x } }", "parameter"),
    "the one beside a function with a parameter of the name": ("const x = 1; const f = (x) => 2; x", "1"),
    "a loop's": ("const x = 1; for (const x of a) { x }", "?"),
    "a loop's, taken out": ("const x = 1; for (const {x} of a) x", "?.x"),
    "one that a loop sets": ("let x = 1; for (x of a) { x }", "1"),
    "a counter": ("const x = 1; for (let x = 2; ; ) { x }", "2"),
    "what is caught": ("const x = 1; try {} catch (x) { x }", "?"),
    "the one beside what is caught": ("const x = 1; try {} catch (x) {} x", "1"),
    "taken out of an object": ("const {x} = a; x", "a.x"),
    "taken out under another name": ("const {y: x} = a; x", "a.y"),
    "taken out by a text": ("const {'y-z': x} = a; x", "a.y-z"),
    "taken out with a default": ("const {x = 1} = a; x", "a.x"),
    "taken out under another name with a default": ("const {y: x = 1} = a; x", "a.y"),
    "taken out of what is inside": ("const {a: {b: x}} = c; x", "c.a.b"),
    "taken out of a list": ("const [a, x] = b; x", "b.1"),
    "taken out of a list with holes": ("const [, , x] = b; x", "b.2"),
    "the rest": ("const {a, ...x} = b; x", "b"),
    "an import": ("import {x} from 'a'; x", "import x of a"),
    "an import under another name": ("import {y as x} from 'a'; x", "import y of a"),
    "a default import": ("import x from 'a'; x", "import default of a"),
    "an import of everything": ("import * as x from 'a'; x", "import * of a"),
    "an import by require": ("import x = require('a'); x", "import * of a"),
    "a type of the same name": ("type x = string; x", "global"),
}


@pytest.mark.parametrize(("code", "expected"), NAMES.values(), ids=NAMES)
def test_what_a_name_means(code: str, expected: str) -> None:
    assert meaning(code) == expected


def test_a_name_is_looked_up_where_it_stands() -> None:
    found = module("const x = 1; const f = (x) => { const g = () => x; return g }; x")
    first, last = found.source.index(b"x;"), found.source.rindex(b"x")
    meant = [found.lookup("x", found.root.descendant_for_byte_range(at, at + 1) or found.root) for at in (first, last)]
    assert [declaration is not None and declaration.parameter for declaration in meant] == [True, False]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("", set()),
        ("'use client'", {"use client"}),
        ('"use client";', {"use client"}),
        ("'use strict'\n'use client'\nf()", {"use strict", "use client"}),
        ("/* a */ // b\n'use client'", {"use client"}),
        ("#!/usr/bin/env node\n'use client'", {"use client"}),
        ("f()\n'use client'", set()),
        ("('use client')", set()),
        ("`use client`", set()),
        ("const a = 'use client'", set()),
    ],
)
def test_directives(code: str, expected: set[str]) -> None:
    assert module(code).directives == expected


IMPORTS: Final[Mapping[str, tuple[str, Sequence[Import]]]] = {
    "none": ("const a = 'b'", []),
    "one for its effect": ("import 'a'", [Import("a", "", type_only=False)]),
    "a default and names": (
        "import a, {b, c as d} from 'e'",
        [
            Import("e", "default", type_only=False, local="a"),
            Import("e", "b", type_only=False, local="b"),
            Import("e", "c", type_only=False, local="d"),
        ],
    ),
    "everything": ("import * as a from 'b'", [Import("b", "*", type_only=False, local="a")]),
    "a name that is a text": ("import {'a b' as c} from 'd'", [Import("d", "a b", type_only=False, local="c")]),
    "types": ("import type {a} from 'b'", [Import("b", "a", type_only=True, local="a")]),
    "a type among values": (
        "import {type a, b} from 'c'",
        [Import("c", "a", type_only=True, local="a"), Import("c", "b", type_only=False, local="b")],
    ),
    "a type by default": ("import type a from 'b'", [Import("b", "default", type_only=True, local="a")]),
    "a name called type": ("import type from 'b'", [Import("b", "default", type_only=False, local="type")]),
    "comments": ("import /* a */ {/* b */ c /* d */} from 'e'", [Import("e", "c", type_only=False, local="c")]),
    "a specifier with escapes": (r"import a from './\x61'", [Import("./a", "default", type_only=False, local="a")]),
}


@pytest.mark.parametrize(("code", "expected"), IMPORTS.values(), ids=IMPORTS)
def test_imports(code: str, expected: Sequence[Import]) -> None:
    assert [item for items in module(code).imports.values() for item in items] == expected


def exported(found: Module) -> dict[str, str]:
    """Return exported name -> its value."""
    shown = {}
    for name, export in found.exports.items():
        if export.source is not None:
            types = "types " if export.source.type_only else ""
            shown[name] = f"{types}{export.source.name} of {export.source.specifier}"
        else:
            shown[name] = export.local or (found.text(export.value) if export.value is not None else "?")
    return shown


EXPORTS: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = {
    "none": ("const a = 1", {}),
    "constants": ("export const a = 1, b = 2", {"a": "a", "b": "b"}),
    "taken out": ("export const {a, b: c, d = 1, ...e} = f", {"a": "a", "c": "c", "d": "d", "e": "e"}),
    "taken out of a list": ("export const [a, [b]] = c", {"a": "a", "b": "b"}),
    "a function": ("export async function a() {}", {"a": "a"}),
    "a generator": ("export function* a() {}", {"a": "a"}),
    "a class": ("export class A {}", {"A": "A"}),
    "an enum": ("export enum A {b}", {"A": "A"}),
    "a list": ("export {a, b as c, d as default}", {"a": "a", "c": "b", "default": "d"}),
    "a default": ("export default {a: 1}", {"default": "{a: 1}"}),
    "a default that is a name": ("export default a", {"default": "a"}),
    "a default that is cast": ("export default a as B", {"default": "a"}),
    "a default function": ("export default function a() {}", {"default": "a"}),
    "a default function without a name": ("export default function () {}", {"default": "function () {}"}),
    "names of another module": ("export {a, b as c} from 'd'", {"a": "a of d", "c": "b of d"}),
    "the default of another module": ("export {default} from 'a'", {"default": "default of a"}),
    "everything of another module under a name": ("export * as a from 'b'", {"a": "* of b"}),
    "types of another module": ("export type {a} from 'b'", {"a": "types a of b"}),
    "a type among values": ("export {type a, b} from 'c'", {"a": "types a of c", "b": "b of c"}),
    "CommonJS": ("module.exports = {a: 1}", {"default": "{a: 1}"}),
    "names of CommonJS": ("exports.a = 1; module.exports.b = 2", {"a": "1", "b": "2"}),
    "CommonJS, twice": ("module.exports = 1; module.exports = 2", {"default": "1"}),
}


@pytest.mark.parametrize(("code", "expected"), EXPORTS.values(), ids=EXPORTS)
def test_exports(code: str, expected: Mapping[str, str]) -> None:
    assert exported(module(code)) == expected


def test_everything_of_other_modules() -> None:
    assert module("export * from 'a'; export * from './b'; export type * from 'c'").stars == ["a", "./b"]


RETURNS: Final[Mapping[str, tuple[str, Sequence[str]]]] = {
    "nothing": ("const f = () => {}", []),
    "a return of nothing": ("const f = () => { return }", []),
    "an expression": ("const f = () => 1", ["1"]),
    "an object": ("const f = () => ({a: 1})", ["({a: 1})"]),
    "a statement": ("const f = function () { return 1 }", ["1"]),
    "several": ("const f = () => { if (a) { return 1 } else { return 2 } for (;;) return 3 }", ["1", "2", "3"]),
    "a comment": ("const f = () => { return /* a */ 1 }", ["1"]),
    "those of a function inside": ("const f = () => { const g = () => { return 1 }; return 2 }", ["2"]),
    "those of a method inside": ("const f = () => { class A { g() { return 1 } } return 2 }", ["2"]),
    "those of the function outside": ("function g() { const f = () => { return 1 }; return 2 }", ["1"]),
    "many": ("const f = () => { " + "if (a) return 1\n" * 20 + "}", ["1"] * 12),
}


@pytest.mark.parametrize(("code", "expected"), RETURNS.values(), ids=RETURNS)
def test_what_a_function_returns(code: str, expected: Sequence[str]) -> None:
    found = module(code)
    declaration = found.lookup("f", expr(found, code[-1]).node)
    if declaration is None:
        declaration = found.scopes[1].names["f"]
    assert declaration.value is not None
    assert [value.text for value in returns(Expr(found, declaration.value))] == expected


def test_a_parameter_of_a_constructor_may_declare_a_field() -> None:
    (found,) = references(
        {"a.ts": "class A { constructor(private readonly a: string, b: string) {} c() { this.a } }"}
    ).modules("/a.ts")
    at = next(found.all("member_expression"))
    assert [found.text(node) for node in found.field("a", at)] == ["a"]
    assert list(found.field("b", at)) == []
