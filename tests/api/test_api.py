"""The Python API: what it scans, what it yields while it does, and how it is stopped."""

import inspect
import io
import multiprocessing
import threading
import zipfile
from pathlib import Path
from typing import Any, Final

import pytest

import frontleak
from frontleak.rules.frameworks import load_frameworks
from frontleak.scanning.options import ScanOptions
from frontleak.scanning.scan import scan
from tests.acceptance.support import token, write

RULE: Final = """
id: acme-key
name: ACME key
severity: high
confidence: high
pattern: '\\bacme_(?P<secret>[a-z0-9]{16})\\b'
samples: {sample: '[a-z0-9]{16}'}
examples: ['key = "acme_{sample}"']
silent: ['acme_short']
why: Anyone who has the key can order in your name.
fix: Rotate the key.
references: ['https://example.com/acme']
"""


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    files = {f"dist/{number}.js": f"a('{token(str(number))}')" for number in range(5)}
    return write(tmp_path, {"package.json": "{}", "dist/quiet.js": "a()", **files})


# --- silent cases ----------------------------------------------------------------------------------------------------


def test_nothing_to_find(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text("const a = 1")
    report = frontleak.scan(tmp_path)
    assert (report.findings, report.skipped) == ((), ())
    assert report.coverage.files == {"text": 1}
    assert frontleak.scan_bytes(b"").findings == ()


def test_no_settings_of_the_tree_are_read(tree: Path) -> None:
    write(tree, {".frontleak.yaml": "exclude: ['**']\nfail-on: critical\n", ".frontleak-baseline.json": "not JSON"})
    assert len(frontleak.scan("dist").findings) == 5


# --- files -----------------------------------------------------------------------------------------------------------


def test_the_working_directory_is_scanned_without_paths(tree: Path) -> None:
    everything = frontleak.scan()
    assert [each.fingerprint for each in everything.findings] == [
        each.fingerprint for each in frontleak.scan(tree / "dist").findings
    ]


def test_choices(tree: Path) -> None:
    assert len(frontleak.scan("dist", exclude=["[0-3].js"]).findings) == 1
    assert frontleak.scan("dist", select=["npm-*"]).findings == ()
    assert frontleak.scan("dist", max_file_size=20).findings == ()
    write(tree, {"own.yaml": RULE, "dist/acme.js": "k='acme_0a1b2c3d4e5f6g7h'"})
    own = frontleak.load_rules("own.yaml")
    for rules in ("own.yaml", Path("own.yaml"), ["own.yaml"], own):
        (finding,) = frontleak.scan("dist", rules=rules, select=["acme-*"]).findings
        assert (finding.rule_id, finding.place.origin.display) == ("acme-key", "dist/acme.js")


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: frontleak.scan("missing"), frontleak.InputError),
        (lambda: frontleak.scan("-"), frontleak.InputError),
        (lambda: frontleak.scan(rules="missing.yaml"), frontleak.InputError),
        (lambda: frontleak.scan(select=["no-such-rule"]), frontleak.ConfigError),
        (lambda: frontleak.scan_bytes(b"", ignore=["no-such-rule"]), frontleak.ConfigError),
        (lambda: frontleak.render(frontleak.scan_bytes(b""), "pdf"), frontleak.ConfigError),
        (lambda: list(frontleak.start("missing")), frontleak.InputError),
        (lambda: frontleak.start("missing").report(), frontleak.InputError),
    ],
)
def test_mistakes_are_errors_with_advice(call: Any, error: type[frontleak.FrontleakError], tree: Path) -> None:
    with pytest.raises(error) as raised:
        call()
    assert raised.value.problems
    assert raised.value.advice


def test_an_exposure_that_does_not_exist() -> None:
    with pytest.raises(ValueError, match="nobody"):
        frontleak.scan_bytes(b"", exposure="nobody")


# --- bytes -----------------------------------------------------------------------------------------------------------


def test_bytes_are_scanned_by_their_name_without_a_file(tree: Path) -> None:
    report = frontleak.scan_bytes(f"x='{token()}'".encode(), "https://example.com/app.js")
    (finding,) = report.findings
    assert (finding.place.origin.display, finding.exposure) == ("https://example.com/app.js", frontleak.Exposure.SERVED)
    assert report.coverage.files == {"text": 1}


def test_bytes_of_an_archive(tree: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/b.js", f"x='{token()}'")
    (finding,) = frontleak.scan_bytes(buffer.getvalue(), "site.zip").findings
    assert finding.place.origin.display == "site.zip!/a/b.js"


def test_comments_count_in_source_bytes_only_and_are_read_from_the_bytes(tree: Path) -> None:
    """A file of that name on disk has another comment."""
    code = f"x='{token()}' // frontleak: ignore[sanity-token] a demo\n".encode()
    write(tree, {"a.js": "nothing\n"})
    assert frontleak.scan_bytes(code, "a.js", exposure="source").findings == ()
    assert len(frontleak.scan_bytes(code, "a.js").findings) == 1
    write(tree, {"a.js": code.decode()})
    assert len(frontleak.scan_bytes(code.partition(b" //")[0] + b"\n", "a.js", exposure="source").findings) == 1


def test_no_value_leaves_the_report() -> None:
    report = frontleak.scan_bytes(f"x='{token()}'".encode())
    (finding,) = report.findings
    assert finding.secret is not None
    with pytest.raises(LookupError):
        finding.secret.reveal()
    for name in frontleak.formats():
        assert token()[:12] not in frontleak.render(report, name)


# --- a running scan --------------------------------------------------------------------------------------------------


def test_results_come_one_by_one_and_the_report_is_the_same(tree: Path) -> None:
    whole = frontleak.scan("dist")
    with frontleak.start("dist") as running:
        results = list(running)
        report = running.report()
    assert sorted(result.path for result in results) == [
        f"dist/{name}.js" for name in ("0", "1", "2", "3", "4", "quiet")
    ]
    assert [len(result.findings) for result in sorted(results, key=lambda each: each.path)] == [1, 1, 1, 1, 1, 0]
    assert all(result.size > 0 for result in results)
    assert [each.fingerprint for each in report.findings] == [each.fingerprint for each in whole.findings]
    assert not running.is_cancelled
    assert running.report() is report


def test_what_is_not_scanned_is_a_result_too(tree: Path) -> None:
    (tree / "dist" / "gone.js").symlink_to("nowhere")
    (gone,) = (each for each in frontleak.start("dist") if each.path == "dist/gone.js")
    assert [each.origin.display for each in gone.skipped] == ["dist/gone.js"]


def test_nothing_is_scanned_before_it_is_asked_for(tree: Path) -> None:
    running = frontleak.start("dist")
    write(tree, {"dist/late.js": f"'{token('late')}'"})
    assert len(running.report().findings) == 6


def test_a_cancelled_scan_ends_and_has_no_report(tree: Path) -> None:
    seen = 0
    with frontleak.start("dist") as running:
        for _ in running:
            seen += 1
            running.cancel()
        assert list(running) == []
    assert (seen, running.is_cancelled) == (1, True)
    with pytest.raises(frontleak.CancelledError):
        running.report()


def test_leaving_the_block_cancels(tree: Path) -> None:
    with frontleak.start("dist") as running:
        next(iter(running))
    assert running.is_cancelled
    with pytest.raises(frontleak.CancelledError):
        running.report()


def test_another_thread_may_cancel(tree: Path) -> None:
    with frontleak.start("dist") as running:
        next(iter(running))
        thread = threading.Thread(target=running.cancel)
        thread.start()
        thread.join()
        assert list(running) == []


def test_cancelling_ends_the_processes(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("frontleak.scanning.schedule.PAYS_FROM", 1)
    monkeypatch.setattr("frontleak.scanning.options.default_jobs", lambda: 2)
    with frontleak.start("dist", jobs=2) as running:
        next(iter(running))
        assert len(multiprocessing.active_children()) == 2
    assert multiprocessing.active_children() == []


def test_cancelling_after_the_end_changes_nothing(tree: Path) -> None:
    running = frontleak.start("dist")
    report = running.report()
    running.cancel()
    assert (running.is_cancelled, running.report()) == (False, report)


def test_two_scans_with_frameworks_of_their_own_do_not_mix(tree: Path) -> None:
    """Between two steps, the frameworks in use are those of the caller."""
    before = load_frameworks()
    one, other = frontleak.start("dist"), frontleak.start("dist")
    for _ in zip(one, other, strict=True):
        assert load_frameworks() is before
    assert load_frameworks() is before
    assert len(one.report().findings) == len(other.report().findings) == 5


def test_a_callback_that_raises_ends_the_processes(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The status line of the command line is one."""
    monkeypatch.setattr("frontleak.scanning.schedule.PAYS_FROM", 1)
    monkeypatch.setattr("frontleak.scanning.options.default_jobs", lambda: 2)

    def broken(_: object) -> None:
        raise RuntimeError

    try:
        scan(frontleak.load_rules(), ScanOptions(paths=("dist",), jobs=2), progress=broken)
    except RuntimeError as error:  # which holds on to the frames
        assert multiprocessing.active_children() == []
        assert error.__traceback__ is not None
    else:
        raise AssertionError


def test_start_takes_what_scan_takes() -> None:
    """Editors and `help` show the arguments, and another one is refused."""
    one, other = inspect.signature(frontleak.scan), inspect.signature(frontleak.start)
    assert one.parameters == other.parameters
    assert (one.return_annotation, other.return_annotation) == (frontleak.Report, frontleak.Scan)
    with pytest.raises(TypeError, match="nonsense"):
        frontleak.start(nonsense=1)  # type: ignore[call-arg]
