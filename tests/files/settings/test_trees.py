"""TOML, JSON and YAML as trees with lines; what is not valid has a line and a reason that shows nothing of the file."""

from collections.abc import Callable
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontleak.core.settings_tree import MOST_NODES, MistakeError, Node, nodes_at, text_of
from frontleak.files.settings.json_tree import read_json
from frontleak.files.settings.toml_tree import read_toml
from frontleak.rules.foreign_yaml import read_yaml
from tests.support.env_values import fake

READERS: Final = {"toml": read_toml, "json": read_json, "yaml": read_yaml}
TOML: Final = b"""\
# a comment
name = "a"

[build.environment]
A = "one"
B.C = 2
"D E" = true
F = '''
[looks.like]
A = 1
'''

[[rules]]
A = "first"
[[rules]]
A = "second"

[env.staging]
vars = { X = "x", "Y" = [1, "z"] }
"""
JSON: Final = b"""\
{
  // "A": a comment
  "vars": {"A": "one", "B": {"C": [1, {"D": null}]}},
  /* "vars": */
  "env": {
    "staging": {
      "vars": {"A": "t\\"w:o",},
    },
    "x": [], "y": {"A": true}
  }
}
"""
YAML: Final = b"""\
x-common: &common
  A: one
  B: '01'
services:
  web:
    environment:
      <<: *common
      B: 2
      C:
      D: "${A}"
    env_file: [a.env, {path: b.env}]
  db:
    environment: !reset
      - A=b=c
      - D
"""


def lines(root: Node, path: str) -> dict[str, tuple[str | None, int]]:
    (table,) = nodes_at(root, path)
    assert isinstance(table.value, dict)
    return {name: (text_of(node), node.line) for name, node in table.value.items()}


def test_toml_has_the_lines_of_its_keys() -> None:
    root = read_toml(TOML)
    found = lines(root, "build.environment")
    assert found["A"] == ("one", 5)
    assert found["B"] == ('{"C": "2"}', 4)
    assert found["D E"] == ("true", 7)
    assert found["F"][1] == 8
    assert lines(root, "env.*.vars") == {"X": ("x", 19), "Y": ('["1", "z"]', 19)}
    assert [node.value for node in nodes_at(root, "rules.*.A")] == ["first", "second"]
    assert list(nodes_at(root, "no.such.*")) == []


def test_json_has_the_lines_of_its_keys() -> None:
    root = read_json(JSON)
    assert lines(root, "vars") == {"A": ("one", 3), "B": ('{"C": ["1", {"D": null}]}', 3)}
    assert lines(root, "env.staging.vars") == {"A": ('t"w:o', 7)}
    assert lines(root, "env.y") == {"A": ("true", 9)}


def test_yaml_has_anchors_merge_keys_and_tags() -> None:
    root = read_yaml(YAML)
    assert lines(root, "services.web.environment") == {
        "A": ("one", 2),
        "B": ("2", 8),
        "C": (None, 9),
        "D": ("${A}", 10),
    }
    assert [text_of(node) for node in nodes_at(root, "services.db.environment.*")] == ["A=b=c", "D"]
    assert [node.line for node in nodes_at(root, "services.*.env_file.*")] == [11, 11]


@pytest.mark.parametrize(
    ("name", "text", "line", "reason"),
    [
        ("toml", b'a = 1\nb = "' + fake(1).encode() + b"\n", 2, "illegal character"),
        ("toml", b"a = 1\n[a]\nb = 1\n", 2, "cannot overwrite a value"),
        ("toml", b"a = 1\nb = \xff\n", 2, "not UTF-8"),
        ("toml", b"a = " + b"[" * 5_000 + b"]" * 5_000, 1, "nested too deeply"),
        ("toml", b"b = 1\n" + b"a." * 100_000 + b"a = 1", 2, "nested too deeply"),
        ("toml", b"a = " + b"1" * 5_000, 1, "too many digits"),
        ("json", b'{\n"a": "b"\n"c": 1}', 3, "not valid JSON"),
        ("json", b"[1]", 1, "not a JSON object"),
        ("json", b'{"a":' * 90 + b"1" + b"}" * 90, 1, "nested too deeply"),
        ("yaml", b"a: b\nc: [" + fake(1).encode(), 3, "not valid YAML"),
        ("yaml", b"a: b\n  c: d\n", 2, "not valid YAML"),
        ("yaml", b"a: &a [*a]\n", 1, "nested too deeply"),
        ("yaml", b"a: \xff\n", 1, "not UTF-8"),
        ("yaml", b"a: \x01\n", 1, "not valid YAML"),
    ],
)
def test_a_mistake_has_a_line_and_shows_nothing(name: str, text: bytes, line: int, reason: str) -> None:
    with pytest.raises(MistakeError) as raised:
        READERS[name](text)
    assert raised.value.line == line
    assert reason in raised.value.reason
    assert fake(1)[:8] not in raised.value.reason


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (read_json, b'{"a": [' + b"1," * MOST_NODES + b"1]}"),
        (read_toml, b"a = [" + b"1," * MOST_NODES + b"1]"),
        (
            read_yaml,
            b"a: &a [1,1,1,1,1,1,1,1,1,1]\n"
            + b"".join(
                b"%s: &%s [%s]\n" % (new, new, b",".join([b"*" + old] * 10))
                for old, new in zip((b"a", b"b", b"c", b"d"), (b"b", b"c", b"d", b"e"), strict=True)
            ),
        ),
    ],
)
def test_a_file_cannot_grow_without_end(read: Callable[[bytes], Node], text: bytes) -> None:
    with pytest.raises(MistakeError, match="more than 50,000 values"):
        read(text)


@given(
    st.sampled_from(sorted(READERS)),
    st.binary(max_size=80) | st.text(alphabet='{}[]":,=.#&*<-\n ab1', max_size=60).map(str.encode),
)
def test_any_bytes_are_a_tree_or_a_mistake(name: str, data: bytes) -> None:
    try:
        root = READERS[name](data)
    except MistakeError as error:
        assert error.line >= 1
        return
    assert isinstance(root, Node)
    assert list(nodes_at(root, "*")) is not None
