"""Choosing rules, and the compiled set in the cache."""

import json
import os
import shutil
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from frontleak.core import cache as user_cache
from frontleak.core.errors import ConfigError, RuleError
from frontleak.match.engine import Engine
from frontleak.match.prepare import compiled_files_of_the_package
from frontleak.rules import cached_rules, expressions, load
from frontleak.rules.expressions import compiled
from frontleak.rules.file_rule import FileRule
from frontleak.rules.load import load_data, load_folder, load_rules
from frontleak.rules.paths import rules_directory
from frontleak.rules.pattern_rule import PatternRule
from frontleak.rules.ruleset import RuleSet, digest_of
from frontleak.rules.stored_rules import ids_of
from frontleak.scanning.rules import known_names
from tests.support.few_rules import copy_few_rules, shipping
from tests.support.made import make_rule, make_set
from tests.support.shipped import fake, full_set

SET = make_set(
    make_rule("one_live_(?P<secret>[a-f]{20})", name="one"),
    make_rule("two_live_(?P<secret>[a-f]{20})", name="two-live"),
    make_rule("two_test_(?P<secret>[a-f]{20})", name="two-test"),
)


NPM_TOKEN = fake("npm-access-token").encode()
SANITY_TOKEN = fake("sanity-token").encode()
"""Made of all rules: what a test makes of a few of them would be kept for the tests after it."""
BOTH: RuleSet = replace(SET, others=full_set().others)
"""Rules of two kinds."""


@pytest.fixture
def few(tmp_path: Path) -> Iterator[Path]:
    """A folder of this test that stands for that of the shipped rules, with those of a few vendors."""
    with shipping(copy_few_rules(tmp_path / "shipped" / "rules")) as folder:
        yield folder


@pytest.fixture
def cache(few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("FRONTLEAK_CACHE_DIR", str(tmp_path / "cache"))
    yield tmp_path / "cache"


CHOICES: dict[str, tuple[tuple[str, ...], tuple[str, ...], list[str]]] = {
    "nothing said": ((), (), ["one", "two-live", "two-test"]),
    "one selected": (("one",), (), ["one"]),
    "several selected by their beginning": (("two-*",), (), ["two-live", "two-test"]),
    "one ignored": ((), ("one",), ["two-live", "two-test"]),
    "ignoring wins over selecting": (("two-*",), ("two-live",), ["two-test"]),
    "all ignored": ((), ("*",), []),
}


@pytest.mark.parametrize(("select", "ignore", "kept"), CHOICES.values(), ids=CHOICES)
def test_a_choice_keeps_the_rules_it_says(select: tuple[str, ...], ignore: tuple[str, ...], kept: list[str]) -> None:
    assert [rule.id for rule in SET.choose(select, ignore).rules] == kept


def test_a_choice_is_one_of_rules_of_every_kind() -> None:
    chosen = BOTH.choose(["two-*", "served-*"], ["two-live", "served-key-store"])
    assert [rule.id for rule in chosen.rules] == ["two-test"]
    served = [rule.id for rule in BOTH.others if rule.id.startswith("served-")]
    assert [rule.id for rule in chosen.others] == [name for name in served if name != "served-key-store"]
    assert BOTH.choose(["one"]).others == ()
    assert BOTH.choose(["served-git-folder"]).rules == ()


def test_all_rules_are_known_by_id_and_in_order_whatever_their_kind() -> None:
    ids = [rule.id for rule in BOTH.every]
    assert ids == sorted(ids) == list(BOTH.by_id())
    assert {"one", "served-env-file"} <= set(ids)
    assert len(ids) == len(BOTH.rules) + len(BOTH.others)


def test_choosing_among_rules_of_another_kind_changes_the_digest() -> None:
    digests = {BOTH.digest, BOTH.choose([], ["served-env-file"]).digest, BOTH.choose([], ["served-key-store"]).digest}
    assert len(digests) == 3


def test_every_unknown_name_is_told_at_once() -> None:
    with pytest.raises(ConfigError) as raised:
        SET.choose(["onE", "one"], ["three-*"])
    assert raised.value.problems == (
        "there is no rule 'onE'; did you mean 'one'?",
        "there is no rule 'three-*'",
    )


def test_the_beginning_of_an_id_without_a_star_is_no_name() -> None:
    with pytest.raises(ConfigError):
        SET.choose(["two"])


def test_a_choice_that_changes_nothing_keeps_the_digest_and_any_other_changes_it() -> None:
    digests = [SET.digest, SET.choose(["one"]).digest, SET.choose(["two-*"]).digest, SET.choose([], ["one"]).digest]
    assert SET.choose(["*"]).digest == SET.digest
    assert digests[2] == digests[3]
    assert len(set(digests)) == 3


def test_digests_keep_texts_apart() -> None:
    assert digest_of("ab", "c") != digest_of("a", "bc") != digest_of("abc")
    assert digest_of("a", b"b") == digest_of("a", "b")


def test_the_set_from_the_cache_equals_the_compiled_one(cache: Path) -> None:
    compiled, cached = load_rules(), load_rules()
    assert compiled == cached
    assert {"npm-access-token", "sanity-token", "stripe-live-key"} <= {rule.id for rule in cached.rules}
    assert sorted(file.name.partition("-")[0] for file in cache.iterdir()) == ["key", "rules"]


def test_a_changed_extra_rule_is_not_served_from_the_cache(cache: Path, tmp_path: Path) -> None:
    text = (rules_directory() / "sanity" / "token.yaml").read_text().replace("id: sanity-token", "id: mine")
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    before = load_rules([file])
    file.write_text(text.replace("name: Sanity API token", "name: Mine"))
    after = load_rules([file])
    assert (before.by_id()["mine"].name, after.by_id()["mine"].name) == ("Sanity API token", "Mine")
    assert before.digest != after.digest
    assert len(list(cache.glob("own-*"))) == 2
    assert len(list(cache.glob("rules-*"))) == 1


def own_file(folder: Path, text: str = "") -> Path:
    """Write a file with one own rule, or another content."""
    file = folder / "mine.yaml"
    file.write_text(text or (rules_directory() / "vendors" / "npm.yaml").read_text("utf-8").replace("npm", "qqmine"))
    return file


def test_own_rules_are_added_without_compiling_the_shipped_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = load_rules()
    monkeypatch.setattr("frontleak.rules.load._compile", None)
    for _ in ("compiled", "again"):
        ruleset = load_rules([own_file(tmp_path)])
        own = set(ruleset.ids) - set(shipped.ids)
        assert own
        assert list(ruleset.ids) == sorted((*shipped.ids, *own))
        assert [rule.id for rule in ruleset.rules] == list(ids_of(ruleset.rules))
        assert ruleset.triggers[: len(shipped.triggers)] == shipped.triggers
        assert ruleset.base == shipped
        assert ruleset.digest != shipped.digest
        assert set(shipped.beginnings.sure) < set(ruleset.beginnings.sure)
        assert any("qqmine".startswith(text[:6]) for text in ruleset.beginnings.sure)


def test_own_secrets_are_found_encoded_with_the_triggers_that_are_added(tmp_path: Path) -> None:
    shipped = load_rules()
    added = load_rules([own_file(tmp_path)]).triggers[len(shipped.triggers) :]
    engine = Engine(RuleSet(rules=(), contexts={}, triggers=added, digest=""), "regex")
    text = b64encode(b"qqmine_" + b"Ab3dEf6hIj" * 4)
    assert "base64" in engine.scan(text).triggers
    assert "base64" not in Engine(replace(shipped, rules=()), "regex").scan(text).triggers


def test_a_start_reads_no_rule_file(monkeypatch: pytest.MonkeyPatch) -> None:
    load_rules()
    monkeypatch.setattr("frontleak.rules.load.read_files", None)
    assert load_rules().ids == full_set().ids


@pytest.mark.parametrize("folder", ["vendors", "frameworks", ""])
def test_a_changed_shipped_file_is_noticed_without_reading_any(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(rules_directory(), tmp_path / "rules")
    monkeypatch.setattr("frontleak.rules.load.rules_directory", lambda: tmp_path / "rules")
    before = list(load._files())
    assert len(before) == len(load._texts())
    file = min((tmp_path / "rules" / folder).glob("[mnrt]*.yaml"))
    os.utime(file, ns=(1, 1))
    changed = [new for old, new in zip(before, load._files(), strict=True) if old != new]
    assert [name for name, _, _ in changed] == [f"{folder}/{file.name}"]


def test_ones_own_framework_may_not_have_the_id_of_a_shipped_one(tmp_path: Path) -> None:
    text = (rules_directory() / "frameworks" / "astro.yaml").read_text("utf-8")
    file = own_file(tmp_path, text if text.startswith("kind:") else f"kind: framework\n{text}")
    with pytest.raises(RuleError, match=r"the id 'astro' is taken by rules/frameworks/astro\.yaml:\d"):
        load_rules([file])


def test_a_set_whose_names_were_not_checked_is_not_served_to_those_who_check_them(cache: Path, tmp_path: Path) -> None:
    text = (rules_directory() / "usage" / "public-env-secret.yaml").read_text()
    file = tmp_path / "mine.yaml"
    file.write_text(text.replace("id: public-env-secret", "id: mine").replace("check: public-env", "check: public"))
    assert "mine" in load_rules([file]).by_id()
    for _ in ("compiled", "again"):
        with pytest.raises(
            RuleError, match=r"mine.yaml:3: unknown check 'public'; did you mean 'public-env'\? allowed: "
        ):
            load_rules([file], known_names)


def test_the_same_rule_elsewhere_is_said_to_be_written_there(cache: Path, tmp_path: Path) -> None:
    text = (rules_directory() / "files" / "served-env-file.yaml").read_text().replace("id: served-env-file", "id: mine")
    for folder in (tmp_path / "a", tmp_path / "b"):
        folder.mkdir()
        (folder / "mine.yaml").write_text(text)
        assert load_rules([folder]).by_id()["mine"].source == f"{folder}/mine.yaml:1"


def test_only_a_shipped_file_rule_is_searched_without_a_time_limit(few: Path, tmp_path: Path) -> None:
    text = (rules_directory() / "files" / "served-env-file.yaml").read_text().replace("id: served-env-file", "id: mine")
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "mine.yaml").write_text(text)
    rules = [rule for rule in load_rules([tmp_path / "rules"]).others if isinstance(rule, FileRule)]
    assert {rule.id for rule in rules if rule.has_time_limit} == {"mine"}


def test_ones_own_rule_may_not_have_the_id_of_a_rule_of_another_kind(few: Path, tmp_path: Path) -> None:
    text = (rules_directory() / "sanity" / "token.yaml").read_text().replace("id: sanity-token", "id: served-env-file")
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    with pytest.raises(RuleError, match=r"the id 'served-env-file' is taken by rules/files/served-env-file\.yaml:1"):
        load_rules([file])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'{"ids":["x"],"prefilters":[["x",1,1,"",0,0]]}',
        b'{"ids":["x"],"prefilters":[["x"]]}\n{}',
        b'{"ids":[],"prefilters":[],"others":[],"contexts":[{"id":"x","within":1,"facts":[]}]}',
        b'{"ids":[],"prefilters":[],"others":[{"data":{"kind":"file"},"source":"x","shipped":true}],"contexts":[]}',
        b"\xff",
    ],
    ids=[
        "nothing",
        "null",
        "a list",
        "an empty object",
        "too few rules",
        "a prefilter without widths",
        "facts of a wrong kind",
        "a file rule of nothing",
        "no text",
    ],
)
def test_a_cached_set_of_the_wrong_form_is_compiled_anew(content: bytes, cache: Path) -> None:
    expected = load_rules()
    (file,) = cache.glob("rules-*")
    user_cache.write(file.name, content)
    assert load_rules() == expected
    stored = user_cache.read(file.name)
    assert stored is not None
    assert json.loads(stored.splitlines()[0])["ids"]


def test_no_rule_is_made_before_its_prefilter_hits(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "ruleset_from_json", cached_rules.ruleset_from_json)  # which the tests share otherwise
    load_rules()
    made: list[str] = []
    one = cached_rules._rule

    def counted(item: dict[str, Any]) -> PatternRule:
        made.append(item["id"])
        return one(item)

    monkeypatch.setattr(cached_rules, "_rule", counted)
    ruleset = load_rules()
    engine = Engine(ruleset, "regex")
    assert len(ruleset.ids) == len(ruleset.by_id())
    engine.scan(b"const a = 1;")
    assert made == []
    engine.scan(b"npm_")
    assert ruleset.by_id()["npm-access-token"].id == "npm-access-token"
    assert made == ["npm-access-token"]


def test_data_is_the_same_from_the_cache(cache: Path) -> None:
    load_data.cache_clear()
    first = load_data("walk.yaml")
    load_data.cache_clear()
    assert load_data("walk.yaml") == first
    assert list(cache.iterdir())


def test_missing_data_is_a_rule_error(cache: Path) -> None:
    with pytest.raises(RuleError, match=r"rules/nowhere\.yaml"):
        load_data("nowhere.yaml")


def test_a_cache_that_cannot_be_used_costs_nothing_but_time(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = load_rules()
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("FRONTLEAK_CACHE_DIR", str(tmp_path / "file" / "cache"))
    assert load_rules() == expected


# --- compiled files, as in a wheel ---


@pytest.fixture
def compiled_folder(few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that stands for that of an installed package, with all compiled files."""
    folder = tmp_path / "_compiled"
    folder.mkdir()
    for name, content in compiled_files_of_the_package():
        (folder / name).write_bytes(content)
    monkeypatch.setattr("frontleak.core.compiled_files.FOLDER", str(folder))  # an absolute path replaces what is joined
    return folder


@pytest.fixture
def fresh_expressions() -> Iterator[None]:
    """No expression is compiled or loaded yet, nor afterwards."""
    for cached in (expressions.compiled, expressions._stored):
        cached.cache_clear()
    yield
    for cached in (expressions.compiled, expressions._stored):
        cached.cache_clear()


def test_with_compiled_files_nothing_is_compiled(
    compiled_folder: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("frontleak.rules.load._compile", None)
    monkeypatch.setattr("frontleak.rules.load._parsed", None)
    monkeypatch.setattr("frontleak.match.hyperscan_pass._built", None)
    ruleset = load_rules()
    assert "npm-access-token" in ruleset.by_id()
    assert load_data("walk.yaml")
    assert load_folder("frameworks")
    assert Engine(ruleset, "hyperscan").scan(b"x").matches == ()
    assert not cache.exists()
    assert len(list(compiled_folder.iterdir())) == 16


def test_with_compiled_files_no_expression_is_compiled(
    compiled_folder: Path, monkeypatch: pytest.MonkeyPatch, fresh_expressions: None
) -> None:
    token = NPM_TOKEN
    ruleset = load_rules()
    asked: list[bytes] = []
    monkeypatch.setattr("regex.compile", lambda pattern, _flags: asked.append(pattern))
    assert [match.rule.id for match in Engine(ruleset).scan(b'token="' + token + b'"').matches] == ["npm-access-token"]
    assert asked == []


def test_an_expression_that_no_build_knows_is_compiled(compiled_folder: Path, fresh_expressions: None) -> None:
    assert compiled("(?P<secret> a [bc] )").fullmatch(b"ac")


def test_expressions_are_compiled_where_a_build_has_kept_none(compiled_folder: Path, fresh_expressions: None) -> None:
    (file,) = compiled_folder.glob("expressions-*.bin")
    file.unlink()
    assert compiled("(?P<secret> a [bc] )").fullmatch(b"ac")


def test_compiled_files_are_used_without_a_look_at_the_rules(
    compiled_folder: Path, cache: Path, few: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They belong to an installed package; to ask for a thousand files takes a tenth of a start."""
    ruleset = load_rules()
    monkeypatch.setattr("os.scandir", None)
    monkeypatch.setattr("frontleak.rules.load._texts", None)
    assert load_rules() == ruleset
    assert not cache.exists()


def test_a_compiled_database_of_another_processor_is_built_again(compiled_folder: Path, cache: Path) -> None:
    (database,) = compiled_folder.glob("hyperscan-*.db")
    database.write_bytes(b"another processor's")
    token = SANITY_TOKEN
    assert [match.rule.id for match in Engine(load_rules(), "hyperscan").scan(token).matches] == ["sanity-token"]
    assert [file.name for file in cache.glob("hyperscan-*.db")] == [database.name]
