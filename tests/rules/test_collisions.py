"""Vendors share beginnings (`sk_live_`, `pk_`, `key-`): each secret is reported by its own rule, pair by pair."""

from pathlib import Path

import pytest
import yaml

from frontleak.match.engine import Engine
from frontleak.selfcheck.collisions import Collision, collisions, owners, shared_beginnings
from tests.support.made import make_rule, make_set
from tests.support.shipped import full_engine, shipped

EXCEPTIONS = Path(__file__).with_name("collisions.yaml")


@pytest.fixture(scope="module")
def found() -> tuple[Collision, ...]:
    return tuple(collisions([(item.syntax, item.rule) for item in shipped()], full_engine()))


def excepted() -> list[Collision]:
    data = yaml.safe_load(EXCEPTIONS.read_text("utf-8"))
    return [Collision(owner, other) for owner, others in data.items() for other in others]


def test_each_sample_is_reported_by_its_own_rule(found: tuple[Collision, ...]) -> None:
    assert [each for each in found if each not in excepted()] == []


def test_every_exception_still_happens(found: tuple[Collision, ...]) -> None:
    assert [each for each in excepted() if each not in found] == []


def test_the_table_has_the_known_beginnings() -> None:
    shared = shared_beginnings(item.rule for item in shipped())
    table = owners(shared, excepted())
    assert {"stripe-live-key", "clerk-secret-key"} <= table["sk_live_"].keys()
    assert {"stripe-publishable-key", "clerk-publishable-key"} <= table["pk_live_"].keys()
    assert all(len(rules) > 1 for rules in table.values())


def test_a_sample_of_another_rule_is_a_collision() -> None:
    item = next(item for item in shipped() if item.rule.id == "npm-access-token")
    greedy = make_rule("(?P<secret> npm_[A-Za-z0-9]{36} )", name="a-greedy", severity="critical", confidence="high")
    engine = Engine(make_set(item.rule, greedy), "regex")
    assert list(collisions([(item.syntax, item.rule)], engine)) == [Collision("npm-access-token", "a-greedy")]
