"""`rules check` with own rules: it tries these, and takes the shipped ones as they are.

A hook runs it at each commit, so what is not about these rules is not compiled again. The guards count; they take no time.
"""

import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import regex

from frontleak.core.errors import RuleError
from frontleak.rules import compile as compile_module
from frontleak.rules import expressions
from frontleak.rules.load import load_rules
from frontleak.selfcheck.check import check_rules
from tests.rules.test_rule_mistakes import AFTER, LINE, rule_text
from tests.support.few_rules import shipping

_FEW = 10
"""More expressions than those of an own rule and of the shipped ones that its examples resemble."""


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> Counter[bytes | str]:
    """Expression -> how often `regex` compiled it in this test."""
    counted: Counter[bytes | str] = Counter()
    real = regex.compile

    def compile_and_count(pattern: bytes | str, *args: Any, **named: Any) -> Any:
        counted[pattern] += 1
        return real(pattern, *args, **named)

    monkeypatch.setattr(regex, "compile", compile_and_count)
    expressions.compiled.cache_clear()
    return counted


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Ids of the pattern rules that were made from their text in this test."""
    ids: list[str] = []
    real: Callable[..., Any] = compile_module.build_rule

    def build_and_note(syntax: Any, *args: Any, **named: Any) -> Any:
        ids.append(syntax.id)
        return real(syntax, *args, **named)

    monkeypatch.setattr(compile_module, "build_rule", build_and_note)
    return ids


def own(folder: Path, text: str = "") -> Path:
    """Write a file with own rules; a valid rule if no text is given."""
    file = folder / "own.yaml"
    file.write_text(text or rule_text())
    return file


def test_only_own_rules_are_made_and_their_expressions_compiled(
    few_rules: Path, tmp_path: Path, built: list[str], compiled: Counter[bytes | str]
) -> None:
    load_rules()  # as a scan before it did
    built.clear()
    count, mistakes = check_rules([own(tmp_path)])
    assert mistakes == []
    assert set(built) == {"test-rule"}
    assert len(compiled) < _FEW
    assert count == len(load_rules().every) + 1


def test_a_named_shipped_file_is_tried_without_the_others(few_rules: Path, built: list[str]) -> None:
    load_rules()
    built.clear()
    count, mistakes = check_rules([few_rules / "vendors" / "npm.yaml"])
    assert mistakes == []
    assert built
    assert all(name.startswith("npm-") for name in built)
    assert count == len(load_rules().every)


def test_no_expression_is_compiled_twice(few_rules: Path, compiled: Counter[bytes | str]) -> None:
    """To compile one is the dearest part of a check, and CI checks more than a thousand rules."""
    assert check_rules()[1] == []
    assert len(compiled) > _FEW
    assert [pattern for pattern, number in compiled.items() if number > 1] == []


def test_an_own_rule_may_name_what_is_shipped(few_rules: Path, tmp_path: Path) -> None:
    text = rule_text(context="sanity", pair="{id: npm-access-token, within: 9}", verify="sanity")
    assert check_rules([own(tmp_path, text)])[1] == []


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (rule_text(id="npm-access-token"), LINE["id"], "the id 'npm-access-token' is taken by rules/vendors/npm.yaml:"),
        (rule_text(id="served-env-file"), LINE["id"], "the id 'served-env-file' is taken by rules/files/"),
        (rule_text(context="sanit"), AFTER, "unknown context 'sanit'; did you mean 'sanity'?"),
        (rule_text(pair="{id: npm-access-tokem, within: 9}"), AFTER, "did you mean 'npm-access-token'?"),
        (rule_text(pair="{id: served-env-file, within: 9}"), AFTER, "pair: there is no rule 'served-env-file'"),
    ],
)
def test_what_collides_with_a_shipped_name_or_misses_it_is_told(
    text: str, line: int, words: str, few_rules: Path, tmp_path: Path
) -> None:
    file = own(tmp_path, text)
    (told,) = check_rules([file])[1]
    assert told.startswith(f"{file}:{line}: ")
    assert words in told


@pytest.mark.parametrize("named", [("own.yaml",), ("own.yaml", "rules/vendors/stripe.yaml")])
def test_mistakes_in_the_shipped_files_are_told_with_all_others(
    named: Sequence[str], few_rules_folder: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(few_rules_folder, tmp_path / "rules")
    file = folder / "vendors" / "npm.yaml"
    file.write_text(file.read_text("utf-8").replace("severity: ", "severity: x", 1))
    own(tmp_path, rule_text(severity="bad"))
    with shipping(folder):
        with pytest.raises(RuleError):
            load_rules()
        told = check_rules([tmp_path / name for name in named])[1]
    assert [mistake.partition(": ")[2].partition(" must")[0] for mistake in told] == ["severity", "severity"]
    assert told[0].startswith(f"{tmp_path}/own.yaml:{LINE['severity']}: ")
    assert told[1].startswith("rules/vendors/npm.yaml:")
