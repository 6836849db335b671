"""The examples of rules with their secret split, as `rules check` tries them."""

import functools
from pathlib import Path

import pytest

from frontleak.match.engine import Engine
from frontleak.selfcheck.check import check_rules
from frontleak.selfcheck.split_secrets import as_code, behaviour
from tests.support.made import make_set
from tests.support.shipped import Shipped, full_set, shipped

SPLIT = [item for item in shipped() if not item.rule.plain]
FOURTH = [pytest.param(item, id=item.rule.id) for item in SPLIT[::4]]
"""Trying all takes half a minute, which `frontleak rules check` does in .ci/run and in `make lint`."""


@functools.cache
def engine() -> Engine:
    return Engine(full_set())


@pytest.mark.parametrize("item", FOURTH)
def test_a_split_secret_of_a_shipped_rule_is_found_by_a_rule(item: Shipped) -> None:
    assert not list(behaviour(item.syntax, item.rule, engine()))


def test_without_triggers_a_rule_loses_its_examples() -> None:
    item = next(item for item in shipped() if item.rule.id == "npm-access-token")
    told = list(behaviour(item.syntax, item.rule, Engine(make_set(item.rule), "regex")))
    assert len(told) == len(item.syntax.examples)
    assert told[0].startswith(f"{item.syntax.where('examples', 0)}: example 1 is lost when its secret is split ")
    assert "within its beginning, after its beginning, in the middle, near its end" in told[0]


@pytest.mark.parametrize(
    ("example", "code"),
    [
        ('f("{sample}")', 'f("{sample}")'),
        ("TOKEN={sample}", 'TOKEN="{sample}"'),
        ("see https://example.com/{sample}", 'x("see https://example.com/{sample}")'),
        ("A=b\nTOKEN={sample}", None),
        ('"no fake"', None),
    ],
)
def test_examples_are_written_as_code(example: str, code: str | None) -> None:
    assert as_code(example) == code


def test_a_rule_that_loses_a_split_example_is_reported_with_its_line(few_rules: Path, tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(
        "id: own-token\nname: Own\nseverity: high\nconfidence: high\n"
        "pattern: '(?P<secret> ~{4} own [0-9]{20} ) {{end}}'\nsamples: '~{4}own[0-9]{20}'\n"
        "examples: ['f(\"{sample}\")']\nsilent: [own]\nwhy: It opens.\nfix: Close.\nreferences: ['https://a.example']\n"
    )
    (told,) = check_rules([file])[1]
    assert told.startswith(f"{file}:7: example 1 is lost when its secret is split ")
