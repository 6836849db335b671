"""The id and the secret of one vendor that stand together are one finding with both."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from frontleak.core.blob import Blob, BlobResult
from frontleak.core.origins import FileOrigin
from frontleak.match.engine import Engine
from frontleak.rules.samples import draw
from frontleak.scanning.blob import scan_blob
from tests.acceptance.support import frontleak, write
from tests.support.made import make_rule, make_set

ID = make_rule(r"(?P<secret> ownid_[a-z0-9]{20} )", name="own-id", severity="medium")
SECRET = replace(make_rule(r"(?P<secret> ownsk_[a-z0-9]{20} )", name="own-secret"), pair="own-id", pair_within=40)


def made(kind: str, seed: int = 0) -> str:
    """Return a fake id or secret."""
    return draw(f"own{kind}_[a-z0-9]{{20}}", f"{kind}{seed}")


def scanned(text: str, *rules: str) -> BlobResult:
    """Scan a text with the rules of these names, or with both."""
    chosen = [rule for rule in (ID, SECRET) if rule.id in rules or not rules]
    return scan_blob(Blob(origin=FileOrigin(path="a.js"), data=text.encode()), Engine(make_set(*chosen), "regex"))


def found(result: BlobResult) -> list[tuple[str, Mapping[str, tuple[str, ...]]]]:
    """Return rule and context of each detection."""
    return [(each.rule_id, each.context) for each in result.detections]


def test_an_id_alone_stays_a_finding() -> None:
    assert found(scanned(f'"{made("id")}"')) == [("own-id", {})]


def test_a_secret_alone_has_no_id() -> None:
    assert found(scanned(f'"{made("sk")}"')) == [("own-secret", {})]


def test_an_id_far_away_is_a_finding_of_its_own() -> None:
    for gap, paired in ((40, True), (41, False)):
        result = found(scanned(made("id") + " " * gap + made("sk")))
        assert ([rule for rule, _ in result] == ["own-secret"]) is paired
        assert ([rule for rule, _ in result] == ["own-id", "own-secret"]) is not paired


@pytest.mark.parametrize("text", ['{{id:"{id}",secret:"{sk}"}}', '{{secret:"{sk}",id:"{id}"}}'])
def test_an_id_on_either_side_is_told_with_its_secret(text: str) -> None:
    result = scanned(text.format(id=made("id"), sk=made("sk")))
    assert found(result) == [("own-secret", {"id": ("owni…(26 characters)",)})]
    assert made("id") not in result.detections[0].snippet


def test_each_secret_has_the_nearest_id() -> None:
    text = f"{made('id', 1)} {made('sk', 1)}{' ' * 30}{made('id', 2)} {made('sk', 2)} {' ' * 50} {made('id', 3)}"
    assert [rule for rule, _ in found(scanned(text))] == ["own-secret", "own-secret", "own-id"]


def test_the_id_of_an_example_is_a_finding() -> None:
    text = f"{made('id')} ownsk_{'a' * 20}"
    assert [(each.rule_id, bool(each.suppression)) for each in scanned(text).detections] == [
        ("own-id", False),
        ("own-secret", True),
    ]


def test_an_example_of_an_id_is_not_told() -> None:
    assert [rule for rule, facts in found(scanned(f"ownid_{'a' * 20} {made('sk')}")) if not facts] == [
        "own-id",
        "own-secret",
    ]


def test_a_rule_that_does_not_run_has_no_pair() -> None:
    text = f"{made('id')} {made('sk')}"
    assert found(scanned(text, "own-id")) == [("own-id", {})]
    assert found(scanned(text, "own-secret")) == [("own-secret", {})]


def test_a_report_tells_of_both_without_their_values(tmp_path: Path) -> None:
    key, secret = draw("AKIA[A-Z2-7]{16}", "pair"), draw("[A-Za-z0-9]{39}7", "pair")
    write(tmp_path, {"a.js": f'new S3Client({{credentials:{{accessKeyId:"{key}",secretAccessKey:"{secret}"}}}})'})
    for form in ("text", "json", "jsonl", "sarif"):
        done = frontleak("scan", "a.js", "--select=aws-*", f"--format={form}", cwd=tmp_path)
        assert done.code == 1
        assert key not in done.out
        assert secret not in done.out
        assert "AK…(20 characters)" in done.out.replace("\\u2026", "…")
    report = json.loads(frontleak("scan", "a.js", "--select=aws-*", "--format=json", cwd=tmp_path).out)
    assert [(each["rule"], each["context"]) for each in report["findings"]] == [
        ("aws-secret-access-key", {"id": ["AK…(20 characters)"]})
    ]
