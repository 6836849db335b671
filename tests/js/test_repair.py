"""Valid code that a grammar rejects is read all the same; broken code keeps its line."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontleak.js.embedded_scripts import embedded_scripts
from frontleak.js.module import Module
from frontleak.js.parse import Grammar, parse_source
from frontleak.js.repair import best_tree
from frontleak.js.scopes import parse_module
from tests.support.code import Texts, package, scanned
from tests.support.constructs import CONSTRUCTS

BEFORE = "const before = first('a');\n"
BEHIND = "\n;const behind = last(before);\n"
REJECTED = {
    "ts": "export type * from 'x'",
    "mts": "export type * from 'x'",
    "cts": "export type * from 'x'",
    "tsx": "const rd = <p>R & D</p>",
    "js": "const cast = (x: any)",
}
"""Extension -> what its grammar rejects, so that a file is read again."""
each_construct = pytest.mark.parametrize(
    ("kind", "code"), [(kind, code) for _, kind, code in CONSTRUCTS], ids=[name for name, *_ in CONSTRUCTS]
)


def parsed(path: str, text: str) -> Module:
    (script,) = embedded_scripts(path, text.encode())
    module = parse_module(path, script)
    assert module is not None
    return module


def calls(module: Module) -> list[str]:
    return [module.name(call.child_by_field_name("function")) for call in module.all("call_expression")]


@each_construct
def test_a_correct_file_is_not_said_to_be_damaged(kind: str, code: str) -> None:
    assert parsed(f"/a.{kind}", code).damage == 0


@each_construct
def test_the_code_around_a_construct_is_read(kind: str, code: str) -> None:
    module = parsed(f"/a.{kind}", f"{BEFORE}{code}{BEHIND}")
    assert module.damage == 0
    assert {"first", "last"} <= set(calls(module))
    behind = module.top("behind")
    assert behind is not None
    assert behind.value is not None
    assert module.text(behind.value) == "last(before)"


@each_construct
def test_several_constructs_in_one_file_are_read(kind: str, code: str) -> None:
    """A construct that the grammar accepts is also read by what reads the others."""
    module = parsed(f"/a.{kind}", f"{BEFORE}{REJECTED[kind]}\n{code}{BEHIND}")
    assert module.damage == 0
    assert {"first", "last"} <= set(calls(module))


def test_names_and_values_are_those_of_the_file() -> None:
    module = parsed("/a.tsx", 'const as = f ? 1 : 2; const a = <a href="?a=1&b=2" title={g("R & D")}>R & D</a>')
    assert module.damage == 0
    assert module.top("as") is not None
    (call,) = module.all("call_expression")
    assert module.text(call) == 'g("R & D")'


@pytest.mark.parametrize(
    ("code", "callees"),
    [
        ("const a = await b<T>(c)", ["b"]),
        ("const {a} = await b.create<T>(c)", ["b.create"]),
        ("await (await b()).c<T[]>(d)\nawait e.f<T>(g)", ["(await b()).c", "b", "e.f"]),
        ("for await (const a of b<T>(c)) d(await a)", ["b", "d"]),
        ("latch.await\nif (a) b<T>(c)", ["b"]),
        ("void a.create<T>(b)", ["a.create"]),
        ("const a: () => void = () => {}; let b: void\nc<T>(d)", ["c"]),
        ("const a = b && c!.d(e), f = !g!.h(), i = j!?.k(); if (a) !l.m()", ["c!.d", "g!.h", "j!?.k", "l.m"]),
        ("const a = await b<typeof import('c')>('d')", ["b"]),
        ("const await_ = 'await x<T>(y)', b = c<T>(d)", ["c"]),
    ],
)
@pytest.mark.parametrize("kind", ["ts", "tsx"])
def test_calls_that_the_grammar_misreads_are_calls(kind: str, code: str, callees: list[str]) -> None:
    module = parsed(f"/a.{kind}", f"async function f() {{ {code} }}")
    assert module.damage == 0
    assert calls(module) == callees


BROKEN = {
    "a bracket too many": ("ts", "const a = 1\nconst b = {{{{{{ ) function\n", 2),
    "behind an ampersand": ("tsx", "const a = <p>R & D</p>\nconst b = = 1\n", 2),
    "behind Flow": ("js", "type A = {| +a: ?string |}\nconst a = (b: any)\nconst c = = 1\n", 3),
    "behind types on several lines": (
        "ts",
        "export type * from 'x'\ninterface A {\n  a: string\n}\nconst b = = 1\n",
        5,
    ),
    "an element that is not closed": ("tsx", "const a = 1\nconst b = <p>R & D\n", 2),
}


@pytest.mark.parametrize(("kind", "code", "line"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_keeps_the_line_of_its_mistake(kind: str, code: str, line: int) -> None:
    assert parsed(f"/a.{kind}", code).damage == line


def test_code_before_a_mistake_is_read() -> None:
    module = parsed("/a.tsx", f"{BEFORE}const a = <p>R & D {{f()}}</p>\nconst b = = 1\n")
    assert calls(module) == ["first", "f"]


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[Grammar]:
    """Return the grammars by which texts are read from now on."""
    grammars: list[Grammar] = []

    def counted(text: bytes, grammar: Grammar) -> Any:
        grammars.append(grammar)
        return parse_source(text, grammar)

    monkeypatch.setattr("frontleak.js.repair.parse_source", counted)
    return grammars


def test_a_file_that_parses_is_read_once(read: list[Grammar], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("frontleak.js.erasure.erase.erased", lambda *_: pytest.fail("the file has no syntax error"))
    for grammar in Grammar:
        best_tree(b"const a = f(1)", grammar)
    assert read == list(Grammar)


@pytest.mark.parametrize("grammar", list(Grammar))
def test_a_file_is_read_again_a_few_times_at_most(grammar: Grammar, read: list[Grammar]) -> None:
    best_tree(b"const = = <p>R & D" * 50, grammar)
    assert 2 <= len(read) <= 4


@given(st.text(alphabet="<>(){}[]:?=;,&|.`'\"/*\\ \nabT$@#!0", max_size=200))
def test_any_text_has_a_tree_or_none(text: str) -> None:
    for grammar in Grammar:
        tree = best_tree(text.encode(), grammar)
        assert tree is None or tree.error is None or 0 <= tree.error <= len(text.encode())


CLIENT = """
export const {name} = createClient({{projectId: 'q7m2k9xd', dataset: 'production', token: import.meta.env.VITE_CMS_KEYPHRASE}})
document.body.onclick = () => {name}.patch('a').inc({{n: 1}}).commit()
"""


@pytest.fixture(scope="module")
def project() -> Texts:
    """Return an app in which client-side code has each construct, and behind it a client with a write token."""
    files: dict[str, str | bytes] = {
        "package.json": package("@sanity/client", "vite", "react"),
        "index.html": '<script type="module" src="/src/main.js"></script>',
        "src/main.js": "".join(f"import './a{i}.{kind}'\n" for i, (_, kind, _) in enumerate(CONSTRUCTS)),
    }
    for number, (_, kind, code) in enumerate(CONSTRUCTS):
        client = CLIENT.format(name=f"client{number}").replace("\n", " ;") + "\n"
        files[f"src/a{number}.{kind}"] = f"import {{createClient}} from '@sanity/client'\n{code}\n{client}"
    return files


def test_a_write_token_behind_each_construct_is_found(project: Texts) -> None:
    report = scanned(project)
    skipped = [entry.message for entry in report.skipped if "could not be parsed" in entry.message]
    assert skipped == []
    found = {
        Path(place.origin.path).name
        for finding in report.findings
        if finding.rule_id == "sanity-token-in-client-code"
        for place in (finding.place, *finding.also_at)
    }
    assert {f"a{number}.{kind}" for number, (_, kind, _) in enumerate(CONSTRUCTS)} - found == set()
