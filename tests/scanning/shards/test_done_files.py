"""What a plan and a done-file hold, who can read it, and which of them a merge refuses."""

import hashlib
import json
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from frontleak.api.functions import load_rules
from frontleak.core.errors import ConfigError, FrontleakError, InputError
from frontleak.core.report import Report
from frontleak.rules.ruleset import RuleSet
from frontleak.scanning.options import ScanOptions
from frontleak.scanning.shards.key import VARIABLE, ShardKey, create_key, read_key
from frontleak.scanning.shards.lines import lines_of, read_line, read_shard
from frontleak.scanning.shards.merge import merge_done
from frontleak.scanning.shards.plan import make_plan
from frontleak.scanning.shards.run import run_shard
from frontleak.scanning.shards.settings import settings_of
from frontleak.scanning.shards.store import documents, done_name, write_done
from tests.scanning.shards.in_shards import KEY, done_files, merged
from tests.support.shipped import fake

OPTIONS = ScanOptions(paths=(".",), jobs=1)
PASSWORD = "Summer2024x"


@pytest.fixture(scope="module")
def ruleset() -> RuleSet:
    return load_rules()


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in "abcd":
        folder = tmp_path / name
        folder.mkdir()
        (folder / "package.json").write_text("{}")
        (folder / ".git").mkdir()
        (folder / "app.js").write_text(
            f'x="{fake("sanity-token", name)}";const url="postgres://app:{PASSWORD}@db.acme-shop.com/y";'
        )
        (folder / f"{fake('sanity-token', name)}.js").write_text(
            'a="postgres://app:' + PASSWORD + '@db.acme-shop.com/y"'
        )
    return tmp_path


@pytest.fixture
def done(ruleset: RuleSet, files: Path) -> dict[str, str]:
    return done_files(ruleset, OPTIONS, 4)


def same(reports: list[Report]) -> bool:
    return len({tuple(each.fingerprint for each in report.findings) for report in reports}) == 1


def test_a_done_file_holds_no_secret(done: dict[str, str]) -> None:
    text = "".join(done.values())
    assert text.count('"detections"') == 8
    assert PASSWORD not in text
    for name in "abcd":
        secret = fake("sanity-token", name)
        assert not [secret[at : at + 12] for at in range(len(secret) - 11) if secret[at : at + 12] in text]


def test_nobody_without_the_key_guesses_a_password(ruleset: RuleSet, done: dict[str, str]) -> None:
    """No digest that can be computed from a word is in a done-file, and equal passwords look different."""
    text = "".join(done.values())
    keyed = hashlib.blake2b(PASSWORD.encode(), key=b"frontleak/secret/v1", digest_size=16).hexdigest()
    plain = [getattr(hashlib, name)(PASSWORD.encode()).hexdigest() for name in ("md5", "sha1", "sha256", "blake2b")]
    assert not [each for each in (keyed, *plain) if each in text]
    sealed = re.findall(r"sealed:[0-9a-f]{32}:[0-9a-f]{32}", text)
    assert len(sealed) == len(set(sealed)) >= 16
    # with the key they are one finding again
    report = merged(ruleset, OPTIONS, list(done.items()))
    passwords = [each for each in report.findings if "sanity" not in each.rule_id]
    assert [1 + len(each.also_at) for each in passwords] == [8]


def test_the_key_is_in_neither(ruleset: RuleSet, files: Path, done: dict[str, str]) -> None:
    plan = "".join(lines_of(make_plan(ruleset, settings_of(OPTIONS), 2), KEY))
    assert KEY.text not in plan + "".join(done.values()) + repr(KEY)
    assert KEY.id in plan


def test_shards_arrive_in_any_order_and_count_once(ruleset: RuleSet, done: dict[str, str]) -> None:
    ordered = list(done.items())
    again = [*reversed(ordered), *((f"copy-{name}", text) for name, text in ordered)]
    found = merge_done(again, KEY)
    assert found.duplicates == 4
    first, second = merged(ruleset, OPTIONS, ordered), merged(ruleset, OPTIONS, again)
    assert same([first, second])
    assert first.coverage == second.coverage
    assert sum(first.coverage.files.values()) == 12


def test_a_missing_shard_is_named(ruleset: RuleSet, done: dict[str, str]) -> None:
    del done["2.json"]
    (skip,) = merged(ruleset, OPTIONS, list(done.items())).skipped
    assert skip.incomplete
    assert skip.message == "1 of 4 shards have no result: 2"
    (skip,) = merged(ruleset, OPTIONS, list(done.items()), allow_missing=True).skipped
    assert not skip.incomplete


@pytest.mark.parametrize("at", [0, 1, 60, 0.5, -200, -2, -1])
def test_a_file_that_is_cut_off_counts_as_missing(at: float, done: dict[str, str]) -> None:
    text = done["1.json"]
    cut = text[: round(at * len(text)) if 0 < at < 1 else round(at)]
    found = merge_done((done | {"1.json": cut}).items(), KEY)
    assert list(found.missing()) == [1]
    assert [each for each in found.refused if "1.json" in each]
    whole = merge_done([("1.json", cut), *done.items()], KEY)  # its retry counts
    assert not whole.lacks_any
    assert not whole.refused


def changed(text: str, **values: Any) -> str:
    head, _, body = text.partition("\n")
    return f"{json.dumps(json.loads(head) | values, separators=(',', ':'))}\n{body}"


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"frontleak-shard": 2}, "has format 2, and this frontleak reads 1"),
        ({"tool": "0.0.1"}, 'was written by frontleak "0.0.1"'),
    ],
)
def test_another_version_is_refused(values: dict[str, Any], told: str, done: dict[str, str]) -> None:
    done["0.json"] = changed(done["0.json"], **values)
    with pytest.raises(ConfigError, match=told):
        merge_done(done.items(), KEY)


def test_other_rules_are_refused(ruleset: RuleSet, files: Path, done: dict[str, str]) -> None:
    other = ruleset.choose(ignore=("sanity-token",))
    line = next(iter(lines_of(make_plan(other, settings_of(OPTIONS), 4), KEY)))
    with pytest.raises(ConfigError, match="was made with other rules"):
        run_shard(read_line(line, "p:1", KEY), ruleset)
    different = done_files(other, OPTIONS, 4)
    with pytest.raises(ConfigError, match="other rules than the rest"):
        merge_done([*done.items(), ("x", different["0.json"])], KEY)


def test_another_plan_is_refused(ruleset: RuleSet, files: Path, done: dict[str, str]) -> None:
    more = done_files(ruleset, OPTIONS, 3)
    with pytest.raises(ConfigError, match="is of another plan"):
        merge_done([*done.items(), ("x", more["0.json"])], KEY)


def test_who_has_no_key_puts_no_result_in(done: dict[str, str]) -> None:
    done["0.json"] = changed(done["0.json"], shard=1)
    assert list(merge_done(done.items(), KEY).missing()) == [0]
    with pytest.raises(InputError, match="signature is wrong"):
        merge_done(done.items(), ShardKey(bytes(32)))


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", "\n\n", '{"frontleak-shard":1}', "[" * 100_000])
def test_no_text_is_an_internal_error(text: str, done: dict[str, str]) -> None:
    with pytest.raises(FrontleakError):
        merge_done([("x", text)], KEY)
    with pytest.raises(FrontleakError):
        read_line(text, "x:1", KEY)


def test_who_has_no_key_changes_no_plan(ruleset: RuleSet, files: Path) -> None:
    """A line says which files are read: one that leads to another file is refused."""
    line = next(iter(lines_of(make_plan(ruleset, settings_of(OPTIONS), 1), KEY)))
    assert read_line(line, "p:1", KEY).references
    for changed_line in (line.replace("app.js", "shadow"), line.replace('"of":1', '"of":2'), line[:-3] + '0"}'):
        with pytest.raises(InputError, match="its signature is wrong"):
            read_line(changed_line, "p:1", KEY)
    with pytest.raises(ConfigError, match="the key is not that of the plan"):
        read_line(line, "p:1", ShardKey(bytes(32)))


@pytest.fixture
def _no_mask() -> Iterator[None]:
    """Let files have all the permissions that their creation asks for."""
    mask = os.umask(0)
    yield
    os.umask(mask)


@pytest.mark.usefixtures("_no_mask")
def test_files_are_private_and_whole(ruleset: RuleSet, files: Path, tmp_path: Path) -> None:
    shard = read_line(next(iter(lines_of(make_plan(ruleset, settings_of(OPTIONS), 2), KEY))), "p:1", KEY)
    folder = tmp_path / "done"
    folder.mkdir()
    write_done(str(folder), shard, "text")
    assert [entry.name for entry in folder.iterdir()] == [done_name(0)]
    assert stat.S_IMODE((folder / done_name(0)).stat().st_mode) == 0o600
    (folder / ".shard-x.new").write_text("half")
    assert [text for _, text in documents(str(folder))] == ["text"]


@pytest.mark.usefixtures("_no_mask")
def test_the_key_is_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    file = tmp_path / "p.key"
    key = create_key(str(file))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert create_key(str(file)).text == read_key(str(file)).text == key.text
    file.write_text("no key")
    with pytest.raises(ConfigError, match="is not the key of a plan"):
        read_key(str(file))
    with pytest.raises(ConfigError, match="cannot be read"):
        read_key(str(tmp_path / "none"))


def test_a_plan_has_the_shards_that_it_says(ruleset: RuleSet, files: Path, tmp_path: Path) -> None:
    file = tmp_path / "plan"
    file.write_text("".join(lines_of(make_plan(ruleset, settings_of(OPTIONS), 3), KEY)))
    shards = [read_shard(str(file), number, KEY) for number in range(3)]
    assert sorted(each.number for shard in shards for each in shard.references) == list(range(12))
    assert len({shard.plan for shard in shards}) == 1
    with pytest.raises(InputError, match="has no shard 3: it has 3, from 0 to 2"):
        read_shard(str(file), 3, KEY)


def test_a_project_is_in_one_shard(ruleset: RuleSet, files: Path) -> None:
    for name in "abcd":
        (files / name / "more.ts").write_text("x")
    plan = make_plan(ruleset, settings_of(OPTIONS), 3)
    for name in "abcd":
        holders = [
            number
            for number, shard in enumerate(plan.shards)
            if any(f"/{name}/" in each.entry.path for each in shard)  # type: ignore[union-attr]
        ]
        assert len(holders) == 1
    assert all(plan.shards)
