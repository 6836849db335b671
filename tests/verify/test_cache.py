"""Verdicts are cached by HMAC: in memory, and in a file that only this user can open."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from frontleak.core.errors import VerifyError
from frontleak.core.secret import Secret
from frontleak.core.verdict import Holder, Scope, Status, Verdict
from frontleak.verify.cache import LIFETIME, VerdictCache
from frontleak.verify.interface import Hints
from tests.acceptance.support import token

TOKEN = token("cached")
SECRET = Secret(TOKEN.encode())
HINTS: Hints = {"project": ("abcd1234",), "dataset": ("production",)}
ACTIVE = Verdict(
    status=Status.ACTIVE,
    reason="It said so.",
    kind=Holder.ROBOT,
    scope=Scope.CAN_WRITE,
    roles=("editor",),
    facts=(("project", "abcd1234"), ("dataset", "production")),
    label="CI (Robot)",
    expires="2030-01-01T00:00:00Z",
    evidence=("one", "two"),
)
INACTIVE = Verdict(status=Status.INACTIVE, reason="It has expired.")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return the name of a file that does not exist."""
    return tmp_path / "verdicts.json"


def saved(file: Path, verdict: Verdict = ACTIVE) -> VerdictCache:
    """Save one verdict."""
    cache = VerdictCache(file)
    cache.keep("sanity", SECRET, HINTS, verdict)
    cache.save()
    return cache


def test_nothing_is_known_at_first(file: Path) -> None:
    assert VerdictCache().find("sanity", SECRET, HINTS) is None
    assert VerdictCache(file).find("sanity", SECRET, HINTS) is None
    assert not file.exists()


def test_without_a_file_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    cache = VerdictCache()
    cache.keep("sanity", SECRET, HINTS, ACTIVE)
    cache.save()
    assert cache.find("sanity", SECRET, HINTS) == ACTIVE
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("status", [Status.UNKNOWN, Status.NOT_CHECKED])
def test_what_settles_nothing_is_not_remembered(status: Status) -> None:
    cache = VerdictCache()
    cache.keep("sanity", SECRET, HINTS, Verdict(status=status, reason="x"))
    assert cache.find("sanity", SECRET, HINTS) is None


@pytest.mark.parametrize(
    ("verifier", "secret", "hints"),
    [
        ("other", SECRET, HINTS),
        ("sanity", Secret(TOKEN[:-1].encode()), HINTS),
        ("sanity", SECRET, {}),
        ("sanity", SECRET, {"project": ("abcd1234", "production")}),
        ("sanity", SECRET, {"project": ("efgh5678",), "dataset": ("production",)}),
    ],
    ids=range(5),
)
def test_everything_a_verdict_depends_on_counts(verifier: str, secret: Secret, hints: Hints) -> None:
    cache = VerdictCache()
    cache.keep("sanity", SECRET, HINTS, ACTIVE)
    assert cache.find(verifier, secret, hints) is None


@pytest.mark.parametrize("verdict", [ACTIVE, INACTIVE], ids=["active", "inactive"])
def test_a_file_keeps_verdicts_and_says_when_they_were_established(file: Path, verdict: Verdict) -> None:
    saved(file, verdict)
    found = VerdictCache(file).find("sanity", SECRET, HINTS)
    assert found is not None
    assert found.to_plain() | {"evidence": []} == verdict.to_plain() | {"evidence": []}
    assert found.evidence[:-1] == verdict.evidence
    assert found.evidence[-1].startswith("established 20")


def test_a_verdict_that_is_kept_again_says_when_it_was_established_once(file: Path) -> None:
    saved(file)
    VerdictCache(file).save()
    found = VerdictCache(file).find("sanity", SECRET, HINTS)
    assert found is not None
    assert len([line for line in found.evidence if line.startswith("established")]) == 1


def test_a_file_holds_no_token_and_is_for_this_user_alone(file: Path) -> None:
    old = os.umask(0)
    try:
        saved(file)
    finally:
        os.umask(old)
    assert file.stat().st_mode & 0o777 == 0o600
    text = file.read_text()
    assert not any(TOKEN[start : start + 6] in text for start in range(len(TOKEN) - 6))
    assert SECRET.digest not in text


def test_two_files_name_the_same_token_differently(tmp_path: Path) -> None:
    names = set()
    for name in ("a", "b"):
        saved(tmp_path / name)
        names |= set(json.loads((tmp_path / name).read_text())["verdicts"])
    assert len(names) == 2


@pytest.mark.parametrize(("age", "known"), [(0, True), (LIFETIME - 5, True), (LIFETIME + 5, False), (-60, False)])
def test_a_verdict_counts_for_a_day(file: Path, age: float, *, known: bool) -> None:
    cache = VerdictCache(file, now=lambda: 1_000_000_000)
    cache.keep("sanity", SECRET, HINTS, ACTIVE)
    cache.save()
    later = VerdictCache(file, now=lambda: 1_000_000_000 + age)
    assert (later.find("sanity", SECRET, HINTS) is not None) == known
    later.save()
    assert len(json.loads(file.read_text())["verdicts"]) == int(known), "what has expired is not kept"


def test_an_entry_that_makes_no_sense_is_left_out(file: Path) -> None:
    saved(file)
    plain = json.loads(file.read_text())
    good = next(iter(plain["verdicts"].values()))
    for number, entry in enumerate([1, None, [], {}, {"at": "x"}, good | {"status": "x"}, good | {"roles": 3}]):
        plain["verdicts"][f"{number:064}"] = entry
    file.write_text(json.dumps(plain))
    assert len(VerdictCache(file)._entries) == 1


def _link(file: Path) -> None:
    saved(file.with_name("real"))
    file.symlink_to("real")


def _mode(mode: int) -> Callable[[Path], object]:
    def make(file: Path) -> None:
        saved(file)
        file.chmod(mode)

    return make


def _text(text: str) -> Callable[[Path], object]:
    def make(file: Path) -> None:
        file.write_text(text)
        file.chmod(0o600)

    return make


UNUSABLE: dict[str, tuple[Callable[[Path], object], str]] = {
    "readable by others": (_mode(0o644), "0600"),
    "writable by the group": (_mode(0o620), "0600"),
    "a link": (_link, "cannot be read"),
    "a folder": (Path.mkdir, "not a regular file"),
    "a pipe": (os.mkfifo, "not a regular file"),
    "another file": (_text("SANITY_TOKEN=x"), "not a verdict cache file"),
    "other JSON": (_text("[]"), "not a verdict cache file"),
    "of another format": (_text('{"format":"x","key":"","verdicts":{}}'), "not a verdict cache file"),
    "without a key": (_text('{"format":"frontleak-verdicts-1","key":"","verdicts":{}}'), "not a verdict cache file"),
    "empty": (_text(""), "not a verdict cache file"),
    "brackets": (_text("[" * 100_000), "not a verdict cache file"),
}


@pytest.mark.parametrize(("make", "reason"), UNUSABLE.values(), ids=UNUSABLE)
def test_a_file_that_cannot_be_trusted_is_refused_and_left_alone(
    file: Path, make: Callable[[Path], object], reason: str
) -> None:
    make(file)
    before = file.read_bytes() if file.is_file() else None
    with pytest.raises(VerifyError, match=reason):
        VerdictCache(file)
    assert (file.read_bytes() if file.is_file() else None) == before


def test_a_folder_that_is_not_there_is_named_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(VerifyError, match="the folder .* does not exist"):
        VerdictCache(tmp_path / "missing" / "verdicts.json")


def test_a_file_that_can_no_longer_be_written(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    cache = VerdictCache(folder / "verdicts.json")
    folder.rmdir()
    with pytest.raises(VerifyError, match="cannot be written"):
        cache.save()
