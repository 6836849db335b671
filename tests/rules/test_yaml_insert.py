"""Where a value goes in a YAML file, and that nothing else changes."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from frontleak.cli.hooks.marked_block import with_block, without_blocks
from frontleak.rules.yaml_insert import insertion, is_expected, problem_in_yaml, read_yaml

REPO = [{"repo": "local", "hooks": [{"id": "a", "types": ["text"]}]}]
COMMAND = {"frontleak": {"run": "frontleak scan --staged"}}


def inserted(text: str, path: tuple[str, ...], value: Any) -> str | None:
    where = insertion(text, path, value)
    if where is None:
        return None
    made = with_block(text, where.at, where.lines, where.indent)
    assert is_expected(text, made, path, value), made
    assert without_blocks(made, "f") == text
    return "".join(line for line in made.splitlines(keepends=True) if "frontleak hook" not in line)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "repos:\n  - repo: local\n    hooks:\n      - id: a\n        types: [text]\n"),
        (
            "repos:\n- repo: x # c\n  hooks: [{id: b}]\n\n# end\nci: {}\n",
            (
                "repos:\n- repo: x # c\n  hooks: [{id: b}]\n- repo: local\n  hooks:\n    - id: a\n      types: [text]\n"
                "\n# end\nci: {}\n"
            ),
        ),
        (
            "# top\nrepos:\n  - repo: x\n    hooks:\n      - id: b\n        args: [--a,\n               --b]\n",
            (
                "# top\nrepos:\n  - repo: x\n    hooks:\n      - id: b\n        args: [--a,\n               --b]\n"
                "  - repo: local\n    hooks:\n      - id: a\n        types: [text]\n"
            ),
        ),
        (
            "ci: {}\nrepos: # none yet\nx: 1\n",
            "ci: {}\nrepos: # none yet\n  - repo: local\n    hooks:\n      - id: a\n        types: [text]\nx: 1\n",
        ),
    ],
    ids=["empty", "flush with its key, comments", "indented, over several lines", "without a value"],
)
def test_an_item_goes_to_the_end_of_its_list(text: str, expected: str) -> None:
    assert inserted(text, ("repos",), REPO) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "pre-commit:\n    commands:\n        lint:\n            run: |\n                a\n                b\n# x\n",
            (
                "pre-commit:\n    commands:\n        lint:\n            run: |\n                a\n                b\n"
                "        frontleak:\n          run: frontleak scan --staged\n# x\n"
            ),
        ),
        (
            "pre-commit:\n  parallel: true\n# x\npre-push:\n  a: b\n",
            (
                "pre-commit:\n  parallel: true\n  commands:\n    frontleak:\n      run: frontleak scan --staged\n"
                "# x\npre-push:\n  a: b\n"
            ),
        ),
        (
            "a: &x\n  b: 1\nc:\n  <<: *x",
            "a: &x\n  b: 1\nc:\n  <<: *x\npre-commit:\n  commands:\n    frontleak:\n      run: frontleak scan --staged\n",
        ),
        (
            "a: !reference [b, c]\n# end\n",
            (
                "a: !reference [b, c]\n# end\npre-commit:\n  commands:\n    frontleak:\n"
                "      run: frontleak scan --staged\n"
            ),
        ),
        (
            "a: 1\r\npre-commit:\r\n  commands:\r\n",
            "a: 1\r\npre-commit:\r\n  commands:\r\n    frontleak:\r\n      run: frontleak scan --staged\r\n",
        ),
    ],
    ids=["among others", "with its parents", "merge keys, no newline", "tags, comments", "CRLF"],
)
def test_a_key_goes_to_the_end_of_its_mapping(text: str, expected: str) -> None:
    assert inserted(text, ("pre-commit", "commands"), COMMAND) == expected


@pytest.mark.parametrize(
    "text",
    [
        "repos: []\n",
        "repos: [{repo: x}]\n",
        "{repos: }\n",
        "repos: text\n",
        "repos: {a: 1}\n",
        "repos: ~\n",
        "repos:\n  a: 1\n",
        "- a\n",
        "repos: &a\n  - x\nb: *a\n",
    ],
)
def test_what_cannot_be_extended_is_refused(text: str) -> None:
    where = insertion(text, ("repos",), REPO)
    made = where and with_block(text, where.at, where.lines, where.indent)
    assert made is None or not is_expected(text, made, ("repos",), REPO)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: [b\nc: d\n", 2),
        ("a: b\n\tc: d\n", 2),
        ("a: b\nc: *d\n", 2),
        ("a: 1\n---\nb: 2\n", 2),
        ("a: !!python/object:os.system x\n", 1),
        ("[" * 200, 1),
        ("\n".join(["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]), 1),
        ("a: &a [*a]\n", 1),
        ("a: 2020-99-99\n", 1),
    ],
    ids=["bracket", "tab", "alias", "documents", "tag", "deep", "bomb", "inside itself", "date"],
)
def test_mistakes_have_a_line(text: str, line: int) -> None:
    found = problem_in_yaml(text)
    assert found is not None
    assert found[0] == line


def test_valid_texts_are_valid() -> None:
    assert [problem_in_yaml(text) for text in ("", "# a\n", "a: 1\n", "---\na: [1]\n", "a: &x {b: 1}\nc: *x\n")] == [
        None
    ] * 5
    assert read_yaml("a: 1") == {"a": 1}


@given(st.text(st.sampled_from("repos:x- &*a!|>[]{}#'\"\n\r\t\\%@?~<é\x00\u2028.1"), max_size=60))
@example("repos:\n- |\n a\n\n")
@example("repos: >-\n")
@example("? repos\n: - a\n")
@example("repos:\n  - a\n...\n")
@example("repos:\r- a\r")
@example("repos:\n- a\u2028b\n")
def test_any_text_is_refused_extended_exactly_or_not_at_all(text: str) -> None:
    if problem_in_yaml(text):
        return
    where = insertion(text, ("repos",), REPO)
    made = where and with_block(text, where.at, where.lines, where.indent)
    if made and is_expected(text, made, ("repos",), REPO):
        assert without_blocks(made, "f") == text
        assert read_yaml(made)["repos"][-1] == REPO[0]
