"""A scan imports only what it needs: each of these imports costs tens of milliseconds."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from frontleak.report.registry import REPORTERS
from tests.acceptance.support import git, repository
from tests.support.shipped import fake

RUN = """
import json, sys
from frontleak.cli.main import cli
try:
    code = cli.main(sys.argv[1:], standalone_mode=False)
finally:
    with open("modules.json", "w") as file:
        json.dump(sorted(sys.modules), file)
"""
HEAVY = {"detect_secrets", "requests", "urllib3", "yaml", "rich", "pygments", "asyncio", "socket", "ssl", "email"}
_IN = "frontleak.report"
_WORDED = (f"{_IN}.wording", f"{_IN}.locations")
_MARKDOWN = (f"{_IN}.markdown_text", f"{_IN}.service_messages")
SHARED = {
    f"{_IN}.text": (f"{_IN}.service_messages",),
    f"{_IN}.json": (),
    f"{_IN}.sarif": (*_WORDED, f"{_IN}.json"),
    f"{_IN}.markdown": (*_WORDED, *_MARKDOWN),
    f"{_IN}.github": (*_WORDED, f"{_IN}.service_messages"),
    f"{_IN}.gitlab": (*_WORDED, f"{_IN}.markdown_text"),
    f"{_IN}.junit": (*_WORDED, f"{_IN}.xml_text"),
    f"{_IN}.checkstyle": (*_WORDED, f"{_IN}.xml_text"),
    f"{_IN}.html": (*_WORDED, f"{_IN}.xml_text", f"{_IN}.html_finding"),
}
"""Module of a format -> what it shares with others."""
PLAIN_SCAN = ("scan", "--isolated", "--jobs", "1", "app.js")


def cached() -> set[str]:
    """Return the names of the files in the cache of all tests."""
    return {str(file) for file in Path(os.environ["FRONTLEAK_CACHE_DIR"]).rglob("*")}


def modules(folder: Path, *arguments: str) -> set[str]:
    """Return the modules that a scan imports with a warm cache: one that has put nothing into it."""
    (folder / "app.js").write_text(f'x="{fake("sanity-token")}"')
    is_warm = False
    while not is_warm:
        before = cached()
        run = subprocess.run([sys.executable, "-c", RUN, *arguments], cwd=folder, capture_output=True, check=False)
        assert b"sanity-token" in run.stdout, run.stderr
        is_warm = cached() == before
    return set(json.loads((folder / "modules.json").read_text()))


def test_a_warm_plain_scan_imports_nothing_heavy(tmp_path: Path) -> None:
    imported = modules(tmp_path, *PLAIN_SCAN)
    assert "frontleak.match.engine" in imported
    assert not [name for name in imported if name.startswith(("frontleak.verify", "frontleak.core.verdict"))]
    assert "frontleak.files.served_files" not in imported
    assert not imported & {"frontleak.core.profile", "frontleak.scanning.profiled", "frontleak.resolve.projects"}
    assert not [name for name in imported if name.startswith(("frontleak.files.git", "frontleak.core.history"))]
    assert not [name for name in imported if "url_origin" in name or "recordings" in name or "recorded" in name]
    assert not [name for name in imported if name.startswith(("frontleak.files.web", "frontleak.core.connections"))]
    assert not imported & {"frontleak.cli.site", "frontleak.core.site_request", "protego", "playwright"}
    assert not imported & {"fastwarc", "fsspec", "aiohttp", "frontleak.files.stores"}
    assert not [name for name in imported if "shard" in name or name.partition(".")[0] in {"dask", "distributed"}]
    assert not imported & {*HEAVY, "subprocess"}
    of_editors = (
        "pygls",
        "lsprotocol",
        "cattrs",
        "frontleak.cli.lsp",
        "frontleak.files.walk_to",
        "frontleak.scanning.open",
    )
    assert not [name for name in imported if name.startswith(of_editors)]


def test_a_scan_with_an_env_file_reads_no_other_syntax(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"API_TOKEN={fake('sanity-token')}\n")
    imported = modules(tmp_path, "scan", "--isolated", "--jobs=1", "--env-file=.env", "app.js")
    assert "frontleak.match.known_values" in imported
    assert not imported & {*HEAVY, "tomllib", "frontleak.files.settings.json_tree"}


def test_a_scan_of_what_is_staged_imports_only_what_that_needs(tmp_path: Path) -> None:
    git(repository(tmp_path), "add", "-A")
    (tmp_path / "app.js").write_text(f'x="{fake("sanity-token")}"')
    git(tmp_path, "add", "-A")
    imported = modules(tmp_path, "scan", "--isolated", "--staged")
    assert "frontleak.files.git.staged" in imported
    unneeded = {"frontleak.files.git.branch", "frontleak.files.git.history", "frontleak.core.history", "tempfile"}
    assert not imported & {*unneeded, *HEAVY - {"socket"}, "frontleak.misuse.analyse", "frontleak.scanning.pool"}


def test_build_output_in_a_repository_needs_no_index(tmp_path: Path) -> None:
    repository(tmp_path)
    (tmp_path / ".gitignore").write_text("dist\n")
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "app.js").write_text(f'x="{fake("sanity-token")}"')
    imported = modules(tmp_path, "scan", "--isolated", "--jobs=1", "dist")
    assert not [name for name in imported if name.startswith("frontleak.files.git")]


def test_a_hook_on_three_files_imports_no_more_than_a_scan(tmp_path: Path) -> None:
    for name in ("b.ejs", "c.ts"):
        (tmp_path / name).write_text("<%= a %>")
    imported = modules(tmp_path, "scan", "--isolated", "--jobs=1", "--", "app.js", "b.ejs", "c.ts")
    assert imported <= modules(tmp_path, *PLAIN_SCAN) | {"frontleak.misuse.candidates", "frontleak.rules.globs"}
    assert not imported & {"subprocess", "frontleak.cli.builds", "frontleak.cli.hook", "frontleak.cli.project"}


def test_a_bundle_with_the_name_of_a_configuration_is_not_analysed(tmp_path: Path) -> None:
    """Storybook's is `.storybook/main.js`."""
    (tmp_path / "main.js").write_text(f'x="{fake("sanity-token")}"')
    imported = modules(tmp_path, "scan", "--isolated", "--jobs=1", "main.js")
    assert "frontleak.misuse.analyse" not in imported


OWN_RULE = """\
id: own-file
kind: file
name: Own file
severity: low
confidence: high
files: ["*.own"]
examples: {a.own: x}
silent: {b: x}
why: It opens the test.
fix: Close the test.
references: ['https://example.com']
"""


@pytest.mark.parametrize("arguments", [(), ("--rules", "own.yaml")], ids=["shipped rules", "own rules"])
def test_rules_from_the_cache_are_not_validated_again(arguments: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(OWN_RULE)
    imported = modules(tmp_path, *PLAIN_SCAN, *arguments)
    assert "frontleak.rules.load" in imported
    assert not imported & {f"frontleak.rules.{name}" for name in ("documents", "schema", "read", "compile")}
    assert not imported & {"yaml", "frontleak.misuse.registry", "frontleak.verify.registry"}


def test_a_finding_without_a_source_map_imports_nothing_that_reads_one(tmp_path: Path) -> None:
    imported = modules(tmp_path, *PLAIN_SCAN)
    assert "frontleak.sourcemaps.apply" in imported
    assert not imported & {"frontleak.sourcemaps.original_position", "frontleak.decode.maps.parse", "binascii"}
    (tmp_path / "app.js.map").write_text('{"version":3,"sources":[],"mappings":""}')
    assert "frontleak.sourcemaps.original_position" in modules(tmp_path, *PLAIN_SCAN)


def test_options_that_no_verifier_declares_import_none(tmp_path: Path) -> None:
    options = ("--fail-on=low", "--exclude", "x", "--no-gitignore", "--show-public", "--format=json", "-o", "-", "--")
    imported = modules(tmp_path, "scan", "--isolated", "--jobs=1", *options, "app.js")
    assert not [name for name in imported if name.startswith(("frontleak.verify", "frontleak.core.verdict"))]


@pytest.mark.parametrize("form", [reporter.name for reporter in REPORTERS])
def test_a_scan_imports_the_format_that_is_asked_for_and_no_other(form: str, tmp_path: Path) -> None:
    homes = {reporter.name: reporter.at.partition(":")[0] for reporter in REPORTERS}
    of_formats = {"frontleak.report.registry", "frontleak.report.interface", homes[form], *SHARED[homes[form]]}
    imported = modules(tmp_path, *PLAIN_SCAN, *(() if form == "text" else ("--format", form)))
    assert {name for name in imported if name.startswith("frontleak.report.")} == of_formats
    assert not imported & HEAVY


def test_the_plugins_connect_to_nothing(tmp_path: Path) -> None:
    """detect-secrets imports `requests` for its verifiers, which are never called."""
    watched = RUN.replace(
        "try:", "sys.addaudithook(lambda name, _: name == 'socket.connect' and print('CONNECTED'))\ntry:", 1
    )
    (tmp_path / "app.js").write_text(f'x="{fake("sanity-token")}"')
    command = [sys.executable, "-c", watched, *PLAIN_SCAN, "--plugins", "detect-secrets"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert b"sanity-token" in run.stdout, run.stderr
    assert b"CONNECTED" not in run.stdout
    assert "detect_secrets" in json.loads((tmp_path / "modules.json").read_text())
