"""The lines of docs/editors.md: they are well formed, and start the server."""

import json
import re
import tomllib
from typing import Final

from tests.support.paths import ROOT

PAGE: Final = (ROOT / "docs" / "editors.md").read_text("utf-8")
BLOCKS: Final = dict(re.findall(r'^```\w+ title="(\S+)"\n(.*?)^```$', PAGE, re.DOTALL | re.MULTILINE))


def test_the_settings_are_well_formed() -> None:
    assert set(BLOCKS) == {"neovim-0.11", "neovim-0.7", "helix", "eglot", "sublime"}
    helix = tomllib.loads(BLOCKS["helix"])
    assert helix["language-server"]["frontleak"] == {"command": "frontleak", "args": ["lsp"]}
    assert all("frontleak" in each["language-servers"] for each in helix["language"])
    assert json.loads(BLOCKS["sublime"])["clients"]["frontleak"]["command"] == ["frontleak", "lsp"]
    assert BLOCKS["eglot"].count("(") == BLOCKS["eglot"].count(")")


def test_every_editor_starts_the_server() -> None:
    for name, body in BLOCKS.items():
        words = re.findall(r"['\"]([\w-]+)['\"]", body)
        assert {"frontleak", "lsp"} <= set(words), name


def test_the_extra_exists() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert "lsp" in project["optional-dependencies"]
    assert "pip install 'frontleak[lsp]'" in PAGE
