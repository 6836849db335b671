"""Both engines, plugin patterns and standard input: the same findings and no network."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.acceptance.support import Run, frontleak, installed, run, token, without_timings, write
from tests.support.shipped import fake

NOTICE = "note: hyperscan is not installed; using a slower engine with the same findings\n"


@pytest.fixture
def leaky(tmp_path: Path) -> Path:
    """Create a folder with a few secrets of several kinds."""
    return write(
        tmp_path / "in",
        {
            "dist/a.js": f"createClient({{projectId:'abcd1234',dataset:'production',token:'{token()}'}})",
            "dist/a.js.map": f'{{"sources":["x"],"sourcesContent":["token = \\"{token()}\\""]}}',
            "src/b.env": f"GITHUB_TOKEN={fake('github-token')}\nSTRIPE_SECRET_KEY={fake('stripe-live-key')}\n",
            "src/c.json": f'{{"private_key":"{fake("private-key")}"}}',
            "src/d.js": f"const key = '{fake('stripe-publishable-key')}'; const a = 'sk-circle sk-fading';",
            "src/e.txt": f"{token('e')}".encode("utf-16"),
        },
    )


@pytest.fixture
def without_hyperscan(tmp_path: Path) -> dict[str, str]:
    """Return an environment in which hyperscan cannot be imported."""
    write(
        tmp_path / "site",
        {
            "sitecustomize.py": (
                "import sys\n"
                "class Absent:\n"
                "    def find_spec(self, name, path=None, target=None):\n"
                "        if name.partition('.')[0] == 'hyperscan':\n"
                "            raise ModuleNotFoundError(f'No module named {name!r}', name=name)\n"
                "sys.meta_path.insert(0, Absent())\n"
            )
        },
    )
    return {"PYTHONPATH": str(tmp_path / "site")}


def same(one: Run, other: Run) -> bool:
    """Return whether two JSON reports are equal except for timings."""
    return without_timings(one.stdout) == without_timings(other.stdout) and one.code == other.code


def test_the_engines_give_the_same_report(leaky: Path) -> None:
    runs = [
        frontleak("scan", "--format=json", *flags, cwd=leaky)
        for flags in ([], ["--engine=hyperscan"], ["--engine=regex"])
    ]
    kinds = [finding["kind"] for finding in runs[0].json()["findings"]]
    assert (kinds.count("pattern"), kinds.count("file")) == (5, 1)
    assert same(runs[0], runs[1])
    assert same(runs[0], runs[2])
    assert [done.err for done in runs] == ["", "", ""]


def test_without_hyperscan_the_report_is_the_same_and_one_line_says_why_it_is_slower(
    leaky: Path, without_hyperscan: dict[str, str]
) -> None:
    done = installed("scan", "--format=json", cwd=leaky, env=without_hyperscan)
    assert done.err == NOTICE
    assert same(done, frontleak("scan", "--format=json", cwd=leaky))


def test_an_engine_that_was_chosen_needs_no_notice(leaky: Path, without_hyperscan: dict[str, str]) -> None:
    assert installed("scan", "--engine=regex", cwd=leaky, env=without_hyperscan).err == ""
    assert installed("scan", cwd=leaky, env={**without_hyperscan, "FRONTLEAK_ENGINE": "regex"}).err == ""


def test_an_engine_that_is_not_there_is_refused(leaky: Path, without_hyperscan: dict[str, str]) -> None:
    done = installed("scan", "--engine=hyperscan", cwd=leaky, env=without_hyperscan)
    assert (done.code, done.out) == (2, "")
    assert "hyperscan is not installed" in done.problems[0]


def test_rules_are_checked_without_hyperscan(tmp_path: Path, without_hyperscan: dict[str, str]) -> None:
    done = installed("rules", "list", cwd=tmp_path, env=without_hyperscan)
    assert (done.code, done.err) == (0, "")


# --- no network ------------------------------------------------------------------------------------------------------

NO_NETWORK = """\
import os, sys
def allowed(event, arguments):
    if event == "socket.__new__":  # a pipe between processes, and what urllib3 tries when it is imported
        return int(arguments[1]) == 1 or "LENIENT" in os.environ
    return event == "socket.bind" and "LENIENT" in os.environ and arguments[1] == ("::1", 0)
def watch(event, arguments):
    if event.startswith("socket.") and not allowed(event, arguments):
        with open(os.environ["SEEN"], "a") as file:
            file.write(event + "\\n")
        raise PermissionError(event)
sys.addaudithook(watch)
"""


@pytest.fixture
def offline(tmp_path: Path) -> dict[str, str]:
    """Return an environment in which every use of the network fails and is recorded."""
    write(tmp_path / "site", {"sitecustomize.py": NO_NETWORK})
    return {"PYTHONPATH": str(tmp_path / "site"), "SEEN": str(tmp_path / "seen")}


def test_the_watch_on_the_network_works(tmp_path: Path, offline: dict[str, str]) -> None:
    import subprocess
    import sys

    from tests.acceptance.support import environment

    done = subprocess.run(
        [sys.executable, "-c", "import socket; socket.create_connection(('127.0.0.1', 9))"],
        env=environment(**offline),
        capture_output=True,
        check=False,
    )
    assert b"PermissionError" in done.stderr
    assert (tmp_path / "seen").read_text().startswith("socket.")


@pytest.mark.parametrize(
    "arguments",
    [
        ["scan", "--format=json"],
        ["scan", "--plugins=detect-secrets"],
        ["scan", "--engine=regex", "--reveal", "--show-public"],
        ["rules", "list"],
        ["rules", "show", "sanity-token"],
        ["verify", "--dry-run", "--project=abcd1234"],
    ],
    ids=" ".join,
)
def test_nothing_touches_the_network(
    leaky: Path, tmp_path: Path, offline: dict[str, str], arguments: Sequence[str]
) -> None:
    lenient = {"LENIENT": "1"} if "--plugins=detect-secrets" in arguments else {}
    done = installed(*arguments, cwd=leaky, env={**offline, **lenient})
    assert (done.code, done.err) == (1 if arguments[0] == "scan" else 0, "")
    assert not (tmp_path / "seen").exists()


def test_a_scan_in_several_processes_touches_no_network(tmp_path: Path, offline: dict[str, str]) -> None:
    folder = write(
        tmp_path / "in", {f"{number}.js": f"'{token(str(number))}'" + "const a = b;\n" * 700_000 for number in range(5)}
    )
    done = installed("scan", "--jobs=2", cwd=folder, env=offline)
    assert (done.code, done.err) == (1, "")
    assert not (tmp_path / "seen").exists()


# --- plugin patterns -------------------------------------------------------------------------------------------------


def test_the_patterns_of_detect_secrets_are_added_only_when_asked_for(tmp_path: Path) -> None:
    write(tmp_path, {"a.js": "fetch('https://admin:hunter2hunter2@example.com/x')"})
    assert frontleak("scan", cwd=tmp_path).code == 0
    done = frontleak("scan", "--plugins=detect-secrets", "--format=json", cwd=tmp_path)
    assert done.code == 1
    assert [finding["rule"] for finding in done.json()["findings"]] == ["detect-secrets-basic-auth-credentials"]
    chosen = frontleak("scan", "--plugins=detect-secrets", "--ignore=detect-secrets-*", cwd=tmp_path)
    assert chosen.code == 0


def test_detect_secrets_is_not_imported_unless_asked_for(tmp_path: Path) -> None:
    import sys

    from tests.acceptance.support import COMMAND

    write(tmp_path, {"a.js": f"'{token()}'"})
    for flags, imported in (([], False), (["--plugins=detect-secrets"], True)):
        done = run([sys.executable, "-X", "importtime", COMMAND, "scan", *flags], cwd=tmp_path)
        assert ("detect_secrets" in done.err) == imported
        assert "frontleak.scanning.scan" in done.err


# --- standard input --------------------------------------------------------------------------------------------------


def test_standard_input(tmp_path: Path) -> None:
    done = frontleak("scan", "-", "--format=json", cwd=tmp_path, stdin=f"\n\n  '{token()}'".encode())
    assert done.code == 1
    assert done.places() == [("<stdin>", 3, 4)]


def test_standard_input_is_not_read_unless_asked_for(tmp_path: Path) -> None:
    write(tmp_path, {"a.js": ""})
    assert frontleak("scan", cwd=tmp_path, stdin=f"'{token()}'".encode()).code == 0


def test_standard_input_beside_files(tmp_path: Path) -> None:
    write(tmp_path, {"a.js": f"'{token('a')}'"})
    done = frontleak("scan", "a.js", "-", "--format=json", cwd=tmp_path, stdin=f"'{token('b')}'".encode())
    assert done.places() == [("<stdin>", 1, 2), ("a.js", 1, 2)]


def test_a_file_that_is_called_like_standard_input(tmp_path: Path) -> None:
    write(tmp_path, {"-": f"'{token()}'"})
    assert frontleak("scan", "./-", "--format=json", cwd=tmp_path).places() == [("-", 1, 2)]
    assert frontleak("scan", "--format=json", cwd=tmp_path).places() == [("-", 1, 2)]


@pytest.mark.parametrize("data", [b"", b"\0\1\2", b"\xff\xfe"], ids=["nothing", "binary", "a mark alone"])
def test_standard_input_without_a_secret(tmp_path: Path, data: bytes) -> None:
    assert frontleak("scan", "-", cwd=tmp_path, stdin=data).code == 0


def test_standard_input_over_the_limit(tmp_path: Path) -> None:
    done = frontleak("scan", "-", "--max-file-size=10", "--format=json", cwd=tmp_path, stdin=b"x" * 11)
    assert done.code == 3
    assert done.json()["skipped"] == [
        {
            "path": "<stdin>",
            "reason": "more than 11 bytes, over --max-file-size",
            "incomplete": True,
            "code": "too-large",
        }
    ]
