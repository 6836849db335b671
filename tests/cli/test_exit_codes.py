"""Exit codes, one test per case; CI jobs branch on them."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import click
import pytest

from docs.exit_codes import exit_code_lines
from frontleak.cli.main import cli
from tests.acceptance.support import frontleak, token, write
from tests.support.paths import ROOT
from tests.support.shipped import fake

Files = Callable[[], Mapping[str, str | bytes]]


def _clean() -> Mapping[str, str | bytes]:
    return {"a.js": "const a = 1;"}


def _high() -> Mapping[str, str | bytes]:
    return {"a.js": f"'{token()}'"}


def _medium() -> Mapping[str, str | bytes]:
    return {"a.js": f"'{fake('aws-access-key-id')}'"}


def _low() -> Mapping[str, str | bytes]:
    return {"a.js": f"'{fake('stripe-test-key')}'"}


def _public() -> Mapping[str, str | bytes]:
    return {"a.js": f"'{fake('stripe-publishable-key')}'"}


def _suppressed() -> Mapping[str, str | bytes]:
    return {"a.js": "'skE5UXUmBEy7U50jcG4In4v4xoHZTlduDxQYet8Y84tsTqAZxp2reIPJsA1JzqXJno2qcpauGwPfjHpU'"}


def _large() -> Mapping[str, str | bytes]:
    return {"a.js": "x" * 500, "b.js": "x"}


def _only_large() -> Mapping[str, str | bytes]:
    return {"a.js": "x" * 500}


def _nothing() -> Mapping[str, str | bytes]:
    return {}


def _ignored() -> Mapping[str, str | bytes]:
    return {"src/.gitignore": "*", "src/a.js": f"'{token()}'"}


UNREADABLE = "/proc/self/mem"
"""A file that opens but cannot be read by any user."""
proc = pytest.mark.skipif(not Path(UNREADABLE).exists(), reason="/proc is Linux's")

CASES = [
    pytest.param(_clean, [], 0, id="nothing found"),
    pytest.param(_high, [], 1, id="something found"),
    pytest.param(_medium, [], 1, id="medium counts by default"),
    pytest.param(_low, [], 0, id="low does not count by default"),
    pytest.param(_low, ["--fail-on=low"], 1, id="low counts when asked"),
    pytest.param(_low, ["--fail-on=info"], 1, id="what is worse than asked counts"),
    pytest.param(_medium, ["--fail-on=high"], 0, id="what is milder than asked does not count"),
    pytest.param(_high, ["--fail-on=high"], 1, id="what is just as bad as asked counts"),
    pytest.param(_high, ["--fail-on=critical"], 0, id="high is not critical"),
    pytest.param(_high, ["--exit-zero"], 0, id="findings are let through"),
    pytest.param(_public, [], 0, id="a public key never counts"),
    pytest.param(_public, ["--show-public"], 0, id="a public key does not count when it is shown"),
    pytest.param(_public, ["--show-public", "--fail-on=info"], 0, id="a public key does not count at its own severity"),
    pytest.param(_suppressed, ["--fail-on=info"], 0, id="a published example does not count"),
    pytest.param(_high, ["--ignore=sanity-*"], 0, id="the rule is not run"),
    pytest.param(_high, ["--select=stripe-*"], 0, id="only other rules are run"),
    pytest.param(_large, ["--max-file-size=100"], 0, id="a setting left something out"),
    pytest.param(_large, ["--max-file-size=100", "--strict"], 3, id="a setting left something out, and that matters"),
    pytest.param(_only_large, ["--max-file-size=100"], 3, id="a setting left everything out"),
    pytest.param(_nothing, [], 3, id="an empty folder"),
    pytest.param(_nothing, ["--exit-zero"], 3, id="an empty folder is no finding to let through"),
    pytest.param(_high, ["--exclude=*.js"], 3, id="everything is excluded"),
    pytest.param(_clean, ["--strict"], 0, id="nothing was skipped"),
    pytest.param(_clean, [".", UNREADABLE], 3, id="a file cannot be read", marks=proc),
    pytest.param(_clean, [".", UNREADABLE, "--exit-zero"], 3, id="an unreadable file is no finding", marks=proc),
    pytest.param(_high, [".", UNREADABLE], 1, id="findings come before an unreadable file", marks=proc),
    pytest.param(
        _high, [".", UNREADABLE, "--exit-zero"], 3, id="letting findings through hides no unreadable file", marks=proc
    ),
    pytest.param(_clean, ["missing"], 2, id="a path that does not exist"),
    pytest.param(_high, [".", "missing"], 2, id="one path that does not exist"),
    pytest.param(_high, ["--exit-zero", "missing"], 2, id="an error is no finding to let through"),
    pytest.param(_high, ["--nope"], 2, id="an option that does not exist"),
]


@pytest.mark.parametrize(("files", "arguments", "code"), CASES)
def test_exit_code(tmp_path: Path, files: Files, arguments: Sequence[str], code: int) -> None:
    done = frontleak("scan", *arguments, cwd=write(tmp_path, files()))
    assert done.code == code
    assert bool(done.stdout) == (code != 2)
    assert bool(done.stderr) == (code == 2)


def test_what_is_ignored_is_scanned_when_it_is_asked_for(tmp_path: Path) -> None:
    write(tmp_path, {**_ignored(), "b.js": ""})
    assert frontleak("scan", cwd=tmp_path).code == 0
    assert frontleak("scan", "--no-gitignore", cwd=tmp_path).code == 1
    assert frontleak("scan", "src/a.js", cwd=tmp_path).code == 1


@proc
def test_what_could_not_be_read_is_said(tmp_path: Path) -> None:
    write(tmp_path, _clean())
    text = frontleak("scan", ".", UNREADABLE, cwd=tmp_path)
    assert f"    {UNREADABLE}: cannot be read: Input/output error\n" in text.out
    report = frontleak("scan", ".", UNREADABLE, "--format=json", cwd=tmp_path).json()
    assert report["skipped"] == [
        {"path": UNREADABLE, "reason": "cannot be read: Input/output error", "incomplete": True, "code": "unreadable"}
    ]
    assert report["summary"]["complete"] is False


def test_a_path_that_this_user_may_not_read_does_not_keep_the_others_from_being_scanned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The parser of the command line does not ask; what reads the file says why it cannot be read."""
    monkeypatch.setattr(os, "access", lambda *_, **__: False)  # file modes do not restrict root
    done = frontleak("scan", "a.js", cwd=write(tmp_path, _high()))
    assert (done.code, done.err) == (1, "")


def test_nothing_scanned_is_said(tmp_path: Path) -> None:
    out = frontleak("scan", cwd=tmp_path).out
    assert "Nothing was scanned." in out
    assert "name some, or the folder that your build writes" in out
    ignored = frontleak("scan", "--exclude=*", cwd=write(tmp_path, _clean())).out
    assert "Nothing was scanned." in ignored
    assert "1 excluded (--exclude)" in ignored.splitlines()[-1]


def _without_a_command(_: click.Context) -> list[str]:
    return ["scan", "diff"]


def test_the_page_has_every_command(monkeypatch: pytest.MonkeyPatch) -> None:
    page = (ROOT / "docs/usage.md").read_text("utf-8")
    assert "\n".join(exit_code_lines(cli)) in page
    monkeypatch.setattr(cli, "list_commands", _without_a_command)
    with pytest.raises(LookupError, match="baseline create"):
        list(exit_code_lines(cli))


BROKEN = b"PK\3\4" + b"a" * 100
"""The beginning of an archive, which makes a scan incomplete."""
OTHERS = [
    pytest.param(("diff", "old", "old"), 0, id="nothing new"),
    pytest.param(("diff", "old", "new"), 1, id="something new"),
    pytest.param(("diff", "old", "new", "--fail-on=critical"), 0, id="something new that is mild"),
    pytest.param(("diff", "old", "broken"), 3, id="a side that could not be read"),
    pytest.param(("diff", "old", "a.json"), 2, id="a folder and a file"),
    pytest.param(("baseline", "create", "new"), 0, id="a baseline"),
    pytest.param(("baseline", "create", "broken"), 3, id="a baseline of what could not be read"),
    pytest.param(("baseline", "update"), 2, id="no baseline"),
    pytest.param(("baseline", "prune", "--baseline=base.json", "old"), 0, id="nothing to remove"),
    pytest.param(("baseline", "prune", "--baseline=base.json", "broken"), 3, id="nothing removed"),
    pytest.param(("baseline", "show", "--baseline=base.json"), 0, id="a list"),
    pytest.param(("rules", "check"), 0, id="valid rules"),
    pytest.param(("rules", "check", "a.json"), 2, id="no rules"),
    pytest.param(("rules", "show", "no-rule"), 2, id="no rule"),
    pytest.param(("explain", "0" * 32), 2, id="no finding"),
    pytest.param(("config", "show"), 0, id="settings"),
    pytest.param(("hook", "install"), 2, id="no repository for a hook"),
    pytest.param(("init",), 2, id="no repository to set up"),
]


@pytest.mark.parametrize(("arguments", "code"), OTHERS)
def test_exit_code_of_other_commands(few_rules: Path, tmp_path: Path, arguments: Sequence[str], code: int) -> None:
    write(
        tmp_path, {"old/a.js": "x", "new/a.js": f"'{token()}'", "broken/a.zip": BROKEN, "broken/b.js": "", "a.json": ""}
    )
    frontleak("baseline", "create", "new", "--baseline=base.json", cwd=tmp_path)
    assert frontleak(*arguments, cwd=tmp_path).code == code
