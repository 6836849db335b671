"""YAML documents: the line of every key, and hostile texts."""

import pytest

from frontleak.rules.documents import label, read_documents

TEXT = """\
# a comment
id: one
code:
  server:
    - a
    - b: 1
      c: {d: 2}
---
id: two
"""


def test_a_sound_text_has_no_mistakes() -> None:
    documents, mistakes = read_documents(TEXT, "a.yaml")
    assert mistakes == []
    assert [document.value["id"] for document in documents] == ["one", "two"]
    assert documents[0].value["code"] == {"server": ["a", {"b": 1, "c": {"d": 2}}]}


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ((), 2),
        (("code",), 3),
        (("code", "server"), 4),
        (("code", "server", 0), 5),
        (("code", "server", 1), 6),
        (("code", "server", 1, "c", "d"), 7),
        (("code", "client"), 3),
        (("name",), 2),
    ],
    ids=str,
)
def test_a_key_has_a_line_and_a_missing_one_that_of_the_key_around_it(path: tuple[str | int, ...], line: int) -> None:
    (document, _), _ = read_documents(TEXT, "a.yaml")
    assert document.where(*path) == f"a.yaml:{line}"


def test_an_alias_of_a_text_is_read_and_has_the_line_of_its_key() -> None:
    (document,), mistakes = read_documents("a: &x text\nb:\n  c: *x\n", "a.yaml")
    assert (document.value, mistakes) == ({"a": "text", "b": {"c": "text"}}, [])
    assert document.line(("b", "c")) == 3


def test_the_name_of_a_key_leaves_out_the_indexes_of_lists() -> None:
    assert label(("outputs", 3, "reach", 0, "served")) == "outputs.reach.served"


BOMB = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))
MISTAKES: dict[str, tuple[str, list[str]]] = {
    "nothing": ("", []),
    "a key that stands twice": (
        "a: 1\nb:\n  c: 1\n  c: 2\na: 2\n",
        ["4: duplicate field 'b.c'", "5: duplicate field 'a'"],
    ),
    "a mapping as a key": ("a: 1\n? {b: 1}\n: 2\n", ["2: not valid YAML: a field name must be a single value"]),
    "a merge key": ("a: &x {b: 1}\nc:\n  <<: *x\n", ["3: not valid YAML: merge keys (<<) are not supported"]),
    "a set": ("a: 1\nb: !!set {c}\n", ["2: not valid YAML: unsupported tag tag:yaml.org,2002:set"]),
    "an object": (
        "a: 1\nb: !!python/name:os.system\n",
        ["2: not valid YAML: could not determine a constructor for the tag 'tag:yaml.org,2002:python/name:os.system'"],
    ),
    "a date that does not exist": ("a: 1\n\nb: 2020-99-99\n", ["3: not valid YAML: month must be in 1..12"]),
    "a list inside itself": ("a: &x [*x]\n", ["1: not valid YAML: nested too deeply"]),
    "aliases that grow exponentially": (BOMB, ["1: not valid YAML: too many values"]),
    "a character that YAML does not allow": (
        "a: 1\nb: \x07\n",
        ["2: not valid YAML: unacceptable character #x0007: control characters are not allowed"],
    ),
    "mistakes of several documents": (
        "a: 2020-99-99\n---\nb: 1\nb: 2\n---\nc: [\n",
        ["1: not valid YAML: month must be in 1..12", "4: duplicate field 'b'", "7: not valid YAML: *"],
    ),
}


@pytest.mark.parametrize(("text", "expected"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_has_its_line(text: str, expected: list[str]) -> None:
    _, mistakes = read_documents(text, "a.yaml")
    assert len(mistakes) == len(expected), mistakes
    for mistake, wanted in zip(mistakes, expected, strict=True):
        assert mistake.startswith(f"a.yaml:{wanted.removesuffix('*')}")
        assert wanted.endswith("*") or mistake == f"a.yaml:{wanted}"


def test_a_second_document_is_refused_where_one_is_expected() -> None:
    assert read_documents("a: 1\n---\nb: 1\n", "a.yaml", several=False) == (
        [],
        ["a.yaml:2: not valid YAML: expected a single document"],
    )
