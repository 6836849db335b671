"""The embedded scripts of a file: their section, language and offsets."""

from collections.abc import Mapping, Sequence
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontleak.js.embedded_scripts import ScriptSection, embedded_scripts, ending
from tests.support.growth import assert_linear


def found(path: str, text: str) -> list[tuple[str, str, str]]:
    """Return (section, language, stripped code) of each script in a file."""
    return [
        (str(part.section), part.grammar.value, part.text.decode().strip())
        for part in embedded_scripts(path, text.encode())
    ]


@pytest.mark.parametrize(
    ("path", "expected"),
    [("a.ts", "ts"), ("a/b.test.TSX", "tsx"), ("a.b/c", ""), (".env", "env"), ("", ""), ("a.", ""), ("a/.vue", "vue")],
)
def test_the_ending_of_a_path(path: str, expected: str) -> None:
    assert ending(path) == expected


NO_SCRIPT: Final[Mapping[str, tuple[str, str]]] = {
    "a style sheet": ("a.css", "<script>a</script>"),
    "a page without embedded_scripts": ("a.html", "<p>script</p>"),
    "an empty script": ("a.html", "<script> \n </script>"),
    "a script by its address": ("a.html", '<script src="a.js"></script>'),
    "data": ("a.html", '<script type="application/json">{"a": 1}</script>'),
    "data for search engines": ("a.html", "<script type='application/ld+json'>{}</script>"),
    "a map of imports": ("a.html", "<script type=importmap>{}</script>"),
    "a template": ("a.html", '<script type="text/template"><b/></script>'),
    "another element": ("a.html", "<scripted>a</scripted>"),
    "a script that does not end": ("a.html", "<script>a"),
    "a component without a script": ("a.vue", "<template><b/></template>"),
    "an Astro file without fences": ("a.astro", "<b/>"),
    "an Astro file whose fence does not end": ("a.astro", "---\na\n"),
}


@pytest.mark.parametrize(("path", "text"), NO_SCRIPT.values(), ids=NO_SCRIPT)
def test_what_is_no_script(path: str, text: str) -> None:
    assert found(path, text) == []


SCRIPTS: Final[Mapping[str, tuple[str, str, Sequence[tuple[str, str, str]]]]] = {
    "JavaScript": ("a.js", "a", [("", "javascript", "a")]),
    "modules": ("a.mjs", "a", [("", "javascript", "a")]),
    "JSX": ("a.jsx", "a", [("", "javascript", "a")]),
    "TypeScript": ("a.ts", "a", [("", "typescript", "a")]),
    "TypeScript with JSX": ("a.tsx", "a", [("", "tsx", "a")]),
    "a page": ("a.html", "<p>\n<script>a</script>", [("", "javascript", "a")]),
    "several embedded_scripts of a page": (
        "a.html",
        "<script>a</script><b/><script>c</script>",
        [("", "javascript", f"a{' ' * len('</script><b/><script>')}c")],
    ),
    "a module of a page": ("a.html", '<script type="module">a</script>', [("", "javascript", "a")]),
    "capitals": ("a.HTML", "<SCRIPT>a</SCRIPT >", [("", "javascript", "a")]),
    "an attribute with a bracket": ("a.html", '<script data-a="1>0">a</script>', [("", "javascript", "a")]),
    "Vue": ("a.vue", "<script setup>a</script>\n<template>b</template>", [("", "javascript", "a")]),
    "Vue in TypeScript": ("a.vue", '<script setup lang="ts">a</script>', [("", "typescript", "a")]),
    "Vue with JSX": ("a.vue", '<script lang="tsx">a</script>', [("", "tsx", "a")]),
    "Vue with parameters of types": (
        "a.vue",
        '<script setup lang="ts" generic="T extends Array<string>">a</script>',
        [("", "typescript", "a")],
    ),
    "Vue with one script in TypeScript": (
        "a.vue",
        "<script>a</script><script lang='ts'>b</script>",
        [("", "typescript", f"a{' ' * len('</script><script lang=.ts.>')}b")],
    ),
    "Svelte": ("a.svelte", "<script>a</script>{#if b}<p/>{/if}", [("", "javascript", "a")]),
    "Svelte in TypeScript": ("a.svelte", '<script module lang="typescript">a</script>', [("", "typescript", "a")]),
    "Svelte with an attribute in braces": ("a.svelte", "<script a={b > c}>d</script>", [("", "javascript", "d")]),
    "Astro": ("a.astro", "---\na\n---\n<b/>", [("frontmatter", "typescript", "a")]),
    "Astro with a script": (
        "a.astro",
        "---\na\n---\n<script>b</script>",
        [("frontmatter", "typescript", "a"), ("script", "typescript", "b")],
    ),
    "Astro with a script alone": ("a.astro", "<script>b</script>", [("script", "typescript", "b")]),
    "Astro below blank lines": ("a.astro", "\ufeff\n\n---  \r\na\r\n---\r\n<b/>", [("frontmatter", "typescript", "a")]),
    "Astro with a script in a text": (
        "a.astro",
        "---\nconst a = '<script>b</script>'\n---\n",
        [("frontmatter", "typescript", "const a = '<script>b</script>'")],
    ),
    "Astro with a rule below": ("a.astro", "---\na\n---\n<p/>\n---\n", [("frontmatter", "typescript", "a")]),
}


@pytest.mark.parametrize(("path", "text", "expected"), SCRIPTS.values(), ids=SCRIPTS)
def test_scripts(path: str, text: str, expected: Sequence[tuple[str, str, str]]) -> None:
    assert found(path, text) == expected


PIECE: Final = st.sampled_from(
    [
        "<script>",
        "<script lang='ts'>",
        "</script>",
        "---\n",
        "<p>",
        "a",
        "é",
        "🔑",
        "\n",
        "\r\n",
        "\t",
        "'",
        '"',
        "{",
        "<",
        ">",
    ]
)


@given(st.lists(PIECE, max_size=30), st.sampled_from(["vue", "svelte", "astro", "html"]))
def test_every_script_keeps_the_offsets_of_the_file(pieces: list[str], kind: str) -> None:
    data = "".join(pieces).encode()
    for part in embedded_scripts(f"a.{kind}", data):
        assert len(part.text) == len(data)
        assert all(a in {b, 32} for a, b in zip(part.text, data, strict=True))
        assert all(a == b for a, b in zip(part.text, data, strict=True) if b in b"\r\n")
    sides = [part.section for part in embedded_scripts(f"a.{kind}", data)]
    assert set(sides) <= {ScriptSection.FRONTMATTER, ScriptSection.SCRIPT} if kind == "astro" else len(sides) <= 1


@pytest.mark.parametrize(
    "unit",
    [
        "<script>",
        "<script ",
        '<script a="',
        "<script {",
        "<script '\"",
        "</script ",
        "<script>a</script>",
        "---\n",
        "<",
    ],
)
@pytest.mark.parametrize("kind", ["vue", "astro"])
def test_the_work_grows_with_the_text(unit: str, kind: str) -> None:
    assert_linear(
        lambda size: embedded_scripts(f"a.{kind}", (f"---\n---\n{unit * (size // len(unit))}").encode()), 100_000
    )
