"""Every mistake in a rule file is reported with its line."""

from pathlib import Path

import pytest

from frontleak.core.errors import RuleError
from frontleak.rules.compile import build_context, build_rule
from frontleak.rules.load import load_rules
from frontleak.rules.paths import rules_directory
from frontleak.rules.rule_syntax import read_rules
from frontleak.selfcheck import prefilter_hits
from frontleak.selfcheck.check import check_rules
from frontleak.selfcheck.pattern_rules import behaviour
from tests.support.shipped import shipped_sources

FIELDS = {
    "id": "test-rule",
    "name": "Test token",
    "severity": "high",
    "confidence": "high",
    "pattern": "'tok_live_(?P<secret>[a-f0-9]{20})'",
    "samples": '"[a-f0-9]{20}"',
    "examples": "['token: tok_live_{sample}']",
    "silent": "['token: tok_live_']",
    "why": "It opens the test.",
    "fix": "Close the test.",
    "references": "['https://example.com/test']",
}
LINE = {name: line for line, name in enumerate(FIELDS, start=1)}
AFTER = len(FIELDS) + 1
"""Line of a field after all others."""

Mistakes = list[tuple[int, str]]
"""(line, words of the message)."""


def rule_text(**changes: str | None) -> str:
    """Write a valid rule with some fields changed, added or (None) removed."""
    fields = {**FIELDS, **changes}
    return "".join(f"{name}: {value}\n" for name, value in fields.items() if value is not None)


def problems(text: str) -> list[str]:
    """Return the mistakes from reading and building the rules of a file."""
    read = read_rules(text, "mine.yaml")
    mistakes = read.mistakes
    for rule in read.rules:
        mistakes += build_rule(rule, shipped_sources().macros)[1]
    for context in read.contexts:
        mistakes += build_context(context, shipped_sources().macros)[1]
    return [mistake.removeprefix("mine.yaml:") for mistake in mistakes]


def loading(path: Path) -> list[str]:
    """Return the mistakes from loading a file or a folder, without the path of a single file."""
    with pytest.raises(RuleError) as raised:
        load_rules([path])
    return [problem.removeprefix(f"{path}:") for problem in raised.value.problems]


def assert_mistakes(found: list[str], expected: Mistakes) -> None:
    found = sorted(found, key=lambda problem: int(problem.partition(":")[0]))
    assert [int(problem.partition(":")[0]) for problem in found] == [line for line, _ in expected], found
    for problem, (_, words) in zip(found, expected, strict=True):
        assert words in problem


def test_a_sound_rule_is_loaded_and_checked_without_a_word(few_rules: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(rule_text())
    assert "test-rule" in load_rules([file]).by_id()
    assert check_rules([file])[1] == []


TABLE: dict[str, tuple[str, Mistakes]] = {
    "an unknown field": (rule_text(patern="x"), [(AFTER, "unknown field 'patern'")]),
    "a field that stands twice": (rule_text() + "name: Again\n", [(AFTER, "duplicate field 'name'")]),
    "an id with capitals": (rule_text(id="TestRule"), [(LINE["id"], "id must be kebab-case")]),
    "an id with a space": (rule_text(id="test rule"), [(LINE["id"], "id must be kebab-case")]),
    "an id that is a number": (rule_text(id="7"), [(LINE["id"], "id must be kebab-case")]),
    "an unknown severity": (rule_text(severity="bad"), [(LINE["severity"], "severity must be one of critical, high")]),
    "a severity that is a list": (rule_text(severity="[high]"), [(LINE["severity"], "severity must be one of")]),
    "an unknown confidence": (rule_text(confidence="sure"), [(LINE["confidence"], "confidence must be one of high")]),
    "an unknown exposure": (rule_text(exposure="served"), [(AFTER, "exposure must be public-by-design")]),
    "an unknown kind": (rule_text(kind="patern"), [(AFTER, "kind must be one of pattern, file")]),
    "an empty name": (rule_text(name="' '"), [(LINE["name"], "name must be a string")]),
    "no example": (rule_text(examples="[]"), [(LINE["examples"], "examples must be a non-empty list of strings")]),
    "no silent text": (rule_text(silent="[]"), [(LINE["silent"], "silent must be a non-empty list of strings")]),
    "an example that is a number": (
        rule_text(examples="[7]"),
        [(LINE["examples"], "each item of examples must be a string")],
    ),
    "no reference": (rule_text(references="[]"), [(LINE["references"], "references must be a non-empty list of URLs")]),
    "a date as a reason": (rule_text(why="2020-01-01"), [(LINE["why"], "why must be a string")]),
    "a plain that says no": (rule_text(plain="false"), [(AFTER, "plain must be true")]),
    "an allow that is a text": (rule_text(allow="x"), [(AFTER, "allow must be a list")]),
    "a pattern without a secret": (
        rule_text(pattern="tok_live_[a-f]{20}"),
        [(LINE["pattern"], "exactly one named group")],
    ),
    "a pattern with a secret of another name": (
        rule_text(pattern="'tok_live_(?P<value>[a-f]{20})'"),
        [(LINE["pattern"], "exactly one named group, (?P<secret>")],
    ),
    "a pattern with two named groups": (
        rule_text(pattern="'tok_live_(?P<secret>[a-f]{20})(?P<tail>x)'"),
        [(LINE["pattern"], "exactly one named group")],
    ),
    "a pattern with the secret twice": (
        rule_text(pattern="'tok_live_(?P<secret>a)(?P<secret>b)'"),
        [(LINE["pattern"], "not a valid regular expression: redefinition of group name")],
    ),
    "a secret that may be empty": (
        rule_text(pattern="'tok_live_(?P<secret>[a-f]{0,20})'"),
        [(LINE["pattern"], "")],
    ),
    "a secret that may be left out": (
        rule_text(pattern="'tok_live_(?:(?P<secret>[a-f]{20})|none)'"),
        [(LINE["pattern"], "")],
    ),
    "a star": (
        rule_text(pattern="'tok_live_(?P<secret>[a-f]*)'"),
        [(LINE["pattern"], "a match can exceed 32768 bytes")],
    ),
    "a plus": (
        rule_text(pattern="'tok_live_(?P<secret>[a-f]+)'"),
        [(LINE["pattern"], "a match can exceed 32768 bytes")],
    ),
    "a match of a megabyte": (
        rule_text(pattern="'tok_live_(?P<secret>(?:[a-f]{1,1000}){1000})'"),
        [(LINE["pattern"], "a match can exceed 32768 bytes")],
    ),
    "a repeat beyond what any expression may have": (
        rule_text(pattern="'tok_live_(?P<secret>[a-f]{1,99999999999})'"),
        [(LINE["pattern"], "")],
    ),
    "a pattern that is not distinctive, with nothing near": (
        rule_text(pattern="'(?P<secret>[a-f0-9]{1,20})'"),
        [(LINE["pattern"], "no distinctive beginning")],
    ),
    "neither pattern nor near distinctive": (
        rule_text(pattern="'(?P<secret>[a-f0-9]{1,20})'", near="{pattern: '[a-z]', within: 100}"),
        [(AFTER, "neither `pattern` nor `near`")],
    ),
    "an unknown macro": (
        rule_text(pattern="'{{egde}} tok_live_(?P<secret>[a-f0-9]{20})'"),
        [(LINE["pattern"], "there is no macro {{egde}}")],
    ),
    "an unclosed bracket": (
        rule_text(pattern="'tok_live_(?P<secret>[a-f{20}'"),
        [(LINE["pattern"], "not a valid regular expression")],
    ),
    "a back-reference": (
        rule_text(pattern="'tok_live_(?P<secret>[a-f])(?P=secret)'"),
        [(LINE["pattern"], "unsupported construct groupref")],
    ),
    "a letter beyond ASCII in the pattern": (
        rule_text(pattern="'tök_live_(?P<secret>[a-f]{20})'"),
        [(LINE["pattern"], "not ASCII")],
    ),
    "a pattern of five thousand brackets": (
        rule_text(pattern=f"'{'(' * 5000}a{')' * 5000}'"),
        [(LINE["pattern"], "nested too deeply")],
    ),
    "a near without a reach": (rule_text(near="{pattern: marker}"), [(AFTER, "field 'near.within' is missing")]),
    "a near that is a text": (rule_text(near="marker"), [(AFTER, "near must be a mapping")]),
    "a near with one field too many": (
        rule_text(near="{pattern: marker, within: 100, before: true}"),
        [(AFTER, "unknown field 'near.before'")],
    ),
    "a near that reaches nowhere": (rule_text(near="{pattern: marker, within: 0}"), [(AFTER, "from 1 to 5000")]),
    "a near that reaches too far": (rule_text(near="{pattern: marker, within: 5001}"), [(AFTER, "from 1 to 5000")]),
    "a near with a named group": (
        rule_text(near="{pattern: '(?P<secret>marker)', within: 9}"),
        [(AFTER, "may not have a named group")],
    ),
    "a near with a star": (rule_text(near="{pattern: 'marker.*', within: 9}"), [(AFTER, "a match can exceed")]),
    "an unknown check": (
        rule_text(require="{digit: 1}"),
        [(AFTER, "unknown field 'require.digit'; did you mean 'digits'?")],
    ),
    "a check with a yes for a number": (
        rule_text(require="{digits: yes}"),
        [(AFTER, "require.digits must be a number of characters")],
    ),
    "a check with a text for a number": (
        rule_text(require="{entropy: high}"),
        [(AFTER, "require.entropy must be a number of bits from 0 to 8")],
    ),
    "an unknown checksum": (rule_text(require="{checksum: crc64}"), [(AFTER, "unknown checksum")]),
    "claims that are no texts": (rule_text(require="{jwt: {role: 1}}"), [(AFTER, "require.jwt.role must be a string")]),
    "samples without the secret": (
        rule_text(samples="{other: '[a-f]{20}'}"),
        [(LINE["samples"], "needs a grammar named `sample`")],
    ),
    "samples of no valid grammar": (
        rule_text(samples="'[a-f{20}'"),
        [(LINE["samples"], "samples: not a valid regular expression")],
    ),
    "samples of five thousand brackets": (
        rule_text(samples=f"'{'(' * 5000}a{')' * 5000}'"),
        [(LINE["samples"], "nested too deeply")],
    ),
    "examples without a sample": (
        rule_text(examples="['tok_live_x']"),
        [(LINE["examples"], "no example contains {sample}")],
    ),
    "nothing": ("", [(1, "the file contains no rule")]),
    "nothing but a comment": ("# nothing\n", [(1, "the file contains no rule")]),
    "a list": ("- id: x\n", [(1, "expected a mapping")]),
    "a text": ("just a text\n", [(1, "expected a mapping")]),
    "a list after a sound rule": (f"{rule_text()}---\n- x\n", [(AFTER + 1, "expected a mapping")]),
    "YAML that ends too early": (rule_text() + "note: [1, 2\n", [(AFTER + 1, "not valid YAML")]),
    "YAML with a tab": ("id: x\n\tname: y\n", [(2, "not valid YAML")]),
    "YAML that builds an object": ("id: !!python/object:os.system x\n", [(1, "not valid YAML")]),
    "YAML with a control character": ("id: x\n\x00\n", [(2, "not valid YAML")]),
    "YAML with an impossible date": ("id: x\nname: 2020-99-99\n", [(2, "not valid YAML: month must be in 1..12")]),
    "YAML with a list for a field name": ("? [a, b]\n: x\n", [(1, "not valid YAML")]),
    "a context without facts": (
        "kind: context\nid: here\nwithin: 100\n",
        [(1, "field 'facts' is missing")],
    ),
    "a context that reaches nowhere": (
        "kind: context\nid: here\nwithin: 0\nfacts: {name: ['n(?P<value>x)']}\n",
        [(3, "within must be a number of bytes")],
    ),
    "a context whose fact has no value": (
        "kind: context\nid: here\nwithin: 10\nfacts: {name: ['nx']}\n",
        [(4, "exactly one named group, (?P<value>")],
    ),
}


@pytest.mark.parametrize(("text", "expected"), TABLE.values(), ids=TABLE)
def test_a_mistake_is_told_with_its_line(text: str, expected: Mistakes) -> None:
    assert_mistakes(problems(text), expected)


OF_THE_WHOLE_SET: dict[str, tuple[bytes, Mistakes]] = {
    "an unknown context": (
        rule_text(context="nowhere").encode(),
        [(AFTER, "unknown context 'nowhere'; allowed: sanity, shopify, supabase")],
    ),
    "the id of a shipped rule": (
        rule_text(id="sanity-token").encode(),
        [(LINE["id"], "is taken by rules/sanity/token.yaml:1")],
    ),
    "the id of a shipped context": (
        b"kind: context\nid: sanity\nwithin: 10\nfacts: {name: ['n(?P<value>x)']}\n",
        [(2, "the id 'sanity' is taken by rules/sanity/context.yaml:")],
    ),
    "the name of a shipped macro": (
        rule_text().encode() + b"---\n" + rule_text(id="other", pattern="'{{nowhere}}(?P<secret>x)'").encode(),
        [(AFTER + 5, "there is no macro {{nowhere}}")],
    ),
    "an id that occurs twice in the file": (
        f"{rule_text()}---\n{rule_text()}".encode(),
        [(AFTER + 1, "the id 'test-rule' is taken by")],
    ),
    "bytes that are no UTF-8": (rule_text().encode() + b"# \xff\n", [(AFTER, "not UTF-8")]),
}


@pytest.mark.parametrize(("text", "expected"), OF_THE_WHOLE_SET.values(), ids=OF_THE_WHOLE_SET)
def test_a_mistake_that_only_the_whole_set_shows_is_told_with_its_line(
    text: bytes, expected: Mistakes, tmp_path: Path
) -> None:
    file = tmp_path / "mine.yaml"
    file.write_bytes(text)
    assert_mistakes(loading(file), expected)


@pytest.mark.parametrize("field", FIELDS)
def test_a_missing_field_is_told(field: str) -> None:
    found = problems(rule_text(**{field: None}))
    assert len(found) == 1
    assert f"field '{field}' is missing" in found[0]
    assert found[0].startswith("1:")


def test_all_mistakes_of_all_fields_are_told_at_once() -> None:
    text = rule_text(id="Bad Id", severity="bad", confidence="worse", silent="[]", colour="red", why=None)
    expected = [
        (1, "field 'why' is missing"),
        (LINE["id"], "kebab-case"),
        (LINE["severity"], "severity must be"),
        (LINE["confidence"], "confidence must be"),
        (LINE["silent"], "silent must be"),
        (AFTER - 1, "unknown field 'colour'"),
    ]
    found = problems(text)
    assert len(found) == len(expected)
    assert all(
        any(problem.startswith(f"{line}:") and words in problem for problem in found) for line, words in expected
    )


def test_all_mistakes_of_meaning_are_told_at_once() -> None:
    text = rule_text(
        pattern="'tok_live_[a-f]+'",
        samples="'[a-f'",
        examples="['x']",
        near="{pattern: '(', within: 1}",
        require="{digit: 1, checksum: x}",
    )
    expected = [
        (LINE["pattern"], "a match can exceed"),
        (LINE["samples"], "not a valid regular expression"),
        (LINE["examples"], "no example contains {sample}"),
        (AFTER, "not a valid regular expression"),
        (AFTER + 1, "unknown field 'require.digit'"),
        (AFTER + 1, "unknown checksum 'x'; allowed: crc32-base62"),
    ]
    assert_mistakes(problems(text), expected)


def test_mistakes_of_form_do_not_hide_mistakes_of_meaning() -> None:
    text = rule_text(severity="bad", pattern="'tok_live_(?P<secret>[a-f]+)'")
    assert_mistakes(problems(text), [(LINE["severity"], "severity must be"), (LINE["pattern"], "a match can exceed")])


def test_loading_and_checking_tell_the_same_mistakes_of_all_documents_and_files(
    few_rules: Path, tmp_path: Path
) -> None:
    (tmp_path / "a.yaml").write_text(f"{rule_text(severity='bad')}---\n{rule_text(id='other', name='[]')}")
    (tmp_path / "b.yml").write_text("- x\n")
    (tmp_path / "c.yaml").write_text(rule_text(pattern="tok", context="nowhere"))
    (tmp_path / "d.yaml").write_text(rule_text(id="sanity-token"))
    told = loading(tmp_path)
    assert sorted(problem.partition(": ")[0] for problem in told) == [
        f"{tmp_path / 'a.yaml'}:{AFTER + LINE['name']}",
        f"{tmp_path / 'a.yaml'}:{LINE['severity']}",
        f"{tmp_path / 'b.yml'}:1",
        f"{tmp_path / 'c.yaml'}:{AFTER}",
        f"{tmp_path / 'c.yaml'}:{LINE['pattern']}",
        f"{tmp_path / 'd.yaml'}:{LINE['id']}",
    ]
    assert sorted(check_rules([tmp_path])[1]) == sorted(told)


def test_a_path_that_is_missing_and_a_folder_without_rules_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(RuleError) as raised:
        load_rules([tmp_path / "empty", tmp_path / "missing.yaml"])
    assert raised.value.problems == (
        f"{tmp_path / 'empty'}: no .yaml file in this folder",
        f"{tmp_path / 'missing.yaml'}: no such rule file",
    )


def test_a_rule_file_that_cannot_be_read_is_told(few_rules: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").mkdir()
    with pytest.raises(RuleError, match="mine.yaml"):
        load_rules([tmp_path])
    with pytest.raises(RuleError, match="mine.yaml"):
        check_rules([tmp_path])


def test_a_users_macro_file_with_an_unknown_macro_is_told(tmp_path: Path) -> None:
    (tmp_path / "macros.yaml").write_text("mine: '{{nowhere}}x'\n")
    with pytest.raises(RuleError, match="nowhere"):
        load_rules([tmp_path])


# --- mistakes found by trying a rule ---------------------------------------------------------------------------------


def check(text: str) -> list[str]:
    (syntax,) = read_rules(text, "mine.yaml").rules
    rule, mistakes = build_rule(syntax, shipped_sources().macros)
    assert rule is not None, mistakes
    return [mistake.removeprefix("mine.yaml:") for mistake in behaviour(syntax, rule)]


def test_an_example_that_does_not_match_is_told() -> None:
    found = check(rule_text(examples="['token: tok_live_{sample}', 'tok_dead_{sample}']"))
    assert len(found) == 1
    assert found[0].startswith(f"{LINE['examples']}: example 2 is not found as plain, ")


def test_an_example_whose_secret_is_cut_short_is_told() -> None:
    found = check(rule_text(samples='"[a-f0-9]{21}"'))
    assert len(found) == 1
    assert "example 1 is not found" in found[0]


def test_an_example_that_only_some_embeddings_spoil_is_told_with_their_names() -> None:
    text = rule_text(
        pattern="""'tok_live: ["\\x27] (?P<secret>[a-f0-9]{20})'""", examples="""['tok_live:"{sample}"']"""
    )
    found = check(text)
    assert len(found) == 1
    assert "is not found as template literal, JSON string, JSON string in a JSON string, HTML attribute" in found[0]


def test_a_silent_text_that_matches_is_told() -> None:
    found = check(rule_text(silent="['tok', 'token: tok_live_{sample}']"))
    assert len(found) == 1
    assert found[0].startswith(f"{LINE['silent']}: silent text 2 matches as plain, ")


def test_examples_and_silent_texts_are_all_told_at_once() -> None:
    found = check(rule_text(examples="['{sample}', 'x{sample}']", silent="['tok_live_{sample}']"))
    assert [problem.partition(":")[0] for problem in found] == [*[str(LINE["examples"])] * 2, str(LINE["silent"])]


def test_a_form_that_hyperscan_misses_behind_other_text_is_told() -> None:
    """The library, not the rule, is wrong; written with an alternative for each name, it is found."""
    pytest.importorskip("hyperscan")

    def missed(pattern: str) -> list[str]:
        (syntax,) = read_rules(rule_text(pattern=pattern), "mine.yaml").rules
        rule, mistakes = build_rule(syntax, shipped_sources().macros)
        assert rule is not None, mistakes
        return list(prefilter_hits.behaviour([(syntax, rule)]))

    value = "= (?P<secret>[a-f0-9]{20})"
    told = missed(f"'(?i: (?: data_?dog | dd ) _? (?: [a-z]{{2,8}} _ )? api | data_?dog ) {value}'")
    assert len(told) == 1
    assert told[0].lower().startswith(f"mine.yaml:{LINE['pattern']}: hyperscan misses 'dd_api' behind")
    assert (
        missed(f"'(?i: dd _? (?: [a-z]{{2,8}} _ )? api | data_?dog (?: _? [a-z]{{2,8}} _ )? (?: _? api )? ) {value}'")
        == []
    )


def test_a_verifier_that_does_not_exist_is_a_mistake(few_rules: Path, tmp_path: Path) -> None:
    rule = (rules_directory() / "sanity" / "token.yaml").read_text("utf-8").split("\n---")[0]
    text = rule.replace("id: sanity-token", "id: own-token").replace("verify: sanity", "verify: sanety")
    (tmp_path / "own.yaml").write_text(text)
    _, mistakes = check_rules([tmp_path / "own.yaml"])
    line = text.splitlines().index("verify: sanety") + 1
    message = f"{tmp_path}/own.yaml:{line}: unknown verifier 'sanety'; did you mean 'sanity'? allowed: sanity"
    assert any(mistake.startswith(message) for mistake in mistakes)
