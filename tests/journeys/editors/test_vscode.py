"""The extension of VS Code: it is packed as it would be published. VS Code itself does not run here."""

import json
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any, Final

import pytest

from frontleak.core.version import VERSION
from tests.acceptance.support import environment, write
from tests.support.paths import ROOT

EXTENSION: Final = ROOT / "editors" / "vscode"
VSCE: Final = "@vscode/vsce@4.1.0"
_SLOW: Final = 300
"""Seconds for npm."""


def ran(*command: str, cwd: Path) -> str:
    done = subprocess.run(
        command, cwd=cwd, env=environment(), capture_output=True, text=True, timeout=_SLOW, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_workspace_cannot_choose_the_command() -> None:
    package: dict[str, Any] = json.loads((EXTENSION / "package.json").read_text("utf-8"))
    assert package["version"] == VERSION
    setting = package["contributes"]["configuration"]["properties"]["frontleak.command"]
    assert (setting["scope"], setting["default"]) == ("machine", "frontleak")
    assert (EXTENSION / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


@pytest.mark.toolchain
def test_the_extension_is_packed_with_what_it_needs(tmp_path: Path) -> None:
    folder, tool = tmp_path / "vscode", tmp_path / "tool"
    shutil.copytree(EXTENSION, folder, ignore=shutil.ignore_patterns("node_modules", "*.vsix"))
    write(tool, {"package.json": "{}"})
    options = ("--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error")
    ran("npm", "install", *options, cwd=folder)
    ran("npm", "install", *options, VSCE, cwd=tool)
    ran("node", "--check", "extension.js", cwd=folder)
    ran(str(tool / "node_modules" / ".bin" / "vsce"), "package", "-o", "frontleak.vsix", cwd=folder)
    with zipfile.ZipFile(folder / "frontleak.vsix") as packed:
        names = set(packed.namelist())
        assert packed.read("extension/extension.js") == (EXTENSION / "extension.js").read_bytes()
    assert {"extension/package.json", "extension/LICENSE.txt", "extension/readme.md"} <= names
    assert "extension/node_modules/vscode-languageclient/node.js" in names
    assert "extension/node_modules/vscode-languageserver-protocol/node.js" in names
