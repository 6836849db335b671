"""The server in Emacs with eglot, in batch, with the lines of docs/editors.md."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.acceptance.support import COMMAND, PATIENCE, environment, repository, token, write
from tests.journeys.editors.test_page import BLOCKS
from tests.support.code import package

pytestmark = pytest.mark.toolchain


def test_a_secret_is_shown_at_its_place_and_gone_after_the_edit(tmp_path: Path) -> None:
    secret = token()
    program = shutil.which("emacs")
    assert program is not None, "install Emacs: apt-get install emacs-nox elpa-eglot"
    folder = repository(tmp_path / "app")
    text = f"// 😀\nconst é = '🎈', t = '{secret}'\n"
    write(folder, {"package.json": package("next"), "a.js": text})
    settings, result = write(tmp_path, {"settings.el": BLOCKS["eglot"]}) / "settings.el", tmp_path / "result.json"
    path = os.pathsep.join([str(Path(COMMAND).parent), os.environ["PATH"]])
    variables = {"SETTINGS": settings, "FILE": folder / "a.js", "PART": secret, "RESULT": result, "HOME": tmp_path}
    run = subprocess.run(
        [program, "--batch", "--eval", "(package-initialize)", "-l", str(Path(__file__).with_name("drive.el"))],
        cwd=folder,
        env=environment(PATH=path, **{name: str(value) for name, value in variables.items()}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert result.exists(), run.stderr
    found = json.loads(result.read_text("utf-8"))
    ((start, end, message),) = found["opened"]
    assert text[start - 1 : end - 1] == secret  # Emacs counts characters from 1
    assert "Sanity API token" in message
    assert secret[8:20] not in message
    assert found["edited"] == []
