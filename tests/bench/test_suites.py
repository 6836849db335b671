"""The examples of other scanners: what is found, and what no vendor can have issued."""

import base64
import json
import random
import string
import subprocess
import uuid
from pathlib import Path

import pytest
import yaml

from bench import suites
from bench.suite_shapes import CHECKSUM, PLACEHOLDER, SHAPE, why_no_place, why_not_real
from frontleak.rules.load import load_rules
from frontleak.rules.ruleset import RuleSet
from tests.support.shipped import fake

ALPHABET = string.ascii_letters + string.digits


def drawn(seed: int, length: int, alphabet: str = ALPHABET) -> str:
    return "".join(random.Random(seed).choices(alphabet, k=length))


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    return load_rules()


@pytest.mark.parametrize("alphabet", [ALPHABET, "0123456789abcdef", string.ascii_lowercase + string.digits])
def test_random_texts_may_be_real(rules: RuleSet, alphabet: str) -> None:
    texts = [drawn(seed, 40, alphabet) for seed in range(200)]
    assert [text for text in texts if why_not_real(text, rules.rules)] == []


def test_random_uuids_and_addresses_may_be_real(rules: RuleSet) -> None:
    texts = [str(uuid.UUID(int=random.Random(seed).getrandbits(128), version=4)) for seed in range(200)]
    assert [text for text in texts if why_not_real(text, rules.rules)] == []
    assert why_no_place("https://bot:" + drawn(1, 12) + "@ci.acme.io/build") is None
    assert why_no_place("https://example.com/ and then postgres://bot:a1b2c3d4@db.acme.io") is None


def test_an_address_on_a_reserved_host_leads_nowhere() -> None:
    for host in ("example.com", "db.example.org:5432/x", "localhost", "a.test"):
        assert why_no_place(f"postgres://bot:{drawn(1, 12)}@{host}") is not None


def test_a_key_of_the_wrong_length_is_impossible() -> None:
    right = base64.b64encode(random.Random(1).randbytes(64)).decode()
    assert why_no_place(f"AccountName=acme;AccountKey={right}") is None
    for wrong in (right[:-4], right[:-3] + "q==", right[:-2]):
        found = why_no_place(f"AccountName=acme;AccountKey={wrong}")
        assert found is not None
        assert found[0] == SHAPE


def test_real_shapes_of_the_shipped_rules_may_be_real(rules: RuleSet) -> None:
    assert why_not_real(fake("github-token"), rules.rules) is None
    assert why_not_real(fake("sanity-token"), rules.rules) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("acme_" + "abcdefghij" * 3, PLACEHOLDER),
        ("acme_" + "a1b2c3d4e5f6g7h8i9j0k1l2", PLACEHOLDER),
        ("acme_" + drawn(1, 20) + "x" * 8, PLACEHOLDER),
        ("acme_" + drawn(2, 12) * 2, PLACEHOLDER),
        ("acme_EXAMPLE" + drawn(3, 20), PLACEHOLDER),
        ("gh" + "p_" + drawn(4, 36), CHECKSUM),
        ("acme_" + drawn(5, 60, string.ascii_lowercase), SHAPE),
        ("ey" + "J" + drawn(6, 20) + "." + drawn(7, 40) + "." + drawn(8, 30), SHAPE),
        ("AK" + "IA" + "01890189ABCDEFGX", SHAPE),
        ("12345678-90ab-cdef-1234-567890abcdef", PLACEHOLDER),
        ("123e4567-e89b-12d3-a456-426614174abc", PLACEHOLDER),
        ("fa327a01-23zc-ea32-a832-2a67fb34eacd", SHAPE),
        ("ABCDE12-ABCDE12-ABCDE12-ABCDE12", PLACEHOLDER),
        ("my_password", PLACEHOLDER),
        ("$Password", PLACEHOLDER),
        ("aaaa-bbbb-cccc", PLACEHOLDER),
        ("6Lcs--w-AAAAAw-w-w----w-w-www-www--ww-w-", PLACEHOLDER),
        (base64.b64encode(b"this is the token of an acme").decode(), PLACEHOLDER),
    ],
)
def test_an_impossible_secret_has_a_class(rules: RuleSet, text: str, name: str) -> None:
    found = why_not_real(text, rules.rules)
    assert found is not None
    assert found[0] == name


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    repository = tmp_path / "suite"
    folder = repository / suites.SUITES["kingfisher"]
    folder.mkdir(parents=True)
    rule = {
        "id": "kingfisher.github.1",
        "pattern": r"(?x) \b ( ghp_ [A-Za-z0-9]{36} ) \b",
        "examples": [f"token = {fake('github-token')}", "gh" + "p_" + drawn(4, 36)],
        "negative_examples": ["gh" + "p_short", fake("npm-access-token"), fake("github-token", 1) + "-acme_one"],
    }
    other = {"id": "kingfisher.acme.1", "pattern": "acme_([a-z0-9]+)", "examples": ["acme_" + drawn(9, 30).lower()]}
    hidden = {**other, "id": "kingfisher.acme.2", "visible": False}
    (folder / "one.yml").write_text(yaml.safe_dump({"rules": [rule, other, hidden]}))
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "rules"]):
        subprocess.run(
            ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *command], cwd=repository, check=True
        )
    return repository


def test_a_suite_is_counted_by_class_and_vendor(suite: Path, rules: RuleSet, tmp_path: Path) -> None:
    positive, negative = suites.read_suite("kingfisher", suite, "HEAD")
    judged = suites.judge(positive, rules)
    assert suites.summary(judged) == ["3", "1", "33.3%", "0", "0", "33.3%", "1", "0", "0", "33.3%", "2", "50.0%"]
    page = suites.render(judged, suites.false_alarms(negative, rules), negative)
    assert "| github | 2 | 1 | 1 |" in page
    assert "acme 1" in page
    assert "False alarms: 1 of 2 texts that must not match their rule (npm-access-token)." in page
    assert not any(example.value in page for example in positive)
    suites.write_missed(judged, (), tmp_path / "missed")
    rows = [json.loads(line) for line in (tmp_path / "missed" / "missed.jsonl").read_text().splitlines()]
    assert [row["vendor"] for row in rows] == ["acme"]


def test_a_suite_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(suites.SuiteError, match="kingfisher"):
        suites.read_suite("kingfisher", tmp_path, "HEAD")
