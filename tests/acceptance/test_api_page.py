"""The examples of docs/api.md run from an installed wheel, and the page lists what is public."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

import frontleak
from tests.acceptance.support import environment, token, write
from tests.support.pages import played
from tests.support.paths import ROOT
from tests.support.wheels import built_wheel, installed_wheel

PAGE: Final = (ROOT / "docs" / "api.md").read_text("utf-8")


@pytest.mark.skipif(os.name == "nt", reason="the commands are for a POSIX shell")
def test_the_examples_print_what_the_page_says(tmp_path: Path) -> None:
    python, env = installed_wheel(built_wheel(), tmp_path)
    code = f'const client = createClient({{projectId: "abcd1234", token: "{token("api")}"}})\n'
    project = write(tmp_path / "project", {"package.json": "{}", "dist/app.js": code, "src/app.ts": code})
    assert played(PAGE, project, python.parent, **env) == PAGE
    assert sorted(file.name for file in project.glob("report.*")) == ["report.html", "report.junit", "report.sarif"]


@pytest.mark.skipif(os.name == "nt", reason="as above")
def test_the_examples_type_check(tmp_path: Path) -> None:
    """As a user's type checker sees them, with the types of the package."""
    mypy = pytest.importorskip("mypy.api")
    for name, body in re.findall(r'^```python title="(\S+)"\n(.*?)^```$', PAGE, re.DOTALL | re.MULTILINE):
        (tmp_path / name).write_text(body, "utf-8")
    names = [str(file) for file in sorted(tmp_path.glob("*.py"))]
    assert len(names) >= 7
    done = mypy.run(["--strict", "--config-file=", f"--cache-dir={tmp_path / 'cache'}", *names])
    assert done == (f"Success: no issues found in {len(names)} source files\n", "", 0)


def test_the_page_lists_every_public_name() -> None:
    headings = re.findall(r"^### `(\w+)`$", PAGE, re.MULTILINE)
    assert sorted(headings) == sorted(set(frontleak.__all__) - {"__version__"})


def test_every_public_name_is_there_and_in_dir() -> None:
    assert sorted(dir(frontleak)) == sorted(frontleak.__all__)
    for name in frontleak.__all__:
        assert getattr(frontleak, name) is not None
    with pytest.raises(AttributeError):
        frontleak.nothing  # noqa: B018


def test_importing_it_imports_nothing_else() -> None:
    shown = "import sys; before = set(sys.modules); import frontleak; print(*sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", shown], env=environment(), capture_output=True, text=True, check=True)
    new = set(done.stdout.split())
    assert {name for name in new if name.startswith("frontleak")} == {
        "frontleak",
        "frontleak.core",
        "frontleak.core.version",
    }
    assert not new & {"click", "regex", "hyperscan", "dataclasses", "inspect", "json"}
