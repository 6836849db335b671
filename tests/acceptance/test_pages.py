"""Every command in the pages on adopting the tool, and on git, prints what the page says."""

import json
import os
from hashlib import sha1
from pathlib import Path

import pytest

from tests.acceptance.support import repository, token, write
from tests.support.pages import played
from tests.support.paths import ROOT

PAGES = ("adopting", "suppressing", "baselines", "migrating", "git", "reports")
OLD = {
    "package.json": "{}\n",
    "src/api.ts": f"export const key = '{token('api')}'\n",
    "src/old/import.ts": f"const key = '{token('import')}'\n",
}


def project(folder: Path) -> Path:
    """Create the repository that the pages are about: two old findings, and the files of other scanners."""
    of_detect_secrets = {
        "version": "1.5.0",
        "plugins_used": [],
        "results": {
            "src/api.ts": [
                {
                    "type": "Base64 High Entropy String",
                    "filename": "src/api.ts",
                    "hashed_secret": sha1(token("api").encode()).hexdigest(),
                    "is_verified": False,
                    "line_number": 1,
                }
            ]
        },
    }
    ignored = "src/old/import.ts:generic-api-key:1\nsrc/gone.ts:generic-api-key:3\n"
    others = {".secrets.baseline": json.dumps(of_detect_secrets), ".gitleaksignore": ignored}
    return write(repository(folder), {**OLD, **others})


def built(folder: Path) -> Path:
    """Create the project of the page on reports: a build with a secret."""
    folder.mkdir()
    return write(folder, {"package.json": "{}\n", "dist/app.js": f"const key = '{token('api')}'\n"})


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="the commands are for a POSIX shell")
@pytest.mark.parametrize("name", PAGES)
def test_the_commands_of_a_page_print_what_it_says(name: str, tmp_path: Path) -> None:
    text = (ROOT / "docs" / f"{name}.md").read_text("utf-8")
    folder = built(tmp_path / "project") if name == "reports" else project(tmp_path / "project")
    assert played(text, folder) == text


def test_the_pages_are_linked_from_the_readme() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert [name for name in PAGES if f"(docs/{name}.md)" not in readme] == []
