"""`frontleak rules`: lists the rules and checks custom ones."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from frontleak.core.vocabulary import RuleKind
from frontleak.rules.load import load_rules
from tests.acceptance.support import Run, frontleak, write
from tests.cli.test_bad_input import RULE
from tests.support.few_rules import shipping
from tests.support.shipped import full_set


def test_list_names_every_rule_in_a_line(tmp_path: Path) -> None:
    done = frontleak("rules", "list", cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert [line.split()[:2] for line in done.out.splitlines()] == [
        [rule.id, rule.severity.value] for rule in full_set().every
    ]
    assert len(full_set().every) > 40


def test_list_marks_the_keys_that_are_public(tmp_path: Path) -> None:
    lines = frontleak("rules", "list", cwd=tmp_path).out.splitlines()
    marked = {line.split()[0] for line in lines if line.endswith("  (public by design)")}
    assert marked == {rule.id for rule in full_set().every if rule.exposure}


def test_list_as_json(tmp_path: Path) -> None:
    rules = json.loads(frontleak("rules", "list", "--format=json", cwd=tmp_path).stdout)
    assert [rule["id"] for rule in rules] == [rule.id for rule in full_set().every]
    assert all(rule["why"] and rule["fix"] and rule["references"] and rule["name"] for rule in rules)


def test_list_holds_rules_of_every_kind(tmp_path: Path) -> None:
    rules = json.loads(frontleak("rules", "list", "--format=json", cwd=tmp_path).stdout)
    kinds = {rule["id"]: rule["kind"] for rule in rules}
    assert (kinds["sanity-token"], kinds["served-env-file"]) == ("pattern", "file")
    assert set(kinds.values()) == set(RuleKind)


def test_list_holds_ones_own_rules(tmp_path: Path) -> None:
    done = frontleak("rules", "list", "--rules=rule.yaml", cwd=write(tmp_path, {"rule.yaml": RULE}))
    assert "test-rule " in done.out


def test_show_says_what_why_and_what_to_do(tmp_path: Path) -> None:
    rule = full_set().by_id()["sanity-token"]
    done = frontleak("rules", "show", "sanity-token", cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("sanity-token: Sanity API token\n")
    for part in (rule.why, rule.fix, *rule.references, "severity high, confidence high", "rules/sanity/token.yaml:1"):
        assert part in done.out


def test_show_of_a_rule_about_a_file(tmp_path: Path) -> None:
    done = frontleak("rules", "show", "served-env-file", cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("served-env-file: Environment file in a served folder\n")
    assert "severity medium, confidence medium, kind file\n" in done.out
    assert done.out.endswith("\nwritten in rules/files/served-env-file.yaml:1\n")


def test_show_of_a_rule_that_does_not_exist(tmp_path: Path) -> None:
    done = frontleak("rules", "show", "sanity-tokem", cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert done.err.splitlines() == [
        "error: there is no rule 'sanity-tokem'; did you mean 'sanity-token'?",
        "       `frontleak rules list` shows all rules",
    ]


def test_without_a_path_the_rules_that_come_with_the_tool_are_checked(few_rules: Path, tmp_path: Path) -> None:
    """All of them take a minute; `.ci/run` and `make lint` check them."""
    done = frontleak("rules", "check", cwd=tmp_path)
    assert (done.code, done.out, done.err) == (0, f"{len(load_rules().every)} rules are valid\n", "")


def test_ones_own_rule_that_is_sound(few_rules: Path, tmp_path: Path) -> None:
    done = frontleak("rules", "check", "own", cwd=write(tmp_path, {"own/rule.yaml": RULE}))
    count = len(load_rules().every) + 1
    assert (done.code, done.out) == (0, f"no mistakes in own ({count} rules with those that come with the tool)\n")


# A change to a valid rule -> the resulting mistake.
MISTAKES: Mapping[str, tuple[tuple[str, str], str]] = {
    "an example that is not found": (("a = testkey_{sample}", "b = {sample}"), "r.yaml:7: example 1 is not found as "),
    "a silent text that is not": (
        ("silent: ['testkey_']", "silent: ['testkey_{sample}']"),
        "r.yaml:8: silent text 1 matches as ",
    ),
    "an example without a fake": (("{sample}", ""), "r.yaml:7: no example contains {sample}"),
    "a grammar that is wrong": (
        ('samples: "[a-z0-9]{20}"', 'samples: "[a-z"'),
        "r.yaml:6: samples: not a valid ",
    ),
    "a beginning that is too common": (("testkey_", "e"), "r.yaml:5: no distinctive beginning: "),
    "a beginning without a rare literal": (
        (
            RULE[RULE.index("pattern:") : RULE.index("why:")],
            (
                "pattern: '[.] (?P<secret> [a-z0-9]{20} ) [.]'\nsamples: '[a-z0-9]{20}'\n"
                "examples: ['a.{sample}.b']\nsilent: ['a.b']\n"
            ),
        ),
        "r.yaml:5: no literal that is rare in code",
    ),
    "a context that does not exist": (
        ("why:", "context: nope\nwhy:"),
        "r.yaml:9: unknown context 'nope'; allowed: sanity",
    ),
    "a pair that does not exist": (
        ("why:", "pair: {id: nope, within: 9}\nwhy:"),
        "r.yaml:9: pair: there is no rule 'nope'",
    ),
    "an id that is taken": (("test-rule", "sanity-token"), "r.yaml:1: the id 'sanity-token' is taken by rules/sanity/"),
}


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory, few_rules_folder: Path) -> Run:
    """Check one file per mistake, all in one run."""
    folder = tmp_path_factory.mktemp("rules")
    for number, (change, _) in enumerate(MISTAKES.values()):
        rule = RULE.replace("test-rule", f"test-rule-{number}").replace(
            change[0].replace("test-rule", f"test-rule-{number}"), change[1]
        )
        write(folder, {f"own/{number}.yaml": rule})
    with shipping(few_rules_folder):
        return frontleak("rules", "check", "own", cwd=folder)


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_in_ones_own_rule_is_named_with_its_line(checked: Run, name: str) -> None:
    assert checked.code == 2
    number = list(MISTAKES).index(name)
    (line,) = [line for line in checked.out.splitlines() if line.startswith(f"own/{number}.yaml:")]
    assert line.startswith(MISTAKES[name][1].replace("r.yaml", f"own/{number}.yaml"))


def test_mistakes_are_counted(checked: Run, few_rules: Path) -> None:
    count = len(load_rules().every) + len(MISTAKES)
    places = [line.split(": ")[0] for line in checked.out.splitlines()]
    assert len(places) == len(MISTAKES)
    assert places == sorted(places)
    assert checked.err == f"{len(MISTAKES)} mistakes in {count} rules; docs/writing-rules.md explains every field\n"


def test_a_path_that_does_not_exist(few_rules: Path, tmp_path: Path) -> None:
    done = frontleak("rules", "check", "missing.yaml", cwd=tmp_path)
    assert (done.code, done.problems) == (2, ["error: missing.yaml: no such rule file"])


def test_a_shipped_file_can_be_checked_by_its_name(few_rules: Path) -> None:
    done = frontleak("rules", "check", "rules/vendors/npm.yaml", cwd=few_rules.parent)
    assert (done.code, done.err) == (0, "")
