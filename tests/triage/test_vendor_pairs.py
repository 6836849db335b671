"""Each shipped rule with a pair has an example with both halves, which is one finding with the id."""

import pytest

from frontleak.core.blob import Blob
from frontleak.core.detection import Detection
from frontleak.core.origins import FileOrigin
from frontleak.core.vocabulary import Exposure
from frontleak.scanning.blob import scan_blob
from frontleak.selfcheck.pattern_rules import fakes, fill
from tests.support.shipped import Shipped, full_engine, full_set, shipped

PAIRED = [item for item in shipped() if item.rule.pair]


def told(text: str) -> list[Detection]:
    """Return what a scan with all rules reports in a text."""
    return list(scan_blob(Blob(origin=FileOrigin(path="a.js"), data=text.encode()), full_engine()).detections)


@pytest.mark.parametrize("item", PAIRED, ids=lambda item: item.rule.id)
def test_a_secret_is_one_finding_with_its_id(item: Shipped) -> None:
    values = fakes(item.syntax.samples, item.rule, "0")
    for example in item.syntax.examples:
        found = told(fill(example, values))
        with_id = [each for each in found if "id" in each.context]
        if with_id:
            assert [each.rule_id for each in found] == [each.rule_id for each in with_id]
            return
    pytest.fail("no example has a secret and its id")


def test_an_id_of_a_pair_is_public_or_a_finding_by_itself() -> None:
    rules = full_set().by_id()
    ids = {item.rule.pair for item in PAIRED}
    reported = {each for each in ids if rules[each].exposure is not Exposure.PUBLIC}
    assert reported == {
        "alibaba-access-key-id",
        "aws-access-key-id",
        "flickr-api-key",
        "infura-api-key",
        "kraken-api-key",
        "mailjet-credentials",
        "tencent-secret-id",
        "twilio-api-key-sid",
        "twitter-api-key",
        "unsplash-access-key",
    }
