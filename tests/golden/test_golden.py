"""Findings of every fixture and quiet package equal the record: rule, severity, place, fingerprint, import path."""

import pytest

from tests.acceptance.support import frontleak
from tests.golden.golden import ARGUMENTS, EXPECTED, filled, findings, targets

TARGETS = targets()


@pytest.mark.parametrize("name", TARGETS)
def test_findings_are_those_on_record(name: str) -> None:
    file = EXPECTED / f"{name}.txt"
    wanted = file.read_text("utf-8").splitlines() if file.exists() else []
    with filled(TARGETS[name]) as folder:
        assert findings(frontleak(*ARGUMENTS, cwd=folder).json()) == wanted


def test_every_record_belongs_to_a_target() -> None:
    assert {file.stem for file in EXPECTED.iterdir()} <= set(TARGETS)
