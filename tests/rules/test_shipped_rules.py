"""Every example and silent text of a shipped rule, tried on the rule alone and on all rules."""

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from frontleak.core.vocabulary import Confidence, Exposure, Severity
from frontleak.rules.compile import build_rule
from frontleak.rules.embeddings import EMBEDDINGS
from frontleak.rules.paths import rules_directory
from frontleak.rules.regex_ast import MAX_LENGTH
from frontleak.selfcheck.pattern_rules import DRAWS, behaviour, embedded, fakes
from tests.support.made import scan_text, secret_of
from tests.support.shipped import Shipped, full_set, shipped, shipped_sources

TESTS = Path(__file__).resolve().parent.parent


PARTS = 20
"""Tests among which the rules are divided: a test of each rule takes longer to collect and report than to run."""


@pytest.mark.parametrize("part", range(PARTS))
def test_the_examples_of_a_rule_are_found_and_its_silent_texts_are_not_in_every_embedding(part: int) -> None:
    """And its prefilter is rare on the worst text: `behaviour` tells all that."""
    assert not [mistake for item in shipped()[part::PARTS] for mistake in behaviour(item.syntax, item.rule)]


def in_one_embedding(item: Shipped, texts: Sequence[str]) -> Iterator[tuple[str, bytes, bytes]]:
    """Yield each text in one of the embeddings, in turn: all rules together try them all."""
    first = sum(item.rule.id.encode())
    for number, text in enumerate(texts):
        form = (first + number) % (DRAWS * len(EMBEDDINGS))
        yield next(itertools.islice(embedded(item.syntax, item.rule, text), form, None))


@pytest.mark.parametrize("part", range(PARTS))
def test_a_silent_text_is_no_finding_of_its_rule_among_all_rules(part: int) -> None:
    loud = [
        (item.rule.id, name, data)
        for item in shipped()[part::PARTS]
        for name, data, _ in in_one_embedding(item, item.syntax.silent)
        if item.rule.id in {finding.rule_id for finding in scan_text(data).detections}
    ]
    assert not loud


@pytest.mark.parametrize("part", range(PARTS))
def test_an_example_is_reported_by_its_rule_or_a_stronger_one_among_all_rules(part: int) -> None:
    for item in shipped()[part::PARTS]:
        for name, data, secret in in_one_embedding(item, item.syntax.examples):
            same_span = [finding for finding in scan_text(data).detections if secret_of(finding).reveal() == secret]
            assert same_span, f"nothing reports {item.rule.id} as {name}"
            for finding in same_span:
                assert finding.suppression is None, (item.rule.id, name)
                assert data[finding.place.offset :].startswith(secret), (item.rule.id, name)
                assert (finding.severity.rank, finding.confidence.rank) <= (
                    item.rule.severity.rank,
                    item.rule.confidence.rank,
                ), f"{finding.rule_id} reports {item.rule.id} as {name}"


def rules_that_fail(holds: Callable[[Shipped], bool]) -> list[str]:
    """Return the ids of the rules for which something does not hold: a thousand tests of a moment each take seconds."""
    return [item.rule.id for item in shipped() if not holds(item)]


def test_every_rule_says_what_to_do_and_where() -> None:
    assert not rules_that_fail(lambda item: item.rule.why.endswith("."))
    assert not rules_that_fail(lambda item: item.rule.fix.endswith("."))
    address = re.compile(r"https://[a-z0-9.-]+/\S*$")
    assert not rules_that_fail(lambda item: all(map(address.match, item.rule.references)))


def test_every_rule_is_bounded() -> None:
    assert not rules_that_fail(lambda item: 0 < item.rule.longest <= MAX_LENGTH)
    assert not rules_that_fail(lambda item: 2 <= item.rule.prefilter.least <= item.rule.prefilter.most)


def test_every_secret_has_the_run_of_its_rule() -> None:
    def has_run(item: Shipped) -> bool:
        run = re.compile(item.rule.secret_run.encode())
        drawn = (fakes(item.syntax.samples, item.rule, str(seed))["sample"] for seed in range(5))
        return all(run.search(secret.encode()) for secret in drawn)

    assert not rules_that_fail(has_run)


def test_only_keys_that_are_public_by_design_are_informational() -> None:
    assert not rules_that_fail(lambda item: (item.rule.severity == "info") == (item.rule.exposure is Exposure.PUBLIC))


def test_the_first_step_names_a_page() -> None:
    """Except where the vendor is not known, or a command of Sanity's is all there is to do."""
    without = rules_that_fail(lambda item: "https://" in item.rule.fix)
    assert set(without) == {"openai-compatible-api-key", "sanity-debug-command", "sanity-debug-output"}


def test_the_compiled_set_holds_exactly_the_written_rules_in_order_of_id() -> None:
    assert [rule.id for rule in full_set().rules] == [item.rule.id for item in shipped()]
    for item in shipped()[::16]:  # a whole compilation takes as long as half of this folder
        assert build_rule(item.syntax, shipped_sources().macros) == (item.rule, [])


def test_every_context_a_rule_names_exists() -> None:
    assert {rule.context for rule in full_set().rules} - {""} <= set(full_set().contexts)


def texts(file: Path) -> list[bytes]:
    """Return the texts in a file: outputs of build tools have a program a line, and each is a file of its own."""
    data = file.read_bytes()
    return data.splitlines() if file.parent == TESTS / "matrix" / "outputs" else [data]


@pytest.mark.parametrize(
    "folder", [pytest.param(rules_directory(), id="rules"), pytest.param(TESTS, id="tests")], ids=str
)
def test_no_committed_text_holds_the_shape_of_a_vendors_secret(folder: Path) -> None:
    """A shape that identifies a secret: that of a name and any value is in many tests."""
    files = [file for file in folder.rglob("*") if file.suffix in {".py", ".yaml", ".md", ".json"}]
    assert len(files) > 10
    found = [
        (file.name, finding.place.line, finding.rule_id)
        for file in files
        for text in texts(file)
        for finding in scan_text(text).detections
        if finding.confidence is Confidence.HIGH and finding.severity is not Severity.INFO
        if finding.suppression is None and not finding.rule_id.startswith("sanity-")
    ]
    assert not found
