"""A member is added to a JSON file and taken out again; every other byte stays."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontleak.cli.hooks.json_insert import problem_in_json, with_member, without_member

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, min_size=1, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.sampled_from(["name", "scripts", "x", "é\n"]), VALUES, min_size=1, max_size=4)


@given(OBJECTS, st.sampled_from([None, 2, 4, "\t"]), st.booleans(), st.sampled_from(["", "\n"]), st.booleans())
def test_a_member_leaves_no_trace(
    value: dict[str, Any], indent: int | str | None, has_object: bool, tail: str, is_crlf: bool
) -> None:
    if has_object:
        value = value | {"lint-staged": {"*.ts": ["a", "b"]}}
    text = json.dumps(value, indent=indent, ensure_ascii=False) + tail
    text = text.replace("\n", "\r\n") if is_crlf else text
    made = with_member(text, ("lint-staged",), "*", "frontleak scan --")
    assert made is not None
    assert json.loads(made) == {**value, "lint-staged": {**value.get("lint-staged", {}), "*": "frontleak scan --"}}
    assert without_member(made, ("lint-staged",), "*") == text


def test_the_style_of_the_file_is_kept() -> None:
    text = '{\n\t"name": "a",\n\t"lint-staged": {\n\t\t"*.ts": "eslint"\n\t}\n}\n'
    made = with_member(text, ("lint-staged",), "*", "x")
    assert made == '{\n\t"name": "a",\n\t"lint-staged": {\n\t\t"*.ts": "eslint",\n\t\t"*": "x"\n\t}\n}\n'
    assert (
        with_member('{\n  "name": "a"\n}\n', ("b",), "*", "x") == '{\n  "name": "a",\n  "b": {\n    "*": "x"\n  }\n}\n'
    )
    assert with_member("{}\n", (), "*", "x") == '{\n  "*": "x"\n}\n'
    assert with_member('{"a": 1}', (), "*", "x") == '{"a": 1, "*": "x"}'


def test_members_around_it_stay() -> None:
    text = '{\n  "*": "x",\n  "b": 1\n}\n'
    assert without_member(text, (), "*") == '{\n  "b": 1\n}\n'
    assert without_member('{"a": 1, "*": "x", "b": 2}', (), "*") == '{"a": 1, "b": 2}'


def test_what_is_no_object_is_not_extended() -> None:
    assert with_member('{"a": [1]}', ("a",), "*", "x") is None
    assert with_member('{"a": {"b": ""}}', ("a", "b"), "*", "x") is None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{}", None),
        ('{"a": 1}', None),
        ("", (1, "Expecting value")),
        ('{\n  "a": 1,\n}', (3, "Illegal trailing comma before end of object")),
        ('{\n  "a": 1\n  "b": 2}', (3, "Expecting ',' delimiter")),
        ("[]", (1, "not an object")),
        (f"{'[' * 100_000}", (1, "nested too deeply, or a number with too many digits")),
        (f'{{"a": {"9" * 5000}}}', (1, "nested too deeply, or a number with too many digits")),
    ],
    ids=["empty", "one", "nothing", "comma", "delimiter", "list", "deep", "digits"],
)
def test_mistakes_have_a_line(text: str, problem: tuple[int, str] | None) -> None:
    found = problem_in_json(text)
    if problem and "comma" in problem[1]:  # the wording and place depend on the version of Python
        assert found is not None
        assert found[0] in {2, 3}
    else:
        assert found == problem
