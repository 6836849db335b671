"""An entry is appended without touching another byte."""

import difflib

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from frontleak.rules.yaml_edit import append_entry

ENTRY = {"fingerprint": "f" * 32, "reason": "a dummy: see #12"}


@pytest.mark.parametrize(
    "text",
    [
        "- a list\n",
        "{fail-on: high}\n",
        "ignore-findings: [{fingerprint: a, reason: b}]\n",
        "ignore-findings: text\n",
        "a: [\n",
        "a: *unknown\n",
    ],
)
def test_what_cannot_be_extended_is_left_alone(text: str) -> None:
    assert append_entry(text, "ignore-findings", ENTRY) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# only a comment\n",
        "fail-on: high",
        "fail-on: high\n",
        "fail-on: high\r\nexclude:\r\n    - a/   # ours\r\n",
        "ignore-findings:\n",
        "ignore-findings: []\nfail-on: high\n",
        "ignore-findings:   # accepted\nfail-on: high\n",
        "ignore-findings:\n  # old\n  - fingerprint: a\n    reason: b   # why\n# end\nfail-on: high\n",
        "ignore-findings:\n- fingerprint: a\n  reason: b\n",
        "ignore-findings:\n    -   fingerprint: a\n        reason: |\n          two\n          lines\n\n# end\n",
        "ignore-findings:\n  - {fingerprint: a,\n     reason: b}\nfail-on: high\n",
        "ignore-findings:\n  - fingerprint: a\n    reason: b",
    ],
)
def test_every_other_byte_stays(text: str) -> None:
    made = append_entry(text, "ignore-findings", ENTRY)
    assert made is not None
    assert yaml.safe_load(made)["ignore-findings"][-1] == ENTRY
    changes = [line for line in difflib.ndiff(text.splitlines(), made.splitlines()) if line[0] == "-"]
    assert [line for line in changes if line != "- ignore-findings: []"] == []
    assert append_entry(made, "ignore-findings", ENTRY) is not None


def test_the_entry_follows_the_last_one() -> None:
    text = "ignore-findings:\n  - fingerprint: a\n    reason: b\n\n# about exclude\nexclude: [x]\n"
    made = append_entry(text, "ignore-findings", {"fingerprint": "c", "reason": "d"})
    assert made == text.replace("    reason: b\n", '    reason: b\n  - fingerprint: "c"\n    reason: "d"\n')


@given(st.text(max_size=40))
def test_any_reason_survives(reason: str) -> None:
    made = append_entry("fail-on: high\n", "ignore-findings", {"fingerprint": "a", "reason": reason})
    if made is not None:
        assert yaml.safe_load(made)["ignore-findings"] == [{"fingerprint": "a", "reason": reason}]


def test_ordinary_reasons_are_written() -> None:
    for reason in ("a dummy", "see #12: it's fine", 'a "quoted" one', "für Tests", "- dash", "{x}", "true"):
        assert append_entry("", "ignore-findings", {"fingerprint": "a", "reason": reason})
