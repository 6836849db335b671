"""Microsoft's validator finds nothing that GitHub code scanning would refuse in our SARIF logs.

It exits 0 whatever it finds, so its own log is read.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from tests.acceptance.support import environment, frontleak, token, write
from tests.support.hostile import write_hostile
from tests.support.paths import ROOT

pytestmark = [
    pytest.mark.toolchain,
    pytest.mark.skipif(sys.platform != "linux", reason="the package for Linux; the log is the same everywhere"),
]
PACKAGE: Final = "@microsoft/sarif-multitool-linux"
VERSION: Final = "5.7.0"


@pytest.fixture(scope="module")
def validator(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("multitool")
    write(folder, {"package.json": "{}"})
    options = ("--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error")
    subprocess.run(["npm", "install", *options, f"{PACKAGE}@{VERSION}"], cwd=folder, check=True, timeout=600)
    program = folder / "node_modules" / PACKAGE / "Sarif.Multitool"
    program.chmod(0o755)
    return program


def problems(validator: Path, log: Path) -> list[tuple[str, str]]:
    """Return (rule, message) of everything that the validator says."""
    out = log.with_suffix(".out.sarif")
    subprocess.run(
        [validator, "validate", log, "--rule-kind", "Ghas", "--output", out],
        env=environment(DOTNET_SYSTEM_GLOBALIZATION_INVARIANT="1"),
        check=True,
        capture_output=True,
        timeout=300,
    )
    (run,) = json.loads(out.read_text("utf-8-sig"))["runs"]
    notes = [
        each for invocation in run.get("invocations", ()) for each in invocation.get("toolExecutionNotifications", ())
    ]
    return [(each.get("ruleId", "?"), json.dumps(each["message"])) for each in (*run["results"], *notes)]


def scanned(folder: Path, *arguments: str) -> Path:
    done = frontleak("scan", "--format=sarif", "-o", "log.sarif", *arguments, cwd=folder)
    assert done.code in {0, 1, 3}
    return folder / "log.sarif"


def test_hostile_names_and_accepted_findings(validator: Path, tmp_path: Path) -> None:
    write_hostile(tmp_path)
    comment = "// frontleak: ignore[sanity-token] a demo"
    write(tmp_path, {"package.json": "{}", "src/b.ts": f"const x = '{token()}' {comment}\n"})
    log = scanned(tmp_path)
    results = json.loads(log.read_text())["runs"][0]["results"]
    assert [each["suppressions"][0]["kind"] for each in results if "suppressions" in each] == ["inSource"]
    assert problems(validator, log) == []


def test_projects_and_builds(validator: Path, tmp_path: Path) -> None:
    trees = ("sources/next-app", "next-app", "vite-react", "astro")
    log = scanned(tmp_path, "--show-public", "--show-server", *(str(ROOT / "fixtures" / name) for name in trees))
    assert problems(validator, log) == []


def test_the_validator_finds_what_is_wrong(validator: Path, tmp_path: Path) -> None:
    write(tmp_path, {"b.js": f"x='{token()}'\n"})
    log = scanned(tmp_path)
    data: dict[str, Any] = json.loads(log.read_text())
    del data["runs"][0]["results"][0]["locations"]
    del data["runs"][0]["tool"]["driver"]["rules"][0]["help"]
    log.write_text(json.dumps(data))
    assert {rule for rule, _ in problems(validator, log)} >= {"GH1015", "GH2012"}
