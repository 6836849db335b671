"""`--profile` counts what a scan does and changes nothing about what it finds."""

import base64
from pathlib import Path

import pytest

from frontleak.cli.profile import render_profile
from frontleak.core.profile import Profile
from frontleak.core.records import replace
from frontleak.files.interface import GitSelection
from frontleak.match.engine import Engine
from frontleak.scanning.options import ScanOptions, WorkerOptions
from frontleak.scanning.profiled import ProfiledWorker
from frontleak.scanning.scan import scan
from frontleak.scanning.worker import Worker
from tests.acceptance.support import frontleak, git, repository, write
from tests.support.shipped import fake, full_set

TOKEN = fake("sanity-token")
PLAIN = f'a("{TOKEN}")'
ENCODED = f'b("{base64.b64encode(fake("sanity-token", "other").encode()).decode()}")'


@pytest.fixture
def build(tmp_path: Path) -> Path:
    folder = tmp_path / "dist"
    folder.mkdir()
    for name, text in (("plain.js", PLAIN), ("encoded.js", ENCODED), ("empty.js", "let a=1")):
        (folder / name).write_text(text)
    return folder


def profiled(folder: Path) -> tuple[Profile, ScanOptions]:
    profile = Profile()
    options = ScanOptions(paths=[str(folder)], jobs=4)
    report = scan(full_set(), replace(options, profile=profile))
    plain = scan(full_set(), options)
    assert report.findings == plain.findings
    assert report.coverage == plain.coverage
    assert len(report.findings) == 2
    return profile, options


def test_a_scan_without_a_profile_counts_nothing() -> None:
    worker = Worker(full_set(), WorkerOptions(max_file_size=1))
    assert type(worker.engine) is Engine
    assert not isinstance(worker, ProfiledWorker)


def test_files_and_bytes_are_counted_by_stage(build: Path) -> None:
    profile, _ = profiled(build)
    size = len(PLAIN) + len(ENCODED) + len("let a=1")
    views = profile.decoders["base64"]
    searched = profile.stages.pop("pass")
    assert {name: (work.calls, work.size) for name, work in profile.stages.items()} == {
        "walk": (3, 0),
        "read": (3, size),
        "scan": (3, size),
        "code": (1, 0),
        "report": (1, 0),
    }
    assert searched.calls == 3 + views.views + 2 * 7  # files, views, and seven readings of the names of two of them
    assert searched.size > size + views.size


def test_events_candidates_and_matches_are_counted_by_rule(build: Path) -> None:
    profile, _ = profiled(build)
    token = profile.rules["sanity-token"]
    assert token.events >= 2
    assert (token.candidates, token.matches) == (2, 2)  # in the text, and in the view of the other file
    unusual = profile.rules["sanity-token-unusual-length"]
    assert (unusual.candidates, unusual.matches) == (2, 0)  # a word that must be near is missing


def test_events_views_and_detections_are_counted_by_decoder(build: Path) -> None:
    profile, _ = profiled(build)
    work = profile.decoders["base64"]
    assert (work.texts, work.views, work.detections) == (1, 1, 1)
    assert work.offsets >= 1
    assert work.size >= len(TOKEN)
    assert sum(events for name, events in profile.triggers.items() if name.startswith("base64 ")) >= work.offsets


def test_the_tables_name_everything_that_was_counted(build: Path) -> None:
    profile, _ = profiled(build)
    text = "\n".join(render_profile(profile))
    for name in (*profile.stages, *profile.rules, *profile.triggers, *profile.decoders, "confirm", "decode"):
        assert f"\n{name} " in text
    assert text.startswith("Profile: ")


def test_an_empty_profile_has_only_stages() -> None:
    lines = list(render_profile(Profile()))
    assert [line.split()[0] for line in lines if line] == ["Profile:", "stage", "confirm", "decode"]


def test_the_command_prints_the_profile_beside_the_report(build: Path) -> None:
    plain = frontleak("scan", "--format", "jsonl", cwd=build)
    done = frontleak("scan", "--format", "jsonl", "--profile", "--jobs", "4", cwd=build)
    assert (plain.code, plain.err) == (1, "")
    assert done.code == 1
    assert done.out.splitlines()[:-1] == plain.out.splitlines()[:-1]  # the last line has the time
    assert done.err.startswith("Profile: ")
    assert "\nsanity-token  " in done.err


def test_what_git_has_is_counted_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(write(repository(tmp_path), {"a.js": PLAIN, "b.js": "b"}), "add", "-A")
    monkeypatch.chdir(tmp_path)
    profile = Profile()
    options = ScanOptions(paths=(), git=GitSelection("staged"), jobs=4)
    report = scan(full_set(), replace(options, profile=profile))
    assert report.findings == scan(full_set(), options).findings
    assert len(report.findings) == 1
    size = len(PLAIN) + 1
    counted = {name: (profile.stages[name].calls, profile.stages[name].size) for name in ("walk", "read", "scan")}
    assert counted == {"walk": (2, 0), "read": (2, size), "scan": (2, size)}
