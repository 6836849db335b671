"""Tree shaking of a page: without the exports that its framework strips and code that only they use."""

from collections.abc import Mapping
from typing import Final

import pytest

from frontleak.js.module import Expr
from frontleak.js.tree_shaking import TreeShaking
from tests.support.code import expr, module

STRIPPED: Final = frozenset({"getProps", "loader"})
PAGE: Final = "export default () => <b/>\n"


def keeps(code: str, stripped: frozenset[str] = STRIPPED) -> bool:
    """Return whether the last call of `x` in a page is shipped."""
    found = module(code, "/a.tsx")
    return TreeShaking(found, stripped).keeps(expr(found, "x()"))


GONE: Final[Mapping[str, str]] = {
    "an exported function": f"export function getProps() {{ x() }}\n{PAGE}",
    "an exported function that waits": f"export async function getProps() {{ await x() }}\n{PAGE}",
    "an exported arrow": f"export const getProps = () => x()\n{PAGE}",
    "an exported arrow with a type": f"export const getProps: Get = async () => x()\n{PAGE}",
    "an exported arrow that satisfies": f"export const getProps = (() => x()) satisfies Get\n{PAGE}",
    "an exported value": f"export const getProps = wrap(x())\n{PAGE}",
    "one exported later": f"const getProps = () => x()\nexport {{getProps}}\n{PAGE}",
    "one exported later under its name": f"const own = () => x()\nexport {{own as getProps}}\n{PAGE}",
    "two exported": f"export const getProps = () => 1\nexport const loader = () => x()\n{PAGE}",
    "two exported at once": f"export const getProps = () => 1, loader = () => x()\n{PAGE}",
    "taken out of what is made": f"export const {{getProps, loader}} = make(x())\n{PAGE}",
    "a helper": f"export const getProps = () => help()\nconst help = () => x()\n{PAGE}",
    "a helper before it": f"const help = () => x()\nexport const getProps = () => help()\n{PAGE}",
    "a helper of a helper": f"const a = () => x()\nconst b = () => a()\nexport const getProps = () => b()\n{PAGE}",
    "helpers that call each other": (
        f"function a() {{ b(); x() }}\nfunction b() {{ a() }}\nexport const getProps = () => a()\n{PAGE}"
    ),
    "a helper that nothing uses": f"const help = () => x()\nexport const getProps = () => 1\n{PAGE}",
    "a class": f"class A {{ a = x() }}\nexport const getProps = () => new A()\n{PAGE}",
    "a helper that is taken out": f"const {{help}} = x()\nexport const getProps = () => help()\n{PAGE}",
    "a helper whose name a member has": "const help = () => x()\nexport const loader = help\nexport default () => a.help",
    "a helper that is called like an element": (
        "const form = () => x()\nexport const loader = () => form()\nexport default () => <form><form/></form>"
    ),
    "a server action": f"const save = async () => {{ 'use server'; x() }}\n{PAGE}",
    "a server action with a comment before": f"async function save() {{ /* a */ 'use server'; x() }}\n{PAGE}",
    "a function in a server action": f"async function save() {{ 'use server'; return () => x() }}\n{PAGE}",
    "a server action in a component": "export default () => <form action={async () => { 'use server'; x() }}/>",
}


@pytest.mark.parametrize("code", GONE.values(), ids=GONE)
def test_what_the_browser_does_not_get(code: str) -> None:
    assert not keeps(code)


KEPT: Final[Mapping[str, str]] = {
    "the component": "export const getProps = () => 1\nexport default () => x()",
    "the component by a name": "export const getProps = () => 1\nconst Page = () => x()\nexport default Page",
    "the component in a list": "export const getProps = () => 1\nconst Page = () => x()\nexport {Page as default}",
    "the component, wrapped": "export const getProps = () => 1\nconst Page = () => x()\nexport default wrap(Page)",
    "another export": f"export const getProps = () => 1\nexport const other = () => x()\n{PAGE}",
    "another export beside it": f"export const getProps = () => 1, other = () => x()\n{PAGE}",
    "a helper of both": (
        "const help = () => x()\nexport const getProps = () => help()\nexport default () => <b>{help()}</b>"
    ),
    "a helper of a helper of the component": (
        "const a = () => x()\nconst b = () => a()\nexport const getProps = () => a()\nexport default () => b()"
    ),
    "a helper that is an element": "const Help = () => x()\nexport const getProps = () => 1\nexport default () => <Help/>",
    "a helper in short": "const help = x()\nexport const getProps = () => help\nexport default () => <A {...{help}}/>",
    "a statement": f"export const getProps = () => 1\nx()\n{PAGE}",
    "a condition": f"export const getProps = () => 1\nif (a) x()\n{PAGE}",
    "what a statement uses": f"const help = () => x()\nexport const getProps = () => help()\nhelp()\n{PAGE}",
    "what is set by the way": f"let a\nexport const getProps = () => a\na = x()\n{PAGE}",
    "a page without such an export": "const help = () => x()\nexport default () => 1",
    "an inner function of the name": "export default () => { const getProps = () => x() }",
    "a function of another name": f"export const getprops = () => x()\n{PAGE}",
    "a directive that does not come first": "export default () => { a(); 'use server'; x() }",
    "another directive": "export default () => { 'use strict'; x() }",
    "a directive that is a value": "export default () => { const a = 'use server'; x() }",
}


@pytest.mark.parametrize("code", KEPT.values(), ids=KEPT)
def test_what_the_browser_gets(code: str) -> None:
    assert keeps(code)


def test_nothing_is_stripped_where_the_framework_strips_nothing() -> None:
    assert keeps(GONE["an exported arrow"], frozenset())


def uses(code: str, name: str = "a") -> bool:
    """Return whether shipped code uses an imported name."""
    return TreeShaking(module(code, "/a.tsx"), STRIPPED).uses(name)


USES: Final[Mapping[str, tuple[str, bool]]] = {
    "nothing": (f"import {{a}} from 'b'\nexport const getProps = () => 1\n{PAGE}", False),
    "what is stripped": (f"import {{a}} from 'b'\nexport const getProps = () => a\n{PAGE}", False),
    "a helper of what is stripped": (
        f"import {{a}} from 'b'\nconst help = () => a\nexport const getProps = () => help()\n{PAGE}",
        False,
    ),
    "a list that exports it under the name": (f"import {{a}} from 'b'\nexport {{a as getProps}}\n{PAGE}", False),
    "a list that exports it": (f"import {{a}} from 'b'\nexport const getProps = 1\nexport {{a}}\n{PAGE}", True),
    "the component": ("import {a} from 'b'\nexport const getProps = () => a\nexport default () => a", True),
    "the component, as an element": ("import a from 'b'\nexport const getProps = 1\nexport default () => <a.B/>", True),
    "the component, in short": ("import {a} from 'b'\nexport const getProps = 1\nexport default () => f({a})", True),
    "a page that strips nothing": (f"import {{a}} from 'b'\n{PAGE}", True),
}


@pytest.mark.parametrize(("code", "expected"), USES.values(), ids=USES)
def test_whether_shipped_code_uses_an_import(code: str, expected: bool) -> None:
    assert uses(code) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("export {getProps} from './a'\n", False),
        ("export {other as getProps, loader} from './a'\n", False),
        ("export {getProps, other} from './a'\n", True),
        ("export * from './a'\nexport const loader = 1\n", True),
    ],
)
def test_whether_an_export_from_elsewhere_is_shipped(code: str, expected: bool) -> None:
    found = module(code + PAGE, "/a.tsx")
    string = expr(found, "'./a'")
    assert TreeShaking(found, STRIPPED).keeps(Expr(found, string.node)) == expected
