"""Baselines: what they accept, what they refuse, and that writing one again changes nothing."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontleak.core.errors import ConfigError
from frontleak.triage.baseline import Baseline, compare, new_baseline, read_baseline, write_baseline

IDENTITY = "0f" * 16


def _text(baseline: Baseline) -> str:
    return "".join(write_baseline(baseline))


def _with(*paths: str, baseline: Baseline | None = None) -> Baseline:
    baseline = baseline or new_baseline()
    return baseline.replaced(
        [*baseline.entries.values(), *(baseline.entry("sanity-token", IDENTITY, path) for path in paths)]
    )


def test_an_empty_one_accepts_nothing() -> None:
    empty = read_baseline("b.json", _text(new_baseline()))
    assert empty.entries == {}
    found = empty.entry("sanity-token", IDENTITY, "a.ts")
    assert compare(empty, [found], lambda _: True).new == (found,)


@pytest.mark.parametrize(
    ("rule", "identity", "path"),
    [("other", IDENTITY, "a.ts"), ("sanity-token", "1f" * 16, "a.ts"), ("sanity-token", IDENTITY, "b.ts")],
)
def test_another_rule_secret_or_file_is_new(rule: str, identity: str, path: str) -> None:
    baseline = _with("a.ts")
    assert baseline.entry(rule, identity, path).id not in baseline.entries


def test_an_id_cannot_be_computed_without_the_key() -> None:
    one, other = _with("a.ts"), _with("a.ts")
    assert not one.entries.keys() & other.entries.keys()


def test_it_holds_one_entry_a_line_and_nothing_that_changes() -> None:
    text = _text(_with("b.ts", "a.ts"))
    rows = [line for line in text.split("\n") if line.startswith('{"path"')]
    assert [json.loads(row.rstrip(","))["path"] for row in rows] == ["a.ts", "b.ts"]
    assert IDENTITY not in text


def test_more_entries_leave_the_old_lines_as_they_were() -> None:
    before = _with("a.ts", "c.ts")
    after = _with("b.ts", baseline=before)
    old = {line.rstrip(",") for line in _text(before).split("\n")}
    assert old <= {line.rstrip(",") for line in _text(after).split("\n")}


@given(st.sets(st.text(min_size=1, max_size=20), max_size=8))
def test_what_is_written_is_read_again(paths: set[str]) -> None:
    baseline = _with(*(path.encode("utf-8", "ignore").decode() or "x" for path in paths))
    text = _text(baseline)
    again = read_baseline("b.json", text)
    assert again == baseline
    assert _text(again) == text


def test_stale_entries_are_those_the_scan_looked_for() -> None:
    baseline = _with("src/a.ts", "dist/a.js")
    changes = compare(baseline, [], lambda path: path.startswith("src/"))
    assert [entry.path for entry in changes.stale] == ["src/a.ts"]
    assert changes.known == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "b.json:1: is not JSON"),
        ("{\n oops", "b.json:2: is not JSON"),
        ("[" * 100_000, "b.json:1: is not JSON"),
        ("[]", "b.json:1: is not a baseline of this version: it has no `frontleak-baseline`"),
        ('{"frontleak-baseline": 2}', "its version is 2; update frontleak"),
        ('{"version": "1.5.0", "plugins_used": [], "results": {}}', "it is one of detect-secrets"),
        ('[{"RuleID": "x", "Secret": "y"}]', "it is a report of gitleaks"),
        ('{"frontleak-baseline": 1, "key": "00", "findings": []}', "b.json:1: has no valid `key`"),
        (f'{{"frontleak-baseline": 1, "key": "{"0" * 64}", "findings": {{}}}}', "b.json:1: has no valid `key`"),
        (
            f'{{"frontleak-baseline": 1,\n"key": "{"0" * 64}",\n"findings": [\n{{"path": "a", "rule": "r"}}\n]}}',
            "b.json:4: entry 1 is not valid",
        ),
    ],
)
def test_what_is_no_baseline_is_refused_with_line_and_reason(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as error:
        read_baseline("b.json", text)
    assert message in error.value.problems[0]
    assert "not changed" in error.value.advice


def test_both_sides_of_a_merge_conflict_count() -> None:
    base = _with("a.ts")
    ours, theirs = _with("b.ts", baseline=base), _with("c.ts", baseline=base)
    row = {
        entry.path: line
        for line in _text(ours).split("\n") + _text(theirs).split("\n")
        for entry in (*ours.entries.values(), *theirs.entries.values())
        if f'"{entry.path}"' in line
    }
    text = (
        f'{{\n"frontleak-baseline": 1,\n"key": "{base.key}",\n"findings": [\n{row["a.ts"].rstrip(",")},\n'
        f"<<<<<<< HEAD\n{row['b.ts']}\n=======\n{row['c.ts']}\n>>>>>>> branch\n]\n}}\n"
    )
    merged = read_baseline("b.json", text)
    assert {entry.path for entry in merged.entries.values()} == {"a.ts", "b.ts", "c.ts"}
    assert merged.conflicts == 1


def test_a_conflict_between_two_keys_or_over_a_broken_entry_is_refused() -> None:
    one, other = _with("a.ts"), _with("a.ts")
    both = f"<<<<<<< HEAD\n{_text(one)}=======\n{_text(other)}>>>>>>> branch\n"
    with pytest.raises(ConfigError, match="two keys"):
        read_baseline("b.json", both)
    broken = _text(one).replace('{"path"', '<<<<<<< HEAD\n{"broken"')
    with pytest.raises(ConfigError, match=r"b\.json:\d+: this entry is not valid"):
        read_baseline("b.json", broken)
